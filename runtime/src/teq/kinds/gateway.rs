//! `type = "gateway"`: takes requests of clients in, and carries them on to other components.

mod config;
mod leg;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ipnet::IpNet;

use self::config::{Config, only_advices, rows, targets};
use self::leg::upstream;
use super::address;
#[cfg(feature = "store")]
use super::idempotency::Keeping;
use super::link::LinkKeys;
use super::network;
#[cfg(feature = "store")]
use super::reversals::{Listener, Reversals, Reversing};
use super::stans::OwnStan;
#[cfg(feature = "store")]
use super::store::NamedStore;
use super::time::{Millis, OrZero};
use crate::connector::Stans;
use crate::gateway::{self, Gateway, Routes};
use crate::host::Component;
use crate::teq::context::Context;
use crate::teq::descriptor::{Descriptor, DescriptorError};

pub(in crate::teq) fn build(
    descriptor: &Descriptor,
    context: &Context<'_>,
) -> Result<Arc<dyn Component>, DescriptorError> {
    let config: Config = descriptor.config()?;
    let mut wrong = DescriptorError::none(descriptor.path());
    if config.network.as_ref().is_some_and(network::Config::is_table) {
        wrong
            .merge(descriptor.error("network", "network management of clients is carried on, or answered by the host"));
    }
    if let Err(what) = address::check(&config.addr, true) {
        wrong.merge(descriptor.error("addr", what));
    }
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
    let listen = keys.listen(descriptor).map_err(|error| wrong.merge(error)).ok();
    context.listens(descriptor, "addr", &config.addr);
    let dialect = keys.dialect(descriptor).map_err(|error| wrong.merge(error)).ok();
    let (Some(dialect), Some(listen)) = (dialect, listen) else {
        return wrong.unless_none().and(Err(descriptor.error_at(None, "it cannot be read")));
    };
    let rows = rows(descriptor, &config).map_err(|error| wrong.merge(error)).unwrap_or_default();
    let mut builder = Gateway::builder(descriptor.name(), dialect).listen_at(listen, config.addr.clone());
    let mut stans: BTreeMap<String, Stans> = BTreeMap::new();
    // What is delivered for sure needs no reversal.
    let mut queued: BTreeSet<String> = BTreeSet::new();
    for (key, name) in targets(&config) {
        let leg = config.upstream.as_ref().and_then(|legs| legs.get(name));
        match leg.and_then(|leg| leg.own_stan).map_or(Ok(None), OwnStan::stans) {
            Ok(Some(own)) => _ = stans.insert(name.to_owned(), own),
            Ok(None) => {}
            Err(what) => wrong.merge(descriptor.error("own_stan", what)),
        }
        let own = stans.get(name);
        let target = context.target(descriptor, key, name);
        if target.as_ref().is_ok_and(|target| target.is_queue) {
            queued.insert(name.to_owned());
            if !only_advices(&config, name) {
                let what =
                    format!("`{name}` is a store-and-forward and takes advices: say so with `mti`, such as \"0220\"");
                wrong.merge(descriptor.error(key, what));
            }
        }
        match target.and_then(|target| upstream(descriptor, dialect, name, target, leg, own)) {
            Ok(upstream) => builder = builder.upstream(upstream),
            Err(error) => wrong.merge(error),
        }
    }
    for name in config.upstream.iter().flatten().map(|(name, _)| name) {
        if !targets(&config).iter().any(|(_, target)| target == name) {
            wrong.merge(descriptor.error("upstream", format!("nothing is routed to `{name}`")));
        }
    }
    match Routes::new(dialect, rows) {
        Ok(routes) => builder = builder.routes(routes),
        Err(error) => wrong.merge(descriptor.error("routes", error)),
    }
    builder = limits(descriptor, builder, &config, &mut wrong);
    match config.trace.clone().unwrap_or_default().tracer(context.host().traces()) {
        Ok(tracer) => builder = builder.tracer(tracer),
        Err(what) => wrong.merge(descriptor.error("trace", what)),
    }
    #[cfg(not(feature = "store"))]
    if config.idempotency.is_some() {
        wrong.merge(descriptor.error("idempotency", "stores are not in this build"));
    }
    #[cfg(feature = "store")]
    let kept = config.idempotency.as_ref().map(|config| config.build(descriptor));
    #[cfg(feature = "store")]
    let kept = kept.transpose().map_err(|error| wrong.merge(error)).ok().flatten();
    #[cfg(feature = "store")]
    let queues =
        reversals(descriptor, context, &config, (kept.as_ref().map(|(_, store)| &**store), &queued), &mut wrong);
    #[cfg(not(feature = "store"))]
    reversals(descriptor, context, &config, &mut wrong);
    if let Some(key) = &config.reversal_key {
        let unknown = |number: &&u8| dialect.field(**number).is_none_or(|field| field.composite.is_some());
        if config.reversals.is_none() || key.is_empty() {
            wrong.merge(
                descriptor.error("reversal_key", "the elements that tell requests apart that go to `reversals`"),
            );
        } else if let Some(number) = key.iter().find(unknown) {
            wrong.merge(descriptor.error("reversal_key", format!("data element {number} is not there, or has parts")));
        }
    }
    wrong.unless_none()?;
    let finish = |builder: gateway::Builder| {
        let gateway = builder.build().map_err(|error| match error {
            gateway::BuildError::KeyElement(_) => descriptor.error("key", error),
            error => descriptor.error("routes", error),
        })?;
        context.gateway(descriptor, &gateway);
        Ok::<_, DescriptorError>(gateway)
    };
    #[cfg(feature = "store")]
    let builder = match &kept {
        Some((idempotency, _)) => builder.idempotency(idempotency.clone()),
        None => builder,
    };
    #[cfg(feature = "store")]
    if let Some(queues) = queues {
        let reversals = Reversals::new(queues, &stans, config.reversal_key.as_deref());
        let builder =
            builder.events(Listener(Arc::clone(&reversals))).ahead(Arc::clone(&reversals) as Arc<dyn gateway::Ahead>);
        let gateway = finish(builder)?;
        return Ok(keeping(Reversing::new(gateway, reversals), kept));
    }
    #[cfg(feature = "store")]
    return Ok(keeping(finish(builder)?, kept));
    #[cfg(not(feature = "store"))]
    Ok(Arc::new(finish(builder)?))
}

/// The component, with the store of its answers where it keeps them.
#[cfg(feature = "store")]
fn keeping<C: Component>(gateway: C, kept: Option<(gateway::Idempotency, Arc<NamedStore>)>) -> Arc<dyn Component> {
    match kept {
        Some((_, store)) => Arc::new(Keeping::new(gateway, store)),
        None => Arc::new(gateway),
    }
}

/// The queue that takes the reversals of each route: the one that sends to the same component.
#[cfg(feature = "store")]
fn reversals(
    descriptor: &Descriptor,
    context: &Context<'_>,
    config: &Config,
    (kept, queued): (Option<&NamedStore>, &BTreeSet<String>),
    wrong: &mut DescriptorError,
) -> Option<BTreeMap<String, crate::host::Upstream>> {
    let names = config.reversals.as_ref()?.all();
    let mut queues = BTreeMap::new();
    for name in names {
        match context.queue(descriptor, "reversals", name) {
            Ok((queue, Some(to), saf)) => {
                // What is kept of a request is kept in one change.
                if kept.is_some_and(|kept| !kept.is(saf.store())) {
                    let what = format!("`{name}` keeps its messages in another store than `idempotency`");
                    wrong.merge(descriptor.error("reversals", what));
                }
                queues.insert(to, queue.upstream);
            }
            Ok((_, None, _)) => {
                wrong.merge(descriptor.error("reversals", format!("it is not known where `{name}` sends to")));
            }
            Err(error) => {
                wrong.merge(error);
                return None;
            }
        }
    }
    // A reversal that went elsewhere would undo nothing.
    let needs = |route: &str| !queues.contains_key(route) && !queued.contains(route);
    for (_, route) in targets(config).into_iter().filter(|(_, route)| needs(route)) {
        let what = format!("none of these sends to `{route}`, so that nothing could be reversed there");
        wrong.merge(descriptor.error("reversals", what));
    }
    Some(queues)
}

#[cfg(not(feature = "store"))]
fn reversals(descriptor: &Descriptor, _: &Context<'_>, config: &Config, wrong: &mut DescriptorError) {
    if config.reversals.as_ref().is_some_and(|names| !names.all().is_empty()) {
        wrong.merge(descriptor.error("reversals", "store-and-forward is not in this build"));
    }
}

fn limits(
    descriptor: &Descriptor,
    mut builder: gateway::Builder,
    config: &Config,
    wrong: &mut DescriptorError,
) -> gateway::Builder {
    for network in config.allow.iter().flatten() {
        match network.parse::<IpNet>().or_else(|_| network.parse().map(|address: std::net::IpAddr| address.into())) {
            Ok(network) => builder = builder.allow([network]),
            Err(_) => wrong.merge(descriptor.error("allow", "a network is an address, or `10.1.0.0/16`")),
        }
    }
    if config.allow.as_ref().is_some_and(Vec::is_empty) {
        wrong.merge(descriptor.error("allow", "an empty list would let everybody in; leave it out for that"));
    }
    // 0 is no bound in Isopace; here every request has an end, which is the usual one then.
    if let Some(OrZero(Some(timeout))) = config.timeout_ms {
        builder = builder.timeout(timeout);
    }
    if let Some(Millis(grace)) = config.grace_ms {
        builder = builder.grace(grace);
    }
    for (key, most, put) in [
        ("max_clients", config.max_clients, gateway::Builder::max_clients as fn(_, usize) -> _),
        ("max_in_flight", config.max_in_flight, gateway::Builder::max_in_flight),
        ("max_in_flight_per_client", config.max_in_flight_per_client, gateway::Builder::max_in_flight_per_client),
    ] {
        match most {
            Some(0) => wrong.merge(descriptor.error(key, "at least 1")),
            Some(most) => builder = put(builder, most),
            None => {}
        }
    }
    builder
}
