//! Finding the end of an XML document: where its root element closes. Nothing of it is read or proven but that.

use super::Error;

/// Walks a document byte by byte, in pieces of any size.
#[derive(Debug, Clone, Default)]
pub(super) struct Scanner {
    state: State,
    /// Elements that are open.
    depth: usize,
}

#[derive(Debug, Clone, Copy, Default)]
enum State {
    #[default]
    Text,
    /// Behind `<`.
    Angle,
    /// In a start tag: the quote that is open, and whether the byte before was a slash.
    Start {
        quote: u8,
        slash: bool,
    },
    End,
    /// In `<? ... ?>`, and whether the byte before was `?`.
    Instruction(bool),
    /// Behind `<!`, with so many bytes of `--` or `[CDATA[` seen.
    Bang(&'static [u8], usize),
    /// In a comment or a CDATA section: its dash or bracket, and how many of them stood just before, two at most.
    Until(u8, u8),
}

/// Whether these bytes are one document, with nothing but white space behind it.
pub(super) fn is_document(bytes: &[u8]) -> bool {
    let end = Scanner::default().walk(bytes).ok().flatten();
    end.and_then(|end| bytes.get(end..)).is_some_and(|rest| rest.iter().all(u8::is_ascii_whitespace))
}

const COMMENT: &[u8] = b"--";
const CDATA: &[u8] = b"[CDATA[";

impl Scanner {
    /// Walks on. The number of bytes up to the end of the document, when that is among these.
    pub(super) fn walk(&mut self, bytes: &[u8]) -> Result<Option<usize>, Error> {
        for (place, &byte) in bytes.iter().enumerate() {
            if self.step(byte)? {
                return Ok(Some(place + 1));
            }
        }
        Ok(None)
    }

    /// Whether the document ends with this byte.
    fn step(&mut self, byte: u8) -> Result<bool, Error> {
        self.state = match (self.state, byte) {
            (State::Text, b'<') => State::Angle,
            (State::Text, _) if self.depth > 0 || byte.is_ascii_whitespace() => State::Text,
            (State::Text, _) => return Err(Error::Document),
            (State::Angle, b'/') if self.depth > 0 => State::End,
            (State::Angle, b'?') => State::Instruction(false),
            (State::Angle, b'!') => State::Bang(&[], 0),
            (State::Angle, b'A'..=b'Z' | b'a'..=b'z' | b'_' | b':' | 0x80..) => State::Start { quote: 0, slash: false },
            (State::Angle, _) => return Err(Error::Document),
            (State::Start { quote: 0, .. }, b'"' | b'\'') => State::Start { quote: byte, slash: false },
            (State::Start { quote: 0, slash }, b'>') => {
                self.state = State::Text;
                self.depth += usize::from(!slash);
                return Ok(self.depth == 0);
            }
            (State::Start { quote: 0, .. }, _) => State::Start { quote: 0, slash: byte == b'/' },
            (State::Start { quote, .. }, _) if quote == byte => State::Start { quote: 0, slash: false },
            (state @ State::Start { .. }, _) => state,
            (State::End, b'>') => {
                self.state = State::Text;
                self.depth -= 1;
                return Ok(self.depth == 0);
            }
            (State::End, _) => State::End,
            (State::Instruction(true), b'>') => State::Text,
            (State::Instruction(_), _) => State::Instruction(byte == b'?'),
            (State::Bang([], _), b'-') => State::Bang(COMMENT, 1),
            (State::Bang([], _), b'[') if self.depth > 0 => State::Bang(CDATA, 1),
            (State::Bang(word, seen), _) if word.get(seen) == Some(&byte) => match (word.len() - 1 == seen, word) {
                (false, _) => State::Bang(word, seen + 1),
                (true, COMMENT) => State::Until(b'-', 0),
                (true, _) => State::Until(b']', 0),
            },
            // A document type would be needed to know where it ends, and has no place here.
            (State::Bang(..), _) => return Err(Error::Document),
            (State::Until(_, 2), b'>') => State::Text,
            (State::Until(mark, seen), _) if byte == mark => State::Until(mark, (seen + 1).min(2)),
            (State::Until(mark, _), _) => State::Until(mark, 0),
        };
        Ok(false)
    }
}
