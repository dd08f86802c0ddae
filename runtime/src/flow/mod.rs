//! Transactions in two phases.
//!
//! A [`Flow`] runs a context, a struct of the user, through [`Stage`]s. First each of them prepares: it checks,
//! reserves, asks. When all could, those that joined commit, in order; when one could not, they abort, in reverse.
//! Stages stand in groups, and a stage can [route](Next::Route) to further ones.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use isopace::flow::{Budget, Failure, Flow, MemoryJournal, Next, Stage, Step};
//!
//! struct Purchase {
//!     amount: u64,
//!     held: u64,
//! }
//!
//! /// Holds the amount on an account.
//! struct Hold;
//!
//! impl Stage<Purchase> for Hold {
//!     fn name(&self) -> &str {
//!         "hold"
//!     }
//!
//!     async fn prepare(&self, purchase: &mut Purchase, _: &Budget) -> Result<Next, Failure> {
//!         purchase.held = purchase.amount;
//!         Ok(Next::Continue)
//!     }
//!
//!     async fn abort(&self, purchase: &mut Purchase, _: &Budget) -> Result<(), Failure> {
//!         purchase.held = 0;
//!         Ok(())
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let limit = Step::new("limit", |purchase: &mut Purchase| match purchase.amount {
//!     0..=50_00 => Ok(Next::Continue),
//!     _ => Ok(Next::abort("more than the limit")),
//! });
//! let flow = Flow::builder("purchase").stage(Hold).stage(limit).journal(Arc::new(MemoryJournal::new(1000))).build()?;
//!
//! let budget = || Budget::within(Duration::from_secs(10));
//! let ended = flow.run("TERM0001:1", Purchase { amount: 25_00, held: 0 }, budget()).await?;
//! assert!(ended.outcome.is_committed());
//! assert_eq!(ended.context.held, 25_00);
//!
//! let ended = flow.run("TERM0001:2", Purchase { amount: 75_00, held: 0 }, budget()).await?;
//! assert_eq!(ended.outcome.cause().map(|cause| cause.to_string()), Some("limit: more than the limit".to_owned()));
//! assert_eq!(ended.context.held, 0);
//! # Ok(())
//! # }
//! ```
//!
//! **Everything has an end.** A [`Budget`] bounds all of preparing and is handed to each stage; commit and abort of
//! each stage have a time of their own. A panic in a stage counts as an error. A transaction whose caller goes away is
//! aborted, unless it is decided: then it goes on to its end. [`Flow::stop`] waits for all of them.
//!
//! **After a crash** [`Flow::recover`] ends what was left open, by a [`Journal`] and by what the stages have left in
//! it. What the journal says is what happened: [`Entry::Finished`] stands there only when all stages that joined have
//! done their part.
//!
//! **The same request twice** is carried out once, with [`Idempotency`]: the second one waits for the first, and gets
//! its answer, be it an approval or a decline.
//!
//! [`MemoryJournal`] and [`MemoryAnswers`] last as long as the process; with the feature `store` `StoredJournal` and
//! `StoredAnswers` keep both in SQLite or PostgreSQL.

mod budget;
mod builder;
mod contain;
mod error;
mod handle;
mod idempotency;
mod inner;
mod journal;
mod live;
mod outcome;
mod profile;
mod recover;
mod retry;
mod stage;
mod step;
mod transaction;

pub use budget::{Budget, Cancel, Spent};
pub use builder::{BuildError, Builder};
pub use error::{Cause, Failure, FinishError, Interrupted, StageFailure};
pub use handle::Flow;
#[cfg(feature = "store")]
pub use idempotency::StoredAnswers;
pub use idempotency::{Begin, Hold, Idempotency, IdempotencyError, Idempotent, MemoryAnswers, Reservation};
#[cfg(feature = "store")]
pub use journal::StoredJournal;
pub use journal::{
    Decision, Entry, Journal, JournalError, LogJournal, MemoryJournal, Open, Record, StepEntry, TransactionId,
};
pub use outcome::{Ended, Outcome};
pub use profile::{Phase, Profile, Timing};
pub use recover::Recovered;
pub use retry::Retry;
pub use stage::{BoxFuture, Next, Recovery, Stage};
pub use step::{Func, Step};
