//! The keys of a gateway, and what they say of its routes.

use std::collections::BTreeMap;

use serde::Deserialize;

#[cfg(feature = "store")]
use super::super::idempotency;
use super::super::stans::OwnStan;
use super::super::time::{Millis, OrZero};
use super::super::{network, tls, trace};
use crate::gateway::Row;
use crate::teq::descriptor::{Descriptor, DescriptorError};

/// The configuration of a gateway.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Config {
    pub(super) addr: String,
    pub(super) route_to: Option<String>,
    pub(super) routes: Option<Vec<Row>>,
    pub(super) upstream: Option<BTreeMap<String, Leg>>,
    pub(super) network: Option<network::Config>,
    pub(super) dialect: Option<String>,
    pub(super) packager: Option<String>,
    pub(super) framing: Option<String>,
    pub(super) framer: Option<String>,
    pub(super) tls: Option<tls::Config>,
    pub(super) timeout_ms: Option<OrZero>,
    pub(super) grace_ms: Option<Millis>,
    pub(super) connect_timeout_ms: Option<Millis>,
    pub(super) write_timeout_ms: Option<Millis>,
    pub(super) idle_timeout_ms: Option<Millis>,
    pub(super) allow: Option<Vec<String>>,
    pub(super) max_clients: Option<usize>,
    pub(super) max_in_flight: Option<usize>,
    pub(super) max_in_flight_per_client: Option<usize>,
    pub(super) trace: Option<trace::Config>,
    pub(super) reversals: Option<Names>,
    pub(super) reversal_key: Option<Vec<u8>>,
    pub(super) idempotency: Option<idempotency::Config>,
}

/// One name, or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Names {
    One(String),
    Several(Vec<String>),
}

impl Names {
    pub(super) fn all(&self) -> &[String] {
        match self {
            Names::One(name) => std::slice::from_ref(name),
            Names::Several(names) => names,
        }
    }
}

/// How requests are made fit for one of the components that they are carried on to.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Leg {
    pub(super) own_stan: Option<OwnStan>,
    pub(super) max_in_flight: Option<usize>,
    pub(super) requests: Option<Change>,
    pub(super) answers: Option<Change>,
}

/// From one dialect to another, beyond what is the same in both.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    /// Elements that are the same, though they are called otherwise.
    pub(super) same: Option<Vec<u8>>,
    /// From path to path.
    pub(super) path: Option<BTreeMap<String, String>>,
    /// Paths that are left out.
    pub(super) drop: Option<Vec<String>>,
    pub(super) drop_rest: Option<bool>,
    /// From message type to message type.
    pub(super) message_type: Option<BTreeMap<String, String>>,
}

/// No build without stores knows more of it.
#[cfg(not(feature = "store"))]
mod idempotency {
    pub(super) type Config = serde::de::IgnoredAny;
}

/// What the gateway carries on to, each once, and the key that names it.
pub(super) fn targets(config: &Config) -> Vec<(&'static str, &str)> {
    let mut targets: Vec<(&'static str, &str)> = Vec::new();
    let rows = config.routes.iter().flatten().map(|row| ("routes", row.to.as_str()));
    for (key, name) in rows.chain(config.route_to.iter().map(|name| ("route_to", name.as_str()))) {
        if !targets.iter().any(|(_, other)| *other == name) {
            targets.push((key, name));
        }
    }
    targets
}

/// Whether all that is carried on to this is advices: the third digit of their message types is 2.
pub(super) fn only_advices(config: &Config, name: &str) -> bool {
    let advices = |row: &Row| row.mti.as_ref().is_some_and(|mti| mti.as_bytes().get(2) == Some(&b'2'));
    config.route_to.as_deref() != Some(name) && config.routes.iter().flatten().filter(|row| row.to == name).all(advices)
}

/// The rows, and behind them the one that takes what is left.
pub(super) fn rows(descriptor: &Descriptor, config: &Config) -> Result<Vec<Row>, DescriptorError> {
    let mut rows = config.routes.clone().unwrap_or_default();
    rows.extend(config.route_to.as_ref().map(Row::to));
    if rows.is_empty() {
        return Err(descriptor.error("route_to", "it is missing: the component that requests are carried on to"));
    }
    Ok(rows)
}
