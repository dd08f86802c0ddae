//! The text given to `teq doctor`, to a limit.

use std::io::Read;

use isopace::doctor::MAX_BYTES;

use crate::Failure;

/// Most characters taken in: a dump takes five for a byte.
const MOST: u64 = 16 * MAX_BYTES as u64;

/// Text, to a limit.
pub(super) fn text(source: impl Read) -> Result<String, Failure> {
    let mut text = String::new();
    match source.take(MOST + 1).read_to_string(&mut text) {
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Err(Failure::new("standard input is no text: bytes as they are go with --raw"))
        }
        Err(error) => Err(Failure::new(format!("cannot read standard input: {error}"))),
        Ok(count) if count as u64 > MOST => {
            Err(Failure::new(format!("standard input is longer than {MOST} characters: the first messages are enough")))
        }
        Ok(_) => Ok(text),
    }
}
