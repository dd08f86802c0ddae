//! A spec in the making: what a reader of another language understood.

use super::note::Note;

/// A spec as it was read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// Kebab case.
    pub(super) name: String,
    pub(super) title: String,
    /// First comment of the TOML.
    pub(super) head: String,
    pub(super) mti: Mti,
    pub(super) bitmap: &'static str,
    /// 1 to 3.
    pub(super) maps: u8,
    pub(super) fields: Vec<Field>,
    /// What is not about one element.
    pub(super) remarks: Vec<Note>,
}

/// How the message type indicator is written: a word of the language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mti(pub(super) &'static str);

impl Default for Mti {
    fn default() -> Mti {
        Mti("ascii")
    }
}

/// An element, subfield or tag.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// Number, or tag: of bytes in upper-case hex.
    pub(super) key: String,
    /// Line of the source.
    pub(super) line: usize,
    pub(super) name: String,
    /// In code, where the name does not do.
    pub(super) ident: Option<String>,
    pub(super) class: &'static str,
    /// How sure the class is.
    pub(super) told: Told,
    pub(super) code: Code,
    pub(super) extent: Extent,
    /// Side and filler, or `Pad::None`; nothing for the default.
    pub(super) pad: Option<Pad>,
    pub(super) kind: Option<&'static str>,
    pub(super) sensitive: Option<String>,
    pub(super) inside: Option<Inside>,
    pub(super) notes: Vec<Note>,
    /// Only its notes are written.
    pub(super) dropped: bool,
}

/// What the source says about the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// Digits, characters or bytes.
    Class,
    /// Characters, which may all be digits.
    Characters,
    /// Bytes, which may be packed digits.
    Packed,
}

/// How content stands on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    Ascii,
    Cp037,
    Cp1047,
    Latin1,
    Utf8,
    Raw,
    Hex,
    EbcdicHex,
    Bcd { left: bool, nibble: char },
}

/// Packed digits with a zero on the left.
pub(super) const BCD: Code = Code::Bcd { left: true, nibble: '0' };

/// How many units there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// For `x+n` the sign is counted.
    Fixed(u32),
    /// No prefix where a TLV has the length.
    UpTo { prefix: Option<Prefix>, max: u32 },
}

/// What stands before a value of variable length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prefix {
    /// A word of the language.
    pub(super) encoding: &'static str,
    /// Digits, hex digits or bytes.
    pub(super) width: u8,
    /// It counts bytes, not units.
    pub(super) bytes: bool,
    pub(super) inclusive: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pad {
    None,
    Fill { left: bool, fill: char },
}

/// What is inside a field.
#[derive(Debug, Clone)]
pub(super) struct Inside {
    pub(super) layout: Layout,
    pub(super) fields: Vec<Field>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Positional,
    Bitmap {
        encoding: &'static str,
        maps: u8,
    },
    /// Whether tags that are not listed are passed over.
    BerTlv {
        skip: bool,
    },
    Tlv(Tags),
}

/// Tags and lengths of objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tags {
    /// A word of the language.
    pub(super) encoding: &'static str,
    /// Characters, digits or bytes.
    pub(super) width: u8,
    pub(super) length: Prefix,
    /// Whether tags that are not listed are passed over.
    pub(super) skip: bool,
}

impl Field {
    pub(super) fn new(key: impl Into<String>, line: usize, name: &str) -> Field {
        let key = key.into();
        let name = super::text::clean(name);
        Field {
            name: if name.is_empty() { format!("Element {key}") } else { name },
            key,
            line,
            ident: None,
            class: "b",
            told: Told::Class,
            code: Code::Raw,
            extent: Extent::Fixed(1),
            pad: None,
            kind: None,
            sensitive: None,
            inside: None,
            notes: Vec::new(),
            dropped: false,
        }
    }

    /// A field that cannot be said at all.
    pub(super) fn dropped(key: impl Into<String>, line: usize, name: &str, why: impl Into<String>) -> Field {
        let mut field = Field::new(key, line, name);
        field.drop(why);
        field
    }

    /// Leaves nothing of it but a note.
    pub(super) fn drop(&mut self, why: impl Into<String>) {
        self.dropped = true;
        self.inside = None;
        self.lost(format!("\"{}\": {}", self.name, why.into()));
    }

    pub(super) fn lost(&mut self, text: impl Into<String>) {
        self.notes.push(Note::lost(self.line, text));
    }

    pub(super) fn guessed(&mut self, text: impl Into<String>) {
        self.notes.push(Note::guessed(self.line, text));
    }

    /// Most units it holds.
    pub(super) fn most(&self) -> u32 {
        match self.extent {
            Extent::Fixed(units) => units,
            Extent::UpTo { max, .. } => max,
        }
    }

    pub(super) fn is_fixed(&self) -> bool {
        matches!(self.extent, Extent::Fixed(_))
    }
}

impl Code {
    /// Whether a unit is one byte.
    pub(super) fn is_bytewise(self) -> bool {
        matches!(self, Code::Ascii | Code::Cp037 | Code::Cp1047 | Code::Latin1 | Code::Raw)
    }
}

impl Extent {
    /// Fixed where there is no prefix to read.
    pub(super) fn of(prefix: Option<Prefix>, most: u32) -> Extent {
        match prefix {
            Some(prefix) => Extent::UpTo { prefix: Some(prefix), max: most },
            None => Extent::Fixed(most),
        }
    }
}

impl Draft {
    /// Sorts fields by key. Of two with one key the later counts, as it does in every language that is read.
    pub(super) fn order(&mut self) {
        order(&mut self.fields);
    }

    /// All notes, each with its place.
    pub(super) fn notes(&self) -> Vec<Note> {
        let mut found: Vec<Note> =
            self.remarks.iter().map(|note| Note { place: "message".to_owned(), ..note.clone() }).collect();
        collect(&self.fields, "DE ", &mut found);
        found
    }
}

/// Sorts fields by key; the later of two with one key stays.
pub(super) fn order(fields: &mut Vec<Field>) {
    let tags = |key: &str| key.bytes().any(|byte| byte.is_ascii_alphabetic());
    fields.sort_by(|one, other| {
        let rank = |field: &Field| (if tags(&field.key) { 9 } else { field.key.len() }, field.key.clone());
        rank(one).cmp(&rank(other))
    });
    fields.dedup_by(|later, kept| {
        if later.key != kept.key {
            return false;
        }
        let line = kept.line;
        std::mem::swap(later, kept);
        kept.lost(format!("the same again in line {line}"));
        true
    });
    for field in fields {
        if let Some(inside) = &mut field.inside {
            order(&mut inside.fields);
        }
    }
}

fn collect(fields: &[Field], before: &str, found: &mut Vec<Note>) {
    for field in fields {
        let place = format!("{before}{}", field.key);
        found.extend(field.notes.iter().map(|note| Note { place: place.clone(), ..note.clone() }));
        if let Some(inside) = &field.inside {
            collect(&inside.fields, &format!("{place}."), found);
        }
    }
}
