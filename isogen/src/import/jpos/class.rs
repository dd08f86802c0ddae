//! What the name of a field packager says: `IFA_LLNUM` is a number in ASCII behind two digits of length.
//!
//! The part before the underscore is the family (`IF_` and `IFA_` ASCII, `IFB_` binary, `IFE_` EBCDIC, `IFEA_` and
//! `IFEB_` ASCII and binary behind an EBCDIC length), each `L` a digit of length, `H` a length in plain bytes, and the
//! rest what the value is. A letter before that changes its encoding: `BNUM` packed digits, `ABINARY` hex characters,
//! `ECHAR` EBCDIC. A leading `F` is a value that is filled up to its whole length.

use super::super::draft::{BCD, Code};

/// What a class puts on the wire.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A bitmap in this encoding.
    Bitmap(&'static str),
    /// Nothing.
    Nothing,
    Value(Value),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) class: &'static str,
    pub(super) code: Code,
    /// Encoding and width.
    pub(super) prefix: Option<(&'static str, u8)>,
    /// It always takes its whole length.
    pub(super) filled: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Ascii,
    Binary,
    Ebcdic,
    EbcdicAscii,
    EbcdicBinary,
}

/// Takes the name of a class apart. The error ends a sentence that begins with the name.
pub(super) fn shape(class: &str) -> Result<Shape, &'static str> {
    const UNKNOWN: &str = "is no class of jPOS that is known here";
    let simple = match class.rsplit_once('.') {
        Some(("org.jpos.iso", simple)) => simple,
        Some(_) => return Err("is a class of your own"),
        None => class,
    };
    let (family, rest) = simple.strip_prefix("IF").and_then(|name| name.split_once('_')).ok_or(UNKNOWN)?;
    let family = match family {
        "" | "A" => Family::Ascii,
        "B" => Family::Binary,
        "E" => Family::Ebcdic,
        "EA" => Family::EbcdicAscii,
        "EB" => Family::EbcdicBinary,
        _ => return Err(UNKNOWN),
    };
    match rest {
        "NOP" => return Ok(Shape::Nothing),
        "UNUSED" => return Err("is an element that is not used"),
        "BITMAP" => {
            return Ok(Shape::Bitmap(match family {
                Family::Ascii | Family::EbcdicAscii => "hex",
                Family::Binary | Family::EbcdicBinary => "binary",
                Family::Ebcdic => "ebcdic-hex",
            }));
        }
        _ if rest.starts_with("TT") => return Err("has a tag before its length"),
        _ => {}
    }
    let (filled, rest) = rest.strip_prefix('F').map_or((false, rest), |rest| (true, rest));
    let word = rest.trim_start_matches('L');
    let width = u8::try_from(rest.len() - word.len()).map_err(|_| UNKNOWN)?;
    if filled && width == 0 {
        return Err(UNKNOWN);
    }
    let plain = word.strip_prefix('H').filter(|_| width > 0);
    let word = plain.unwrap_or(word);
    let after = word.strip_prefix('F').filter(|_| width > 0);
    let filled = filled || after.is_some();
    let word = after.unwrap_or(word);
    let (class, code) = content(family, word, width > 0).ok_or(UNKNOWN)?;
    let prefix = match (width, plain.is_some(), family) {
        (0, ..) => None,
        (_, true, _) => Some(("binary-be", width.div_ceil(2))),
        (_, false, Family::Ascii) => Some(("ascii", width)),
        (_, false, Family::Binary) => Some(("bcd", width)),
        (_, false, Family::Ebcdic | Family::EbcdicAscii | Family::EbcdicBinary) => Some(("ebcdic", width)),
    };
    Ok(Shape::Value(Value { class, code, prefix, filled }))
}

/// Class and encoding of the value. Bytes of the ASCII and EBCDIC families are hex characters only at a fixed length.
fn content(family: Family, word: &str, variable: bool) -> Option<(&'static str, Code)> {
    let digits = match family {
        Family::Ascii | Family::EbcdicAscii => Code::Ascii,
        Family::Binary | Family::EbcdicBinary => BCD,
        Family::Ebcdic => Code::Cp1047,
    };
    let text = if family == Family::Ebcdic { Code::Cp1047 } else { Code::Ascii };
    let bytes = match family {
        Family::Ascii if !variable => Code::Hex,
        Family::Ebcdic if !variable => Code::EbcdicHex,
        _ => Code::Raw,
    };
    Some(match word {
        "NUM" | "NUMERIC" => ("n", digits),
        "BNUM" => ("n", BCD),
        "ENUM" => ("n", Code::Cp1047),
        "CHAR" => ("ans", text),
        "ECHAR" => ("ans", Code::Cp1047),
        "BINARY" => ("b", bytes),
        "ABINARY" => ("b", Code::Hex),
        "EBINARY" => ("b", Code::EbcdicHex),
        "AMOUNT" if !variable => ("x+n", digits),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_is_on_the_wire() {
        for (name, class, code, prefix) in [
            ("IFA_NUMERIC", "n", Code::Ascii, None),
            ("IFA_LLNUM", "n", Code::Ascii, Some(("ascii", 2))),
            ("IFA_LLLLLLCHAR", "ans", Code::Ascii, Some(("ascii", 6))),
            ("IF_CHAR", "ans", Code::Ascii, None),
            ("IF_ECHAR", "ans", Code::Cp1047, None),
            ("IFA_BINARY", "b", Code::Hex, None),
            ("IFA_LLLBINARY", "b", Code::Raw, Some(("ascii", 3))),
            ("IFA_LLABINARY", "b", Code::Hex, Some(("ascii", 2))),
            ("IFA_LLBNUM", "n", BCD, Some(("ascii", 2))),
            ("IFA_AMOUNT", "x+n", Code::Ascii, None),
            ("IFB_NUMERIC", "n", BCD, None),
            ("IFB_LLNUM", "n", BCD, Some(("bcd", 2))),
            ("IFB_LLLCHAR", "ans", Code::Ascii, Some(("bcd", 3))),
            ("IFB_BINARY", "b", Code::Raw, None),
            ("IFB_LLHBINARY", "b", Code::Raw, Some(("binary-be", 1))),
            ("IFB_LLLHCHAR", "ans", Code::Ascii, Some(("binary-be", 2))),
            ("IFB_LLHECHAR", "ans", Code::Cp1047, Some(("binary-be", 1))),
            ("IFB_LLHNUM", "n", BCD, Some(("binary-be", 1))),
            ("IFB_AMOUNT", "x+n", BCD, None),
            ("IFE_LLNUM", "n", Code::Cp1047, Some(("ebcdic", 2))),
            ("IFE_BINARY", "b", Code::EbcdicHex, None),
            ("IFEA_LLLCHAR", "ans", Code::Ascii, Some(("ebcdic", 3))),
            ("IFEB_LLNUM", "n", BCD, Some(("ebcdic", 2))),
        ] {
            let value = Value { class, code, prefix, filled: false };
            assert_eq!(shape(&format!("org.jpos.iso.{name}")), Ok(Shape::Value(value)), "{name}");
        }
        assert_eq!(shape("IFA_BITMAP"), Ok(Shape::Bitmap("hex")));
        assert_eq!(shape("org.jpos.iso.IFB_BITMAP"), Ok(Shape::Bitmap("binary")));
        assert_eq!(shape("org.jpos.iso.IFE_BITMAP"), Ok(Shape::Bitmap("ebcdic-hex")));
        assert_eq!(shape("org.jpos.iso.IF_NOP"), Ok(Shape::Nothing));
        for name in ["IFA_FLLCHAR", "IFB_LLHFBINARY"] {
            assert!(matches!(shape(name), Ok(Shape::Value(Value { filled: true, .. }))), "{name}");
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for name in [
            "",
            "IF",
            "IF_",
            "IFA_",
            "IFA_LL",
            "IFA_FCHAR",
            "IFX_CHAR",
            "IFA_TTLLCHAR",
            "IFE_SIGNED_NUMERIC",
            "IFA_LLAMOUNT",
            "IF_UNUSED",
            "com.example.IFA_NUMERIC",
            "org.jpos.tlv.ISOTaggedField",
            "IFB_H",
        ] {
            assert!(shape(name).is_err(), "{name}");
        }
    }
}
