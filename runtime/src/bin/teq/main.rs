//! `teq`: the operator's binary. One file a subcommand; what they share is in `console`, `input`, `json`, `output`
//! and `spec`.
#![forbid(unsafe_code)]

mod check;
mod console;
mod decode;
mod doctor;
mod encode;
mod input;
mod json;
mod load;
mod masked;
mod output;
mod report;
mod run;
mod saf;
mod send;
mod simulate;
mod spec;
mod usage;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use console::ERROR;

/// Tools for ISO 8583 messages.
#[derive(Debug, Parser)]
#[command(name = "teq", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Arguments),
    Decode(decode::Arguments),
    Doctor(doctor::Arguments),
    Encode(encode::Arguments),
    Load(load::Arguments),
    Run(run::Arguments),
    Saf(saf::Arguments),
    Send(send::Arguments),
    Simulate(simulate::Arguments),
}

/// How a command ended, when it could be run at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// All is well.
    Good,
    /// A message was refused, and it has been told why.
    Refused,
    /// As the help of the command says.
    Code(u8),
}

/// Why a command could not be run: what to tell on standard error, with styles.
#[derive(Debug)]
struct Failure(String);

impl Failure {
    /// Told after the word `error`.
    fn new(what: impl std::fmt::Display) -> Self {
        Failure(format!("{ERROR}error{ERROR:#}: {what}"))
    }
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => {
            console::note(&usage::without_messages(&error.render().ansi().to_string(), std::env::args_os().skip(1)));
            return ExitCode::from(2);
        }
        // Help and version.
        Err(shown) => {
            _ = shown.print();
            return ExitCode::SUCCESS;
        }
    };
    let outcome = match arguments.command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Decode(arguments) => decode::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Encode(arguments) => encode::run(&arguments),
        Command::Load(arguments) => load::run(&arguments),
        Command::Run(arguments) => run::run(&arguments),
        Command::Saf(arguments) => saf::run(&arguments),
        Command::Send(arguments) => send::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments),
    };
    match outcome {
        Ok(Outcome::Good) => ExitCode::SUCCESS,
        Ok(Outcome::Refused) => ExitCode::from(1),
        Ok(Outcome::Code(code)) => ExitCode::from(code),
        Err(Failure(text)) => {
            let text = usage::without_messages(text.trim_end(), std::env::args_os().skip(1));
            console::note(&format!("{text}\n"));
            ExitCode::from(2)
        }
    }
}
