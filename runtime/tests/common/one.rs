//! Messages of one element, DE 48, by any rule.

use isopace::msg::{Field, Key, Kind};
use isopace::wire::{BitmapEncoding, Class, Counts, Encoding, Length, Prefix, PrefixEncoding, Rule, Side};
use isopace::{Dialect, Edit, Message};

use Class::{B, N, Xn, Z};

use super::reference::{self, Value, hex};
use super::{contents, dialects, told};

/// DE 48 by this rule.
pub(crate) fn dialect(rule: Rule) -> &'static Dialect {
    let kind = if rule.class == B { Kind::Bytes } else { Kind::Text };
    dialects::ascii(vec![Field::new(Key::Number(48), "value", "Value", kind, rule)])
}

/// A message of DE 48 with these bytes, prefix and all.
pub(crate) fn message(element: &[u8]) -> Vec<u8> {
    [b"0200", &reference::bitmaps(BitmapEncoding::Binary, &[48], 1)[..], element].concat()
}

/// Where DE 48 starts.
pub(crate) const START: usize = 12;

pub(crate) fn encodings(class: Class) -> Vec<Encoding> {
    let sides = [Side::Left, Side::Right];
    let packed =
        sides.into_iter().flat_map(|pad_side| (0..16).map(move |pad_nibble| Encoding::Bcd { pad_side, pad_nibble }));
    match class {
        B => vec![Encoding::Raw, Encoding::Hex, Encoding::EbcdicHex],
        N | Z | Xn => text_encodings().into_iter().chain(packed).collect(),
        _ => text_encodings(),
    }
}

pub(crate) fn text_encodings() -> Vec<Encoding> {
    vec![Encoding::Ascii, Encoding::Cp037, Encoding::Cp1047, Encoding::Latin1, Encoding::Utf8]
}

/// Every prefix that can say the lengths of these tests.
pub(crate) fn prefixes(inclusive_units: bool) -> Vec<Prefix> {
    use PrefixEncoding::{Ascii, Bcd, BinaryBe, BinaryLe, Ebcdic, Hex};
    let mut all = Vec::new();
    for encoding in [Ascii, Ebcdic, Bcd, BinaryBe, BinaryLe, Hex] {
        let widths = match encoding {
            BinaryBe | BinaryLe => 1..=4,
            _ => 2..=6,
        };
        for width in widths {
            let prefix = Prefix::new(encoding, width);
            all.extend([prefix, prefix.counting_bytes(), prefix.counting_bytes().inclusive()]);
            if inclusive_units {
                all.push(prefix.inclusive());
            }
        }
    }
    all
}

/// A value of so many units that the class allows, all of its characters in turn.
pub(crate) fn value(rule: &Rule, units: usize) -> Value {
    if rule.class == B {
        return Value::Bytes((0..units).map(|place| (place * 37) as u8).collect());
    }
    let alphabet = contents::alphabet(rule);
    let text: String = (0..units).map(|place| char::from(alphabet[(place * 7 + units) % alphabet.len()])).collect();
    match (rule.class, text.split_at_checked(1)) {
        (Xn, Some((_, digits))) => Value::Text(format!("D{digits}")),
        _ => Value::Text(text),
    }
}

/// Whether the count of bytes alone does not tell this odd number of digits.
pub(crate) fn untold(rule: &Rule, units: usize) -> bool {
    let Length::Variable { prefix, .. } = rule.length else { return false };
    let digits = units - usize::from(rule.class == Xn);
    prefix.counts == Counts::Bytes
        && matches!(rule.encoding, Encoding::Bcd { pad_nibble: 0..=9, .. })
        && digits % 2 == 1
        && units as u32 != rule.max()
}

/// Whether a separator at the edge is like the filler.
pub(crate) fn ambiguous(rule: &Rule) -> bool {
    rule.class == Z && matches!(rule.encoding, Encoding::Bcd { pad_nibble: 0xD, .. })
}

/// Writes a value, compares the bytes with those of the other encoder, reads it back.
pub(crate) fn there_and_back(rule: Rule, units: usize) {
    let value = value(&rule, units);
    let wire = Edit::build(dialect(rule)).mti("0200").set_leaf("48", &value.leaf()).finish();
    let wire = wire.unwrap_or_else(|error| panic!("{units} units by {rule:?}: {error}"));
    let expected = message(&reference::element(&rule, &value));
    assert_eq!(hex(&wire), hex(&expected), "{units} units by {rule:?}");
    let message =
        Message::parse(dialect(rule), wire).unwrap_or_else(|error| panic!("{units} units by {rule:?}: {error}"));
    let leaves = super::leaves(&message).unwrap_or_else(|error| panic!("{units} units by {rule:?}: {error}"));
    assert_eq!(leaves, [("48".to_owned(), value.leaf())], "{rule:?}");
    message.validate().unwrap_or_else(|error| panic!("{units} units by {rule:?}: {error}"));
}

/// An element whose bytes are these: what reading and proving it says.
pub(crate) fn read(rule: Rule, element: &[u8]) -> Result<String, String> {
    let message = Message::parse(dialect(rule), message(element)).map_err(|error| told(&error))?;
    let leaves = super::leaves(&message).map_err(|error| told(&error));
    let valid = message.validate().map_err(|violations| told(violations.first().unwrap()));
    assert_eq!(leaves.is_ok(), valid.is_ok(), "{leaves:?} {valid:?} by {rule:?}");
    Ok(leaves?.remove(0).1)
}

pub(crate) fn bad(at: usize, kind: &str) -> Result<String, String> {
    Err(format!("48 at {}: {kind}", START + at))
}

pub(crate) fn good(value: &str) -> Result<String, String> {
    Ok(value.to_owned())
}

pub(crate) const LEFT_ZERO: Encoding = Encoding::Bcd { pad_side: Side::Left, pad_nibble: 0 };

pub(crate) const RIGHT_F: Encoding = Encoding::Bcd { pad_side: Side::Right, pad_nibble: 0xF };
