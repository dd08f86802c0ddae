//! Gateways that carry the same request on once, and routes that end requests as they are told.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use isopace::gateway::{BoxFuture, Builder, Forwarder, Gateway, Idempotency, handler};
use isopace::iso87a::DIALECT;
use isopace::mux::{Outcome, SendError};
use isopace::store::{Sqlite, StorageKey, Store, Vault};
use isopace::{Dialect, Message};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::{builder, message};

/// A directory of its own, removed in the end.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("isopace-idempotency-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
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
    Vault::new(&StorageKey::new("k", [3; 32]).unwrap(), &[]).unwrap()
}

pub async fn once(store: &Arc<dyn Store>) -> Builder {
    builder().await.idempotency(Idempotency::new(Arc::clone(store), vault()))
}

/// A purchase that can be known again.
pub fn timed(stan: u32) -> Message {
    of_type("0200", stan, "000000002500")
}

pub fn of_type(mti: &str, stan: u32, amount: &str) -> Message {
    message(&DIALECT, mti, |edit| {
        edit.set_leaf("2", "4111111111111111").set(3, "000000").set_leaf("4", amount).set(7, "1120174500");
        edit.set(11, &stan).set(41, "TERM0001");
    })
}

/// How a route ends requests.
pub enum End {
    Code(&'static str),
    Is(fn() -> Outcome),
}

/// A route that ends requests as it is told, one after the other, the last one for all that follow; each when it is let.
pub struct Route {
    ends: Vec<End>,
    seen: Arc<AtomicUsize>,
    gate: Arc<Semaphore>,
}

impl Route {
    pub fn new(ends: Vec<End>) -> (Self, Arc<AtomicUsize>, Arc<Semaphore>) {
        let (seen, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)));
        (Route { ends, seen: Arc::clone(&seen), gate: Arc::clone(&gate) }, seen, gate)
    }
}

impl Forwarder for Route {
    fn dialect(&self) -> &'static Dialect {
        &DIALECT
    }

    fn request(&self, request: Message, deadline: Instant) -> BoxFuture<'_, Outcome> {
        Box::pin(async move {
            let at = self.seen.fetch_add(1, Ordering::SeqCst).min(self.ends.len() - 1);
            self.gate.acquire().await.unwrap().forget();
            match self.ends[at] {
                End::Code(code) => {
                    // A number of its own for each answer.
                    let approve = handler(&DIALECT, move |request: Message| async move {
                        let mut reply = request.reply()?;
                        reply.set(39, code).set_leaf("38", &format!("{at:06}"));
                        reply.finish()
                    });
                    approve.request(request, deadline).await
                }
                End::Is(end) => end(),
            }
        })
    }

    fn send(&self, _: Message, _: Instant) -> BoxFuture<'_, Result<(), SendError>> {
        Box::pin(async { Ok(()) })
    }
}

pub fn code(code: &'static str) -> End {
    End::Code(code)
}

pub async fn closed(gateways: &[&Gateway], store: &Arc<dyn Store>) {
    for gateway in gateways {
        gateway.stop().await;
    }
    store.close().await;
}
