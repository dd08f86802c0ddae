//! A value that an element could have: by what it means, then by its class, cut or filled to its length.

use crate::model::{Class, Encoding, Field, Kind, Length, Pad, Side};

/// How long the value is to be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Want {
    /// As long as reads well.
    Usual,
    /// As short as may be.
    Least,
    /// This many units, if the length allows.
    Units(u32),
}

/// Characters of a value: what it means first, cut or filled to its length.
pub(super) fn text(field: &Field, want: Want) -> String {
    let usual = usual(field);
    let (least, most) = extent(field.length);
    let natural = units(&usual, field.encoding);
    let wanted = match want {
        Want::Usual => natural.clamp(least, most),
        Want::Least => least,
        Want::Units(count) => count.clamp(least, most),
    };
    let cut = cut(&usual, wanted, field.encoding);
    filled(&cut, wanted, field)
}

/// Bytes of a value of class `b`.
pub(super) fn bytes(field: &Field, want: Want) -> Vec<u8> {
    let (least, most) = extent(field.length);
    let wanted = match want {
        Want::Usual => 4.clamp(least, most),
        Want::Least => least,
        Want::Units(count) => count.clamp(least, most),
    };
    let pattern = [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF];
    pattern.into_iter().cycle().take(wanted as usize).collect()
}

/// How many units a text has in an encoding.
pub(super) fn units(text: &str, encoding: Encoding) -> u32 {
    let count = if encoding == Encoding::Utf8 { text.len() } else { text.chars().count() };
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn extent(length: Length) -> (u32, u32) {
    match length {
        Length::Fixed(units) => (units, units),
        Length::Variable { min, max, .. } => (min, max),
        Length::Rest { max } => (0, max),
    }
}

fn usual(field: &Field) -> String {
    let most = extent(field.length).1;
    let by_kind = match field.kind {
        Kind::Pan if most >= 16 && matches!(field.length, Length::Fixed(_)) => "4111111111111111",
        Kind::Pan => "4012345678909",
        Kind::Track1 => "B4012345678909^CARDHOLDER/TEST^2812201000000",
        // The packed form of the separator is D; so it is where a class has no `=`.
        Kind::Track2 if matches!(field.class, Class::An | Class::Anp) => "4012345678909D28122010000012345",
        Kind::Track2 => "4012345678909=28122010000012345",
        Kind::Amount => "2500",
        Kind::SignedAmount => return signed("C", "2500", most),
        Kind::Number => "42",
        Kind::Stan => "123456",
        Kind::ProcessingCode => "000000",
        Kind::Currency if field.class == Class::A => "USD",
        Kind::Currency => "840",
        Kind::MonthDayTime => "1120072155",
        Kind::MonthDay => "1120",
        Kind::Time => "072155",
        Kind::YearMonth => "2812",
        Kind::Date => "261120",
        Kind::DateTime => "261120072155",
        Kind::Code => match field.values.first() {
            Some(value) => return value.code.clone(),
            None => return by_class(field, most),
        },
        Kind::Text | Kind::Digits | Kind::Bytes | Kind::PinBlock => return by_class(field, most),
    };
    by_kind.to_owned()
}

fn by_class(field: &Field, most: u32) -> String {
    let pattern = match field.class {
        // An odd count where the length varies: it shows what the filler does.
        Class::N if matches!(field.length, Length::Fixed(_)) => return repeated("1234567890", most),
        Class::N => "1234567",
        Class::A => "ABCDEF",
        Class::An => "AB1234",
        Class::As => "AB-CD",
        Class::Ns => "12-34",
        Class::Anp => "AB 12",
        Class::Ans => "Text 1",
        Class::Z => "123456=1234",
        Class::Xn => return signed("C", "2500", most),
        Class::B => "",
    };
    pattern.to_owned()
}

/// A sign and digits, zeros between them.
fn signed(sign: &str, digits: &str, units: u32) -> String {
    let wide = (units as usize).saturating_sub(1);
    format!("{sign}{digits:0>wide$}")
}

fn repeated(pattern: &str, count: u32) -> String {
    pattern.chars().cycle().take(count as usize).collect()
}

/// The first units of a text.
fn cut(text: &str, most: u32, encoding: Encoding) -> String {
    let mut count = 0;
    text.chars()
        .take_while(|character| {
            count += if encoding == Encoding::Utf8 { character.len_utf8() } else { 1 };
            count <= most as usize
        })
        .collect()
}

/// A text that is too short, filled as the element is; by more of its kind where it is not.
fn filled(text: &str, wanted: u32, field: &Field) -> String {
    let missing = wanted.saturating_sub(units(text, field.encoding));
    if missing == 0 {
        return text.to_owned();
    }
    let number = matches!(field.kind, Kind::Amount | Kind::Number | Kind::Pan);
    match (field.length, field.pad) {
        (Length::Fixed(_), Some(Pad { side, fill })) => {
            let filler = repeated(&char::from(fill).to_string(), missing);
            match side {
                Side::Left => format!("{filler}{text}"),
                Side::Right => format!("{text}{filler}"),
            }
        }
        _ if number => format!("{}{text}", repeated("0", missing)),
        _ => format!("{text}{}", repeated(more(field.class), missing)),
    }
}

/// What any value of a class may go on with.
fn more(class: Class) -> &'static str {
    match class {
        Class::N | Class::Ns | Class::Z | Class::Xn => "1234567890",
        Class::A | Class::An | Class::As | Class::Anp => "ABCDEFGHIJ",
        Class::Ans => "Text 12345",
        Class::B => "0",
    }
}
