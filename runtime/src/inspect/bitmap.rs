//! The bitmaps of a message: where they stand, their bits, and what they announce.

use std::ops::Range;

use crate::msg::Message;
use crate::wire::{BitmapEncoding, DigitEncoding};

/// The bitmaps of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bitmaps {
    /// Byte offsets in the message, of those before the elements.
    pub span: Range<usize>,
    /// Byte offsets of the third, where it stands among the elements.
    pub third: Option<Range<usize>>,
    /// One after the other, bit 1 the highest.
    pub words: Vec<u64>,
    /// The elements that they announce, ascending.
    pub numbers: Vec<u8>,
}

impl Bitmaps {
    pub(super) fn of(message: &Message) -> Self {
        let (rule, wire) = (message.dialect().bitmap(), message.as_bytes());
        let width = match rule.encoding {
            BitmapEncoding::Binary => 8,
            BitmapEncoding::Hex | BitmapEncoding::EbcdicHex => 16,
        };
        let start = if message.dialect().mti_encoding() == DigitEncoding::Bcd { 2 } else { 4 };
        let mut all = Bitmaps { span: start..start, third: None, words: Vec::new(), numbers: Vec::new() };
        for map in 0..message.dialect().leading_maps() {
            let end = all.span.end + width;
            let text = wire.get(all.span.end..end);
            let Some(bits) = text.and_then(|text| bits(rule.encoding, text)) else { break };
            all.span.end = end;
            all.push(map, bits);
            if bits >> 63 == 0 {
                break;
            }
        }
        // Where it is one of the elements, it has been found as such.
        if message.dialect().has_third_bitmap_as_element()
            && let Some(span) = message.span(65)
            && let Some(bits) = wire.get(span.clone()).and_then(|text| bits(rule.encoding, text))
        {
            all.third = Some(span);
            all.push(2, bits);
        }
        all
    }

    fn push(&mut self, map: u8, bits: u64) {
        // The first bit announces the next bitmap; none comes after the third, where it is DE 129.
        let first = u8::from(map < 2);
        self.words.push(bits);
        self.numbers.extend((first..64).filter(|bit| bits << bit >> 63 == 1).map(|bit| 64 * map + bit + 1));
    }
}

/// The bits of one bitmap.
fn bits(encoding: BitmapEncoding, text: &[u8]) -> Option<u64> {
    match encoding {
        BitmapEncoding::Binary => text.try_into().ok().map(u64::from_be_bytes),
        BitmapEncoding::Hex => u64::from_str_radix(std::str::from_utf8(text).ok()?, 16).ok(),
        BitmapEncoding::EbcdicHex => text.iter().try_fold(0, |bits, byte| match byte {
            0xF0..=0xF9 => Some((bits << 4) | u64::from(byte & 0x0F)),
            0x81..=0x86 | 0xC1..=0xC6 => Some((bits << 4) | (u64::from(byte & 0x0F) + 9)),
            _ => None,
        }),
    }
}
