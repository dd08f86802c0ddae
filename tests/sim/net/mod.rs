//! A network in memory, under virtual time, from a seed: slow, in pieces, cut off, silent, as it is told.

mod pipe;

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};

use isopace_tests::seeded::Seeded;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

pub(crate) use pipe::Manner;
use pipe::{Pipe, Read};

use crate::truth::Truth;

#[derive(Debug, Clone)]
struct Shared(Arc<Mutex<Pipe>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Pipe> {
        self.0.lock().unwrap()
    }
}

/// One end of a connection. The end under test tells the checker of every byte.
#[derive(Debug)]
pub(crate) struct Stream {
    incoming: Shared,
    outgoing: Shared,
    timer: Option<Pin<Box<Sleep>>>,
    /// The number of the link, where the checker watches.
    watched: Option<(Truth, usize)>,
}

/// What may happen to a connection from outside.
#[derive(Debug, Clone)]
pub(crate) struct Control {
    to_host: Shared,
    from_host: Shared,
}

/// A connection between the end under test and a host: our end, its end, and the hand of fate.
pub(crate) fn connection(
    random: &mut Seeded,
    truth: &Truth,
    link: usize,
    ours: Manner,
    theirs: Manner,
) -> (Stream, Stream, Control) {
    let mut pipe = |manner| Shared(Arc::new(Mutex::new(Pipe::new(manner, Seeded::new(random.bits())))));
    let (to_host, from_host) = (pipe(ours), pipe(theirs));
    let control = Control { to_host: to_host.clone(), from_host: from_host.clone() };
    let near = Stream {
        incoming: from_host.clone(),
        outgoing: to_host.clone(),
        timer: None,
        watched: Some((truth.clone(), link)),
    };
    (near, Stream { incoming: to_host, outgoing: from_host, timer: None, watched: None }, control)
}

impl Control {
    /// Cuts the connection off.
    pub(crate) fn reset(&self) {
        self.to_host.lock().reset();
        self.from_host.lock().reset();
    }

    /// Nothing arrives any more, and neither end is told.
    pub(crate) fn silence(&self) {
        self.to_host.lock().silence();
        self.from_host.lock().silence();
    }

    /// What the host sends is held up.
    pub(crate) fn hold(&self, until: Instant) {
        self.from_host.lock().hold(until);
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            let mut pipe = this.incoming.lock();
            let read = pipe.read(into.remaining());
            pipe.reader = Some(context.waker().clone());
            drop(pipe);
            match read {
                Ok(Read::Bytes(mut bytes)) => {
                    if let Some((truth, link)) = &this.watched {
                        truth.read(*link, &mut bytes);
                    }
                    into.put_slice(&bytes);
                    return Poll::Ready(Ok(()));
                }
                Ok(Read::End) => {
                    if let Some((truth, link)) = &this.watched {
                        truth.broken(*link, "end");
                    }
                    return Poll::Ready(Ok(()));
                }
                Ok(Read::Again) => {
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Ok(Read::Later(None)) => return Poll::Pending,
                Ok(Read::Later(Some(at))) => {
                    let timer = this.timer.get_or_insert_with(|| Box::pin(sleep_until(at)));
                    if timer.deadline() != at {
                        timer.as_mut().reset(at);
                    }
                    if timer.as_mut().poll(context).is_pending() {
                        return Poll::Pending;
                    }
                }
                Err(error) => {
                    if let Some((truth, link)) = &this.watched {
                        truth.broken(*link, "reset");
                    }
                    return Poll::Ready(Err(error));
                }
            }
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if let Some((truth, link)) = &self.watched {
            truth.offered(*link, bytes);
        }
        let written = self.outgoing.lock().write(context, bytes);
        if let Some((truth, link)) = &self.watched {
            match &written {
                Poll::Ready(Ok(count)) => truth.accepted(*link, *count),
                Poll::Ready(Err(_)) => truth.broken(*link, "write failed"),
                Poll::Pending => {}
            }
        }
        written
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.outgoing.lock().end();
        Poll::Ready(Ok(()))
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if let Some((truth, link)) = &self.watched {
            truth.closed(*link);
        }
        self.outgoing.lock().end();
        self.incoming.lock().drop_reader();
    }
}
