//! Strings of Python and JSON: quotes, prefixes, escapes.

use super::super::Unreadable;
use super::Cursor;

impl Cursor<'_> {
    /// Strings that stand one behind the other, if one stands here.
    pub(in crate::import) fn string(&mut self) -> Result<Option<String>, Unreadable> {
        let mut whole: Option<String> = None;
        loop {
            let letters = self.rest.bytes().take_while(|byte| b"rRbBuUfF".contains(byte)).count();
            let quote = self.rest.as_bytes().get(letters).copied();
            if letters > 2 || !matches!(quote, Some(b'"' | b'\'')) {
                return Ok(whole);
            }
            let prefix = self.take_while(|letter| letter != '"' && letter != '\'');
            let raw = prefix.contains(['r', 'R']);
            let quote = if quote == Some(b'"') { '"' } else { '\'' };
            let long = quote.to_string().repeat(3);
            let end = if self.eat(&long) {
                long
            } else {
                self.next();
                quote.to_string()
            };
            self.string_body(&end, raw, whole.get_or_insert_default())?;
            // Python joins strings that follow each other.
            let mut ahead = self.clone();
            ahead.skip_space();
            if ahead.string_starts() {
                *self = ahead;
            } else {
                return Ok(whole);
            }
        }
    }

    fn string_starts(&self) -> bool {
        let start = self.rest.trim_start_matches(['r', 'R', 'b', 'B', 'u', 'U', 'f', 'F']);
        self.rest.len() - start.len() <= 2 && start.starts_with(['"', '\''])
    }

    fn string_body(&mut self, end: &str, raw: bool, text: &mut String) -> Result<(), Unreadable> {
        let line = self.line;
        loop {
            if self.eat(end) {
                return Ok(());
            }
            match self.next() {
                None => return Err(Unreadable::new(line, "a string has no end")),
                Some('\n') if end.len() == 1 => return Err(Unreadable::new(line, "a string has no end on its line")),
                Some('\\') if raw => {
                    text.push('\\');
                    text.extend(self.next());
                }
                Some('\\') => self.escape(text),
                Some(letter) => text.push(letter),
            }
        }
    }

    fn escape(&mut self, text: &mut String) {
        let Some(letter) = self.next() else { return };
        match letter {
            '\n' => {}
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'x' => text.push(self.code_point(2)),
            'U' => text.push(self.code_point(8)),
            'u' => {
                let first = self.hex(4);
                let pair = first.filter(|high| (0xD800..0xDC00).contains(high)).and_then(|high| {
                    let mut ahead = self.clone();
                    let low = if ahead.eat("\\u") { ahead.hex(4) } else { None };
                    let low = low.filter(|low| (0xDC00..0xE000).contains(low))?;
                    *self = ahead;
                    Some(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00))
                });
                let letter = pair.or(first).and_then(char::from_u32);
                text.push(letter.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            '\\' | '\'' | '"' | '/' => text.push(letter),
            other => text.extend(['\\', other]),
        }
    }

    fn code_point(&mut self, digits: usize) -> char {
        self.hex(digits).and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    fn hex(&mut self, digits: usize) -> Option<u32> {
        let text = self.rest.get(..digits)?;
        let number = u32::from_str_radix(text, 16).ok()?;
        self.rest = self.rest.get(digits..)?;
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_read_as_either_language_writes_them() {
        for (source, text) in [
            ("'a'", "a"),
            ("\"it's\"", "it's"),
            ("'''a\nb'''", "a\nb"),
            (r"r'\x'", r"\x"),
            ("b\"ab\" 'c'  # and\n u'd'", "abcd"),
            (r#""\u00e9 \x41 \/ \" \t""#, "é A / \" \t"),
            (r#""\uD83D\uDE00 \uD83D""#, "😀 \u{FFFD}"),
            (r"'\q'", r"\q"),
            ("''", ""),
        ] {
            assert_eq!(Cursor::new(source).string(), Ok(Some(text.to_owned())), "{source}");
        }
        for source in ["'a", "'a\nb'", "\"\"\"a\"\"", r"r'\"] {
            assert!(Cursor::new(source).string().is_err(), "{source}");
        }
        for source in ["", "a", "rr", "5", "bbb'a'"] {
            assert_eq!(Cursor::new(source).string(), Ok(None), "{source}");
        }
    }
}
