//! What the tests of connectors and pools share: a peer that does as it is told, and links in memory.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use isopace::connector::{Backoff, Builder, Connector, NetworkManagement, State};
use isopace::frame::{Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::{Error, Link, Settings};
use isopace::mux::{Outcome, Unserved};
use isopace::types::Text;
use isopace::{Bytes, Edit, Message};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

pub const FRAMING: Framing = Framing::new(Header::Binary2);
pub const SECOND: Duration = Duration::from_secs(1);
pub const MS: Duration = Duration::from_millis(1);

/// A purchase with this STAN.
pub fn purchase(stan: u32) -> Message {
    let mut edit = Edit::build(&DIALECT);
    edit.mti("0200").set(3, "000000").set(4, "000000002500").set(11, &stan).set(41, "TERM0001");
    Message::parse(&DIALECT, edit.finish().unwrap()).unwrap()
}

/// A network management message of the peer.
pub fn network(stan: u32, code: &str) -> Message {
    let mut edit = Edit::build(&DIALECT);
    edit.mti("0800").set(7, "1120072155").set(11, &stan).set(70, code);
    Message::parse(&DIALECT, edit.finish().unwrap()).unwrap()
}

/// An element as text, or nothing.
pub fn text(message: &Message, number: u8) -> String {
    message.get::<Text<'_>>(number).unwrap().map(|text| text.as_str().to_owned()).unwrap_or_default()
}

/// Message type and code, or STAN: `0800 001`, `0200 17`.
pub fn brief(message: &Message) -> String {
    let code = if message.has(70) { text(message, 70) } else { message.get::<u32>(11).unwrap().unwrap().to_string() };
    format!("{} {code}", message.mti())
}

pub fn answer(request: &Message, code: &str) -> Bytes {
    let mut reply = request.reply().unwrap();
    reply.set(39, code);
    reply.finish().unwrap()
}

/// The other end of a link, by hand.
pub struct Peer {
    pub link: Link,
}

impl Peer {
    /// The next message; nothing when the link is closed.
    pub async fn next(&mut self) -> Option<Message> {
        let frame = self.link.receive().await.ok()??;
        Some(Message::parse(&DIALECT, frame.body).unwrap())
    }

    pub async fn receive(&mut self) -> Message {
        self.next().await.expect("the link is open")
    }

    pub async fn send(&mut self, message: &[u8]) {
        self.link.send(message).await.unwrap();
    }

    /// Answers the next message, which is this one, with a yes.
    pub async fn approve(&mut self, expected: &str) -> Message {
        let request = self.receive().await;
        assert_eq!(brief(&request), expected);
        self.send(&answer(&request, "00")).await;
        request
    }

    /// Answers all requests with a yes until the link is closed; gives what came.
    pub async fn approve_all(mut self) -> Vec<String> {
        let mut seen = Vec::new();
        while let Some(message) = self.next().await {
            seen.push(brief(&message));
            if message.mti().is_request() && self.link.send(&answer(&message, "00")).await.is_err() {
                break;
            }
        }
        seen
    }

    pub fn approving(self) -> JoinHandle<Vec<String>> {
        tokio::spawn(self.approve_all())
    }
}

/// The peers of a connector that dials in memory.
pub struct Net {
    peers: mpsc::UnboundedReceiver<Peer>,
    sender: mpsc::UnboundedSender<Peer>,
    down: Arc<AtomicBool>,
    pub room: usize,
}

impl Net {
    pub fn new() -> Self {
        let (sender, peers) = mpsc::unbounded_channel();
        Net { peers, sender, down: Arc::default(), room: 64 * 1024 }
    }

    /// Whether nobody can be reached.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    pub fn dial<S: isopace::mux::Service>(&self, builder: Builder<S>) -> Builder<S> {
        let (sender, down, room) = (self.sender.clone(), Arc::clone(&self.down), self.room);
        builder.dial_with(move || {
            let (sender, down) = (sender.clone(), Arc::clone(&down));
            async move {
                if down.load(Ordering::SeqCst) {
                    return Err(Error::Closed);
                }
                let (ours, theirs) = tokio::io::duplex(room);
                sender.send(Peer { link: Link::new(theirs, FRAMING) }).map_err(|_| Error::Closed)?;
                Ok(Link::new(ours, Settings::new(FRAMING).write_deadline(20 * SECOND)))
            }
        })
    }

    /// The peer of the next link.
    pub async fn peer(&mut self) -> Peer {
        self.peers.recv().await.unwrap()
    }

    /// That of the next link, where it has been opened already.
    pub fn waiting(&mut self) -> Option<Peer> {
        self.peers.try_recv().ok()
    }
}

/// Short waits that are the same each time.
pub fn builder() -> Builder<Unserved> {
    Connector::builder(&DIALECT)
        .timeout(5 * SECOND)
        .drain_timeout(4 * SECOND)
        .backoff(Backoff::new(100 * MS, SECOND).jitter(false))
}

/// Sign-on, echo when idle for a minute, sign-off.
pub fn iso87() -> NetworkManagement {
    NetworkManagement::iso87().sign_on_timeout(3 * SECOND).sign_off_timeout(2 * SECOND).echo_timeout(5 * SECOND)
}

/// Started, in memory.
pub fn start(network: NetworkManagement) -> (Connector, Net) {
    let net = Net::new();
    (net.dial(builder()).network(network).start().unwrap(), net)
}

/// The response code, or how it ended otherwise.
pub fn ended(outcome: Outcome) -> String {
    match outcome {
        Outcome::Response(response) => text(&response, 39),
        Outcome::NotSent(error) => format!("not sent: {error}"),
        other => other.name().to_owned(),
    }
}

pub fn ask(connector: &Connector, stan: u32) -> JoinHandle<String> {
    let connector = connector.clone();
    tokio::spawn(async move { ended(connector.request(purchase(stan)).await) })
}

/// Lets all tasks run until they wait.
pub async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// Waits for a state; no longer than a minute.
pub async fn state(connector: &Connector, state: State) {
    let reached = async { connector.changes().until(|status| status.state == state).await };
    let reached = tokio::time::timeout(60 * SECOND, reached).await;
    assert!(reached.is_ok(), "{:?} and not {state:?}", connector.status());
}

/// Tasks of this runtime.
pub fn tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

/// Waits until there are no more tasks than these.
pub async fn only(expected: usize) {
    for _ in 0..200 {
        if tasks() <= expected {
            return;
        }
        tokio::time::sleep(10 * MS).await;
    }
    assert_eq!(tasks(), expected, "tasks are left behind");
}
