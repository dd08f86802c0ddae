//! Content that is not what it should be: whether it makes sense, and whether it would in another encoding.

use super::Hint;
use crate::msg::field::{Field, Kind};
use crate::msg::{Error, Message};
use crate::types::{Currency, Date, DateTime, MonthDay, MonthDayTime, Time, YearMonth};
use crate::wire::{Class, Encoding, Length, Policy, Rule, Side, ebcdic_to_ascii};

/// Longest value that has a meaning to be proven: YYMMDDhhmmss.
const MEANING: usize = 12;

/// The likely cause of content that is not what the spec says, in an element that has no inside of its own.
pub(super) fn guess(message: &Message, error: &Error) -> Option<Hint> {
    let number = error.path().number().filter(|_| error.path().keys().count() == 1)?;
    let (field, raw) = (message.dialect().field(number)?, message.raw(number)?);
    let rule = &field.rule;
    if rule.class == Class::B || is_plausible(field, rule, raw.bytes(), raw.units()) {
        return None;
    }
    let other = match rule.encoding {
        Encoding::Ascii | Encoding::Latin1 | Encoding::Utf8 => Encoding::Cp037,
        Encoding::Cp037 | Encoding::Cp1047 => Encoding::Ascii,
        _ => return None,
    };
    let there = Rule { encoding: other, ..*rule };
    // A character or two may be anything, and punctuation of the one is punctuation of the other.
    let telling = raw.bytes().iter().filter(|&&byte| character(other, byte).is_ascii_alphanumeric()).count();
    if telling < 2 || !is_plausible(field, &there, raw.bytes(), raw.units()) {
        return None;
    }
    Some(match other {
        Encoding::Ascii => Hint::ContentLooksAscii(Some(number)),
        _ => Hint::ContentLooksEbcdic(Some(number)),
    })
}

/// The character of a byte.
fn character(encoding: Encoding, byte: u8) -> u8 {
    match encoding {
        // The pages differ in brackets and the like.
        Encoding::Cp037 | Encoding::Cp1047 | Encoding::EbcdicHex => ebcdic_to_ascii(byte),
        _ => byte,
    }
}

/// Whether content makes sense by its class and meaning; by this rule, which need not be the field's own.
pub(super) fn is_plausible(field: &Field, rule: &Rule, content: &[u8], units: u32) -> bool {
    let mut start = [0; MEANING];
    let mut count = 0;
    let mut take = |character: u8| {
        if let Some(place) = start.get_mut(count) {
            *place = character;
        }
        count += 1;
    };
    let sound = match rule.encoding {
        Encoding::Raw => true,
        Encoding::Hex | Encoding::EbcdicHex => {
            // Bytes are spelt in either set, whatever the text around them is.
            content.iter().all(u8::is_ascii_hexdigit)
                || content.iter().all(|&byte| character(Encoding::EbcdicHex, byte).is_ascii_hexdigit())
        }
        Encoding::Bcd { .. } => packed(rule, content, units, &mut take),
        _ if rule.class == Class::Xn => match content.split_first() {
            Some((&sign, digits)) => {
                let digit = |&byte: &u8| character(rule.encoding, byte).is_ascii_digit();
                matches!(character(rule.encoding, sign), b'C' | b'D') && digits.iter().all(digit)
            }
            None => units == 0,
        },
        _ => content.iter().all(|&byte| {
            let character = character(rule.encoding, byte);
            take(character);
            allows(rule, character)
        }),
    };
    // Strict reading is not asked of content that the spec reads as it stands.
    (sound || rule.policy == Policy::Lenient) && start.get(..count).is_none_or(|value| means(field.kind, value))
}

/// Whether these are packed digits with a filler that is usual.
fn packed(rule: &Rule, content: &[u8], units: u32, take: &mut impl FnMut(u8)) -> bool {
    let Encoding::Bcd { pad_side, pad_nibble } = rule.encoding else { return false };
    let (content, digits) = match (rule.class, content) {
        (Class::Xn, [b'C' | b'D' | 0xC3 | 0xC4, rest @ ..]) => (rest, units.saturating_sub(1)),
        (Class::Xn, _) => return units == 0,
        _ => (content, units),
    };
    let nibble =
        |index: usize| content.get(index / 2).map(|byte| if index.is_multiple_of(2) { byte >> 4 } else { byte & 15 });
    let digits = digits as usize;
    let is_digit = |nibble: u8| nibble <= 9 || nibble == 0xD && rule.class == Class::Z;
    let from = |skip: usize| (skip..skip + digits).all(|index| nibble(index).is_some_and(is_digit));
    let filled = |at: usize| nibble(at).is_some_and(|filler| filler == 0 || filler == 15 || filler == pad_nibble);
    let skip = match (digits % 2, pad_side) {
        (0, _) => 0,
        (_, Side::Left) if filled(0) && from(1) => 1,
        (_, Side::Right) if filled(digits) && from(0) => 0,
        // A rule that was only supposed may have its filler on the other side.
        _ => return filled(0) && from(1) || filled(digits) && from(0),
    };
    (skip..skip + digits).for_each(|index| take(nibble(index).map_or(0, |nibble| b'0' + nibble)));
    from(skip)
}

/// Whether a character may stand there; blanks may, where they pad.
fn allows(rule: &Rule, character: u8) -> bool {
    let (digit, letter) = (character.is_ascii_digit(), character.is_ascii_alphabetic());
    let printable = (b' '..=b'~').contains(&character);
    let padding = matches!(rule.length, Length::Fixed(_)) && rule.pad.is_some_and(|pad| pad.fill == character);
    padding
        || match rule.class {
            Class::N | Class::Xn => digit,
            Class::A => letter,
            Class::An => digit || letter,
            Class::Anp => digit || letter || character == b' ',
            Class::As => printable && !digit,
            Class::Ns => printable && !letter,
            Class::Ans => printable || rule.encoding == Encoding::Latin1 || rule.encoding == Encoding::Utf8,
            Class::Z => (b'0'..=b'?').contains(&character) || character == b'D',
            Class::B => true,
        }
}

/// Whether the characters are a value of this kind, as far as that can be told.
fn means(kind: Kind, value: &[u8]) -> bool {
    match kind {
        Kind::Currency => Currency::from_digits(value).is_ok(),
        Kind::MonthDayTime => MonthDayTime::from_digits(value).is_ok(),
        Kind::MonthDay => MonthDay::from_digits(value).is_ok(),
        Kind::Time => Time::from_digits(value).is_ok(),
        Kind::YearMonth => YearMonth::from_digits(value).is_ok(),
        Kind::Date => Date::from_digits(value).is_ok(),
        Kind::DateTime => DateTime::from_digits(value).is_ok(),
        _ => true,
    }
}
