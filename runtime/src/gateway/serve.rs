//! One request: routed, changed by hooks, carried on, answered.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::Instant;

use super::cause::{Cause, Stage};
use super::decline::decline;
use super::desk::{About, Desk, Places};
use super::events::Undelivered;
use super::exchange::Exchange;
use super::forward::forward;
use super::hook;
#[cfg(feature = "store")]
use super::idempotency;
use super::ledger::Sent;
use super::metrics::Ended;
use super::worker::{Control, Cut};
use crate::msg::Message;
use crate::mux::{Inbound, NotSent, Replier};
use crate::trace::Trace;

/// How long the store may take to take an answer back that has not reached its client.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// How a request ended that was not declined.
enum Done {
    /// It has an answer.
    Answered,
    /// It was carried on, and is not answered.
    Sent,
}

/// Handles one request up to its answer.
pub(super) async fn serve(desk: Arc<Desk>, inbound: Inbound, places: Places, control: Arc<Control>, deadline: Instant) {
    let Inbound { message, replier, .. } = inbound;
    let inner = Arc::clone(&desk.inner);
    let started = Instant::now();
    let id = inner.sequence.add();
    let mut trace = inner.tracer.begin(|| format!("{}-{id}", inner.name));
    if trace.is_on() {
        trace.step("received", &[("from", &desk.client.peer), ("bytes", &message.as_bytes().len())]);
        trace.message("request", &message);
    }
    // In a box: it is handed on from one future to the next, and they hold it by its address.
    let mut exchange = Box::new(Exchange {
        inner: Arc::clone(&inner),
        client: Arc::clone(&desk.client),
        id,
        request: message,
        edited: None,
        forwarded: None,
        answer: None,
        response: None,
        route: None,
        trace,
        deadline,
        stage: Stage::BeforeRequest,
        #[cfg(feature = "store")]
        once: None,
        #[cfg(feature = "store")]
        note: None,
    });
    let ended = {
        let process = pin!(AssertUnwindSafe(process(&mut exchange)).catch_unwind());
        control.run(process).await
    };
    let result = match ended {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => {
            inner.counters.panicked.add();
            inner.tell(|events| events.panicked(&desk.client, exchange.stage));
            Err(Cause::Panicked(exchange.stage))
        }
        Err(Cut::Late) => Err(Cause::TimedOut),
        Err(Cut::Stopping) => Err(Cause::Stopping),
    };
    #[cfg(feature = "store")]
    let result = settle(&mut exchange, result).await;
    // What waits for its client from here on does not hold others up.
    let Places { all, client: place, under_way } = places;
    drop(all);
    let after = started.elapsed();
    let trace = std::mem::replace(&mut exchange.trace, Trace::off());
    let trace = match result {
        Ok(Done::Answered) => answer(&desk, exchange, trace, replier, after).await,
        Ok(Done::Sent) => {
            inner.counters.sent.add();
            inner.metrics.ended(exchange.route.as_ref().map(|leg| &leg.metrics), Ended::Sent, after);
            trace
        }
        Err(cause) => refuse(&desk, exchange, trace, replier, cause, after).await,
    };
    drop((place, under_way));
    inner.tracer.end(trace);
    #[cfg(feature = "store")]
    idempotency::trim(&inner).await;
}

/// Keeps how it has ended for repeats.
#[cfg(feature = "store")]
async fn settle(exchange: &mut Exchange, result: Result<Done, Cause>) -> Result<Done, Cause> {
    match result {
        Ok(Done::Answered) => idempotency::conclude(exchange, Ok(())).await.map(|()| Done::Answered),
        Ok(Done::Sent) => Ok(Done::Sent),
        Err(cause) => idempotency::conclude(exchange, Err(cause)).await.map(|()| Done::Answered),
    }
}

/// Gives the client its answer.
async fn answer(desk: &Desk, exchange: Box<Exchange>, mut trace: Trace, replier: Replier, after: Duration) -> Trace {
    let Exchange { inner, request, forwarded, response, route, .. } = *exchange;
    // There is one: that is what ended it.
    let Some(response) = response else { return trace };
    inner.counters.responses.add();
    inner.metrics.ended(route.as_ref().map(|leg| &leg.metrics), Ended::Response, after);
    trace.message("response", &response);
    // Nothing is owed for a message that is not answered, whatever a hook says.
    if request.mti().response().is_none() {
        return trace;
    }
    inner.metrics.answered(&response);
    let queued = replier.queue(&response).await;
    let end = queued.as_ref().map_or(0, |part| part.end);
    #[cfg(feature = "store")]
    let sent = Sent { end, request, route, forwarded, response, once: exchange.once };
    #[cfg(not(feature = "store"))]
    let sent = Sent { end, request, route, forwarded, response };
    match queued {
        Ok(_) => {
            trace.step("replied", &[("bytes", &sent.response.as_bytes().len())]);
            desk.ledger.add(sent, || desk.written());
        }
        Err(error) => {
            trace.fail(&error);
            undelivered(desk, sent, error, Instant::now() + PATIENCE).await;
        }
    }
    trace
}

/// Tells of an answer that the client has not got. Where repeats get the answer, it is taken back first, by this
/// moment.
pub(super) async fn undelivered(desk: &Desk, sent: Sent, error: NotSent, until: Instant) {
    let inner = &desk.inner;
    inner.counters.undelivered.add();
    #[cfg(feature = "store")]
    let stands = match &sent.once {
        Some(once) => !idempotency::undelivered(inner, once, &sent.request, until).await,
        None => false,
    };
    #[cfg(not(feature = "store"))]
    let (stands, _) = (false, until);
    let Sent { request, route, forwarded, response, .. } = sent;
    let forwarded = forwarded.filter(|_| !stands);
    let route = route.map(|leg| leg.name().to_owned());
    let client = (*desk.client).clone();
    inner.tell(|events| {
        events.reply_undelivered(Undelivered { client, request, route, forwarded, response, error });
    });
}

/// Declines the request.
async fn refuse(
    desk: &Desk,
    exchange: Box<Exchange>,
    mut trace: Trace,
    replier: Replier,
    cause: Cause,
    after: Duration,
) -> Trace {
    let Exchange { inner, request, forwarded, answer, route, .. } = *exchange;
    trace.fail(&cause);
    let reply = decline(&request, inner.code(&cause));
    let about = About {
        request: Some(request),
        forwarded,
        answer,
        #[cfg(feature = "store")]
        note: exchange.note,
    };
    desk.declined(cause, after, route, about);
    match reply {
        Some(Ok(reply)) => {
            if trace.is_on()
                && let Ok(message) = Message::parse(inner.dialect, reply.clone())
            {
                trace.message("declined", &message);
            }
            match replier.queue(crate::mux::Wire(&reply)).await {
                Ok(_) => trace.step("replied", &[("bytes", &reply.len())]),
                Err(error) => trace.fail(&error),
            }
        }
        Some(Err(error)) => trace.fail(&error),
        None => {}
    }
    trace
}

/// Everything that may fail, panic or take too long.
async fn process(exchange: &mut Exchange) -> Result<Done, Cause> {
    let inner = Arc::clone(&exchange.inner);
    #[cfg(feature = "store")]
    if idempotency::begin(exchange).await? {
        return Ok(Done::Answered);
    }
    let found = inner.routing.load().find(&exchange.request).cloned();
    exchange.route.clone_from(&found);
    note_route(exchange);
    let answered = |exchange: &Exchange| exchange.response.is_some();
    hook::call(&inner.before_request, exchange, answered).await.map_err(Cause::Hook)?;
    if exchange.response.is_some() {
        return Ok(Done::Answered);
    }
    if exchange.route.as_ref().map(Arc::as_ptr) != found.as_ref().map(Arc::as_ptr) {
        note_route(exchange);
    }
    let leg = exchange.route.clone().ok_or(Cause::NoRoute)?;
    exchange.stage = Stage::Forward;
    if !forward(exchange, &leg.upstream).await? {
        return Ok(Done::Sent);
    }
    exchange.stage = Stage::BeforeResponse;
    hook::call(&inner.before_response, exchange, |_| false).await.map_err(Cause::Hook)?;
    Ok(Done::Answered)
}

fn note_route(exchange: &mut Exchange) {
    if exchange.trace.is_on()
        && let Some(name) = exchange.route().map(str::to_owned)
    {
        exchange.trace.step("route", &[("dest", &name)]);
    }
}
