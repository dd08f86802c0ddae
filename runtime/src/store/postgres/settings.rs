//! How a database is connected to.

use std::str::FromStr;
use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Config, Socket};

use super::client::{Client, Failed, refused};
use super::{Postgres, schema, tokio_postgres};
use crate::store::StoreError;

/// How a store in a database is connected to and worked with.
#[derive(Clone)]
pub struct Settings {
    config: Config,
    schema: String,
    connections: usize,
    timeout: Duration,
}

impl Settings {
    /// A configuration as PostgreSQL writes it: `host=127.0.0.1 user=isopace dbname=isopace`, or `postgresql://...`. 16
    /// connections, 30 seconds for an answer, the schema `isopace`.
    ///
    /// # Errors
    /// It is none.
    pub fn new(config: &str) -> Result<Self, StoreError> {
        let unreadable = |_| StoreError::open("not a configuration of a connection to PostgreSQL");
        let config = Config::from_str(config).map_err(unreadable)?;
        Ok(Settings { config, schema: "isopace".to_owned(), connections: 16, timeout: Duration::from_secs(30) })
    }

    /// Most connections at a time, at least one.
    #[must_use]
    pub const fn connections(mut self, most: usize) -> Self {
        self.connections = if most == 0 { 1 } else { most };
        self
    }

    /// How long an answer may take.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The schema that the tables stand in.
    #[must_use]
    pub fn schema(mut self, name: &str) -> Self {
        name.clone_into(&mut self.schema);
        self
    }

    /// Connects, and makes the tables where there are none. `tls` is [`NoTls`](tokio_postgres::NoTls), or what
    /// `tokio-postgres-rustls` and its like make of a configuration of TLS.
    ///
    /// # Errors
    /// The server cannot be reached or refuses, or the tables are of a later version.
    pub async fn connect<T>(self, tls: T) -> Result<Postgres, StoreError>
    where
        T: MakeTlsConnect<Socket> + Clone + Sync + Send + 'static,
        T::Stream: Sync + Send,
        T::TlsConnect: Sync + Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        let Settings { mut config, schema, connections, timeout } = self;
        let named = schema.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if schema.is_empty() || schema.len() > 63 || !named || schema.as_bytes()[0].is_ascii_digit() {
            return Err(StoreError::open("a schema is named by lower-case letters, digits and '_'"));
        }
        if config.get_application_name().is_none() {
            config.application_name("isopace");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(timeout);
        }
        let set_up = format!(
            "SET search_path TO {schema};
             SET statement_timeout TO {};
             SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
            timeout.as_millis().clamp(1, 3_600_000)
        );
        let hook = Hook::async_fn(move |client: &mut deadpool_postgres::ClientWrapper, _| {
            let set_up = set_up.clone();
            Box::pin(async move { client.batch_execute(&set_up).await.map_err(HookError::Backend) })
        });
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let pool = Pool::builder(Manager::from_config(config, tls, recycling))
            .max_size(connections)
            .runtime(Runtime::Tokio1)
            .timeouts(deadpool_postgres::Timeouts {
                wait: Some(timeout),
                create: Some(timeout),
                recycle: Some(timeout),
            })
            .post_create(hook)
            .build()
            .map_err(StoreError::open)?;
        let client = Client { pool, timeout };
        let made = async {
            let mut on = client.pool.get().await.map_err(refused)?;
            schema::migrate(&mut on, &schema).await
        };
        match tokio::time::timeout(timeout, made).await {
            Ok(Ok(())) => Ok(Postgres { client }),
            Ok(Err(schema::Wrong::Newer(found))) => Err(StoreError::Newer { found, known: schema::VERSION }),
            Ok(Err(schema::Wrong::Engine(error))) => Err(Failed::from(error).into()),
            Ok(Err(schema::Wrong::Store(error))) => Err(error),
            Err(_) => Err(StoreError::TimedOut),
        }
    }
}

impl std::fmt::Debug for Settings {
    /// Nothing of the configuration, which may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("schema", &self.schema)
            .field("connections", &self.connections)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
