//! What is given to a command: on the command line, in a file or on standard input.

use std::fs::File;
use std::io::{self, Read};

use crate::Failure;
use crate::report::Report;

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

/// Bytes from hex text, which may have blanks and line breaks anywhere between digits.
pub(crate) fn hex(text: &str) -> Result<Vec<u8>, Box<Report>> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut high = None;
    for (place, character) in text.chars().enumerate().filter(|(_, character)| !character.is_whitespace()) {
        let Some(digit) = character.to_digit(16) else {
            return Err(Report::input("hex", place, "expected hex characters 0-9, A-F"));
        };
        match high.take() {
            None => high = Some(digit),
            Some(high) => bytes.push((high << 4 | digit) as u8),
        }
    }
    match high {
        None => Ok(bytes),
        Some(_) => Err(Report::input("hex", text.chars().count(), "an odd number of hex characters")),
    }
}

#[cfg(test)]
mod tests {
    use super::hex;

    #[test]
    fn blanks_line_breaks_and_either_case() {
        assert_eq!(hex(" 0a\n0 B\t 30\r\n").unwrap(), [0x0A, 0x0B, 0x30]);
        assert!(hex("").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_hex() {
        for (text, offset) in [("0", 1), ("303", 3), ("30 3x", 4), ("0x30", 1), ("30\u{e9}", 2), ("3\u{ff11}", 1)] {
            assert_eq!(hex(text).map_err(|report| report.offset), Err(offset), "{text}");
        }
    }
}
