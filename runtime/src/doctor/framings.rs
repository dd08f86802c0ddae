//! The framings that are tried, the usual ones first.

use super::cut::Cut;
use crate::frame::{Framing, Header, HeaderBytes, Transport, VisaHeader};

/// Lengths that are tried.
const LENGTHS: [Header; 15] = [
    Header::Binary2,
    Header::Binary4,
    Header::Ascii4,
    Header::Bcd2,
    Header::Hex4,
    Header::Binary2Le,
    Header::Binary4Le,
    Header::Binary3,
    Header::Ascii3,
    Header::Ascii5,
    Header::Ascii6,
    Header::Ascii2,
    Header::Ascii7,
    Header::Ascii8,
    Header::Ascii1,
];
/// ETX.
const TRAILER: u8 = 0x03;
/// Bytes of a literal header: `ISO` and nine digits.
const LITERAL: usize = 12;

/// The bytes cut by every framing that they can be cut by.
pub(super) fn all(bytes: &[u8]) -> Vec<Cut> {
    let mut cuts = Vec::new();
    for framing in bare() {
        let Some(cut) = Cut::of(framing, bytes) else { continue };
        let behind = cut.first().and_then(transport).map(|transport| framing.transport(transport));
        cuts.extend(behind.and_then(|framing| Cut::of(framing, bytes)));
        cuts.push(cut);
    }
    cuts
}

/// Framings without a transport header.
fn bare() -> impl Iterator<Item = Framing> {
    let none = Framing::new(Header::None);
    let plain = LENGTHS.into_iter().map(Framing::new);
    let inclusive = LENGTHS.into_iter().map(|header| Framing::new(header).inclusive());
    let two = Framing::new(Header::Binary2);
    // Two zeros in front of two bytes of length are four bytes of length, and told as such.
    let reserved = [two.after([0, 0]), two.before([0xD0, 0x4A]).after([0, 0])];
    let ended = [none.before([0x02]).trailer(TRAILER), none.trailer(TRAILER)];
    let counted = LENGTHS.into_iter().map(|header| Framing::new(header).trailer(TRAILER));
    let counted_in = LENGTHS.into_iter().map(|header| Framing::new(header).inclusive().trailer(TRAILER));
    [none].into_iter().chain(plain).chain(inclusive).chain(reserved).chain(ended).chain(counted).chain(counted_in)
}

/// The transport header that a frame seems to begin with.
fn transport(frame: &[u8]) -> Option<Transport> {
    match frame {
        [0x60, a, b, c, d, ..] => Some(Transport::Tpdu([0x60, *a, *b, *c, *d])),
        [b'I', b'S', b'O', digits @ ..]
            if digits.len() >= LITERAL - 3 && digits[..LITERAL - 3].iter().all(u8::is_ascii_digit) =>
        {
            HeaderBytes::new(frame.get(..LITERAL)?).map(Transport::Fixed)
        }
        [22, 1, 1..=3, ..] => VisaHeader::from_bytes(frame.get(..VisaHeader::WIDTH)?).ok().map(Transport::Visa),
        _ => None,
    }
}
