//! Putting a frame around a message.

use super::xml::is_document;
use super::{Error, Framing, Header};

/// A frame that has been begun and whose message is being written. Ended with [`Framing::end`], or with
/// [`Mark::undo`] when there will be no message.
#[derive(Debug)]
#[must_use = "a frame that is not ended says a wrong length"]
pub struct Mark {
    /// Where the frame starts.
    start: usize,
    /// Where the transport header starts.
    header: usize,
    /// Where the message starts.
    body: usize,
}

impl Mark {
    /// Where in the buffer the message starts.
    #[must_use]
    pub const fn body(&self) -> usize {
        self.body
    }

    /// Takes back what has been written since the frame was begun.
    pub fn undo(self, out: &mut Vec<u8>) {
        out.truncate(self.start);
    }
}

impl Framing {
    /// Appends a message in its frame, with the transport header that is configured.
    ///
    /// # Errors
    /// The message is longer than the [limit](Framing::limit), or of no bytes, or holds the byte that ends a frame, or
    /// should be an XML document and is none; nothing is appended then.
    pub fn encode(&self, body: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        self.encode_with(None, body, out)
    }

    /// Appends a message in its frame. The transport header is this one, say from [`Framing::reply_header`]; without
    /// one the header that is configured.
    ///
    /// # Errors
    /// As [`Framing::encode`]; [`Error::Transport`] when this cannot be a header here.
    pub fn encode_with(&self, header: Option<&[u8]>, body: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        match self.plain() {
            Some(plain) if header.is_none_or(<[u8]>::is_empty) => plain.encode(body, out),
            _ => self.encode_long(header, body, out),
        }
    }

    pub(super) fn encode_long(&self, header: Option<&[u8]>, body: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let width = header.unwrap_or_else(|| self.transport.configured()).len();
        // Before anything is copied, since it may be long.
        self.fits(width + body.len())?;
        out.reserve(self.lead() + width + body.len() + 2);
        let mark = self.begin(header, out)?;
        out.extend_from_slice(body);
        self.end(mark, out)
    }

    /// Begins a frame: appends all that stands in front of the message. The caller appends the message then and calls
    /// [`Framing::end`].
    ///
    /// ```
    /// # use isopace::frame::{Error, Framing, Header};
    /// let framing = Framing::new(Header::Ascii4);
    /// let mut out = Vec::new();
    /// let mark = framing.begin(None, &mut out)?;
    /// out.extend_from_slice(b"0800");
    /// framing.end(mark, &mut out)?;
    /// assert_eq!(out, b"00040800");
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Transport`]: this cannot be a header here. Nothing is appended then.
    pub fn begin(&self, header: Option<&[u8]>, out: &mut Vec<u8>) -> Result<Mark, Error> {
        if let Some(header) = header {
            self.transport.accepts(header)?;
        }
        let start = out.len();
        out.extend_from_slice(&self.before);
        out.extend_from_slice(&[0; 8][..self.header.width()]);
        out.extend_from_slice(&self.after);
        let at = out.len();
        out.extend_from_slice(header.unwrap_or_else(|| self.transport.configured()));
        Ok(Mark { start, header: at, body: out.len() })
    }

    /// Ends a frame: everything behind the mark is its message. Fills in the length and appends the trailer.
    ///
    /// # Errors
    /// As [`Framing::encode`]. The whole frame is taken back then.
    pub fn end(&self, mark: Mark, out: &mut Vec<u8>) -> Result<(), Error> {
        if let Err(error) = self.close(&mark, out) {
            mark.undo(out);
            return Err(error);
        }
        Ok(())
    }

    /// Appends a frame without a message.
    ///
    /// # Errors
    /// [`Error::Empty`]: there is none in this framing.
    pub fn encode_keep_alive(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let bare = self.is_delimited() && self.transport.min() == 0;
        if !self.header.is_length() && !bare {
            return Err(Error::Empty);
        }
        out.extend_from_slice(&self.before);
        let start = out.len();
        out.extend_from_slice(&[0; 8][..self.header.width()]);
        self.header.write(self.own(), &mut out[start..]);
        out.extend_from_slice(&self.after);
        if self.is_delimited() {
            out.extend(self.trailer);
        }
        Ok(())
    }

    fn close(&self, mark: &Mark, out: &mut Vec<u8>) -> Result<(), Error> {
        let Some(body) = out.get(mark.body..).filter(|body| !body.is_empty()) else { return Err(Error::Empty) };
        if self.is_delimited()
            && let Some(offset) = body.iter().position(|&byte| Some(byte) == self.trailer)
        {
            return Err(Error::TrailerInside { offset });
        }
        if self.header == Header::Xml && !is_document(body) {
            return Err(Error::Document);
        }
        let content = out.len() - mark.header;
        self.fits(content)?;
        let length = mark.start + self.before.len();
        self.header.write(content + self.own() + self.tail(), &mut out[length..length + self.header.width()]);
        self.transport.complete(&mut out[mark.header..mark.body], content);
        match self.trailer {
            Some(trailer) => out.push(trailer),
            None if self.is_spaced() && !out.ends_with(b"\n") => out.push(b'\n'),
            None => {}
        }
        Ok(())
    }

    /// Whether so many bytes of transport header and message can be sent.
    fn fits(&self, content: usize) -> Result<(), Error> {
        let limit = self.limit();
        if content > limit { Err(Error::TooLong { max: limit, found: content }) } else { Ok(()) }
    }
}
