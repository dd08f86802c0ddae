//! Answers that cannot be paired and are most likely the one that is waited for: a wrong answer is told from none.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::Purpose;
use crate::msg::{Dialect, Error, Message};
use crate::mux::{Reason, Unmatched};
use crate::types::{MessageClass, Mti};
use crate::wire::decode_digits4;

/// The network management messages of one link that wait for their answers.
#[derive(Debug, Default)]
pub(in crate::connector) struct Awaited(Mutex<Vec<Waiting>>);

#[derive(Debug)]
struct Waiting {
    request: Message,
    /// Nothing else has been sent on the link.
    alone: bool,
    found: oneshot::Sender<Wrong>,
}

/// What came in place of the answer.
#[derive(Debug)]
pub(super) enum Wrong {
    /// Another message.
    Message(Message),
    /// One that cannot be read.
    Undecodable(Error),
}

/// One that waits. Dropped, it waits no longer.
pub(in crate::connector) struct Answer {
    awaited: Arc<Awaited>,
    found: oneshot::Receiver<Wrong>,
}

impl Awaited {
    fn lock(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This request is about to be sent.
    pub(super) fn add(self: &Arc<Self>, request: &Message, purpose: Purpose) -> Answer {
        let (sender, found) = oneshot::channel();
        let waiting = Waiting { request: request.clone(), alone: purpose == Purpose::SignOn, found: sender };
        self.lock().push(waiting);
        Answer { awaited: Arc::clone(self), found }
    }

    /// An answer came that belongs to nothing. Who waits for one that it must be meant for is told.
    pub(in crate::connector) fn unmatched(&self, unmatched: &Unmatched) {
        if unmatched.reason != Reason::Unmatched {
            return;
        }
        let mut all = self.lock();
        if let Some(at) = all.iter().position(|waiting| waiting.is_meant(&unmatched.message)) {
            // Who has gone in the meantime need not know.
            drop(all.swap_remove(at).found.send(Wrong::Message(unmatched.message.clone())));
        }
    }

    /// A frame came that is no message, or none that can be read to its end. On a link on which nothing else has been sent it
    /// must be the answer, unless its message type says that it is a message of the peer's own.
    pub(in crate::connector) fn undecodable(&self, dialect: &Dialect, body: &[u8], error: Error) {
        let mti =
            decode_digits4(dialect.mti_encoding(), body).ok().and_then(|(digits, _)| Mti::from_digits(&digits).ok());
        if mti.is_some_and(|mti| mti.response().is_some()) {
            return;
        }
        let mut all = self.lock();
        if let Some(at) = all.iter().position(|waiting| waiting.alone) {
            drop(all.swap_remove(at).found.send(Wrong::Undecodable(error)));
        }
    }
}

impl Waiting {
    /// Whether an answer must be meant for this request though it is not one to it. Late answers to other requests have
    /// other audit numbers; and where numbers come round again, another time.
    fn is_meant(&self, answer: &Message) -> bool {
        let raw = |message: &Message, number| message.span(number).map(|span| message.as_bytes().slice(span));
        let same = |number| raw(&self.request, number).zip(raw(answer, number)).map(|(sent, back)| sent == back);
        let (number, time) = (same(11), same(7));
        if answer.mti().class() == MessageClass::NetworkManagement {
            return number == Some(true) || time == Some(true) || self.alone && number.is_none();
        }
        number == Some(true) && (time == Some(true) || self.alone && !self.request.has(7))
    }
}

impl Answer {
    /// Waits for a wrong answer.
    pub(super) async fn wrong(&mut self) -> Wrong {
        match (&mut self.found).await {
            Ok(answer) => answer,
            // It is told once at most, and dropped by nobody else.
            Err(_) => std::future::pending().await,
        }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.found.close();
        self.awaited.lock().retain(|waiting| !waiting.found.is_closed());
    }
}
