//! The generator: sends what is due, as many at a time as may be in flight, and notes what came of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use isopace::connector::Connector;
use isopace::mux::{Outcome, Wire};
use isopace::simulator::Mix;
use isopace::types::{Stan, Text};
use tokio::sync::Notify;

use super::arrivals::Arrivals;
use super::pacer::Pacer;
use super::progress::Progress;
use super::schedule::Schedule;
use super::stans::Stans;
use super::tally::Tally;

/// Messages that may be due and wait for room in flight.
pub(crate) const MOST_WAITING: usize = 100_000;

/// Messages sent before others run.
const BATCH: usize = 64;

/// What a run is made with.
pub(crate) struct Plan {
    pub(crate) schedule: Schedule,
    pub(crate) connectors: Vec<Connector>,
    pub(crate) in_flight: usize,
    pub(crate) timeout: Duration,
}

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Results {
    pub(crate) tally: Tally,
    /// Messages that were due after the time of warming up, and what became of those that did not start at once.
    pub(crate) scheduled: u64,
    pub(crate) late: u64,
    pub(crate) dropped: u64,
    /// Seconds of it, the time of warming up not counted.
    pub(crate) seconds: f64,
    /// Whether somebody ended it early.
    pub(crate) interrupted: bool,
}

/// What the messages in flight share.
struct Shared {
    state: Mutex<State>,
    wake: Arc<Notify>,
}

struct State {
    in_flight: usize,
    stans: Stans,
    tally: Tally,
    /// Whether somebody waits for room.
    blocked: bool,
}

impl Shared {
    /// Never held across a wait.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A message in flight.
struct Flight {
    shared: Arc<Shared>,
    connector: Connector,
    wire: Vec<u8>,
    kind: usize,
    stan: Stan,
    begun: Instant,
    /// When it was due, and when it was sent.
    due: Duration,
    sent: Duration,
    /// Whether it counts, being due after the time of warming up.
    counts: bool,
}

impl Flight {
    async fn fly(self, timeout: Duration) {
        let outcome = self.connector.request(Wire(&self.wire)).timeout(timeout).await;
        let now = self.begun.elapsed();
        let mut state = self.shared.state();
        // What was not sent has no answer either that could come yet.
        let free = matches!(outcome, Outcome::Response(_) | Outcome::NotSent(_));
        state.stans.give_back(now, self.stan, free);
        state.in_flight -= 1;
        if self.counts {
            state.tally.note(outcome.name(), self.kind, now - self.due, now - self.sent);
            if let Outcome::Response(answer) = &outcome {
                let code = answer.get::<Text<'_>>(39).ok().flatten();
                state.tally.code(code.as_ref().map_or("-", |code| code.as_str()));
            }
        }
        let wake = state.blocked || state.in_flight == 0;
        drop(state);
        if wake {
            self.shared.wake.notify_one();
        }
    }
}

/// Runs a plan to its end, or until `stop` is ready.
///
/// # Errors
/// A message of the mix cannot be written, or there is no thread to be had.
pub(crate) async fn run(
    plan: &Plan,
    mix: &mut Mix,
    progress: &mut Progress,
    stop: impl Future<Output = ()>,
) -> Result<Results, String> {
    let wake = Arc::new(Notify::new());
    let tally = Tally::new(mix.names().count()).ok_or("no memory for a histogram")?;
    let state = State { in_flight: 0, stans: Stans::new(), tally, blocked: false };
    let shared = Arc::new(Shared { state: Mutex::new(state), wake: Arc::clone(&wake) });
    let mut arrivals = Arrivals::new(plan.schedule, MOST_WAITING);
    let begun = Instant::now();
    let pacer = Pacer::start(plan.schedule, begun, Arc::clone(&wake)).map_err(|error| error.to_string())?;
    let mut stop = std::pin::pin!(stop);
    let mut interrupted = false;
    let mut turn = 0;
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    while !arrivals.is_over() || arrivals.is_waiting() {
        mix.renew_time();
        arrivals.arrive(begun.elapsed());
        let mut batch = 0;
        while batch < BATCH && arrivals.is_waiting() {
            let mut state = shared.state();
            state.blocked = state.in_flight >= plan.in_flight;
            if state.blocked {
                break;
            }
            let now = begun.elapsed();
            // Where no audit number is free there would be two in flight with one.
            let Some(stan) = state.stans.take(now) else { break };
            let Some(due) = arrivals.start() else { break };
            state.in_flight += 1;
            drop(state);
            batch += 1;
            turn = (turn + 1) % plan.connectors.len();
            let mut wire = Vec::with_capacity(256);
            let kind = mix.write(stan, &mut wire).map_err(|error| format!("{}: {}", error.path(), error.kind()))?;
            let flight = Flight {
                shared: Arc::clone(&shared),
                connector: plan.connectors[turn].clone(),
                wire,
                kind,
                stan,
                begun,
                due,
                sent: now,
                counts: due >= plan.schedule.warm(),
            };
            tokio::spawn(flight.fly(plan.timeout));
        }
        if batch == BATCH {
            tokio::task::yield_now().await;
            continue;
        }
        if arrivals.is_waiting() {
            arrivals.blocked();
        }
        tokio::select! {
            () = wake.notified() => {}
            _ = ticks.tick() => {
                let state = shared.state();
                progress.show(begun.elapsed(), state.in_flight, &state.tally);
            }
            () = &mut stop => {
                interrupted = true;
                break;
            }
        }
    }
    let end = begun.elapsed();
    arrivals.give_up();
    drop(pacer);
    // Each ends by its timeout.
    while shared.state().in_flight > 0 {
        tokio::select! {
            () = wake.notified() => {}
            _ = ticks.tick() => {}
        }
    }
    progress.end();
    // What was sent behind the end of the schedule, having waited, took that time too.
    let end = if interrupted { end } else { end.max(plan.schedule.end()) };
    let seconds = end.saturating_sub(plan.schedule.warm()).as_secs_f64();
    let kinds = mix.names().count();
    let tally = Tally::new(kinds).ok_or("no memory for a histogram")?;
    let tally = std::mem::replace(&mut shared.state().tally, tally);
    let (late, dropped) = (arrivals.late, arrivals.dropped);
    Ok(Results { scheduled: tally.ended() + dropped, tally, late, dropped, seconds, interrupted })
}
