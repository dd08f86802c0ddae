//! Names and values behind lengths that say how long they are themselves: a digit, so many digits of length, the name; a
//! digit, so many digits of length, the value. `14Type15Fleet` is `Type` with the value `Fleet`.

use std::ops::Range;

use super::object::{Found, Wrong};
use crate::wire::ErrorKind;

/// The longest name or value: nine digits of length.
const LONGEST: usize = 999_999_999;

/// The next pair from `at` on.
pub(crate) fn next(bytes: &[u8], at: usize) -> Result<Option<Found<'_>>, Wrong> {
    if at >= bytes.len() {
        return Ok(None);
    }
    let name = part(bytes, at)?;
    let content = part(bytes, name.end).map_err(|wrong| Wrong { name: name.clone(), ..wrong })?;
    Ok(Some(Found { tag: None, name: &bytes[name], start: at, content, units: None }))
}

/// A name or value behind its length.
fn part(bytes: &[u8], at: usize) -> Result<Range<usize>, Wrong> {
    let prefix = |at| Wrong::new(at, None, ErrorKind::LengthPrefix);
    let digits = match bytes.get(at) {
        Some(digit @ b'1'..=b'9') => usize::from(digit - b'0'),
        Some(_) => return Err(prefix(at)),
        None => return Err(Wrong::truncated(at, None, 1, bytes)),
    };
    let at = at + 1;
    let Some(text) = bytes.get(at..at + digits) else { return Err(Wrong::truncated(at, None, digits, bytes)) };
    if !text.iter().all(u8::is_ascii_digit) {
        return Err(prefix(at));
    }
    let size = text.iter().fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0'));
    let start = at + digits;
    if size > bytes.len() - start {
        return Err(Wrong::truncated(start, None, size, bytes));
    }
    Ok(start..start + size)
}

/// Appends a pair, its lengths of no more digits than it takes.
pub(crate) fn write(name: &[u8], content: &[u8], out: &mut Vec<u8>) -> Result<(), ErrorKind> {
    for part in [name, content] {
        if part.len() > LONGEST {
            let found = u32::try_from(part.len()).unwrap_or(u32::MAX);
            return Err(ErrorKind::TooLong { max: LONGEST as u32, found });
        }
        let length = part.len().to_string();
        out.push(b'0' + length.len() as u8);
        out.extend_from_slice(length.as_bytes());
        out.extend_from_slice(part);
    }
    Ok(())
}

/// Bytes that stand in front of a value of so many bytes.
pub(crate) fn header_bytes(name: &[u8], content: usize) -> usize {
    let digits = |length: usize| length.checked_ilog10().map_or(1, |log| log as usize + 1);
    1 + digits(name.len()) + name.len() + 1 + digits(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_every_length_are_read_as_written() {
        for length in [0, 1, 9, 10, 99, 100, 999, 1000, 100_000] {
            for name in ["", "N", "ORIGINAL_RID"] {
                let mut wire = b"14Type15Fleet".to_vec();
                write(name.as_bytes(), &vec![b'x'; length], &mut wire).unwrap();
                let found = next(&wire, 13).unwrap().unwrap();
                assert_eq!((found.name, found.content.len()), (name.as_bytes(), length));
                assert_eq!((found.start, found.content.end), (13, wire.len()));
                assert_eq!(header_bytes(name.as_bytes(), length), found.content.start - 13);
            }
        }
    }
}
