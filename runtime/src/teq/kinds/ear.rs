//! A connector whose peer dials: it listens while it runs, and holds no port while it does not.

use std::sync::{Mutex, MutexGuard, PoisonError};
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

/// Listens at an address and offers the links that it accepts to a connector.
pub(crate) struct Ear {
    connector: Connector,
    listen: Box<Listen>,
    address: String,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Ear {
    /// Of a connector that links are [offered](crate::connector::Builder::accept_offered) to.
    pub(super) fn new(connector: Connector, listen: Listen, address: String) -> Self {
        Ear { connector, listen: Box::new(listen), address, task: Mutex::default() }
    }

    pub(super) const fn connector(&self) -> &Connector {
        &self.connector
    }

    fn task(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.task.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It has been opened, and not closed.
    pub(super) fn is_open(&self) -> bool {
        self.task().is_some()
    }

    /// It has ended by itself.
    pub(super) fn is_deaf(&self) -> bool {
        self.task().as_ref().is_some_and(JoinHandle::is_finished)
    }

    /// Takes its port.
    pub(super) async fn bind(&self) -> Result<Listener, StartError> {
        let end = Instant::now() + PATIENCE;
        loop {
            match (*self.listen).clone().bind(&self.address).await {
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

    /// Begins to offer links. The connector has been started.
    pub(super) fn open(&self, listener: Listener) {
        tracing::info!(connector = self.connector.name(), address = %listener.local_address(), "listening");
        *self.task() = Some(tokio::spawn(hear(listener, self.connector.clone())));
    }

    /// Gives up its port, and links that are not open yet. The connector goes on.
    pub(super) async fn close(&self) {
        let task = self.task().take();
        if let Some(task) = task {
            task.abort();
            // The port is free when it has ended.
            _ = task.await;
        }
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        if let Some(task) = self.task().take() {
            task.abort();
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

/// A connector that is offered the links that are accepted at an address.
pub(crate) struct ListeningConnector(pub(super) Ear);

impl Component for ListeningConnector {
    fn name(&self) -> &str {
        self.0.connector.name()
    }

    fn kind(&self) -> &'static str {
        "connector"
    }

    fn start(&self) -> BoxFuture<'_, Result<(), StartError>> {
        Box::pin(async {
            if self.0.is_open() {
                return Ok(());
            }
            let listener = self.0.bind().await?;
            Component::start(&self.0.connector).await?;
            self.0.open(listener);
            Ok(())
        })
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            self.0.close().await;
            Connector::stop(&self.0.connector).await;
        })
    }

    fn status(&self) -> Status {
        let status = connector_status(&self.0.connector);
        if self.0.is_deaf() { deaf(status) } else { status }
    }

    fn heals_itself(&self) -> bool {
        true
    }

    fn sender(&self) -> Option<Sender> {
        Some(Sender::Connector(self.0.connector.clone()))
    }

    fn dialect(&self) -> Option<&'static Dialect> {
        Some(self.0.connector.dialect())
    }
}

/// The status of what listens no more, and should.
pub(super) fn deaf(status: Status) -> Status {
    Status { health: Health::Stopped, detail: "listens no more".to_owned(), ..status }
}
