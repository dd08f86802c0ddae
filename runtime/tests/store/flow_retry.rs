//! Stages that prepare again when they could not.

use crate::flow_common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use flow_common::*;
use isopace::flow::{Budget, Cancel, Failure, Flow, Next, Outcome, Retry, Stage};
use tokio::time::{Instant, sleep};

/// Fails so many times, and takes so long each time.
#[derive(Clone)]
struct Flaky {
    failures: u32,
    takes: Duration,
    attempts: Arc<AtomicU32>,
    finished: Arc<AtomicU32>,
}

fn flaky(failures: u32) -> Flaky {
    Flaky { failures, takes: Duration::ZERO, attempts: Arc::default(), finished: Arc::default() }
}

#[derive(Debug, thiserror::Error)]
#[error("attempt {0}")]
struct Attempt(u32);

impl Stage<Calls> for Flaky {
    fn name(&self) -> &str {
        "flaky"
    }

    async fn prepare(&self, _: &mut Calls, _: &Budget) -> Result<Next, Failure> {
        sleep(self.takes).await;
        let attempt = self.attempts.fetch_add(1, Ordering::SeqCst) + 1;
        if attempt <= self.failures { Err(Attempt(attempt).into()) } else { Ok(Next::Continue) }
    }

    async fn commit(&self, _: &mut Calls, _: &Budget) -> Result<(), Failure> {
        self.finished.fetch_add(1, Ordering::SeqCst);
        Err(Failure::new("not tried again"))
    }
}

async fn outcome(stage: impl Stage<Calls>, budget: Budget) -> (Outcome, Duration) {
    let flow = Flow::builder("retry").stage(stage).build().unwrap();
    let began = Instant::now();
    (flow.run("t", Calls::default(), budget).await.unwrap().outcome, began.elapsed())
}

#[test]
fn three_attempts_fifty_milliseconds_apart() {
    run(async {
        for (failures, attempts, works) in [(0, 1, true), (1, 2, true), (2, 3, true), (3, 3, false)] {
            let stage = flaky(failures);
            let (outcome, took) = outcome(Retry::new(stage.clone()), Budget::within(SECOND)).await;
            assert_eq!(stage.attempts.load(Ordering::SeqCst), attempts, "{failures}");
            assert_eq!(stage.finished.load(Ordering::SeqCst), u32::from(works), "only preparing is tried again");
            match outcome.cause() {
                None => assert!(works),
                Some(cause) => assert_eq!(cause.to_string(), "flaky: attempt 3", "the last error is told"),
            }
            let waits = attempts - 1;
            let (least, most) = (25 * waits, 50 * waits + 3 * waits);
            let took = took.as_millis();
            assert!(took >= u128::from(least) && took <= u128::from(most), "{failures}: {took}");
        }
    });
}

#[test]
fn waits_differ_by_chance() {
    run(async {
        let mut waits = std::collections::BTreeSet::new();
        for _ in 0..20 {
            let retry = Retry::new(flaky(1)).wait(60 * SECOND);
            waits.insert(outcome(retry, Budget::within(90 * SECOND)).await.1.as_millis());
        }
        assert!(waits.len() > 10 && waits.iter().all(|wait| (30_000..=60_001).contains(wait)), "{waits:?}");
    });
}

#[test]
fn only_what_may_be_tried_again_is() {
    run(async {
        let stage = flaky(5);
        let early = |failure: &Failure| failure.error().downcast_ref::<Attempt>().is_some_and(|Attempt(at)| *at < 2);
        let retry = Retry::new(stage.clone()).attempts(10).only(early);
        assert_eq!(outcome(retry, Budget::within(SECOND)).await.0.cause().unwrap().to_string(), "flaky: attempt 2");
        // What has decided is not an error.
        let (outcome, took) = outcome(Retry::new(scripted("a", Act::Abort)), Budget::within(SECOND)).await;
        assert_eq!((outcome.cause().unwrap().name(), took.as_millis()), ("declined", 0));
    });
}

#[test]
fn no_attempt_goes_past_the_budget() {
    run(async {
        // The next wait would not end in time: the error is told rather than the deadline.
        let retry = Retry::new(flaky(100)).attempts(100).wait(400 * Duration::from_millis(1));
        let (ended, took) = outcome(retry, Budget::within(SECOND)).await;
        assert_eq!(ended.cause().unwrap().name(), "failed");
        assert!(took < SECOND);
        // An attempt that is under way at the deadline is cut off.
        let slow = Flaky { takes: 2 * SECOND, ..flaky(100) };
        let (ended, took) = outcome(Retry::new(slow), Budget::within(3 * SECOND)).await;
        assert_eq!(ended.cause().unwrap().name(), "deadline");
        assert!(took >= 3 * SECOND && took < 4 * SECOND);
        // And a wait that is under way when it is cancelled.
        let cancel = Cancel::new();
        let budget = Budget::within(100 * SECOND).cancelled_by(&cancel);
        let retry = Retry::new(flaky(1)).wait(50 * SECOND);
        let (ended, ()) = tokio::join!(outcome(retry, budget), async {
            sleep(SECOND).await;
            cancel.cancel();
        });
        assert_eq!((ended.0.cause().unwrap().name(), ended.1.as_secs()), ("cancelled", 1));
    });
}
