//! The model's enumerations in the words of the spec language, and short phrases made of them.

use crate::model::{
    Bitmap, BitmapEncoding, Class, Composite, CompositeKind, Counts, DigitEncoding, Encoding, Field, Key, Length, Pad,
    Policy, PrefixEncoding, Sensitivity, Side,
};

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
        Length::Rest { max } => match within {
            // The dots only mark "up to" where the length comes from the TLV.
            Some(CompositeKind::BerTlv) => format!("{class}{}{max}", ".".repeat(max.to_string().len().max(2))),
            Some(CompositeKind::Positional | CompositeKind::Bitmap(_)) | None => format!("{class} *"),
        },
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
    let (unit, word) = match encoding {
        PrefixEncoding::Ascii | PrefixEncoding::Ebcdic | PrefixEncoding::Bcd => ("digit", prefix(encoding)),
        PrefixEncoding::Hex => ("digit", "hex"),
        PrefixEncoding::BinaryBe => ("byte", "most significant first"),
        PrefixEncoding::BinaryLe => ("byte", "least significant first"),
    };
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
        Length::Rest { max } => match within {
            Some(CompositeKind::BerTlv) => format!("up to {}", count(max, unit)),
            Some(CompositeKind::Positional | CompositeKind::Bitmap(_)) | None => {
                format!("what is left, up to {}", count(max, unit))
            }
        },
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

/// How the inside of a composite is laid out.
pub(super) fn composite(composite: &Composite) -> String {
    match composite.kind {
        CompositeKind::Positional => "positional".to_owned(),
        CompositeKind::Bitmap(rule) => format!("bitmap ({})", bitmap(rule)),
        CompositeKind::BerTlv => "ber-tlv".to_owned(),
    }
}

/// Path of a field in words: `DE 55`, `55.9F26`.
pub(super) fn path(parent: &str, key: &Key) -> String {
    if parent.is_empty() { key.to_string() } else { format!("{parent}.{key}") }
}
