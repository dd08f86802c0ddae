//! `isogen check specs/`: looks for mistakes.

use std::path::PathBuf;

use clap::Args;
use isogen::{Diagnostics, load_file};

use super::{Failure, Outcome, inputs, show};

#[derive(Args)]
pub(super) struct Check {
    /// Spec files, or folders of them (their *.toml)
    #[arg(required = true, value_name = "SPEC")]
    specs: Vec<PathBuf>,
    /// Exit with 1 for warnings as well
    #[arg(long)]
    deny_warnings: bool,
}

impl Check {
    pub(super) fn run(self) -> Outcome {
        let mut all = Diagnostics::default();
        for spec in inputs::specs(&self.specs)? {
            match load_file(&spec) {
                Ok(loaded) => all.append(loaded.warnings),
                Err(errors) => all.append(errors),
            }
        }
        show(&all);
        let bad = all.has_errors() || (self.deny_warnings && !all.is_empty());
        if bad { Err(Failure::Found) } else { Ok(()) }
    }
}
