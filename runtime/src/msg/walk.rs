//! The walk over a message of one known dialect, without a loop.
//!
//! It goes by the same table as the walk in `index`, but at compile time: what is left of an element is a test of its
//! bit, a constant length or a prefix read, and a store. It gives up without a word on anything that is wrong, and on
//! what is rare; the walk in `index` then does the work again and says what it is.

use super::dialect::Dialect;
use super::elements::bit_of;
use super::starts::Near;
use super::step::{Step, StepPrefix};
use crate::wire::read_prefix;

/// A dialect as a type, so that its table is known at compile time: what generated code implements.
pub trait Known {
    /// The dialect.
    const DIALECT: &'static Dialect;
}

/// The walk of one dialect: gives where the last element ends, or nothing when it gives up.
pub(super) type Walk = fn(&[u8], usize, [u64; 2], &mut Near) -> Option<usize>;

/// One element, if its bit is set.
macro_rules! element {
    ($dialect:ty, $wire:ident, $at:ident, $bits:ident, $starts:ident, $number:literal) => {
        if $bits & const { bit_of($number) } != 0 {
            $starts[$number - 1] = $at as u16;
            $at += size::<$dialect, $number>($wire, $at)?;
        }
    };
}

/// Elements of which often none is there.
macro_rules! group {
    ($dialect:ty, $wire:ident, $at:ident, $bits:ident, $starts:ident, [$($number:literal)*]) => {
        if $bits & const { $(bit_of($number))|* } != 0 {
            $(element!($dialect, $wire, $at, $bits, $starts, $number);)*
        }
    };
}

/// Walks over the elements of up to two bitmaps in a message of up to 64 KiB.
#[inline(always)]
pub(super) fn walk<D: Known>(wire: &[u8], mut at: usize, bits: [u64; 2], starts: &mut Near) -> Option<usize> {
    let [first, second] = bits;
    group!(D, wire, at, first, starts, [2 3 4 5 6 7 8 9]);
    group!(D, wire, at, first, starts, [10 11 12 13 14 15 16 17 18]);
    group!(D, wire, at, first, starts, [19 20 21 22 23 24 25 26 27]);
    group!(D, wire, at, first, starts, [28 29 30 31 32 33 34 35 36]);
    group!(D, wire, at, first, starts, [37 38 39 40 41 42 43 44 45]);
    group!(D, wire, at, first, starts, [46 47 48 49 50 51 52 53 54]);
    group!(D, wire, at, first, starts, [55 56 57 58 59 60 61 62 63 64]);
    if second != 0 {
        at = second_map::<D>(wire, at, second, starts)?;
    }
    (at == wire.len()).then_some(at)
}

/// The elements of the second bitmap, of which there are few.
fn second_map<D: Known>(wire: &[u8], mut at: usize, bits: u64, starts: &mut Near) -> Option<usize> {
    if bits & const { bit_of(65) } != 0 {
        return None;
    }
    group!(D, wire, at, bits, starts, [66 67 68 69 70 71 72 73]);
    group!(D, wire, at, bits, starts, [74 75 76 77 78 79 80 81]);
    group!(D, wire, at, bits, starts, [82 83 84 85 86 87 88 89]);
    group!(D, wire, at, bits, starts, [90 91 92 93 94 95 96 97]);
    group!(D, wire, at, bits, starts, [98 99 100 101 102 103 104 105]);
    group!(D, wire, at, bits, starts, [106 107 108 109 110 111 112 113]);
    group!(D, wire, at, bits, starts, [114 115 116 117 118 119 120 121]);
    group!(D, wire, at, bits, starts, [122 123 124 125 126 127 128]);
    Some(at)
}

/// Bytes of an element, prefix included. Where its end is beyond that of the message, the next prefix or the end tells.
#[inline(always)]
fn size<D: Known, const NUMBER: u8>(wire: &[u8], at: usize) -> Option<usize> {
    let step: Step = const { D::DIALECT.step(NUMBER) };
    let digit = |byte: u8| usize::from(byte.wrapping_sub(b'0'));
    match step.prefix {
        StepPrefix::Fixed => Some(step.size as usize),
        StepPrefix::Ll => {
            let &[a, b] = wire.get(at..)?.first_chunk()?;
            let units = digit(a) * 10 + digit(b);
            (digit(a) <= 9 && digit(b) <= 9 && units <= step.size as usize).then_some(units + 2)
        }
        StepPrefix::Lll => {
            let &[a, b, c] = wire.get(at..)?.first_chunk()?;
            let units = digit(a) * 100 + digit(b) * 10 + digit(c);
            (digit(a) <= 9 && digit(b) <= 9 && digit(c) <= 9 && units <= step.size as usize).then_some(units + 3)
        }
        StepPrefix::General => {
            let rule = const { &D::DIALECT.fields()[D::DIALECT.step(NUMBER).field as usize].rule };
            let measured = read_prefix(rule, wire.get(at..)?).ok()?;
            Some(rule.prefix_bytes() + measured.bytes as usize)
        }
        StepPrefix::Undefined | StepPrefix::Bitmap => None,
    }
}
