//! The command line: one file for each subcommand.
//!
//! Exit codes: 0 done, 1 something is wrong with a spec or differs, 2 not used as it is meant.

mod check;
mod diff;
mod dissector;
mod docs;
mod fmt;
mod generate;
mod import;
mod inputs;
mod layout;
mod named;
mod schema;
mod values;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use isogen::{Diagnostics, Level};

/// Compiles specs of ISO 8583 dialects to Rust.
///
/// A spec is a TOML file that says what a dialect looks like on the wire and what its messages mean.
/// Without a subcommand: generates.
#[derive(Parser)]
#[command(name = "isogen", version, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "Exit codes: 0 done, 1 errors in a spec or a difference found, 2 wrong usage.")]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    generate: Option<generate::Generate>,
}

#[derive(Subcommand)]
enum Command {
    /// Look for mistakes in specs; write nothing
    Check(check::Check),
    /// Lay specs out in the one canonical way; comments stay
    Fmt(fmt::Fmt),
    /// Make a spec of another library's
    Import(import::Import),
    /// Write a field reference for people, with examples in bytes
    Docs(docs::Docs),
    /// Say what changes from one spec to another, on the wire, in the meaning and in the code
    Diff(diff::Diff),
    /// Write a dissector for Wireshark, in Lua
    Dissector(dissector::Dissector),
    /// Write the JSON Schema of the spec language, for editors
    #[command(verbatim_doc_comment)]
    Schema(schema::Schema),
}

/// Why a subcommand could not be done at all.
enum Failure {
    /// Something is wrong with a spec, or something differs. It has been said.
    Found,
    /// Not used as it is meant, or the system said no.
    Usage(String),
}

type Outcome = Result<(), Failure>;

/// Runs the program.
pub(crate) fn run() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match (cli.command, cli.generate) {
        (Some(Command::Check(check)), _) => check.run(),
        (Some(Command::Fmt(fmt)), _) => fmt.run(),
        (Some(Command::Import(import)), _) => import.run(),
        (Some(Command::Docs(docs)), _) => docs.run(),
        (Some(Command::Diff(diff)), _) => diff.run(),
        (Some(Command::Dissector(dissector)), _) => dissector.run(),
        (Some(Command::Schema(schema)), _) => schema.run(),
        (None, Some(generate)) => generate.run(),
        (None, None) => Err(Failure::Usage("give a spec and a folder: isogen specs/ -o src/gen".to_owned())),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Found) => ExitCode::from(1),
        Err(Failure::Usage(message)) => {
            anstream::eprintln!("isogen: {message}");
            ExitCode::from(2)
        }
    }
}

/// Draws diagnostics on the error output, in colour where that is a terminal, and sums them up.
fn show(diagnostics: &Diagnostics) {
    if diagnostics.is_empty() {
        return;
    }
    anstream::eprint!("{}", diagnostics.render(true));
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.level() == Level::Error).count();
    let warnings = diagnostics.len() - errors;
    let count = |number: usize, what: &str| match number {
        0 => None,
        1 => Some(format!("1 {what}")),
        _ => Some(format!("{number} {what}s")),
    };
    let sum: Vec<String> = [count(errors, "error"), count(warnings, "warning")].into_iter().flatten().collect();
    anstream::eprintln!("\n{}", sum.join(", "));
}
