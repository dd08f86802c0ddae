//! The model's enumerations in the words of the spec language, and short phrases made of them.

use crate::model::{
    Bitmap, BitmapEncoding, Class, Composite, CompositeKind, Correlation, Counts, Covers, DigitEncoding, Encoding,
    Field, Key, Length, Pad, Policy, PrefixEncoding, Sensitivity, Side, TagEncoding, TagRule, Tagged, ThirdBitmap,
    Unknown,
};

use crate::resolve::MESSAGE_CLASSES;
pub(super) use crate::resolve::kind_word as kind;

pub(super) fn class(class: Class) -> &'static str {
    match class {
        Class::N => "n",
        Class::A => "a",
        Class::An => "an",
        Class::As => "as",
        Class::Ns => "ns",
        Class::Anp => "anp",
        Class::Ans => "ans",
        Class::Z => "z",
        Class::Xn => "x+n",
        Class::B => "b",
    }
}

/// The format as a spec writes it: `n..19`, `an 2`, `x+n 8`; `b *` for what is left.
pub(super) fn format(field: &Field, within: Option<CompositeKind>) -> String {
    let class = class(field.class);
    match field.length {
        Length::Fixed(units) if field.class == Class::Xn => format!("{class} {}", units.saturating_sub(1)),
        Length::Fixed(units) => format!("{class} {units}"),
        Length::Variable { width, max, .. } => format!("{class}{}{max}", ".".repeat(width.into())),
        // The dots only mark "up to" where the length comes from the composite.
        Length::Rest { max } if within.is_some_and(CompositeKind::gives_lengths) => {
            format!("{class}{}{max}", ".".repeat(max.to_string().len().max(2)))
        }
        Length::Rest { .. } => format!("{class} *"),
    }
}

/// `bcd` with what an odd count leaves over.
fn bcd(pad_side: Side, pad_nibble: u8) -> String {
    format!("bcd, {} {pad_nibble:X} where odd", side(pad_side))
}

pub(super) fn digits(encoding: DigitEncoding) -> &'static str {
    match encoding {
        DigitEncoding::Ascii => "ascii",
        DigitEncoding::Ebcdic => "ebcdic",
        // Four digits: no nibble is left over.
        DigitEncoding::Bcd { .. } => "bcd",
    }
}

pub(super) fn encoding(encoding: Encoding) -> String {
    match encoding {
        Encoding::Ascii => "ascii".to_owned(),
        Encoding::Cp037 => "cp037".to_owned(),
        Encoding::Cp1047 => "cp1047".to_owned(),
        Encoding::Latin1 => "latin1".to_owned(),
        Encoding::Utf8 => "utf8".to_owned(),
        Encoding::Bcd { pad_side, pad_nibble } => bcd(pad_side, pad_nibble),
        Encoding::Raw => "raw".to_owned(),
        Encoding::Hex => "hex".to_owned(),
        Encoding::EbcdicHex => "ebcdic-hex".to_owned(),
    }
}

pub(super) fn bitmap_encoding(encoding: BitmapEncoding) -> &'static str {
    match encoding {
        BitmapEncoding::Binary => "binary",
        BitmapEncoding::Hex => "hex",
        BitmapEncoding::EbcdicHex => "ebcdic-hex",
    }
}

/// `hex, up to 2 maps`.
pub(super) fn bitmap(bitmap: Bitmap) -> String {
    let encoding = bitmap_encoding(bitmap.encoding);
    match bitmap.maps {
        1 => format!("{encoding}, one map"),
        maps => format!("{encoding}, up to {maps} maps"),
    }
}

pub(super) fn third_bitmap(third: ThirdBitmap) -> &'static str {
    match third {
        ThirdBitmap::AfterSecond => "after-second",
        ThirdBitmap::Element65 => "element-65",
    }
}

pub(super) fn prefix(prefix: PrefixEncoding) -> &'static str {
    match prefix {
        PrefixEncoding::Ascii => "ascii",
        PrefixEncoding::Ebcdic => "ebcdic",
        PrefixEncoding::Bcd => "bcd",
        PrefixEncoding::BinaryBe => "binary-be",
        PrefixEncoding::BinaryLe => "binary-le",
        PrefixEncoding::Hex => "hex",
    }
}

pub(super) fn counts(counts: Counts) -> &'static str {
    match counts {
        Counts::Units => "units",
        Counts::Bytes => "bytes",
    }
}

pub(super) fn side(side: Side) -> &'static str {
    match side {
        Side::Left => "left",
        Side::Right => "right",
    }
}

pub(super) fn policy(policy: Policy) -> &'static str {
    match policy {
        Policy::Strict => "strict",
        Policy::Lenient => "lenient",
    }
}

pub(super) fn sensitivity(sensitivity: Sensitivity) -> &'static str {
    match sensitivity {
        Sensitivity::Clear => "clear",
        Sensitivity::Pan => "pan",
        Sensitivity::Sad => "sad",
        Sensitivity::Key => "key",
        Sensitivity::Pii => "pii",
        Sensitivity::Opaque => "opaque",
    }
}

/// What the units of an element are called.
pub(super) fn unit(class: Class) -> &'static str {
    match class {
        Class::N => "digit",
        Class::A | Class::An | Class::As | Class::Ns | Class::Anp | Class::Ans | Class::Z | Class::Xn => "character",
        Class::B => "byte",
    }
}

/// `1 digit`, `6 digits`.
pub(super) fn count(number: u32, unit: &str) -> String {
    if number == 1 { format!("1 {unit}") } else { format!("{number} {unit}s") }
}

/// `2 ascii digits, counting units`; nothing where there is no prefix.
pub(super) fn length_prefix(length: Length) -> Option<String> {
    let Length::Variable { prefix: encoding, width, counts: counted, inclusive, .. } = length else {
        return None;
    };
    let (unit, word) = prefix_unit(encoding);
    let itself = if inclusive { " and itself" } else { "" };
    Some(format!("{}, {word}, counting {}{itself}", count(width.into(), unit), counts(counted)))
}

/// `6 digits`, `8 to 19 digits`, `what is left, up to 20 bytes`.
pub(super) fn extent(field: &Field, within: Option<CompositeKind>) -> String {
    let unit = unit(field.class);
    match field.length {
        Length::Fixed(units) => count(units, unit),
        Length::Variable { min: 0, max, .. } => format!("up to {}", count(max, unit)),
        Length::Variable { min, max, .. } => format!("{min} to {}", count(max, unit)),
        Length::Rest { max } if within.is_some_and(CompositeKind::gives_lengths) => {
            format!("up to {}", count(max, unit))
        }
        Length::Rest { max } => format!("what is left, up to {}", count(max, unit)),
    }
}

/// `right, blank`; `none` where nothing is filled.
pub(super) fn pad(pad: Option<Pad>) -> String {
    match pad {
        None => "none".to_owned(),
        Some(Pad { side: at, fill }) => {
            let fill = match fill {
                b' ' => "blank".to_owned(),
                0 => "zero byte".to_owned(),
                other => char::from(other).escape_default().to_string(),
            };
            format!("{}, {fill}", side(at))
        }
    }
}

/// The word for a kind of composite.
pub(super) fn composite_kind(kind: CompositeKind) -> &'static str {
    match kind {
        CompositeKind::Positional => "positional",
        CompositeKind::Bitmap(_) => "bitmap",
        CompositeKind::BerTlv => "ber-tlv",
        CompositeKind::Tlv(_) => "tlv",
        CompositeKind::Ltv(_) => "ltv",
        CompositeKind::Pairs => "pairs",
        CompositeKind::Repeat { .. } => "repeat",
    }
}

/// How the inside of a composite is laid out: `bitmap (hex, one map)`, `repeat (up to 6 groups)`.
pub(super) fn composite(composite: &Composite) -> String {
    let mut notes = match composite.kind {
        CompositeKind::Positional | CompositeKind::BerTlv | CompositeKind::Pairs => Vec::new(),
        CompositeKind::Bitmap(rule) => vec![bitmap(rule)],
        CompositeKind::Tlv(rule) | CompositeKind::Ltv(rule) => vec![tags(rule.tag), object_lengths(rule)],
        CompositeKind::Repeat { most: None } => Vec::new(),
        CompositeKind::Repeat { most: Some(most) } => vec![format!("up to {}", count(most.into(), "group"))],
    };
    match composite.unknown {
        Unknown::Keep => {}
        other => notes.push(format!("unknown: {}", unknown(other))),
    }
    if composite.xml {
        notes.push("or XML".to_owned());
    }
    let word = composite_kind(composite.kind);
    if notes.is_empty() { word.to_owned() } else { format!("{word} ({})", notes.join("; ")) }
}

pub(super) fn unknown(unknown: Unknown) -> &'static str {
    match unknown {
        Unknown::Keep => "keep",
        Unknown::Skip => "skip",
        Unknown::Reject => "reject",
    }
}

pub(super) fn tag_encoding(encoding: TagEncoding) -> &'static str {
    match encoding {
        TagEncoding::Ascii => "ascii",
        TagEncoding::Ebcdic => "ebcdic",
        TagEncoding::Bcd => "bcd",
        TagEncoding::Binary => "binary",
    }
}

pub(super) fn covers(covers: Covers) -> &'static str {
    match covers {
        Covers::Value => "value",
        Covers::TagValue => "tag-value",
        Covers::All => "all",
    }
}

/// `tag of 2 characters, ascii`.
fn tags(rule: TagRule) -> String {
    let unit = match rule.encoding {
        TagEncoding::Ascii | TagEncoding::Ebcdic => "character",
        TagEncoding::Bcd => "digit",
        TagEncoding::Binary => "byte",
    };
    format!("tag of {}, {}", count(rule.width.into(), unit), tag_encoding(rule.encoding))
}

/// `length of 3 digits, ascii, counting bytes of the value`.
fn object_lengths(rule: Tagged) -> String {
    let (unit, word) = prefix_unit(rule.length.prefix);
    let covered = match rule.length.covers {
        Covers::Value => "the value",
        Covers::TagValue => "tag and value",
        Covers::All => "tag, length and value",
    };
    let width = count(rule.length.width.into(), unit);
    format!("length of {width}, {word}, counting {} of {covered}", counts(rule.length.counts))
}

/// What the width of a length counts, and how it is written.
fn prefix_unit(encoding: PrefixEncoding) -> (&'static str, &'static str) {
    match encoding {
        PrefixEncoding::Ascii | PrefixEncoding::Ebcdic | PrefixEncoding::Bcd => ("digit", prefix(encoding)),
        PrefixEncoding::Hex => ("digit", "hex"),
        PrefixEncoding::BinaryBe => ("byte", "most significant first"),
        PrefixEncoding::BinaryLe => ("byte", "least significant first"),
    }
}

/// What the declared children of a composite stand in: of a `repeat` its group.
pub(super) fn within(composite: &Composite) -> CompositeKind {
    let group = composite.group().and_then(|group| group.composite.as_ref());
    group.map_or(composite.kind, |group| group.kind)
}

/// Path that the declared children of a composite continue: `54.n` where `n` is the number of a group.
pub(super) fn path_inside(path: &str, composite: &Composite) -> String {
    if composite.group().is_some() { format!("{path}.n") } else { path.to_owned() }
}

/// Messages that a rule of correlation holds for, in the word of the spec language.
pub(super) fn correlated(class: Option<u8>) -> &'static str {
    let known = MESSAGE_CLASSES.iter().find(|(_, number)| Some(*number) == class);
    known.map_or("default", |(name, _)| name)
}

/// `11 and 41, else 11`.
pub(super) fn correlation(rule: &Correlation) -> String {
    let elements =
        |alternative: &Vec<u16>| alternative.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
    rule.alternatives.iter().map(elements).collect::<Vec<_>>().join(", else ")
}

/// Path of a field in words: `DE 55`, `55.9F26`.
pub(super) fn path(parent: &str, key: &Key) -> String {
    if parent.is_empty() { key.to_string() } else { format!("{parent}.{key}") }
}
