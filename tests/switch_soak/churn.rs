//! What changes while requests go on: a descriptor each second, and faults on the links to the hosts.

use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};

use isopace::teq::Teq;
use tokio::time::sleep;

use super::site::{HOSTS, Manner, Site};
use crate::seeded::Seeded;
use crate::soak::faults::Fault;
use crate::soak::proxy::{Proxy, epoch};

/// A descriptor is rewritten so often.
const EVERY: Duration = Duration::from_secs(1);

/// How often what was done.
pub(super) type Counts = BTreeMap<&'static str, u32>;

/// What was done to the directory, and what the switch made of it.
#[derive(Default)]
pub(super) struct Changed {
    pub(super) counts: Counts,
    /// How often something else was found wrong with the directory, and what it was last.
    pub(super) problems: u32,
    last: Vec<String>,
    /// The most clients that the gateway had at a time.
    pub(super) clients: u64,
    /// Panics that the gateway has caught.
    pub(super) panicked: u64,
}

/// Rewrites one descriptor after another until then.
pub(super) async fn rewrite(site: &mut Site, teq: &Teq, mut random: Seeded, end: Instant) -> io::Result<Changed> {
    let mut changed = Changed::default();
    let (mut repair, mut round) = (false, random.below(7));
    while Instant::now() + EVERY < end {
        for _ in 0..10 {
            sleep(EVERY / 10).await;
            look(teq, &mut changed);
        }
        let host = random.below(HOSTS.len());
        // What was broken is right again, and what was down comes back, with the next change.
        if std::mem::take(&mut repair) {
            site.write_all()?;
        }
        for down in 0..HOSTS.len() {
            if site.manner[down] == Manner::Down {
                site.manner[down] = Manner::Usual;
                site.write_host(down)?;
            }
        }
        // In turn, so that a short soak has them all.
        round += 1;
        let what = match round % 7 {
            0 => {
                site.timeout = 1000 + random.below(1500) as u32;
                site.write_gateway()?;
                "gateway timeout"
            }
            1 | 4 => {
                site.backoff[host] = 50 + random.below(1000) as u32;
                site.write_connector(host)?;
                "connector backoff"
            }
            2 => {
                site.break_one(&mut random)?;
                repair = true;
                "broken file"
            }
            3 | 5 => {
                site.manner[host] = if site.manner[host] == Manner::Slow { Manner::Usual } else { Manner::Slow };
                site.write_host(host)?;
                if site.manner[host] == Manner::Slow { "host slow" } else { "host prompt" }
            }
            _ => {
                site.manner[host] = Manner::Down;
                site.write_host(host)?;
                "host killed"
            }
        };
        *changed.counts.entry(what).or_default() += 1;
    }
    sleep(end.saturating_duration_since(Instant::now())).await;
    look(teq, &mut changed);
    // From now on nothing is wrong any more.
    (site.timeout, site.backoff, site.manner) = (5000, [200; 2], [Manner::Good; 2]);
    site.write_all()?;
    Ok(changed)
}

fn look(teq: &Teq, changed: &mut Changed) {
    let scan = teq.deployer().and_then(|deployer| deployer.last_scan());
    let problems = scan.map(|scan| scan.problems).unwrap_or_default();
    changed.problems += u32::from(!problems.is_empty() && problems != changed.last);
    changed.last = problems;
    let gateway = teq.components().into_iter().find(|listed| &*listed.name == "pos");
    for (name, figure) in gateway.into_iter().flat_map(|listed| listed.status.figures) {
        match name {
            "clients" => changed.clients = changed.clients.max(figure),
            "panicked_total" => changed.panicked = changed.panicked.max(figure),
            _ => {}
        }
    }
}

/// Has something go wrong on the link to one of the hosts, again and again until then.
pub(super) async fn inflict(proxies: &[Proxy], every: Duration, mut random: Seeded, end: Instant) -> Counts {
    let mut done = Counts::new();
    while Instant::now() + every < end {
        sleep(every.mul_f64(0.5 + random.below(1000) as f64 / 1000.0)).await;
        let fault = Fault::any(&mut random);
        // Nothing here tells garbage from a message that follows it; clients that mean harm send enough of it.
        if !matches!(fault, Fault::Garbage(_)) {
            random.pick(proxies).inflict(fault, epoch());
            *done.entry(fault.name()).or_default() += 1;
        }
    }
    done
}
