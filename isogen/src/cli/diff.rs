//! `isogen diff OLD NEW`: what changes from one spec to another.

use std::path::PathBuf;

use clap::Args;
use isogen::print::diff;

use super::{Failure, Outcome, named};

/// Compares two specs: bytes on the wire, what they mean, and the Rust code made from them.
///
/// Exit codes: 0 no difference, 1 differences, 2 a spec has errors or cannot be read.
#[derive(Args)]
pub(super) struct Diff {
    /// Spec file, or name of a shipped spec
    old: PathBuf,
    /// Spec file, or name of a shipped spec
    new: PathBuf,
    /// JSON instead of lines for people
    #[arg(long)]
    json: bool,
}

impl Diff {
    pub(super) fn run(self) -> Outcome {
        let load = |path: &PathBuf| {
            named::load(path).map_err(|_| Failure::Usage(format!("{} cannot be compared", path.display())))
        };
        let (old, new) = (load(&self.old)?, load(&self.new)?);
        let found = diff::differences(&old, &new);
        if self.json {
            anstream::print!("{}", found.to_json());
        } else {
            anstream::print!("{found}");
        }
        if found.is_empty() { Ok(()) } else { Err(Failure::Found) }
    }
}
