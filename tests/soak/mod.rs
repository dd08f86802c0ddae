//! A soak on real sockets: load over connectors and a pool, through proxies that do to the links what networks and peers
//! do, with a fault every few seconds, while clients come and go.
//!
//! Looked at: each request ends once, none gets the answer to another, what is told as not sent was not sent, nothing is
//! sent twice, memory stays flat, everything stops within its bounds and leaves no task behind.

mod callers;
mod clients;
pub(crate) mod faults;
mod host;
mod ledger;
mod message;
pub(crate) mod proxy;
mod report;

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use isopace::connector::{Backoff, Builder, Connector, NetworkManagement};
use isopace::iso87a::DIALECT;
use isopace::link::Connect;
use isopace::mux::Unserved;
use isopace::pool::{Pool, Strategy};
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::seeded::Seeded;
use callers::Over;
use ledger::Ledger;
use proxy::Proxy;
pub use report::{Memory, Report};
#[cfg(feature = "host")]
pub(crate) use report::{Warm, Watch};

/// How long a request may take.
const TIMEOUT: Duration = Duration::from_secs(2);
/// Everything stops within this time, all bounds together.
const STOP: Duration = Duration::from_secs(60);
/// Connectors by themselves, and members of the pool.
const SINGLE: usize = 3;
const MEMBERS: usize = 3;

/// What is done for how long.
#[derive(Debug, Clone, Copy)]
pub struct Soak {
    /// How long requests are sent.
    pub time: Duration,
    /// Requests a second over all links, about.
    pub rate: u32,
    /// Callers on each connector, and twice as many on the pool.
    pub callers: u32,
    /// A fault comes about so often.
    pub fault_every: Duration,
    /// Clients that connect, ask a little, and leave, over the whole time.
    pub clients: u32,
    /// What chance is made from. Threads and sockets add chance of their own.
    pub seed: u64,
}

impl Soak {
    /// Does it, and gives what was seen.
    ///
    /// # Errors
    /// A law that was broken; a socket that cannot be had.
    pub async fn run(self) -> Result<Report, String> {
        let before = Handle::current().metrics().num_alive_tasks();
        let report = self.all().await?;
        no_task_left(before).await?;
        Ok(report)
    }

    async fn all(self) -> Result<Report, String> {
        let ledger = Arc::new(Ledger::new(self.most()));
        let host = host::Host::start(Arc::clone(&ledger), self.seed).await.map_err(plain)?;
        let mut proxies = Vec::new();
        for number in 0..SINGLE + MEMBERS {
            proxies.push(Proxy::start(host.address(), self.seed + number as u64).await.map_err(plain)?);
        }
        let (members, single) = proxies.split_at(MEMBERS);
        let pool = Pool::builder()
            .members(members.iter().enumerate().map(|(at, proxy)| member(proxy, &format!("member {at}"))))
            .strategy(Strategy::LeastInFlight)
            .min_connections(1)
            .timeout(TIMEOUT)
            .start()
            .await
            .map_err(plain)?;
        let connectors: Vec<Connector> =
            single.iter().enumerate().map(|(at, proxy)| member(proxy, &format!("single {at}"))).collect();
        for connector in &connectors {
            connector.start().map_err(plain)?;
        }

        let watch = report::Watch::start(report::Warm::default());
        let mut callers = JoinSet::new();
        let each = self.callers * (SINGLE as u32 + 2);
        let pace = Duration::from_secs_f64(f64::from(each) / f64::from(self.rate.max(1)));
        let end = Instant::now() + self.time;
        let overs = connectors.iter().map(|connector| Over::Connector(connector.clone()));
        let overs = overs.chain([Over::Pool(pool.clone()), Over::Pool(pool.clone())]);
        for (group, over) in overs.enumerate() {
            for number in 0..self.callers {
                let random = Seeded::new(self.seed ^ u64::from(number) << 8 ^ (group as u64) << 40);
                callers.spawn(callers::call(over.clone(), Arc::clone(&ledger), random, pace, end));
            }
        }
        let addresses = proxies.iter().map(Proxy::address).collect();
        let clients = tokio::spawn(clients::come_and_go(self, addresses, Arc::clone(&ledger)));
        let faults = faults::drive(&proxies, self.fault_every, self.seed, end).await;

        while let Some(ended) = timeout(STOP, callers.join_next()).await.map_err(|_| "a caller waits for ever")? {
            ended.map_err(plain)?;
        }
        let clients = timeout(STOP, clients).await.map_err(|_| "a client does not leave")?.map_err(plain)?;
        let memory = watch.stop().await;

        let stopping = Instant::now();
        let stop_all = async {
            pool.close().await;
            for connector in &connectors {
                connector.stop().await;
            }
        };
        timeout(STOP, stop_all).await.map_err(|_| "a connector does not stop")?;
        let stopped_in = stopping.elapsed();
        let mut stats = clients.links;
        for connector in connectors.iter().chain(&pool.members()) {
            stats = stats.plus(connector.stats().links);
        }
        let connected = connectors.iter().chain(&pool.members()).map(|connector| connector.stats().connected).sum();
        drop((pool, connectors));
        for proxy in proxies {
            proxy.stop().await;
        }
        host.stop().await;
        ledger.prove()?;
        if stats.in_flight > 0 {
            return Err(format!("{} requests are still in flight", stats.in_flight));
        }
        memory.prove(self.time)?;
        Ok(Report { ended: ledger.ended(), faults, stats, connected, clients: clients.left, memory, stopped_in })
    }

    /// More requests than there will be.
    fn most(&self) -> usize {
        let planned = self.time.as_secs_f64() * f64::from(self.rate) * 2.0;
        planned as usize + 10_000 + 10 * self.clients as usize
    }
}

/// Waits until there are no more tasks than before.
pub(crate) async fn no_task_left(before: usize) -> Result<(), String> {
    let tasks = || Handle::current().metrics().num_alive_tasks();
    // What was aborted goes away when it is polled next.
    let end = Instant::now() + Duration::from_secs(10);
    while tasks() > before && Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    match tasks().saturating_sub(before) {
        0 => Ok(()),
        left => Err(format!("{left} tasks are left behind")),
    }
}

fn plain(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// A connector through this proxy.
fn member(proxy: &Proxy, name: &str) -> Connector {
    dial(proxy.address(), name).build().expect("a connector that can be built")
}

fn dial(address: std::net::SocketAddr, name: &str) -> Builder<Unserved> {
    let network = NetworkManagement::iso87()
        .sign_on_timeout(Duration::from_secs(3))
        .sign_off_timeout(Duration::from_secs(2))
        .echo_when_idle(Duration::from_secs(2))
        .echo_timeout(Duration::from_secs(2));
    Connector::builder(&DIALECT)
        .name(name)
        .dial(Connect::to(address.to_string(), message::settings()).deadline(Duration::from_secs(3)))
        .network(network)
        .timeout(TIMEOUT)
        .drain_timeout(Duration::from_secs(4))
        .backoff(Backoff::new(Duration::from_millis(20), Duration::from_millis(500)))
        .events(Quiet)
}

/// Says nothing: what goes wrong here is meant to.
struct Quiet;

impl isopace::connector::Events for Quiet {}

/// The largest part of the resident set that was touched, in bytes; nothing where the system does not tell.
fn resident() -> io::Result<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let pages = statm.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok());
    pages.map(|pages| pages * 4096).ok_or_else(|| io::ErrorKind::InvalidData.into())
}
