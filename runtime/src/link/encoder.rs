//! Putting messages into frames, filters applied.

use super::Error;
use super::filter::Filters;
use crate::frame::{Framing, Mark};

/// Puts messages into frames as a link does, filters applied. It is apart from the link so that whoever has messages
/// can write them straight into a buffer, which [`LinkWriter::load`](super::LinkWriter::load) takes over.
#[derive(Debug, Clone)]
pub struct Encoder {
    framing: Framing,
    filters: Filters,
}

impl Encoder {
    pub(super) const fn new(framing: Framing, filters: Filters) -> Self {
        Encoder { framing, filters }
    }

    /// The framing it goes by.
    #[must_use]
    pub const fn framing(&self) -> &Framing {
        &self.framing
    }

    /// Appends a message in its frame. The transport header is this one, or the one that is configured.
    ///
    /// # Errors
    /// [`Error::Encode`] and [`Error::Filter`]. Nothing is appended then.
    pub fn encode(&self, header: Option<&[u8]>, body: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        if self.filters.is_empty() {
            return self.framing.encode_with(header, body, out).map_err(Error::Encode);
        }
        let mark = self.begin(header, out)?;
        out.extend_from_slice(body);
        self.end(mark, out)
    }

    /// Begins a frame; the caller appends the message and calls [`Encoder::end`], or [`Mark::undo`] when there will be
    /// none.
    ///
    /// # Errors
    /// [`Error::Encode`]: this cannot be a transport header here. Nothing is appended then.
    pub fn begin(&self, header: Option<&[u8]>, out: &mut Vec<u8>) -> Result<Mark, Error> {
        self.framing.begin(header, out).map_err(Error::Encode)
    }

    /// Ends a frame: applies the filters to the message and fills in the length.
    ///
    /// # Errors
    /// [`Error::Encode`] and [`Error::Filter`]. The whole frame is taken back then.
    pub fn end(&self, mark: Mark, out: &mut Vec<u8>) -> Result<(), Error> {
        if !self.filters.is_empty() {
            // Filters see the message alone, so that they cannot reach into the frame or what is before it.
            let mut body = out.split_off(mark.body().min(out.len()));
            if let Err(error) = self.filters.outgoing(&mut body) {
                mark.undo(out);
                return Err(error);
            }
            out.append(&mut body);
        }
        self.framing.end(mark, out).map_err(Error::Encode)
    }

    /// Appends a frame without a message.
    ///
    /// # Errors
    /// [`Error::Encode`]: there is none in this framing.
    pub fn encode_keep_alive(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        self.framing.encode_keep_alive(out).map_err(Error::Encode)
    }
}
