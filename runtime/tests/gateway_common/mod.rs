//! What the tests of gateways share: clients by hand, routes that do as they are told, and a listener that remembers.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

#[cfg(feature = "store")]
pub mod once;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use isopace::frame::{Framing, Header};
use isopace::gateway::{
    Builder, Client, Declined, Events, Forwarder, Gateway, Late, Refusal, Stage, Undelivered, handler,
};
use isopace::iso87a::DIALECT;
use isopace::link::{Connect, Link, Listen, Settings};
use isopace::mux::{Lost, Unmatched};
use isopace::types::Text;
use isopace::{Dialect, Edit, Error, Message};
use tokio::time::timeout;

pub const FRAMING: Framing = Framing::new(Header::Binary2);
pub const SECOND: Duration = Duration::from_secs(1);
pub const MS: Duration = Duration::from_millis(1);
/// Nothing takes so long unless it hangs.
pub const EVER: Duration = Duration::from_secs(20);
pub const PAN: &str = "4012345678909";

/// A purchase with this STAN.
pub fn purchase(stan: u32) -> Message {
    purchase_of(stan, |_| {})
}

/// A purchase with this STAN, and changes.
pub fn purchase_of(stan: u32, change: impl FnOnce(&mut Edit<'_>)) -> Message {
    message(&DIALECT, "0200", |edit| {
        edit.set(3, "000000").set(4, "000000002500").set(11, &stan).set(41, "TERM0001");
        change(edit);
    })
}

/// A message of this type.
pub fn message(dialect: &'static Dialect, mti: &str, change: impl FnOnce(&mut Edit<'_>)) -> Message {
    let mut edit = Edit::build(dialect);
    edit.mti(mti);
    change(&mut edit);
    Message::parse(dialect, edit.finish().unwrap()).unwrap()
}

/// An element as text, or nothing.
pub fn text(message: &Message, number: u8) -> String {
    message.raw(number).map(|raw| raw.leaf().unwrap()).unwrap_or_default()
}

/// Message type, STAN and response code: `0210 17 00`.
pub fn brief(message: &Message) -> String {
    let stan: Option<u32> = message.get(11).unwrap();
    format!("{} {} {}", message.mti(), stan.map_or_else(String::new, |stan| stan.to_string()), text(message, 39))
}

/// Approves everything.
pub fn approving() -> impl Forwarder {
    answering(&DIALECT, "00")
}

/// Answers everything with this code.
pub fn answering(dialect: &'static Dialect, code: &'static str) -> impl Forwarder {
    handler(dialect, move |request: Message| async move {
        let mut reply = request.reply()?;
        reply.set(39, code);
        reply.finish()
    })
}

/// Approves everything, and remembers what came.
pub fn remembering(dialect: &'static Dialect, code: &'static str) -> (impl Forwarder, Seen) {
    let seen = Seen::default();
    let remembered = seen.clone();
    let forwarder = handler(dialect, move |request: Message| {
        remembered.0.lock().unwrap().push(request.clone());
        async move {
            let mut reply = request.reply()?;
            reply.set(39, code);
            reply.finish()
        }
    });
    (forwarder, seen)
}

#[derive(Clone, Default)]
pub struct Seen(Arc<Mutex<Vec<Message>>>);

impl Seen {
    pub fn all(&self) -> Vec<Message> {
        self.0.lock().unwrap().clone()
    }

    pub fn last(&self) -> Message {
        self.all().pop().expect("something came")
    }
}

/// Never answers.
pub fn silent() -> impl Forwarder {
    handler(&DIALECT, |_| std::future::pending::<Result<isopace::Bytes, Error>>())
}

/// A gateway on a free port of this machine.
pub async fn builder() -> Builder {
    builder_for(&DIALECT).await
}

pub async fn builder_for(dialect: &'static Dialect) -> Builder {
    let listener = Listen::new(FRAMING).bind("127.0.0.1:0").await.unwrap();
    Gateway::builder("pos", dialect).listen(listener).timeout(5 * SECOND).grace(5 * SECOND)
}

/// A client by hand.
pub struct Peer {
    pub link: Link,
    pub dialect: &'static Dialect,
}

impl Peer {
    pub async fn of(gateway: &Gateway) -> Self {
        let address = gateway.local_address().unwrap().to_string();
        let link = timeout(EVER, Connect::to(address, FRAMING).open()).await.unwrap().unwrap();
        Peer { link, dialect: gateway.dialect() }
    }

    pub async fn with(gateway: &Gateway, settings: Settings) -> Self {
        let address = gateway.local_address().unwrap().to_string();
        Peer { link: Connect::to(address, settings).open().await.unwrap(), dialect: gateway.dialect() }
    }

    pub async fn send(&mut self, message: &[u8]) {
        timeout(EVER, self.link.send(message)).await.unwrap().unwrap();
    }

    /// The next message; nothing when the link is closed.
    pub async fn next(&mut self) -> Option<Message> {
        let frame = timeout(EVER, self.link.receive()).await.expect("something comes").ok()??;
        Some(Message::parse(self.dialect, frame.body).unwrap())
    }

    pub async fn receive(&mut self) -> Message {
        self.next().await.expect("the link is open")
    }

    pub async fn ask(&mut self, message: &Message) -> Message {
        self.send(message.as_bytes()).await;
        self.receive().await
    }

    pub async fn ask_wire(&mut self, wire: &[u8]) -> Message {
        self.send(wire).await;
        self.receive().await
    }

    /// Whether nothing comes for a while.
    pub async fn hears_nothing(&mut self) -> bool {
        timeout(100 * MS, self.link.receive()).await.is_err()
    }
}

/// Remembers what it is told.
#[derive(Clone, Default)]
pub struct Told {
    lines: Arc<Mutex<Vec<String>>>,
    pub declined: Arc<Mutex<Vec<Declined>>>,
    pub undelivered: Arc<Mutex<Vec<Undelivered>>>,
    pub late: Arc<Mutex<Vec<Late>>>,
}

impl Told {
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    fn add(&self, line: String) {
        self.lines.lock().unwrap().push(line);
    }

    /// Waits until one of its lines begins so.
    pub async fn until(&self, line: &str) {
        let told = async {
            while !self.lines().iter().any(|told| told.starts_with(line)) {
                tokio::time::sleep(5 * MS).await;
            }
        };
        let told = timeout(EVER, told).await;
        assert!(told.is_ok(), "{line} was not told, but {:?}", self.lines().iter().rev().take(20).collect::<Vec<_>>());
    }
}

impl Events for Told {
    fn established(&self, _: &Client) {
        self.add("established".to_owned());
    }

    fn closed(&self, _: &Client, lost: &Lost) {
        self.add(format!("closed {}", lost.name()));
    }

    fn refused(&self, _: SocketAddr, refusal: Refusal) {
        self.add(format!("refused {}", refusal.name()));
    }

    fn undecodable(&self, _: &Client, bytes: usize, error: &Error) {
        self.add(format!("undecodable {bytes} {}", error.path()));
    }

    fn unmatched(&self, _: &Client, unmatched: &Unmatched) {
        self.add(format!("unmatched {}", unmatched.reason.name()));
    }

    fn declined(&self, declined: Declined) {
        self.add(format!("declined {} {}", declined.cause.kind().name(), declined.may_have_been_acted_on()));
        self.declined.lock().unwrap().push(declined);
    }

    fn repeated(&self, _: &Client, request: &Message) {
        self.add(format!("repeated {}", brief(request)));
    }

    fn reply_undelivered(&self, undelivered: Undelivered) {
        self.add(format!("undelivered {}", brief(&undelivered.response)));
        self.undelivered.lock().unwrap().push(undelivered);
    }

    fn late(&self, late: Late) {
        self.add(format!("late {} {}", late.route, brief(&late.unmatched.message)));
        self.late.lock().unwrap().push(late);
    }

    fn panicked(&self, _: &Client, stage: Stage) {
        self.add(format!("panicked {stage}"));
    }
}

/// A value of an element, for comparisons.
pub fn get<'a>(message: &'a Message, number: u8) -> Option<Text<'a>> {
    message.get(number).unwrap()
}
