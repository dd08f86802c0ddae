//! Characters that do not stand as ASCII, converted into room of a known size on the stack.
//!
//! The quick way from packed digits and EBCDIC to a value: no memory of the heap, a run at a time and not a character
//! at a time. It converts and says whether all went well, no more; what is wrong with content is told by the readers
//! in `raw`, which go character by character.

use super::raw::Raw;
use super::{Class, Encoding, Fault, Policy, Side, bcd, ebcdic};
use crate::types::{ShortText, ValueError};

impl Raw<'_> {
    /// Whether the characters stand as ASCII, so that they are borrowed and not converted.
    #[inline(always)]
    pub(crate) const fn is_borrowed(&self) -> bool {
        matches!(self.rule().encoding, Encoding::Ascii | Encoding::Latin1 | Encoding::Utf8)
    }

    /// Whether the characters are packed digits, which [`Raw::copied`] proves.
    #[inline(always)]
    pub(crate) const fn is_packed(&self) -> bool {
        matches!(self.rule().encoding, Encoding::Bcd { .. }) && matches!(self.rule().class, Class::N | Class::Z)
    }

    /// Converts all characters, padding included, to the front of `room`; gives how many there are. Packed digits are
    /// proven to be digits and, in class `z`, separators; nothing is proven of other characters.
    ///
    /// Nothing comes of content that is too long for the room, of bad packed digits, of signed numbers that are packed and
    /// of bytes.
    #[inline(always)]
    pub(crate) fn copied(&self, room: &mut [u8]) -> Option<usize> {
        let rule = self.rule();
        let count = self.units() as usize;
        let room = room.get_mut(..count)?;
        match rule.encoding {
            Encoding::Ascii | Encoding::Latin1 | Encoding::Utf8 => room.copy_from_slice(self.same(count)?),
            // What is no digit in EBCDIC is none after this either.
            Encoding::Cp037 | Encoding::Cp1047 if matches!(rule.class, Class::N) && rule.policy == Policy::Strict => {
                each(room, self.same(count)?, |byte| byte ^ ebcdic::DIGITS);
            }
            // Nearly all tracks are digits and separators; a few others go through the page.
            Encoding::Cp037 | Encoding::Cp1047
                if matches!(rule.class, Class::Z) && ebcdic::is_plain_track(self.bytes()) =>
            {
                each(room, self.same(count)?, ebcdic::plain_track);
            }
            Encoding::Cp037 => each(room, self.same(count)?, ebcdic::to_ascii),
            Encoding::Cp1047 => each(room, self.same(count)?, ebcdic::to_ascii_1047),
            Encoding::Bcd { pad_side, pad_nibble } => {
                if matches!(rule.class, Class::Xn) || !self.filler_is(pad_side, pad_nibble) {
                    return None;
                }
                let from_low = count % 2 == 1 && pad_side == Side::Left;
                let separator = matches!(rule.class, Class::Z);
                if !bcd::unpack_run(self.bytes(), from_low, separator, room) {
                    return None;
                }
            }
            Encoding::Raw | Encoding::Hex | Encoding::EbcdicHex => return None,
        }
        Some(count)
    }

    /// As [`Raw::copied`], and nothing comes of characters outside the class.
    #[inline(always)]
    pub(crate) fn copied_in_class(&self, room: &mut [u8]) -> Option<usize> {
        let count = self.copied(room)?;
        let text = room.get(..count)?;
        if self.is_packed() {
            return Some(count);
        }
        self.check(text).is_ok().then_some(count)
    }

    /// A value made from up to twenty digits by a type that proves them itself.
    #[inline(always)]
    pub(crate) fn with_number<T>(&self, make: impl Fn(&[u8]) -> Result<T, ValueError>) -> Result<T, Fault> {
        if self.is_borrowed() {
            return Ok(make(self.bytes())?);
        }
        let mut room = [0; 20];
        if let Some(digits) = self.copied(&mut room).and_then(|count| room.get(..count))
            && let Ok(value) = make(digits)
        {
            return Ok(value);
        }
        Ok(make(&self.unproven()?)?)
    }

    /// A value made from all characters, up to `N` of them, padding included, each allowed by the class.
    ///
    /// # Errors
    /// A character outside the class; what `make` refuses.
    #[inline(always)]
    pub fn with_chars<const N: usize, T>(&self, make: impl Fn(&[u8]) -> Result<T, ValueError>) -> Result<T, Fault> {
        if !self.is_borrowed() {
            let mut room = [0; N];
            if let Some(text) = self.copied(&mut room).and_then(|count| room.get(..count))
                && self.check(text).is_ok()
                && let Ok(value) = make(text)
            {
                return Ok(value);
            }
            return self.slowly(|chars| make(chars));
        }
        Ok(make(&self.chars()?)?)
    }

    /// A value made from `N` digits by a type that proves them itself.
    #[inline(always)]
    pub(crate) fn with_digits<const N: usize, T>(
        &self,
        make: impl Fn(&[u8]) -> Result<T, ValueError>,
    ) -> Result<T, Fault> {
        if self.is_borrowed() {
            return Ok(make(self.bytes())?);
        }
        let mut room = [0; N];
        if self.copied(&mut room) == Some(N)
            && let Ok(value) = make(&room)
        {
            return Ok(value);
        }
        match self.unproven() {
            Ok(chars) => Ok(make(&chars)?),
            Err(fault) => Err(fault),
        }
    }

    /// What [`Raw::with_chars`] gives, character by character: the exact error, or what there was no room for.
    #[cold]
    #[inline(never)]
    fn slowly<T>(&self, make: impl FnOnce(&[u8]) -> Result<T, ValueError>) -> Result<T, Fault> {
        Ok(make(&self.chars()?)?)
    }

    /// Text without the padding of a fixed length, up to `N` characters, all of them printable ASCII.
    ///
    /// # Errors
    /// A character outside the class or that is not printable ASCII; more than `N`.
    #[inline(always)]
    pub(crate) fn short_text<const N: usize>(&self) -> Result<ShortText<N>, Fault> {
        let mut room = [0; N];
        let proven = self.rule().policy == Policy::Strict && !matches!(self.rule().class, Class::B | Class::Xn);
        if proven
            && let Some(text) = self.copied(&mut room).and_then(|count| room.get(..count))
            && let range = self.value(text)
            && range.start == 0
            // Packed digits are proven by now.
            && (self.is_packed() || self.check_value(text, range.clone()).is_ok())
        {
            return Ok(ShortText::proven(room, range.end));
        }
        self.short_slowly()
    }

    #[cold]
    #[inline(never)]
    fn short_slowly<const N: usize>(&self) -> Result<ShortText<N>, Fault> {
        Ok(ShortText::new(&self.text()?)?)
    }

    /// The number that up to sixteen digits spell, straight from their nibbles. Nothing comes of other content.
    #[inline(always)]
    pub(crate) fn packed_number(&self) -> Option<u64> {
        let rule = self.rule();
        let Encoding::Bcd { pad_side, pad_nibble } = rule.encoding else { return None };
        let digits = self.units() as usize;
        let fits = matches!(rule.class, Class::N) && digits > 0 && self.bytes().len() <= 8;
        if !fits || !self.filler_is(pad_side, pad_nibble) {
            return None;
        }
        let odd = digits % 2 == 1;
        bcd::number(self.bytes(), odd && pad_side == Side::Left, odd && pad_side == Side::Right)
    }

    /// As many bytes as characters.
    #[inline(always)]
    fn same(&self, count: usize) -> Option<&[u8]> {
        (self.bytes().len() == count).then_some(self.bytes())
    }

    /// Whether the filler of an odd count is the one it must be, and the bytes are as many as the digits need.
    #[inline(always)]
    fn filler_is(&self, side: Side, nibble: u8) -> bool {
        let count = self.units() as usize;
        if self.bytes().len() != count.div_ceil(2) {
            return false;
        }
        let found = match (side, self.bytes()) {
            (Side::Left, [first, ..]) => first >> 4,
            (Side::Right, [.., last]) => last & 0x0F,
            _ => nibble,
        };
        count.is_multiple_of(2) || self.rule().policy == Policy::Lenient || found == nibble
    }
}

/// Converts a run of characters one by one.
#[inline(always)]
fn each(room: &mut [u8], bytes: &[u8], character: impl Fn(u8) -> u8) {
    for (place, byte) in room.iter_mut().zip(bytes) {
        *place = character(*byte);
    }
}
