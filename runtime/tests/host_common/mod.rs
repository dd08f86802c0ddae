//! What the tests of hosts and containers share: components that do as they are told, a directory of descriptors, an issuer.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use isopace::connector::Connector;
use isopace::frame::{Framing, Header};
use isopace::host::{BoxFuture, Component, Health, Host, StartError, Status};
use isopace::iso87a::DIALECT;
use isopace::link::Listen;
use isopace::mux::{Inbound, Outcome};
use isopace::types::Text;
use isopace::{Edit, Message};
use tokio::sync::watch;

pub const SECOND: Duration = Duration::from_secs(1);
pub const MS: Duration = Duration::from_millis(1);

/// What has been done, in order.
#[derive(Clone, Default)]
pub struct Journal(Arc<Mutex<Vec<String>>>);

impl Journal {
    pub fn note(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    pub fn take(&self) -> String {
        std::mem::take(&mut *self.0.lock().unwrap()).join(" ")
    }
}

/// How a worker behaves when it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Manner {
    #[default]
    Well,
    Fails,
    Panics,
    Hangs,
}

/// A component that does as it is told.
pub struct Worker {
    pub name: String,
    pub journal: Journal,
    pub start: Mutex<Manner>,
    pub stop: Mutex<Manner>,
    pub health: Mutex<Health>,
    pub starts: AtomicU32,
}

impl Worker {
    pub fn new(name: &str, journal: &Journal) -> Self {
        Worker {
            name: name.to_owned(),
            journal: journal.clone(),
            start: Mutex::default(),
            stop: Mutex::default(),
            health: Mutex::new(Health::Stopped),
            starts: AtomicU32::new(0),
        }
    }

    pub fn starting(self, manner: Manner) -> Self {
        *self.start.lock().unwrap() = manner;
        self
    }

    pub fn stopping(self, manner: Manner) -> Self {
        *self.stop.lock().unwrap() = manner;
        self
    }

    pub fn set(&self, health: Health) {
        *self.health.lock().unwrap() = health;
    }
}

async fn behave(manner: Manner) -> Result<(), StartError> {
    match manner {
        Manner::Well => Ok(()),
        Manner::Fails => Err(StartError::new("no such device")),
        Manner::Panics => panic!("as it was told"),
        Manner::Hangs => std::future::pending().await,
    }
}

impl Component for Worker {
    fn name(&self) -> &str {
        &self.name
    }

    fn kind(&self) -> &'static str {
        "worker"
    }

    fn start(&self) -> BoxFuture<'_, Result<(), StartError>> {
        Box::pin(async {
            self.journal.note(format!("+{}", self.name));
            self.starts.fetch_add(1, Ordering::SeqCst);
            let manner = *self.start.lock().unwrap();
            behave(manner).await?;
            self.set(Health::Up);
            Ok(())
        })
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            self.journal.note(format!("-{}", self.name));
            let manner = *self.stop.lock().unwrap();
            self.set(Health::Stopped);
            _ = behave(manner).await;
        })
    }

    fn status(&self) -> Status {
        Status::new(*self.health.lock().unwrap(), "as it was told")
    }
}

/// The names of components, in order.
pub fn names(host: &Host) -> String {
    host.components().iter().map(|listed| listed.name.to_string()).collect::<Vec<_>>().join(" ")
}

/// Waits for something; no longer than half a minute.
pub async fn eventually(what: &str, mut wished: impl FnMut() -> bool) {
    for _ in 0..6000 {
        if wished() {
            return;
        }
        tokio::time::sleep(5 * MS).await;
    }
    panic!("waited in vain: {what}");
}

/// A directory for one test, which is empty.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::SeqCst);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}-{number}", std::process::id()));
        _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    /// Writes a file whole: it is never seen half written.
    pub fn write(&self, name: &str, text: &str) {
        assert!(Path::new(name).is_relative(), "{name} is elsewhere");
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let new = path.with_extension("new");
        std::fs::write(&new, text).unwrap();
        std::fs::rename(new, path).unwrap();
    }

    pub fn remove(&self, name: &str) {
        std::fs::remove_file(self.0.join(name)).unwrap();
    }

    /// The same text, without the path of this directory.
    pub fn without(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.0.display()), "")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A purchase with this STAN.
pub fn purchase(stan: u32) -> Message {
    let mut edit = Edit::build(&DIALECT);
    edit.mti("0200").set(3, "000000").set(4, "000000002500").set(11, &stan).set(41, "TERM0001");
    Message::parse(&DIALECT, edit.finish().unwrap()).unwrap()
}

/// An element as text, or nothing.
pub fn text(message: &Message, number: u8) -> String {
    message.get::<Text<'_>>(number).unwrap().map(|text| text.as_str().to_owned()).unwrap_or_default()
}

/// The response code and STAN, or how it ended otherwise.
pub fn ended(outcome: Outcome) -> String {
    match outcome {
        Outcome::Response(response) => format!("{} {}", text(&response, 39), text(&response, 11)),
        Outcome::NotSent(error) => format!("not sent: {error}"),
        other => other.name().to_owned(),
    }
}

/// An issuer that approves all, each after this time; it counts purchases by STAN. Its links are accepted as they come.
pub struct Issuer {
    pub address: String,
    pub seen: Arc<Mutex<Vec<u32>>>,
    pub connector: Connector,
    /// Whether it answers; what comes while it does not is answered when it does.
    pub answers: watch::Sender<bool>,
}

impl Issuer {
    pub async fn start(after: Duration) -> Self {
        Issuer::at("127.0.0.1:0", after).await
    }

    pub async fn at(address: &str, after: Duration) -> Self {
        let framing = Framing::new(Header::Binary2);
        let listener = Listen::new(framing).bind(address).await.unwrap();
        let address = listener.local_address().to_string();
        let seen: Arc<Mutex<Vec<u32>>> = Arc::default();
        let counts = Arc::clone(&seen);
        let answers = watch::Sender::new(true);
        let gate = answers.clone();
        let serve = move |inbound: Inbound| {
            let (counts, mut gate) = (Arc::clone(&counts), gate.subscribe());
            async move {
                let stan = inbound.message.get::<u32>(11).unwrap().unwrap_or_default();
                counts.lock().unwrap().push(stan);
                tokio::time::sleep(after).await;
                gate.wait_for(|open| *open).await.unwrap();
                let mut reply = inbound.message.reply().unwrap();
                reply.set(39, "00");
                _ = inbound.replier.reply(&reply).await;
            }
        };
        let connector = Connector::builder(&DIALECT)
            .name("issuer")
            .accept(listener)
            .mux(|mux| mux.concurrency(64))
            .serve(serve)
            .start()
            .unwrap();
        Issuer { address, seen, connector, answers }
    }
}

/// A descriptor of a connector to this address, with more keys of its configuration.
pub fn connector(name: &str, address: &str, more: &str) -> String {
    format!(
        "name = \"{name}\"\ntype = \"connector\"\nenabled = true\n[config]\naddr = \"{address}\"\n\
         min_backoff_ms = 20\nmax_backoff_ms = 200\n{more}\n"
    )
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
