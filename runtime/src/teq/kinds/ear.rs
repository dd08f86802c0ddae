//! A connector whose peer dials: it listens while it runs, and holds no port while it does not.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep};

use crate::connector::Connector;
use crate::host::{BoxFuture, Component, Health, Sender, StartError, Status, connector_status};
use crate::link::{Error, Listen, Listener};
use crate::msg::Dialect;

/// How long a port is waited for that is in use: by a component that is stopping, or a program that is about to end.
const PATIENCE: Duration = Duration::from_secs(3);
const AGAIN: Duration = Duration::from_millis(50);

/// TLS handshakes at a time.
const HANDSHAKES: usize = 32;

/// A connector that is offered the links that are accepted at an address.
pub(crate) struct ListeningConnector {
    connector: Connector,
    listen: Listen,
    address: String,
    ear: Mutex<Option<JoinHandle<()>>>,
}

impl ListeningConnector {
    /// Of a connector that links are [offered](crate::connector::Builder::accept_offered) to.
    pub(crate) fn new(connector: Connector, listen: Listen, address: String) -> Self {
        ListeningConnector { connector, listen, address, ear: Mutex::default() }
    }

    fn ear(&self) -> std::sync::MutexGuard<'_, Option<JoinHandle<()>>> {
        self.ear.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn bind(&self) -> Result<Listener, StartError> {
        let end = Instant::now() + PATIENCE;
        loop {
            match self.listen.clone().bind(&self.address).await {
                Ok(listener) => return Ok(listener),
                Err(Error::Bind { source, .. })
                    if source.kind() == std::io::ErrorKind::AddrInUse && Instant::now() < end =>
                {
                    sleep(AGAIN).await;
                }
                Err(error) => return Err(StartError::new(error)),
            }
        }
    }
}

/// Accepts links and offers them, until it is aborted.
async fn hear(listener: Listener, connector: Connector) {
    let mut opening = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if opening.len() < HANDSHAKES => {
                opening.spawn(accepted.open());
            }
            Some(opened) = opening.join_next() => match opened {
                Ok(Ok(link)) => {
                    if connector.offer(link).is_err() {
                        tracing::warn!(connector = connector.name(), "a link was not taken, and is closed");
                    }
                }
                Ok(Err(error)) => tracing::warn!(connector = connector.name(), %error, "a link could not be opened"),
                Err(_) => {}
            },
        }
    }
}

impl Component for ListeningConnector {
    fn name(&self) -> &str {
        self.connector.name()
    }

    fn kind(&self) -> &'static str {
        "connector"
    }

    fn start(&self) -> BoxFuture<'_, Result<(), StartError>> {
        Box::pin(async {
            if self.ear().is_some() {
                return Ok(());
            }
            let listener = self.bind().await?;
            tracing::info!(address = %listener.local_address(), "listening");
            Component::start(&self.connector).await?;
            *self.ear() = Some(tokio::spawn(hear(listener, self.connector.clone())));
            Ok(())
        })
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            let ear = self.ear().take();
            if let Some(ear) = ear {
                ear.abort();
                // The port is free when it has ended.
                _ = ear.await;
            }
            Connector::stop(&self.connector).await;
        })
    }

    fn status(&self) -> Status {
        let deaf = self.ear().as_ref().is_some_and(JoinHandle::is_finished);
        let status = connector_status(&self.connector);
        if deaf { Status { health: Health::Stopped, detail: "listens no more".to_owned(), ..status } } else { status }
    }

    fn heals_itself(&self) -> bool {
        true
    }

    fn sender(&self) -> Option<Sender> {
        Some(Sender::Connector(self.connector.clone()))
    }

    fn dialect(&self) -> Option<&'static Dialect> {
        Some(self.connector.dialect())
    }
}

impl Drop for ListeningConnector {
    fn drop(&mut self) {
        if let Some(ear) = self.ear().take() {
            ear.abort();
        }
    }
}
