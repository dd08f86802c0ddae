//! Answers that cannot be paired and are most likely the one that is waited for: a wrong answer is told from none.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::Purpose;
use crate::msg::Message;
use crate::mux::{Reason, Unmatched};
use crate::types::MessageClass;

/// The network management messages of one link that wait for their answers.
#[derive(Debug, Default)]
pub(in crate::connector) struct Awaited(Mutex<Vec<Waiting>>);

#[derive(Debug)]
struct Waiting {
    request: Message,
    /// Nothing else has been sent on the link.
    alone: bool,
    found: oneshot::Sender<Message>,
}

/// One that waits. Dropped, it waits no longer.
pub(in crate::connector) struct Answer {
    awaited: Arc<Awaited>,
    found: oneshot::Receiver<Message>,
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
            drop(all.swap_remove(at).found.send(unmatched.message.clone()));
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
    pub(super) async fn wrong(&mut self) -> Message {
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
