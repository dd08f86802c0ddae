//! What can be wrong with a frame.

/// Why a stream cannot be cut into messages, or a message not be framed. Sizes only, no content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes where a header should stand are not one.
    #[error("the length header is not a number in its encoding")]
    Header,
    /// The message is longer than the limit.
    #[error("a message of {found} bytes, at most {max} allowed")]
    TooLong {
        /// Most bytes allowed.
        max: usize,
        /// Bytes announced or given; of a stream without headers, bytes so far.
        found: usize,
    },
    /// The header counts itself, and says less than its own bytes.
    #[error("the length header counts itself, {min} bytes, but says {found}")]
    TooShort {
        /// Bytes of the header.
        min: usize,
        /// What it says.
        found: usize,
    },
    /// The stream ended within a header or a message.
    #[error("the stream ended within a frame: {needed} bytes needed, {left} there")]
    Truncated {
        /// Bytes of the frame with its header; of the header alone, where that is not complete.
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
            Error::TooLong { .. } => "frame-too-long",
            Error::TooShort { .. } => "frame-too-short",
            Error::Truncated { .. } => "frame-truncated",
        }
    }
}
