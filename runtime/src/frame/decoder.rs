//! Cutting a stream of bytes into frames.

use bytes::{Buf, Bytes, BytesMut};

use super::plain::Plain;
use super::xml::Scanner;
use super::{Error, Frame, Framing, Header, KeepAlive};

/// Cuts a stream of bytes into frames, whatever pieces it comes in.
///
/// Bytes go in by [`Decoder::extend`] or straight into [`Decoder::buffer_mut`]; frames come out of [`Decoder::decode`]
/// as slices of that buffer, without a copy. It holds at most one incomplete frame beyond what has been put in and not
/// yet taken out: nothing is reserved on the word of a length.
///
/// A frame without a message keeps a connection alive; [`KeepAlive`] says what becomes of it.
#[derive(Debug, Clone)]
pub struct Decoder {
    framing: Framing,
    plain: Option<Plain>,
    buffer: BytesMut,
    /// Bytes that went out as frames, with all that stands around the messages.
    taken: u64,
    /// Bytes of the buffer that were looked through for the end of the message, where there is no length.
    scanned: usize,
    document: Scanner,
    /// Where the message ends whose trailer is still to come.
    ended: Option<usize>,
    /// After an error nobody knows where the next frame starts.
    failed: Option<Error>,
}

/// Where the parts of the first frame in the buffer end.
struct Cut {
    lead: usize,
    header: usize,
    body: usize,
    tail: usize,
}

impl Decoder {
    /// At the start of a stream.
    #[must_use]
    pub fn new(framing: Framing) -> Self {
        Decoder {
            framing,
            plain: framing.plain(),
            buffer: BytesMut::new(),
            taken: 0,
            scanned: 0,
            document: Scanner::default(),
            ended: None,
            failed: None,
        }
    }

    /// As if there were more to the framing than a length.
    #[cfg(test)]
    pub(super) fn the_long_way(self) -> Self {
        Decoder { plain: None, ..self }
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

    /// The bytes that wait for the rest of their frame, to read a stream straight into. Only append.
    pub fn buffer_mut(&mut self) -> &mut BytesMut {
        &mut self.buffer
    }

    /// Whether bytes wait for the rest of their frame, or have not been asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// Where in the stream the next frame starts, in bytes; after an error, the frame that is wrong.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.taken
    }

    /// The next complete frame; `None` when more bytes are needed.
    ///
    /// # Errors
    /// What comes is no frame, or one beyond the limit; from then on the same error.
    pub fn decode(&mut self) -> Result<Option<Frame>, Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        loop {
            let cut = match self.cut() {
                Ok(Some(cut)) => cut,
                Ok(None) => return Ok(None),
                Err(error) => return Err(self.fail(error)),
            };
            if cut.body > cut.lead {
                return Ok(Some(self.take(&cut)));
            }
            match self.framing.keep_alive {
                KeepAlive::Ignore => drop(self.take(&cut)),
                KeepAlive::Answer => return Ok(Some(self.take(&cut))),
                KeepAlive::Error => return Err(self.fail(Error::Empty)),
            }
        }
    }

    /// The next frame of a stream that has ended; `None` when there is no more. Call it until then.
    ///
    /// # Errors
    /// As [`Decoder::decode`]; and [`Error::Truncated`] when the stream ended within a frame.
    pub fn decode_eof(&mut self) -> Result<Option<Frame>, Error> {
        if let Some(frame) = self.decode()? {
            return Ok(Some(frame));
        }
        let left = self.buffer.len();
        if left == 0 {
            return Ok(None);
        }
        let lead = self.framing.lead();
        let cut = || {
            let header = self.content().and_then(|content| self.framing.transport.width(content).transpose());
            let header = lead + header.unwrap_or(Ok(1))?;
            let length = self.length()?;
            let needed = length.map_or(left + 1, |length| lead + length).max(header);
            if self.framing.is_whole_stream() && left > header {
                self.framing.transport.check(&self.buffer[lead..header], left - lead)?;
                return Ok(Cut { lead, header, body: left, tail: left });
            }
            Err(Error::Truncated { needed: if left < lead { lead } else { needed }, left })
        };
        match cut() {
            Ok(cut) => Ok(Some(self.take(&cut))),
            Err(error) => Err(self.fail(error)),
        }
    }

    fn fail(&mut self, error: Error) -> Error {
        self.failed = Some(error);
        error
    }

    /// Bytes there are behind the lead; `None` when that is not there yet.
    fn content(&self) -> Option<&[u8]> {
        self.buffer.get(self.framing.lead()..)
    }

    /// What the length says of the bytes behind the lead, trailer counted. `None` when there is none, or not yet.
    fn length(&self) -> Result<Option<usize>, Error> {
        let framing = &self.framing;
        let at = framing.before.len();
        let Some(bytes) = self.buffer.get(at..at + framing.header.width()).filter(|bytes| !bytes.is_empty()) else {
            return Ok(None);
        };
        let said = framing.header.read(bytes).ok_or(Error::Header)?;
        let own = framing.own();
        let length = said.checked_sub(own).ok_or(Error::TooShort { min: own, found: said })?;
        if length == 0 {
            return Ok(Some(0));
        }
        let min = own + framing.transport.min() + framing.tail();
        let content = length.saturating_sub(framing.tail());
        if said < min {
            Err(Error::TooShort { min, found: said })
        } else if content > framing.limit() {
            Err(Error::TooLong { max: framing.limit(), found: content })
        } else {
            Ok(Some(length))
        }
    }

    /// Where the parts of the next frame end; `None` when more bytes are needed.
    fn cut(&mut self) -> Result<Option<Cut>, Error> {
        if let Some(plain) = &self.plain {
            let lead = plain.width;
            let end = plain.end(&self.buffer)?;
            return Ok(end.map(|end| Cut { lead, header: lead, body: end, tail: end }));
        }
        if self.framing.is_spaced() {
            self.skip_white_space();
        }
        let framing = self.framing;
        let there = framing.before.len().min(self.buffer.len());
        if self.buffer[..there] != framing.before[..there] {
            return Err(Error::Marker);
        }
        let lead = framing.lead();
        let length = self.length()?;
        if length == Some(0) {
            return Ok((self.buffer.len() >= lead).then_some(Cut { lead, header: lead, body: lead, tail: lead }));
        }
        let Some(content) = self.content() else { return Ok(None) };
        let Some(width) = framing.transport.width(content)? else { return Ok(None) };
        let header = lead + width;
        let Some((body, tail)) = (match length {
            Some(length) => self.by_length(lead, header, length)?,
            None => self.by_search(lead, header)?,
        }) else {
            return Ok(None);
        };
        framing.transport.check(&self.buffer[lead..header], body - lead)?;
        Ok(Some(Cut { lead, header, body, tail }))
    }

    /// Where message and frame end, by the length behind the lead.
    fn by_length(&self, lead: usize, header: usize, length: usize) -> Result<Option<(usize, usize)>, Error> {
        let tail = lead + length;
        let body = tail - self.framing.tail();
        if body < header {
            return Err(Error::Transport);
        }
        if self.buffer.len() < tail {
            return Ok(None);
        }
        let trailer = self.buffer[body..tail].first().copied();
        if trailer == self.framing.trailer { Ok(Some((body, tail))) } else { Err(Error::Trailer) }
    }

    /// Where message and frame end, by looking for the trailer or the end of the document.
    fn by_search(&mut self, lead: usize, header: usize) -> Result<Option<(usize, usize)>, Error> {
        if let Some(body) = self.ended {
            return self.behind(body);
        }
        let framing = self.framing;
        let limit = framing.limit();
        // One byte more than a message can have: the trailer, or what is too much.
        let end = self.buffer.len().min(lead.saturating_add(limit).saturating_add(1));
        let start = self.scanned.max(header);
        let rest = self.buffer.get(start..end).unwrap_or_default();
        let found = match (framing.header, framing.trailer) {
            (Header::Xml, _) => self.document.walk(rest)?.map(|length| start + length),
            (_, Some(trailer)) => rest.iter().position(|&byte| byte == trailer).map(|place| start + place),
            (_, None) => None,
        };
        self.scanned = start + rest.len();
        match found {
            Some(body) if body - lead <= limit => self.behind(body),
            None if self.buffer.len() <= lead.saturating_add(limit) => Ok(None),
            _ => Err(Error::TooLong { max: limit, found: limit.saturating_add(1) }),
        }
    }

    /// Where the frame ends whose message ends here.
    fn behind(&mut self, body: usize) -> Result<Option<(usize, usize)>, Error> {
        let Some(trailer) = self.framing.trailer else { return Ok(Some((body, body))) };
        match self.buffer.get(body) {
            Some(&byte) if byte == trailer => Ok(Some((body, body + 1))),
            Some(_) => Err(Error::Trailer),
            None => {
                self.ended = Some(body);
                Ok(None)
            }
        }
    }

    /// Drops what stands between documents.
    fn skip_white_space(&mut self) {
        if self.scanned == 0 {
            let blank = self.buffer.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            self.buffer.advance(blank);
            self.taken += blank as u64;
        }
    }

    fn take(&mut self, cut: &Cut) -> Frame {
        self.taken += cut.tail as u64;
        (self.scanned, self.ended) = (0, None);
        self.document = Scanner::default();
        self.buffer.advance(cut.lead);
        let header =
            if cut.header == cut.lead { Bytes::new() } else { self.buffer.split_to(cut.header - cut.lead).freeze() };
        let body = self.buffer.split_to(cut.body - cut.header).freeze();
        if cut.tail > cut.body {
            self.buffer.advance(cut.tail - cut.body);
        }
        Frame { header, body }
    }
}
