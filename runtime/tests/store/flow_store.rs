//! Transactions whose journal and answers are in a store: what they are after the process, over both engines.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::flow_common::*;
#[cfg(all(feature = "postgres", unix))]
use crate::postgres_common;
use isopace::flow::{
    Begin, BoxFuture, Budget, Decision, Entry, Idempotency, IdempotencyError, Journal, JournalError, Open, Outcome,
    Record, StoredAnswers, StoredJournal,
};
use isopace::store::{Answers, Sqlite, StorageKey, Store, Vault};

/// A store that is opened by one process after the other.
enum Kept {
    File(PathBuf),
    #[cfg(all(feature = "postgres", unix))]
    Server(Arc<postgres_common::Server>, String),
}

impl Kept {
    /// One of each engine there is.
    fn each() -> Vec<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::SeqCst);
        let name = format!("isopace-flow-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        let mut all = vec![Kept::File(path)];
        #[cfg(all(feature = "postgres", unix))]
        all.extend(postgres_common::Server::shared().map(|server| Kept::Server(server, format!("f{count}"))));
        all
    }

    async fn open(&self) -> Arc<dyn Store> {
        match self {
            Kept::File(path) => Arc::new(Sqlite::open(path.join("store.db")).await.unwrap()),
            #[cfg(all(feature = "postgres", unix))]
            Kept::Server(server, schema) => {
                let settings = isopace::store::postgres::Settings::new(&server.config()).unwrap();
                let settings = settings.schema(schema).connections(4);
                Arc::new(settings.connect(isopace::store::postgres::tokio_postgres::NoTls).await.unwrap())
            }
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Kept::File(path) = self {
            _ = std::fs::remove_dir_all(path);
        }
    }
}

fn vault() -> Vault {
    Vault::new(&StorageKey::new("flow", [5; 32]).unwrap(), &[]).unwrap()
}

/// A process: all that runs in it ends with it.
fn process<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let done = runtime.block_on(work);
    runtime.shutdown_timeout(10 * SECOND);
    done
}

fn record(id: &str, sequence: u32, entry: Entry) -> Record {
    Record { transaction: id.into(), sequence, entry }
}

fn begun() -> Entry {
    Entry::Begun { flow: "jobs".into() }
}

#[test]
fn the_first_record_at_a_sequence_stands_and_what_is_open_is_found() {
    let (commit, abort) = (Entry::Decided(Decision::Commit), Entry::Decided(Decision::Abort));
    for kept in Kept::each() {
        process(async {
            let journal = StoredJournal::new(kept.open().await, vault(), "jobs");
            for id in ["a", "b", "c"] {
                journal.append(record(id, 0, begun())).await.unwrap();
                journal.append(record(id, 0, begun())).await.unwrap();
            }
            journal.append(record("b", 1, commit.clone())).await.unwrap();
            journal.append(record("b", 1, commit.clone())).await.unwrap();
            let refused = journal.append(record("b", 1, abort.clone())).await;
            assert!(matches!(refused, Err(JournalError::NotWritten(_))), "{refused:?}");
            for _ in 0..2 {
                journal.append(record("a", 1, Entry::Finished(Decision::Abort))).await.unwrap();
            }
            let refused = journal.append(record("a", 1, abort.clone())).await;
            assert!(matches!(refused, Err(JournalError::NotWritten(_))), "{refused:?}");
            let again = journal.append(record("a", 0, begun())).await;
            assert!(matches!(again, Err(JournalError::NotWritten(_))), "{again:?}");
        });
        process(async {
            let store = kept.open().await;
            let journal = StoredJournal::new(Arc::clone(&store), vault(), "jobs");
            let open = journal.unfinished().await.unwrap();
            let expected = [("b", vec![begun(), commit.clone()]), ("c", vec![begun()])];
            let expected = expected.map(|(id, entries)| Open { transaction: id.into(), entries });
            assert_eq!(open, expected);
            let other = StoredJournal::new(Arc::clone(&store), vault(), "other");
            assert!(other.unfinished().await.unwrap().is_empty());
            let wrong = Vault::new(&StorageKey::new("flow", [6; 32]).unwrap(), &[]).unwrap();
            let wrong = StoredJournal::new(Arc::clone(&store), wrong, "jobs").unfinished().await;
            assert!(matches!(wrong, Err(JournalError::NotRead(_))), "{wrong:?}");
            store.close().await;
            let closed = journal.append(record("d", 0, begun())).await;
            assert!(matches!(closed, Err(JournalError::NotWritten(_))), "{closed:?}");
        });
    }
}

/// A journal with a point before and after each record.
struct Pointed(StoredJournal, Arc<Points>);

impl Journal for Pointed {
    fn append(&self, record: Record) -> BoxFuture<'_, Result<(), JournalError>> {
        Box::pin(async move {
            self.1.pass().await;
            self.0.append(record).await?;
            self.1.pass().await;
            Ok(())
        })
    }

    fn unfinished(&self) -> BoxFuture<'_, Result<Vec<Open>, JournalError>> {
        self.0.unfinished()
    }
}

async fn journal(kept: &Kept, points: &Arc<Points>) -> Arc<dyn Journal> {
    Arc::new(Pointed(StoredJournal::new(kept.open().await, vault(), "jobs"), Arc::clone(points)))
}

#[test]
fn a_crash_at_every_await_is_recovered_by_the_next_process() {
    quiet();
    for kept in Kept::each() {
        for act in [Act::Continue, Act::Abort] {
            let mut ends = [0, 0];
            for at in 1.. {
                let (world, points, id) = (Arc::new(World::default()), Points::crash(at), format!("{act:?}-{at}"));
                let ended = process(async {
                    let flow = jobs(&world, &points, act.clone()).journal(journal(&kept, &points).await);
                    let flow = flow.build().unwrap();
                    tokio::select! {
                        ended = job(&flow, &id, &world, &points, Budget::within(600 * SECOND)) => {
                            assert_eq!(ended.unwrap().outcome.is_committed(), act == Act::Continue);
                            true
                        }
                        () = points.reached.notified() => false,
                    }
                });
                let points = Points::crash(0);
                process(async {
                    let flow = jobs(&world, &points, Act::Continue).journal(journal(&kept, &points).await);
                    let flow = flow.build().unwrap();
                    let recovered = flow.recover().await.unwrap();
                    assert!(recovered.iter().all(isopace::flow::Recovered::is_finished), "{recovered:?}");
                    assert!(flow.recover().await.unwrap().is_empty(), "{id}");
                });
                // It tells when some have and others have not.
                match world.end_of(&id) {
                    Some(Held::Committed) => ends[0] += 1,
                    _ => ends[1] += 1,
                }
                assert_eq!(world.count(Held::Reserved), 0, "{id}");
                if ended {
                    break;
                }
            }
            assert!(ends[1] > 10 && (ends[0] > 5) == (act == Act::Continue), "{act:?} {ends:?}");
        }
    }
}

/// A request that is the same for all who send it.
async fn same(kept: &Kept, world: &Arc<World>, id: &str, act: Act) -> (Outcome, String) {
    let points = Points::tell(0);
    let answers = StoredAnswers::new(Answers::new(kept.open().await, vault(), "jobs"));
    let flow = jobs(world, &points, act).idempotency(Arc::new(answers)).build().unwrap();
    let job = Job { id: id.to_owned(), world: Arc::clone(world), points, answer: Some(String::new()) };
    let ended = flow.run(id, job, Budget::within(60 * SECOND)).await.unwrap();
    (ended.outcome, ended.context.answer.unwrap())
}

#[test]
fn answers_are_replayed_by_the_next_process_and_by_other_nodes() {
    for kept in Kept::each() {
        for (act, name) in [(Act::Continue, "committed"), (Act::Abort, "aborted")] {
            let world = Arc::new(World::default());
            let kept_for = match name {
                "committed" => Held::Committed,
                _ => Held::Aborted,
            };
            // The key is the same for all jobs: each act has a store of its own.
            let kept = match &kept {
                Kept::File(path) => Kept::File({
                    let path = path.join(name);
                    std::fs::create_dir_all(&path).unwrap();
                    path
                }),
                #[cfg(all(feature = "postgres", unix))]
                Kept::Server(server, schema) => Kept::Server(Arc::clone(server), format!("{schema}_{name}")),
            };
            let (first, said) = process(same(&kept, &world, "t1", act.clone()));
            assert_eq!(first.name(), name);
            let (second, again) = process(same(&kept, &world, "t2", act));
            assert_eq!((second.name(), &again), ("replayed", &said));
            assert_eq!(world.count(kept_for), 3, "once");
        }
    }
}

#[test]
fn a_reservation_frees_its_key_waits_and_is_withheld() {
    for kept in Kept::each() {
        process(async {
            let store = kept.open().await;
            let node = || StoredAnswers::new(Answers::new(Arc::clone(&store), vault(), "a"));
            let (one, other) = (node(), node());
            let (long, short) = (Budget::within(60 * SECOND), Budget::within(Duration::from_millis(60)));
            let Ok(Begin::Fresh(held)) = one.begin("k", &long).await else { panic!("it is fresh") };
            let refused = other.begin("k", &short).await;
            assert!(matches!(refused, Err(IdempotencyError::InFlight)), "{refused:?}");
            // What is dropped frees the key for who waits.
            let waits = tokio::spawn(async move { other.begin("k", &Budget::within(60 * SECOND)).await });
            tokio::time::sleep(Duration::from_millis(30)).await;
            drop(held);
            let Ok(Begin::Fresh(held)) = waits.await.unwrap() else { panic!("it is free") };
            held.complete(b"done".to_vec()).await.unwrap();
            let Ok(Begin::Replay(answer)) = one.begin("k", &long).await else { panic!("it is answered") };
            assert_eq!(answer, b"done");
            let Ok(Begin::Fresh(held)) = one.begin("w", &long).await else { panic!("it is fresh") };
            held.withhold().await.unwrap();
            assert!(matches!(node().begin("w", &long).await, Err(IdempotencyError::Withheld)));
            // A process that dies holds its key until its lease ends; then it is withheld.
            let dead =
                StoredAnswers::new(Answers::new(Arc::clone(&store), vault(), "a").lease(Duration::from_millis(80)));
            let Ok(Begin::Fresh(held)) = dead.begin("d", &long).await else { panic!("it is fresh") };
            std::mem::forget(held);
            for _ in 0..2 {
                assert!(matches!(node().begin("d", &long).await, Err(IdempotencyError::Withheld)));
            }
        });
    }
}
