//! A request and its key, from its begin to its answer.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::super::ahead::Note;
use super::super::cause::{Cause, CauseKind};
use super::super::decline::decline;
use super::super::exchange::Exchange;
use super::super::inner::Inner;
use super::{Keeper, kept};
use crate::msg::Message;
use crate::store::{AnswersError, Attempt, Begun, StoreError};

/// How long the store may take to keep an answer or free a key. The client waits for it.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the last look after the first request may take. What is later is given up by the worker.
const LAST_LOOK: Duration = Duration::from_millis(100);

const NOT_SETTLED: &str = "that a request needs no reversal could not be written down";

/// How far a request is that is carried on once.
#[derive(Debug)]
pub(in crate::gateway) struct Once {
    attempt: Attempt,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The store was asked, and may have the key down as ours.
    Asked,
    /// The key is ours; the answer is to be kept.
    Held,
    /// The answer is in the store.
    Kept,
    /// The key is another's.
    Others,
}

/// Looks whether the request is a repeat. True when it has its answer; else it is for this exchange to carry on.
pub(in crate::gateway) async fn begin(exchange: &mut Exchange) -> Result<bool, Cause> {
    let inner = Arc::clone(&exchange.inner);
    let Some(keeper) = &inner.idempotency else { return Ok(false) };
    if !super::key::concerns(&exchange.request) {
        return Ok(false);
    }
    let Some(key) = super::key::key(&exchange.request, keeper.key.as_deref()) else {
        keeper.metrics.unkeyed.increment(1);
        exchange.trace.step("idempotency", &[("key", &"none")]);
        return Ok(false);
    };
    let attempt = keeper.answers.attempt(&key);
    exchange.once = Some(Once { attempt: attempt.clone(), state: State::Asked });
    let begun = look(keeper, exchange, &attempt).await;
    let (state, found) = match begun.map_err(|error| Cause::Store(error.to_string().into()))? {
        Begun::Fresh => (State::Held, Ok(false)),
        Begun::Unfinished => (State::Held, Err(Cause::Unfinished)),
        Begun::InFlight(_) => (State::Others, Err(Cause::InFlight)),
        Begun::Answered(answer) => match replay(exchange, keeper, &answer) {
            Ok(()) => (State::Kept, Ok(true)),
            Err(cause) => (State::Others, Err(cause)),
        },
    };
    exchange.once = Some(Once { attempt, state });
    found
}

async fn look(keeper: &Keeper, exchange: &mut Exchange, attempt: &Attempt) -> Result<Begun, AnswersError> {
    let (answers, deadline) = (&keeper.answers, exchange.deadline);
    let first = timeout_at(deadline, answers.begin(attempt)).await.unwrap_or_else(|_| Err(late()))?;
    let Begun::InFlight(until) = first else { return Ok(first) };
    exchange.inner.counters.waited.add();
    keeper.metrics.waited.increment(1);
    exchange.trace.step("idempotency", &[("first", &"in flight")]);
    // It looks once more at the very end.
    let waited = timeout_at(deadline + LAST_LOOK, answers.begin_within(attempt, deadline)).await;
    waited.unwrap_or(Ok(Begun::InFlight(until)))
}

/// Takes the answer that was kept.
fn replay(exchange: &mut Exchange, keeper: &Keeper, answer: &[u8]) -> Result<(), Cause> {
    let inner = Arc::clone(&exchange.inner);
    let dialect = |route: &str| inner.leg(route).map(|leg| leg.upstream.forwarder.dialect());
    let kept = kept::read(answer, &exchange.request, dialect)
        .ok_or_else(|| Cause::Store("the answer that was kept cannot be given again".into()))?;
    if !kept.same {
        return Err(Cause::Duplicate);
    }
    inner.counters.replayed.add();
    keeper.metrics.replayed.increment(1);
    exchange.trace.step("idempotency", &[("answer", &"as before")]);
    exchange.response = Some(kept.answer);
    if let Some((route, forwarded)) = kept.forwarded {
        exchange.route = inner.leg(&route);
        exchange.forwarded = Some(forwarded);
    }
    Ok(())
}

/// Keeps how the request has ended, or frees its key, and settles what was written down before it was sent; says how it
/// ends for the client. Both are done before the client is told.
pub(in crate::gateway) async fn conclude(exchange: &mut Exchange, ended: Result<(), Cause>) -> Result<(), Cause> {
    let inner = Arc::clone(&exchange.inner);
    let mut once = exchange.once.take();
    let ended = match ended {
        Ok(()) => answered(&inner, exchange, once.as_mut()).await,
        Err(cause) => Err(failed(&inner, exchange, once.as_mut(), cause).await),
    };
    exchange.once = once;
    ended
}

/// It has an answer.
async fn answered(inner: &Inner, exchange: &mut Exchange, once: Option<&mut Once>) -> Result<(), Cause> {
    let held = once.filter(|once| once.state == State::Held).zip(inner.idempotency.as_ref());
    let Some(((once, keeper), response)) = held.zip(exchange.response.clone()) else {
        return if settled(inner, exchange).await {
            Ok(())
        } else {
            spoiled(exchange, Cause::Store(NOT_SETTLED.into()))
        };
    };
    let forwarded = exchange.route().zip(exchange.forwarded.as_ref());
    match keep(keeper, once, &exchange.request, &response, forwarded, exchange.note.as_ref()).await {
        Ok(true) => exchange.note = None,
        // It took longer than its lease: a repeat was told otherwise, and that stands.
        Ok(false) => return spoiled(exchange, Cause::TimedOut),
        Err(error) => {
            keeper.not_kept(inner, &error);
            // What is not settled is reversed after a restart. Without that the answer is right all the same, and its
            // repeats are declined.
            if exchange.note.is_some() {
                return spoiled(exchange, Cause::Store(error.to_string().into()));
            }
        }
    }
    Ok(())
}

/// The answer is not given: whoever gave it is told.
fn spoiled(exchange: &mut Exchange, cause: Cause) -> Result<(), Cause> {
    exchange.answer = exchange.answer.take().or_else(|| exchange.response.take());
    Err(cause)
}

/// It is declined for this.
async fn failed(inner: &Inner, exchange: &mut Exchange, once: Option<&mut Once>, cause: Cause) -> Cause {
    let stands = stands(exchange, &cause);
    // First: what may come again must not be reversed for the time before.
    let free = stands || settled(inner, exchange).await;
    let Some((once, keeper)) = once.zip(inner.idempotency.as_ref()) else { return cause };
    let kept = match once.state {
        State::Kept | State::Others => return cause,
        State::Held if stands => match declined(&exchange.request, inner.code(&cause)) {
            Some(decline) => keep(keeper, once, &exchange.request, &decline, None, None).await.map(|_| ()),
            None => return cause,
        },
        _ if !free => return cause,
        _ => {
            let freed = timeout_at(Instant::now() + PATIENCE, keeper.answers.forget(&once.attempt)).await;
            freed.unwrap_or_else(|_| Err(late())).map(|_| ())
        }
    };
    if let Err(error) = kept {
        keeper.not_kept(inner, &error);
    }
    cause
}

/// Keeps an answer, and settles what was written down with it.
async fn keep(
    keeper: &Keeper,
    once: &mut Once,
    request: &Message,
    answer: &Message,
    forwarded: Option<(&str, &Message)>,
    note: Option<&Note>,
) -> Result<bool, AnswersError> {
    let body = kept::write(keeper.answers.vault(), request, answer, forwarded)?;
    let finished = keeper.answers.finish_with(&once.attempt, &body, note.map(Note::transaction));
    let kept = timeout_at(Instant::now() + PATIENCE, finished).await.unwrap_or_else(|_| Err(late()))?;
    if kept {
        once.state = State::Kept;
    }
    Ok(kept)
}

/// Settles what was written down; false when that was not done.
async fn settled(inner: &Inner, exchange: &mut Exchange) -> bool {
    let (Some(ahead), Some(note), Some(route)) = (&inner.ahead, &exchange.note, exchange.route()) else { return true };
    match timeout_at(Instant::now() + PATIENCE, ahead.settle(route, note)).await {
        Ok(Ok(())) => {
            exchange.note = None;
            true
        }
        failed => {
            let error = failed.map_or_else(|_| late().to_string(), |failed| failed.err().unwrap_or_default());
            tracing::error!(gateway = inner.name, error, "{NOT_SETTLED}");
            false
        }
    }
}

/// Whether a decline is what repeats get too.
fn stands(exchange: &Exchange, cause: &Cause) -> bool {
    matches!(cause, Cause::Unfinished) || (exchange.forwarded.is_some() && cause.may_have_been_acted_on())
}

/// Says of an answer that the client has not got that it was declined, and gives whether that is so: when a repeat has
/// got it in the meantime, or the store cannot be asked by this moment, the answer stands.
pub(in crate::gateway) async fn undelivered(inner: &Inner, once: &Once, request: &Message, until: Instant) -> bool {
    let Some(keeper) = &inner.idempotency else { return true };
    if once.state != State::Kept {
        // Its repeats are declined in any case.
        return true;
    }
    let Some(decline) = declined(request, inner.codes.code(CauseKind::TimedOut)) else { return true };
    let replaced = async {
        let body = kept::write(keeper.answers.vault(), request, &decline, None)?;
        keeper.answers.replace(&once.attempt, &body).await
    };
    match timeout_at(until, replaced).await.unwrap_or_else(|_| Err(late())) {
        Ok(replaced) => replaced,
        Err(error) => {
            keeper.not_kept(inner, &error);
            false
        }
    }
}

/// Keeps the bound, now and then.
pub(in crate::gateway) async fn trim(inner: &Inner) {
    let Some(keeper) = &inner.idempotency else { return };
    if let Ok(Err(error)) = timeout_at(Instant::now() + PATIENCE, keeper.answers.trim()).await {
        tracing::warn!(gateway = inner.name, %error, "old answers could not be given up");
    }
}

fn declined(request: &Message, code: &str) -> Option<Message> {
    Message::parse(request.dialect(), decline(request, code)?.ok()?).ok()
}

const fn late() -> AnswersError {
    AnswersError::Store(StoreError::TimedOut)
}

impl Keeper {
    fn not_kept(&self, inner: &Inner, error: &AnswersError) {
        self.metrics.not_kept.increment(1);
        tracing::error!(gateway = inner.name, %error, "how a request has ended could not be kept for its repeats");
    }
}
