//! `teq doctor`: what bytes are that nobody has named.

mod json;
mod text;

use std::io::{self, Read};

use isopace::doctor::{self, MAX_BYTES, Reading};
use isopace::frame::{Framing, Header};
use isopace::{Dialect, inspect, load};

use crate::report::Told;
use crate::{Failure, Outcome, console, spec};

/// Find out how bytes are framed and which spec reads them
///
/// Tries every framing and, behind each, every shipped spec and those given with --spec, their message type and bitmaps
/// in other encodings too. Says for the best few what fits and what does not, and the command that decodes the bytes so.
/// Several messages in a row tell more than one. Values are shown only where everything fits, masked as in teq decode.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit code: 0 something fits wholly, 1 nothing does, 2 the command could not be run.

Where nothing fits wholly, the closest are told with what is wrong first and, where it can be guessed, what to change in
the spec. A message that is cut short is told by the element in which it ends.

Examples:
  teq doctor 0045303830308020...
  xxd capture.bin | teq doctor
  teq doctor --raw < capture.bin
  teq doctor --spec acme.toml --json - < message.hex")]
pub(crate) struct Arguments {
    /// Another spec to try, before the shipped ones; may be given several times
    #[arg(long, value_name = "NAME|FILE.toml")]
    spec: Vec<String>,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
    /// Standard input is the bytes themselves, not hex
    #[arg(long, conflicts_with = "hex")]
    raw: bool,
    /// The bytes as hex, with blanks or `0x`, or as the columns of a hexdump; `-` or nothing: from standard input
    #[arg(value_name = "HEX")]
    hex: Vec<String>,
}

/// The dialects that are tried, each with what it is called on a command line.
pub(crate) struct Specs(Vec<(String, &'static Dialect)>);

impl Specs {
    fn load(given: &[String]) -> Result<Self, Failure> {
        let mut all: Vec<(String, &'static Dialect)> = Vec::new();
        let shipped = load::shipped_names().iter().map(|name| (*name).to_owned());
        for name in given.iter().cloned().chain(shipped) {
            let dialect = spec::dialect(&name)?;
            if !all.iter().any(|(_, known)| std::ptr::eq(*known, dialect)) {
                all.push((name, dialect));
            }
        }
        Ok(Specs(all))
    }

    /// What a dialect is called on a command line.
    fn name(&self, dialect: &'static Dialect) -> &str {
        let named = self.0.iter().find(|(_, known)| std::ptr::eq(*known, dialect));
        named.map_or(dialect.name(), |(name, _)| name)
    }

    /// The command that decodes the bytes by this reading. Where the spec had to be changed, it names the file that
    /// [`Specs::overlay`] belongs into.
    fn command(&self, reading: &Reading) -> String {
        let spec = if reading.is_changed() { "partner.toml" } else { self.name(reading.base) };
        let mut command = format!("teq decode --spec {}", quoted(spec));
        if reading.framing != Framing::new(Header::None) {
            command.push_str(" --frame ");
            command.push_str(&reading.framing.to_string());
        }
        command
    }

    /// The spec by which the bytes read, where that is none of those there are.
    fn overlay(&self, reading: &Reading) -> Option<String> {
        reading.overlay(self.name(reading.base))
    }
}

/// As one word of a shell.
fn quoted(word: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "._-/".contains(character);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let specs = Specs::load(&arguments.spec)?;
    let bytes = if arguments.raw {
        standard_input(MAX_BYTES as u64)?
    } else {
        let text = match arguments.hex.as_slice() {
            [] => text()?,
            [dash] if dash == "-" => text()?,
            parts => parts.join(" "),
        };
        match inspect::bytes(&text) {
            Ok(bytes) => bytes,
            Err(report) => {
                if arguments.json {
                    console::print(&json::refusal(&report))?;
                } else {
                    console::note(&report.text());
                }
                return Ok(Outcome::Refused);
            }
        }
    };
    let dialects: Vec<&'static Dialect> = specs.0.iter().map(|(_, dialect)| *dialect).collect();
    let diagnosis = doctor::examine(&bytes, &dialects).map_err(Failure::new)?;
    let told = if arguments.json {
        json::diagnosis(&diagnosis, &specs, bytes.len())
    } else {
        text::diagnosis(&diagnosis, &specs, bytes.len())
    };
    console::print(&told)?;
    Ok(if diagnosis.fits() { Outcome::Good } else { Outcome::Refused })
}

/// Bytes as they stand; one more than these tells that there are too many.
fn standard_input(most: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(most + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::new(format!("cannot read standard input: {error}")))?;
    Ok(bytes)
}

/// Most characters taken in: a dump takes five for a byte.
const MOST: u64 = 16 * MAX_BYTES as u64;

/// Text to a limit.
fn text() -> Result<String, Failure> {
    let bytes = standard_input(MOST)?;
    if bytes.len() as u64 > MOST {
        return Err(Failure::new(format!(
            "standard input is longer than {MOST} characters: the first messages are enough"
        )));
    }
    String::from_utf8(bytes).map_err(|_| Failure::new("standard input is no text: bytes as they are go with --raw"))
}
