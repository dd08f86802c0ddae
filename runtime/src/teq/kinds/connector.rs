//! `type = "connector"`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use super::address;
use super::correlation;
use super::ear::{Ear, ListeningConnector};
use super::link::LinkKeys;
use super::network;
use super::time::{Millis, OrZero};
use super::tls;
use super::unsolicited::Unsolicited;
use crate::connector::{Backoff, Builder, Connector, SecondLink};
use crate::host::Component;
use crate::mux::{Correlation, Unserved};
use crate::teq::context::Context;
use crate::teq::descriptor::{Descriptor, DescriptorError};

/// The configuration of a connector.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Config {
    addr: Option<String>,
    addresses: Option<Vec<String>>,
    listen: Option<String>,
    network: Option<network::Config>,
    dialect: Option<String>,
    packager: Option<String>,
    framing: Option<String>,
    framer: Option<String>,
    tls: Option<tls::Config>,
    correlation: Option<correlation::Config>,
    correlation_des: Option<Vec<u8>>,
    timeout_ms: Option<OrZero>,
    min_backoff_ms: Option<Millis>,
    max_backoff_ms: Option<Millis>,
    backoff_jitter: Option<bool>,
    header: Option<BTreeMap<String, String>>,
    sign_on: Option<network::SignOn>,
    echo: Option<network::Echo>,
    unsolicited_queue: Option<String>,
    connect_timeout_ms: Option<Millis>,
    write_timeout_ms: Option<Millis>,
    idle_timeout_ms: Option<Millis>,
    drain_timeout_ms: Option<Millis>,
    drop_after_silence_ms: Option<Millis>,
    max_in_flight: Option<usize>,
    wait_until_ready: Option<bool>,
    second_link: Option<Second>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Second {
    Replaces,
    Refused,
}

/// A connector, built and not started.
pub(super) enum Made {
    Dials(Connector),
    /// It is dialled.
    Listens(Ear),
}

impl Made {
    pub(super) const fn connector(&self) -> &Connector {
        match self {
            Made::Dials(connector) => connector,
            Made::Listens(ear) => ear.connector(),
        }
    }

    pub(super) fn into_ear(self) -> Option<Ear> {
        match self {
            Made::Dials(_) => None,
            Made::Listens(ear) => Some(ear),
        }
    }
}

pub(in crate::teq) fn build(
    descriptor: &Descriptor,
    context: &Context<'_>,
) -> Result<Arc<dyn Component>, DescriptorError> {
    Ok(match make(descriptor, context, descriptor.name(), &descriptor.config()?)? {
        Made::Dials(connector) => Arc::new(connector),
        Made::Listens(ear) => Arc::new(ListeningConnector(ear)),
    })
}

/// One of this name and configuration.
pub(super) fn make(
    descriptor: &Descriptor,
    context: &Context<'_>,
    name: &str,
    config: &Config,
) -> Result<Made, DescriptorError> {
    match &config.listen {
        Some(address) => listening(descriptor, context, name, config, address).map(Made::Listens),
        None => dialling(descriptor, context, name, config).map(Made::Dials),
    }
}

fn listening(
    descriptor: &Descriptor,
    context: &Context<'_>,
    name: &str,
    config: &Config,
    address: &str,
) -> Result<Ear, DescriptorError> {
    let (builder, keys) = prepare(descriptor, context, name, config)?;
    if config.addr.is_some() || config.addresses.is_some() {
        return Err(descriptor.error("listen", "a connector dials (`addr`) or listens (`listen`), not both"));
    }
    address::check(address, true).map_err(|what| descriptor.error("listen", what))?;
    let listen = keys.listen(descriptor)?;
    context.listens(descriptor, "listen", address);
    let second = match config.second_link {
        None | Some(Second::Replaces) => SecondLink::Replaces,
        Some(Second::Refused) => SecondLink::Refused,
    };
    let connector = finish(descriptor, builder.accept_offered().second_link(second))?;
    Ok(Ear::new(connector, listen, address.to_owned()))
}

/// A connector that dials.
fn dialling(
    descriptor: &Descriptor,
    context: &Context<'_>,
    name: &str,
    config: &Config,
) -> Result<Connector, DescriptorError> {
    let (mut builder, keys) = prepare(descriptor, context, name, config)?;
    let addresses: Vec<&str> = match (&config.addr, &config.addresses) {
        (Some(one), None) => vec![one],
        (None, Some(several)) if !several.is_empty() => several.iter().map(String::as_str).collect(),
        (Some(_), Some(_)) => return Err(descriptor.error("addresses", "`addr` is given too; give one of them")),
        _ => return Err(descriptor.error("addr", "it is missing: where to connect to, `host:port`")),
    };
    let key = if config.addr.is_some() { "addr" } else { "addresses" };
    for address in &addresses {
        address::check(address, false).map_err(|what| descriptor.error(key, what))?;
    }
    if config.second_link.is_some() {
        return Err(descriptor.error("second_link", "this is for a connector that listens"));
    }
    for connect in keys.dial(descriptor, &addresses)? {
        builder = builder.dial(connect);
    }
    finish(descriptor, builder)
}

/// Everything but where its links come from.
fn prepare(
    descriptor: &Descriptor,
    context: &Context<'_>,
    name: &str,
    config: &Config,
) -> Result<(Builder<Unserved>, LinkKeys), DescriptorError> {
    let keys = LinkKeys {
        dialect: config.dialect.clone(),
        packager: config.packager.clone(),
        framing: config.framing.clone(),
        framer: config.framer.clone(),
        tls: config.tls.clone(),
        connect_timeout_ms: config.connect_timeout_ms,
        write_timeout_ms: config.write_timeout_ms,
        idle_timeout_ms: config.idle_timeout_ms,
    };
    let dialect = keys.dialect(descriptor)?;
    let mut builder = Connector::builder(dialect).name(name);
    if let Some(queue) = &config.unsolicited_queue {
        if queue.trim().is_empty() || queue.len() > 64 {
            return Err(descriptor.error("unsolicited_queue", "a queue is named by 1 to 64 bytes"));
        }
        builder = builder.events(Unsolicited::new(context.host().space(), queue));
    }
    let words = (config.sign_on.as_ref(), config.echo.as_ref());
    let table = config.network.clone().unwrap_or_default();
    builder = builder.network(network::network(descriptor, &table, words, config.header.as_ref())?);

    let correlation = match (&config.correlation, &config.correlation_des) {
        (Some(_), Some(_)) => {
            return Err(descriptor.error("correlation_des", "this is another word for `correlation`; give one of them"));
        }
        (Some(config), None) => Some(("correlation", config.clone())),
        (None, Some(elements)) => Some(("correlation_des", correlation::Config::elements(elements))),
        (None, None) => None,
    };
    let rule = match &correlation {
        Some((key, config)) => {
            let rule = config.rule(Correlation::from(dialect));
            rule.check(dialect).map_err(|error| descriptor.error(key, error))?;
            Some(rule)
        }
        None => None,
    };
    let most = config.max_in_flight;
    if most == Some(0) {
        return Err(descriptor.error("max_in_flight", "at least 1 request"));
    }
    builder = builder.mux(move |mut mux| {
        if let Some(rule) = &rule {
            mux = mux.correlation(rule.clone());
        }
        match most {
            Some(most) => mux.max_in_flight(most),
            None => mux,
        }
    });
    Ok((times(descriptor, builder, config)?, keys))
}

fn times(
    descriptor: &Descriptor,
    mut builder: Builder<Unserved>,
    config: &Config,
) -> Result<Builder<Unserved>, DescriptorError> {
    let first = config.min_backoff_ms.map_or(Duration::from_millis(250), |Millis(time)| time);
    let most = config.max_backoff_ms.map_or(Duration::from_secs(30).max(first), |Millis(time)| time);
    if most < first {
        return Err(descriptor.error("max_backoff_ms", "this is less than `min_backoff_ms`"));
    }
    // As long as the longest wait the link has to be there for the waits to begin anew.
    let backoff = Backoff::new(first, most).steady(most).jitter(config.backoff_jitter.unwrap_or(true));
    builder = builder.backoff(backoff).wait_until_ready(config.wait_until_ready.unwrap_or(false));
    // 0 is no bound in Isopace; here every request has an end, which is the usual one then.
    if let Some(OrZero(Some(timeout))) = config.timeout_ms {
        builder = builder.timeout(timeout);
    }
    if let Some(Millis(timeout)) = config.drain_timeout_ms {
        builder = builder.drain_timeout(timeout);
    }
    if let Some(Millis(silence)) = config.drop_after_silence_ms {
        builder = builder.drop_after_silence(silence);
    }
    Ok(builder)
}

fn finish(descriptor: &Descriptor, builder: Builder<Unserved>) -> Result<Connector, DescriptorError> {
    builder.build().map_err(|error| descriptor.error("network", error))
}
