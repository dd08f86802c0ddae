//! Carrying a request on: made fit for its route, sent, and its answer made fit for the client.

use zeroize::Zeroizing;

use tokio::time::Instant;

use super::cause::{Cause, Limit};
use super::exchange::Exchange;
use super::mapping::MapError;
use super::stan::{Original, OwnStan, STAN_DIGITS, Taken, references};
use super::upstream::Upstream;
use crate::msg::message::wrong;
use crate::msg::{Error, Message};
use crate::mux::{NotSent, Outcome, SendError};
use crate::types::Stan;

/// System trace audit number.
const STAN: u8 = 11;

/// Carries the request on and leaves its answer in the exchange; false when it is not answered.
pub(super) async fn forward(exchange: &mut Exchange, upstream: &Upstream) -> Result<bool, Cause> {
    let _place = upstream.place().ok_or(Cause::Overload(Limit::Route))?;
    let mut message = match &upstream.mapping {
        Some((requests, _)) => requests.apply(exchange.outgoing()).map_err(Cause::Unmappable)?,
        None => exchange.outgoing().clone(),
    };
    // Held until the answer is there.
    let own = match &upstream.stans {
        Some(_) => own_stan(exchange.outgoing(), &mut message, upstream)?,
        None => None,
    };
    if exchange.trace.is_on() && message.as_bytes() != exchange.request.as_bytes() {
        exchange.trace.message("forwarded", &message);
    }
    #[cfg(feature = "store")]
    note(exchange, upstream, &message).await?;
    exchange.forwarded = Some(message.clone());
    let (sent, deadline) = (exchange.trace.is_on().then(Instant::now), exchange.deadline);
    if message.mti().response().is_none() {
        upstream.forwarder.send(message, deadline).await.map_err(|error| match error {
            SendError::NotSent(error) => Cause::NotSent(error),
            SendError::TimedOut => Cause::TimedOut,
            SendError::Unknown(lost) => Cause::Unknown(lost),
        })?;
        exchange.trace.step("forwarded", &[("dur", &Took(sent))]);
        return Ok(false);
    }
    let outcome = upstream.forwarder.request(message, deadline).await;
    exchange.trace.step("forwarded", &[("dur", &Took(sent)), ("outcome", &outcome.name())]);
    let answer = match outcome {
        Outcome::Response(response) => response.message,
        // What cannot be sent, whatever the link.
        Outcome::NotSent(NotSent::Invalid(error)) => return Err(Cause::Unmappable(MapError::Message(*error))),
        Outcome::NotSent(error) => return Err(Cause::NotSent(error)),
        Outcome::TimedOut => return Err(Cause::TimedOut),
        Outcome::Unknown(lost) => return Err(Cause::Unknown(lost)),
        Outcome::Rejected(_) => return Err(Cause::Rejected),
    };
    // Where nothing more can go wrong it is the response.
    if upstream.mapping.is_some() || own.is_some() || !exchange.inner.before_response.is_empty() {
        exchange.answer = Some(answer.clone());
    }
    let response = back(exchange, upstream, answer, own.is_some()).map_err(Cause::BadAnswer)?;
    exchange.response = Some(response);
    Ok(true)
}

/// Writes it down before it is sent.
#[cfg(feature = "store")]
async fn note(exchange: &mut Exchange, upstream: &Upstream, message: &Message) -> Result<(), Cause> {
    let Some(ahead) = &exchange.inner.ahead else { return Ok(()) };
    let noted = tokio::time::timeout_at(exchange.deadline, ahead.note(&upstream.name, message)).await;
    let noted = noted.unwrap_or_else(|_| Err("the store did not answer in time".to_owned()));
    exchange.note = noted.map_err(|error| Cause::Store(error.into()))?;
    Ok(())
}

/// Gives the message that goes out a STAN of the gateway's own, if it has one, and what it refers to the one that went
/// out.
fn own_stan(outgoing: &Message, message: &mut Message, upstream: &Upstream) -> Result<Option<OwnStan>, Cause> {
    let (Some(stans), true) = (&upstream.stans, message.has(STAN)) else { return Ok(None) };
    let stan: Option<Stan> = outgoing.get(STAN).map_err(unmappable)?;
    // A mapping may have made one where the client sent none.
    let Some(stan) = stan else { return Ok(None) };
    let own = stans.take(outgoing, stan).map_err(|taken| match taken {
        // As a mux says it of one that keeps its STAN.
        Taken::InFlight => Cause::NotSent(NotSent::DuplicateKey),
        Taken::All => Cause::Overload(Limit::Route),
    })?;
    let mut edit = message.edit();
    edit.set(STAN, &own.stan);
    if let Some(number) = references(message.dialect()).filter(|number| message.has(*number)) {
        let mut text = leaf(message, number).map_err(unmappable)?;
        if let Some(sent) = Original::referred(outgoing, &text).and_then(|original| stans.of(&original)) {
            let digits = sent.digits();
            text.replace_range(STAN_DIGITS, std::str::from_utf8(&digits).unwrap_or_default());
            edit.set_leaf(&number.to_string(), &text);
        }
    }
    let wire = edit.finish().map_err(unmappable)?;
    *message = Message::parse(message.dialect(), wire).map_err(unmappable)?;
    Ok(Some(own))
}

/// The answer in the dialect of the client, with its own STAN, and what it refers to as the client knows it.
fn back(exchange: &Exchange, upstream: &Upstream, answer: Message, own: bool) -> Result<Message, MapError> {
    let dialect = exchange.inner.dialect;
    let mut response = match &upstream.mapping {
        Some((_, answers)) => answers.apply(&answer)?,
        None => answer,
    };
    // Equal, but another table: loaded twice, or generated and loaded.
    if !std::ptr::eq(response.dialect(), dialect) {
        response = Message::parse(dialect, response.into_bytes())?;
    }
    if own && response.has(STAN) {
        let request = &exchange.request;
        let mut edit = response.edit();
        if let Some(stan) = request.get::<Stan>(STAN)? {
            edit.set(STAN, &stan);
        }
        if let Some(number) = references(dialect)
            && response.has(number)
            && request.has(number)
        {
            edit.set_leaf(&number.to_string(), &leaf(request, number)?);
        }
        response = Message::parse(dialect, edit.finish()?)?;
    }
    Ok(response)
}

fn leaf(message: &Message, number: u8) -> Result<Zeroizing<String>, Error> {
    let at = message.span(number).map_or(0, |span| span.start);
    let raw = message.raw(number).map(|raw| raw.leaf().map_err(|fault| wrong(number, at, fault)));
    Ok(Zeroizing::new(raw.transpose()?.unwrap_or_default()))
}

fn unmappable(error: Error) -> Cause {
    Cause::Unmappable(MapError::Message(error))
}

/// How long ago, to the microsecond; told only where it is asked for.
struct Took(Option<Instant>);

impl std::fmt::Display for Took {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let micros = self.0.map_or(0, |sent| sent.elapsed().as_micros());
        write!(f, "{:?}", std::time::Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX)))
    }
}
