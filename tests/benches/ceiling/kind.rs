//! How each kind of element is read and written. A kind is a type without a value; its lengths are constants.

use super::{numbers, runs};

/// Reading and writing of one kind of element.
pub trait Kind {
    /// What is read and written.
    type Value<'a>: Clone;

    /// The value whose content stands in `span`; with `PROVEN` its characters have been looked at.
    fn read<'a, const PROVEN: bool>(wire: &'a [u8], span: (u16, u16)) -> Option<Self::Value<'a>>;

    /// Bytes on the wire, length digits included.
    fn size(value: &Self::Value<'_>) -> usize;

    /// Appends it.
    fn write(value: &Self::Value<'_>, out: &mut Vec<u8>) -> Option<()>;
}

#[inline(always)]
fn bytes(wire: &[u8], (start, end): (u16, u16)) -> Option<&[u8]> {
    wire.get(usize::from(start)..usize::from(end))
}

#[inline(always)]
fn array<const N: usize>(wire: &[u8], (start, _): (u16, u16)) -> Option<&[u8; N]> {
    wire.get(usize::from(start)..)?.first_chunk()
}

macro_rules! fixed_numbers {
    ($($(#[$doc:meta])* $name:ident $($digits:literal)? $(<$n:ident>)? -> $value:ty: |$source:ident| $read:expr, |$given:ident| $write:expr;)*) => {$(
        $(#[$doc])*
        pub struct $name $(<const $n: usize>)?;

        impl $(<const $n: usize>)? Kind for $name $(<$n>)? {
            type Value<'a> = $value;

            #[inline(always)]
            fn read<const PROVEN: bool>(wire: &[u8], span: (u16, u16)) -> Option<$value> {
                let $source = array::<{ fixed_numbers!(@ $($digits)? $($n)?) }>(wire, span)?;
                if !PROVEN && !numbers::digits($source) {
                    return None;
                }
                $read
            }

            #[inline(always)]
            fn size(_: &$value) -> usize {
                fixed_numbers!(@ $($digits)? $($n)?)
            }

            #[inline(always)]
            fn write($given: &$value, out: &mut Vec<u8>) -> Option<()> {
                out.extend_from_slice(&$write);
                Some(())
            }
        }
    )*};
    (@ $digits:literal) => { $digits };
    (@ $n:ident) => { $n };
}

#[inline(always)]
const fn pair(digits: [u8; 2]) -> u8 {
    (digits[0] & 15) * 10 + (digits[1] & 15)
}

#[inline(always)]
const fn two(value: u8) -> [u8; 2] {
    [b'0' + value / 10, b'0' + value % 10]
}

#[inline(always)]
const fn days(month: u8) -> u8 {
    match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[inline(always)]
fn month_day(month: u8, day: u8) -> Option<[u8; 2]> {
    (month.wrapping_sub(1) < 12 && day.wrapping_sub(1) < days(month)).then_some([month, day])
}

#[inline(always)]
fn time(hour: u8, minute: u8, second: u8) -> Option<[u8; 3]> {
    (hour < 24 && minute < 60 && second < 60).then_some([hour, minute, second])
}

fixed_numbers! {
    /// An amount of so many digits.
    Amount<N> -> u64: |digits| numbers::number::<N, true>(digits), |value| numbers::to_digits::<N>(*value)?;
    /// A system trace audit number.
    Stan 6 -> u32: |digits| numbers::number::<6, true>(digits).map(|value| value as u32),
        |value| numbers::to_digits::<6>(u64::from(*value))?;
    /// A currency.
    Currency 3 -> u16: |digits| numbers::number::<3, true>(digits).map(|value| value as u16),
        |value| numbers::to_digits::<3>(u64::from(*value))?;
    /// Digits that stay digits and have been proven.
    Code<N> -> [u8; N]: |digits| Some(*digits), |value| *value;
    /// MMDDhhmmss.
    MonthDayTime 10 -> ([u8; 2], [u8; 3]): |digits| {
        let [a, b, c, d, e, f, g, h, i, j] = *digits;
        Some((month_day(pair([a, b]), pair([c, d]))?, time(pair([e, f]), pair([g, h]), pair([i, j]))?))
    }, |value| {
        let (([month, day], [hour, minute, second]), mut digits) = (*value, [0; 10]);
        for (place, value) in digits.as_chunks_mut::<2>().0.iter_mut().zip([month, day, hour, minute, second]) {
            *place = two(value);
        }
        digits
    };
    /// MMDD.
    MonthDay 4 -> [u8; 2]: |digits| {
        let [a, b, c, d] = *digits;
        month_day(pair([a, b]), pair([c, d]))
    }, |value| {
        let [[a, b], [c, d]] = value.map(two);
        [a, b, c, d]
    };
    /// YYMM.
    YearMonth 4 -> [u8; 2]: |digits| {
        let [a, b, c, d] = *digits;
        let month = pair([c, d]);
        (month.wrapping_sub(1) < 12).then_some([pair([a, b]), month])
    }, |value| {
        let [[a, b], [c, d]] = value.map(two);
        [a, b, c, d]
    };
    /// hhmmss.
    Time 6 -> [u8; 3]: |digits| {
        let [a, b, c, d, e, f] = *digits;
        time(pair([a, b]), pair([c, d]), pair([e, f]))
    }, |value| {
        let [[a, b], [c, d], [e, f]] = value.map(two);
        [a, b, c, d, e, f]
    };
}

/// Credit or debit and an amount: whether it is a debit, and minor units.
pub struct Signed;

impl Kind for Signed {
    type Value<'a> = (bool, u64);

    #[inline(always)]
    fn read<const PROVEN: bool>(wire: &[u8], span: (u16, u16)) -> Option<(bool, u64)> {
        let &[sign, a, b, c, d, e, f, g, h] = array::<9>(wire, span)?;
        let units = numbers::number::<8, PROVEN>(&[a, b, c, d, e, f, g, h])?;
        (PROVEN || matches!(sign, b'C' | b'D')).then_some((sign == b'D', units))
    }

    #[inline(always)]
    fn size(_: &(bool, u64)) -> usize {
        9
    }

    #[inline(always)]
    fn write(&(debit, units): &(bool, u64), out: &mut Vec<u8>) -> Option<()> {
        out.push(if debit { b'D' } else { b'C' });
        out.extend_from_slice(&numbers::to_digits::<8>(units)?);
        Some(())
    }
}

/// Eight bytes as sixteen hex characters.
pub struct Hex;

impl Kind for Hex {
    type Value<'a> = [u8; 8];

    #[inline(always)]
    fn read<const PROVEN: bool>(wire: &[u8], span: (u16, u16)) -> Option<[u8; 8]> {
        numbers::from_hex(array(wire, span)?).map(u64::to_be_bytes)
    }

    #[inline(always)]
    fn size(_: &[u8; 8]) -> usize {
        16
    }

    #[inline(always)]
    fn write(value: &[u8; 8], out: &mut Vec<u8>) -> Option<()> {
        numbers::to_hex(u64::from_be_bytes(*value)).iter().for_each(|half| out.extend_from_slice(half));
        Some(())
    }
}

/// Length digits.
#[inline(always)]
fn prefix(width: usize, length: usize, max: usize, out: &mut Vec<u8>) -> Option<()> {
    if length > max {
        return None;
    }
    let digit = |value: usize| b'0' + (value % 10) as u8;
    match width {
        2 => out.extend_from_slice(&[digit(length / 10), digit(length)]),
        3 => out.extend_from_slice(&[digit(length / 100), digit(length / 10), digit(length)]),
        _ => {}
    }
    Some(())
}

macro_rules! secret {
    ($($(#[$doc:meta])* $name:ident: $width:literal, $max:literal, $sweep:path;)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl Kind for $name {
            type Value<'a> = &'a [u8];

            #[inline(always)]
            fn read<const PROVEN: bool>(wire: &[u8], span: (u16, u16)) -> Option<&[u8]> {
                let content = bytes(wire, span)?;
                (!content.is_empty() && (PROVEN || $sweep(content))).then_some(content)
            }

            #[inline(always)]
            fn size(value: &&[u8]) -> usize {
                $width + value.len()
            }

            #[inline(always)]
            fn write(value: &&[u8], out: &mut Vec<u8>) -> Option<()> {
                prefix($width, value.len(), $max, out)?;
                out.extend_from_slice(value);
                Some(())
            }
        }
    )*};
}

secret! {
    /// A card number: digits, one at least.
    Pan: 2, 19, runs::n;
    /// Track 2: one character at least.
    Track2: 2, 37, runs::z;
    /// Track 1: one character at least.
    Track1: 2, 76, runs::ans;
}

macro_rules! text {
    ($($(#[$doc:meta])* $name:ident: $width:literal, $sweep:path;)*) => {$(
        $(#[$doc])*
        pub struct $name<const MAX: usize>;

        impl<const MAX: usize> Kind for $name<MAX> {
            type Value<'a> = &'a [u8];

            #[inline(always)]
            fn read<const PROVEN: bool>(wire: &[u8], span: (u16, u16)) -> Option<&[u8]> {
                let content = bytes(wire, span)?;
                (PROVEN || $sweep(content)).then_some(content)
            }

            #[inline(always)]
            fn size(value: &&[u8]) -> usize {
                $width + value.len()
            }

            #[inline(always)]
            fn write(value: &&[u8], out: &mut Vec<u8>) -> Option<()> {
                prefix($width, value.len(), MAX, out)?;
                if !$sweep(value) || $width == 0 && value.len() != MAX {
                    return None;
                }
                out.extend_from_slice(value);
                Some(())
            }
        }
    )*};
}

text! {
    /// Just so many digits.
    Digits: 0, runs::n;
    /// Digits behind two length digits.
    DigitsLl: 2, runs::n;
    /// Digits and special characters behind two length digits.
    NsLl: 2, runs::ns;
    /// Characters of a track behind three length digits.
    ZLll: 3, runs::z;
    /// Letters and digits behind three length digits.
    AnLll: 3, runs::an;
    /// Printable characters behind two length digits.
    AnsLl: 2, runs::ans;
    /// Printable characters behind three length digits.
    AnsLll: 3, runs::ans;
}

macro_rules! padded {
    ($($(#[$doc:meta])* $name:ident: $sweep:path, $within:path;)*) => {$(
        $(#[$doc])*
        pub struct $name<const LENGTH: usize>;

        impl<const LENGTH: usize> Kind for $name<LENGTH> {
            type Value<'a> = &'a [u8];

            #[inline(always)]
            fn read<const PROVEN: bool>(wire: &[u8], (start, end): (u16, u16)) -> Option<&[u8]> {
                let content: &[u8; LENGTH] = array(wire, (start, end))?;
                (PROVEN || $sweep(content)).then_some(())?;
                let length = content.iter().rposition(|&byte| byte != b' ').map_or(0, |last| last + 1);
                content.get(..length)
            }

            #[inline(always)]
            fn size(_: &&[u8]) -> usize {
                LENGTH
            }

            #[inline(always)]
            fn write(value: &&[u8], out: &mut Vec<u8>) -> Option<()> {
                let filler = LENGTH.checked_sub(value.len())?;
                $within(value).then_some(())?;
                out.extend_from_slice(value);
                if filler > 0 {
                    out.resize(out.len() + filler, b' ');
                }
                Some(())
            }
        }
    )*};
}

padded! {
    /// Letters and digits, blanks on the right.
    An: runs::an_padded, runs::an_padded;
    /// Printable characters, blanks on the right.
    Ans: runs::ans, runs::ans;
}
