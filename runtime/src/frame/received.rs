//! A frame that has come in.

use bytes::Bytes;

/// A message as it came in, cut from its stream. Both parts are slices of the bytes received; nothing is copied.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frame {
    /// The transport header: a TPDU, a Visa header, fixed bytes. Empty when the framing has none. The length, and what
    /// else is the same in every frame, is not part of it.
    pub header: Bytes,
    /// The message.
    pub body: Bytes,
}

impl Frame {
    /// Whether this is no message, but asks for an answer to know that the connection is alive. It comes out of a
    /// decoder only if the framing says [`KeepAlive::Answer`](super::KeepAlive::Answer); the answer is
    /// [`Framing::encode_keep_alive`](super::Framing::encode_keep_alive).
    #[must_use]
    pub fn is_keep_alive(&self) -> bool {
        self.header.is_empty() && self.body.is_empty()
    }
}
