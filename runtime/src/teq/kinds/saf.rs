//! `type = "store-and-forward"`: a durable queue to another component.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;

use super::kept::{self, Connection, EarlierKey};
use super::store::{NamedStore, Place};
use super::time::{Millis, OrZero};
use super::tls;
use crate::connector::Backoff;
use crate::host::{BoxFuture, Component, Sender, StartError, Status};
use crate::saf::{Over, Policy, Saf};
use crate::store::{Retention, Store};
use crate::teq::context::Context;
use crate::teq::descriptor::{Descriptor, DescriptorError};

/// The owner of a queue in a file, which one process has at a time.
const ONLY_NODE: &str = "local";

/// The configuration of a queue.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    upstream: String,
    store: Option<PathBuf>,
    postgres: Option<String>,
    tls: Option<tls::Config>,
    store_timeout_ms: Option<Millis>,
    key_id: String,
    key_file: PathBuf,
    #[serde(default)]
    earlier_keys: Vec<EarlierKey>,
    node: Option<String>,
    timeout_ms: Option<Millis>,
    min_backoff_ms: Option<Millis>,
    max_backoff_ms: Option<Millis>,
    attempts: Option<u32>,
    expire_ms: Option<OrZero>,
    accept: Option<Vec<String>>,
    retry: Option<Vec<String>>,
    max_waiting: Option<u64>,
    takeover_margin_ms: Option<Millis>,
}

pub(in crate::teq) fn build(
    descriptor: &Descriptor,
    context: &Context<'_>,
) -> Result<Arc<dyn Component>, DescriptorError> {
    let config: Config = descriptor.config()?;
    let mut wrong = DescriptorError::none(descriptor.path());
    let target = context.target(descriptor, "upstream", &config.upstream).map_err(|error| wrong.merge(error)).ok();
    let connection = Connection { tls: config.tls.clone(), timeout: config.store_timeout_ms };
    let place = kept::place(descriptor, config.store.as_deref(), config.postgres.as_deref(), &connection);
    let place = place.map_err(|error| wrong.merge(error)).ok();
    let vault = kept::vault(descriptor, &config.key_id, &config.key_file, &config.earlier_keys);
    let vault = vault.map_err(|error| wrong.merge(error)).ok();
    let policy = policy(descriptor, &config).map_err(|error| wrong.merge(error)).ok();
    if config.node.as_ref().is_some_and(|node| node.trim().is_empty()) {
        wrong.merge(descriptor.error("node", "an empty name; leave it out, or name this node"));
    }
    wrong.unless_none()?;
    let (Some(target), Some(place), Some(vault), Some(policy)) = (target, place, vault, policy) else {
        return Err(descriptor.error_at(None, "it cannot be read"));
    };
    let alone = matches!(place, Place::File(_));
    let store = NamedStore::at(place);
    let dialect = target.dialect;
    let mut saf = Saf::builder(descriptor.name(), dialect, Arc::clone(&store) as Arc<dyn Store>, vault)
        .upstream(Over(target))
        .policy(policy);
    if let Some(node) = config.node.as_deref().or(alone.then_some(ONLY_NODE)) {
        saf = saf.node(node);
    }
    Ok(Arc::new(Queue { saf: saf.build(), store, retention: Mutex::default() }))
}

fn policy(descriptor: &Descriptor, config: &Config) -> Result<Policy, DescriptorError> {
    let mut policy = Policy::new();
    if let Some(Millis(timeout)) = config.timeout_ms {
        policy = policy.timeout(timeout);
    }
    let first = config.min_backoff_ms.map_or(Duration::from_secs(1), |Millis(time)| time);
    let most = config.max_backoff_ms.map_or(Duration::from_secs(300).max(first), |Millis(time)| time);
    if most < first {
        return Err(descriptor.error("max_backoff_ms", "this is less than `min_backoff_ms`"));
    }
    policy = policy.backoff(Backoff::new(first, most));
    match config.attempts {
        Some(0) => return Err(descriptor.error("attempts", "at least 1")),
        Some(attempts) => policy = policy.tries(attempts),
        None => {}
    }
    if let Some(OrZero(expire)) = config.expire_ms {
        policy = policy.expire_after(expire);
    }
    if let Some(Millis(margin)) = config.takeover_margin_ms {
        policy = policy.takeover_margin(margin);
    }
    if let Some(codes) = &config.accept {
        policy = policy.accepted(&checked(descriptor, "accept", codes)?);
    }
    if let Some(codes) = &config.retry {
        policy = policy.retried(&checked(descriptor, "retry", codes)?);
    }
    match config.max_waiting {
        Some(0) => Err(descriptor.error("max_waiting", "at least 1")),
        Some(most) => Ok(policy.most(most)),
        None => Ok(policy),
    }
}

fn checked<'a>(descriptor: &Descriptor, key: &str, codes: &'a [String]) -> Result<Vec<&'a str>, DescriptorError> {
    let is_code = |code: &String| matches!(code.len(), 2 | 3) && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if (key == "accept" && codes.is_empty()) || !codes.iter().all(is_code) {
        return Err(descriptor.error(key, "a list of response codes is expected, such as [\"00\"]"));
    }
    Ok(codes.iter().map(String::as_str).collect())
}

/// A queue and what it is kept in.
struct Queue {
    saf: Saf,
    store: Arc<NamedStore>,
    retention: Mutex<Option<Retention>>,
}

impl Queue {
    fn retain(&self, retention: Option<Retention>) {
        *self.retention.lock().unwrap_or_else(PoisonError::into_inner) = retention;
    }
}

impl Component for Queue {
    fn name(&self) -> &str {
        self.saf.name()
    }

    fn kind(&self) -> &'static str {
        "store-and-forward"
    }

    fn start(&self) -> BoxFuture<'_, Result<(), StartError>> {
        Box::pin(async {
            let store = Arc::clone(self.store.open().await.map_err(StartError::new)?);
            self.saf.start().map_err(StartError::new)?;
            self.retain(Some(kept::retention(store)));
            Ok(())
        })
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            self.retain(None);
            self.saf.stop().await;
        })
    }

    /// A store that fails is asked again and again.
    fn heals_itself(&self) -> bool {
        true
    }

    fn status(&self) -> Status {
        Component::status(&self.saf)
    }

    /// Advices are sent by it.
    fn sender(&self) -> Option<Sender> {
        Some(Sender::Queue(self.saf.clone()))
    }

    fn queue(&self) -> Option<Saf> {
        Some(self.saf.clone())
    }
}
