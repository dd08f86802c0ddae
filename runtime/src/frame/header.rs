//! The length header itself: how a number stands in front of a message.

/// How the length of a message stands in front of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Header {
    /// `none`: nothing in front. One message a stream, up to its end.
    None,
    /// `length2`: two bytes, most significant first. By far the commonest.
    Binary2,
    /// `length2-le`: two bytes, least significant first.
    Binary2Le,
    /// `length4`: four bytes, most significant first.
    Binary4,
    /// `length4-le`: four bytes, least significant first.
    Binary4Le,
    /// `ascii4`: four ASCII digits.
    Ascii4,
    /// `bcd2`: two bytes of packed decimal, four digits.
    Bcd2,
    /// `hex4`: four ASCII hex digits: lower case when written, either case when read.
    Hex4,
}

impl Header {
    /// All of them.
    pub(super) const ALL: [Header; 8] = [
        Header::None,
        Header::Binary2,
        Header::Binary2Le,
        Header::Binary4,
        Header::Binary4Le,
        Header::Ascii4,
        Header::Bcd2,
        Header::Hex4,
    ];

    /// Bytes it takes.
    #[must_use]
    pub const fn width(self) -> usize {
        match self {
            Header::None => 0,
            Header::Binary2 | Header::Binary2Le | Header::Bcd2 => 2,
            Header::Binary4 | Header::Binary4Le | Header::Ascii4 | Header::Hex4 => 4,
        }
    }

    /// The largest number it can say.
    #[must_use]
    pub const fn capacity(self) -> usize {
        match self {
            Header::None => usize::MAX,
            Header::Binary2 | Header::Binary2Le | Header::Hex4 => u16::MAX as usize,
            Header::Binary4 | Header::Binary4Le => u32::MAX as usize,
            Header::Ascii4 | Header::Bcd2 => 9999,
        }
    }

    /// The number that its bytes say. `None` when they are no number, or not as many as it takes.
    pub(super) fn read(self, bytes: &[u8]) -> Option<usize> {
        match self {
            Header::None => None,
            Header::Binary2 => Some(u16::from_be_bytes(bytes.try_into().ok()?).into()),
            Header::Binary2Le => Some(u16::from_le_bytes(bytes.try_into().ok()?).into()),
            Header::Binary4 => usize::try_from(u32::from_be_bytes(bytes.try_into().ok()?)).ok(),
            Header::Binary4Le => usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok(),
            Header::Ascii4 => number(10, bytes.iter().map(|&byte| (byte as char).to_digit(10))),
            Header::Hex4 => number(16, bytes.iter().map(|&byte| (byte as char).to_digit(16))),
            Header::Bcd2 => {
                let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0F]);
                number(10, nibbles.map(|nibble| (nibble <= 9).then_some(nibble.into())))
            }
        }
    }

    /// Appends a number, which must be within its capacity.
    pub(super) fn write(self, number: usize, out: &mut Vec<u8>) {
        let digit = |place: usize| (number / 10usize.pow(place as u32) % 10) as u8;
        match self {
            Header::None => {}
            Header::Binary2 => out.extend_from_slice(&(number as u16).to_be_bytes()),
            Header::Binary2Le => out.extend_from_slice(&(number as u16).to_le_bytes()),
            Header::Binary4 => out.extend_from_slice(&(number as u32).to_be_bytes()),
            Header::Binary4Le => out.extend_from_slice(&(number as u32).to_le_bytes()),
            Header::Ascii4 => out.extend([3, 2, 1, 0].map(|place| b'0' + digit(place))),
            Header::Hex4 => {
                let nibble = |place: usize| b"0123456789abcdef"[number >> (4 * place) & 0x0F];
                out.extend([3, 2, 1, 0].map(nibble));
            }
            Header::Bcd2 => out.extend([digit(3) << 4 | digit(2), digit(1) << 4 | digit(0)]),
        }
    }
}

fn number(base: usize, mut digits: impl Iterator<Item = Option<u32>>) -> Option<usize> {
    digits.try_fold(0, |sum, digit| Some(sum * base + digit? as usize))
}
