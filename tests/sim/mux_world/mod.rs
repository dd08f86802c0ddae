//! One link: a mux, callers, a service, a listener, a host, and an end.

mod ears;
mod plan;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use isopace::frame::{Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::{Link, Settings};
use isopace::mux::{Builder, Correlation, Lost, Mux, Outcome, Service, Wire};
use isopace_tests::seeded::Seeded;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use ears::{Ears, Serving};
pub(crate) use plan::Plan;
use plan::{Cut, Ending};

use crate::callers::{Asked, Caller, Habits};
use crate::faults::Fault;
use crate::host::{Character, Host};
use crate::net::{Control, Manner, connection};
use crate::truth::Truth;

/// Only then does the peer of a finished link have to have closed its side.
const LINGER: Duration = Duration::from_secs(1);

/// A frame of the simulation is no longer than this.
const FRAME: usize = 200;

#[derive(Clone)]
struct OneMux {
    mux: Mux,
    truth: Truth,
    in_flight: usize,
    buffered: usize,
    fault: Option<Fault>,
}

impl Asked for OneMux {
    async fn ask(&self, body: &[u8], deadline: Instant) -> Outcome {
        let outcome = self.mux.request(Wire(body)).deadline(deadline).await;
        let counted = self.mux.stats();
        let in_flight = counted.in_flight + if self.fault == Some(Fault::Overfills) { 5000 } else { 0 };
        if in_flight > self.in_flight || counted.buffered > self.buffered + FRAME {
            let buffered = counted.buffered;
            self.truth.violate("unbounded", format_args!("{in_flight} in flight, {buffered} bytes in the buffer"));
        }
        outcome
    }
}

/// Runs it to its end.
pub(crate) async fn run(truth: &Truth, plan: &Plan, random: &mut Seeded, fault: Option<Fault>) {
    truth.lock().tampers = fault == Some(Fault::PairsWrongly);
    let link = truth.link();
    let (ours, theirs) = (Manner::random(random), Manner::random(random));
    let character = Character::random(random);
    truth.note(format_args!("{plan:?} {ours:?} {theirs:?} {character:?}"));
    let (near, far, control) = connection(random, truth, link, ours, theirs);
    let (own, calm) = (Seeded::new(random.bits()), Arc::default());
    let host = Host { truth: truth.clone(), link, random: own, character, control: control.clone(), calm };
    let host = tokio::spawn(host.run(far));

    let settings =
        Settings::new(Framing::new(Header::Binary2)).write_deadline(Duration::from_millis(plan.write_deadline));
    let handle = Arc::new(std::sync::Mutex::new(None));
    let builder = Mux::builder(&DIALECT)
        .correlation(Correlation::new([&[11, 41][..], &[11]]))
        .max_in_flight(plan.in_flight)
        .max_buffered(plan.buffered)
        .timeout(Duration::from_millis(plan.timeout))
        .remember(plan.memory.unanswered, Duration::from_millis(plan.memory.age))
        .remember_answered(plan.memory.answered)
        .coalesce(plan.coalesce)
        .close_on_undecodable(plan.strict)
        .events(Ears { truth: truth.clone(), fault });
    truth.lock().links[link].strict = plan.strict;
    let stream = Link::new(near, settings);
    let (mux, driver) = match plan.service {
        Some(serves) => {
            // What waits when the link ends has been counted as not answered.
            truth.lock().links[link].serves = true;
            truth.lock().links[link].tight = serves.waiting == 1;
            let random = std::sync::Mutex::new(Seeded::new(random.bits()));
            let serving = Serving { truth: truth.clone(), serves, random, mux: Arc::clone(&handle), fault };
            start(builder.serve(serving).concurrency(serves.concurrency).max_inbound(serves.waiting), stream, truth)
        }
        None => start(builder, stream, truth),
    };
    // A handle that is kept keeps the link.
    let kept = plan.service.is_some() || plan.end != Ending::DropHandles;
    *handle.lock().unwrap() = kept.then(|| mux.clone());

    let caller = Caller {
        truth: truth.clone(),
        habits: Habits::random(random),
        fault,
        last: Arc::default(),
        ended: Arc::default(),
    };
    let asked =
        OneMux { mux: mux.clone(), truth: truth.clone(), in_flight: plan.in_flight, buffered: plan.buffered, fault };
    let callers: Vec<JoinHandle<()>> = (0..plan.callers)
        .map(|_| tokio::spawn(caller.clone().run(Seeded::new(random.bits()), asked.clone(), plan.times)))
        .collect();
    drop(asked);
    let cutting = plan.cut.map(|(after, cut)| tokio::spawn(cut_off(truth.clone(), control.clone(), after, cut)));
    if fault == Some(Fault::LeavesTask) {
        tokio::spawn(std::future::pending::<()>());
    }

    sleep(Duration::from_millis(plan.after)).await;
    let mux = end(truth, plan, mux, &driver, fault).await;
    let mut driver = driver;
    // The longest waits of a link that ends in order: for what is owed to the peer, for it to read, for it to close its side.
    let most = Duration::from_millis(plan.timeout + plan.write_deadline * 2) + LINGER * 2 + Duration::from_secs(60);
    for caller in callers {
        join(truth, "never ended", timeout(Duration::from_secs(120), caller).await);
    }
    if plan.end == Ending::DropHandles && plan.service.is_some() {
        // Who serves goes on without a handle.
        control.reset();
    }
    join(truth, "driver never ended", timeout(most, &mut driver).await);
    if let Some(cutting) = cutting {
        cutting.abort();
    }
    host.abort();
    drop(host.await);
    if let Some(mux) = mux {
        let mut counted = mux.stats();
        counted.late += u64::from(fault == Some(Fault::Miscounts));
        truth.count(&counted, plan.service.is_some());
    }
    handle.lock().unwrap().take();
}

fn join<T>(
    truth: &Truth,
    law: &'static str,
    ended: Result<Result<T, tokio::task::JoinError>, tokio::time::error::Elapsed>,
) {
    match ended {
        Err(_) => truth.violate(law, format_args!("a task")),
        Ok(Err(error)) if error.is_panic() => truth.violate("panicked", format_args!("a task")),
        Ok(_) => {}
    }
}

fn start<S: Service>(builder: Builder<S>, link: Link, truth: &Truth) -> (Mux, JoinHandle<()>) {
    let (mux, driver) = builder.start(link).unwrap();
    let truth = truth.clone();
    let driver = async move {
        let driver = pin!(driver);
        let lost: Lost = driver.await;
        truth.note(format_args!("driver: {}", lost.name()));
        truth.broken(0, lost.name());
    };
    (mux, tokio::spawn(driver))
}

/// Ends it as planned; gives the mux back where there is one left.
async fn end(truth: &Truth, plan: &Plan, mux: Mux, driver: &JoinHandle<()>, fault: Option<Fault>) -> Option<Mux> {
    truth.note(format_args!("end: {:?}", plan.end));
    truth.broken(0, "we end it");
    match plan.end {
        Ending::Close { grace } => {
            let (from, grace) = (Instant::now(), Duration::from_millis(grace));
            let lost = mux.close(grace).await;
            if fault == Some(Fault::ClosesLate) {
                sleep(grace + LINGER).await;
            }
            let took = from.elapsed();
            truth.note(format_args!("closed after {took:?}: {}", lost.name()));
            if took > grace + LINGER + Duration::from_millis(1) {
                truth.violate("closed late", format_args!("after {took:?}, grace {grace:?}"));
            }
        }
        Ending::Abort => mux.abort(),
        Ending::DropDriver => driver.abort(),
        Ending::DropHandles => {
            drop(mux);
            return None;
        }
    }
    Some(mux)
}

async fn cut_off(truth: Truth, control: Control, after: u64, cut: Cut) {
    sleep(Duration::from_millis(after)).await;
    truth.note(format_args!("the network: {cut:?}"));
    match cut {
        Cut::Reset => control.reset(),
        Cut::Silence => control.silence(),
        Cut::Hold(time) => control.hold(Instant::now() + Duration::from_millis(time)),
    }
}
