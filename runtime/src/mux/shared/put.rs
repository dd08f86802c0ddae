//! What callers do: put messages into the buffer.

use std::ops::Range;
use std::task::Waker;

use tokio::time::Instant;

use super::{Inner, Shared};
use crate::msg::index::Index;
use crate::msg::{Message, Outgoing};
use crate::mux::key::Keys;
use crate::mux::outcome::NotSent;
use crate::mux::state::{Gate, Id};
use crate::types::Mti;

/// Why a message did not go into the buffer.
pub(in crate::mux) enum Refusal {
    /// No room now.
    Full,
    NotSent(NotSent),
}

impl<E: Into<NotSent>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Refusal::NotSent(error.into())
    }
}

/// What a message in the buffer is that waits for no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mux) enum Kind {
    Send,
    /// Sent while draining, by the one who may.
    Permitted,
    Reply,
    KeepAlive,
}

impl Shared {
    /// Writes a request out and computes what its answer will be told by.
    pub(in crate::mux) fn prepare(&self, message: &impl Outgoing, body: &mut Vec<u8>) -> Result<Keys, NotSent> {
        message.write(body)?;
        let mut error = None;
        let index = Index::of(self.dialect, body, &mut error);
        if error.is_some() {
            // Once more, for the hint.
            Message::parse(self.dialect, body.clone())?;
        }
        let mti: Mti = index.mti();
        let answer = mti.response().ok_or(NotSent::NoAnswer(mti))?;
        let keys = self.keyer.keys(answer, &(&index, body.as_slice()));
        if keys.parts.is_empty() { Err(NotSent::NoKey) } else { Ok(keys) }
    }

    /// Puts a request into the buffer and gives it a place.
    pub(in crate::mux) fn place(
        &self,
        keys: &Keys,
        header: Option<&[u8]>,
        body: &[u8],
        deadline: Instant,
        permit: bool,
        waker: &Waker,
    ) -> Result<Id, Refusal> {
        let tick = self.deadline(deadline);
        let mut inner = self.lock();
        inner.state.admits(permit)?;
        let first = inner.buffer.is_empty();
        if inner.buffer.len() >= self.limits.buffered {
            return Err(Refusal::Full);
        }
        let Inner { state, buffer, armed, .. } = &mut *inner;
        let part = buffer.append(|out| self.encoder.encode(header, body, out))?;
        let id = match state.register(keys, part.clone(), tick, waker) {
            Ok(id) => id,
            Err(error) => {
                buffer.take_back(&part);
                return Err(error.into());
            }
        };
        let sooner = tick < *armed;
        if sooner {
            *armed = tick;
        }
        drop(inner);
        if first {
            self.wake.notify_one();
        }
        if sooner {
            self.rearm.notify_one();
        }
        Ok(id)
    }

    /// Puts a message into the buffer that waits for nothing; gives where in the stream it stands.
    pub(in crate::mux) fn append(&self, kind: Kind, header: Option<&[u8]>, body: &[u8]) -> Result<Range<u64>, Refusal> {
        let mut inner = self.lock();
        match (&inner.state.gate, kind) {
            // What is owed to the peer, and what a sign-off needs.
            (Gate::Open | Gate::Draining | Gate::HalfClosed, Kind::Reply | Kind::KeepAlive | Kind::Permitted) => {}
            _ => inner.state.admits(false)?,
        }
        let first = inner.buffer.is_empty();
        if inner.buffer.len() >= self.limits.buffered {
            return Err(Refusal::Full);
        }
        let part = inner.buffer.append(|out| match kind {
            Kind::KeepAlive => self.encoder.encode_keep_alive(out),
            _ => self.encoder.encode(header, body, out),
        })?;
        match kind {
            Kind::Reply => inner.state.stats.replies += 1,
            Kind::KeepAlive => {}
            Kind::Send | Kind::Permitted => inner.state.stats.sends += 1,
        }
        drop(inner);
        if first {
            self.wake.notify_one();
        }
        Ok(part)
    }

    /// As [`Shared::append`], waiting for room.
    pub(in crate::mux) async fn append_by(
        &self,
        kind: Kind,
        header: Option<&[u8]>,
        body: &[u8],
        mut deadline: Option<Instant>,
    ) -> Result<Range<u64>, NotSent> {
        loop {
            match self.append(kind, header, body) {
                Ok(range) => return Ok(range),
                Err(Refusal::NotSent(error)) => return Err(error),
                Err(Refusal::Full) => {
                    self.room(*deadline.get_or_insert_with(|| Instant::now() + self.limits.timeout)).await?;
                }
            }
        }
    }
}
