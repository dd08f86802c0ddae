//! The receiving half of a link.

use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep_until};

use super::filter::Filters;
use super::{Error, Settings};
use crate::frame::{self, Decoder, Frame, Header};

/// Room for each read. Many small messages come with one read then.
const CHUNK: usize = 32 * 1024;
/// Less room than this is not worth a read.
const LEAST: usize = 4 * 1024;

/// The receiving half of a link.
///
/// [`LinkReader::read`] gives one frame after the other. Whoever handles many takes all that have come with one read:
///
/// ```
/// # use isopace::frame::Frame;
/// # use isopace::link::{Error, LinkReader};
/// # async fn all(mut reader: LinkReader, mut handle: impl FnMut(Frame)) -> Result<(), Error> {
/// loop {
///     let more = reader.fill().await?;
///     while let Some(frame) = reader.next_frame()? {
///         handle(frame);
///     }
///     if !more {
///         return Ok(());
///     }
/// }
/// # }
/// ```
///
/// Where the framing says that keep-alives are to be answered they come out as frames without a message
/// ([`Frame::is_keep_alive`]); who holds both halves answers them with
/// [`LinkWriter::push_keep_alive`](super::LinkWriter::push_keep_alive), as [`Link::receive`](super::Link::receive) does.
pub struct LinkReader {
    stream: Box<dyn AsyncRead + Send + Unpin>,
    decoder: Decoder,
    filters: Filters,
    idle: Option<Idle>,
    end: End,
    /// Bytes that have come in all.
    received: u64,
    _place: Option<Arc<OwnedSemaphorePermit>>,
}

/// How far the stream has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    NotYet,
    /// The peer said that it would send no more.
    Said,
    /// The connection ended without a word, which TLS tells apart.
    Unsaid,
}

/// When the peer was last heard of. The timer is set again only when it fires, not at each read.
struct Idle {
    after: Duration,
    heard: Instant,
    timer: Option<Pin<Box<Sleep>>>,
}

impl LinkReader {
    pub(super) fn new(
        stream: impl AsyncRead + Send + Unpin + 'static,
        settings: &Settings,
        place: Option<Arc<OwnedSemaphorePermit>>,
    ) -> Self {
        LinkReader {
            stream: Box::new(stream),
            decoder: Decoder::new(settings.framing),
            filters: settings.filters.clone(),
            idle: settings.idle_deadline.map(|after| Idle { after, heard: Instant::now(), timer: None }),
            end: End::NotYet,
            received: 0,
            _place: place,
        }
    }

    /// The next frame; `None` when the peer has closed the connection. Can be given up and called again.
    ///
    /// # Errors
    /// [`Error::Frame`], [`Error::Idle`], and what the network says. After [`Error::Filter`] the next frame can be read.
    pub async fn read(&mut self) -> Result<Option<Frame>, Error> {
        loop {
            if let Some(frame) = self.next_frame()? {
                return Ok(Some(frame));
            }
            if !self.fill().await? {
                return self.next_frame();
            }
        }
    }

    /// Waits for bytes and takes in what there is with one read; `false` when no more will come. Can be given up and
    /// called again. Call [`LinkReader::next_frame`] until it gives `None` in between: the link holds all that has come.
    ///
    /// # Errors
    /// [`Error::Idle`], and what the network says.
    pub async fn fill(&mut self) -> Result<bool, Error> {
        if self.end != End::NotYet {
            return Ok(false);
        }
        let buffer = self.decoder.buffer_mut();
        if buffer.capacity() - buffer.len() < LEAST {
            buffer.reserve(CHUNK);
        }
        let idle = &mut self.idle;
        let mut read = pin!(self.stream.read_buf(buffer));
        let read = poll_fn(|context| match read.as_mut().poll(context) {
            Poll::Ready(read) => Poll::Ready(read.map_err(Some)),
            Poll::Pending => match idle.as_mut().map(|idle| idle.poll(context)) {
                Some(Poll::Ready(())) => Poll::Ready(Err(None)),
                _ => Poll::Pending,
            },
        })
        .await;
        match read {
            Ok(0) => self.end = End::Said,
            Ok(bytes) => {
                self.received += bytes as u64;
                self.idle.iter_mut().for_each(|idle| idle.heard = Instant::now());
            }
            Err(Some(error)) if error.kind() == io::ErrorKind::UnexpectedEof => self.end = End::Unsaid,
            Err(Some(error)) => return Err(Error::stream(error)),
            Err(None) => {
                let after = self.idle.as_ref().map_or(Duration::ZERO, |idle| idle.after);
                return Err(Error::Idle { after });
            }
        }
        Ok(self.end == End::NotYet)
    }

    /// Bytes that have come in since the start.
    #[must_use]
    pub const fn received(&self) -> u64 {
        self.received
    }

    /// The next frame of what has come in; `None` when there is no complete one. Does not wait.
    ///
    /// # Errors
    /// [`Error::Frame`]: no frame, or the connection was closed within one; from then on the same. After
    /// [`Error::Filter`] the next frame can be had.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, Error> {
        let frame = match self.end {
            End::NotYet => self.decoder.decode(),
            // Where the end of the stream is the end of the message, it has to be said, or somebody may have cut it.
            End::Unsaid if self.decoder.framing().header() == Header::None && !self.decoder.is_empty() => {
                let left = self.decoder.buffer_mut().len();
                self.decoder.decode().and_then(|frame| match frame {
                    None => Err(frame::Error::Truncated { needed: left + 1, left }),
                    frame => Ok(frame),
                })
            }
            End::Said | End::Unsaid => self.decoder.decode_eof(),
        };
        match frame.map_err(Error::Frame)? {
            Some(frame) if !self.filters.is_empty() && !frame.is_keep_alive() => {
                Ok(Some(Frame { body: self.filters.incoming(frame.body)?, header: frame.header }))
            }
            frame => Ok(frame),
        }
    }
}

impl Idle {
    fn poll(&mut self, context: &mut std::task::Context<'_>) -> Poll<()> {
        loop {
            let deadline = self.heard + self.after;
            let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
            match timer.as_mut().poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(()) if Instant::now() >= deadline => return Poll::Ready(()),
                Poll::Ready(()) => timer.as_mut().reset(deadline),
            }
        }
    }
}

impl fmt::Debug for LinkReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkReader")
            .field("framing", &self.decoder.framing())
            .field("filters", &self.filters)
            .field("position", &self.decoder.position())
            .finish_non_exhaustive()
    }
}
