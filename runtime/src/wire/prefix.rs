//! Length prefixes: what they say in units, and in bytes on the wire.

use super::{Buffer, Class, Counts, Encoding, ErrorKind, Length, Prefix, PrefixEncoding, Rule, Side, hex};

/// Length of one element as its prefix tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Measured {
    /// Digits, characters or bytes of the value.
    pub(crate) units: u32,
    /// Bytes on the wire after the prefix.
    pub(crate) bytes: u32,
}

/// Reads the prefix at the start of `wire` and checks it against the rule's limits.
#[inline(always)]
pub(crate) fn read(rule: &Rule, wire: &[u8]) -> Result<Measured, ErrorKind> {
    let Length::Variable { prefix, min, max } = rule.length else {
        return Ok(Measured { units: rule.max(), bytes: rule.wire_bytes(rule.max()) });
    };
    let width = prefix.bytes();
    let Some(text) = wire.get(..width) else {
        return Err(ErrorKind::Truncated { needed: width as u32, left: wire.len() as u32 });
    };
    let mut count = number(prefix, text).ok_or(ErrorKind::LengthPrefix)?;
    if prefix.inclusive {
        count = count.checked_sub(width as u32).ok_or(ErrorKind::TooShort { min: width as u32, found: count })?;
    }
    let measured = match prefix.counts {
        Counts::Units => Measured { units: count, bytes: rule.wire_bytes(count) },
        Counts::Bytes => {
            let content = wire.get(width..width.saturating_add(count as usize)).unwrap_or_default();
            Measured { units: units_of(rule, count, content)?, bytes: count }
        }
    };
    if measured.units > max {
        return Err(ErrorKind::TooLong { max, found: measured.units });
    }
    if measured.units < min {
        return Err(ErrorKind::TooShort { min, found: measured.units });
    }
    Ok(measured)
}

/// Units in this many bytes on the wire. Packed digits are an even count, unless a filler that is no digit says
/// otherwise, or one more digit would be beyond an odd maximum.
pub(crate) fn units_of(rule: &Rule, bytes: u32, content: &[u8]) -> Result<u32, ErrorKind> {
    match rule.encoding {
        Encoding::Hex | Encoding::EbcdicHex if bytes % 2 == 1 => Err(ErrorKind::LengthPrefix),
        Encoding::Hex | Encoding::EbcdicHex => Ok(bytes / 2),
        Encoding::Bcd { pad_side, pad_nibble } => {
            // The sign is a byte of its own.
            let sign = u32::from(rule.class == Class::Xn);
            let packed = content.get(sign as usize..).unwrap_or_default();
            let filler = match pad_side {
                Side::Left => packed.first().map(|byte| byte >> 4),
                Side::Right => packed.last().map(|byte| byte & 0x0F),
            };
            let odd = pad_nibble > 9 && filler == Some(pad_nibble);
            let units = bytes.saturating_mul(2).saturating_sub(sign + u32::from(odd));
            Ok(if units == rule.max().saturating_add(1) { rule.max() } else { units })
        }
        _ => Ok(bytes),
    }
}

/// The number that a prefix says.
#[inline(always)]
fn number(prefix: Prefix, text: &[u8]) -> Option<u32> {
    match prefix.encoding {
        PrefixEncoding::Ascii => decimal(text, b'0'),
        PrefixEncoding::Ebcdic => decimal(text, 0xF0),
        PrefixEncoding::Bcd => text.iter().try_fold(0u32, |sum, byte| {
            let (hi, lo) = (byte >> 4, byte & 0x0F);
            if hi > 9 || lo > 9 { None } else { sum.checked_mul(100)?.checked_add(u32::from(hi * 10 + lo)) }
        }),
        PrefixEncoding::BinaryBe => binary(text.iter()),
        PrefixEncoding::BinaryLe => binary(text.iter().rev()),
        PrefixEncoding::Hex => text
            .iter()
            .try_fold(0u32, |sum, &character| sum.checked_mul(16)?.checked_add(u32::from(hex::nibble(character)?))),
    }
}

/// Decimal digits, each a byte from `zero` on. No sign, no blanks.
#[inline(always)]
pub(crate) fn decimal(text: &[u8], zero: u8) -> Option<u32> {
    let digit = |byte: u8| byte.wrapping_sub(zero);
    match *text {
        [a, b] if digit(a) <= 9 && digit(b) <= 9 => Some(u32::from(digit(a)) * 10 + u32::from(digit(b))),
        [a, b, c] if digit(a) <= 9 && digit(b) <= 9 && digit(c) <= 9 => {
            Some(u32::from(digit(a)) * 100 + u32::from(digit(b)) * 10 + u32::from(digit(c)))
        }
        [_, _] | [_, _, _] => None,
        _ => text.iter().try_fold(0u32, |sum, &byte| match digit(byte) {
            value @ 0..=9 => sum.checked_mul(10)?.checked_add(u32::from(value)),
            _ => None,
        }),
    }
}

fn binary<'a>(mut bytes: impl Iterator<Item = &'a u8>) -> Option<u32> {
    bytes.try_fold(0u32, |sum, &byte| sum.checked_mul(256)?.checked_add(u32::from(byte)))
}

/// Appends the prefix of a value.
///
/// # Errors
/// The value is longer or shorter than the rule allows, or longer than the prefix can say.
#[inline(always)]
pub(crate) fn write(rule: &Rule, units: u32, bytes: u32, out: &mut impl Buffer) -> Result<(), ErrorKind> {
    let Length::Variable { prefix, min, max } = rule.length else { return Ok(()) };
    if units > max {
        return Err(ErrorKind::TooLong { max, found: units });
    }
    if units < min {
        return Err(ErrorKind::TooShort { min, found: units });
    }
    let mut count = match prefix.counts {
        Counts::Units => units,
        Counts::Bytes => bytes,
    };
    if prefix.inclusive {
        count += prefix.bytes() as u32;
    }
    let mut rest = count;
    match prefix.encoding {
        PrefixEncoding::Ascii => push_decimal::<b'0'>(prefix.width, &mut rest, out),
        PrefixEncoding::Ebcdic => push_decimal::<0xF0>(prefix.width, &mut rest, out),
        PrefixEncoding::Bcd => push_digits(prefix.bytes(), &mut rest, 100, |n| (((n / 10) << 4) | (n % 10)) as u8, out),
        PrefixEncoding::BinaryBe => push_digits(prefix.bytes(), &mut rest, 256, |n| n as u8, out),
        PrefixEncoding::BinaryLe => {
            push_digits(prefix.bytes(), &mut rest, 256, |n| n as u8, out);
            let written = out.written();
            let start = written.len() - prefix.bytes();
            written[start..].reverse();
        }
        PrefixEncoding::Hex => push_digits(prefix.bytes(), &mut rest, 16, |n| hex::digit(n as u8), out),
    }
    // What is left did not fit. Packed digits of an odd width have room for one more than they may have.
    let fits = rest == 0 && (prefix.encoding != PrefixEncoding::Bcd || count <= capacity(prefix));
    if fits { Ok(()) } else { Err(ErrorKind::TooLong { max: capacity(prefix), found: count }) }
}

#[inline(always)]
fn push_decimal<const ZERO: u8>(width: u8, rest: &mut u32, out: &mut impl Buffer) {
    match width {
        2 => {
            out.extend_from_slice(&[ZERO + (*rest / 10 % 10) as u8, ZERO + (*rest % 10) as u8]);
            *rest /= 100;
        }
        3 => {
            let digits = [(*rest / 100 % 10) as u8, (*rest / 10 % 10) as u8, (*rest % 10) as u8];
            out.extend_from_slice(&digits.map(|digit| ZERO + digit));
            *rest /= 1000;
        }
        _ => push_digits(width as usize, rest, 10, |n| ZERO + n as u8, out),
    }
}

/// Appends `width` digits of a base, most significant first; what did not fit stays in `rest`.
fn push_digits(width: usize, rest: &mut u32, base: u32, digit: impl Fn(u32) -> u8, out: &mut impl Buffer) {
    for _ in 0..width {
        out.push(digit(*rest % base));
        *rest /= base;
    }
    let written = out.written();
    let start = written.len() - width;
    written[start..].reverse();
}

/// The largest count a prefix can say.
#[cold]
const fn capacity(prefix: Prefix) -> u32 {
    let (base, digits) = match prefix.encoding {
        PrefixEncoding::BinaryBe | PrefixEncoding::BinaryLe => (256u32, prefix.width as u32),
        PrefixEncoding::Hex => (16, prefix.width as u32),
        _ => (10, prefix.width as u32),
    };
    match base.checked_pow(digits) {
        Some(limit) => limit - 1,
        None => u32::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> impl Iterator<Item = Rule> {
        use PrefixEncoding::*;
        [Ascii, Ebcdic, Bcd, BinaryBe, BinaryLe, Hex].into_iter().flat_map(|encoding| {
            (1..=6u8).flat_map(move |width| {
                [false, true].into_iter().flat_map(move |inclusive| {
                    [Counts::Units, Counts::Bytes].into_iter().map(move |counts| {
                        let prefix = Prefix { encoding, width, counts, inclusive };
                        Rule::variable(Class::Ans, 999_999, super::super::Encoding::Ascii, prefix)
                    })
                })
            })
        })
    }

    #[test]
    fn reads_what_it_writes_and_refuses_what_does_not_fit() {
        for rule in rules() {
            let Length::Variable { prefix, .. } = rule.length else { unreachable!() };
            let own = if prefix.inclusive { prefix.bytes() as u32 } else { 0 };
            for units in [0, 1, 7, 9, 10, 15, 16, 99, 100, 255, 256, 999, 1000, 65_535, 65_536, 99_999, 999_999] {
                let mut wire = Vec::new();
                let written = write(&rule, units, units, &mut wire);
                if units + own > capacity(prefix) {
                    assert!(matches!(written, Err(ErrorKind::TooLong { .. })), "{rule:?} {units}");
                } else {
                    assert_eq!(written, Ok(()), "{rule:?} {units}");
                    assert_eq!(wire.len(), prefix.bytes());
                    assert_eq!(read(&rule, &wire), Ok(Measured { units, bytes: units }), "{rule:?}");
                }
            }
        }
    }

    #[test]
    fn signs_blanks_and_letters_are_no_numbers() {
        let rule = Rule::variable(Class::Ans, 99, super::super::Encoding::Ascii, Prefix::ascii(2));
        for text in [b"+9", b"-1", b" 9", b"9 ", b"A1", b"\x001"] {
            assert_eq!(read(&rule, text), Err(ErrorKind::LengthPrefix), "{text:?}");
        }
    }
}
