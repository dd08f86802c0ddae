//! How the children of a composite are laid out: constants of generated code.

use super::field::{Field, find};
use super::key::{self, Key};
use crate::wire::{BitmapRule, Counts, PrefixEncoding};

/// A value made of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Composite {
    /// How the children are laid out.
    pub kind: CompositeKind,
    /// The declared children, ascending by key. Of a repeat it is one: the group.
    pub fields: &'static [Field],
    /// What becomes of children that are not declared.
    pub unknown: Unknown,
    /// Whether content whose first character is `<` is XML instead, its elements being children by their XML names.
    pub xml: bool,
}

impl Composite {
    /// These children in this layout. What is not declared is kept.
    #[must_use]
    pub const fn new(kind: CompositeKind, fields: &'static [Field]) -> Self {
        Composite { kind, fields, unknown: Unknown::Keep, xml: false }
    }

    /// What becomes of children that are not declared.
    #[must_use]
    pub const fn unknown(mut self, unknown: Unknown) -> Self {
        self.unknown = unknown;
        self
    }

    /// Content may also be XML.
    #[must_use]
    pub const fn xml(mut self) -> Self {
        self.xml = true;
        self
    }

    /// The declared child with this key. Every group of a repeat is the same field.
    #[must_use]
    pub const fn field(&self, key: Key) -> Option<&'static Field> {
        match (self.kind, key) {
            (CompositeKind::Repeat { most }, Key::Number(number)) => {
                let allowed = match most {
                    Some(most) => number <= most,
                    None => true,
                };
                if number > 0 && allowed { find(self.fields, Key::Number(1)) } else { None }
            }
            _ => find(self.fields, key),
        }
    }

    /// The declared child that a part of a path names, and its key: `3`, `9F26`, `ORIGINAL_RID`.
    pub(crate) const fn named(&self, part: &[u8]) -> Option<(Key, &'static Field)> {
        if let CompositeKind::Pairs = self.kind {
            let mut at = 0;
            while at < self.fields.len() {
                if let Key::Name(name) = self.fields[at].key
                    && key::is_name(part, name)
                {
                    return Some((self.fields[at].key, &self.fields[at]));
                }
                at += 1;
            }
            return None;
        }
        let Some(key) = self.key(part) else { return None };
        match self.field(key) {
            Some(field) => Some((key, field)),
            None => None,
        }
    }

    /// The declared pair of this name.
    pub(crate) fn pair(&self, name: &[u8]) -> Option<&'static Field> {
        self.fields.iter().find(|field| matches!(field.key, Key::Name(known) if known.as_bytes() == name))
    }

    /// The number or tag that a part of a path is in this layout, declared or not.
    pub(crate) const fn key(&self, part: &[u8]) -> Option<Key> {
        match self.kind {
            CompositeKind::Positional | CompositeKind::Bitmap(_) | CompositeKind::Repeat { .. } => {
                key::parse_number(part)
            }
            CompositeKind::BerTlv => key::parse_tag(part),
            CompositeKind::Tlv(rule) | CompositeKind::Ltv(rule) => match rule.tag {
                TagEncoding::Binary => match key::parse_tag(part) {
                    Some(Key::Tag(tag, width)) if width == rule.tag_width => Some(Key::Tag(tag, width)),
                    _ => None,
                },
                TagEncoding::Ascii | TagEncoding::Ebcdic | TagEncoding::Bcd => key::parse_text(part, rule.tag_width),
            },
            CompositeKind::Pairs => None,
        }
    }
}

/// How the children of a composite are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompositeKind {
    /// Children 1, 2, 3 ... one after the other; trailing ones may be missing.
    Positional,
    /// A bitmap of its own, then the children whose bit is set.
    Bitmap(BitmapRule),
    /// Tag, length, value by the basic encoding rules (ISO/IEC 8825-1; EMV Book 3, annex B).
    BerTlv,
    /// Tag, length, value: each with a width of its own.
    Tlv(TaggedRule),
    /// Length, tag, value.
    Ltv(TaggedRule),
    /// Name and value, each behind a digit that says how many digits of length follow it.
    Pairs,
    /// One group of positions, over and over up to the end.
    Repeat {
        /// Most groups.
        most: Option<u16>,
    },
}

impl CompositeKind {
    /// Whether each child says by a tag or name which one it is, so that it may be repeated and come in any order.
    pub(crate) const fn is_labelled(self) -> bool {
        matches!(self, CompositeKind::BerTlv | CompositeKind::Tlv(_) | CompositeKind::Ltv(_) | CompositeKind::Pairs)
    }
}

/// Tag and length of each child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct TaggedRule {
    /// How a tag is written.
    pub tag: TagEncoding,
    /// Its width: 1 to 8 characters or digits (packed digits in pairs), 1 to 4 bytes.
    pub tag_width: u8,
    /// How a length is written.
    pub length: PrefixEncoding,
    /// Its width: decimal digits, hex digits or, in binary, bytes.
    pub length_width: u8,
    /// What it counts.
    pub counts: Counts,
    /// What it covers.
    pub covers: Covers,
}

impl TaggedRule {
    /// Tags and lengths of these widths; a length counts the bytes of the value.
    #[must_use]
    pub const fn new(tag: TagEncoding, tag_width: u8, length: PrefixEncoding, length_width: u8) -> Self {
        TaggedRule { tag, tag_width, length, length_width, counts: Counts::Bytes, covers: Covers::Value }
    }

    /// What a length counts: bytes on the wire, or units of the child.
    #[must_use]
    pub const fn counts(mut self, counts: Counts) -> Self {
        self.counts = counts;
        self
    }

    /// What a length covers.
    #[must_use]
    pub const fn covers(mut self, covers: Covers) -> Self {
        self.covers = covers;
        self
    }
}

/// How the tag of a child is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TagEncoding {
    /// ASCII characters.
    Ascii,
    /// EBCDIC characters (code page 037).
    Ebcdic,
    /// Packed decimal digits.
    Bcd,
    /// Bytes.
    Binary,
}

/// What the length of a child covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Covers {
    /// The value alone.
    Value,
    /// Tag and value.
    TagValue,
    /// Tag, length and value.
    All,
}

/// What becomes of children that a composite does not declare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unknown {
    /// Children like any other, shown by their length only.
    Keep,
    /// Passed over: forwarded with a composite that is not changed, left out of one that is.
    Skip,
    /// An error where the composite is opened.
    Reject,
}
