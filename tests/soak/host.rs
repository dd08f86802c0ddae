//! The host: approves purchases, some late, some never, and notes each one.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use isopace::iso87a::DIALECT;
use isopace::link::{Listen, Listener};
use isopace::mux::{Events, Inbound, Mux, Wire};
use tokio::task::{JoinHandle, JoinSet};

use super::ledger::Ledger;
use super::message;
use crate::seeded::Seeded;

pub(super) struct Host {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Host {
    pub(super) async fn start(ledger: Arc<Ledger>, seed: u64) -> io::Result<Self> {
        let listener = Listen::new(message::settings()).bind("127.0.0.1:0").await.map_err(io::Error::other)?;
        let address = listener.local_address();
        Ok(Host { address, task: tokio::spawn(serve(listener, ledger, seed)) })
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) async fn stop(self) {
        self.task.abort();
        drop(self.task.await);
    }
}

async fn serve(listener: Listener, ledger: Arc<Ledger>, seed: u64) {
    let mut links = JoinSet::new();
    let chance = Arc::new(AtomicU64::new(seed));
    loop {
        let accepted = listener.accept().await;
        let (ledger, chance) = (Arc::clone(&ledger), Arc::clone(&chance));
        links.spawn(async move {
            let Ok(link) = accepted.open().await else { return };
            let service = move |inbound: Inbound| answer(inbound, Arc::clone(&ledger), Arc::clone(&chance));
            let builder = Mux::builder(&DIALECT).events(Silent).timeout(super::TIMEOUT).concurrency(256);
            let (_mux, driver) = builder.serve(service).start(link).expect("a rule that fits");
            driver.await;
        });
        while links.try_join_next().is_some() {}
    }
}

/// Nothing that comes is a surprise.
struct Silent;

impl Events for Silent {}

async fn answer(inbound: Inbound, ledger: Arc<Ledger>, chance: Arc<AtomicU64>) {
    let mut random = Seeded::new(chance.fetch_add(1, Ordering::Relaxed));
    if let Some(number) = message::number(&inbound.message) {
        ledger.seen(number);
        match random.below(1000) {
            0 => return,
            // Late.
            1 => tokio::time::sleep(super::TIMEOUT + Duration::from_millis(300)).await,
            2..100 => tokio::time::sleep(Duration::from_millis(random.below(50) as u64)).await,
            _ => {}
        }
    }
    if let Ok(answer) = message::approval(&inbound.message) {
        // The link may have ended.
        drop(inbound.replier.reply(Wire(&answer)).await);
    }
}
