//! What is given to a command: on the command line, in a file or on standard input.

use std::fs::File;
use std::io::{self, Read};

use crate::Failure;

/// Most bytes taken in. A dump of some hundred thousand messages fits.
const MOST: u64 = 256 << 20;

/// Text from a file, or from standard input for none or `-`.
pub(crate) fn text(file: Option<&str>) -> Result<String, Failure> {
    match file {
        None | Some("-") => read(io::stdin().lock(), "standard input"),
        Some(path) => {
            let file = File::open(path).map_err(|error| Failure::new(format!("cannot open {path}: {error}")))?;
            read(file, path)
        }
    }
}

fn read(source: impl Read, name: &str) -> Result<String, Failure> {
    let mut text = String::new();
    let count = source.take(MOST + 1).read_to_string(&mut text);
    match count {
        // The system's own words; they hold nothing of the input.
        Err(error) => Err(Failure::new(format!("cannot read {name} as text: {error}"))),
        Ok(count) if count as u64 > MOST => Err(Failure::new(format!("{name} is longer than {MOST} bytes"))),
        Ok(_) => Ok(text),
    }
}
