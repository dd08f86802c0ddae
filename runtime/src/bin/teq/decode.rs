//! `teq decode`: bytes to values.

use isopace::frame::{self, Decoder, Framing, Header};
use isopace::inspect::{self, Element, Inspection};
use isopace::{Bytes, Dialect};

use crate::console::{self, Reader};
use crate::report::{Report, Told};
use crate::{Failure, Outcome, input, json, output, spec};

/// Show the values of a message
///
/// Card numbers, tracks, PIN blocks, keys and whatever else the spec calls sensitive are masked unless --reveal is given.
/// Content is proven too: a value that is not what the spec says is an error, told with path and byte offset.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit code: 0 the message is good, 1 it is not, 2 the command could not be run.

Examples:
  teq decode --spec iso87-a 3038 3030 ...
  xxd -p capture.bin | teq decode --spec iso87-a --frame length2
  teq decode --spec acme.toml --json - < message.hex")]
pub(crate) struct Arguments {
    /// The dialect: a shipped one by name, or a spec file
    #[arg(long, value_name = "NAME|FILE.toml")]
    spec: String,
    /// One JSON object a message instead of text
    #[arg(long)]
    json: bool,
    /// Show everything in clear
    #[arg(long)]
    reveal: bool,
    /// How messages are told apart: none, length2, length2-le, length3, length4, length4-le, ascii1 to ascii8, bcd2, hex4,
    /// xml; with -inclusive at the end the length counts itself. Behind it, each after a comma, what else there is:
    /// before=HEX, after=HEX (the length), header=HEX, header-text=ASCII, tpdu=HEX, visa=HEX, trailer=HEX, max=BYTES
    #[arg(long, value_name = "KIND", default_value = "none")]
    frame: Framing,
    /// The bytes as hex, blanks and line breaks allowed; `-` or nothing: from standard input
    #[arg(value_name = "HEX")]
    hex: Vec<String>,
}

/// Every value: masked, or in clear where that can be.
pub(crate) fn elements(decoded: &Inspection, reveal: bool) -> Vec<Element> {
    let mut elements = decoded.elements();
    if reveal {
        // They are those of the leaves that can be read, in their order.
        let mut at = elements.iter_mut();
        decoded.message().leaves(|leaf| {
            if let Ok(leaf) = leaf
                && let Some(element) = at.next()
                && let Ok(value) = leaf.expose()
            {
                element.meaning = inspect::of_leaf(&leaf, &value);
                element.value = value;
            }
        });
    }
    elements
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let dialect = spec::dialect(&arguments.spec)?;
    let text = match arguments.hex.as_slice() {
        [] => input::text(None)?,
        [dash] if dash == "-" => input::text(None)?,
        parts => parts.join(" "),
    };
    let wire = match inspect::hex(&text) {
        Ok(wire) => wire,
        Err(report) => return refuse(arguments, &report),
    };
    if arguments.frame == Framing::new(Header::None) {
        return show(arguments, dialect, wire.into()).map(|(outcome, _)| outcome);
    }
    let mut decoder = Decoder::new(arguments.frame);
    decoder.extend(&wire);
    let mut all = Outcome::Good;
    let mut count = 0;
    loop {
        let found = match decoder.decode_eof() {
            Ok(None) if count == 0 => Err(frame::Error::Truncated { needed: arguments.frame.lead().max(1), left: 0 }),
            other => other,
        };
        match found {
            Ok(None) => return Ok(all),
            Err(error) => return refuse(arguments, &Report::frame(&error, decoder.position())),
            Ok(Some(frame)) => {
                if count > 0 && !arguments.json {
                    console::print("\n")?;
                }
                count += 1;
                let (outcome, reader) = show(arguments, dialect, frame.body)?;
                if outcome == Outcome::Refused {
                    all = outcome;
                }
                if reader == Reader::Gone {
                    return Ok(all);
                }
            }
        }
    }
}

/// Tells of input in which there is no message.
fn refuse(arguments: &Arguments, report: &Report) -> Result<Outcome, Failure> {
    if arguments.json {
        console::print(&json::refusal(report))?;
    } else {
        console::note(&report.text());
    }
    Ok(Outcome::Refused)
}

fn show(arguments: &Arguments, dialect: &'static Dialect, wire: Bytes) -> Result<(Outcome, Reader), Failure> {
    let decoded = Inspection::new(dialect, wire);
    let reader = if arguments.json {
        console::print(&json::message(&decoded, arguments.reveal))?
    } else {
        let reader = console::print(&output::message(&decoded, arguments.reveal))?;
        decoded.errors().iter().for_each(|report| console::note(&report.text()));
        reader
    };
    Ok((if decoded.is_good() { Outcome::Good } else { Outcome::Refused }, reader))
}
