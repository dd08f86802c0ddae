//! What is inside a field.

use super::{Bitmap, Counts, Field, PrefixEncoding};

/// A value made of values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composite {
    /// How the children are laid out.
    pub kind: CompositeKind,
    /// The declared children, ascending by key. Of a `repeat` exactly one: the group, in which they stand.
    pub fields: Vec<Field>,
    /// What happens to children that are not declared. Of kinds that can have none: [`Unknown::Keep`].
    pub unknown: Unknown,
    /// Whether the content is XML instead where its first character that is no blank is `<`.
    pub xml: bool,
}

impl Composite {
    /// The group of a `repeat`.
    #[must_use]
    pub fn group(&self) -> Option<&Field> {
        match self.kind {
            CompositeKind::Repeat { .. } => self.fields.first(),
            CompositeKind::Positional
            | CompositeKind::Bitmap(_)
            | CompositeKind::BerTlv
            | CompositeKind::Tlv(_)
            | CompositeKind::Ltv(_)
            | CompositeKind::Pairs => None,
        }
    }

    /// The children that the spec declares; of a `repeat` those of its group.
    #[must_use]
    pub fn declared(&self) -> &[Field] {
        match self.group() {
            Some(group) => group.composite.as_ref().map(|group| group.fields.as_slice()).unwrap_or_default(),
            None => &self.fields,
        }
    }
}

/// How the children of a composite are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompositeKind {
    /// `positional`: children 1, 2, 3 ... one after the other; trailing ones may be missing.
    Positional,
    /// `bitmap`: a bitmap of its own, then the children whose bit is set.
    Bitmap(Bitmap),
    /// `ber-tlv`: tag, length, value by the basic encoding rules (ISO/IEC 8825-1, EMV Book 3 annex B).
    BerTlv,
    /// `tlv`: tag, length, value; all tags of one width, all lengths of one width.
    Tlv(Tagged),
    /// `ltv`: length, tag, value; all lengths of one width, all tags of one width.
    Ltv(Tagged),
    /// `pairs`: name and value, each behind one digit that says how many digits its length has, and its length in
    /// bytes.
    Pairs,
    /// `repeat`: one group of positional children, again and again up to the end.
    Repeat {
        /// Most groups, if there is a limit.
        most: Option<u16>,
    },
}

/// Tags and lengths of the objects of a `tlv` or `ltv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tagged {
    /// How the tag of an object is written.
    pub tag: TagRule,
    /// How the length of an object is written.
    pub length: ObjectLength,
}

/// How the tags of a `tlv` or `ltv` are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TagRule {
    /// What they are made of.
    pub encoding: TagEncoding,
    /// How wide every one is: characters (`ascii`, `ebcdic`), digits (`bcd`, an even count) or bytes (`binary`).
    pub width: u8,
}

impl TagRule {
    /// How many bytes a tag takes on the wire.
    #[must_use]
    pub const fn bytes(self) -> u8 {
        match self.encoding {
            TagEncoding::Ascii | TagEncoding::Ebcdic | TagEncoding::Binary => self.width,
            TagEncoding::Bcd => self.width.div_ceil(2),
        }
    }
}

/// What a tag is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TagEncoding {
    /// ASCII characters.
    Ascii,
    /// EBCDIC characters.
    Ebcdic,
    /// Packed decimal digits, two a byte.
    Bcd,
    /// Bytes.
    Binary,
}

/// How the lengths of the objects of a `tlv` or `ltv` are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ObjectLength {
    /// How the number is written.
    pub prefix: PrefixEncoding,
    /// Its width: decimal digits (`ascii`, `ebcdic`, `bcd`), hex digits (`hex`) or bytes (`binary`).
    pub width: u8,
    /// What it counts: bytes, or units of the child (bytes where the child is not declared).
    pub counts: Counts,
    /// Which part of the object it counts. Units count the value alone.
    pub covers: Covers,
}

impl CompositeKind {
    /// Whether the length of a child comes from the composite, so that the child has no prefix of its own.
    #[must_use]
    pub const fn gives_lengths(self) -> bool {
        match self {
            CompositeKind::BerTlv | CompositeKind::Tlv(_) | CompositeKind::Ltv(_) | CompositeKind::Pairs => true,
            CompositeKind::Positional | CompositeKind::Bitmap(_) | CompositeKind::Repeat { .. } => false,
        }
    }
}

impl ObjectLength {
    /// How many bytes it takes on the wire.
    #[must_use]
    pub const fn bytes(self) -> u8 {
        match self.prefix {
            PrefixEncoding::Bcd => self.width.div_ceil(2),
            PrefixEncoding::Ascii
            | PrefixEncoding::Ebcdic
            | PrefixEncoding::Hex
            | PrefixEncoding::BinaryBe
            | PrefixEncoding::BinaryLe => self.width,
        }
    }
}

/// Which part of an object its length counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Covers {
    /// `value`: the value alone. The default of `tlv`.
    Value,
    /// `tag-value`: tag and value. The default of `ltv`.
    TagValue,
    /// `all`: tag, length and value.
    All,
}

/// What happens to children that are not declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unknown {
    /// `keep`: they are children without a type, forwarded in their place. The default.
    Keep,
    /// `skip`: they are passed over, and left out when the composite is written anew.
    Skip,
    /// `reject`: an error.
    Reject,
}
