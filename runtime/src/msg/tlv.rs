//! BER-TLV as EMV uses it (EMV 4.3 Book 3, annex B): tags of one to four bytes, definite lengths, padding bytes.

use super::field::Key;
use super::object::{Found, Wrong};
use crate::wire::{Buffer, ErrorKind};

/// The next object from `at` on. Zero bytes between objects are padding (EMV Book 3, annex B1) and skipped.
pub(crate) fn next(bytes: &[u8], mut at: usize) -> Result<Option<Found<'_>>, Wrong> {
    while bytes.get(at) == Some(&0) {
        at += 1;
    }
    let start = at;
    let wrong = |at, tag, kind| Err(Wrong::new(at, tag, kind));
    if at == bytes.len() {
        return Ok(None);
    }
    let (tag, width) = tag(bytes, at)?;
    at += width;
    let Some(&short) = bytes.get(at) else {
        return wrong(at, Some(tag), ErrorKind::Truncated { needed: 1, left: 0 });
    };
    let length_at = at;
    at += 1;
    let length = match short {
        0..=0x7F => usize::from(short),
        0x80 => return wrong(length_at, Some(tag), ErrorKind::Tlv("indefinite length")),
        0x81..=0x84 => {
            let count = usize::from(short & 0x7F);
            let Some(octets) = bytes.get(at..at + count) else {
                let left = (bytes.len() - at) as u32;
                return wrong(at, Some(tag), ErrorKind::Truncated { needed: count as u32, left });
            };
            at += count;
            octets.iter().fold(0, |sum, &octet| sum << 8 | usize::from(octet))
        }
        _ => return wrong(length_at, Some(tag), ErrorKind::Tlv("length of more than four bytes")),
    };
    if length > bytes.len() - at {
        let kind = ErrorKind::Truncated { needed: length as u32, left: (bytes.len() - at) as u32 };
        return wrong(at, Some(tag), kind);
    }
    Ok(Some(Found { tag: Some(tag), name: &[], start, content: at..at + length, units: None }))
}

/// The tag that starts here, and how many bytes it takes.
pub(crate) fn tag(bytes: &[u8], start: usize) -> Result<(Key, usize), Wrong> {
    let wrong = |kind| Err(Wrong::new(start, None, kind));
    let mut tag = [0; 4];
    for width in 1..=tag.len() {
        let Some(&byte) = bytes.get(start + width - 1) else {
            return wrong(ErrorKind::Truncated { needed: width as u32, left: width as u32 - 1 });
        };
        tag[width - 1] = byte;
        let more = if width == 1 { byte & 0x1F == 0x1F } else { byte & 0x80 != 0 };
        if !more {
            return Ok((Key::Tag(tag, width as u8), width));
        }
    }
    wrong(ErrorKind::Tlv("tag longer than four bytes"))
}

/// Bytes of the shortest length that says so many bytes (EMV Book 3, annex B2).
pub(crate) fn length_bytes(content: usize) -> usize {
    match content {
        0..=0x7F => 1,
        0x80..=0xFF => 2,
        0x100..=0xFFFF => 3,
        0x1_0000..=0xFF_FFFF => 4,
        _ => 5,
    }
}

/// Appends an object with the shortest length there is.
pub(crate) fn write(tag: &[u8], content: &[u8], out: &mut impl Buffer) {
    out.extend_from_slice(tag);
    let length = content.len();
    let octets = (length as u32).to_be_bytes();
    match length {
        0..=0x7F => out.push(length as u8),
        0x80..=0xFF => out.extend_from_slice(&[0x81, octets[3]]),
        0x100..=0xFFFF => out.extend_from_slice(&[0x82, octets[2], octets[3]]),
        0x1_0000..=0xFF_FFFF => out.extend_from_slice(&[0x83, octets[1], octets[2], octets[3]]),
        _ => {
            out.push(0x84);
            out.extend_from_slice(&octets);
        }
    }
    out.extend_from_slice(content);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_every_form() {
        for length in [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF, 0x1_0000] {
            for tag in [&[0x95][..], &[0x9F, 0x26], &[0xDF, 0x81, 0x29], &[0xDF, 0x81, 0x81, 0x1F]] {
                let mut wire = vec![0, 0];
                write(tag, &vec![7; length], &mut wire);
                let found = next(&wire, 0).unwrap().unwrap();
                assert_eq!((found.start, found.content.len(), found.content.end), (2, length, wire.len()));
                assert_eq!(
                    found.tag.unwrap().to_string(),
                    tag.iter().map(|byte| format!("{byte:02X}")).collect::<String>()
                );
            }
        }
    }

    #[test]
    fn a_length_beyond_the_end_says_what_it_needs() {
        let wire = [0x91, 0x10, 0x22, 0x63, 0xBC, 0xC1, 0xC2, 0xD9, 0xC4, 0x42, 0x00, 0x13];
        let wrong = next(&wire, 0).unwrap_err();
        assert_eq!((wrong.at, wrong.kind), (2, ErrorKind::Truncated { needed: 16, left: 10 }));
    }

    #[test]
    fn every_way_to_be_cut_short() {
        assert_eq!(next(&[], 0), Ok(None));
        assert_eq!(next(&[0, 0], 0), Ok(None));
        for wire in
            [&[0x9F][..], &[0x9F, 0x26], &[0x95, 0x80], &[0x95, 0x85], &[0x95, 0x82, 1], &[0x1F, 0x80, 0x80, 0x80, 1]]
        {
            assert!(next(wire, 0).is_err(), "{wire:02X?}");
        }
    }
}
