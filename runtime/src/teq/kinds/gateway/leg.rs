//! One route: the component behind it, and how requests are made fit for it.

use tokio::time::Instant;

use super::config::{Change, Leg};
use crate::connector::Stans;
use crate::gateway::{Forwarder, Mapping, MappingError, Upstream};
use crate::host::BoxFuture;
use crate::msg::{Dialect, Message};
use crate::mux::{Outcome, SendError};
use crate::teq::context::Target;
use crate::teq::descriptor::{Descriptor, DescriptorError};

pub(super) fn upstream(
    descriptor: &Descriptor,
    dialect: &'static Dialect,
    name: &str,
    target: Target,
    leg: Option<&Leg>,
    stans: Option<&Stans>,
) -> Result<Upstream, DescriptorError> {
    let there = target.dialect;
    let mut upstream = Upstream::new(name, target);
    let change = |side: fn(&Leg) -> Option<&Change>| leg.and_then(side);
    let (requests, answers) = (change(|leg| leg.requests.as_ref()), change(|leg| leg.answers.as_ref()));
    if (!std::ptr::eq(dialect, there) && dialect != there) || requests.is_some() || answers.is_some() {
        let wrong = |key: &'static str, what: &'static str| {
            move |error: MappingError| descriptor.error(key, format!("{what} `{name}`: {error}"))
        };
        let there_mapping = mapping(dialect, there, requests).map_err(wrong("requests", "requests to"))?;
        let back = mapping(there, dialect, answers).map_err(wrong("answers", "answers of"))?;
        upstream = upstream.mapping(there_mapping, back);
    }
    if let Some(stans) = stans {
        upstream = upstream.own_stan_from(stans.clone());
    }
    Ok(match leg.and_then(|leg| leg.max_in_flight) {
        Some(most) => upstream.max_in_flight(most),
        None => upstream,
    })
}

fn mapping(from: &'static Dialect, to: &'static Dialect, change: Option<&Change>) -> Result<Mapping, MappingError> {
    let mut builder = Mapping::builder(from, to);
    if let Some(Change { same, path, drop, drop_rest, message_type }) = change {
        builder = builder.same(same.iter().flatten().copied()).drop(drop.iter().flatten().cloned());
        for (from, to) in path.iter().flatten() {
            builder = builder.path(from, to);
        }
        for (from, to) in message_type.iter().flatten() {
            builder = builder.message_type(from, to);
        }
        if *drop_rest == Some(true) {
            builder = builder.drop_rest();
        }
    }
    builder.build()
}

/// By the name of the component: what stands behind it may be replaced.
impl Forwarder for Target {
    fn dialect(&self) -> &'static Dialect {
        self.dialect
    }

    fn request(&self, request: Message, deadline: Instant) -> BoxFuture<'_, Outcome> {
        Box::pin(self.upstream.request_until(request, deadline))
    }

    fn send(&self, message: Message, _: Instant) -> BoxFuture<'_, Result<(), SendError>> {
        Box::pin(self.upstream.send(message))
    }

    fn is_ready(&self) -> bool {
        self.upstream.is_ready()
    }
}
