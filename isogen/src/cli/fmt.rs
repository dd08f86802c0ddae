//! `isogen fmt specs/`: lays specs out in the one canonical way.

use std::path::{Path, PathBuf};

use clap::Args;
use isogen::load_file;

use super::{Failure, Outcome, inputs, layout, show};

#[derive(Args)]
pub(super) struct Fmt {
    /// Spec files, or folders of them (their *.toml)
    #[arg(required = true, value_name = "SPEC")]
    specs: Vec<PathBuf>,
    /// Write nothing; name the files that are laid out otherwise, and exit with 1 if there are any
    #[arg(long)]
    check: bool,
}

impl Fmt {
    pub(super) fn run(self) -> Outcome {
        let mut outcome = Ok(());
        for spec in inputs::specs(&self.specs)? {
            match self.one(&spec) {
                Ok(()) => {}
                Err(Failure::Found) => outcome = Err(Failure::Found),
                usage => return usage,
            }
        }
        outcome
    }

    fn one(&self, spec: &Path) -> Outcome {
        let failed = |error: std::io::Error| Failure::Usage(format!("{}: {error}", spec.display()));
        let text = match std::fs::read_to_string(spec) {
            Ok(text) => text,
            Err(error) => return Err(failed(error)),
        };
        // The loader says better than the formatter what is wrong with a text. A spec with other errors is laid out.
        if let Err(errors) = load_file(spec)
            && errors.iter().any(|error| matches!(error.code(), "toml-syntax" | "duplicate-key" | "not-a-spec"))
        {
            show(&errors);
            return Err(Failure::Found);
        }
        let laid = layout::layout(&text)
            .map_err(|error| Failure::Usage(format!("{}: {}", spec.display(), error.message())))?;
        if laid == text {
            return Ok(());
        }
        if self.check {
            anstream::println!("differs: {}", spec.display());
            return Err(Failure::Found);
        }
        std::fs::write(spec, laid).map_err(failed)?;
        anstream::println!("laid out {}", spec.display());
        Ok(())
    }
}
