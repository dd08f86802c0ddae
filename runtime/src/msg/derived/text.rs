//! Text put together at compile time, for the messages of checks that run there.

/// Room for one message; what does not fit is cut.
const ROOM: usize = 1024;

/// A growing text on the stack.
pub(super) struct Text {
    bytes: [u8; ROOM],
    length: usize,
}

impl Text {
    /// Starts with this.
    pub(super) const fn new(text: &str) -> Self {
        Text { bytes: [0; ROOM], length: 0 }.str(text)
    }

    /// And then this.
    pub(super) const fn str(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        let mut at = 0;
        while at < text.len() && self.length < ROOM {
            self.bytes[self.length] = text[at];
            self.length += 1;
            at += 1;
        }
        self
    }

    /// And then this number.
    pub(super) const fn number(self, value: u32) -> Self {
        let mut digits = [b'0'; 10];
        let mut start = digits.len();
        let mut left = value;
        loop {
            start -= 1;
            digits[start] = b'0' + (left % 10) as u8;
            left /= 10;
            if left == 0 {
                break;
            }
        }
        self.str(text(digits.split_at(start).1))
    }

    /// And then this many times that.
    pub(super) const fn times(mut self, count: u8, what: &str) -> Self {
        let mut at = 0;
        while at < count {
            self = self.str(what);
            at += 1;
        }
        self
    }

    /// All of it.
    pub(super) const fn as_str(&self) -> &str {
        text(self.bytes.split_at(self.length).0)
    }
}

/// As much of it as is text: a cut may have gone through a character.
const fn text(bytes: &[u8]) -> &str {
    match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => match str::from_utf8(bytes.split_at(error.valid_up_to()).0) {
            Ok(text) => text,
            Err(_) => "",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_appended_is_there() {
        let text = Text::new("a ").number(0).str(" ").number(4_294_967_295).str(" ").times(3, ".").str("\u{e9}");
        assert_eq!(text.as_str(), "a 0 4294967295 ...\u{e9}");
    }

    #[test]
    fn a_cut_never_splits_a_character() {
        let text = Text::new("x").times(255, "\u{20ac}").times(255, "\u{20ac}");
        assert_eq!(text.as_str(), format!("x{}", "\u{20ac}".repeat(341)));
    }
}
