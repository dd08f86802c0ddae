//! Writing one element: prefix, padding, encoding.

use crate::types::digits::write_fixed;

use super::{
    Buffer, Class, DigitEncoding, Encoding, ErrorKind, Fault, Length, Policy, Rule, Side, bcd, class, ebcdic, hex,
    prefix, raw::unpadded,
};

/// Digits of the largest `u64`.
const WIDEST: usize = 20;

/// Where the value of one element goes. Each writer appends the length prefix and the content, or fails.
pub struct Body<'a, O> {
    rule: &'a Rule,
    out: &'a mut O,
    /// Nibbles of a packed inside that are no digits of it.
    fillers: u32,
}

impl<'a, O: Buffer> Body<'a, O> {
    /// An element by this rule, appended to `out`.
    #[inline(always)]
    pub(crate) const fn new(rule: &'a Rule, out: &'a mut O) -> Self {
        Body { rule, out, fillers: 0 }
    }

    /// For a packed inside that begins or ends with so many nibbles of filler: a length prefix does not count them.
    #[inline]
    pub(crate) const fn with_fillers(mut self, nibbles: u32) -> Self {
        self.fillers = nibbles;
        self
    }

    /// The rule to write by.
    #[inline]
    #[must_use]
    pub const fn rule(&self) -> &Rule {
        self.rule
    }

    /// An unsigned number as digits: zeros in front to a fixed length, as few as it takes (at least one) otherwise.
    ///
    /// # Errors
    /// More digits than the element has, or an element whose class is not made of digits.
    #[inline(always)]
    pub fn number(self, value: u64) -> Result<(), Fault> {
        if !self.takes_digits() {
            return Err(ErrorKind::Type.into());
        }
        let width = match self.rule.length {
            Length::Fixed(units) => units as usize,
            Length::Variable { min, .. } => value.checked_ilog10().map_or(1, |log| log as usize + 1).max(min as usize),
            Length::Rest { .. } => value.checked_ilog10().map_or(1, |log| log as usize + 1),
        };
        let mut digits = [b'0'; WIDEST];
        match digits.get_mut(WIDEST.saturating_sub(width)..) {
            Some(digits) if width <= WIDEST => {
                write_fixed(value, digits)?;
                self.write(digits)
            }
            // Wider than any u64: zeros first.
            _ => {
                write_fixed(value, &mut digits)?;
                let mut wide = vec![b'0'; width - WIDEST];
                wide.extend_from_slice(&digits);
                self.write(&wide)
            }
        }
    }

    /// Characters, padded to a fixed length as the rule says. Digits of class `n` are never padded: a short code is
    /// another code.
    ///
    /// # Errors
    /// A character outside the class or the encoding; too many, or too few, characters.
    #[inline(always)]
    pub fn text(self, text: &str) -> Result<(), Fault> {
        // Under a strict ASCII rule the class check refuses what is not ASCII.
        let strict = self.rule.encoding == Encoding::Ascii && self.rule.policy == Policy::Strict;
        if strict || self.rule.encoding == Encoding::Utf8 || text.is_ascii() {
            return self.chars(text.as_bytes());
        }
        let latin1: Option<Vec<u8>> = text.chars().map(|character| u8::try_from(character).ok()).collect();
        self.chars(&latin1.ok_or(ErrorKind::Unmappable)?)
    }

    /// Characters as [`Body::text`], given as ASCII (or ISO 8859-1) bytes.
    ///
    /// # Errors
    /// As [`Body::text`].
    #[inline(always)]
    pub fn chars(mut self, text: &[u8]) -> Result<(), Fault> {
        if self.rule.class == Class::B {
            return Err(ErrorKind::Type.into());
        }
        self.checked(text)?;
        match (self.rule.length, self.rule.pad) {
            (Length::Fixed(units), Some(pad)) if text.len() < units as usize && !self.digits_only() => {
                let filler = units as usize - text.len();
                if matches!(self.rule.encoding, Encoding::Bcd { .. }) {
                    // Two characters share a byte.
                    let filler = vec![pad.fill; filler];
                    return match pad.side {
                        Side::Left => self.encode(&[&filler[..], text].concat()),
                        Side::Right => self.encode(&[text, &filler[..]].concat()),
                    };
                }
                match pad.side {
                    Side::Left => self.fill(pad.fill, filler)?,
                    Side::Right => {}
                }
                self.encode(text)?;
                match pad.side {
                    Side::Left => Ok(()),
                    Side::Right => self.fill(pad.fill, filler),
                }
            }
            _ => self.write(text),
        }
    }

    /// Digits of a type that has proven them: they are not looked at again where the class is made of them.
    #[inline(always)]
    pub(crate) fn proven(self, digits: &[u8]) -> Result<(), Fault> {
        if self.takes_digits() { self.write(digits) } else { self.chars(digits) }
    }

    /// Sign and digits of a type that has proven them.
    #[inline(always)]
    pub(crate) fn proven_signed(self, text: &[u8]) -> Result<(), Fault> {
        if self.rule.class == Class::Xn { self.write(text) } else { self.chars(text) }
    }

    /// Bytes of a class `b` element.
    ///
    /// # Errors
    /// Too many or too few bytes, or an element of another class.
    #[inline(always)]
    pub fn binary(mut self, bytes: &[u8]) -> Result<(), Fault> {
        let hex_digit = match self.rule.encoding {
            Encoding::Raw => {
                self.measured(bytes.len())?;
                self.out.extend_from_slice(bytes);
                return Ok(());
            }
            Encoding::Hex => |nibble| hex::digit(nibble),
            Encoding::EbcdicHex => |nibble| ebcdic::from_ascii(hex::digit(nibble)),
            _ => return Err(ErrorKind::Type.into()),
        };
        self.measured(bytes.len())?;
        for byte in bytes {
            self.out.extend_from_slice(&[hex_digit(byte >> 4), hex_digit(byte & 0x0F)]);
        }
        Ok(())
    }

    /// A value in the form of [`Raw::leaf`](super::Raw::leaf): text as it stands, hex for bytes.
    ///
    /// # Errors
    /// As [`Body::text`] and [`Body::binary`]; and hex that is none.
    pub fn leaf(self, text: &str) -> Result<(), Fault> {
        if self.rule.class != Class::B {
            return self.text(text);
        }
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return Err(ErrorKind::Hex.into()) };
        let bytes: Option<Vec<u8>> =
            pairs.iter().map(|[hi, lo]| Some(hex::nibble(*hi)? << 4 | hex::nibble(*lo)?)).collect();
        self.binary(&bytes.ok_or(ErrorKind::Hex)?)
    }

    /// Bytes that already stand as they do on the wire, such as the children of a composite, behind a prefix.
    ///
    /// # Errors
    /// Too many or too few bytes.
    pub(crate) fn wire(mut self, bytes: &[u8]) -> Result<(), Fault> {
        let units = match self.rule.encoding {
            Encoding::Bcd { .. } => (bytes.len() * 2).saturating_sub(self.fillers as usize),
            Encoding::Hex | Encoding::EbcdicHex => bytes.len() / 2,
            _ => bytes.len(),
        };
        self.measured(units)?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    /// The inside of a composite: bytes that are written as hex where the element itself stands as hex.
    ///
    /// # Errors
    /// Too many or too few bytes.
    pub fn inside(self, bytes: &[u8]) -> Result<(), Fault> {
        match self.rule.class {
            Class::B => self.binary(bytes),
            _ => self.wire(bytes),
        }
    }

    /// Whether every digit is a character of the class.
    const fn takes_digits(&self) -> bool {
        matches!(self.rule.class, Class::N | Class::An | Class::Ns | Class::Anp | Class::Ans | Class::Z)
    }

    const fn digits_only(&self) -> bool {
        matches!(self.rule.class, Class::N | Class::Xn)
    }

    #[inline(always)]
    fn checked(&self, text: &[u8]) -> Result<(), Fault> {
        if self.rule.policy == Policy::Lenient {
            return Ok(());
        }
        let fill = match (self.rule.length, self.rule.pad) {
            (Length::Fixed(_), Some(pad)) => Some(pad),
            _ => None,
        };
        let (start, class, checked) = match (self.rule.class, fill) {
            (Class::Xn, _) => match text {
                [b'C' | b'D', digits @ ..] => (1, Class::N, digits),
                _ => return Err(Fault::at(ErrorKind::Character { class: Class::Xn }, 0)),
            },
            // A value that already carries its padding.
            (class, Some(pad)) if pad.fill == b' ' && class != Class::Ans => {
                let value = unpadded(text, pad.side, pad.fill);
                (value.start, class, &text[value])
            }
            (class, _) => (0, class, text),
        };
        match class::check(class, checked) {
            Ok(()) => Ok(()),
            Err(at) => Err(Fault::at(ErrorKind::Character { class: self.rule.class }, start + at)),
        }
    }

    /// Writes characters of just the right number.
    #[inline(always)]
    fn write(mut self, text: &[u8]) -> Result<(), Fault> {
        self.measured(text.len())?;
        self.encode(text)
    }

    #[inline]
    fn fill(&mut self, character: u8, count: usize) -> Result<(), Fault> {
        let run = [character; 16];
        (0..count / run.len()).try_for_each(|_| self.encode(&run))?;
        self.encode(run.get(..count % run.len()).unwrap_or_default())
    }

    #[inline(always)]
    fn encode(&mut self, text: &[u8]) -> Result<(), Fault> {
        match self.rule.encoding {
            Encoding::Ascii | Encoding::Latin1 | Encoding::Utf8 => self.out.extend_from_slice(text),
            // Of strict class n nothing else comes here.
            Encoding::Cp037 | Encoding::Cp1047
                if matches!(self.rule.class, Class::N) && self.rule.policy == Policy::Strict =>
            {
                self.each(text, |digit| digit ^ ebcdic::DIGITS);
            }
            Encoding::Cp037 => self.each(text, ebcdic::from_ascii),
            Encoding::Cp1047 => self.each(text, ebcdic::from_ascii_1047),
            Encoding::Bcd { pad_side, pad_nibble } => {
                let mut digits = text;
                if self.rule.class == Class::Xn
                    && let [sign, rest @ ..] = text
                {
                    self.out.push(if self.rule.ebcdic_sign { ebcdic::from_ascii(*sign) } else { *sign });
                    digits = rest;
                }
                // Strict class n is proven to be digits; of class z only the separator has a nibble.
                let separator = self.rule.class == Class::Z;
                if !(matches!(self.rule.class, Class::N | Class::Xn) && self.rule.policy == Policy::Strict)
                    && let Some(at) = digits.iter().position(|&byte| !packs(byte, separator))
                {
                    return Err(Fault::at(ErrorKind::Unmappable, at + text.len() - digits.len()));
                }
                bcd::pack(digits, (pad_side, pad_nibble), self.out);
            }
            Encoding::Raw | Encoding::Hex | Encoding::EbcdicHex => return Err(ErrorKind::Type.into()),
        }
        Ok(())
    }

    /// Writes each character by another.
    #[inline(always)]
    fn each(&mut self, text: &[u8], character: impl Fn(u8) -> u8) {
        let (chunks, rest) = text.as_chunks::<16>();
        for chunk in chunks {
            self.out.extend_from_slice(&chunk.map(&character));
        }
        let mut room = [0; 16];
        for (place, byte) in room.iter_mut().zip(rest) {
            *place = character(*byte);
        }
        self.out.extend_from_slice(room.get(..rest.len()).unwrap_or_default());
    }

    /// Checks the number of units and writes the prefix.
    #[inline(always)]
    fn measured(&mut self, units: usize) -> Result<(), Fault> {
        let units = u32::try_from(units).unwrap_or(u32::MAX);
        match self.rule.length {
            Length::Fixed(fixed) if units < fixed => Err(ErrorKind::TooShort { min: fixed, found: units }.into()),
            Length::Fixed(max) | Length::Rest { max } if units > max => {
                Err(ErrorKind::TooLong { max, found: units }.into())
            }
            Length::Fixed(_) | Length::Rest { .. } => Ok(()),
            Length::Variable { .. } => Ok(prefix::write(self.rule, units, self.rule.wire_bytes(units), self.out)?),
        }
    }
}

/// Whether a character has a nibble.
const fn packs(character: u8, separator: bool) -> bool {
    character.is_ascii_digit() || separator && matches!(character, b'=' | b'D')
}

/// The four ASCII digits of a message type indicator, and the bytes they took.
#[inline]
pub(crate) fn decode_digits4(encoding: DigitEncoding, wire: &[u8]) -> Result<([u8; 4], usize), ErrorKind> {
    let width = if encoding == DigitEncoding::Bcd { 2 } else { 4 };
    let Some(bytes) = wire.get(..width) else {
        return Err(ErrorKind::Truncated { needed: width as u32, left: wire.len() as u32 });
    };
    let digits = match (encoding, bytes) {
        (DigitEncoding::Ascii, &[a, b, c, d]) => [a, b, c, d],
        (DigitEncoding::Ebcdic, &[a, b, c, d]) => [a, b, c, d].map(ebcdic::to_ascii),
        (DigitEncoding::Bcd, &[a, b]) => [a >> 4, a & 0x0F, b >> 4, b & 0x0F].map(|nibble| b'0' + nibble),
        _ => return Err(ErrorKind::Mti),
    };
    if digits.iter().all(u8::is_ascii_digit) { Ok((digits, width)) } else { Err(ErrorKind::Mti) }
}

/// Appends the four digits of a message type indicator.
#[inline(always)]
pub(crate) fn encode_digits4(encoding: DigitEncoding, digits: [u8; 4], out: &mut impl Buffer) {
    match encoding {
        DigitEncoding::Ascii => out.extend_from_slice(&digits),
        DigitEncoding::Ebcdic => out.extend_from_slice(&digits.map(ebcdic::from_ascii)),
        DigitEncoding::Bcd => bcd::pack(&digits, (Side::Left, 0), out),
    }
}
