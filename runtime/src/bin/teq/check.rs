//! `teq check`: proves a deployment without running it.

use std::path::PathBuf;

use clap::Args;
use isopace::teq::{Registry, check};

use crate::console::{self, ERROR, FAINT};
use crate::{Failure, Outcome};

/// Prove a directory of descriptors without running it
///
/// Specs and certificates are read, components are built, routes resolved, addresses and ports looked at. Nothing is bound and nobody
/// is connected to. All that is wrong is told on standard error; it exits 1 then.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The directory of descriptors
    #[arg(default_value = "deploy")]
    directory: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let checked = check(&arguments.directory, &Registry::standard());
    let mut text = String::new();
    let width = checked.components.iter().map(|(name, ..)| name.len()).max().unwrap_or(0);
    for (name, kind, file) in &checked.components {
        text.push_str(&format!("{name:<width$}  {kind}  {FAINT}{}{FAINT:#}\n", file.display()));
    }
    for (name, says_so) in &checked.disabled {
        let why = if *says_so { "" } else { ", since it does not say `enabled = true`" };
        text.push_str(&format!("{FAINT}{name} is not deployed{why}{FAINT:#}\n"));
    }
    console::print(&text)?;
    let lines: Vec<String> = checked.problems.iter().flat_map(isopace::teq::DescriptorError::lines).collect();
    for line in &lines {
        console::note(&format!("{ERROR}error{ERROR:#}: {line}\n"));
    }
    Ok(if lines.is_empty() { Outcome::Good } else { Outcome::Refused })
}
