//! Framing: where one message ends and the next begins on a stream of bytes.
//!
//! A [`Framing`] says how the length stands in front of a message, a [`Decoder`] cuts a stream into messages, and
//! [`Framing::encode`] puts the length in front. There is no input or output here: bytes come from wherever the
//! caller has them, in pieces of any size.
//!
//! ```
//! use isopace::frame::{Decoder, Framing, Header};
//!
//! let framing = Framing::new(Header::Binary2);
//! let mut wire = Vec::new();
//! framing.encode(b"0800", &mut wire)?;
//! assert_eq!(wire, b"\x00\x040800");
//!
//! let mut decoder = Decoder::new(framing);
//! decoder.extend(&wire[..3]);
//! assert_eq!(decoder.next_frame()?, None);
//! decoder.extend(&wire[3..]);
//! assert_eq!(decoder.next_frame()?.as_deref(), Some(&b"0800"[..]));
//! assert_eq!(decoder.finish()?, None);
//! # Ok::<(), isopace::frame::Error>(())
//! ```

mod decoder;
mod error;
mod header;
mod name;
#[cfg(test)]
mod tests;

pub use decoder::Decoder;
pub use error::Error;
pub use header::Header;
pub use name::UnknownFraming;

/// How messages are told apart on a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Framing {
    header: Header,
    inclusive: bool,
    max: usize,
}

impl Framing {
    /// Most bytes of a message unless [`Framing::max`] says otherwise: 1 MiB, or what the header can say.
    pub const DEFAULT_MAX: usize = 1 << 20;

    /// With this header, which counts the message and not itself.
    #[must_use]
    pub const fn new(header: Header) -> Self {
        Framing { header, inclusive: false, max: Self::DEFAULT_MAX }
    }

    /// The header counts its own bytes too.
    #[must_use]
    pub const fn inclusive(mut self) -> Self {
        self.inclusive = true;
        self
    }

    /// With another limit on the bytes of a message, the header not counted. A longer one is refused before it has
    /// come in.
    #[must_use]
    pub const fn max(mut self, bytes: usize) -> Self {
        self.max = bytes;
        self
    }

    /// How the length stands.
    #[must_use]
    pub const fn header(&self) -> Header {
        self.header
    }

    /// Whether the header counts its own bytes too.
    #[must_use]
    pub const fn is_inclusive(&self) -> bool {
        self.inclusive
    }

    /// Most bytes of a message: the limit, or what the header can say if that is less.
    #[must_use]
    pub const fn limit(&self) -> usize {
        let sayable = self.header.capacity() - self.own();
        if sayable < self.max { sayable } else { self.max }
    }

    /// Bytes of the header that the header counts.
    const fn own(&self) -> usize {
        if self.inclusive { self.header.width() } else { 0 }
    }

    /// Appends header and message.
    ///
    /// # Errors
    /// The message is longer than the [limit](Framing::limit); nothing is appended then.
    pub fn encode(&self, message: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let limit = self.limit();
        if message.len() > limit {
            return Err(Error::TooLong { max: limit, found: message.len() });
        }
        out.reserve(self.header.width() + message.len());
        self.header.write(message.len() + self.own(), out);
        out.extend_from_slice(message);
        Ok(())
    }

    /// The length of the message behind this header.
    fn length(&self, header: &[u8]) -> Result<usize, Error> {
        let said = self.header.read(header).ok_or(Error::Header)?;
        let own = self.own();
        let length = said.checked_sub(own).ok_or(Error::TooShort { min: own, found: said })?;
        let limit = self.limit();
        if length > limit { Err(Error::TooLong { max: limit, found: length }) } else { Ok(length) }
    }
}
