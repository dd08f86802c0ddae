//! A pull scanner over the XML that some composites are written in: elements, text, the five predefined entities and
//! numeric ones, comments, CDATA, processing instructions. Attributes are passed over; a document type is refused. It
//! gives the elements that have no elements inside, one after the other.

use std::borrow::Cow;
use std::ops::Range;

use crate::wire::ErrorKind;

/// Deepest nesting of elements.
const DEEPEST: usize = 64;

/// An element without elements inside: a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) name: Range<usize>,
    /// Where the start tag begins.
    pub(crate) start: usize,
    /// Between the tags.
    pub(crate) text: Range<usize>,
    /// Behind the end tag.
    pub(crate) end: usize,
    /// Whether the text is the value: no entities, comments, CDATA or processing instructions in it.
    pub(crate) plain: bool,
    /// Where the slash of an element is that is start and end tag at once.
    pub(crate) slash: Option<usize>,
}

/// What is wrong, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) at: usize,
    pub(crate) kind: ErrorKind,
}

const fn wrong(at: usize, what: &'static str) -> Wrong {
    Wrong { at, kind: ErrorKind::Xml(what) }
}

/// A start tag whose end is yet to come.
#[derive(Debug, Clone)]
struct Open {
    name: Range<usize>,
    start: usize,
    text: usize,
    plain: bool,
    /// Whether it has elements inside.
    holds: bool,
}

/// Where a scan over a document stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scanner {
    at: usize,
    open: Vec<Open>,
    /// Whether the one element of the document is over.
    done: bool,
    /// Where the end tag of the innermost element around the last value begins.
    around: Option<usize>,
}

/// Whether this is XML: whether its first character that is no blank is `<`.
pub(crate) fn is_xml(bytes: &[u8]) -> bool {
    bytes.iter().find(|byte| !is_blank(**byte)) == Some(&b'<')
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'-' | b'.') || byte >= 0x80
}

impl Scanner {
    /// Where the end tag of the innermost element around the last value begins, once the scan is over.
    pub(crate) const fn around(&self) -> Option<usize> {
        self.around
    }

    /// The next value; nothing at the end of the document.
    pub(crate) fn next(&mut self, bytes: &[u8]) -> Result<Option<Value>, Wrong> {
        while self.at < bytes.len() {
            let (at, rest) = (self.at, &bytes[self.at..]);
            if rest[0] != b'<' {
                self.text(bytes)?;
            } else if rest.starts_with(b"<?") {
                self.passed(bytes, 2, b"?>", "a processing instruction without an end")?;
            } else if rest.starts_with(b"<!--") {
                self.passed(bytes, 4, b"-->", "a comment without an end")?;
            } else if rest.starts_with(b"<![CDATA[") {
                if self.open.is_empty() {
                    return Err(wrong(at, "text outside of the element"));
                }
                self.passed(bytes, 9, b"]]>", "a CDATA section without an end")?;
            } else if rest.starts_with(b"<!") {
                return Err(wrong(at, "a document type, which is not read"));
            } else if let Some(value) = self.tag(bytes)? {
                self.around = None;
                return Ok(Some(value));
            }
        }
        match self.open.last() {
            Some(_) => Err(wrong(bytes.len(), "an element without an end tag")),
            None if self.done => Ok(None),
            None => Err(wrong(bytes.len(), "no element")),
        }
    }

    /// Text up to the next tag.
    fn text(&mut self, bytes: &[u8]) -> Result<(), Wrong> {
        let start = self.at;
        while let Some(&byte) = bytes.get(self.at).filter(|byte| **byte != b'<') {
            match self.open.last_mut() {
                None if !is_blank(byte) => return Err(wrong(start, "text outside of the element")),
                Some(open) if byte == b'&' => {
                    open.plain = false;
                    self.at += entity(bytes, self.at)?.1;
                }
                _ => self.at += 1,
            }
        }
        Ok(())
    }

    /// Passes over what ends with these characters.
    fn passed(&mut self, bytes: &[u8], open: usize, end: &[u8], what: &'static str) -> Result<(), Wrong> {
        let rest = &bytes[self.at + open..];
        let Some(length) = find(rest, end) else { return Err(wrong(self.at, what)) };
        self.at += open + length + end.len();
        if let Some(open) = self.open.last_mut() {
            open.plain = false;
        }
        Ok(())
    }

    /// A start tag, an end tag or both at once; gives the value that ends with it.
    fn tag(&mut self, bytes: &[u8]) -> Result<Option<Value>, Wrong> {
        let start = self.at;
        let closes = bytes.get(start + 1) == Some(&b'/');
        self.at += if closes { 2 } else { 1 };
        let name = self.name(bytes)?;
        if closes {
            self.blanks(bytes);
            if bytes.get(self.at) != Some(&b'>') {
                return Err(wrong(self.at, "an end tag that does not end"));
            }
            self.at += 1;
            let open = self.open.pop().filter(|open| bytes[open.name.clone()] == bytes[name]);
            let Some(open) = open else { return Err(wrong(start, "an end tag without its start tag")) };
            return Ok(self.closed(open, start, None));
        }
        if self.done {
            return Err(wrong(start, "more than one element"));
        }
        if self.open.len() == DEEPEST {
            return Err(wrong(start, "elements nested too deep"));
        }
        if let Some(parent) = self.open.last_mut() {
            parent.holds = true;
        }
        let slash = self.attributes(bytes)?;
        let open = Open { name, start, text: self.at, plain: true, holds: false };
        if slash.is_some() {
            return Ok(self.closed(open, self.at, slash));
        }
        self.open.push(open);
        Ok(None)
    }

    /// The end of an element, whose end tag begins at `text_end`.
    fn closed(&mut self, open: Open, text_end: usize, slash: Option<usize>) -> Option<Value> {
        self.done = self.open.is_empty();
        if open.holds {
            self.around.get_or_insert(text_end);
            return None;
        }
        let Open { name, start, text, plain, .. } = open;
        Some(Value { name, start, text: text..text_end, end: self.at, plain, slash })
    }

    fn name(&mut self, bytes: &[u8]) -> Result<Range<usize>, Wrong> {
        let start = self.at;
        let rest = bytes.get(start..).unwrap_or_default();
        let length = rest.iter().position(|byte| !is_name(*byte)).unwrap_or(rest.len());
        if length == 0 || rest[0].is_ascii_digit() || matches!(rest[0], b'-' | b'.') {
            return Err(wrong(start, "a name was expected"));
        }
        self.at += length;
        Ok(start..self.at)
    }

    fn blanks(&mut self, bytes: &[u8]) {
        while bytes.get(self.at).is_some_and(|byte| is_blank(*byte)) {
            self.at += 1;
        }
    }

    /// Passes over the attributes of a start tag; gives where its slash is, if it is an end tag too.
    fn attributes(&mut self, bytes: &[u8]) -> Result<Option<usize>, Wrong> {
        loop {
            let before = self.at;
            self.blanks(bytes);
            let at = self.at;
            match bytes.get(at) {
                Some(b'>') => {
                    self.at += 1;
                    return Ok(None);
                }
                Some(b'/') if bytes.get(at + 1) == Some(&b'>') => {
                    self.at += 2;
                    return Ok(Some(at));
                }
                Some(_) if at > before => {}
                _ => return Err(wrong(at, "a start tag that does not end")),
            }
            self.name(bytes)?;
            self.blanks(bytes);
            if bytes.get(self.at) != Some(&b'=') {
                return Err(wrong(self.at, "an attribute without a value"));
            }
            self.at += 1;
            self.blanks(bytes);
            let quote = bytes.get(self.at).copied().filter(|quote| matches!(quote, b'"' | b'\''));
            let Some(quote) = quote else { return Err(wrong(self.at, "an attribute without quotes")) };
            let Some(length) = find(&bytes[self.at + 1..], &[quote]) else {
                return Err(wrong(self.at, "an attribute without an end"));
            };
            self.at += length + 2;
        }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// The character of the entity that stands here, and the bytes it takes.
fn entity(bytes: &[u8], at: usize) -> Result<(char, usize), Wrong> {
    // The longest there is: `&#x10FFFF;`, some zeros in front allowed.
    let rest = &bytes[at..bytes.len().min(at + 16)];
    let unknown = || wrong(at, "an entity that is none of the predefined ones");
    let end = find(rest, b";").ok_or_else(unknown)?;
    let character = match &rest[1..end] {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        [b'#', b'x', digits @ ..] => numeric(digits, 16).ok_or_else(unknown)?,
        [b'#', digits @ ..] => numeric(digits, 10).ok_or_else(unknown)?,
        _ => return Err(unknown()),
    };
    Ok((character, end + 1))
}

fn numeric(digits: &[u8], base: u32) -> Option<char> {
    let code = digits
        .iter()
        .try_fold(0u32, |sum, &digit| sum.checked_mul(base)?.checked_add(char::from(digit).to_digit(base)?));
    code.filter(|code| *code > 0 && !digits.is_empty()).and_then(char::from_u32)
}

/// The characters of a value: entities resolved, CDATA unwrapped, comments and processing instructions left out.
pub(crate) fn unescaped<'a>(bytes: &'a [u8], value: &Value) -> Result<Cow<'a, [u8]>, Wrong> {
    if value.plain {
        return Ok(Cow::Borrowed(&bytes[value.text.clone()]));
    }
    let mut text = Vec::with_capacity(value.text.len());
    let mut at = value.text.start;
    let bytes = &bytes[..value.text.end];
    while at < bytes.len() {
        let rest = &bytes[at..];
        let skipped = |open: usize, end: &[u8]| find(&rest[open..], end).map_or(rest.len(), |at| open + at + end.len());
        match rest {
            [b'&', ..] => {
                let (character, taken) = entity(bytes, at)?;
                text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                at += taken;
            }
            [b'<', b'!', b'[', ..] => {
                let taken = skipped(9, b"]]>");
                text.extend_from_slice(rest.get(9..taken.saturating_sub(3)).unwrap_or_default());
                at += taken;
            }
            [b'<', b'!', ..] => at += skipped(4, b"-->"),
            [b'<', ..] => at += skipped(2, b"?>"),
            [byte, ..] => {
                text.push(*byte);
                at += 1;
            }
            [] => break,
        }
    }
    Ok(Cow::Owned(text))
}

/// Text as it may stand between tags.
///
/// # Errors
/// A control character, which XML cannot say.
pub(crate) fn escaped(text: &str) -> Result<String, ErrorKind> {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(character),
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => return Err(ErrorKind::Unmappable),
            _ => out.push(character),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests;
