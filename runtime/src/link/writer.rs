//! The sending half of a link.

use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep_until, timeout};

use super::{Encoder, Error, Settings};

/// Room that is kept between two bursts of messages.
const KEEP: usize = 256 * 1024;

/// The sending half of a link. Frames are put into its buffer and go out together with [`LinkWriter::flush`].
pub struct LinkWriter {
    stream: Box<dyn AsyncWrite + Send + Unpin>,
    encoder: Encoder,
    out: Vec<u8>,
    /// Bytes of the buffer that the stream has taken.
    sent: usize,
    /// Bytes that the stream has taken in all.
    written: u64,
    deadline: Duration,
    /// Since when the peer takes no bytes. It outlives a flush that is given up, or giving up would put the end off.
    blocked: Option<Instant>,
    _place: Option<Arc<OwnedSemaphorePermit>>,
}

impl LinkWriter {
    pub(super) fn new(
        stream: impl AsyncWrite + Send + Unpin + 'static,
        settings: &Settings,
        place: Option<Arc<OwnedSemaphorePermit>>,
    ) -> Self {
        LinkWriter {
            stream: Box::new(stream),
            encoder: settings.encoder(),
            out: Vec::new(),
            sent: 0,
            written: 0,
            deadline: settings.write_deadline,
            blocked: None,
            _place: place,
        }
    }

    /// What puts messages into frames on this link: for whoever writes them elsewhere and gives them to
    /// [`LinkWriter::load`].
    #[must_use]
    pub const fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// Puts a message into the buffer, filters applied. The transport header is this one, or the one that is configured.
    ///
    /// # Errors
    /// [`Error::Encode`] and [`Error::Filter`]. The link is as before then.
    pub fn push(&mut self, header: Option<&[u8]>, body: &[u8]) -> Result<(), Error> {
        self.encoder.encode(header, body, &mut self.out)
    }

    /// Puts a frame without a message into the buffer.
    ///
    /// # Errors
    /// [`Error::Encode`]: there is none in this framing.
    pub fn push_keep_alive(&mut self) -> Result<(), Error> {
        self.encoder.encode_keep_alive(&mut self.out)
    }

    /// Takes over frames that an [`Encoder`] has written, behind what is in the buffer. What is left in their place is
    /// empty, with the room of a buffer that has been written.
    pub fn load(&mut self, frames: &mut Vec<u8>) {
        if self.queued() == 0 {
            self.tidy();
            std::mem::swap(&mut self.out, frames);
        } else {
            self.out.append(frames);
        }
    }

    /// Bytes in the buffer that the stream has not taken.
    #[must_use]
    pub const fn queued(&self) -> usize {
        self.out.len() - self.sent
    }

    /// Bytes that the stream has taken since the link was made. After an error, a frame that starts at this byte or
    /// behind it has not been sent; of any other nobody knows what the peer has got. (Under TLS these are bytes before
    /// encryption.)
    #[must_use]
    pub const fn written(&self) -> u64 {
        self.written
    }

    /// Writes all that is in the buffer. Can be given up and called again: it goes on where it was.
    ///
    /// # Errors
    /// [`Error::WriteTimeout`] and what the network says. The link is of no more use then.
    pub async fn flush(&mut self) -> Result<(), Error> {
        let (deadline, before) = (self.deadline, self.written);
        let mut timer: Pin<&mut Option<Sleep>> = pin!(None);
        let written = poll_fn(|context| match self.poll(context) {
            Poll::Ready(written) => {
                self.blocked = None;
                Poll::Ready(written.map_err(Error::stream))
            }
            Poll::Pending => {
                if timer.is_none() {
                    if self.written > before {
                        // Since the last call, which was given up, the peer has been reading.
                        self.blocked = None;
                    }
                    let since = *self.blocked.get_or_insert_with(Instant::now);
                    timer.set(Some(sleep_until(since + deadline)));
                }
                match timer.as_mut().as_pin_mut().map(|timer| timer.poll(context)) {
                    Some(Poll::Ready(())) => Poll::Ready(Err(Error::WriteTimeout { after: deadline })),
                    _ => Poll::Pending,
                }
            }
        });
        written.await
    }

    /// Writes what is in the buffer and tells the peer that nothing more will come. What the peer sends can still be
    /// read.
    ///
    /// # Errors
    /// As [`LinkWriter::flush`].
    pub async fn close(&mut self) -> Result<(), Error> {
        self.flush().await?;
        match timeout(self.deadline, self.stream.shutdown()).await {
            Ok(Ok(())) => Ok(()),
            // The peer was faster.
            Ok(Err(error)) if error.kind() == io::ErrorKind::NotConnected => Ok(()),
            Ok(Err(error)) => Err(Error::stream(error)),
            Err(_) => Err(Error::WriteTimeout { after: self.deadline }),
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest) = self.out.get(self.sent..).filter(|rest| !rest.is_empty()) {
            match Pin::new(&mut self.stream).poll_write(context, rest) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(taken)) => {
                    self.sent += taken;
                    self.written += taken as u64;
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return Poll::Pending,
            }
        }
        self.tidy();
        Pin::new(&mut self.stream).poll_flush(context)
    }

    /// Empties a buffer that has been written.
    fn tidy(&mut self) {
        self.out.clear();
        self.out.shrink_to(KEEP);
        self.sent = 0;
    }
}

impl fmt::Debug for LinkWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkWriter")
            .field("encoder", &self.encoder)
            .field("queued", &self.queued())
            .field("written", &self.written)
            .finish_non_exhaustive()
    }
}
