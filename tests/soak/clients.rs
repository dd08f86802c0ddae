//! Clients that connect, ask a little, and leave in one way or another.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use isopace::mux;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::callers::{self, Over};
use super::ledger::Ledger;
use super::{Soak, dial};
use crate::seeded::Seeded;

/// Clients at a time.
const MOST: usize = 50;

/// What they have done.
#[derive(Default)]
pub(super) struct Clients {
    /// Those that have come and left.
    pub(super) left: u32,
    pub(super) links: mux::Stats,
}

pub(super) async fn come_and_go(soak: Soak, addresses: Vec<SocketAddr>, ledger: Arc<Ledger>) -> Clients {
    let pause = soak.time.checked_div(soak.clients.max(1)).unwrap_or_default();
    let mut here = JoinSet::new();
    let mut clients = Clients::default();
    let note = |left: Result<mux::Stats, _>, clients: &mut Clients| {
        if let Ok(links) = left {
            clients.left += 1;
            clients.links = clients.links.plus(links);
        }
    };
    for number in 0..soak.clients {
        while here.len() >= MOST {
            if let Some(left) = here.join_next().await {
                note(left, &mut clients);
            }
        }
        let address = addresses[number as usize % addresses.len()];
        here.spawn(client(address, number, Seeded::new(soak.seed ^ u64::from(number) << 20), Arc::clone(&ledger)));
        sleep(pause).await;
    }
    while let Some(left) = here.join_next().await {
        note(left, &mut clients);
    }
    clients
}

async fn client(address: SocketAddr, number: u32, mut random: Seeded, ledger: Arc<Ledger>) -> mux::Stats {
    let client = dial(address, "client").start().expect("a connector that can be started");
    // It may be that it is not let in just now.
    _ = timeout(Duration::from_secs(3), client.ready()).await;
    let over = Over::Connector(client.clone());
    for _ in 0..3 {
        callers::ask(&over, &ledger, &mut random).await;
    }
    match number % 3 {
        0 => client.stop().await,
        1 => {
            client.abort();
            client.stopped().await;
        }
        // By its last handle.
        _ => {}
    }
    let mut links = client.stats().links;
    // One that goes with its last handle has its sign-on under way yet.
    links.in_flight = 0;
    links
}
