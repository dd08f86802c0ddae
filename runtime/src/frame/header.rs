//! The length header itself: how a number stands in front of a message.

/// How the length of a message stands in front of it, or what tells its end where there is no length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Header {
    /// `none`: no length. A message ends at the [trailer](super::Framing::trailer), or where the stream ends.
    None,
    /// `xml`: no length. A message is an XML document and ends with its root element, `</isomsg>`.
    Xml,
    /// `length2`: two bytes, most significant first. By far the commonest.
    Binary2,
    /// `length2-le`: two bytes, least significant first.
    Binary2Le,
    /// `length3`: three bytes, most significant first.
    Binary3,
    /// `length4`: four bytes, most significant first.
    Binary4,
    /// `length4-le`: four bytes, least significant first.
    Binary4Le,
    /// `ascii1`: one ASCII digit.
    Ascii1,
    /// `ascii2`: two ASCII digits.
    Ascii2,
    /// `ascii3`: three ASCII digits.
    Ascii3,
    /// `ascii4`: four ASCII digits.
    Ascii4,
    /// `ascii5`: five ASCII digits.
    Ascii5,
    /// `ascii6`: six ASCII digits.
    Ascii6,
    /// `ascii7`: seven ASCII digits.
    Ascii7,
    /// `ascii8`: eight ASCII digits.
    Ascii8,
    /// `bcd2`: two bytes of packed decimal, four digits.
    Bcd2,
    /// `hex4`: four ASCII hex digits: lower case when written, either case when read.
    Hex4,
}

/// How the digits or bytes of a number stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Nothing,
    BigEndian,
    LittleEndian,
    Ascii,
    Bcd,
    Hex,
}

impl Header {
    /// All of them.
    pub(super) const ALL: [Header; 17] = [
        Header::None,
        Header::Binary2,
        Header::Binary2Le,
        Header::Binary3,
        Header::Binary4,
        Header::Binary4Le,
        Header::Ascii1,
        Header::Ascii2,
        Header::Ascii3,
        Header::Ascii4,
        Header::Ascii5,
        Header::Ascii6,
        Header::Ascii7,
        Header::Ascii8,
        Header::Bcd2,
        Header::Hex4,
        Header::Xml,
    ];

    const fn shape(self) -> (Style, usize) {
        match self {
            Header::None | Header::Xml => (Style::Nothing, 0),
            Header::Binary2 => (Style::BigEndian, 2),
            Header::Binary2Le => (Style::LittleEndian, 2),
            Header::Binary3 => (Style::BigEndian, 3),
            Header::Binary4 => (Style::BigEndian, 4),
            Header::Binary4Le => (Style::LittleEndian, 4),
            Header::Ascii1 => (Style::Ascii, 1),
            Header::Ascii2 => (Style::Ascii, 2),
            Header::Ascii3 => (Style::Ascii, 3),
            Header::Ascii4 => (Style::Ascii, 4),
            Header::Ascii5 => (Style::Ascii, 5),
            Header::Ascii6 => (Style::Ascii, 6),
            Header::Ascii7 => (Style::Ascii, 7),
            Header::Ascii8 => (Style::Ascii, 8),
            Header::Bcd2 => (Style::Bcd, 2),
            Header::Hex4 => (Style::Hex, 4),
        }
    }

    /// Bytes it takes.
    #[must_use]
    pub const fn width(self) -> usize {
        self.shape().1
    }

    /// Whether there is a length.
    #[must_use]
    pub const fn is_length(self) -> bool {
        self.width() > 0
    }

    /// The largest number it can say.
    #[must_use]
    pub const fn capacity(self) -> usize {
        let (style, width) = self.shape();
        match style {
            Style::Nothing => usize::MAX,
            // In u64, since four bytes may be all that a usize has.
            Style::BigEndian | Style::LittleEndian => {
                let most = (1u64 << (8 * width)) - 1;
                if most > usize::MAX as u64 { usize::MAX } else { most as usize }
            }
            Style::Ascii => 10usize.pow(width as u32) - 1,
            Style::Bcd => 10usize.pow(2 * width as u32) - 1,
            Style::Hex => 16usize.pow(width as u32) - 1,
        }
    }

    /// The number that its bytes say. `None` when they are no number, or not as many as it takes.
    pub(super) fn read(self, bytes: &[u8]) -> Option<usize> {
        let (style, width) = self.shape();
        if bytes.len() != width {
            return None;
        }
        match style {
            Style::Nothing => None,
            Style::BigEndian => binary(bytes.iter()),
            Style::LittleEndian => binary(bytes.iter().rev()),
            Style::Ascii => number(10, bytes.iter().map(|&byte| (byte as char).to_digit(10))),
            Style::Hex => number(16, bytes.iter().map(|&byte| (byte as char).to_digit(16))),
            Style::Bcd => {
                let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0F]);
                number(10, nibbles.map(|nibble| (nibble <= 9).then_some(nibble.into())))
            }
        }
    }

    /// Writes a number, which must be within its capacity, over as many bytes as it takes.
    pub(super) fn write(self, number: usize, out: &mut [u8]) {
        let mut rest = number;
        let mut next = |base: usize| {
            let digit = rest % base;
            rest /= base;
            digit as u8
        };
        match self.shape().0 {
            Style::Nothing => {}
            Style::LittleEndian => out.iter_mut().for_each(|byte| *byte = next(256)),
            Style::BigEndian => out.iter_mut().rev().for_each(|byte| *byte = next(256)),
            Style::Ascii => out.iter_mut().rev().for_each(|byte| *byte = b'0' + next(10)),
            Style::Hex => out.iter_mut().rev().for_each(|byte| *byte = b"0123456789abcdef"[usize::from(next(16))]),
            Style::Bcd => out.iter_mut().rev().for_each(|byte| *byte = next(10) | next(10) << 4),
        }
    }
}

fn number(base: usize, mut digits: impl Iterator<Item = Option<u32>>) -> Option<usize> {
    digits.try_fold(0, |sum, digit| Some(sum * base + digit? as usize))
}

fn binary<'a>(bytes: impl Iterator<Item = &'a u8>) -> Option<usize> {
    usize::try_from(bytes.fold(0u64, |sum, &byte| sum << 8 | u64::from(byte))).ok()
}
