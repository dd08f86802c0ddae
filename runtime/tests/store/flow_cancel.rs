//! Transactions whose caller goes away, at every await; and a flow that stops.

use crate::flow_common;

use std::sync::Arc;
use std::time::Duration;

use flow_common::*;
use isopace::flow::{Budget, Cancel, Cause, Func, MemoryJournal, Next};
use tokio::time::{sleep, timeout};

/// Runs a transaction and does something at its n-th await; whether it was done, and how the transaction ended in the
/// world.
fn at_every_await(act: impl AsyncFn(usize) -> (bool, Arc<World>)) {
    let (mut committed, mut aborted) = (0, 0);
    for at in 1.. {
        let (reached, world) = run(act(at));
        match world.end_of("t") {
            Some(Held::Committed) => committed += 1,
            _ => aborted += 1,
        }
        if !reached {
            assert_eq!(world.count(Held::Committed), 3);
            break;
        }
    }
    assert!(committed >= 5 && aborted >= 5, "{committed} {aborted}");
}

#[test]
fn a_caller_that_goes_away_at_every_await() {
    at_every_await(async |at| {
        let (world, points) = (Arc::new(World::default()), Points::tell(at));
        let journal = Arc::new(MemoryJournal::new(8));
        let flow = jobs(&world, &points, Act::Continue).journal(journal.clone()).build().unwrap();
        let reached = tokio::select! {
            ended = job(&flow, "t", &world, &points, Budget::within(600 * SECOND)) => {
                assert!(ended.unwrap().outcome.is_committed());
                false
            }
            () = points.reached.notified() => true,
        };
        // Its task goes on to the end, which is waited for here.
        timeout(600 * SECOND, flow.stop(600 * SECOND)).await.unwrap();
        assert_eq!(flow.in_flight(), 0);
        let last = journal.entries(&"t".into()).last().unwrap().name();
        assert_eq!(last == "committed", world.end_of("t") == Some(Held::Committed));
        assert!(matches!(last, "committed" | "aborted"), "{last}");
        (reached, world)
    });
}

#[test]
fn a_cancellation_at_every_await_is_told() {
    at_every_await(async |at| {
        let (world, points, cancel) = (Arc::new(World::default()), Points::tell(at), Cancel::new());
        let flow = jobs(&world, &points, Act::Continue).build().unwrap();
        let budget = Budget::within(600 * SECOND).cancelled_by(&cancel);
        let (here, there) = (Arc::clone(&world), Arc::clone(&points));
        let transaction = job(&flow, "t", &here, &there, budget);
        let mut transaction = std::pin::pin!(transaction);
        let (reached, ended) = tokio::select! {
            biased;
            ended = transaction.as_mut() => (false, ended),
            () = async { points.reached.notified().await; cancel.cancel() } => (true, transaction.await),
        };
        let outcome = ended.unwrap().outcome;
        let end = world.end_of("t");
        assert_eq!(outcome.is_committed(), end == Some(Held::Committed), "{outcome:?} and {end:?}");
        assert!(outcome.is_committed() || matches!(outcome.cause(), Some(Cause::Cancelled { .. })), "{outcome:?}");
        (reached, world)
    });
}

#[test]
fn a_deadline_at_every_moment_bounds_it() {
    // Each stage takes two seconds.
    for seconds in 0..12 {
        run(async {
            let slow = |name: &str| {
                Func::new(name, |_: &mut Calls, budget: &Budget| {
                    let left = budget.remaining();
                    Box::pin(async move {
                        assert!(!left.is_zero());
                        sleep(2 * SECOND).await;
                        Ok(Next::Continue)
                    })
                })
            };
            let flow = isopace::flow::Flow::builder("slow").stage(slow("a")).stage(slow("b")).stage(slow("c"));
            let flow = flow.build().unwrap();
            let began = tokio::time::Instant::now();
            let ended = flow.run("t", Calls::default(), Budget::within(seconds * SECOND)).await.unwrap();
            // What has ended with the deadline is not decided any more.
            assert_eq!(ended.outcome.is_committed(), seconds > 6, "{seconds}: {:?}", ended.outcome);
            assert!(began.elapsed() <= seconds.min(6) * SECOND + Duration::from_millis(2));
            assert!(seconds > 6 || ended.outcome.cause().unwrap().name() == "deadline");
        });
    }
}

#[test]
fn commit_and_abort_have_their_own_time_and_no_other() {
    for (act, outcome) in [(Act::Continue, "commit-failed"), (Act::Fail, "abort-failed")] {
        run(async {
            let mut stages =
                vec![scripted("a", Act::Continue), scripted("b", Act::Continue), scripted("c", act.clone())];
            for stage in &mut stages[..2] {
                (stage.commit, stage.abort) = (End::Hangs, End::Hangs);
            }
            let flow = flow(&[stages]).finish_within(3 * SECOND).build().unwrap();
            let began = tokio::time::Instant::now();
            let ended = flow.run("t", Calls::default(), Budget::within(SECOND)).await.unwrap();
            assert_eq!((ended.outcome.name(), ended.outcome.failures().len()), (outcome, 2));
            assert!(began.elapsed() >= 6 * SECOND && began.elapsed() < 7 * SECOND);
            let text = ended.outcome.failures()[0].to_string();
            assert!(text.ends_with(": did not end in its time"), "{text}");
        });
    }
}

#[test]
fn a_flow_that_stops_takes_no_more_waits_and_then_cancels() {
    run(async {
        let flow = flow(&[vec![scripted("a", Act::Continue), scripted("b", Act::Hang)]]).build().unwrap();
        let budget = || Budget::within(3600 * SECOND);
        let hanging = tokio::spawn({
            let flow = flow.clone();
            async move { flow.run("t", Calls::default(), budget()).await.unwrap() }
        });
        sleep(SECOND).await;
        assert_eq!(flow.in_flight(), 1);
        let began = tokio::time::Instant::now();
        flow.stop(5 * SECOND).await;
        assert_eq!((began.elapsed().as_secs(), flow.in_flight()), (5, 0));
        let ended = hanging.await.unwrap();
        assert!(matches!(ended.outcome.cause(), Some(Cause::Cancelled { stage: Some(stage) }) if **stage == *"b"));
        assert_eq!(*ended.context.log.lock().unwrap(), ["prepare a", "prepare b", "abort b", "abort a"]);
        let late = flow.run("u", Calls::default(), budget()).await.unwrap();
        assert_eq!(late.outcome.cause().unwrap().to_string(), "the flow is stopped");
        assert!(late.context.log.lock().unwrap().is_empty());
        flow.stop(SECOND).await;
    });
}

#[test]
fn no_more_at_a_time_than_there_may_be_and_the_wait_has_an_end() {
    run(async {
        let flow = flow(&[vec![scripted("a", Act::Hang)]]).max_in_flight(2).build().unwrap();
        let one = |seconds: u32| {
            let flow = flow.clone();
            let id = format!("t{seconds}");
            tokio::spawn(async move { flow.run(id, Calls::default(), Budget::within(seconds * SECOND)).await.unwrap() })
        };
        let (first, second, third, fourth) = (one(10), one(11), one(5), one(20));
        let third = third.await.unwrap();
        assert!(matches!(third.outcome.cause(), Some(Cause::Deadline { stage: None })));
        assert!(third.context.log.lock().unwrap().is_empty());
        for ended in [first, second, fourth] {
            let outcome = ended.await.unwrap().outcome;
            assert!(matches!(outcome.cause(), Some(Cause::Deadline { stage: Some(_) })), "{outcome:?}");
        }
    });
}

#[test]
fn the_same_id_at_the_same_time_is_refused() {
    run(async {
        let flow = flow(&[vec![scripted("a", Act::Hang)]]).build().unwrap();
        let both = |seconds: u32| flow.run("t", Calls::default(), Budget::within(seconds * SECOND));
        let (first, second) = tokio::join!(both(5), both(5));
        assert_eq!(first.unwrap().outcome.cause().unwrap().name(), "deadline");
        assert_eq!(second.unwrap().outcome.cause().unwrap().name(), "same-id");
        assert_eq!(both(1).await.unwrap().outcome.cause().unwrap().name(), "deadline");
    });
}

#[test]
fn without_a_runtime_it_says_so() {
    let flow = flow(&[vec![scripted("a", Act::Continue)]]).build().unwrap();
    let outside = flow.run("t", Calls::default(), run(async { Budget::within(SECOND) }));
    let polled = futures_poll(outside);
    assert!(polled.is_err_and(|error| error == isopace::flow::Interrupted));
}

/// The output of a future that does not wait.
fn futures_poll<T>(future: impl Future<Output = T>) -> T {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => panic!("it waits"),
    }
}
