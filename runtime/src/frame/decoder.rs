//! Cutting a stream of bytes into messages.

use bytes::{Buf, Bytes, BytesMut};

use super::{Error, Framing, Header};

/// Cuts a stream of bytes into messages, whatever pieces it comes in.
///
/// Bytes go in by [`Decoder::extend`] or straight into [`Decoder::buffer_mut`]; messages come out of
/// [`Decoder::next_frame`] as slices of that buffer, without a copy. It holds at most one incomplete frame beyond what
/// has been put in and not yet taken out: nothing is reserved on the word of a header.
///
/// A header of zero is a message of no bytes; some partners send it to keep a connection alive.
#[derive(Debug, Clone)]
pub struct Decoder {
    framing: Framing,
    buffer: BytesMut,
    /// Bytes that went out as frames, with their headers.
    taken: u64,
    /// After an error nobody knows where the next frame starts.
    failed: Option<Error>,
}

impl Decoder {
    /// At the start of a stream.
    #[must_use]
    pub fn new(framing: Framing) -> Self {
        Decoder { framing, buffer: BytesMut::new(), taken: 0, failed: None }
    }

    /// The framing it goes by.
    #[must_use]
    pub const fn framing(&self) -> Framing {
        self.framing
    }

    /// Puts bytes in.
    pub fn extend(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The bytes that wait for the rest of their frame, to read a stream straight into.
    pub fn buffer_mut(&mut self) -> &mut BytesMut {
        &mut self.buffer
    }

    /// Where in the stream the next frame starts, in bytes.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.taken
    }

    /// The next complete message; `None` when more bytes are needed.
    ///
    /// # Errors
    /// A header that is no number, or a message beyond the limit; from then on the same error.
    pub fn next_frame(&mut self) -> Result<Option<Bytes>, Error> {
        match self.failed {
            Some(error) => Err(error),
            None => self.cut().inspect_err(|error| self.failed = Some(*error)),
        }
    }

    /// The next message of a stream that has ended; `None` when there is no more. Call it until then.
    ///
    /// # Errors
    /// As [`Decoder::next_frame`]; and [`Error::Truncated`] when the stream ended within a frame.
    pub fn finish(&mut self) -> Result<Option<Bytes>, Error> {
        if let Some(frame) = self.next_frame()? {
            return Ok(Some(frame));
        }
        let left = self.buffer.len();
        if left == 0 {
            return Ok(None);
        }
        if self.framing.header == Header::None {
            return Ok(Some(self.take(left)));
        }
        let width = self.framing.header.width();
        let needed = match self.buffer.get(..width) {
            Some(header) => width + self.framing.length(header)?,
            None => width,
        };
        let error = Error::Truncated { needed, left };
        self.failed = Some(error);
        Err(error)
    }

    fn cut(&mut self) -> Result<Option<Bytes>, Error> {
        let width = self.framing.header.width();
        if self.framing.header == Header::None {
            let (max, found) = (self.framing.limit(), self.buffer.len());
            return if found > max { Err(Error::TooLong { max, found }) } else { Ok(None) };
        }
        let Some(header) = self.buffer.get(..width) else { return Ok(None) };
        let length = self.framing.length(header)?;
        if self.buffer.len() - width < length {
            return Ok(None);
        }
        self.buffer.advance(width);
        self.taken += width as u64;
        Ok(Some(self.take(length)))
    }

    fn take(&mut self, length: usize) -> Bytes {
        self.taken += length as u64;
        self.buffer.split_to(length).freeze()
    }
}
