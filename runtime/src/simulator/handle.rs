//! The test host as its users hold it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use super::builder::Builder;
use super::client::Client;
use super::inner::{Inner, Role};
use super::stats::Stats;
use crate::host::{BoxFuture, Component, Health, StartError, Status};
use crate::link::{Connect, Link, Listener};
use crate::msg::{Dialect, Error};
use crate::mux::Outgoing;

/// Messages that may wait to be sent unasked on each connection.
const MOST_COMMANDS: usize = 1024;

/// How long the connections have to end when it is stopped; each has its own, shorter bounds.
const STOP: Duration = Duration::from_secs(5);

/// The waits before it dials again.
const REDIAL: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));

/// A test host: takes connections, or dials, and answers as its scenario says.
///
/// A handle: cheap to clone. It runs until it is stopped.
#[derive(Debug, Clone)]
pub struct Simulator {
    inner: Arc<Inner>,
    run: Arc<Mutex<Option<Run>>>,
}

/// What runs.
#[derive(Debug)]
struct Run {
    local: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Simulator {
    /// A test host for messages of this dialect.
    pub fn builder(dialect: &'static Dialect) -> Builder {
        Builder::new(dialect)
    }

    pub(super) fn new(inner: Inner) -> Self {
        Simulator { inner: Arc::new(inner), run: Arc::default() }
    }

    /// The address it listens at, while it does.
    #[must_use]
    pub fn local_address(&self) -> Option<SocketAddr> {
        self.run().as_ref()?.local
    }

    /// How many connections there are now.
    #[must_use]
    pub fn clients(&self) -> usize {
        self.inner.clients.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// What has been counted so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let rules = self.inner.judge().uses();
        self.inner.counters.snapshot(rules)
    }

    /// Sends a message unasked over each connection. Gives over how many; one that takes none just now, since its peer does not
    /// read, is passed over.
    ///
    /// # Errors
    /// The message cannot be written.
    pub fn send_to_all(&self, message: impl Outgoing) -> Result<usize, Error> {
        let mut body = Vec::with_capacity(256);
        message.write(&mut body)?;
        let body = Bytes::from(body);
        let clients = self.inner.clients.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(clients.values().filter(|client| client.try_send(body.clone()).is_ok()).count())
    }

    fn run(&self) -> std::sync::MutexGuard<'_, Option<Run>> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn begin(&self) -> Result<(), StartError> {
        let running = |run: &Option<Run>| run.as_ref().is_some_and(|run| !run.task.is_finished());
        if running(&self.run()) {
            return Err(StartError::new("it runs already"));
        }
        let (stop, stopped) = watch::channel(false);
        let inner = Arc::clone(&self.inner);
        let (local, task) = match &self.inner.role {
            Role::Listens(listen, address) => {
                let listener = listen.as_ref().clone().bind(address).await.map_err(StartError::new)?;
                (Some(listener.local_address()), tokio::spawn(accept(inner, listener, stopped)))
            }
            Role::Dials(connect) => (None, tokio::spawn(dial(inner, connect.as_ref().clone(), stopped))),
        };
        let mut run = self.run();
        if running(&run) {
            task.abort();
            return Err(StartError::new("it runs already"));
        }
        *run = Some(Run { local, stop, task });
        Ok(())
    }

    async fn end(&self) {
        let run = self.run().take();
        if let Some(Run { stop, mut task, .. }) = run {
            _ = stop.send(true);
            if timeout(STOP, &mut task).await.is_err() {
                task.abort();
            }
        }
        if let Some(recorder) = &self.inner.recorder {
            recorder.flush();
        }
    }
}

impl Component for Simulator {
    fn name(&self) -> &str {
        &self.inner.name
    }

    fn kind(&self) -> &'static str {
        "simulator"
    }

    fn start(&self) -> BoxFuture<'_, Result<(), StartError>> {
        Box::pin(self.begin())
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.end())
    }

    fn heals_itself(&self) -> bool {
        true
    }

    fn status(&self) -> Status {
        let clients = self.clients();
        let runs = self.run().as_ref().filter(|run| !run.task.is_finished()).map(|run| run.local);
        let (health, detail) = match (runs, &self.inner.role) {
            (None, _) => (Health::Stopped, "stopped".to_owned()),
            (Some(Some(local)), _) => (Health::Up, format!("listening at {local}, {clients} connected")),
            (Some(None), Role::Dials(_)) if clients == 0 => (Health::Starting, "connecting".to_owned()),
            (Some(None), _) => (Health::Up, "connected".to_owned()),
        };
        let stats = self.stats();
        let status = Status::new(health, detail).figure("clients", clients as u64);
        let figures = [
            ("received_total", stats.received),
            ("answered_total", stats.answered),
            ("declined_total", stats.declined),
            ("dropped_total", stats.dropped),
            ("undecodable_total", stats.undecodable),
            ("sent_total", stats.sent),
        ];
        figures.into_iter().fold(status, |status, (name, value)| status.figure(name, value))
    }
}

/// Makes a client of a link, known by its number.
fn client(
    inner: &Arc<Inner>,
    number: u64,
    link: Link,
    socket: Option<socket2::Socket>,
) -> (Client, mpsc::Receiver<Bytes>) {
    let (sender, commands) = mpsc::channel(MOST_COMMANDS);
    inner.clients.lock().unwrap_or_else(PoisonError::into_inner).insert(number, sender);
    (Client::new(Arc::clone(inner), number, link, socket), commands)
}

/// Takes connections until it is stopped.
async fn accept(inner: Arc<Inner>, listener: Listener, mut stop: watch::Receiver<bool>) {
    let mut clients = JoinSet::new();
    for number in 1.. {
        let accepted = loop {
            tokio::select! {
                biased;
                _ = stop.changed() => {
                    drop(listener);
                    while clients.join_next().await.is_some() {}
                    return;
                }
                Some(_) = clients.join_next() => {}
                accepted = listener.accept() => break accepted,
            }
        };
        let (inner, mut stopped) = (Arc::clone(&inner), stop.clone());
        clients.spawn(async move {
            let socket = accepted.socket();
            let link = tokio::select! {
                _ = stopped.changed() => return,
                link = accepted.open() => link,
            };
            match link {
                Ok(link) => {
                    let (client, commands) = client(&inner, number, link, socket);
                    client.serve(commands, stopped).await;
                }
                Err(error) => tracing::warn!(%error, "a connection could not be opened"),
            }
        });
    }
}

/// Dials until it is stopped.
async fn dial(inner: Arc<Inner>, connect: Connect, mut stop: watch::Receiver<bool>) {
    let mut wait = REDIAL.0;
    for number in 1.. {
        let mut socket = None;
        let mut see = |stream: &tokio::net::TcpStream| socket = socket2::SockRef::from(stream).try_clone().ok();
        let link = tokio::select! {
            _ = stop.changed() => return,
            link = connect.open_seen(&mut see) => link,
        };
        match link {
            Ok(link) => {
                wait = REDIAL.0;
                let (client, commands) = client(&inner, number, link, socket);
                client.serve(commands, stop.clone()).await;
            }
            Err(error) => tracing::warn!(%error, "not connected"),
        }
        tokio::select! {
            _ = stop.changed() => return,
            () = sleep(wait) => wait = (wait * 2).min(REDIAL.1),
        }
    }
}
