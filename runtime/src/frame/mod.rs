//! Framing: where one message ends and the next begins on a stream of bytes.
//!
//! A [`Framing`] says how the length stands in front of a message and what else stands around it, a [`Decoder`] cuts a
//! stream into messages, and [`Framing::encode`] puts the frame around one. There is no input or output here: bytes come
//! from wherever the caller has them, in pieces of any size.
//!
//! ```
//! use isopace::frame::{Decoder, Framing, Header};
//!
//! let framing = Framing::new(Header::Binary2).tpdu([0x60, 0x00, 0x01, 0x00, 0x02]);
//! assert_eq!(framing, "length2,tpdu=6000010002".parse()?);
//! let mut wire = Vec::new();
//! framing.encode(b"0800", &mut wire)?;
//! assert_eq!(wire, b"\x00\x09\x60\x00\x01\x00\x020800");
//!
//! let mut decoder = Decoder::new(framing);
//! decoder.extend(&wire[..3]);
//! assert_eq!(decoder.decode()?, None);
//! decoder.extend(&wire[3..]);
//! let frame = decoder.decode()?.unwrap();
//! assert_eq!(frame.body, "0800");
//! // The answer goes back where the request came from.
//! assert_eq!(framing.reply_header(&frame.header)?[..], [0x60, 0x00, 0x02, 0x00, 0x01]);
//! assert_eq!(decoder.decode_eof()?, None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What is in use, and how it is said:
//!
//! | in use as | text |
//! |---|---|
//! | Postilion, NAC without TPDU | `length2` |
//! | NAC | `length2,tpdu=6000010002` |
//! | American Express | `length2-inclusive` |
//! | four ASCII digits; four hex digits; two bytes of BCD | `ascii4`; `hex4`; `bcd2` |
//! | a text header behind four ASCII digits | `ascii4,header-text=ISO026000050` |
//! | VisaNet over TCP | `length2,after=0000,visa=16010200000000000000000000000000000000000000` |
//! | `00 00` behind the length; in front of it | `length2,after=0000`; `length2,before=0000` |
//! | `D0 4A`, length, `00 00` | `length2,before=D04A,after=0000` |
//! | BASE24: ETX behind the message; TCP: length and ETX | `none,trailer=03`; `length2,trailer=03` |
//! | STX and ETX | `none,before=02,trailer=03` |
//! | three bytes, zero is answered | `length3,keep-alive=answer` |
//! | XML documents | `xml` |
//!
//! Not here: compressed messages; streams without any framing, where only the message itself tells its end; a length
//! modulo 10000, which is ambiguous (`bcd2` is the same for messages below 10000 bytes).

#[cfg(feature = "teq")]
mod config;
mod decoder;
mod encode;
mod error;
mod header;
mod inline;
mod name;
mod plain;
mod received;
#[cfg(test)]
mod tests;
mod transport;
mod xml;

#[cfg(feature = "teq")]
pub use config::Config;
pub use decoder::Decoder;
pub use encode::Mark;
pub use error::Error;
pub use header::Header;
use inline::Inline;
pub use name::InvalidFraming;
pub use received::Frame;
pub use transport::{HeaderBytes, Transport, VisaHeader};

/// How messages are told apart on a stream. A plain value; the parts stand on the wire in this order: bytes
/// [before](Framing::before) the length, length, bytes [after](Framing::after) it, [transport header](Transport),
/// message, [trailer](Framing::trailer).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Framing {
    header: Header,
    inclusive: bool,
    before: Inline<4>,
    after: Inline<4>,
    transport: Transport,
    trailer: Option<u8>,
    keep_alive: KeepAlive,
    max: usize,
}

/// What a frame without a message means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum KeepAlive {
    /// It keeps the connection alive and is passed over.
    #[default]
    Ignore,
    /// It is to be answered with another one: the decoder yields it ([`Frame::is_keep_alive`]).
    Answer,
    /// It is an error: [`Error::Empty`].
    Error,
}

impl Framing {
    /// Most bytes of a message unless [`Framing::max`] says otherwise: 1 MiB, or what the header can say.
    pub const DEFAULT_MAX: usize = 1 << 20;

    /// With this length header, which counts the message and not itself.
    #[must_use]
    pub const fn new(header: Header) -> Self {
        Framing {
            header,
            inclusive: false,
            before: Inline::EMPTY,
            after: Inline::EMPTY,
            transport: Transport::None,
            trailer: None,
            keep_alive: KeepAlive::Ignore,
            max: Self::DEFAULT_MAX,
        }
    }

    /// The length counts its own bytes too.
    #[must_use]
    pub const fn inclusive(mut self) -> Self {
        self.inclusive = true;
        self
    }

    /// With up to four bytes in front of the length, which every frame must begin with. The length never counts them.
    #[must_use]
    pub const fn before<const N: usize>(mut self, bytes: [u8; N]) -> Self {
        const { assert!(N <= 4, "at most four bytes") };
        if let Some(bytes) = Inline::new(&bytes) {
            self.before = bytes;
        }
        self
    }

    /// With up to four reserved bytes behind the length: sent as given here, not looked at when they come in. The
    /// length never counts them.
    #[must_use]
    pub const fn after<const N: usize>(mut self, bytes: [u8; N]) -> Self {
        const { assert!(N <= 4, "at most four bytes") };
        if let Some(bytes) = Inline::new(&bytes) {
            self.after = bytes;
        }
        self
    }

    /// With a transport header in front of the message.
    #[must_use]
    pub const fn transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// With a fixed transport header: [`Transport::Fixed`].
    #[must_use]
    pub const fn fixed(self, header: HeaderBytes) -> Self {
        self.transport(Transport::Fixed(header))
    }

    /// With a TPDU: [`Transport::Tpdu`].
    #[must_use]
    pub const fn tpdu(self, header: [u8; 5]) -> Self {
        self.transport(Transport::Tpdu(header))
    }

    /// With a header as Visa has it: [`Transport::Visa`].
    #[must_use]
    pub const fn visa(self, header: VisaHeader) -> Self {
        self.transport(Transport::Visa(header))
    }

    /// With a byte behind the message, by custom `03`. A length counts it; without a length it alone tells the end, and
    /// no message can hold it then.
    #[must_use]
    pub const fn trailer(mut self, byte: u8) -> Self {
        self.trailer = Some(byte);
        self
    }

    /// With another meaning of a frame without a message.
    #[must_use]
    pub const fn keep_alive(mut self, meaning: KeepAlive) -> Self {
        self.keep_alive = meaning;
        self
    }

    /// With another limit on the bytes of a message, its transport header counted, the rest of the frame not. A longer
    /// one is refused before it has come in.
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

    /// What stands between the length and the message.
    #[must_use]
    pub const fn transport_header(&self) -> &Transport {
        &self.transport
    }

    /// Whether the length counts its own bytes too.
    #[must_use]
    pub const fn is_inclusive(&self) -> bool {
        self.inclusive
    }

    /// What a frame without a message means.
    #[must_use]
    pub const fn on_keep_alive(&self) -> KeepAlive {
        self.keep_alive
    }

    /// Most bytes of a message with its transport header: the limit, or what length and header can say if that is less.
    #[must_use]
    pub const fn limit(&self) -> usize {
        let mut limit = self.header.capacity().saturating_sub(self.own() + self.tail());
        if self.transport.capacity() < limit {
            limit = self.transport.capacity();
        }
        if self.max < limit { self.max } else { limit }
    }

    /// Bytes in front of the transport header: of the length, and around it.
    #[must_use]
    pub const fn lead(&self) -> usize {
        self.before.len() + self.header.width() + self.after.len()
    }

    /// The header that answers this one: addresses swapped where there are any.
    ///
    /// # Errors
    /// [`Error::Transport`]: what came in is no such header.
    pub fn reply_header(&self, received: &[u8]) -> Result<HeaderBytes, Error> {
        self.transport.reply(received)
    }

    /// Bytes of the length that the length counts.
    const fn own(&self) -> usize {
        if self.inclusive { self.header.width() } else { 0 }
    }

    /// Bytes behind the message.
    const fn tail(&self) -> usize {
        self.trailer.is_some() as usize
    }

    /// Whether the bytes are cut at the trailer alone.
    const fn is_delimited(&self) -> bool {
        matches!(self.header, Header::None) && self.trailer.is_some()
    }

    /// Whether white space between messages is none of them: between bare documents.
    fn is_spaced(&self) -> bool {
        matches!(self.header, Header::Xml) && self.lead() == 0 && self.transport.min() == 0 && self.trailer.is_none()
    }

    /// Whether everything up to the end of the stream is one message.
    const fn is_whole_stream(&self) -> bool {
        matches!(self.header, Header::None) && self.trailer.is_none()
    }
}
