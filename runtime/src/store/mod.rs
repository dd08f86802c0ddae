//! What survives the end of a program: queues of messages, outcomes by key, a journal of transactions.
//!
//! A [`Store`] does the few things that store-and-forward, reversals and idempotency need, and answers when they are on
//! the disk. [`Sqlite`] keeps them in a file, for one node; `Postgres` (feature `postgres`) in a database, for several.
//! What is kept is [`Sealed`] by a [`Vault`]: sensitive authentication data is left out of messages, the rest is
//! encrypted.
//!
//! It is no general database: what a program wants to look up otherwise belongs in one of its own.
//!
//! ```
//! use isopace::iso87a::DIALECT;
//! use isopace::store::{Claim, Moment, NewEntry, Place, Settled, Settlement, Sqlite, StorageKey, Store, Taken, Vault};
//! use isopace::{Edit, Message};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let directory = std::env::temp_dir().join(format!("isopace-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&directory)?;
//! # let path = directory.join("store.db");
//! let store = Sqlite::open(&path).await?;
//! let vault = Vault::new(&StorageKey::from_hex("2026-11", &"5a".repeat(32))?, &[])?;
//!
//! let mut advice = Edit::build(&DIALECT);
//! advice.mti("0220").set_leaf("2", "4111111111111111");
//! let advice = Message::parse(&DIALECT, advice.finish()?)?;
//! let place = Place { kind: "queue", name: "issuer", id: "advice-1" };
//! let (body, now) = (vault.seal(place, &advice)?, Moment::now());
//! let entry = NewEntry { queue: "issuer", id: "advice-1", body, accepted: now, due: now, expires: None };
//! assert!(store.append(entry.clone()).await?.is_new());
//! assert!(!store.append(entry).await?.is_new());
//!
//! let until = now.after(std::time::Duration::from_secs(30));
//! let claim = Claim { queue: "issuer", owner: "node-1", now, until };
//! let Taken::Entry(entry) = store.take(claim).await? else { return Ok(()) };
//! assert_eq!(vault.open(place, &entry.body, &DIALECT)?.message.as_bytes(), advice.as_bytes());
//! let settled = Settled { queue: "issuer", seq: entry.seq, owner: "node-1", how: Settlement::Done, now };
//! assert!(store.settle(settled).await?);
//! store.close().await;
//! # std::fs::remove_dir_all(directory)?;
//! # Ok(())
//! # }
//! ```

mod answers;
mod contract;
mod error;
mod journal;
mod moment;
mod outcome;
#[cfg(feature = "postgres")]
pub mod postgres;
mod queue;
mod retention;
mod sealed;
pub mod sqlite;
mod vault;

pub use answers::{Answers, AnswersError, Attempt, Begun};
pub use contract::{Answer, Purged, Store};
pub use error::StoreError;
pub use journal::{NewRecord, Record, TransactionId, Unfinished};
pub use moment::Moment;
pub use outcome::{Completion, Reservation, Reserved};
#[cfg(feature = "postgres")]
pub use postgres::Postgres;
pub use queue::{Appended, Claim, Entry, EntryState, NewEntry, QueueStatus, Settled, Settlement, Taken};
pub use retention::Retention;
pub use sealed::Sealed;
pub use sqlite::Sqlite;
pub use vault::{BadKey, OpenError, Opened, Place, SealError, StorageKey, Vault};
