//! `teq encode`: values to bytes.

use std::fmt::Write as _;

use isopace::frame::Framing;
use isopace::wire::ErrorKind;
use isopace::{Dialect, Edit};

use crate::report::{Report, Told};
use crate::{Failure, Outcome, console, input, json, masked, spec, usage};

/// Write a message from its JSON
///
/// Takes what `teq decode --reveal --json` gives: {"mti":"0200","fields":{"11":"000001","55.9F26":"..."}}, the fields in any
/// order. Prints the bytes as hex. Tags inside an element stand in the order given.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit code: 0 encoded, 1 the message cannot be encoded, 2 the command could not be run.

Examples:
  echo '{\"mti\":\"0800\",\"fields\":{\"11\":\"000001\",\"70\":\"301\"}}' | teq encode --spec iso87-a
  teq encode --spec iso87-a --frame length2 message.json")]
pub(crate) struct Arguments {
    /// The dialect: a shipped one by name, or a spec file
    #[arg(long, value_name = "NAME|FILE.toml")]
    spec: String,
    /// What to put around the message: none, length2, length2-le, length3, length4, length4-le, ascii1 to ascii8, bcd2,
    /// hex4; with -inclusive at the end the length counts itself. Behind it, each after a comma, what else there is:
    /// before=HEX, after=HEX (the length), header=HEX, header-text=ASCII, tpdu=HEX, visa=HEX, trailer=HEX, max=BYTES
    #[arg(long, value_name = "KIND", default_value = "none")]
    frame: Framing,
    /// The JSON; `-` or nothing: from standard input
    #[arg(value_name = "FILE")]
    file: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let dialect = spec::dialect(&arguments.spec)?;
    let text = input::text(arguments.file.as_deref())?;
    let document = match json::parse(&text) {
        Ok(document) => document,
        Err(reason) => return refuse(&reason),
    };
    let mut edit = Edit::build(dialect);
    edit.mti(&document.mti);
    for (path, value) in &document.fields.0 {
        if masked::is_masked(dialect, path, value) {
            return refuse(&format!("{}: masked value; decode with --reveal", usage::path(path)));
        }
        edit.set_leaf(path, value);
    }
    let message = match edit.finish() {
        Ok(message) => message,
        Err(error) if error.kind() == ErrorKind::Path => {
            let path = document.fields.0.iter().map(|(path, _)| path).find(|path| names_nothing(dialect, path));
            return refuse(&format!("{}: {}", path.map_or("message", |path| usage::path(path)), error.kind()));
        }
        Err(error) => {
            console::note(&Report::message(dialect, &error).text());
            return Ok(Outcome::Refused);
        }
    };
    let mut wire = Vec::new();
    if let Err(error) = arguments.frame.encode(&message, &mut wire) {
        return refuse(&error.to_string());
    }
    let mut line = String::with_capacity(2 * wire.len() + 1);
    for byte in &wire {
        _ = write!(line, "{byte:02X}");
    }
    line.push('\n');
    console::print(&line)?;
    Ok(Outcome::Good)
}

/// Tells why nothing is written.
fn refuse(reason: &str) -> Result<Outcome, Failure> {
    let Failure(text) = Failure::new(reason);
    console::note(&format!("{text}\n"));
    Ok(Outcome::Refused)
}

/// Whether it is this path that is none in the dialect.
fn names_nothing(dialect: &'static Dialect, path: &str) -> bool {
    let alone = Edit::build(dialect).mti("0000").set_leaf(path, "").finish();
    alone.is_err_and(|error| error.kind() == ErrorKind::Path)
}
