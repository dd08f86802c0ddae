//! Data object lists: what a card asks of a terminal, and what a terminal answers (EMV 4.3 Book 3, 5.4).

use super::field::Key;
use super::{Error, Path, View, tlv};
use crate::wire::{Class, Encoding, ErrorKind, Side};

/// A data object list, such as a CDOL1: tags, each with the number of bytes that its value is to take.
///
/// ```
/// use isopace::iso87a::{IccData, icc_data::element};
/// use isopace::msg::Dol;
/// use isopace::types::{Amount, Currency};
///
/// let terminal = IccData::build(|inside| {
///     inside.put(element::AMOUNT_AUTHORIZED, &Amount::minor(2500)).put(element::TRANSACTION_CURRENCY, &Currency::USD);
/// })?;
/// // Amount, authorised: six bytes; currency: two; terminal verification results: five, unknown here.
/// let dol = Dol::parse(&[0x9F, 0x02, 0x06, 0x5F, 0x2A, 0x02, 0x95, 0x05])?;
/// assert_eq!(dol.fill(&terminal)?, [0, 0, 0, 0, 0x25, 0, 0x08, 0x40, 0, 0, 0, 0, 0]);
/// # Ok::<(), isopace::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dol {
    entries: Vec<(Key, u8)>,
}

impl Dol {
    /// Reads a list as it stands in a card.
    ///
    /// # Errors
    /// A tag that is cut short or longer than four bytes, or one without a length.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let (mut entries, mut at) = (Vec::new(), 0);
        while at < bytes.len() {
            let (tag, width) = tlv::tag(bytes, at).map_err(|wrong| Error::new(Path::MESSAGE, wrong.at, wrong.kind))?;
            let length_at = at + width;
            let Some(&length) = bytes.get(length_at) else {
                let kind = ErrorKind::Truncated { needed: 1, left: 0 };
                return Err(Error::new(Path::MESSAGE.child(tag), length_at, kind));
            };
            entries.push((tag, length));
            at = length_at + 1;
        }
        Ok(Dol { entries })
    }

    /// The tags and how many bytes each is to take, in their order.
    pub fn entries(&self) -> impl Iterator<Item = (Key, u8)> + '_ {
        self.entries.iter().copied()
    }

    /// Bytes that the answer takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.entries.iter().map(|(_, length)| usize::from(*length)).sum()
    }

    /// The values in the order of the list, without tags and lengths, each brought to the length that is asked for:
    /// zeros for what is not there or is constructed; numeric values (`n`) cut or filled with zeros in front, compressed
    /// numeric ones (filled with F) cut or filled with F behind, all others cut or filled with zeros behind.
    ///
    /// The answer goes to the card. It may hold the card number or track 2: do not print it.
    ///
    /// # Errors
    /// The layout of the inside does not hold.
    pub fn fill(&self, from: &View<'_>) -> Result<Vec<u8>, Error> {
        let mut out = Vec::with_capacity(self.bytes());
        for (tag, length) in self.entries() {
            let wanted = usize::from(length);
            let value = if is_constructed(tag) { None } else { from.children().find_key(tag)? };
            let Some(value) = value else {
                out.resize(out.len() + wanted, 0);
                continue;
            };
            let bytes = value.bytes();
            let excess = bytes.len().saturating_sub(wanted);
            let lack = wanted.saturating_sub(bytes.len());
            match value.field().map(|field| (field.rule.class, field.rule.encoding)) {
                Some((Class::N, Encoding::Bcd { pad_side: Side::Left, .. })) => {
                    out.resize(out.len() + lack, 0);
                    out.extend_from_slice(&bytes[excess..]);
                }
                format => {
                    let compressed = matches!(format, Some((Class::N, Encoding::Bcd { pad_nibble: 0xF, .. })));
                    out.extend_from_slice(&bytes[..bytes.len() - excess]);
                    out.resize(out.len() + lack, if compressed { 0xFF } else { 0 });
                }
            }
        }
        Ok(out)
    }
}

/// Whether a tag says that its value is made of objects (EMV Book 3, annex B1: bit 6 of the first byte).
const fn is_constructed(tag: Key) -> bool {
    matches!(tag, Key::Tag([first, ..], _) if first & 0x20 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iso87a::icc_data::element;
    use crate::iso87a::{IccData, element as elements};

    /// A value, how many bytes are asked for, and what is given.
    #[test]
    fn every_format_is_cut_and_filled_as_emv_says() {
        let of = |tag: &str, value: &str| {
            let mut inside = super::super::Inside::of(elements::ICC_DATA);
            inside.set(tag, value);
            inside.finish().unwrap()
        };
        // Tag, its value as in JSON, what is asked for, what is given.
        let cases: &[(&str, &str, &[u8], &[u8])] = &[
            // Numeric: zeros in front, cut in front.
            ("9F02", "000000002500", &[0x9F, 0x02, 8], &[0, 0, 0, 0, 0, 0, 0x25, 0]),
            ("9F02", "000000002500", &[0x9F, 0x02, 2], &[0x25, 0]),
            ("5F2A", "840", &[0x5F, 0x2A, 2], &[0x08, 0x40]),
            // Compressed numeric: F behind, cut behind.
            ("5A", "4111111111111111", &[0x5A, 10], &[0x41, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0xFF, 0xFF]),
            ("5A", "4111111111111111", &[0x5A, 3], &[0x41, 0x11, 0x11]),
            // Everything else: zeros behind, cut behind.
            ("95", "8000048000", &[0x95, 7], &[0x80, 0, 4, 0x80, 0, 0, 0]),
            ("95", "8000048000", &[0x95, 2], &[0x80, 0]),
            ("DF01", "AB", &[0xDF, 0x01, 2], &[0xAB, 0]),
            // What is not there, and what is constructed.
            ("95", "8000048000", &[0x9F, 0x37, 4], &[0; 4]),
            ("95", "8000048000", &[0x70, 2, 0x95, 0], &[0, 0]),
        ];
        for (tag, value, asked, given) in cases {
            let dol = Dol::parse(asked).unwrap();
            assert_eq!(dol.fill(&of(tag, value)).unwrap(), *given, "{tag} in {asked:02X?}");
            assert_eq!(dol.bytes(), given.len());
        }
    }

    #[test]
    fn lists_that_are_cut_short() {
        for (bytes, offset) in [(&[0x9F][..], 0), (&[0x9F, 0x02], 2), (&[0x95, 5, 0x9F, 0x37], 4)] {
            assert_eq!(Dol::parse(bytes).unwrap_err().offset(), offset, "{bytes:02X?}");
        }
        assert_eq!(Dol::parse(&[]).unwrap().bytes(), 0);
    }

    #[test]
    fn an_inside_is_built_in_the_order_given_and_refuses_what_does_not_fit() {
        let icc = IccData::build(|inside| {
            inside
                .put(element::UNPREDICTABLE_NUMBER, &[1, 2, 3, 4])
                .put(element::TERMINAL_VERIFICATION_RESULTS, &[0; 5]);
        })
        .unwrap();
        assert_eq!(icc.as_bytes(), [0x9F, 0x37, 4, 1, 2, 3, 4, 0x95, 5, 0, 0, 0, 0, 0]);
        let wrong = IccData::build(|inside| _ = inside.put(element::UNPREDICTABLE_NUMBER, &[1, 2, 3]));
        assert_eq!(wrong.unwrap_err().path().to_string(), "55.9F37");
        // A child of something else.
        let wrong = IccData::build(|inside| _ = inside.put(elements::STAN, "000001"));
        assert_eq!(wrong.unwrap_err().kind(), ErrorKind::Undefined);
    }
}
