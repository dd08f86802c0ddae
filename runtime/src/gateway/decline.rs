//! Declines: answers that the gateway gives by itself.

use bytes::Bytes;

use crate::msg::{Dialect, Edit, Error, Message};
use crate::types::Mti;
use crate::wire::ErrorKind;

/// What is echoed where the spec has no rule for an answer: what clients and logs tell transactions by.
const ECHO: &[u8] = &[2, 3, 4, 7, 11, 12, 13, 24, 32, 33, 37, 41, 42, 49];

/// The decline of a request with this response code: by the rules of the spec, or with the usual elements where it has
/// none. Nothing for a message that is not answered.
pub(super) fn decline(request: &Message, code: &str) -> Option<Result<Bytes, Error>> {
    let response = request.mti().response()?;
    let mut reply = request.reply().unwrap_or_else(|_| {
        let mut edit = request.edit();
        edit.message_type(response).keep(ECHO);
        edit
    });
    reply.set(39, code);
    Some(reply.finish())
}

/// The decline of a frame of which only a part is a message: with the elements that could be read of those that are
/// echoed. Nothing where not even enough of it could be read for the client to know which request it is.
pub(super) fn salvage(dialect: &'static Dialect, frame: Bytes, code: &str) -> Option<(Mti, Bytes)> {
    let (part, error) = Message::parse_partial(dialect, frame);
    if error.is_some_and(|error| error.path() == crate::Path::MTI || error.kind() == ErrorKind::Mti) {
        return None;
    }
    let request = part.mti();
    let response = request.response()?;
    let read = |number: u8| part.raw(number).and_then(|raw| raw.leaf().ok()).map(zeroize::Zeroizing::new);
    if !correlation(dialect, request).iter().any(|elements| elements.iter().all(|number| read(*number).is_some())) {
        return None;
    }
    let rule = part.rule().and_then(|rule| rule.reply);
    let mut reply = Edit::build(dialect);
    match rule {
        Some(rule) => reply.mti(rule.mti),
        None => reply.message_type(response),
    };
    reply.set(39, code);
    for &number in rule.map_or(ECHO, |rule| rule.echo) {
        // A copy, so that one that cannot be written does not spoil the rest.
        if let Some(value) = read(number) {
            let mut more = reply.clone();
            more.set_leaf(&number.to_string(), &value);
            if more.finish().is_ok() {
                reply = more;
            }
        }
    }
    Some((request, reply.finish().ok()?))
}

/// The lists of elements by which a client knows which request an answer is to.
pub(super) fn correlation(dialect: &'static Dialect, request: Mti) -> &'static [&'static [u8]] {
    let class = Some(request.class().digit());
    let rules = dialect.correlation_rules();
    let rule = rules.iter().find(|rule| rule.class == class).or_else(|| rules.iter().find(|rule| rule.class.is_none()));
    rule.map_or(&[&[11]], |rule| rule.alternatives)
}
