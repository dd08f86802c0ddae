//! Writes that a loss of power has torn: what was on the disk is there, what is half there is not.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use isopace::store::{Claim, EntryState, Moment, NewEntry, Sealed, Settled, Settlement, Sqlite, Store, Taken};

const NOW: Moment = Moment::from_millis(1_700_000_000_000);

/// A directory of its own, removed in the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("isopace-torn-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

fn body(text: &str) -> Sealed {
    Sealed::from_stored(text.as_bytes().to_vec())
}

fn entry(id: &str) -> NewEntry<'_> {
    NewEntry { queue: "q", id, body: body(id), accepted: NOW, due: NOW, expires: None }
}

fn id(number: usize) -> String {
    format!("message-{number}-{}", "x".repeat(number * 37 % 300))
}

/// What a store that was killed has left behind, and how long its log was when each message had been confirmed.
struct Left {
    database: Vec<u8>,
    log: Vec<u8>,
    confirmed: Vec<usize>,
}

const MESSAGES: usize = 24;

async fn left() -> Left {
    let scratch = Scratch::new();
    let path = scratch.0.join("store.db");
    let log = scratch.0.join("store.db-wal");
    let store = Sqlite::open(&path).await.unwrap();
    let mut confirmed = Vec::new();
    for number in 0..MESSAGES {
        assert!(store.append(entry(&id(number))).await.unwrap().is_new());
        confirmed.push(std::fs::metadata(&log).unwrap().len() as usize);
    }
    // As they are while it runs: nothing is tidied up.
    let left = Left { database: std::fs::read(&path).unwrap(), log: std::fs::read(&log).unwrap(), confirmed };
    store.close().await;
    left
}

/// Opens what is left, and gives the messages that are there.
async fn opened(database: &[u8], log: &[u8]) -> Vec<String> {
    let scratch = Scratch::new();
    let path = scratch.0.join("store.db");
    std::fs::write(&path, database).unwrap();
    std::fs::write(scratch.0.join("store.db-wal"), log).unwrap();
    let store = Sqlite::open(&path).await.unwrap();
    let there = store.entries("q", EntryState::Pending, 0, 1000).await.unwrap();
    for entry in &there {
        assert_eq!(entry.body, body(&entry.id), "whole, or not there");
    }
    // It goes on where it was.
    if let Some(first) = there.first() {
        let claim = Claim { queue: "q", owner: "n", now: NOW, until: NOW };
        let Taken::Entry(taken) = store.take(claim).await.unwrap() else { panic!("the first one waits") };
        assert_eq!(taken.id, first.id);
        let settled = Settled { queue: "q", seq: taken.seq, owner: "n", how: Settlement::Done, now: NOW };
        assert!(store.settle(settled).await.unwrap());
    }
    assert!(store.append(entry("new")).await.unwrap().is_new());
    store.close().await;
    sound(&path);
    there.into_iter().map(|entry| entry.id).collect()
}

fn sound(path: &Path) {
    let raw = rusqlite::Connection::open(path).unwrap();
    let told: String = raw.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(told, "ok");
}

fn all() -> Vec<String> {
    (0..MESSAGES).map(id).collect()
}

#[tokio::test]
async fn a_log_that_ends_anywhere_holds_what_was_confirmed_before() {
    let left = left().await;
    let all = all();
    let beyond = *left.confirmed.last().unwrap();
    // Ends of frames, and places within them.
    let places = left.confirmed.iter().flat_map(|end| [end.saturating_sub(1), *end, end + 1, end + 13, end + 700]);
    for place in places.chain([0, 1, 31, 32, 33, 56, 57]).filter(|place| *place <= beyond) {
        let there = opened(&left.database, &left.log[..place]).await;
        let wanted = left.confirmed.iter().filter(|end| **end <= place).count();
        assert_eq!(there, all[..wanted], "with {place} bytes of the log");
    }
}

#[tokio::test]
async fn a_page_that_was_half_written_ends_the_log_there() {
    let left = left().await;
    let all = all();
    for (number, end) in left.confirmed.iter().enumerate() {
        // Anywhere in the last page of what was written for this message.
        for before in [1, 200, 4000] {
            let mut log = left.log.clone();
            log[end - before] ^= 0x55;
            assert_eq!(opened(&left.database, &log).await, all[..number], "{before} before the end of {number}");
        }
    }
}
