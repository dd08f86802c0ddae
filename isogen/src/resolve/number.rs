//! Keys of fields: element numbers, positions, bits and tags.

use crate::model::Key;

/// An element number as it is written in a key: decimal, no leading zero, no sign.
pub(crate) fn element_number(key: &str) -> Option<u16> {
    let plain = key.bytes().all(|byte| byte.is_ascii_digit()) && !key.starts_with('0');
    if plain { key.parse().ok() } else { None }
}

/// A BER-TLV tag in hex (ISO/IEC 8825-1, 8.1.2): one to four bytes, as long as its first bytes say.
pub(super) fn tag(key: &str) -> Result<Key, &'static str> {
    if key.is_empty() || !key.len().is_multiple_of(2) || !key.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err("a tag is written in whole bytes of hex");
    }
    let bytes: Vec<u8> =
        (0..key.len()).step_by(2).filter_map(|at| u8::from_str_radix(key.get(at..at + 2)?, 16).ok()).collect();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return Err("a tag has at least one byte");
    };
    if bytes.len() > 4 {
        return Err("a tag has at most four bytes");
    }
    if *first == 0 || *first == 0xFF {
        // Both fill the space between data objects (EMV Book 3, annex B).
        return Err("this byte is filler between data objects, never a tag");
    }
    if bytes.len() == 1 {
        return if first & 0x1F == 0x1F {
            Err("a first byte that ends in 1F, 3F, ... FF has another after it")
        } else {
            Ok(Key::Tag(bytes))
        };
    }
    if first & 0x1F != 0x1F {
        return Err("this first byte is a tag by itself; only 1F, 3F, ... FF have more after them");
    }
    let between = bytes.get(1..bytes.len() - 1).unwrap_or_default();
    if between.iter().any(|byte| byte & 0x80 == 0) || last & 0x80 != 0 {
        return Err("every byte between the first and the last has its high bit set, the last has not");
    }
    Ok(Key::Tag(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_as_long_as_they_say() {
        for good in ["95", "9F26", "5F2A", "DF8129", "71", "9F8181 01".replace(' ', "").as_str()] {
            assert!(tag(good).is_ok(), "{good}");
        }
        for bad in ["", "9", "9F", "9526", "9F8126AA01", "00", "FF26", "GG", "9FA6", "DF2901", "ä"] {
            assert!(tag(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn numbers_are_plain() {
        assert_eq!(element_number("127"), Some(127));
        for bad in ["", "02", "+2", "0", "65536", "9F26"] {
            assert_eq!(element_number(bad), None, "{bad}");
        }
    }
}
