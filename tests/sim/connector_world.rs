//! A connector through bad weather and calm: it signs on, finds silent links, connects again, and stops.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use isopace::connector::Connector;
use isopace::mux::{Outcome, Wire};
use isopace_tests::seeded::Seeded;
use tokio::time::{Instant, sleep, timeout};

use crate::callers::{Asked, Caller, Habits};
use crate::connector_plan::{COMES_AGAIN, Settings};
use crate::faults::Fault;
use crate::sites::Site;
use crate::together::{Part, Together};
use crate::truth::Truth;

impl Asked for Connector {
    async fn ask(&self, body: &[u8], deadline: Instant) -> Outcome {
        self.request(Wire(body)).deadline(deadline).await
    }
}

/// A peer that dials us, and comes again.
async fn comes(connector: Connector, site: Arc<Site>, over: Arc<AtomicBool>) {
    loop {
        let pause = site.random.lock().unwrap().below(COMES_AGAIN);
        sleep(Duration::from_millis(pause as u64)).await;
        if over.load(Ordering::SeqCst) {
            return;
        }
        let (again, calm) = (site.random.lock().unwrap().one_in(6), site.is_calm());
        if !connector.status().is_ready() || again && !calm {
            drop(connector.offer(site.link()));
        }
    }
}

/// Callers of a connector or a pool.
pub(crate) fn callers(truth: &Truth, random: &mut Seeded, asked: &impl Asked, fault: Option<Fault>) -> Vec<Part> {
    let habits = Habits { pause: 5000, ..Habits::random(random) };
    let caller = Caller { truth: truth.clone(), habits, fault, last: Arc::default(), ended: Arc::default() };
    let (count, times) = (1 + random.below(5), 2 + random.below(10));
    let mut one = || Box::pin(caller.clone().run(Seeded::new(random.bits()), asked.clone(), times)) as Part;
    (0..count).map(|_| one()).collect()
}

/// Runs it to its end.
pub(crate) async fn run(truth: &Truth, random: &mut Seeded, fault: Option<Fault>) {
    let settings = Settings::random(random);
    truth.note(format_args!("{settings:?}"));
    let (connector, sites) = settings.build(truth, random, fault);
    connector.start().unwrap();
    let mut parts = callers(truth, random, &connector, fault);
    let over: Arc<AtomicBool> = Arc::default();
    if settings.accepts.is_some() {
        parts.push(Box::pin(comes(connector.clone(), Arc::clone(&sites[0]), Arc::clone(&over))));
    }
    if fault == Some(Fault::LeavesTask) {
        tokio::spawn(std::future::pending::<()>());
    }
    let stops_within = settings.stops_within();
    let (truth_of, site, own) = (truth.clone(), Arc::clone(&sites[0]), Seeded::new(random.bits()));
    parts.push(Box::pin(async move {
        live(&truth_of, &connector, &settings, &site, own, fault).await;
        drop(connector);
        over.store(true, Ordering::SeqCst);
    }));
    together(truth, parts).await;
    // Where it was let go and not stopped.
    sleep(stops_within).await;
    tear_down(truth, &sites).await;
}

/// Waits for all.
pub(crate) async fn together(truth: &Truth, parts: Vec<Part>) {
    if timeout(Duration::from_secs(1800), Together(parts)).await.is_err() {
        truth.violate("never ended", format_args!("a caller, or stopping"));
    }
}

async fn live(
    truth: &Truth,
    connector: &Connector,
    settings: &Settings,
    site: &Site,
    mut random: Seeded,
    fault: Option<Fault>,
) {
    let lasts = *random.pick(&[300, 10_000, 60_000]);
    sleep(Duration::from_millis(random.below(lasts) as u64)).await;
    if random.one_in(2) {
        site.calm.store(true, Ordering::SeqCst);
        truth.note(format_args!("calm"));
        sleep(settings.ready_within()).await;
        if !connector.status().is_ready() {
            truth.violate("not connected again", format_args!("{:?}", connector.status().state));
        }
    }
    if site.is_calm() && random.one_in(8) {
        // Nobody holds it any more: it stops by itself.
        return truth.stopping(settings.stops_within());
    }
    stop(truth, connector, settings, &mut random, fault).await;
    if random.one_in(4) {
        again(truth, connector, settings, site, &mut random, fault).await;
    }
}

/// What has been stopped can be started once more.
async fn again(
    truth: &Truth,
    connector: &Connector,
    settings: &Settings,
    site: &Site,
    random: &mut Seeded,
    fault: Option<Fault>,
) {
    site.calm.store(true, Ordering::SeqCst);
    truth.note(format_args!("once more, in calm"));
    if connector.start().is_err() {
        return truth.violate("not connected again", format_args!("it could not be started"));
    }
    sleep(settings.ready_within()).await;
    if !connector.status().is_ready() {
        truth.violate("not connected again", format_args!("{:?}", connector.status().state));
    }
    stop(truth, connector, settings, random, fault).await;
}

async fn stop(truth: &Truth, connector: &Connector, settings: &Settings, random: &mut Seeded, fault: Option<Fault>) {
    let state = connector.status().state.name();
    truth.note(format_args!("stop while {state}"));
    truth.lock().tally(state);
    let (from, abort) = (Instant::now(), random.one_in(4));
    let most = if abort { Duration::from_millis(2) } else { settings.stops_within() };
    truth.stopping(settings.stops_within());
    if abort {
        connector.abort();
    } else if random.one_in(4) {
        connector.drain().await;
        truth.note(format_args!("drained"));
        if from.elapsed() > settings.drain + Duration::from_millis(2) {
            truth.violate("drained late", format_args!("after {:?}", from.elapsed()));
        }
    }
    if fault == Some(Fault::StopsLate) {
        sleep(most).await;
    }
    if timeout(Duration::from_secs(600), connector.stop()).await.is_err() {
        truth.violate("never stopped", format_args!(""));
    }
    let took = from.elapsed();
    truth.note(format_args!("stopped after {took:?}"));
    // What has been drained is drained once.
    if took > most + settings.drain.min(Duration::from_millis(5)) {
        truth.violate("stopped late", format_args!("after {took:?}, and not {most:?}"));
    }
}

/// What is left is not of the runtime.
pub(crate) async fn tear_down(truth: &Truth, sites: &[Arc<Site>]) {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    {
        let mut state = truth.lock();
        let open: Vec<usize> = (0..state.links.len()).filter(|link| !state.links[*link].closed).collect();
        if !open.is_empty() {
            state.violate("left a link open", format_args!("{open:?}"));
        }
    }
    for site in sites {
        site.tear_down().await;
    }
}
