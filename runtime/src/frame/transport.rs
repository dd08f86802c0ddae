//! The transport header: what some networks put between the length and the message, and how it is answered.

use std::fmt;
use std::ops::Deref;

use super::Error;
use super::inline::Inline;

/// A transport header, or the bytes of one: at most [`HeaderBytes::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HeaderBytes(Inline<{ HeaderBytes::MAX }>);

impl HeaderBytes {
    /// Most bytes of a transport header.
    pub const MAX: usize = 64;
    /// No header.
    pub const EMPTY: HeaderBytes = HeaderBytes(Inline::EMPTY);

    /// Holds a copy of these bytes; `None` when there are more than [`HeaderBytes::MAX`].
    #[must_use]
    pub const fn new(bytes: &[u8]) -> Option<Self> {
        match Inline::new(bytes) {
            Some(bytes) => Some(HeaderBytes(bytes)),
            None => None,
        }
    }

    /// Swaps two runs of bytes of one width.
    fn swap(&mut self, one: usize, other: usize, width: usize) {
        let bytes = self.0.as_mut();
        (0..width).for_each(|place| bytes.swap(one + place, other + place));
    }
}

impl Deref for HeaderBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

/// A header as Visa has it in front of BASE I and SMS messages: its own length in the first byte, the length of header
/// and message in the fourth and fifth, then three bytes of destination station and three of source.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct VisaHeader(HeaderBytes);

impl VisaHeader {
    /// Bytes of the standard header.
    pub const WIDTH: usize = 22;
    /// Fewest bytes in which both stations stand.
    const MIN: usize = 11;
    const TOTAL: usize = 3;
    const DESTINATION: usize = 5;
    const SOURCE: usize = 8;

    /// The standard header of 22 bytes, format 1, text format 2, between these stations (six packed digits each); all
    /// flags zero.
    #[must_use]
    pub const fn new(destination: [u8; 3], source: [u8; 3]) -> Self {
        let ([d0, d1, d2], [s0, s1, s2]) = (destination, source);
        let bytes = [0x16, 0x01, 0x02, 0, 0, d0, d1, d2, s0, s1, s2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        match HeaderBytes::new(&bytes) {
            Some(bytes) => VisaHeader(bytes),
            None => VisaHeader(HeaderBytes::EMPTY),
        }
    }

    /// A header given in full. The length of the message in it does not matter: it is filled in.
    ///
    /// # Errors
    /// The first byte is not the number of bytes, or there are fewer than 11 or more than [`HeaderBytes::MAX`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let header = HeaderBytes::new(bytes).ok_or(Error::Transport)?;
        let own = usize::from(*bytes.first().ok_or(Error::Transport)?);
        if own != bytes.len() || own < Self::MIN { Err(Error::Transport) } else { Ok(VisaHeader(header)) }
    }

    /// The header as it stands.
    #[must_use]
    pub const fn bytes(&self) -> &HeaderBytes {
        &self.0
    }
}

impl fmt::Debug for VisaHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VisaHeader({:?})", self.0)
    }
}

/// What stands between the length and the message. The length counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Transport {
    /// Nothing.
    None,
    /// As many bytes as these, which are sent in front of every message, answers too. What comes in is kept as it is
    /// and not compared.
    Fixed(HeaderBytes),
    /// A TPDU: one byte, by custom `60`, then the destination and source addresses of two bytes each, which change
    /// places in an answer.
    Tpdu([u8; 5]),
    /// A header as Visa has it; the stations change places in an answer. A header that comes in may be longer or
    /// shorter than this one: its first byte says.
    Visa(VisaHeader),
}

impl Transport {
    /// The header of messages that answer nothing.
    pub(super) fn configured(&self) -> &[u8] {
        match self {
            Transport::None => &[],
            Transport::Fixed(header) => header,
            Transport::Tpdu(header) => header,
            Transport::Visa(header) => header.bytes(),
        }
    }

    /// Fewest bytes of a header that comes in.
    pub(super) const fn min(&self) -> usize {
        match self {
            Transport::None => 0,
            Transport::Fixed(header) => header.0.len(),
            Transport::Tpdu(_) => 5,
            Transport::Visa(_) => VisaHeader::MIN,
        }
    }

    /// Bytes of the header that these bytes begin with; `None` when its length is not there yet.
    pub(super) fn width(&self, content: &[u8]) -> Result<Option<usize>, Error> {
        match self {
            Transport::Visa(_) => match content.first().map(|&own| usize::from(own)) {
                None => Ok(None),
                Some(own @ VisaHeader::MIN..=HeaderBytes::MAX) => Ok(Some(own)),
                Some(_) => Err(Error::Transport),
            },
            other => Ok(Some(other.min())),
        }
    }

    /// Whether a header that came in agrees with the bytes of header and message.
    pub(super) fn check(&self, header: &[u8], content: usize) -> Result<(), Error> {
        match (self, header.get(VisaHeader::TOTAL..VisaHeader::DESTINATION)) {
            (Transport::Visa(_), Some(&[high, low])) if usize::from(u16::from_be_bytes([high, low])) == content => {
                Ok(())
            }
            (Transport::Visa(_), _) => Err(Error::Transport),
            _ => Ok(()),
        }
    }

    /// Whether this can be sent as a header, in front of a message that makes so many bytes with it.
    pub(super) fn accepts(&self, header: &[u8]) -> Result<(), Error> {
        match self {
            Transport::Visa(_) => VisaHeader::from_bytes(header).map(|_| ()),
            other if header.len() == other.min() => Ok(()),
            _ => Err(Error::Transport),
        }
    }

    /// Most bytes of header and message that the header itself can say.
    pub(super) const fn capacity(&self) -> usize {
        match self {
            Transport::Visa(_) => u16::MAX as usize,
            _ => usize::MAX,
        }
    }

    /// Fills in what the header says about the bytes of header and message.
    pub(super) fn complete(&self, header: &mut [u8], content: usize) {
        if let (Transport::Visa(_), Ok(content)) = (self, u16::try_from(content))
            && let Some(total) = header.get_mut(VisaHeader::TOTAL..VisaHeader::DESTINATION)
        {
            total.copy_from_slice(&content.to_be_bytes());
        }
    }

    /// The header that answers this one.
    pub(super) fn reply(&self, received: &[u8]) -> Result<HeaderBytes, Error> {
        match self {
            Transport::None => Ok(HeaderBytes::EMPTY),
            Transport::Fixed(header) => Ok(*header),
            Transport::Tpdu(_) => {
                self.accepts(received)?;
                let mut header = HeaderBytes::new(received).ok_or(Error::Transport)?;
                header.swap(1, 3, 2);
                Ok(header)
            }
            Transport::Visa(_) => {
                let mut header = VisaHeader::from_bytes(received)?.0;
                header.swap(VisaHeader::DESTINATION, VisaHeader::SOURCE, 3);
                Ok(header)
            }
        }
    }
}
