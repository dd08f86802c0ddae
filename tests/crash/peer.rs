//! The peer: writes down what it sees, and answers as it likes.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use isopace::Message;
use isopace::frame::{Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::{Link, Listen};
use isopace_tests::seeded::Seeded;

pub(crate) const FRAMING: Framing = Framing::new(Header::Binary2);

/// A message that was seen.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) mti: String,
    /// DE 37: what names the transaction here.
    pub(crate) name: String,
    /// DE 11.
    pub(crate) stan: u32,
    /// Whether it was approved at once.
    pub(crate) answered: bool,
}

pub(crate) struct Peer {
    pub(crate) address: String,
    shared: Arc<Shared>,
}

struct Shared {
    log: Mutex<Vec<Seen>>,
    chance: Mutex<Seeded>,
    kind: AtomicBool,
    links: AtomicUsize,
}

impl Peer {
    pub(crate) async fn start(seed: u64) -> Self {
        let listener = Listen::new(FRAMING).bind("127.0.0.1:0").await.expect("a port can be had");
        let address = listener.local_address().to_string();
        let shared = Arc::new(Shared {
            log: Mutex::new(Vec::new()),
            chance: Mutex::new(Seeded::new(seed)),
            kind: AtomicBool::new(false),
            links: AtomicUsize::new(0),
        });
        let serving = Arc::clone(&shared);
        tokio::spawn(async move {
            loop {
                let accepted = listener.accept().await;
                serving.links.fetch_add(1, Ordering::SeqCst);
                let shared = Arc::clone(&serving);
                tokio::spawn(async move {
                    if let Ok(link) = accepted.open().await {
                        shared.serve(link).await;
                    }
                    shared.links.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Peer { address, shared }
    }

    /// Approves everything from now on.
    pub(crate) fn be_kind(&self) {
        self.shared.kind.store(true, Ordering::SeqCst);
    }

    /// Waits until all links have ended.
    pub(crate) async fn quiet(&self) {
        // A link that was opened just before may have to be accepted yet.
        tokio::time::sleep(Duration::from_millis(10)).await;
        while self.shared.links.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// How many messages of the queue have come.
    pub(crate) fn of_queue(&self) -> usize {
        let log = self.shared.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.iter().filter(|seen| seen.mti != "0200").count()
    }

    pub(crate) fn log(&self) -> Vec<Seen> {
        self.shared.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Shared {
    async fn serve(&self, mut link: Link) {
        while let Ok(Some(frame)) = link.receive().await {
            let Ok(message) = Message::parse(&DIALECT, frame.body) else { continue };
            let die = self.chance.lock().unwrap_or_else(PoisonError::into_inner).below(100);
            let die = if self.kind.load(Ordering::SeqCst) { 99 } else { die };
            self.saw(&message, die >= 20);
            let code = match die {
                0..5 => continue,
                5..8 => return,
                8..15 if message.mti() == "0221" || message.mti().class().digit() == 4 => "91",
                8..20 if matches!(message.mti().as_str(), "0200" | "0201") => {
                    // Late, and everything behind it too.
                    tokio::time::sleep(Duration::from_millis(120)).await;
                    "00"
                }
                _ => "00",
            };
            let Ok(mut reply) = message.reply() else { continue };
            match reply.set(39, code).finish() {
                Ok(wire) if link.send(&wire).await.is_ok() => {}
                _ => return,
            }
        }
    }

    fn saw(&self, message: &Message, answered: bool) {
        let text = |number| message.raw(number).and_then(|raw| raw.text().ok().map(|text| text.trim().to_owned()));
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.push(Seen {
            mti: message.mti().to_string(),
            name: text(37).unwrap_or_default(),
            stan: text(11).and_then(|stan| stan.parse().ok()).unwrap_or_default(),
            answered,
        });
    }
}
