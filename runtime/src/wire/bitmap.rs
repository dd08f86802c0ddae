//! One bitmap of 64 bits.

use super::{BitmapEncoding, Buffer, ebcdic, hex};

/// Bytes of one bitmap on the wire.
#[inline]
pub(crate) const fn width(encoding: BitmapEncoding) -> usize {
    match encoding {
        BitmapEncoding::Binary => 8,
        BitmapEncoding::Hex | BitmapEncoding::EbcdicHex => 16,
    }
}

/// The bits of one bitmap, the first one as the most significant. `None` when a character is no hex digit; the
/// slice must have the bitmap's width.
#[inline]
pub(crate) fn decode(encoding: BitmapEncoding, wire: &[u8]) -> Option<u64> {
    match encoding {
        BitmapEncoding::Binary => Some(u64::from_be_bytes(wire.try_into().ok()?)),
        BitmapEncoding::Hex => hex::decode16(wire.try_into().ok()?),
        BitmapEncoding::EbcdicHex => {
            let mut text: [u8; 16] = wire.try_into().ok()?;
            text.iter_mut().for_each(|byte| *byte = ebcdic::to_ascii(*byte));
            hex::decode16(text)
        }
    }
}

/// Appends one bitmap.
#[inline(always)]
pub(crate) fn encode(encoding: BitmapEncoding, bits: u64, out: &mut impl Buffer) {
    match encoding {
        BitmapEncoding::Binary => out.extend_from_slice(&bits.to_be_bytes()),
        BitmapEncoding::Hex => out.extend_from_slice(&hex::encode16(bits)),
        BitmapEncoding::EbcdicHex => out.extend_from_slice(&hex::encode16(bits).map(ebcdic::from_ascii)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for encoding in [BitmapEncoding::Binary, BitmapEncoding::Hex, BitmapEncoding::EbcdicHex] {
            for bits in [0, 1, 1 << 63, 0x723C_4481_28E0_8000, u64::MAX] {
                let mut wire = Vec::new();
                encode(encoding, bits, &mut wire);
                assert_eq!(wire.len(), width(encoding));
                assert_eq!(decode(encoding, &wire), Some(bits));
            }
        }
        assert_eq!(decode(BitmapEncoding::Hex, b"000000000000000G"), None);
        assert_eq!(decode(BitmapEncoding::Hex, b"0000"), None);
    }
}
