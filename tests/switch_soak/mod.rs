//! A soak of a whole switch: a gateway, two connectors and two test hosts from a directory of descriptors. Tills ask at a
//! moderate rate, while hosts are killed, slow, late and forgetful, descriptors are rewritten each second and are broken
//! now and then, clients send garbage, and others only sit there.
//!
//! Looked at: each request ends once, with its own answer or with none; none is left without either; nothing panics;
//! when nothing is wrong any more, all is approved; memory stays flat; the switch stops in its time and leaves no task
//! behind.

mod churn;
mod crowd;
mod message;
mod report;
mod site;
mod tally;
mod tills;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use isopace::mux;
use isopace::teq::Teq;
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::seeded::Seeded;
use crate::soak::proxy::Proxy;
use crate::soak::{Warm, Watch, no_task_left};
pub use report::Report;
use site::Site;
use tally::Tally;

/// What the switch has to stop.
const SHUTDOWN: Duration = Duration::from_secs(10);
/// What everything else has to stop.
const STOP: Duration = Duration::from_secs(60);
/// What was done last has no effect any more after this.
const CALM: Duration = Duration::from_secs(5);
/// What the switch has to come back when nothing is wrong any more.
const RECOVERY: Duration = Duration::from_secs(30);
/// Requests that must be approved then.
const APPROVED: u32 = 50;
/// A fault on the links to the hosts comes about so often.
const FAULT_EVERY: Duration = Duration::from_secs(2);

/// With thousands of clients that come anew at each other gateway an allocator has all that it will keep after two minutes.
const WARM: Warm = Warm { from: 50, to: 70, at_least: Duration::from_secs(240) };

/// What is done for how long.
#[derive(Debug, Clone, Copy)]
pub struct SwitchSoak {
    /// How long requests are sent. Faults end a few seconds before.
    pub time: Duration,
    /// Requests a second of all tills together, about.
    pub rate: u32,
    /// Tills, each with a link and several requests at a time.
    pub tills: u32,
    /// Clients that send nothing.
    pub idle: u32,
    /// Clients that send garbage.
    pub hostile: u32,
    /// What chance is made from. Threads and sockets add chance of their own.
    pub seed: u64,
}

impl SwitchSoak {
    /// Does it, and gives what was seen.
    ///
    /// # Errors
    /// A law that was broken; a socket or a folder that cannot be had.
    pub async fn run(self) -> Result<Report, String> {
        let before = Handle::current().metrics().num_alive_tasks();
        let report = self.all().await?;
        no_task_left(before).await?;
        Ok(report)
    }

    async fn all(self) -> Result<Report, String> {
        let random = |what: u64| Seeded::new(self.seed ^ what << 32);
        // Ports are not the same for those who run at the same time.
        let mut chance = Seeded::new(self.seed ^ u64::from(std::process::id()) << 32);
        let mut port = || site::free_port(&mut chance).map_err(plain);
        let (gateway, hosts) = (port()?, [port()?, port()?]);
        let mut proxies = Vec::new();
        for port in hosts {
            let host = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            proxies.push(Proxy::start(host, self.seed ^ u64::from(port)).await.map_err(plain)?);
        }
        let links = [proxies[0].address(), proxies[1].address()];
        let folder = format!("isopace-switch-soak-{}-{gateway}", std::process::id());
        let mut site = Site::new(std::env::temp_dir().join(folder), gateway, hosts, links).map_err(plain)?;
        let teq = Teq::builder()
            .shutdown_timeout(SHUTDOWN)
            .deploy_dir(site.folder())
            .scan_interval(Duration::from_millis(500))
            .ready_within(Duration::from_secs(3))
            .build();
        teq.start().await.map_err(plain)?;
        let ready = teq.host().ready_within(RECOVERY).await;
        if !ready.ready {
            return Err(format!("the switch does not get ready: {:?}", ready.waiting_for));
        }

        let watch = Watch::start(WARM);
        let tally = Arc::new(Tally::new(self.most()));
        let end = Instant::now() + self.time;
        let pace = Duration::from_secs_f64(f64::from(self.tills * tills::AT_A_TIME) / f64::from(self.rate.max(1)));
        let (mut tills, mut idle, mut hostile) = (JoinSet::new(), JoinSet::new(), JoinSet::new());
        let address = site.gateway();
        for number in 0..self.tills {
            let till = tills::dial(address, number)?;
            tills.spawn(tills::run(till, Arc::clone(&tally), self.seed ^ u64::from(number) << 8, pace, end));
        }
        let sitting = Arc::<AtomicU64>::default();
        for number in 0..self.idle {
            idle.spawn(crowd::idle(address, random(1000 + u64::from(number)), Arc::clone(&sitting)));
        }
        for number in 0..self.hostile {
            hostile.spawn(crowd::hostile(address, random(100 + u64::from(number)), end));
        }
        let last = end.checked_sub(CALM).unwrap_or(end);
        let (changed, faults) = tokio::join!(
            churn::rewrite(&mut site, &teq, random(2), last),
            churn::inflict(&proxies, FAULT_EVERY, random(3), last)
        );
        let changed = changed.map_err(plain)?;

        let tills = ended(tills, "a till").await?;
        let hostile: u64 = ended(hostile, "a hostile client").await?.into_iter().sum();
        let memory = watch.stop().await;
        let stats = tills.into_iter().fold(mux::Stats::default(), mux::Stats::plus);
        let approved = recovered(&teq, &site, &tally).await?;

        // Those who only sit there are there yet.
        let stopping = Instant::now();
        let stopped = timeout(SHUTDOWN + CALM, teq.stop()).await.map_err(|_| "the switch does not stop")?;
        stopped.map_err(|error| format!("the switch has stopped, but: {error}"))?;
        let stopped_in = stopping.elapsed();
        idle.shutdown().await;
        let idle = sitting.load(Ordering::Relaxed);
        for proxy in proxies {
            proxy.stop().await;
        }
        tally.prove()?;
        prove(&stats)?;
        if changed.panicked > 0 {
            return Err(format!("the gateway has caught {} panics", changed.panicked));
        }
        memory.prove(self.time)?;
        let churn::Changed { counts: changes, problems, clients, .. } = changed;
        let ended = tally.ways();
        Ok(Report { ended, faults, changes, problems, idle, hostile, clients, approved, memory, stopped_in })
    }

    /// More requests than there will be.
    fn most(&self) -> usize {
        (self.time.as_secs_f64() * f64::from(self.rate) * 2.0) as usize + 10_000
    }
}

/// The links of the tills have no faults: nothing comes over them that is not the answer to a request of theirs.
fn prove(stats: &mux::Stats) -> Result<(), String> {
    let &mux::Stats { late, duplicate, ambiguous, unmatched, inbound, undecodable, in_flight, .. } = stats;
    if late + duplicate + ambiguous + unmatched + inbound + undecodable > 0 || in_flight > 0 {
        return Err(format!("tills have seen what they should not: {stats:?}"));
    }
    Ok(())
}

/// Waits until all of them have ended.
async fn ended<T: 'static>(mut tasks: JoinSet<T>, what: &str) -> Result<Vec<T>, String> {
    let mut results = Vec::new();
    while let Some(ended) = timeout(STOP, tasks.join_next()).await.map_err(|_| format!("{what} goes on for ever"))? {
        results.push(ended.map_err(plain)?);
    }
    Ok(results)
}

/// With nothing wrong any more, the switch takes up its work: all that is asked is approved.
async fn recovered(teq: &Teq, site: &Site, tally: &Tally) -> Result<u32, String> {
    let end = Instant::now() + RECOVERY;
    let scan = teq.scan().await.ok_or("the directory is not looked at any more")?;
    if !scan.problems.is_empty() {
        return Err(format!("nothing is wrong with the directory, and it says {:?}", scan.problems));
    }
    let ready = teq.host().ready_within(RECOVERY).await;
    if !ready.ready {
        return Err(format!("the switch has not come back: {:?} not ready", ready.waiting_for));
    }
    let (till, name) = tills::dial(site.gateway(), 9999)?;
    let mut approved = 0;
    while approved < APPROVED {
        match tills::ask(&till, &name, tally, true).await.as_deref() {
            Some("00") => approved += 1,
            // A link may be on its way out yet.
            other if Instant::now() > end => {
                tally.prove()?;
                let ways = tally.ways();
                return Err(format!("the switch has not come back: {other:?} after {approved} approvals; {ways:?}"));
            }
            _ => {
                approved = 0;
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
    till.stop().await;
    Ok(approved)
}

fn plain(error: impl std::fmt::Display) -> String {
    error.to_string()
}
