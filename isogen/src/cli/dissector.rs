//! `isogen dissector SPEC -o FILE.lua`: a dissector for Wireshark.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use isogen::print::dissector::{self, Header, Options};

use super::{Failure, Outcome, named};

/// Put the file into the folder that Wireshark calls "Personal Lua Plugins", or try it with
/// `tshark -X lua_script:FILE.lua -r CAPTURE`.
///
/// Card numbers are masked and secrets shown by their length only. The bytes of a packet are still those of the
/// capture: guard captures as you guard card numbers.
#[derive(Args)]
pub(super) struct Dissector {
    /// Spec file, or name of a shipped spec
    spec: PathBuf,
    /// Lua file to write
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// TCP port of the dialect; without one it is chosen with "Decode As"
    #[arg(long)]
    port: Option<u16>,
    /// Length header before each message
    #[arg(long, value_enum, default_value_t = Word::Two)]
    header: Word,
}

#[derive(Clone, Copy, ValueEnum)]
enum Word {
    /// Two bytes, a binary number
    #[value(name = "2")]
    Two,
    /// Four bytes, decimal digits or a binary number
    #[value(name = "4")]
    Four,
    /// None: a TCP segment is a message
    None,
}

impl Dissector {
    pub(super) fn run(self) -> Outcome {
        let spec = named::load(&self.spec)?;
        let header = match self.header {
            Word::Two => Header::Two,
            Word::Four => Header::Four,
            Word::None => Header::None,
        };
        let source = dissector::lua(&spec, &Options { port: self.port, header });
        std::fs::write(&self.out, source)
            .map_err(|error| Failure::Usage(format!("{}: {error}", self.out.display())))?;
        anstream::println!("wrote {}", self.out.display());
        Ok(())
    }
}
