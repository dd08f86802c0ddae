//! What can be wrong with a frame.

/// Why a stream cannot be cut into messages, or a message not be framed. Sizes only, no content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes where a length should stand are not one.
    #[error("the length header is not a number in its encoding")]
    Header,
    /// The bytes that stand in front of every frame are others.
    #[error("a frame does not begin with the bytes it has to begin with")]
    Marker,
    /// The message is longer than the limit.
    #[error("a message of {found} bytes, at most {max} allowed")]
    TooLong {
        /// Most bytes allowed.
        max: usize,
        /// Bytes announced or given; without a length, one more than allowed.
        found: usize,
    },
    /// The length is less than what it has to count besides the message: its own bytes, the transport header, the
    /// trailer.
    #[error("the length header counts at least {min} bytes, but says {found}")]
    TooShort {
        /// Bytes that it counts in any case.
        min: usize,
        /// What it says.
        found: usize,
    },
    /// A frame without a message, where that is no keep-alive.
    #[error("a frame without a message")]
    Empty,
    /// The transport header has another length than it should, or says another length than the frame has.
    #[error("the transport header does not fit its frame")]
    Transport,
    /// The byte that ends a frame is not where the frame ends.
    #[error("a frame does not end with its trailer")]
    Trailer,
    /// The message holds the byte that would end its frame.
    #[error("the message holds the byte that ends a frame, at {offset}")]
    TrailerInside {
        /// Byte of the message, its transport header not counted.
        offset: usize,
    },
    /// What should be an XML document is none.
    #[error("the frame is not an XML document")]
    Document,
    /// The stream ended within a frame.
    #[error("the stream ended within a frame: {needed} bytes needed, {left} there")]
    Truncated {
        /// Bytes of the frame with its header, or at least so many where its length is not known.
        needed: usize,
        /// Bytes that there are.
        left: usize,
    },
}

impl Error {
    /// A stable name for programs: `frame-header`, `frame-truncated`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Error::Header => "frame-header",
            Error::Marker => "frame-marker",
            Error::TooLong { .. } => "frame-too-long",
            Error::TooShort { .. } => "frame-too-short",
            Error::Empty => "frame-empty",
            Error::Transport => "frame-transport",
            Error::Trailer => "frame-trailer",
            Error::TrailerInside { .. } => "frame-trailer-inside",
            Error::Document => "frame-document",
            Error::Truncated { .. } => "frame-truncated",
        }
    }
}
