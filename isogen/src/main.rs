//! The `isogen` program.

mod cli;
mod import;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
