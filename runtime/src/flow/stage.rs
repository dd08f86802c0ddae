//! A step of a transaction.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;

use super::budget::Budget;
use super::error::Failure;

/// A future in a box, for traits whose implementations are chosen at run time.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A step of a transaction over a context of the type `C`.
///
/// `prepare` checks, reserves, asks: all that may fail. When every stage has prepared, `commit` is called for those
/// that joined, in their order; when one could not, `abort` is called for them, in reverse. Each of the two is called
/// at most once by a run, never both.
///
/// What a stage must cope with:
///
/// - **`abort` without a whole `prepare`**: it is called as well when `prepare` was cut off, by the deadline, a
///   cancellation or a panic, since it may have reserved by then. It is not called after `prepare` gave an error: that
///   says nothing is held.
/// - **`commit` or `abort` again**, by [`Flow::recover`](super::Flow::recover), when a crash or a failure left open
///   whether the first one worked: both have to be idempotent at the place where they take effect.
/// - **being dropped at any await** in `prepare`. `commit` and `abort` are dropped only at the end of their own time
///   ([`Builder::finish_within`](super::Builder::finish_within)), and with the whole process.
pub trait Stage<C: Send + 'static>: Send + Sync + 'static {
    /// Its name, unique within its group, up to 255 bytes: for profiles, causes and the journal. Never changes.
    fn name(&self) -> &str;

    /// Does all that may fail, within the budget.
    ///
    /// # Errors
    /// It could not, and holds nothing: the transaction is aborted, this stage does not join. A stage that holds
    /// something and wants to abort gives [`Next::Abort`].
    fn prepare(&self, context: &mut C, budget: &Budget) -> impl Future<Output = Result<Next, Failure>> + Send;

    /// Makes what was prepared final. The budget is that of the commit of this stage alone.
    ///
    /// # Errors
    /// It could not. The other stages commit all the same; the transaction stays open in the journal.
    fn commit(&self, context: &mut C, budget: &Budget) -> impl Future<Output = Result<(), Failure>> + Send {
        _ = (context, budget);
        async { Ok(()) }
    }

    /// Undoes what was prepared. The budget is that of the abort of this stage alone.
    ///
    /// # Errors
    /// It could not. The other stages abort all the same; the transaction stays open in the journal.
    fn abort(&self, context: &mut C, budget: &Budget) -> impl Future<Output = Result<(), Failure>> + Send {
        _ = (context, budget);
        async { Ok(()) }
    }

    /// What `recover` needs to undo a `prepare` that a crash cut off: journalled before `prepare` is called. Without
    /// it, what a stage reserved in the moments between its effect and the journal is not known after a crash.
    ///
    /// It is stored: no PIN block, track or verification value, no whole PAN, only what it takes to find the work
    /// again, such as STAN, RRN and terminal.
    fn intent(&self, context: &C) -> Option<Vec<u8>> {
        _ = context;
        None
    }

    /// What `recover` needs to commit or abort after a crash: journalled when the stage has joined. Minimised as
    /// [`Stage::intent`].
    fn recovery(&self, context: &C) -> Recovery {
        _ = context;
        Recovery::Impossible
    }

    /// Makes the context for `commit` or `abort` out of what `recovery`, or else `intent`, gave.
    ///
    /// # Errors
    /// It cannot: [`Flow::recover`](super::Flow::recover) tells so, and the transaction stays open.
    fn recover(&self, data: &[u8]) -> impl Future<Output = Result<C, Failure>> + Send {
        _ = data;
        async { Err(Failure::new("the stage cannot be recovered")) }
    }
}

/// How a transaction goes on after a stage has prepared.
#[derive(Debug, Clone)]
pub enum Next {
    /// The stage joins: it will be committed or aborted.
    Continue,
    /// The stage does not join; the next one prepares.
    Skip,
    /// The stage joins; these groups follow after all those that are to come already.
    Route(Vec<Cow<'static, str>>),
    /// The stage does not join, no other one prepares, and those that joined are committed.
    Done,
    /// The stage joins, and the transaction is aborted, this stage first.
    Abort(Failure),
}

impl Next {
    /// [`Next::Route`] to these groups.
    pub fn route<G: Into<Cow<'static, str>>>(groups: impl IntoIterator<Item = G>) -> Self {
        Next::Route(groups.into_iter().map(Into::into).collect())
    }

    /// [`Next::Abort`] for this reason, told as a sentence.
    pub fn abort(reason: impl std::fmt::Display) -> Self {
        Next::Abort(Failure::new(reason))
    }
}

/// What a stage that has joined leaves for the time after a crash.
#[derive(Clone, PartialEq, Eq)]
pub enum Recovery {
    /// After a crash there is nothing to commit or to undo: the stage only looked, or what it holds goes with the
    /// process. It is not journalled.
    NotNeeded,
    /// This brings its context back, by [`Stage::recover`].
    Data(Vec<u8>),
    /// It holds something, and cannot be brought back: recovery tells so.
    Impossible,
}

impl std::fmt::Debug for Recovery {
    /// Never the data, which is the stage's own.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Recovery::NotNeeded => f.write_str("NotNeeded"),
            Recovery::Data(data) => write!(f, "Data({} bytes)", data.len()),
            Recovery::Impossible => f.write_str("Impossible"),
        }
    }
}

/// A [`Stage`] of any type.
pub(super) trait AnyStage<C>: Send + Sync {
    fn prepare<'a>(&'a self, context: &'a mut C, budget: &'a Budget) -> BoxFuture<'a, Result<Next, Failure>>;
    fn commit<'a>(&'a self, context: &'a mut C, budget: &'a Budget) -> BoxFuture<'a, Result<(), Failure>>;
    fn abort<'a>(&'a self, context: &'a mut C, budget: &'a Budget) -> BoxFuture<'a, Result<(), Failure>>;
    fn intent(&self, context: &C) -> Option<Vec<u8>>;
    fn recovery(&self, context: &C) -> Recovery;
    fn recover<'a>(&'a self, data: &'a [u8]) -> BoxFuture<'a, Result<C, Failure>>;
}

// Each future is made when it is polled first, so that a panic in making it is contained as one in polling it.
impl<C: Send + 'static, S: Stage<C>> AnyStage<C> for S {
    fn prepare<'a>(&'a self, context: &'a mut C, budget: &'a Budget) -> BoxFuture<'a, Result<Next, Failure>> {
        Box::pin(async move { Stage::prepare(self, context, budget).await })
    }

    fn commit<'a>(&'a self, context: &'a mut C, budget: &'a Budget) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move { Stage::commit(self, context, budget).await })
    }

    fn abort<'a>(&'a self, context: &'a mut C, budget: &'a Budget) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move { Stage::abort(self, context, budget).await })
    }

    fn intent(&self, context: &C) -> Option<Vec<u8>> {
        Stage::intent(self, context)
    }

    fn recovery(&self, context: &C) -> Recovery {
        Stage::recovery(self, context)
    }

    fn recover<'a>(&'a self, data: &'a [u8]) -> BoxFuture<'a, Result<C, Failure>> {
        Box::pin(async move { Stage::recover(self, data).await })
    }
}
