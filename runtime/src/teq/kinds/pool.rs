//! `type = "pool"`: several connectors as one.

use std::fmt;
use std::sync::Arc;

use serde::de::value::MapAccessDeserializer;
use serde::{Deserialize, Deserializer, de};

use super::connector::{self, Made};
use super::ear::Ear;
use super::listening_pool::ListeningPool;
use super::time::{Millis, OrZero};
use crate::host::{Component, PoolComponent};
use crate::pool::Strategy;
use crate::teq::context::Context;
use crate::teq::descriptor::{Descriptor, DescriptorError};

/// The configuration of a pool.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    members: Vec<Member>,
    strategy: Option<Balance>,
    timeout_ms: Option<OrZero>,
    max_in_flight: Option<usize>,
    min_ready: Option<usize>,
    connect_timeout_ms: Option<Millis>,
    min_backoff_ms: Option<Millis>,
    max_backoff_ms: Option<Millis>,
    wait_until_ready: Option<bool>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Balance {
    LeastInFlight,
    RoundRobin,
    Primary,
}

/// A connector with a descriptor of its own, by its name; or one that is described here.
#[derive(Debug)]
enum Member {
    Name(String),
    Inline(Box<Inline>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inline {
    name: String,
    config: connector::Config,
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> de::Visitor<'de> for Either {
            type Value = Member;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a connector, or a table with `name` and `config`")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Member, E> {
                Ok(Member::Name(name.to_owned()))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Member, A::Error> {
                Inline::deserialize(MapAccessDeserializer::new(map)).map(|inline| Member::Inline(Box::new(inline)))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// The connectors with descriptors of their own that are members. They are run by the pool and not by themselves.
pub(in crate::teq) fn members(descriptor: &Descriptor) -> Vec<String> {
    let Ok(config) = descriptor.config::<Config>() else { return Vec::new() };
    let name = |member| match member {
        Member::Name(name) => Some(name),
        Member::Inline(_) => None,
    };
    config.members.into_iter().filter_map(name).collect()
}

pub(in crate::teq) fn build(
    descriptor: &Descriptor,
    context: &Context<'_>,
) -> Result<Arc<dyn Component>, DescriptorError> {
    let config: Config = descriptor.config()?;
    let mut wrong = DescriptorError::none(descriptor.path());
    let mut members: Vec<Made> = Vec::new();
    for member in &config.members {
        let member = match member {
            Member::Inline(inline) => connector::make(descriptor, context, &inline.name, &inline.config).map(Some),
            Member::Name(name) => match context.member(descriptor, "members", name) {
                Ok(Some(other)) => {
                    other.config().and_then(|config| connector::make(other, context, name, &config)).map(Some)
                }
                Ok(None) => Ok(None),
                Err(error) => Err(error),
            },
        };
        match member {
            Ok(Some(member)) if members.iter().any(|other| other.connector().name() == member.connector().name()) => {
                wrong.merge(descriptor.error("members", format!("`{}` is there twice", member.connector().name())));
            }
            Ok(member) => members.extend(member),
            // What is wrong with another file is told there; here it would have no line.
            Err(error) if error.file() != descriptor.path() => {
                let lines: Vec<String> = error.lines().collect();
                wrong.merge(descriptor.error("members", lines.join("\n")));
            }
            Err(error) => wrong.merge(error),
        }
    }
    if config.max_in_flight == Some(0) {
        wrong.merge(descriptor.error("max_in_flight", "at least 1 request"));
    }
    if config.min_ready.is_some_and(|least| least > config.members.len()) {
        wrong.merge(descriptor.error("min_ready", "this is more than there are members"));
    }
    wrong.unless_none()?;
    let connectors = members.iter().map(|member| member.connector().clone());
    let pool = PoolComponent::new(descriptor.name(), connectors).map_err(|error| descriptor.error("members", error))?;
    let pool = pool.settings(move |mut builder| {
        if let Some(balance) = config.strategy {
            builder = builder.strategy(match balance {
                Balance::LeastInFlight => Strategy::LeastInFlight,
                Balance::RoundRobin => Strategy::RoundRobin,
                Balance::Primary => Strategy::Primary,
            });
        }
        if let Some(OrZero(Some(timeout))) = config.timeout_ms {
            builder = builder.timeout(timeout);
        }
        if let Some(most) = config.max_in_flight {
            builder = builder.max_in_flight(most);
        }
        if let Some(Millis(timeout)) = config.connect_timeout_ms {
            builder = builder.connect_timeout(timeout);
        }
        if let Some(Millis(wait)) = config.min_backoff_ms {
            builder = builder.reconnect_wait(wait);
        }
        if let Some(Millis(wait)) = config.max_backoff_ms {
            builder = builder.max_reconnect_wait(wait);
        }
        builder
            .min_connections(config.min_ready.unwrap_or(0))
            .wait_until_ready(config.wait_until_ready.unwrap_or(false))
    });
    let ears: Vec<Ear> = members.into_iter().filter_map(Made::into_ear).collect();
    if ears.is_empty() {
        return Ok(Arc::new(pool));
    }
    Ok(Arc::new(ListeningPool { pool, ears }))
}
