//! A message as it may be shown, value by value: the block of a trace.

use std::fmt::{self, Write as _};

use super::style::Paint;
use crate::msg::{Dialect, Kind, Leaf, Message, Sensitivity};
use crate::wire::Class;

/// Longest column of names.
const LONGEST_NAME: usize = 40;

/// A message as it may be shown: text alone, masked as the spec says.
///
/// Its `Display` is the block of a trace:
///
/// ```text
/// ISO 8583 message · profile iso87-a
///   MTI     : 0200
///   bitmap  : 7020000000800000  (5 field(s) · Bitmap{2 3 4 11 41} width=64)
///   ────────────────────────────────────────────────
///   2   Primary account number          = 411111******1111
///   41  Card acceptor terminal id       = "TERM0001"
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Described {
    /// Name of the dialect.
    pub dialect: &'static str,
    /// Message type.
    pub mti: String,
    /// The bitmaps in upper-case hex, as many as the message has.
    pub bitmap: String,
    /// The elements that are there.
    pub elements: Vec<u8>,
    /// Bits of the bitmaps.
    pub width: usize,
    /// Every value in the order of the wire; composites before what is inside.
    pub values: Vec<Value>,
}

/// One value of a message as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Value {
    /// Path: `2`, `55.9F26`.
    pub path: String,
    /// What the spec calls it.
    pub name: &'static str,
    /// Text in quotes, amounts without the zeros in front, digits and bytes as they are; masked as the spec says.
    pub value: String,
    /// Its bytes on the wire as upper-case hex, or `[redacted]`; nothing unless that was asked for.
    pub raw: Option<String>,
}

impl Described {
    /// What may be shown of this message; with the bytes of each value that may be, if that is asked for.
    #[must_use]
    pub fn of(message: &Message, raw: bool) -> Self {
        let mut values = Vec::new();
        message.leaves(|leaf| match leaf {
            Ok(leaf) => values.push(value(message, &leaf, raw)),
            Err(error) => {
                let (path, value) = (error.path().to_string(), format!("[{}]", error.kind()));
                values.push(Value { name: name(message.dialect(), &path), path, value, raw: None });
            }
        });
        let elements: Vec<u8> = message.numbers().collect();
        let (bits, maps) = (message.index().bits(), usize::from(message.index().maps()));
        let mut bitmap = String::with_capacity(16 * maps);
        for (map, bits) in bits.iter().enumerate().take(maps) {
            let more = if map + 1 < maps { 1 << 63 } else { 0 };
            _ = write!(bitmap, "{:016X}", bits | more);
        }
        Described {
            dialect: message.dialect().name(),
            mti: message.mti().to_string(),
            bitmap,
            elements,
            width: 64 * maps,
            values: with_parents(message.dialect(), values),
        }
    }

    /// The block under this title.
    #[must_use]
    pub fn text(&self, title: &str) -> String {
        let mut out = String::new();
        _ = self.write(title, Paint::PLAIN, &mut out);
        out
    }

    pub(super) fn write(&self, title: &str, paint: Paint, out: &mut impl fmt::Write) -> fmt::Result {
        let numbers: Vec<String> = self.elements.iter().map(u8::to_string).collect();
        writeln!(out, "{} · profile {}", paint.title(title), self.dialect)?;
        writeln!(out, "  MTI     : {}", self.mti)?;
        let (count, list, width) = (self.elements.len(), numbers.join(" "), self.width);
        writeln!(out, "  bitmap  : {}  ({count} field(s) · Bitmap{{{list}}} width={width})", self.bitmap)?;
        let keys = self.values.iter().map(|value| value.path.chars().count()).max().unwrap_or(0).max(2);
        let indented = |value: &Value| 2 * value.path.matches('.').count() + value.name.chars().count();
        let names = self.values.iter().map(indented).max().unwrap_or(0).min(LONGEST_NAME);
        writeln!(out, "  {}", paint.dim(&"─".repeat(keys + names + 6)))?;
        for value in &self.values {
            let indent = 2 * value.path.matches('.').count();
            let name = cut(&format!("{:indent$}{}", "", value.name), names);
            write!(out, "  {:<keys$}  {name:<names$} = {}", value.path, value.value)?;
            if let Some(raw) = &value.raw {
                write!(out, "  raw={raw}")?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

impl fmt::Display for Described {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write("ISO 8583 message", Paint::PLAIN, f)
    }
}

fn value(message: &Message, leaf: &Leaf<'_>, raw: bool) -> Value {
    let clear = leaf.field().filter(|field| field.sensitivity == Sensitivity::Clear && field.composite.is_none());
    // Content that is not what the spec says is not shown, and so not told from text.
    let readable = clear.is_some() && leaf.expose().is_ok();
    let masked = leaf.masked();
    let value = match clear.filter(|_| readable).map(|field| (field.kind, field.rule.class)) {
        Some((Kind::Amount, Class::N)) => plain(&masked),
        Some((_, Class::N | Class::Xn | Class::Z | Class::B)) | None => masked,
        Some(_) => format!("{masked:?}"),
    };
    let bytes = readable.then(|| message.as_bytes().get(leaf.span())).flatten();
    let raw = raw.then(|| bytes.map_or_else(|| "[redacted]".to_owned(), hex));
    Value { path: leaf.path().to_owned(), name: leaf.name(), value, raw }
}

/// An amount without the zeros in front.
fn plain(digits: &str) -> String {
    match digits.trim_start_matches('0') {
        "" => "0".to_owned(),
        amount => amount.to_owned(),
    }
}

/// Puts each composite before what is inside, with how much that is.
fn with_parents(dialect: &'static Dialect, leaves: Vec<Value>) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::with_capacity(leaves.len() + 4);
    // Composites that the last value was inside of, outermost first; and of all of them how much is inside.
    let mut open: Vec<Composite> = Vec::new();
    let mut counted: Vec<(usize, usize)> = Vec::new();
    for leaf in leaves {
        let inside = |parent: &str| leaf.path.strip_prefix(parent).is_some_and(|rest| rest.starts_with('.'));
        open.retain(|composite| inside(&composite.path));
        for (dot, _) in leaf.path.match_indices('.').skip(open.len()) {
            if let Some(parent) = open.last() {
                counted[parent.count].1 += 1;
            }
            let path = leaf.path[..dot].to_owned();
            open.push(Composite { path: path.clone(), count: counted.len() });
            counted.push((all.len(), 0));
            all.push(Value { name: name(dialect, &path), path, value: String::new(), raw: None });
        }
        if let Some(parent) = open.last() {
            counted[parent.count].1 += 1;
        }
        all.push(leaf);
    }
    for (at, count) in counted {
        all[at].value = format!("{{{count} element(s)}}");
    }
    all
}

/// A composite that values are inside of.
struct Composite {
    path: String,
    /// Where its values are counted.
    count: usize,
}

/// What the spec calls the value at a path, of a repeated tag too.
fn name(dialect: &'static Dialect, path: &str) -> &'static str {
    let plain: Vec<&str> = path.split('.').map(|part| part.split('#').next().unwrap_or(part)).collect();
    dialect.resolve(&plain.join(".")).map_or("not in the spec", |field| field.name)
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        _ = write!(text, "{byte:02X}");
        text
    })
}
