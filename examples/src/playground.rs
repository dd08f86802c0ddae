//! Messages to look at: bytes, elements and JSON, masked unless that is explicitly not wanted. For dialects in ASCII.

use std::fmt::Write as _;

use isopace::Message;
use isopace::msg::{Leaf, Sensitivity};

/// Longest name of an element that is shown whole.
const NAME: usize = 40;

/// What is shown of a message.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Values in clear. For test data only.
    pub unmask: bool,
    /// The bytes of each element beside its value.
    pub raw: bool,
}

impl Options {
    /// Title, message type, bitmap, and a line for each value.
    #[must_use]
    pub fn describe(self, title: &str, message: &Message) -> String {
        let mut rows = Vec::new();
        message.leaves(|leaf| {
            if let Ok(leaf) = leaf {
                rows.push((leaf.path().to_owned(), name(&leaf), self.value(&leaf), self.beside(message, &leaf)));
            }
        });
        let key = rows.iter().map(|(key, ..)| key.chars().count()).max().unwrap_or(0).max(2);
        let width = rows.iter().map(|(_, name, ..)| name.chars().count()).max().unwrap_or(0);
        let mut text = format!("{title} · profile {}\n", message.dialect().name());
        let numbers: Vec<String> = message.numbers().map(|number| number.to_string()).collect();
        _ = writeln!(text, "  MTI     : {}", message.mti());
        let start = message.numbers().filter_map(|number| Some(message.span(number)?.start)).min().unwrap_or(4);
        let bitmap = String::from_utf8_lossy(message.as_bytes().get(4..start).unwrap_or_default()).into_owned();
        _ = writeln!(text, "  bitmap  : {bitmap}  ({} field(s): {})", numbers.len(), numbers.join(" "));
        _ = writeln!(text, "  {}", "─".repeat(key + width + 6));
        for (path, name, value, raw) in rows {
            _ = writeln!(text, "  {path:<key$}  {name:<width$} = {value}{raw}");
        }
        text
    }

    /// `{"mti":"0200","fields":{"2":"401234***8909"}}`.
    #[must_use]
    pub fn json(self, message: &Message) -> String {
        let mut fields = Vec::new();
        message.leaves(|leaf| {
            if let Ok(leaf) = leaf {
                fields.push(format!("{}:{}", quoted(leaf.path()), quoted(&self.text(&leaf))));
            }
        });
        format!("{{\"mti\":\"{}\",\"fields\":{{{}}}}}", message.mti(), fields.join(","))
    }

    /// The bytes as hex, with stars in the place of what may not be shown.
    #[must_use]
    pub fn hex(self, message: &Message) -> String {
        self.bytes(message).map(|byte| byte.map_or("**".to_owned(), |byte| format!("{byte:02X}"))).collect()
    }

    /// The bytes as characters, with dots for what is none and stars in the place of what may not be shown.
    #[must_use]
    pub fn ascii(self, message: &Message) -> String {
        let shown = |byte: u8| if byte.is_ascii_graphic() || byte == b' ' { byte as char } else { '.' };
        self.bytes(message).map(|byte| byte.map_or('*', shown)).collect()
    }

    /// Each byte, or nothing for one that may not be shown.
    fn bytes(self, message: &Message) -> impl Iterator<Item = Option<u8>> + '_ {
        // What is in no leaf, like a composite that cannot be opened, is not known to be harmless.
        let from = message.numbers().filter_map(|number| Some(message.span(number)?.start)).min();
        let wire = message.as_bytes();
        let mut clear = vec![self.unmask; wire.len()];
        clear[..from.unwrap_or(wire.len())].fill(true);
        message.leaves(|leaf| {
            if let Ok(leaf) = leaf
                && is_clear(&leaf)
            {
                clear[leaf.span()].fill(true);
            }
        });
        wire.iter().zip(clear).map(|(byte, clear)| clear.then_some(*byte))
    }

    fn text(self, leaf: &Leaf<'_>) -> String {
        match self.unmask.then(|| leaf.expose()) {
            Some(Ok(text)) => text,
            _ => leaf.masked(),
        }
    }

    /// Text in quotes, the rest as it is.
    fn value(self, leaf: &Leaf<'_>) -> String {
        let text = self.text(leaf);
        let plain = !text.is_empty() && text.chars().all(|character| character.is_ascii_digit());
        if plain || !self.unmask && !is_clear(leaf) { text } else { quoted(&text) }
    }

    fn beside(self, message: &Message, leaf: &Leaf<'_>) -> String {
        let bytes = message.as_bytes().get(leaf.span()).unwrap_or_default();
        match (self.raw, self.unmask || is_clear(leaf)) {
            (false, _) => String::new(),
            (true, false) => "  raw=[redacted]".to_owned(),
            (true, true) => bytes.iter().fold("  raw=".to_owned(), |text, byte| text + &format!("{byte:02X}")),
        }
    }
}

fn is_clear(leaf: &Leaf<'_>) -> bool {
    leaf.field().is_some_and(|field| field.sensitivity == Sensitivity::Clear && field.composite.is_none())
}

/// A name, cut where it is too long.
fn name(leaf: &Leaf<'_>) -> String {
    let name = leaf.name();
    if name.chars().count() <= NAME { name.to_owned() } else { name.chars().take(NAME - 1).chain(['…']).collect() }
}

/// As a string of JSON.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            character if character.is_control() => _ = write!(out, "\\u{:04x}", character as u32),
            character => out.push(character),
        }
    }
    out.push('"');
    out
}
