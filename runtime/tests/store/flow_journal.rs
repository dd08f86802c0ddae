//! The journal: what it says is true, whatever fails; and what recovery makes of it.

use crate::flow_common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use flow_common::*;
use isopace::flow::{
    BoxFuture, Budget, Decision, Entry, Failure, FinishError, Flow, Journal, JournalError, MemoryJournal, Next, Open,
    Outcome, Record, Recovery, Stage, StepEntry,
};
use proptest::prelude::*;

/// How writing fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// It is not there, and it says so.
    Refused,
    /// It is not there, and nobody knows.
    Lost,
    /// It is there, and nobody knows.
    Unheard,
    /// It is there, nobody knows, and the second attempt is refused.
    UnheardThenRefused,
    /// It never ends, and is not there.
    Hangs,
    Panics,
}

/// A journal whose writing fails from the n-th record on, so many times, until it is repaired.
struct Faulty {
    kept: MemoryJournal,
    fault: Fault,
    from: usize,
    times: usize,
    written: AtomicUsize,
    repaired: AtomicBool,
}

impl Faulty {
    fn new(fault: Fault, from: usize, times: usize) -> Arc<Self> {
        let (kept, written, repaired) = (MemoryJournal::new(8), AtomicUsize::new(0), AtomicBool::new(false));
        Arc::new(Faulty { kept, fault, from, times, written, repaired })
    }
}

impl Journal for Faulty {
    fn append(&self, record: Record) -> BoxFuture<'_, Result<(), JournalError>> {
        Box::pin(async move {
            let number = self.written.fetch_add(1, Ordering::SeqCst);
            if number < self.from || number >= self.from + self.times || self.repaired.load(Ordering::SeqCst) {
                return self.kept.append(record).await;
            }
            match self.fault {
                Fault::Refused => Err(JournalError::NotWritten("full".to_owned())),
                Fault::Lost => Err(JournalError::Unknown("gone".to_owned())),
                Fault::Unheard => {
                    self.kept.append(record).await?;
                    Err(JournalError::Unknown("gone".to_owned()))
                }
                Fault::UnheardThenRefused if number > self.from => Err(JournalError::NotWritten("full".to_owned())),
                Fault::UnheardThenRefused => {
                    self.kept.append(record).await?;
                    Err(JournalError::Unknown("gone".to_owned()))
                }
                Fault::Hangs => std::future::pending().await,
                Fault::Panics => panic!("told to panic"),
            }
        })
    }

    fn unfinished(&self) -> BoxFuture<'_, Result<Vec<Open>, JournalError>> {
        self.kept.unfinished()
    }
}

#[test]
fn writing_that_fails_at_every_record_in_every_way() {
    quiet();
    let (mut in_doubt, mut committed, mut aborted) = (0, 0, 0);
    let all = [Fault::Refused, Fault::Lost, Fault::Unheard, Fault::UnheardThenRefused, Fault::Hangs, Fault::Panics];
    for fault in all {
        for times in [1, 1000] {
            for from in 0..10 {
                let journal = Faulty::new(fault, from, times);
                let (world, points) = (Arc::new(World::default()), Points::tell(0));
                run(async {
                    let flow = jobs(&world, &points, Act::Continue).journal(journal.clone()).build().unwrap();
                    let ended = job(&flow, "t", &world, &points, Budget::within(600 * SECOND)).await.unwrap();
                    let what = format!("{fault:?} from {from}, {times} times: {:?}", ended.outcome);
                    match ended.outcome {
                        Outcome::InDoubt => {
                            // Nothing is touched until it is known.
                            assert_eq!(world.count(Held::Reserved), 3, "{what}");
                            in_doubt += 1;
                        }
                        Outcome::Committed => assert_eq!(world.end_of("t"), Some(Held::Committed), "{what}"),
                        Outcome::Aborted { .. } => assert_ne!(world.end_of("t"), Some(Held::Committed), "{what}"),
                        _ => panic!("{what}"),
                    }
                    if times == 1 && fault != Fault::Refused {
                        assert!(ended.outcome.is_committed(), "one fault is overcome: {what}");
                    }
                    journal.repaired.store(true, Ordering::SeqCst);
                    let recovered = flow.recover().await.unwrap();
                    assert!(recovered.iter().all(isopace::flow::Recovered::is_finished), "{what}: {recovered:?}");
                    let end = world.end_of("t");
                    match journal.kept.entries(&"t".into()).last() {
                        Some(Entry::Finished(Decision::Commit)) => assert_eq!(end, Some(Held::Committed), "{what}"),
                        Some(Entry::Finished(Decision::Abort)) => assert_ne!(end, Some(Held::Committed), "{what}"),
                        None => assert_eq!(end, None, "{what}"),
                        Some(other) => panic!("{what}: {other:?}"),
                    }
                    if end == Some(Held::Committed) { committed += 1 } else { aborted += 1 }
                });
            }
        }
    }
    // The decision, in every way but the one in which it is certain that it is not there.
    assert_eq!(in_doubt, 5);
    assert!(committed > 40 && aborted > 30, "{committed} {aborted}");
}

#[test]
fn committed_is_written_only_when_every_commit_worked() {
    quiet();
    for (end, reason) in [
        (End::Works, ""),
        (End::Fails, "told to fail"),
        (End::Panics, "panicked"),
        (End::Hangs, "did not end in its time"),
    ] {
        let journal = Arc::new(MemoryJournal::new(8));
        let mut stages: Vec<_> = ["a", "b", "c"].map(|name| scripted(name, Act::Continue)).into();
        stages[1].commit = end;
        let flow = flow(&[stages]).journal(journal.clone()).build().unwrap();
        let (log, outcome) = run(calls(&flow));
        assert_eq!(&log[3..], ["commit a", "commit b", "commit c"]);
        let last = journal.entries(&"t".into()).pop().unwrap();
        match end {
            End::Works => assert_eq!((outcome.name(), last), ("committed", Entry::Finished(Decision::Commit))),
            _ => {
                assert_eq!((outcome.name(), last), ("commit-failed", Entry::Incomplete(vec![1])));
                assert_eq!(outcome.failures()[0].to_string(), format!("b: {reason}"));
            }
        }
    }
}

/// Does in the world what a [`Reserve`] does, but fails to commit until it is repaired, and leaves what it is told to.
struct Stubborn {
    inner: Reserve,
    repaired: Arc<AtomicBool>,
    recovery: Recovery,
}

impl Stage<Job> for Stubborn {
    fn name(&self) -> &str {
        "stubborn"
    }

    async fn prepare(&self, job: &mut Job, budget: &Budget) -> Result<Next, Failure> {
        self.inner.prepare(job, budget).await
    }

    async fn commit(&self, job: &mut Job, budget: &Budget) -> Result<(), Failure> {
        if !self.repaired.load(Ordering::SeqCst) {
            return Err(Failure::new("not today"));
        }
        self.inner.commit(job, budget).await
    }

    fn recovery(&self, _: &Job) -> Recovery {
        self.recovery.clone()
    }

    async fn recover(&self, data: &[u8]) -> Result<Job, Failure> {
        self.inner.recover(data).await
    }
}

fn stubborn(recovery: Recovery) -> (Arc<MemoryJournal>, Arc<AtomicBool>, Arc<World>, Flow<Job>) {
    let (world, points, repaired) = (Arc::new(World::default()), Points::tell(0), Arc::new(AtomicBool::new(false)));
    let journal = Arc::new(MemoryJournal::new(8));
    let inner = Reserve { name: "stubborn", world: world.clone(), points: points.clone(), act: Act::Continue };
    let flow = jobs(&world, &points, Act::Continue)
        .stage(Stubborn { inner, repaired: Arc::clone(&repaired), recovery })
        .journal(journal.clone())
        .build();
    (journal, repaired, world, flow.unwrap())
}

#[test]
fn a_commit_that_failed_is_driven_again_until_it_works_and_no_other_one_is() {
    run(async {
        let (journal, repaired, world, flow) = stubborn(Recovery::Data(b"t".to_vec()));
        let points = Points::tell(0);
        let ended = job(&flow, "t", &world, &points, Budget::within(SECOND)).await.unwrap();
        assert_eq!(ended.outcome.name(), "commit-failed");
        let written = journal.entries(&"t".into()).len();
        for _ in 0..3 {
            let recovered = flow.recover().await.unwrap();
            assert_eq!((recovered.len(), recovered[0].decision), (1, Decision::Commit));
            assert_eq!(recovered[0].failures[0].to_string(), "stubborn: not today");
            assert!(!recovered[0].is_finished());
            // The journal does not grow by failing in the same way.
            assert_eq!(journal.entries(&"t".into()).len(), written);
        }
        repaired.store(true, Ordering::SeqCst);
        assert!(flow.recover().await.unwrap()[0].is_finished());
        assert_eq!((world.count(Held::Committed), world.end_of("t")), (4, Some(Held::Committed)));
        assert!(flow.recover().await.unwrap().is_empty());
    });
}

#[test]
fn a_stage_that_cannot_be_recovered_is_told_and_can_be_settled_by_hand() {
    run(async {
        let (journal, _, world, flow) = stubborn(Recovery::Impossible);
        let points = Points::tell(0);
        job(&flow, "t", &world, &points, Budget::within(SECOND)).await.unwrap();
        let recovered = flow.recover().await.unwrap();
        assert!(matches!(recovered[0].failures[0].reason, FinishError::NotRecoverable), "{recovered:?}");
        assert!(flow.settle("u", Decision::Commit).await.is_err());
        assert!(flow.settle("t", Decision::Abort).await.is_err(), "to commit was decided");
        flow.settle("t", Decision::Commit).await.unwrap();
        assert!(flow.recover().await.unwrap().is_empty());
        assert_eq!(journal.entries(&"t".into()).last().unwrap().name(), "committed");
        assert!(flow.settle("t", Decision::Commit).await.is_err(), "it is not open any more");
    });
}

#[test]
fn stages_that_are_gone_and_contexts_that_cannot_be_made_are_told() {
    run(async {
        let (world, points, journal) = (Arc::new(World::default()), Points::tell(0), Arc::new(MemoryJournal::new(8)));
        let step = |position, stage: &str, data: &[u8]| {
            let data = Some(data.to_vec());
            Entry::Prepared(StepEntry { position, group: "first".into(), stage: stage.into(), data })
        };
        let begun = |flow: &str| Entry::Begun { flow: flow.into() };
        let commit = Entry::Decided(Decision::Commit);
        for (id, entries) in [
            ("gone", vec![begun("jobs"), step(0, "was here", b"gone"), commit.clone()]),
            ("no-text", vec![begun("jobs"), step(0, "funds", &[0xFF]), commit]),
            ("another", vec![begun("another flow"), step(0, "funds", b"another")]),
        ] {
            for (sequence, entry) in (0..).zip(entries) {
                journal.append(Record { transaction: id.into(), sequence, entry }).await.unwrap();
            }
        }
        let flow = jobs(&world, &points, Act::Continue).journal(journal.clone()).build().unwrap();
        let recovered = flow.recover().await.unwrap();
        let reasons: Vec<_> = recovered.iter().map(|one| &one.failures[0].reason).collect();
        assert!(matches!(reasons[..], [FinishError::NoStage, FinishError::Recover(_)]), "{recovered:?}");
        // Of another flow: not ours to touch.
        assert_eq!(journal.unfinished().await.unwrap().len(), 3);
    });
}

#[test]
fn what_is_under_way_is_not_recovered() {
    run(async {
        let journal = Arc::new(MemoryJournal::new(8));
        let flow = flow(&[vec![scripted("a", Act::Continue), scripted("b", Act::Hang)]]);
        let flow = flow.journal(journal.clone()).build().unwrap();
        let (ended, ()) = tokio::join!(flow.run("t", Calls::default(), Budget::within(SECOND)), async {
            tokio::time::sleep(SECOND / 2).await;
            assert_eq!(journal.unfinished().await.unwrap().len(), 1);
            assert!(flow.recover().await.unwrap().is_empty());
        });
        assert_eq!(ended.unwrap().outcome.name(), "aborted");
    });
}

/// A journal that takes a while to be read: what it gives is old by then.
struct Slow(MemoryJournal);

impl Journal for Slow {
    fn append(&self, record: Record) -> BoxFuture<'_, Result<(), JournalError>> {
        self.0.append(record)
    }

    fn unfinished(&self) -> BoxFuture<'_, Result<Vec<Open>, JournalError>> {
        Box::pin(async {
            let open = self.0.unfinished().await;
            tokio::time::sleep(SECOND).await;
            open
        })
    }
}

#[test]
fn what_ends_while_the_journal_is_read_is_not_recovered() {
    run(async {
        let mut stages = vec![scripted("a", Act::Continue), scripted("b", Act::Continue)];
        stages[1].commit = End::Hangs;
        // Decided when the journal is read, and at its end when it has been read.
        let flow = flow(&[stages]).finish_within(SECOND / 2).journal(Arc::new(Slow(MemoryJournal::new(8))));
        let flow = flow.build().unwrap();
        let (ended, recovered) = tokio::join!(flow.run("t", Calls::default(), Budget::within(SECOND)), async {
            tokio::time::sleep(SECOND / 4).await;
            flow.recover().await.unwrap()
        });
        assert_eq!(ended.unwrap().outcome.name(), "commit-failed");
        // It knows what came of it meanwhile: the first stage has committed, and is not called again.
        let failures: Vec<_> = recovered[0].failures.iter().map(ToString::to_string).collect();
        assert_eq!(failures, ["b: left nothing to recover it by"]);
        let flow = self::flow(&[vec![scripted("a", Act::Hang)]]).journal(Arc::new(Slow(MemoryJournal::new(8))));
        let flow = flow.build().unwrap();
        let (_, recovered) = tokio::join!(flow.run("t", Calls::default(), Budget::within(SECOND / 2)), flow.recover());
        assert!(recovered.unwrap().is_empty());
    });
}

fn step() -> impl Strategy<Value = StepEntry> {
    (any::<u32>(), ".{0,20}", ".{0,20}", any::<Option<Vec<u8>>>()).prop_map(|(position, group, stage, data)| {
        StepEntry { position, group: group.into(), stage: stage.into(), data }
    })
}

fn entry() -> impl Strategy<Value = Entry> {
    let decision = || prop_oneof![Just(Decision::Commit), Just(Decision::Abort)];
    prop_oneof![
        ".{0,30}".prop_map(|flow| Entry::Begun { flow: flow.into() }),
        step().prop_map(Entry::Preparing),
        step().prop_map(Entry::Prepared),
        decision().prop_map(Entry::Decided),
        any::<Vec<u32>>().prop_map(Entry::Incomplete),
        decision().prop_map(Entry::Finished),
    ]
}

proptest! {
    #[test]
    fn entries_are_stored_and_read(entry in entry()) {
        prop_assert_eq!(Entry::decode(entry.code(), &entry.encode()), Ok(entry));
    }

    #[test]
    fn bytes_that_are_no_entry_are_an_error_and_no_panic(code in any::<u8>(), bytes in any::<Vec<u8>>()) {
        match Entry::decode(code, &bytes) {
            Ok(entry) => prop_assert_eq!((entry.code(), entry.encode()), (code, bytes)),
            Err(error) => prop_assert_eq!(error, JournalError::Corrupt { code }),
        }
    }
}

#[test]
fn no_data_of_a_stage_is_printed() {
    let data = b"4012345678909".to_vec();
    let step = StepEntry { position: 3, group: "g".into(), stage: "s".into(), data: Some(data.clone()) };
    assert_eq!(format!("{:?}", Entry::Prepared(step)), "Prepared(3 g/s (13 bytes))");
    assert_eq!(format!("{:?}", Recovery::Data(data)), "Data(13 bytes)");
}
