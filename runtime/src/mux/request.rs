//! A request under way, as its caller sees it.

use std::future::IntoFuture;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::SemaphorePermit;
use tokio::time::Instant;

use super::event::Reason;
use super::key::Keys;
use super::outcome::{NotSent, Outcome};
use super::scratch;
use super::shared::{Refusal, Shared};
use super::state::Id;
use super::terms::{self, Terms};
use crate::msg::Outgoing;

/// A request that has not been sent yet. Await it: nothing happens before.
#[derive(Debug)]
#[must_use = "a request does nothing unless it is awaited"]
pub struct Request<'a, M> {
    shared: &'a Shared,
    message: M,
    terms: Terms<'a>,
    permit: bool,
}

impl<'a, M: Outgoing> Request<'a, M> {
    pub(super) const fn new(shared: &'a Shared, message: M, permit: bool) -> Self {
        Request { shared, message, terms: Terms::NONE, permit }
    }

    terms::setters!();

    pub(crate) const fn terms(mut self, terms: Terms<'a>) -> Self {
        self.terms = terms;
        self
    }
}

impl<'a, M: Outgoing> IntoFuture for Request<'a, M> {
    type Output = Outcome;
    type IntoFuture = Answer<'a, M>;

    fn into_future(self) -> Answer<'a, M> {
        Answer { request: self, stage: Stage::Start }
    }
}

/// The answer to a request. Dropping it gives the request up; an answer that comes nevertheless is late.
#[must_use = "a request does nothing unless it is awaited"]
pub struct Answer<'a, M> {
    request: Request<'a, M>,
    stage: Stage<'a>,
}

enum Stage<'a> {
    Start,
    Waiting(Box<Waiting<'a>>),
    Sent { id: Id, _place: Place<'a> },
    Done,
}

/// A request that waits for a place among those in flight, or for room in the buffer.
struct Waiting<'a> {
    keys: Keys,
    body: Vec<u8>,
    deadline: Instant,
    ready: Ready<'a>,
}

/// A place among those in flight; nothing for the one who may send while draining.
type Place<'a> = Option<SemaphorePermit<'a>>;

type Ready<'a> = Pin<Box<dyn Future<Output = Result<Place<'a>, NotSent>> + Send + 'a>>;

// Nothing in it is pinned but what is boxed.
impl<M> Unpin for Answer<'_, M> {}

impl<M> std::fmt::Debug for Answer<'_, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let stage = match self.stage {
            Stage::Start => "not sent",
            Stage::Waiting(_) => "waiting to be sent",
            Stage::Sent { .. } => "sent",
            Stage::Done => "ended",
        };
        f.debug_struct("Answer").field("stage", &stage).finish()
    }
}

impl<M: Outgoing> Future for Answer<'_, M> {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        let this = &mut *self;
        let shared = this.request.shared;
        if let Stage::Sent { id, .. } = this.stage {
            let outcome = shared.lock().state.take(id, context.waker());
            return outcome.map_or(Poll::Pending, |outcome| {
                this.stage = Stage::Done;
                Poll::Ready(outcome)
            });
        }
        match this.advance(context) {
            Ok(()) => Poll::Pending,
            Err(error) => {
                shared.lock().state.stats.not_sent += 1;
                Poll::Ready(Outcome::NotSent(error))
            }
        }
    }
}

impl<'a, M: Outgoing> Answer<'a, M> {
    /// Goes on until there is something to wait for; on an error it has ended.
    fn advance(&mut self, context: &mut Context<'_>) -> Result<(), NotSent> {
        let shared = self.request.shared;
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Start => {
                let now = Instant::now();
                let deadline = self.request.terms.deadline.unwrap_or_else(|| now + shared.limits.timeout);
                if deadline <= now {
                    return Err(NotSent::Deadline);
                }
                let mut body = scratch::take();
                let sent = self.send(&mut body, deadline, context);
                scratch::keep(body);
                sent
            }
            Stage::Waiting(waiting) => self.wait(waiting, context),
            // Polled once more than it may be: never ends.
            stage => {
                self.stage = stage;
                Ok(())
            }
        }
    }

    /// Sends it at once if there are a place and room for it.
    fn send(&mut self, body: &mut Vec<u8>, deadline: Instant, context: &mut Context<'_>) -> Result<(), NotSent> {
        let Request { shared, ref message, terms: Terms { header, .. }, permit } = self.request;
        let keys = shared.prepare(message, body)?;
        let place = if permit { None } else { shared.places.try_acquire().ok() };
        if permit || place.is_some() {
            match shared.place(&keys, header, body, deadline, permit, context.waker()) {
                Ok(id) => {
                    self.stage = Stage::Sent { id, _place: place };
                    return Ok(());
                }
                Err(Refusal::NotSent(error)) => return Err(error),
                Err(Refusal::Full) => {}
            }
        }
        let ready = self.ready(place, deadline);
        let body = std::mem::take(body);
        self.wait(Box::new(Waiting { keys, body, deadline, ready }), context)
    }

    /// Waits for what was missing, and sends it then.
    fn wait(&mut self, mut waiting: Box<Waiting<'a>>, context: &mut Context<'_>) -> Result<(), NotSent> {
        let Request { shared, terms: Terms { header, .. }, permit, .. } = self.request;
        loop {
            let Poll::Ready(place) = waiting.ready.as_mut().poll(context) else {
                self.stage = Stage::Waiting(waiting);
                return Ok(());
            };
            let (place, Waiting { keys, body, deadline, .. }) = (place?, &*waiting);
            // What it waited for may have come with its deadline.
            if *deadline <= Instant::now() {
                return Err(NotSent::Deadline);
            }
            match shared.place(keys, header, body, *deadline, permit, context.waker()) {
                Ok(id) => {
                    self.stage = Stage::Sent { id, _place: place };
                    return Ok(());
                }
                Err(Refusal::NotSent(error)) => return Err(error),
                Err(Refusal::Full) => waiting.ready = self.ready(place, *deadline),
            }
        }
    }

    /// Ends when there is a place for the request and room in the buffer.
    fn ready(&self, place: Place<'a>, deadline: Instant) -> Ready<'a> {
        let Request { shared, permit, .. } = self.request;
        Box::pin(async move {
            let place = match place {
                None if !permit => Some(shared.vacancy(deadline).await?),
                place => place,
            };
            shared.room(deadline).await?;
            Ok(place)
        })
    }
}

impl<M> Drop for Answer<'_, M> {
    fn drop(&mut self) {
        if let Stage::Sent { id, .. } = self.stage {
            let shared = self.request.shared;
            let now = shared.now();
            let mut inner = shared.lock();
            let unseen = inner.state.cancel(now, id);
            shared.tell_in_flight(&inner);
            drop(inner);
            shared.tell();
            if let Some(unseen) = unseen {
                // It came just before its caller went away.
                shared.tell_unmatched(Reason::Late, unseen);
            }
        }
    }
}
