//! Bytes as people have them: hex with blanks or `0x`, or the columns of a hexdump.

use super::Report;

/// A dump that leaves repeated lines out is not unfolded beyond this: no message is longer.
const MAX_BYTES: usize = 1 << 16;

/// Bytes from hex text, which may have blanks and line breaks anywhere between digits.
///
/// # Errors
/// A character that is no hex digit, or an odd number of digits; told by its place, never shown.
pub fn hex(text: &str) -> Result<Vec<u8>, Box<Report>> {
    digits(text, false)
}

/// The bytes of a hexdump, when it is one, else of hex with blanks, commas or `0x` between the bytes.
///
/// # Errors
/// As [`hex`].
pub fn bytes(text: &str) -> Result<Vec<u8>, Box<Report>> {
    match dump(text) {
        Some(bytes) => Ok(bytes),
        None => digits(text, true),
    }
}

/// Hex digits; where `loose`, with what people put between the bytes: `0x`, commas, colons and semicolons.
fn digits(text: &str, loose: bool) -> Result<Vec<u8>, Box<Report>> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut high = None;
    let mut characters = text.chars().enumerate().peekable();
    while let Some((place, character)) = characters.next() {
        if character.is_whitespace() || loose && matches!(character, ',' | ':' | ';') {
            continue;
        }
        let prefix = loose && character == '0' && high.is_none();
        if prefix && characters.next_if(|(_, next)| matches!(next, 'x' | 'X')).is_some() {
            continue;
        }
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

/// The bytes in the columns of a hexdump, as `hexdump -C`, `xxd`, `od -A x -t x1`, `tcpdump -X` and Wireshark write
/// them: every line starts with the number of the bytes before it. Nothing when the text is none.
fn dump(text: &str) -> Option<Vec<u8>> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let mut bytes: Vec<u8> = Vec::new();
    let mut last: Vec<u8> = Vec::new();
    let mut repeated = false;
    for line in &lines {
        // The line before, over and over.
        if line.trim() == "*" {
            repeated = true;
            continue;
        }
        let (offset, columns) = offset(line, lines.len() == 1)?;
        while repeated && !last.is_empty() && bytes.len() < offset && bytes.len() <= MAX_BYTES {
            bytes.extend_from_slice(&last);
        }
        repeated = false;
        // One that is beyond the limit is told of later.
        if offset != bytes.len() && bytes.len() <= MAX_BYTES {
            return None;
        }
        last = row(columns);
        bytes.extend_from_slice(&last);
    }
    (!bytes.is_empty()).then_some(bytes)
}

/// The offset that a line starts with, and the rest. Where there is only one line, it must look like a dump.
fn offset(line: &str, alone: bool) -> Option<(usize, &str)> {
    let line = line.trim_start();
    let (word, rest) = line.split_at(line.find(char::is_whitespace).unwrap_or(line.len()));
    let digits = word.strip_suffix(':').unwrap_or(word);
    let marked = digits.len() < word.len();
    let digits = digits.strip_prefix("0x").unwrap_or(digits);
    if digits.len() < 4 || digits.len() > 8 || alone && !marked && !rest.starts_with("  ") {
        return None;
    }
    Some((usize::from_str_radix(digits, 16).ok()?, rest))
}

/// The bytes of a line, up to the column of characters.
fn row(columns: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = columns;
    loop {
        let blanks = rest.len() - rest.trim_start().len();
        rest = rest.trim_start();
        // Behind a gap stand as many characters as there were bytes.
        let is_text = !bytes.is_empty() && blanks >= 2 && rest.trim_end().chars().count() <= bytes.len();
        let pairs = pairs(rest.split(char::is_whitespace).next().unwrap_or_default());
        match pairs {
            Some(pairs) if !is_text => {
                rest = rest.get(2 * pairs.len()..).unwrap_or_default();
                bytes.extend(pairs);
            }
            _ => return bytes,
        }
    }
}

/// One to eight bytes as one word.
fn pairs(word: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = word.chars().map(|character| character.to_digit(16)).collect();
    let digits = digits.filter(|digits| !digits.is_empty() && digits.len() <= 16 && digits.len() % 2 == 0)?;
    Some(digits.chunks(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect())
}

#[cfg(test)]
mod tests {
    use super::{bytes, dump, hex};

    const WANTED: &[u8] = b"\x00\x2D08008020\x00\x07000000ABC";

    #[test]
    fn hex_in_every_shape() {
        for text in ["3038 30", "30:38:30", "0x30 0x38 0x30", "0x303830", "30,38,30\n", "303\n830"] {
            assert_eq!(bytes(text).unwrap(), b"080", "{text}");
        }
        assert_eq!(bytes("0000 002D").unwrap(), [0, 0, 0, 0x2D]);
        assert!(bytes("").unwrap().is_empty());
        for (text, offset) in [("3", 1), ("30 3x", 4), ("zz", 0), ("0x3", 3)] {
            assert_eq!(bytes(text).map_err(|report| report.offset), Err(offset), "{text}");
        }
    }

    #[test]
    fn columns_of_dumps() {
        let dumps = [
            "00000000  00 2d 30 38 30 30 38 30  32 30 00 07 30 30 30 30  |.-08008020..0000|\n\
             00000010  30 30 41 42 43                                    |00ABC|\n00000015\n",
            "00000000: 002d 3038 3030 3830 3230 0007 3030 3030  .-08008020..0000\n\
             00000010: 3030 4142 43                             00ABC\n",
            "\t0x0000:  002d 3038 3030 3830 3230 0007 3030 3030  .-08008020..0000\n\
             \t0x0010:  3030 4142 43                             00ABC\n",
            "0000   00 2d 30 38 30 30 38 30 32 30 00 07 30 30 30 30   .-08008020..0000\n\
             0010   30 30 41 42 43                                    00ABC\n",
            "000000 00 2d 30 38 30 30 38 30 32 30 00 07 30 30 30 30\n000010 30 30 41 42 43\n000015\n",
        ];
        for text in dumps {
            assert_eq!(bytes(text).unwrap(), WANTED, "{text}");
        }
        assert_eq!(bytes("00000000: 3038 3030  0800\n").unwrap(), b"0800");
        let squeezed = "00000000  30 30 30 30 30 30 30 30  30 30 30 30 30 30 30 30  |0000000000000000|\n*\n\
                        00000040  41                                                |A|\n00000041\n";
        assert_eq!(bytes(squeezed).unwrap(), [&[b'0'; 64][..], b"A"].concat());
    }

    #[test]
    fn hex_that_only_looks_like_a_dump() {
        for text in ["0000 3038", "00000000\n30383030", "3038 3030\n3030"] {
            assert_eq!(dump(text), None, "{text}");
        }
    }

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
