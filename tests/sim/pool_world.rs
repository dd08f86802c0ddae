//! A pool of connectors, each with hosts and weather of its own.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use isopace::mux::{Outcome, Wire};
use isopace::pool::{Pool, Strategy};
use isopace_tests::seeded::Seeded;
use tokio::time::{Instant, sleep, timeout};

use crate::callers::Asked;
use crate::connector_plan::Settings;
use crate::connector_world::{callers, tear_down, together};
use crate::faults::Fault;
use crate::sites::Site;
use crate::truth::Truth;

impl Asked for Pool {
    async fn ask(&self, body: &[u8], deadline: Instant) -> Outcome {
        self.request(Wire(body)).deadline(deadline).await
    }
}

/// Runs it to its end.
pub(crate) async fn run(truth: &Truth, random: &mut Seeded, fault: Option<Fault>) {
    let members: Vec<Settings> = (0..1 + random.below(4)).map(|_| Settings::dials(random)).collect();
    truth.note(format_args!("{members:?}"));
    let mut builder = Pool::builder()
        .strategy(*random.pick(&[Strategy::LeastInFlight, Strategy::RoundRobin, Strategy::Primary]))
        .min_connections(random.below(2))
        .connect_timeout(Duration::from_secs(20))
        .max_in_flight(*random.pick(&[1, 3, 4096]))
        .wait_until_ready(random.one_in(2));
    let mut sites: Vec<Arc<Site>> = Vec::new();
    for settings in &members {
        let (connector, own) = settings.build(truth, random, fault);
        builder = builder.member(connector);
        sites.extend(own);
    }
    let stops_within = members.iter().map(Settings::stops_within).max().unwrap_or_default();
    let ready_within = members.iter().map(Settings::ready_within).max().unwrap_or_default();
    let from = Instant::now();
    // Too few members that are ready are stopped as well.
    let started = builder.start().await;
    if started.is_err() {
        truth.stopping(stops_within);
    }
    if from.elapsed() > Duration::from_secs(20) + stops_within {
        truth.violate("started late", format_args!("after {:?}", from.elapsed()));
    }
    if let Ok(pool) = started {
        let mut parts = callers(truth, random, &pool, fault);
        let (truth_of, sites_of, own) = (truth.clone(), sites.clone(), Seeded::new(random.bits()));
        parts.push(Box::pin(async move { live(&truth_of, &pool, &sites_of, own, ready_within, stops_within).await }));
        together(truth, parts).await;
    }
    tear_down(truth, &sites).await;
}

async fn live(
    truth: &Truth,
    pool: &Pool,
    sites: &[Arc<Site>],
    mut random: Seeded,
    ready_within: Duration,
    stops_within: Duration,
) {
    let lasts = *random.pick(&[300, 10_000, 60_000]);
    sleep(Duration::from_millis(random.below(lasts) as u64)).await;
    if random.one_in(2) {
        sites.iter().for_each(|site| site.calm.store(true, Ordering::SeqCst));
        truth.note(format_args!("calm"));
        sleep(ready_within).await;
        if pool.is_degraded() {
            truth.violate("not connected again", format_args!("{:?}", pool.status()));
        }
    }
    truth.stopping(stops_within);
    let from = Instant::now();
    if timeout(Duration::from_secs(600), pool.close()).await.is_err() {
        truth.violate("never stopped", format_args!("the pool"));
    }
    truth.note(format_args!("closed after {:?}", from.elapsed()));
    if from.elapsed() > stops_within {
        truth.violate("stopped late", format_args!("after {:?}, and not {stops_within:?}", from.elapsed()));
    }
    // Callers that were in flight have their answer, or have not.
    sleep(Duration::from_millis(1)).await;
    let in_flight: usize = pool.in_flight().iter().sum();
    if in_flight > 0 {
        truth.violate("counted wrongly", format_args!("{in_flight} in flight on no request"));
    }
}
