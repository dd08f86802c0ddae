//! What the tests of pools share: members with hosts behind them.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::connector_common::*;
use isopace::connector::{Connector, NetworkManagement};
use isopace::pool::{Builder, Pool};
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// A host that approves at once, or after a while; what it has seen.
#[derive(Clone, Default)]
pub struct Host {
    pub seen: Arc<AtomicUsize>,
    pub late: Arc<AtomicUsize>,
}

impl Host {
    pub fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }

    /// Serves every link of a net.
    pub fn serve(&self, mut net: Net) -> JoinHandle<()> {
        let host = self.clone();
        tokio::spawn(async move {
            loop {
                let peer = net.peer().await;
                host.one(peer).await;
            }
        })
    }

    pub async fn one(&self, mut peer: Peer) {
        while let Some(message) = peer.next().await {
            if message.mti() == "0200" {
                self.seen.fetch_add(1, Ordering::SeqCst);
                let late = self.late.load(Ordering::SeqCst) as u32;
                if late > 0 {
                    sleep(late * MS).await;
                }
            }
            if peer.link.send(&answer(&message, "00")).await.is_err() {
                return;
            }
        }
    }
}

pub fn member(net: &Net, name: &str) -> Connector {
    net.dial(builder()).name(name).network(NetworkManagement::new()).build().unwrap()
}

/// So many members, each with a host of its own.
pub fn members(count: usize) -> (Vec<Connector>, Vec<Host>, Vec<JoinHandle<()>>) {
    let (mut connectors, mut hosts, mut tasks) = (Vec::new(), Vec::new(), Vec::new());
    for at in 0..count {
        let (net, host) = (Net::new(), Host::default());
        connectors.push(member(&net, &at.to_string()));
        tasks.push(host.serve(net));
        hosts.push(host);
    }
    (connectors, hosts, tasks)
}

pub async fn ask_all(pool: &Pool, stans: std::ops::RangeInclusive<u32>) -> BTreeMap<String, usize> {
    let asked: Vec<_> = stans
        .map(|stan| {
            let pool = pool.clone();
            tokio::spawn(async move { ended(pool.request(purchase(stan)).await) })
        })
        .collect();
    let mut ended = BTreeMap::new();
    for asked in asked {
        *ended.entry(asked.await.unwrap()).or_default() += 1;
    }
    ended
}

pub fn all(count: usize) -> BTreeMap<String, usize> {
    BTreeMap::from([("00".to_owned(), count)])
}

pub fn pool() -> Builder {
    Pool::builder().timeout(5 * SECOND).connect_timeout(10 * SECOND)
}
