//! A crash at every await of a transaction, its journal included, and at every await of the recovery that follows: in
//! the end all that was reserved is committed, or all of it is undone.

use crate::flow_common;

use std::sync::Arc;

use flow_common::*;
use isopace::flow::{
    BoxFuture, Budget, Decision, Entry, Journal, JournalError, LogJournal, MemoryJournal, Open, Record,
};

/// A journal that outlives the process, with a point before and after each record.
struct Durable {
    kept: Arc<MemoryJournal>,
    points: Arc<Points>,
}

impl Journal for Durable {
    fn append(&self, record: Record) -> BoxFuture<'_, Result<(), JournalError>> {
        Box::pin(async move {
            self.points.pass().await;
            self.kept.append(record).await?;
            self.points.pass().await;
            Ok(())
        })
    }

    fn unfinished(&self) -> BoxFuture<'_, Result<Vec<Open>, JournalError>> {
        self.kept.unfinished()
    }
}

fn durable(kept: &Arc<MemoryJournal>, points: &Arc<Points>) -> Arc<dyn Journal> {
    Arc::new(LogJournal::over(Arc::new(Durable { kept: Arc::clone(kept), points: Arc::clone(points) })))
}

/// One process that runs a transaction, and crashes at the n-th point. Whether it came to its end.
fn process(kept: &Arc<MemoryJournal>, world: &Arc<World>, points: &Arc<Points>, act: &Act) -> bool {
    run(async {
        let flow = jobs(world, points, act.clone()).journal(durable(kept, points)).build().unwrap();
        let budget = Budget::within(600 * SECOND);
        tokio::select! {
            ended = job(&flow, "t", world, points, budget) => {
                let ended = ended.unwrap();
                assert_eq!(ended.outcome.is_committed(), *act == Act::Continue, "{:?}", ended.outcome);
                true
            }
            () = points.reached.notified() => false,
        }
        // The runtime is dropped here, and all its tasks with it.
    })
}

/// One process that recovers, and crashes at the n-th point. Whether it came to its end.
fn recovery(kept: &Arc<MemoryJournal>, world: &Arc<World>, points: &Arc<Points>) -> bool {
    run(async {
        let flow = jobs(world, points, Act::Continue).journal(durable(kept, points)).build().unwrap();
        tokio::select! {
            recovered = flow.recover() => {
                assert!(recovered.unwrap().iter().all(isopace::flow::Recovered::is_finished));
                true
            }
            () = points.reached.notified() => false,
        }
    })
}

/// All is committed or all is undone, as the journal says, and the journal is at its end.
fn settled(kept: &MemoryJournal, world: &World, context: &str) {
    let entries = kept.entries(&"t".into());
    let end = world.end_of("t");
    let expected = match entries.last() {
        None => return assert_eq!(end, None, "{context}"),
        Some(Entry::Finished(Decision::Commit)) => Held::Committed,
        Some(Entry::Finished(Decision::Abort)) => Held::Aborted,
        Some(other) => panic!("{context}: ends with {other:?}"),
    };
    assert!(end.is_none_or(|end| end == expected), "{context}: {end:?} and {entries:?}");
    assert!(expected == Held::Aborted || end.is_some(), "{context}");
    // Decided once, and nothing but that.
    let decided = entries.iter().filter(|entry| matches!(entry, Entry::Decided(_))).count();
    assert_eq!(decided, 1, "{context}: {entries:?}");
}

#[test]
fn a_crash_at_every_await_leaves_nothing_half_done() {
    quiet();
    let (mut committed, mut aborted) = (0, 0);
    for act in [Act::Continue, Act::Abort, Act::Fail, Act::Panic] {
        for at in 1.. {
            let (kept, world) = (Arc::new(MemoryJournal::new(8)), Arc::new(World::default()));
            let ended = process(&kept, &world, &Points::crash(at), &act);
            assert!(recovery(&kept, &world, &Points::crash(0)));
            settled(&kept, &world, &format!("{act:?} at {at}"));
            match world.end_of("t") {
                Some(Held::Committed) => committed += 1,
                _ => aborted += 1,
            }
            // A second recovery finds nothing to do.
            let entries = kept.entries(&"t".into());
            assert!(recovery(&kept, &world, &Points::crash(0)));
            assert_eq!(kept.entries(&"t".into()), entries);
            if ended {
                assert!(at > 20, "{act:?}: only {at} points");
                break;
            }
        }
    }
    assert!(committed >= 8 && aborted > 50, "{committed} {aborted}");
}

#[test]
fn a_crash_at_every_await_of_recovery_after_a_crash_at_every_await() {
    for act in [Act::Continue, Act::Abort] {
        for at in 1.. {
            let mut ended = false;
            for again in 1.. {
                let (kept, world) = (Arc::new(MemoryJournal::new(8)), Arc::new(World::default()));
                ended = process(&kept, &world, &Points::crash(at), &act);
                let recovered = recovery(&kept, &world, &Points::crash(again));
                assert!(recovery(&kept, &world, &Points::crash(0)));
                settled(&kept, &world, &format!("{act:?} at {at}, then at {again}"));
                if recovered {
                    break;
                }
            }
            if ended {
                break;
            }
        }
    }
}
