//! The store in a file: what every store does, and what a file adds to it.

use crate::store_common;

use std::path::PathBuf;
use std::sync::Arc;

use isopace::store::{EntryState, Retention, Settlement, Sqlite, Store, StoreError, sqlite};
use store_common::{Arced, NOW, at, entry, put, settle, taken};

/// A directory of its own, removed in the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("isopace-store-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Scratch(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("store.db")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn open() -> Option<(Arc<Arced>, Scratch)> {
    let scratch = Scratch::new();
    let store: Arc<Arced> = Arc::new(Sqlite::open(scratch.file()).await.unwrap());
    Some((store, scratch))
}

store_common::every_store!(open);

async fn again(scratch: &Scratch) -> Arc<Arced> {
    Arc::new(Sqlite::open(scratch.file()).await.unwrap())
}

#[tokio::test]
async fn everything_is_there_when_it_is_opened_again() {
    let (store, scratch) = open().await.unwrap();
    let first = put(&store, "q", "a").await;
    put(&store, "q", "b").await;
    let entry = taken(&store, "q", "n1", NOW).await;
    store.pause("r", true).await.unwrap();
    store.close().await;
    assert!(matches!(store.append(store_common::entry("q", "c")).await, Err(StoreError::Closed)));
    store.close().await;
    let store = again(&scratch).await;
    let known = store.entries("q", EntryState::Pending, 0, 10).await.unwrap();
    assert_eq!(known.iter().map(|entry| (entry.id.as_str(), entry.sent)).collect::<Vec<_>>(), [("a", 1), ("b", 0)]);
    assert!(matches!(store_common::take(&store, "q", "n2", at(1)).await, isopace::store::Taken::Busy(_)));
    assert!(settle(&store, "q", entry.seq, "n1", Settlement::Done).await);
    assert!(store.queue_status("r").await.unwrap().paused);
    assert_eq!(put(&store, "q", "a").await.seq(), first.seq());
}

#[tokio::test]
async fn what_is_done_is_forgotten_in_time() {
    let (store, _scratch) = open().await.unwrap();
    put(&store, "q", "done").await;
    put(&store, "q", "waits").await;
    let entry = taken(&store, "q", "n1", NOW).await;
    assert!(settle(&store, "q", entry.seq, "n1", Settlement::Done).await);
    let hour = std::time::Duration::from_secs(3600);
    let _retention = Retention::start(Arc::clone(&store), hour, hour);
    let forgotten = async {
        while !store.entries("q", EntryState::Done, 0, 1).await.unwrap().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), forgotten).await.expect("it is forgotten");
    assert_eq!(store.queue_status("q").await.unwrap().pending, 1);
}

#[tokio::test]
async fn numbers_are_never_used_again() {
    let (store, scratch) = open().await.unwrap();
    let seq = put(&store, "q", "a").await.seq();
    assert!(store.discard("q", seq).await.unwrap());
    store.close().await;
    assert!(put(&again(&scratch).await, "q", "b").await.seq() > seq);
}

#[cfg(unix)]
#[tokio::test]
async fn files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new();
    std::fs::write(scratch.file(), []).unwrap();
    std::fs::set_permissions(scratch.file(), std::fs::Permissions::from_mode(0o644)).unwrap();
    let store = again(&scratch).await;
    put(&store, "q", "a").await;
    let mut files = 0;
    for file in std::fs::read_dir(&scratch.0).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
        files += 1;
    }
    assert_eq!(files, 3, "database, log and index of the log");
}

#[tokio::test]
async fn what_is_no_store_is_refused() {
    let scratch = Scratch::new();
    std::fs::write(scratch.file(), "not a database, and long enough to be told from one".repeat(100)).unwrap();
    assert!(matches!(Sqlite::open(scratch.file()).await, Err(StoreError::Open(_))));
    let nowhere = scratch.0.join("missing").join("store.db");
    assert!(matches!(Sqlite::open(nowhere).await, Err(StoreError::Open(_))));
}

#[tokio::test]
async fn a_later_schema_is_refused_and_left_alone() {
    let scratch = Scratch::new();
    again(&scratch).await.close().await;
    let raw = rusqlite::Connection::open(scratch.file()).unwrap();
    raw.pragma_update(None, "user_version", 7).unwrap();
    let refused = Sqlite::open(scratch.file()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Newer { found: 7, known: 2 }), "{refused}");
    let version: u32 = raw.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 7);
}

#[tokio::test]
async fn one_that_cannot_be_stored_does_not_spoil_the_others() {
    // A trigger that refuses one id stands for whatever may go wrong with one change among many.
    let scratch = Scratch::new();
    again(&scratch).await.close().await;
    let raw = rusqlite::Connection::open(scratch.file()).unwrap();
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON entry WHEN new.id = 'bad' BEGIN SELECT RAISE(FAIL, 'no'); END";
    raw.execute_batch(refuse).unwrap();
    drop(raw);
    let store = sqlite::Settings::new().batch(64).open(scratch.file()).await.unwrap();
    let tasks: Vec<_> = (0..64)
        .map(|number| {
            let store = store.clone();
            let id = if number % 8 == 3 { "bad".to_owned() } else { format!("m{number}") };
            tokio::spawn(async move { (store.append(entry("q", &id)).await.is_ok(), id) })
        })
        .collect();
    for task in tasks {
        let (stored, id) = task.await.unwrap();
        assert_eq!(stored, id != "bad", "{id}");
    }
    assert_eq!(store.queue_status("q").await.unwrap().pending, 56);
}

#[tokio::test]
async fn waits_for_another_process_within_bounds() {
    let scratch = Scratch::new();
    let store =
        sqlite::Settings::new().timeout(std::time::Duration::from_millis(300)).open(scratch.file()).await.unwrap();
    let raw = rusqlite::Connection::open(scratch.file()).unwrap();
    raw.execute_batch("BEGIN IMMEDIATE").unwrap();
    let late = store.append(entry("q", "a")).await.unwrap_err();
    assert!(matches!(late, StoreError::TimedOut) && late.may_have_happened());
    raw.execute_batch("COMMIT").unwrap();
    // It was asked for, and is done when it can be.
    let mut stored = 0;
    for _ in 0..100 {
        stored = store.queue_status("q").await.map_or(0, |status| status.pending);
        if stored == 1 {
            break;
        }
    }
    assert_eq!(stored, 1);
}
