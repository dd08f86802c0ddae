//! Where each element is, by a walk without a loop.

use bytes::Bytes;

use super::{numbers, runs};

/// Start and end of the content of each element, by number. Not cleared between messages: what is there the bits say.
#[derive(Clone)]
pub struct Index {
    /// Bit 127 stands for element 1.
    pub bits: u128,
    /// Byte offsets.
    pub spans: [(u16, u16); 129],
}

impl Default for Index {
    fn default() -> Self {
        Index { bits: 0, spans: [(0, 0); 129] }
    }
}

impl Index {
    /// Whether the element is there.
    #[inline(always)]
    #[must_use]
    pub const fn has(&self, number: usize) -> bool {
        self.bits & bit(number) != 0
    }
}

#[inline(always)]
pub(crate) const fn bit(number: usize) -> u128 {
    1 << (128 - number)
}

/// A message and its index in one value, as a library gives it.
#[derive(Clone)]
pub struct Owned {
    /// The message.
    pub wire: Bytes,
    /// Where its elements are.
    pub index: Index,
    /// Whether it is one. Not an `Option` around all of it, which would be moved once more.
    pub valid: bool,
}

impl Owned {
    /// Indexes a message; with `CHECK` the characters are looked at as well.
    #[inline(always)]
    #[must_use]
    pub fn parse<const CHECK: bool>(wire: Bytes) -> Self {
        let mut owned = Owned { wire, index: Index::default(), valid: false };
        owned.valid = index::<CHECK>(&owned.wire, &mut owned.index).is_some();
        owned
    }

    /// Nothing for a message that is none.
    #[inline(always)]
    #[must_use]
    pub fn valid(&self) -> Option<&Self> {
        self.valid.then_some(self)
    }
}

/// Two length digits.
#[inline(always)]
fn ll(wire: &[u8], at: usize, max: usize) -> Option<usize> {
    let &[a, b] = wire.get(at..)?.first_chunk()?;
    let (a, b) = (a.wrapping_sub(b'0'), b.wrapping_sub(b'0'));
    let length = usize::from(a) * 10 + usize::from(b);
    (a <= 9 && b <= 9 && length <= max).then_some(length)
}

/// Three length digits.
#[inline(always)]
fn lll(wire: &[u8], at: usize, max: usize) -> Option<usize> {
    let &[a, b, c] = wire.get(at..)?.first_chunk()?;
    let (a, b, c) = (a.wrapping_sub(b'0'), b.wrapping_sub(b'0'), c.wrapping_sub(b'0'));
    let length = usize::from(a) * 100 + usize::from(b) * 10 + usize::from(c);
    (a <= 9 && b <= 9 && c <= 9 && length <= max).then_some(length)
}

/// One group of elements of the same class: their walk, then one sweep over all of them, length digits included.
macro_rules! group {
    ($wire:ident $at:ident $bits:ident $spans:ident $bad:ident; $sweep:expr; $($rule:ident $length:literal [$($number:literal)*])*) => {
        if $bits & ($($(bit($number))|*)|*) != 0 {
            let start = $at;
            $($(if $bits & bit($number) != 0 {
                group!(@ $rule $length $number $wire $at $spans);
            })*)*
            if CHECK {
                let sweep: fn(&[u8]) -> bool = $sweep;
                $bad |= !sweep($wire.get(start..$at)?);
            }
        }
    };
    (@ fixed $length:literal $number:literal $wire:ident $at:ident $spans:ident) => {
        let end = $at + $length;
        $spans[$number] = ($at as u16, end as u16);
        $at = end;
    };
    (@ ll $max:literal $number:literal $wire:ident $at:ident $spans:ident) => {
        let end = $at + 2 + ll($wire, $at, $max)?;
        $spans[$number] = (($at + 2) as u16, end as u16);
        $at = end;
    };
    (@ lll $max:literal $number:literal $wire:ident $at:ident $spans:ident) => {
        let end = $at + 3 + lll($wire, $at, $max)?;
        $spans[$number] = (($at + 3) as u16, end as u16);
        $at = end;
    };
}

/// Indexes a message; with `CHECK` the characters of every element are looked at as well. Nothing for one that is wrong.
#[inline]
pub fn index<const CHECK: bool>(wire: &[u8], index: &mut Index) -> Option<()> {
    let mti: &[u8; 4] = wire.first_chunk()?;
    if wire.len() > usize::from(u16::MAX) || !numbers::digits(mti) {
        return None;
    }
    let primary = numbers::from_hex(wire.get(4..20)?.try_into().ok()?)?;
    let mut bits = u128::from(primary) << 64;
    let mut at = 20;
    if primary >> 63 == 1 {
        let secondary = numbers::from_hex(wire.get(20..36)?.try_into().ok()?)?;
        if secondary >> 63 == 1 {
            return None;
        }
        bits |= u128::from(secondary);
        at = 36;
    }
    index.bits = bits & !bit(1);
    let mut bad = false;
    primary_elements::<CHECK>(wire, &mut at, bits, &mut index.spans, &mut bad)?;
    if bits as u64 != 0 {
        secondary_elements::<CHECK>(wire, &mut at, bits, &mut index.spans, &mut bad)?;
    }
    if at != wire.len() || CHECK && bad && !exact(wire, index) {
        return None;
    }
    Some(())
}

#[inline(always)]
fn primary_elements<const CHECK: bool>(
    wire: &[u8],
    place: &mut usize,
    bits: u128,
    spans: &mut [(u16, u16); 129],
    wrong: &mut bool,
) -> Option<()> {
    let (mut at, mut bad) = (*place, false);
    group!(wire at bits spans bad; runs::n; ll 19 [2] fixed 6 [3] fixed 12 [4 5 6] fixed 10 [7] fixed 8 [8 9 10] fixed 6 [11 12]
        fixed 4 [13 14 15 16 17 18] fixed 3 [19 20 21 22 23 24] fixed 2 [25 26] fixed 1 [27]);
    group!(wire at bits spans bad; |run| run.chunks_exact(9).all(runs::xn); fixed 9 [28 29 30 31]);
    group!(wire at bits spans bad; runs::n; ll 11 [32 33]);
    group!(wire at bits spans bad; runs::ns; ll 28 [34]);
    group!(wire at bits spans bad; runs::z; ll 37 [35] lll 104 [36]);
    group!(wire at bits spans bad; runs::an; fixed 12 [37] fixed 6 [38] fixed 2 [39] fixed 3 [40]);
    group!(wire at bits spans bad; runs::ans; fixed 8 [41] fixed 15 [42] fixed 40 [43] ll 25 [44] ll 76 [45] lll 999 [46 47 48]);
    group!(wire at bits spans bad; runs::n; fixed 3 [49 50 51]);
    group!(wire at bits spans bad; runs::hex; fixed 16 [52]);
    group!(wire at bits spans bad; runs::n; fixed 16 [53]);
    group!(wire at bits spans bad; runs::an; lll 120 [54]);
    group!(wire at bits spans bad; |_| true; lll 999 [55]);
    group!(wire at bits spans bad; runs::ans; lll 999 [56 57 58 59 60 61 62 63]);
    group!(wire at bits spans bad; runs::hex; fixed 16 [64]);
    (*place, *wrong) = (at, bad);
    Some(())
}

#[inline(never)]
fn secondary_elements<const CHECK: bool>(
    wire: &[u8],
    place: &mut usize,
    bits: u128,
    spans: &mut [(u16, u16); 129],
    wrong: &mut bool,
) -> Option<()> {
    let (mut at, mut bad) = (*place, *wrong);
    group!(wire at bits spans bad; runs::n; fixed 1 [66] fixed 2 [67] fixed 3 [68 69 70] fixed 4 [71 72] fixed 6 [73]
        fixed 10 [74 75 76 77 78 79 80 81] fixed 12 [82 83 84 85] fixed 16 [86 87 88 89] fixed 42 [90]);
    group!(wire at bits spans bad; runs::an; fixed 1 [91] fixed 2 [92] fixed 5 [93] fixed 7 [94] fixed 42 [95]);
    group!(wire at bits spans bad; runs::hex; fixed 16 [96]);
    group!(wire at bits spans bad; runs::xn; fixed 17 [97]);
    group!(wire at bits spans bad; runs::ans; fixed 25 [98]);
    group!(wire at bits spans bad; runs::n; ll 11 [99 100]);
    group!(wire at bits spans bad; runs::ans; ll 17 [101] ll 28 [102 103] lll 100 [104]
        lll 999 [105 106 107 108 109 110 111 112 113 114 115 116 117 118 119 120 121 122 123 124 125 126 127]);
    group!(wire at bits spans bad; runs::hex; fixed 16 [128]);
    (*place, *wrong) = (at, bad);
    Some(())
}

/// Each element by itself, after a sweep over a group found something: blanks that pad an element of class `an` are no
/// mistake.
#[cold]
fn exact(wire: &[u8], index: &Index) -> bool {
    (2..=128).filter(|&number| index.has(number)).all(|number| {
        let (start, end) = index.spans[number];
        let Some(content) = wire.get(usize::from(start)..usize::from(end)) else { return false };
        match number {
            28..=31 | 97 => runs::xn(content),
            34 => runs::ns(content),
            35 | 36 => runs::z(content),
            37..=40 | 91..=95 => runs::an_padded(content),
            41..=48 | 56..=63 | 98 | 101..=127 => runs::ans(content),
            52 | 64 | 96 | 128 => runs::hex(content),
            54 => runs::an(content),
            55 => true,
            _ => runs::n(content),
        }
    })
}
