//! Runs a world from a seed on a thread of its own time, many seeds one after the other, and tells of failures.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::truth::{Truth, Violation};

/// A run that takes longer than this, in real time, hangs.
const HANGS: Duration = Duration::from_secs(60);

/// Virtual time after which a run counts as hanging.
const MOST: Duration = Duration::from_secs(3600);

/// What came of a run.
pub(crate) struct Ran {
    pub(crate) virtual_time: Duration,
    /// Number and digest of the events.
    pub(crate) digest: (u64, u64),
    pub(crate) asks: usize,
    pub(crate) tallies: BTreeMap<&'static str, u64>,
    pub(crate) violations: Vec<Violation>,
    pub(crate) events: Vec<String>,
}

/// One run: a future over a checker, on one thread, under time that only moves when nothing else does.
pub(crate) fn run<F: Future<Output = ()>>(truth: impl FnOnce() -> Truth, world: impl FnOnce(Truth) -> F) -> Ran {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let _inside = runtime.enter();
    let truth = truth();
    let ran = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            if tokio::time::timeout(MOST, world(truth.clone())).await.is_err() {
                truth.violate("hangs", format_args!("after an hour of virtual time"));
            }
            truth.settle();
            // Tasks that have ended are let go when the scheduler comes round.
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            let tasks = runtime.metrics().num_alive_tasks();
            if tasks > 0 {
                truth.violate("left a task", format_args!("{tasks} of them"));
            }
        });
    }));
    if ran.is_err() {
        truth.violate("panicked", format_args!("the simulation"));
    }
    let virtual_time = truth.elapsed();
    let state = truth.lock();
    let (digest, asks, tallies) = (state.digest(), state.asks.len(), state.tallies.clone());
    Ran { virtual_time, digest, asks, tallies, violations: state.violations.clone(), events: state.last_events() }
}

/// Runs many seeds; panics with the first ones that fail.
pub(crate) fn soak(name: &'static str, seeds: u64, world: impl Fn(u64) -> Ran) {
    let one = number("ISOPACE_SIM_SEED");
    let seeds = match one {
        Some(seed) => seed..seed + 1,
        None => {
            let from = number("ISOPACE_SIM_FROM").unwrap_or(0);
            from..from + number("ISOPACE_SIM_SEEDS").unwrap_or(seeds)
        }
    };
    let (started, mut virtual_time, mut asks, mut failed) = (Instant::now(), Duration::ZERO, 0, Vec::new());
    let mut count = 0;
    let mut tallies = BTreeMap::<&'static str, u64>::new();
    for seed in seeds {
        count += 1;
        let ran = watched(name, seed, || world(seed));
        virtual_time += ran.virtual_time;
        asks += ran.asks;
        ran.tallies.iter().for_each(|(what, count)| *tallies.entry(what).or_default() += count);
        if !ran.violations.is_empty() || one.is_some() {
            tell(name, seed, &ran);
        }
        if !ran.violations.is_empty() {
            failed.push(seed);
        }
        if failed.len() == 5 {
            break;
        }
    }
    let hours = virtual_time.as_secs_f64() / 3600.0;
    println!("{name}: {tallies:?}");
    println!("{name}: {count} seeds, {asks} requests, {hours:.1} hours of virtual time in {:.1?}", started.elapsed());
    assert!(failed.is_empty(), "{name}: seeds {failed:?} failed; ISOPACE_SIM_SEED=<seed> runs one of them");
}

fn tell(name: &str, seed: u64, ran: &Ran) {
    println!("{name}, seed {seed}: the last events");
    ran.events.iter().for_each(|event| println!("  {event}"));
    for violation in &ran.violations {
        println!("{name}, seed {seed}: BROKEN {violation}");
    }
}

pub(crate) fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{variable} is to be a number")))
}

/// A run that never gives the thread back is named before it is given up.
fn watched<T>(name: &'static str, seed: u64, run: impl FnOnce() -> T) -> T {
    let done = Arc::new(AtomicBool::new(false));
    let watching = Arc::clone(&done);
    let watch = std::thread::spawn(move || {
        std::thread::park_timeout(HANGS);
        if !watching.load(Ordering::SeqCst) {
            eprintln!("{name}, seed {seed}: hangs, without virtual time moving");
            std::process::exit(1);
        }
    });
    let result = run();
    done.store(true, Ordering::SeqCst);
    watch.thread().unpark();
    drop(watch.join());
    result
}
