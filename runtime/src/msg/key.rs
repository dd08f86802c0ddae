//! Where a field stands within its parent: a number, a tag, or a name.

use std::fmt;

/// Longest tag of characters or digits.
pub(crate) const LONGEST_TEXT: usize = 8;

/// Where a field stands within its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// Data element number (2 to 192), position or group (from 1) or bit of a nested bitmap.
    Number(u16),
    /// Tag of bytes, left-aligned, and how many there are (1 to 4).
    Tag([u8; 4], u8),
    /// Tag of characters or digits, left-aligned, and how many there are (1 to 8).
    Text([u8; LONGEST_TEXT], u8),
    /// Name that the dialect lists. A thin reference, so that a path of keys stays small.
    Name(&'static &'static str),
    /// The n-th child of its composite, from 1: one that the dialect does not list and that has no number or tag, or
    /// none that may be shown.
    Ordinal(u16),
}

impl Key {
    /// A tag given as a number: `0x9F26` has two bytes.
    #[must_use]
    pub const fn tag(tag: u32) -> Self {
        let [a, b, c, d] = tag.to_be_bytes();
        match tag {
            0..=0xFF => Key::Tag([d, 0, 0, 0], 1),
            0x100..=0xFFFF => Key::Tag([c, d, 0, 0], 2),
            0x1_0000..=0xFF_FFFF => Key::Tag([b, c, d, 0], 3),
            _ => Key::Tag([a, b, c, d], 4),
        }
    }

    /// A tag of bytes, zeros in front included.
    ///
    /// # Panics
    /// In a constant, so at compile time: more than four bytes.
    #[must_use]
    pub const fn bytes(tag: &[u8]) -> Self {
        assert!(tag.len() <= 4, "a tag of bytes has at most four");
        let mut bytes = [0; 4];
        let mut at = 0;
        while at < tag.len() {
            bytes[at] = tag[at];
            at += 1;
        }
        Key::Tag(bytes, at as u8)
    }

    /// A tag of characters or digits: `03`.
    ///
    /// # Panics
    /// In a constant, so at compile time: more than eight bytes.
    #[must_use]
    pub const fn text(tag: &str) -> Self {
        assert!(tag.len() <= LONGEST_TEXT, "a tag of characters has at most eight");
        Key::characters(tag.as_bytes())
    }

    /// A tag of characters, as many as there may be.
    pub(crate) const fn characters(tag: &[u8]) -> Self {
        let mut text = [0; LONGEST_TEXT];
        let mut at = 0;
        while at < tag.len() && at < LONGEST_TEXT {
            text[at] = tag[at];
            at += 1;
        }
        Key::Text(text, at as u8)
    }

    /// A name that the dialect lists: `Key::name(&"ORIGINAL_RID")`.
    #[must_use]
    pub const fn name(name: &'static &'static str) -> Self {
        Key::Name(name)
    }

    /// The n-th child of its composite, from 1.
    pub(crate) const fn ordinal(place: usize) -> Self {
        Key::Ordinal(if place > u16::MAX as usize { u16::MAX } else { place as u16 })
    }

    pub(crate) const fn equals(self, other: Key) -> bool {
        match (self, other) {
            (Key::Number(a), Key::Number(b)) | (Key::Ordinal(a), Key::Ordinal(b)) => a == b,
            (Key::Tag(a, m), Key::Tag(b, n)) => m == n && u32::from_be_bytes(a) == u32::from_be_bytes(b),
            (Key::Text(a, m), Key::Text(b, n)) => m == n && u64::from_be_bytes(a) == u64::from_be_bytes(b),
            (Key::Name(a), Key::Name(b)) => same(a.as_bytes(), b.as_bytes()),
            _ => false,
        }
    }

    /// The bytes of a tag or name.
    pub(crate) fn label(&self) -> &[u8] {
        match self {
            Key::Tag(bytes, width) => bytes.get(..usize::from(*width)).unwrap_or_default(),
            Key::Text(text, width) => text.get(..usize::from(*width)).unwrap_or_default(),
            Key::Name(name) => name.as_bytes(),
            Key::Number(_) | Key::Ordinal(_) => &[],
        }
    }
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

impl fmt::Display for Key {
    /// As in a path: `55`, `9F26`, `03`, `ORIGINAL_RID`, `#3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Number(number) => write!(f, "{number}"),
            Key::Tag(..) => self.label().iter().try_for_each(|byte| write!(f, "{byte:02X}")),
            Key::Text(..) => Escaped(self.label()).fmt(f),
            Key::Name(name) => f.write_str(name),
            Key::Ordinal(place) => write!(f, "#{place}"),
        }
    }
}

/// A tag or name as it stands in a path: what would be taken for a part of the path, and what cannot be printed, is
/// written as `%2E`.
pub(crate) struct Escaped<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for &byte in self.0 {
            match byte {
                b'.' | b'#' | b'%' => write!(f, "%{byte:02X}")?,
                b' '..=b'~' => write!(f, "{}", char::from(byte))?,
                _ => write!(f, "%{byte:02X}")?,
            }
        }
        Ok(())
    }
}

/// The byte that stands at the start of a tag or name in a path, and how many characters of the path it takes.
/// Nothing where a percent sign is not followed by two hex digits.
pub(crate) const fn unescaped(text: &[u8], at: usize) -> Option<(u8, usize)> {
    if text[at] != b'%' {
        return Some((text[at], 1));
    }
    if at + 2 >= text.len() {
        return None;
    }
    match (nibble(text[at + 1]), nibble(text[at + 2])) {
        (Some(hi), Some(lo)) => Some((hi << 4 | lo, 3)),
        _ => None,
    }
}

const fn nibble(character: u8) -> Option<u8> {
    match (character as char).to_digit(16) {
        Some(digit) => Some(digit as u8),
        None => None,
    }
}

/// A number as it stands in a path: one to five digits.
pub(crate) const fn parse_number(text: &[u8]) -> Option<Key> {
    match digits(text, 10, 5) {
        Some(value) if value <= u16::MAX as u32 => Some(Key::Number(value as u16)),
        _ => None,
    }
}

/// A tag of bytes as it stands in a path: pairs of hex digits.
pub(crate) const fn parse_tag(text: &[u8]) -> Option<Key> {
    if text.len() % 2 == 1 {
        return None;
    }
    let Some(value) = digits(text, 16, 8) else { return None };
    let length = text.len() / 2;
    Some(Key::Tag((value << (32 - 8 * length as u32)).to_be_bytes(), length as u8))
}

const fn digits(text: &[u8], base: u32, most: usize) -> Option<u32> {
    if text.is_empty() || text.len() > most {
        return None;
    }
    let mut value = 0u32;
    let mut at = 0;
    while at < text.len() {
        let Some(digit) = (text[at] as char).to_digit(base) else { return None };
        value = value * base + digit;
        at += 1;
    }
    Some(value)
}

/// A tag of characters as it stands in a path, of just so many.
pub(crate) const fn parse_text(text: &[u8], width: u8) -> Option<Key> {
    let mut tag = [0; LONGEST_TEXT];
    let (mut at, mut length) = (0, 0);
    while at < text.len() {
        let Some((byte, taken)) = unescaped(text, at) else { return None };
        if length == LONGEST_TEXT {
            return None;
        }
        tag[length] = byte;
        (at, length) = (at + taken, length + 1);
    }
    if length == width as usize && length > 0 { Some(Key::Text(tag, width)) } else { None }
}

/// Whether a name in a path is this one.
pub(crate) const fn is_name(text: &[u8], name: &str) -> bool {
    let name = name.as_bytes();
    let (mut at, mut length) = (0, 0);
    while at < text.len() {
        let Some((byte, taken)) = unescaped(text, at) else { return false };
        if length == name.len() || name[length] != byte {
            return false;
        }
        (at, length) = (at + taken, length + 1);
    }
    length == name.len()
}

/// The bytes of a name in a path.
pub(crate) fn parse_name(text: &[u8]) -> Option<Vec<u8>> {
    let mut name = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let (byte, taken) = unescaped(text, at)?;
        name.push(byte);
        at += taken;
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_of_a_tag_or_name_is_read_back() {
        for byte in 0..=u8::MAX {
            let tag = Key::characters(&[b'A', byte]);
            assert_eq!(parse_text(tag.to_string().as_bytes(), 2), Some(tag));
            let shown = Escaped(&[byte, b'x']).to_string();
            assert!(shown.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'.' && byte != b'#'), "{shown}");
            assert_eq!(parse_name(shown.as_bytes()), Some(vec![byte, b'x']));
        }
        assert_eq!(Key::text("0.3").to_string(), "0%2E3");
        assert_eq!(Key::name(&"ORIGINAL_RID").to_string(), "ORIGINAL_RID");
        assert_eq!((Key::Ordinal(3).to_string(), Key::tag(0x9F26).to_string()), ("#3".to_owned(), "9F26".to_owned()));
        assert_eq!(Key::bytes(&[0, 1]).to_string(), "0001");
    }

    #[test]
    fn what_is_no_tag_or_name_is_refused() {
        for text in ["", "A", "ABC", "A%", "A%2", "A%2G", "%4", "%%", "A%41B"] {
            assert_eq!(parse_text(text.as_bytes(), 2), None, "{text}");
        }
        assert!(parse_text(b"A%2E", 2).is_some() && parse_text(b"123456789", 9).is_none());
        assert!(is_name(b"a%2Eb", "a.b") && !is_name(b"a%2E", "a.b") && !is_name(b"a%2Ebc", "a.b"));
        assert!(parse_name(b"a%2").is_none() && !is_name(b"%", "%"));
        for text in ["", "+1", "-1", "1 ", "65536", "000001", "x"] {
            assert_eq!(parse_number(text.as_bytes()), None, "{text}");
        }
        for text in ["", "9", "9F2", "9G", "123456789A"] {
            assert_eq!(parse_tag(text.as_bytes()), None, "{text}");
        }
    }
}
