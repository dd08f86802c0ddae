//! How a database is connected to.

use std::str::FromStr;
use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::{MakeTlsConnect, NoTls, TlsConnect};
use tokio_postgres::{Config, Socket};

use super::client::{Client, Failed, refused};
use super::tls::Secure;
use super::{Postgres, schema, tokio_postgres};
use crate::link::ClientTls;
use crate::store::StoreError;

/// How a store in a database is connected to and worked with.
#[derive(Clone)]
pub struct Settings {
    config: Config,
    schema: String,
    connections: usize,
    timeout: Duration,
    tls: Option<ClientTls>,
}

impl Settings {
    /// A configuration as PostgreSQL writes it: `host=127.0.0.1 user=isopace dbname=isopace`, or `postgresql://...`. 16
    /// connections, 30 seconds for an answer, the schema `isopace`, without TLS.
    ///
    /// # Errors
    /// It is none.
    pub fn new(config: &str) -> Result<Self, StoreError> {
        let unreadable = |_| StoreError::open("not a configuration of a connection to PostgreSQL");
        let config = Config::from_str(config).map_err(unreadable)?;
        let (schema, timeout) = ("isopace".to_owned(), Duration::from_secs(30));
        Ok(Settings { config, schema, connections: 16, timeout, tls: None })
    }

    /// Under TLS, whatever the server would do without: as `sslmode=verify-full` of PostgreSQL's own programs. The server
    /// has to have a certificate of the authorities that are trusted here, with the name of `host`, or the one that is
    /// [told](ClientTls::server_name).
    ///
    /// # Errors
    /// The configuration says `sslmode=disable`.
    pub fn tls(mut self, tls: ClientTls) -> Result<Self, StoreError> {
        if self.config.get_ssl_mode() == SslMode::Disable {
            return Err(StoreError::open("`sslmode=disable`, and TLS is configured: leave one of the two out"));
        }
        self.config.ssl_mode(SslMode::Require);
        self.tls = Some(tls);
        Ok(self)
    }

    /// Connects, under [TLS](Settings::tls) if that is told, and makes the tables where there are none.
    ///
    /// # Errors
    /// The server cannot be reached or refuses, it has no certificate that is trusted, or the tables are of a later
    /// version; or the configuration says `sslmode=require` and there is nobody to trust.
    pub async fn open(mut self) -> Result<Postgres, StoreError> {
        match self.tls.take() {
            Some(tls) => self.connect(Secure::new(&tls)).await,
            None if self.wants_tls() => Err(StoreError::open("`sslmode=require`, and no TLS is configured")),
            None => self.connect(NoTls).await,
        }
    }

    /// Whether the configuration asks for TLS, and none has been told.
    pub(crate) fn wants_tls(&self) -> bool {
        self.tls.is_none() && self.config.get_ssl_mode() == SslMode::Require
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

    /// As [`Settings::open`], with TLS of the caller's own: [`NoTls`], or what crates like `tokio-postgres-rustls` make of
    /// a configuration of TLS.
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
        let Settings { mut config, schema, connections, timeout, .. } = self;
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
        // A link that is cut without a word is noticed in the time of an answer, whoever has to say something on it. Here:
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(timeout);
        }
        // And by the server, which holds the queue for a node that is away in the midst of a change.
        let millis = timeout.as_millis().clamp(1, 3_600_000);
        let set_up = format!(
            "SET search_path TO {schema};
             SET statement_timeout TO {millis};
             SET idle_in_transaction_session_timeout TO {millis};
             SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
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
            .field("tls", &self.tls.is_some())
            .finish_non_exhaustive()
    }
}
