//! What the tests of store-and-forward share: a store, messages, and a peer by hand.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

use std::collections::VecDeque;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use isopace::connector::Backoff;
use isopace::iso87a::DIALECT;
use isopace::mux::{NotSent, Outcome};
use isopace::saf::{Builder, Policy, Saf, Upstream};
use isopace::store::{Sqlite, StorageKey, Store, Vault};
use isopace::{Edit, Message};
use tokio::sync::Notify;

pub const PAN: &str = "4111111111111111";

/// A directory of its own, removed in the end.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("isopace-saf-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Scratch(path)
    }

    pub async fn store(&self) -> Arc<dyn Store> {
        Arc::new(Sqlite::open(self.0.join("store.db")).await.unwrap())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn vault() -> Vault {
    Vault::new(&StorageKey::new("k1", [7; 32]).unwrap(), &[]).unwrap()
}

/// An advice with this STAN.
pub fn advice(stan: u32) -> Message {
    let mut edit = Edit::build(&DIALECT);
    edit.mti("0220").set_leaf("2", PAN).set_leaf("4", "000000002500").set_leaf("7", "1120072155").set(11, &stan);
    edit.set_leaf("35", &format!("{PAN}=2812201123456789"));
    Message::parse(&DIALECT, edit.finish().unwrap()).unwrap()
}

pub fn stan(message: &Message) -> u32 {
    message.get(11).unwrap().unwrap()
}

/// How the peer answers a message.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    Answer(&'static str),
    Silent,
    NotConnected,
    TooLong,
    Hang,
    Panic,
}

/// A peer that does as it is told, one act for each message, and approves when it is told nothing.
#[derive(Clone, Default)]
pub struct Peer {
    pub acts: Arc<Mutex<VecDeque<Act>>>,
    /// Message type and STAN of each message that it saw.
    pub seen: Arc<Mutex<Vec<(String, u32)>>>,
    pub messages: Arc<Mutex<Vec<Message>>>,
    pub came: Arc<Notify>,
}

impl Peer {
    pub fn doing(acts: impl IntoIterator<Item = Act>) -> Self {
        let peer = Peer::default();
        peer.acts.lock().unwrap().extend(acts);
        peer
    }

    pub fn seen(&self) -> Vec<(String, u32)> {
        self.seen.lock().unwrap().clone()
    }

    /// Waits until it saw so many.
    pub async fn saw(&self, count: usize) {
        let all = async {
            while self.seen.lock().unwrap().len() < count {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), all).await.expect("the peer has seen them");
    }
}

/// An answer as a link brings it: there is no other way to have one.
pub fn answer(request: &Message, code: &str) -> Outcome {
    std::thread::scope(|scope| scope.spawn(|| over_a_link(request, code)).join().unwrap())
}

fn over_a_link(request: &Message, code: &str) -> Outcome {
    use isopace::frame::{Framing, Header};
    use isopace::link::Link;
    use isopace::mux::{Inbound, Mux};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let framing = Framing::new(Header::Binary2);
        let (ours, theirs) = tokio::io::duplex(4096);
        let code = code.to_owned();
        let answer = move |inbound: Inbound| {
            let code = code.clone();
            async move {
                let mti = inbound.message.mti().response().unwrap();
                let mut reply = inbound.message.edit();
                reply.message_type(mti).set(39, code.as_str());
                inbound.replier.reply(&reply).await.unwrap();
            }
        };
        let (_host, driver) = Mux::builder(&DIALECT).serve(answer).start(Link::new(theirs, framing)).unwrap();
        tokio::spawn(driver);
        let (mux, driver) = Mux::builder(&DIALECT).start(Link::new(ours, framing)).unwrap();
        tokio::spawn(driver);
        mux.request(request).timeout(Duration::from_secs(20)).await
    })
}

impl Upstream for Peer {
    fn send<'a>(
        &'a self,
        message: &'a Message,
        timeout: Duration,
    ) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
        Box::pin(async move {
            let act = self.acts.lock().unwrap().pop_front().unwrap_or(Act::Answer("00"));
            if matches!(act, Act::NotConnected) {
                return Outcome::NotSent(NotSent::NotConnected);
            }
            self.messages.lock().unwrap().push(message.clone());
            self.seen.lock().unwrap().push((message.mti().to_string(), stan(message)));
            self.came.notify_one();
            match act {
                Act::Answer(code) => answer(message, code),
                Act::Silent => {
                    tokio::time::sleep(timeout).await;
                    Outcome::TimedOut
                }
                Act::TooLong => Outcome::NotSent(NotSent::NoKey),
                Act::Hang => std::future::pending().await,
                Act::Panic => panic!("as it was told"),
                Act::NotConnected => unreachable!(),
            }
        })
    }
}

/// Quick, and without chance.
pub fn policy() -> Policy {
    Policy::new()
        .timeout(Duration::from_millis(40))
        .backoff(Backoff::constant(Duration::from_millis(5)))
        .poll(Duration::from_millis(20))
        .grace(Duration::from_millis(50))
}

pub fn builder(store: &Arc<dyn Store>) -> Builder {
    Saf::builder("issuer", &DIALECT, Arc::clone(store), vault()).policy(policy()).node("n1")
}

pub async fn started(store: &Arc<dyn Store>, peer: &Peer) -> Saf {
    let saf = builder(store).upstream(peer.clone()).build();
    saf.start().unwrap();
    saf
}

pub async fn accept(saf: &Saf, stan: u32) -> u64 {
    saf.accept(&format!("m{stan}"), &advice(stan)).await.unwrap().seq()
}

pub async fn drained(saf: &Saf) {
    assert!(saf.drained(Duration::from_secs(60)).await, "everything is delivered or given up");
}
