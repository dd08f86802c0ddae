//! Callers: they ask, wait, lose patience, and ask for the same thing twice.

use std::future::{Future, IntoFuture};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use isopace::mux::{Lost, NotSent, Outcome};
use isopace_tests::seeded::Seeded;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until};

use crate::faults::Fault;
use crate::truth::{End, Truth};
use crate::wire::Text;

/// How callers go about it.
#[derive(Debug, Clone)]
pub(crate) struct Habits {
    /// STANs to choose from: few of them meet often.
    pub(crate) stans: usize,
    /// Longest pause between two requests, and longest time to a deadline, in milliseconds.
    pub(crate) pause: usize,
    pub(crate) patience: usize,
    /// One in so many goes away before its request has ended.
    pub(crate) gives_up: usize,
    /// One in so many leaves the terminal out.
    pub(crate) bare: usize,
}

impl Habits {
    pub(crate) fn random(random: &mut Seeded) -> Self {
        Habits {
            stans: *random.pick(&[4, 12, 1000, 1000]),
            pause: *random.pick(&[0, 3, 400, 3000]),
            patience: *random.pick(&[5, 300, 2000, 10_000]),
            gives_up: *random.pick(&[3, 20, 1000]),
            bare: *random.pick(&[2, 10, 1000]),
        }
    }
}

/// A caller, and the stand-in that may be faulty between it and the runtime.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) truth: Truth,
    pub(crate) habits: Habits,
    pub(crate) fault: Option<Fault>,
    /// The last answer that anybody got.
    pub(crate) last: Arc<Mutex<Option<Vec<u8>>>>,
    /// A request has ended: some only wait for the first of several.
    pub(crate) ended: Arc<Notify>,
}

/// What can be asked: a mux, a connector, a pool.
pub(crate) trait Asked: Clone + Send + Sync + 'static {
    fn ask(&self, body: &[u8], deadline: Instant) -> impl Future<Output = Outcome> + Send;
}

impl Caller {
    /// Asks so many times.
    pub(crate) async fn run(self, mut random: Seeded, asked: impl Asked, times: usize) {
        for _ in 0..times {
            let pause = random.below(self.habits.pause + 1);
            if pause > 0 {
                sleep(Duration::from_millis(pause as u64)).await;
            }
            self.once(&mut random, &asked).await;
        }
    }

    async fn once(&self, random: &mut Seeded, asked: &impl Asked) {
        let (ask, number) = self.truth.ask();
        let mti = *random.pick(&["0200", "0200", "0200", "0800", "0420"]);
        let mut message = Text::new(mti).set(37, number);
        if !random.one_in(60) {
            message = message.set(11, format!("{:06}", random.below(self.habits.stans)));
        }
        if !random.one_in(self.habits.bare) {
            message = message.set(41, format!("TERM{:04}", 1 + random.below(2)));
        }
        let patience = 1 + random.below(self.habits.patience) as u64;
        let micros = if random.one_in(3) { random.below(1000) as u64 } else { 0 };
        let deadline = Instant::now() + Duration::from_millis(patience) + Duration::from_micros(micros);
        let most = *random.pick(&[2, 60, patience as usize + 2]);
        let gives_up = random.one_in(self.habits.gives_up).then(|| random.below(most) as u64);
        let (body, looks_first) = (message.body(), random.one_in(2));
        self.truth.asked(ask, &message, deadline);
        let mut answer = pin!(self.end(asked, ask, &body, deadline));
        let Some(after) = gives_up else {
            let end = answer.await;
            return self.ended(ask, end);
        };
        let first_of_several = random.one_in(2);
        let mut impatient = pin!(async {
            if first_of_several {
                self.ended.notified().await;
            } else {
                sleep(Duration::from_millis(after)).await;
            }
        });
        let end = if looks_first {
            tokio::select! { biased; end = &mut answer => end, () = &mut impatient => End::Cancelled }
        } else {
            tokio::select! { biased; () = &mut impatient => End::Cancelled, end = &mut answer => end }
        };
        self.ended(ask, end);
    }

    fn ended(&self, ask: usize, end: End) {
        self.truth.ended(ask, end);
        self.ended.notify_waiters();
    }

    /// How it ends, as the stand-in tells it.
    async fn end(&self, asked: &impl Asked, ask: usize, body: &[u8], deadline: Instant) -> End {
        let asking = asked.ask(body, deadline).into_future();
        let early = self.fault == Some(Fault::EndsEarly) && deadline > Instant::now() + Duration::from_secs(1);
        let outcome = if early {
            tokio::select! { biased; outcome = asking => outcome, () = sleep_until(deadline - Duration::from_millis(500)) => Outcome::TimedOut }
        } else {
            asking.await
        };
        let end = ended(outcome);
        match (self.fault, &end) {
            (Some(Fault::StaleAnswer), End::Answered(body)) => {
                let last = self.last.lock().unwrap().replace(body.clone());
                last.map_or(end, End::Answered)
            }
            (Some(Fault::LosesAnswer), End::Answered(_)) => {
                sleep_until(deadline).await;
                End::TimedOut
            }
            (Some(Fault::ClaimsNotSent), End::TimedOut) => End::NotSent("deadline"),
            (Some(Fault::ClaimsUnknown), End::TimedOut) => End::Unknown("failed"),
            (Some(Fault::EndsLate), End::TimedOut) => {
                sleep(Duration::from_millis(5)).await;
                end
            }
            (Some(Fault::NeverEnds), End::TimedOut) => std::future::pending().await,
            (Some(Fault::SendsTwice | Fault::TriesAnother), End::TimedOut | End::Unknown(_)) => {
                drop(asked.ask(body, Instant::now() + Duration::from_millis(500)).await);
                self.truth.note(format_args!("ask {ask}: asked once more"));
                end
            }
            _ => end,
        }
    }
}

fn ended(outcome: Outcome) -> End {
    match outcome {
        Outcome::Response(response) => End::Answered(response.message.as_bytes().to_vec()),
        Outcome::NotSent(reason) => End::NotSent(match reason {
            NotSent::NoKey => "no-key",
            NotSent::DuplicateKey => "duplicate-key",
            NotSent::Deadline => "deadline",
            NotSent::Closing => "closing",
            NotSent::NotConnected => "not-connected",
            NotSent::Lost(_) => "lost",
            _ => "invalid",
        }),
        Outcome::TimedOut => End::TimedOut,
        Outcome::Unknown(lost) => End::Unknown(match lost {
            // What the driver wrote is known to the byte then.
            Lost::Failed(_) | Lost::Undecodable(_) => "failed",
            other => other.name(),
        }),
        Outcome::Rejected(_) => End::Rejected,
        _ => End::NotSent("not known to the simulation"),
    }
}
