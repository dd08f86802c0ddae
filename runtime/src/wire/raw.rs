//! Reading the content of one element.

use std::borrow::Cow;
use std::ops::Range;

use smallvec::SmallVec;
use zeroize::Zeroize;

use crate::types::Text;

use super::{Class, Encoding, ErrorKind, Fault, Length, Policy, Rule, Side, bcd, class, ebcdic, hex};

/// The content of one element on the wire, and the rule it was written by. Its length is proven, its content not:
/// each reader proves what it returns.
#[derive(Clone, Copy)]
pub struct Raw<'a> {
    bytes: &'a [u8],
    units: u32,
    rule: &'static Rule,
}

impl std::fmt::Debug for Raw<'_> {
    /// The length only: whether the content may be shown is not known here.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Raw({} bytes, class {})", self.bytes.len(), self.rule.class.notation())
    }
}

/// Characters of an element: borrowed where the wire is ASCII, unpacked otherwise. What was unpacked is wiped.
#[derive(Clone)]
pub(crate) enum Chars<'a> {
    /// As they stand on the wire.
    Borrowed(&'a [u8]),
    /// Unpacked from another encoding, as ISO 8859-1.
    Unpacked(Unpacked),
}

/// Unpacked characters; wiped on drop, since they may be a PAN.
#[derive(Clone, Default)]
pub(crate) struct Unpacked(SmallVec<[u8; 48]>);

impl Drop for Unpacked {
    fn drop(&mut self) {
        self.0.as_mut_slice().zeroize();
    }
}

impl std::ops::Deref for Chars<'_> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            Chars::Borrowed(text) => text,
            Chars::Unpacked(text) => &text.0,
        }
    }
}

impl<'a> Raw<'a> {
    /// Content of `units` units by this rule.
    #[inline(always)]
    pub(crate) const fn new(bytes: &'a [u8], units: u32, rule: &'static Rule) -> Self {
        Raw { bytes, units, rule }
    }

    /// The bytes as they stand on the wire, without the length prefix.
    #[inline]
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Digits, characters or bytes of the value.
    #[inline]
    #[must_use]
    pub const fn units(&self) -> u32 {
        self.units
    }

    /// The rule it was written by.
    #[inline]
    #[must_use]
    pub const fn rule(&self) -> &'static Rule {
        self.rule
    }

    /// All characters, padding included, each allowed by the class.
    #[inline(always)]
    pub(crate) fn chars(&self) -> Result<Chars<'a>, Fault> {
        let chars = self.unproven()?;
        self.check(&chars)?;
        Ok(chars)
    }

    /// All characters, padding included, for a type that proves them itself.
    #[inline(always)]
    pub(crate) fn unproven(&self) -> Result<Chars<'a>, Fault> {
        match self.rule.encoding {
            Encoding::Ascii | Encoding::Latin1 | Encoding::Utf8 => Ok(Chars::Borrowed(self.bytes)),
            _ => self.unpacked(),
        }
    }

    /// The characters without the blanks that pad a fixed length, each allowed by the class.
    #[inline(always)]
    pub(crate) fn trimmed(&self) -> Result<Chars<'a>, Fault> {
        Ok(match self.unproven()? {
            Chars::Borrowed(text) => {
                let range = self.value(text);
                self.check_value(text, range.clone())?;
                Chars::Borrowed(&text[range])
            }
            Chars::Unpacked(mut text) => {
                let range = self.value(&text.0);
                self.check_value(&text.0, range.clone())?;
                text.0.truncate(range.end);
                text.0.drain(..range.start);
                Chars::Unpacked(text)
            }
        })
    }

    /// Where the value lies between the blanks that pad a fixed length.
    #[inline(always)]
    pub(super) fn value(&self, text: &[u8]) -> Range<usize> {
        match (self.rule.length, self.rule.pad) {
            // Zeros in front of digits are digits.
            (Length::Fixed(_), Some(pad)) if !matches!(self.rule.class, Class::N | Class::Xn | Class::Z) => {
                unpadded(text, pad.side, pad.fill)
            }
            _ => 0..text.len(),
        }
    }

    /// Text without the padding of a fixed length, borrowed where the wire allows.
    ///
    /// # Errors
    /// A character outside the class, or bytes that are no text in the encoding.
    #[inline(always)]
    pub fn text(&self) -> Result<Cow<'a, str>, Fault> {
        match self.trimmed()? {
            Chars::Borrowed(text) if self.rule.encoding != Encoding::Latin1 => utf8(text).map(Cow::Borrowed),
            other => Ok(Cow::Owned(latin1(&other))),
        }
    }

    /// Text as [`Raw::text`], but only where it can be borrowed.
    ///
    /// # Errors
    /// As [`Raw::text`]; and [`ErrorKind::Type`] for an encoding other than ASCII or UTF-8.
    #[inline(always)]
    pub fn borrowed_text(&self) -> Result<Text<'a>, Fault> {
        match (self.rule.encoding, self.trimmed()?) {
            (Encoding::Ascii, Chars::Borrowed(text)) if self.rule.policy == Policy::Strict => Ok(Text::proven(text)),
            // What no class has proven to be ASCII.
            (Encoding::Ascii | Encoding::Utf8, Chars::Borrowed(text)) => Ok(Text::from(utf8(text)?)),
            _ => Err(ErrorKind::Type.into()),
        }
    }

    /// Text as it stands, padding included; hex for bytes. This is the form of the JSON that `teq` reads and writes.
    ///
    /// # Errors
    /// As [`Raw::text`].
    pub fn leaf(&self) -> Result<String, Fault> {
        if self.rule.class == Class::B {
            let bytes = self.binary()?;
            return Ok(bytes
                .iter()
                .flat_map(|byte| [hex::digit(byte >> 4), hex::digit(*byte)])
                .map(char::from)
                .collect());
        }
        match self.chars()? {
            Chars::Borrowed(text) if self.rule.encoding == Encoding::Utf8 => utf8(text).map(str::to_owned),
            other => Ok(latin1(&other)),
        }
    }

    /// Bytes of a class `b` element, borrowed unless they stand as hex.
    ///
    /// # Errors
    /// A character that is not hex.
    #[inline]
    pub fn binary(&self) -> Result<Cow<'a, [u8]>, Fault> {
        match self.rule.encoding {
            Encoding::Hex | Encoding::EbcdicHex => {
                let mut bytes = vec![0; self.bytes.len() / 2];
                self.binary_into(&mut bytes)?;
                Ok(Cow::Owned(bytes))
            }
            _ => Ok(Cow::Borrowed(self.bytes)),
        }
    }

    /// Bytes of a class `b` element into a buffer of just their number.
    ///
    /// # Errors
    /// A character that is not hex, or another number of bytes than the buffer holds.
    #[inline]
    pub fn binary_into(&self, out: &mut [u8]) -> Result<(), Fault> {
        let ebcdic = match self.rule.encoding {
            Encoding::Hex => false,
            Encoding::EbcdicHex => true,
            _ if self.bytes.len() == out.len() => {
                out.copy_from_slice(self.bytes);
                return Ok(());
            }
            _ => return Err(ErrorKind::Type.into()),
        };
        let (pairs, []) = self.bytes.as_chunks::<2>() else { return Err(ErrorKind::Hex.into()) };
        if pairs.len() != out.len() {
            return Err(ErrorKind::Type.into());
        }
        for (index, (pair, byte)) in pairs.iter().zip(out).enumerate() {
            let character = |at: usize| if ebcdic { ebcdic::to_ascii(pair[at]) } else { pair[at] };
            let digit = |at: usize| hex::nibble(character(at)).ok_or_else(|| Fault::at(ErrorKind::Hex, 2 * index + at));
            *byte = digit(0)? << 4 | digit(1)?;
        }
        Ok(())
    }

    /// Characters in another encoding than ASCII.
    #[inline(never)]
    fn unpacked(&self) -> Result<Chars<'a>, Fault> {
        let mut text = Unpacked::default();
        let mut bytes = self.bytes;
        match self.rule.encoding {
            Encoding::Cp037 => text.0.extend(bytes.iter().map(|&byte| ebcdic::to_ascii(byte))),
            Encoding::Cp1047 => text.0.extend(bytes.iter().map(|&byte| ebcdic::to_ascii_1047(byte))),
            Encoding::Bcd { pad_side, pad_nibble } => {
                let mut digits = self.units as usize;
                if self.rule.class == Class::Xn
                    && let [sign, rest @ ..] = bytes
                {
                    text.0.push(if sign.is_ascii() { *sign } else { ebcdic::to_ascii(*sign) });
                    (bytes, digits) = (rest, digits.saturating_sub(1));
                }
                let manners = (self.rule.policy, self.rule.class == Class::Z);
                bcd::unpack(bytes, digits, (pad_side, pad_nibble), manners, |digit| text.0.push(digit))?;
            }
            _ => return Err(ErrorKind::Type.into()),
        }
        Ok(Chars::Unpacked(text))
    }

    /// Checks the class; blanks that pad a fixed length pass.
    #[inline(always)]
    pub(super) fn check(&self, text: &[u8]) -> Result<(), Fault> {
        let range = if self.rule.class == Class::Ans { 0..text.len() } else { self.value(text) };
        self.check_value(text, range)
    }

    /// Checks the class of a part of the text.
    #[inline(always)]
    pub(super) fn check_value(&self, text: &[u8], range: Range<usize>) -> Result<(), Fault> {
        if self.rule.policy == Policy::Lenient {
            return Ok(());
        }
        if self.rule.class == Class::Xn {
            return self.check_signed(text);
        }
        let start = range.start;
        match class::check(self.rule.class, &text[range]) {
            Ok(()) => Ok(()),
            Err(at) => Err(self.bad_character(start + at)),
        }
    }

    #[inline]
    fn check_signed(&self, text: &[u8]) -> Result<(), Fault> {
        match text {
            [b'C' | b'D', digits @ ..] => class::check(Class::N, digits).map_err(|at| self.bad_character(at + 1)),
            _ => Err(self.bad_character(0)),
        }
    }

    #[cold]
    fn bad_character(&self, at: usize) -> Fault {
        let at = match self.rule.encoding {
            Encoding::Bcd { .. } => at / 2,
            _ => at,
        };
        Fault::at(ErrorKind::Character { class: self.rule.class }, at)
    }
}

/// Where the value lies between the padding.
#[inline(always)]
pub(super) fn unpadded(text: &[u8], side: Side, fill: u8) -> Range<usize> {
    match side {
        Side::Left => text.iter().position(|&byte| byte != fill).unwrap_or(text.len())..text.len(),
        Side::Right => 0..text.iter().rposition(|&byte| byte != fill).map_or(0, |last| last + 1),
    }
}

#[inline(always)]
fn utf8(text: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(text).map_err(|error| Fault::at(ErrorKind::Unmappable, error.valid_up_to()))
}

fn latin1(text: &[u8]) -> String {
    text.iter().map(|&byte| char::from(byte)).collect()
}
