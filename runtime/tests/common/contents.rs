//! Values that an element may hold: by its class, its length and what it means.

use isopace::msg::{Field, Kind};
use isopace::wire::{Class, Counts, Encoding, Length, Rule, Side};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::reference::Value;

/// Longest content made where the spec allows more.
const LONG: u32 = 999;

/// The characters of a class that its encoding can say.
pub(crate) fn alphabet(rule: &Rule) -> Vec<u8> {
    let packed = matches!(rule.encoding, Encoding::Bcd { .. });
    (b' '..=b'~')
        .filter(|byte| match rule.class {
            Class::N | Class::Xn => byte.is_ascii_digit(),
            Class::A => byte.is_ascii_alphabetic(),
            Class::An => byte.is_ascii_alphanumeric(),
            Class::As => !byte.is_ascii_digit(),
            Class::Ns => !byte.is_ascii_alphabetic(),
            Class::Anp => byte.is_ascii_alphanumeric() || *byte == b' ',
            Class::Ans | Class::B => true,
            Class::Z if packed => byte.is_ascii_digit() || *byte == b'=',
            Class::Z => (b'0'..=b'?').contains(byte) || *byte == b'D',
        })
        .collect()
}

/// How many units: the bounds often, something short mostly.
pub(crate) fn units(rule: &Rule, least: u32, most: u32) -> BoxedStrategy<u32> {
    let (min, max) = match rule.length {
        Length::Fixed(units) => return Just(units).boxed(),
        Length::Variable { min, max, .. } => (min.max(least), max.min(most).min(LONG)),
        Length::Rest { max } => (least, max.min(most).min(LONG)),
    };
    let rule = *rule;
    prop_oneof![6 => min..=max.min(min + 24), 1 => Just(max), 1 => Just(min)]
        .prop_map(move |units| if odd_is_lost(&rule, units) { units - 1 } else { units })
        .boxed()
}

/// Whether nothing on the wire tells this odd number of packed digits from one more.
fn odd_is_lost(rule: &Rule, units: u32) -> bool {
    let Encoding::Bcd { pad_nibble, .. } = rule.encoding else { return false };
    let uncounted = match rule.length {
        Length::Fixed(_) => false,
        Length::Variable { prefix, .. } => prefix.counts == Counts::Bytes,
        Length::Rest { .. } => true,
    };
    let digits = if rule.class == Class::Xn { units - 1 } else { units };
    uncounted && pad_nibble <= 9 && digits % 2 == 1 && units != rule.max()
}

/// Text of a class, with the blanks of a fixed length.
pub(crate) fn text(rule: &Rule, least: u32, most: u32) -> BoxedStrategy<String> {
    let rule = *rule;
    let characters = select(alphabet(&rule));
    let padded = match (rule.length, rule.pad) {
        (Length::Fixed(_), Some(pad)) if pad.fill == b' ' => Some(pad.side),
        _ => None,
    };
    units(&rule, least, most)
        .prop_flat_map(move |units| (vec(characters.clone(), units as usize), any::<bool>(), 0..=units as usize))
        .prop_map(move |(mut text, pad, blanks)| {
            let blanks = if pad { blanks } else { 0 };
            let count = text.len();
            match padded {
                Some(Side::Left) => text[..blanks].fill(b' '),
                Some(Side::Right) => text[count - blanks..].fill(b' '),
                None => {}
            }
            text.into_iter().map(char::from).collect()
        })
        .boxed()
}

fn pairs<const N: usize>(bounds: [(u8, u8); N]) -> BoxedStrategy<String> {
    let pairs = bounds.map(|(from, to)| (from..=to).prop_map(|pair| format!("{pair:02}")));
    pairs.prop_map(|pairs| pairs.concat()).boxed()
}

/// A value that means something as the element it is.
pub(crate) fn value(field: &Field) -> BoxedStrategy<Value> {
    const YEAR: (u8, u8) = (0, 99);
    const MONTH: (u8, u8) = (1, 12);
    const DAY: (u8, u8) = (1, 28);
    const HOUR: (u8, u8) = (0, 23);
    const SIXTY: (u8, u8) = (0, 59);
    let rule = &field.rule;
    let text = match field.kind {
        Kind::Bytes | Kind::PinBlock => {
            let bytes = units(rule, 0, u32::MAX).prop_flat_map(|units| vec(any::<u8>(), units as usize));
            return bytes.prop_map(Value::Bytes).boxed();
        }
        Kind::MonthDayTime => pairs([MONTH, DAY, HOUR, SIXTY, SIXTY]),
        Kind::MonthDay => pairs([MONTH, DAY]),
        Kind::Time => pairs([HOUR, SIXTY, SIXTY]),
        Kind::YearMonth => pairs([YEAR, MONTH]),
        Kind::Date => pairs([YEAR, MONTH, DAY]),
        Kind::DateTime => pairs([YEAR, MONTH, DAY, HOUR, SIXTY, SIXTY]),
        Kind::Currency => "[0-9]{3}".boxed(),
        Kind::SignedAmount => {
            let digits = rule.max() as usize - 1;
            (select(&['C', 'D']), vec(select(&b"0123456789"[..]), digits))
                .prop_map(|(sign, digits)| std::iter::once(sign).chain(digits.into_iter().map(char::from)).collect())
                .boxed()
        }
        Kind::Pan | Kind::Amount | Kind::Number => text(rule, 1, 19),
        Kind::Track1 => text(rule, 1, 76),
        Kind::Track2 => text(rule, 1, 37),
        _ => text(rule, 0, u32::MAX),
    };
    text.prop_map(Value::Text).boxed()
}
