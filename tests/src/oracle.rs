//! Whether a message of ISO 8583:1987 in ASCII is right: written slowly and plainly, one character at a time, from
//! [`elements`](crate::elements) and from nothing of the library, to be held against it.

use crate::elements::{Class, Element, Length, Meaning, element};

/// What is wrong with a message, in words; nothing for one that is right.
///
/// # Errors
/// The first thing found.
pub fn check(message: &[u8]) -> Result<(), String> {
    let mut rest = message;
    let mti = take(&mut rest, 4, "message type")?;
    if !mti.iter().all(u8::is_ascii_digit) {
        return Err("message type: not digits".to_owned());
    }
    let mut present = bitmap(take(&mut rest, 16, "first bitmap")?)?;
    if present[0] {
        present.extend(bitmap(take(&mut rest, 16, "second bitmap")?)?);
    }
    for (number, present) in (1u8..).zip(present) {
        if !present || number == 1 {
            continue;
        }
        let element = element(number).ok_or(format!("{number}: no such element"))?;
        let content = content(&mut rest, element).map_err(|wrong| format!("{number}: {wrong}"))?;
        characters(content, element).map_err(|wrong| format!("{number}: {wrong}"))?;
        means(content, element.meaning).map_err(|wrong| format!("{number}: {wrong}"))?;
    }
    if rest.is_empty() { Ok(()) } else { Err(format!("{} bytes left over", rest.len())) }
}

fn take<'a>(rest: &mut &'a [u8], count: usize, what: &str) -> Result<&'a [u8], String> {
    if rest.len() < count {
        return Err(format!("{what}: cut short"));
    }
    let (taken, left) = rest.split_at(count);
    *rest = left;
    Ok(taken)
}

fn bitmap(text: &[u8]) -> Result<Vec<bool>, String> {
    let mut bits = Vec::new();
    for &character in text {
        let nibble = char::from(character).to_digit(16).ok_or("bitmap: not hex")?;
        bits.extend([8, 4, 2, 1].map(|bit| nibble & bit != 0));
    }
    Ok(bits)
}

fn content<'a>(rest: &mut &'a [u8], element: Element) -> Result<&'a [u8], String> {
    let (digits, max) = match element.length {
        Length::Fixed(length) => return take(rest, length, "content"),
        Length::Ll(max) => (2, max),
        Length::Lll(max) => (3, max),
    };
    let mut length = 0;
    for &digit in take(rest, digits, "length")? {
        if !digit.is_ascii_digit() {
            return Err("length: not digits".to_owned());
        }
        length = length * 10 + usize::from(digit - b'0');
    }
    if length > max {
        return Err(format!("length {length} above {max}"));
    }
    take(rest, length, "content")
}

fn characters(content: &[u8], element: Element) -> Result<(), String> {
    let printable = |byte: u8| (b' '..=b'~').contains(&byte);
    let mut content = content;
    if element.class == Class::An && matches!(element.length, Length::Fixed(_)) {
        // Blanks that fill up on the right.
        while let Some((b' ', before)) = content.split_last() {
            content = before;
        }
    }
    for (at, &byte) in content.iter().enumerate() {
        let allowed = match element.class {
            Class::N => byte.is_ascii_digit(),
            Class::An => byte.is_ascii_alphanumeric(),
            Class::Ans => printable(byte),
            Class::Ns => printable(byte) && !byte.is_ascii_alphabetic(),
            Class::Z => (b'0'..=b'?').contains(&byte) || byte == b'D',
            Class::Xn if at == 0 => byte == b'C' || byte == b'D',
            Class::Xn => byte.is_ascii_digit(),
            Class::Hex => byte.is_ascii_hexdigit(),
            Class::Raw => true,
        };
        if !allowed {
            return Err(format!("character {at} is not of the class"));
        }
    }
    Ok(())
}

fn means(content: &[u8], meaning: Meaning) -> Result<(), String> {
    match meaning {
        Meaning::Plain | Meaning::OriginalElements => Ok(()),
        Meaning::Pan | Meaning::Track if content.is_empty() => Err("empty".to_owned()),
        Meaning::Pan | Meaning::Track => Ok(()),
        Meaning::MonthDayTime => month_day(&content[..4], true).and(time(&content[4..])),
        Meaning::MonthDay => month_day(content, true),
        Meaning::Time => time(content),
        Meaning::YearMonth if (1..=12).contains(&pair(&content[2..])) => Ok(()),
        Meaning::YearMonth => Err("no such month".to_owned()),
        // Two digits of a year: every fourth is a leap year in one century or another.
        Meaning::Date => month_day(&content[2..], pair(content).is_multiple_of(4)),
        Meaning::Currency if content.iter().all(u8::is_ascii_digit) => Ok(()),
        Meaning::Currency => Err("a currency is three digits".to_owned()),
        Meaning::BerTlv => ber_tlv(content),
    }
}

fn pair(digits: &[u8]) -> u8 {
    (digits[0] - b'0') * 10 + (digits[1] - b'0')
}

fn month_day(digits: &[u8], leap: bool) -> Result<(), String> {
    let days = match pair(digits) {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return Err("no such month".to_owned()),
    };
    if (1..=days).contains(&pair(&digits[2..])) { Ok(()) } else { Err("no such day".to_owned()) }
}

fn time(digits: &[u8]) -> Result<(), String> {
    match (pair(digits), pair(&digits[2..]), pair(&digits[4..])) {
        (0..=23, 0..=59, 0..=59) => Ok(()),
        _ => Err("no such time".to_owned()),
    }
}

/// Tags and lengths only: EMV Book 3, annex B. What the values mean the library knows better than this.
fn ber_tlv(mut rest: &[u8]) -> Result<(), String> {
    loop {
        while let [0, after @ ..] = rest {
            rest = after;
        }
        if rest.is_empty() {
            return Ok(());
        }
        let first = take(&mut rest, 1, "tag")?[0];
        let mut more = first & 0x1F == 0x1F;
        let mut width = 1;
        while more {
            more = take(&mut rest, 1, "tag")?[0] & 0x80 != 0;
            width += 1;
        }
        if width > 4 {
            return Err("tag of more than four bytes".to_owned());
        }
        let length = match take(&mut rest, 1, "length")?[0] {
            short @ 0..=0x7F => usize::from(short),
            long @ 0x81..=0x84 => {
                let octets = take(&mut rest, usize::from(long & 0x7F), "length")?;
                octets.iter().fold(0, |length, &octet| length * 256 + usize::from(octet))
            }
            _ => return Err("indefinite or too long a length".to_owned()),
        };
        take(&mut rest, length, "value")?;
    }
}
