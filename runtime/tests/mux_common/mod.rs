//! What the tests of the mux share: messages, a peer that does as it is told, and a listener that remembers.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use isopace::frame::{Frame, Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::{Link, Settings};
use isopace::mux::{Builder, Events, Lost, Mux, Reason, Service, Unmatched};
use isopace::{Edit, Error, Message};
use tokio::io::DuplexStream;
use tokio::task::JoinHandle;

pub const FRAMING: Framing = Framing::new(Header::Binary2);

/// A message with a STAN, and a terminal unless it is 0.
pub fn message(mti: &str, stan: u32, terminal: u32) -> Message {
    let mut edit = Edit::build(&DIALECT);
    edit.mti(mti).set(11, &stan);
    if terminal > 0 {
        edit.set(41, format!("TERM{terminal:04}").as_str());
    }
    Message::parse(&DIALECT, edit.finish().unwrap()).unwrap()
}

pub fn parse(frame: &Frame) -> Message {
    Message::parse(&DIALECT, frame.body.clone()).unwrap()
}

pub fn stan(message: &Message) -> u32 {
    message.get(11).unwrap().unwrap()
}

/// The approval of a request.
pub fn approval(request: &Message) -> isopace::Bytes {
    let mti = request.mti().response().unwrap();
    request.edit().message_type(mti).set(39, "00").finish().unwrap()
}

/// The other end of the link, by hand.
pub struct Peer {
    pub link: Link,
}

impl Peer {
    pub async fn receive(&mut self) -> Message {
        parse(&self.link.receive().await.unwrap().expect("the link is open"))
    }

    pub async fn send(&mut self, message: &Message) {
        self.link.send(message.as_bytes()).await.unwrap();
    }

    /// Approves the next request.
    pub async fn approve(&mut self) -> Message {
        let request = self.receive().await;
        self.link.send(&approval(&request)).await.unwrap();
        request
    }

    /// Approves whatever comes until the link is closed; gives how many.
    pub async fn approve_all(mut self) -> usize {
        let mut count = 0;
        while let Ok(Some(frame)) = self.link.receive().await {
            if parse(&frame).mti().is_request() {
                if self.link.send(&approval(&parse(&frame))).await.is_err() {
                    break;
                }
                count += 1;
            }
        }
        count
    }
}

/// A mux and its peer, in memory; so many bytes are held for whoever does not read.
pub fn pair_of(room: usize, builder: Builder<impl Service>) -> (Mux, JoinHandle<Lost>, Peer) {
    let (ours, theirs) = tokio::io::duplex(room);
    let (mux, driver) = start(builder, ours);
    (mux, driver, Peer { link: Link::new(theirs, FRAMING) })
}

pub fn start(builder: Builder<impl Service>, ours: DuplexStream) -> (Mux, JoinHandle<Lost>) {
    let settings = Settings::new(FRAMING).write_deadline(Duration::from_secs(20));
    let (mux, driver) = builder.start(Link::new(ours, settings)).unwrap();
    (mux, tokio::spawn(driver))
}

pub fn pair(builder: Builder<impl Service>) -> (Mux, JoinHandle<Lost>, Peer) {
    pair_of(64 * 1024, builder)
}

pub fn builder() -> Builder<isopace::mux::Unserved> {
    Mux::builder(&DIALECT).timeout(Duration::from_secs(5))
}

/// Remembers what it is told.
#[derive(Clone, Default)]
pub struct Heard {
    pub unmatched: Arc<Mutex<Vec<(Reason, String)>>>,
    pub undecodable: Arc<Mutex<Vec<usize>>>,
    pub closed: Arc<Mutex<Vec<&'static str>>>,
}

impl Heard {
    pub fn unmatched(&self) -> Vec<(Reason, String)> {
        self.unmatched.lock().unwrap().clone()
    }
}

impl Events for Heard {
    fn unmatched(&self, unmatched: Unmatched) {
        self.unmatched.lock().unwrap().push((unmatched.reason, unmatched.key.to_string()));
    }

    fn undecodable(&self, frame: Frame, _: Error) {
        self.undecodable.lock().unwrap().push(frame.body.len());
    }

    fn closed(&self, lost: &Lost) {
        self.closed.lock().unwrap().push(lost.name());
    }
}

/// Lets all tasks run until they wait.
pub async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}
