//! The table `idempotency` of a gateway: where it keeps the answers that repeats get.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;

use super::kept::{self, Connection, EarlierKey};
use super::store::NamedStore;
use super::time::Millis;
use super::tls;
use crate::gateway::Idempotency;
use crate::host::{BoxFuture, Component, StartError, Status};
use crate::store::{Retention, Store};
use crate::teq::descriptor::{Descriptor, DescriptorError};

/// The table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Config {
    store: Option<PathBuf>,
    postgres: Option<String>,
    tls: Option<tls::Config>,
    store_timeout_ms: Option<Millis>,
    key_id: String,
    key_file: PathBuf,
    #[serde(default)]
    earlier_keys: Vec<EarlierKey>,
    key: Option<Vec<u8>>,
    ttl_ms: Option<Millis>,
    max: Option<u64>,
    scope: Option<String>,
}

impl Config {
    /// What the gateway is to be told, and the store that it keeps answers in.
    pub(super) fn build(&self, descriptor: &Descriptor) -> Result<(Idempotency, Arc<NamedStore>), DescriptorError> {
        let connection = Connection { tls: self.tls.clone(), timeout: self.store_timeout_ms };
        let place = kept::place(descriptor, self.store.as_deref(), self.postgres.as_deref(), &connection)?;
        let vault = kept::vault(descriptor, &self.key_id, &self.key_file, &self.earlier_keys)?;
        let store = NamedStore::at(place);
        let mut idempotency = Idempotency::new(Arc::clone(&store) as Arc<dyn Store>, vault);
        if let Some(key) = &self.key {
            idempotency = idempotency.key(key);
        }
        if let Some(Millis(keep)) = self.ttl_ms {
            idempotency = idempotency.keep(keep);
        }
        match self.max {
            Some(0) => return Err(descriptor.error("max", "at least 1")),
            Some(most) => idempotency = idempotency.most(most),
            None => {}
        }
        if let Some(scope) = &self.scope {
            idempotency = idempotency.scope(scope);
        }
        Ok((idempotency, store))
    }
}

/// A gateway, and the store that it keeps answers in.
pub(super) struct Keeping<C> {
    gateway: C,
    store: Arc<NamedStore>,
    retention: Mutex<Option<Retention>>,
}

impl<C> Keeping<C> {
    pub(super) const fn new(gateway: C, store: Arc<NamedStore>) -> Self {
        Keeping { gateway, store, retention: Mutex::new(None) }
    }

    fn retain(&self, retention: Option<Retention>) {
        *self.retention.lock().unwrap_or_else(PoisonError::into_inner) = retention;
    }
}

impl<C: Component> Component for Keeping<C> {
    fn name(&self) -> &str {
        self.gateway.name()
    }

    fn kind(&self) -> &'static str {
        self.gateway.kind()
    }

    fn start(&self) -> BoxFuture<'_, Result<(), StartError>> {
        Box::pin(async {
            let store = Arc::clone(self.store.open().await.map_err(StartError::new)?);
            self.gateway.start().await?;
            self.retain(Some(kept::retention(store)));
            Ok(())
        })
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            self.retain(None);
            self.gateway.stop().await;
        })
    }

    fn status(&self) -> Status {
        self.gateway.status()
    }

    fn heals_itself(&self) -> bool {
        self.gateway.heals_itself()
    }

    fn hands_over(&self) -> bool {
        self.gateway.hands_over()
    }
}
