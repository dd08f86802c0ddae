//! A flow, as its users hold it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::budget::{Budget, Cancel, Spent};
use super::builder::Builder;
use super::error::{Cause, Interrupted};
use super::inner::Inner;
use super::journal::TransactionId;
use super::outcome::{Ended, Outcome};
use super::profile::Profile;
use super::transaction::Transaction;

/// Groups of stages that transactions run through. A handle: cheap to clone, for use from any task.
pub struct Flow<C> {
    pub(super) inner: Arc<Inner<C>>,
}

impl<C> Clone for Flow<C> {
    fn clone(&self) -> Self {
        Flow { inner: Arc::clone(&self.inner) }
    }
}

impl<C: Send + 'static> Flow<C> {
    /// A flow of this name, which stands in journal and metrics, without stages yet.
    pub fn builder(name: impl Into<String>) -> Builder<C> {
        Builder::new(name.into().into())
    }

    /// Runs a transaction of this id to its end.
    ///
    /// It runs on a task of its own. When this future is dropped, or the budget cancelled, before the decision, it is
    /// aborted; after it, commit or abort go on to their end. Either way it ends within its budget, plus what its
    /// stages may take to finish ([`Builder::finish_within`]) and what is to be written ([`Builder::write_within`]).
    /// [`Flow::stop`] waits for that.
    ///
    /// # Errors
    /// There is no tokio runtime, or it has ended meanwhile.
    pub async fn run(&self, id: impl Into<TransactionId>, context: C, budget: Budget) -> Result<Ended<C>, Interrupted> {
        let id = id.into();
        let runtime = Handle::try_current().map_err(|_| Interrupted)?;
        let cancel = Cancel::new();
        let on_task = Budget::until(budget.deadline()).cancelled_by(&cancel);
        let under_way = UnderWay::enter(&self.inner, &cancel);
        let place = tokio::select! {
            biased;
            place = Arc::clone(&self.inner.places).acquire_owned() => place.map_err(|_| Cause::Stopped),
            spent = budget.ended() => Err(unstarted(spent)),
            () = cancel.cancelled() => Err(Cause::Stopped),
        };
        let place = match place {
            Ok(place) => place,
            Err(cause) => {
                let outcome = Outcome::Aborted { cause };
                return Ok(Ended { context, outcome, profile: Profile::default() });
            }
        };
        let (send, receive) = oneshot::channel();
        let transaction = Transaction::new(Arc::clone(&self.inner), id, context, on_task);
        runtime.spawn(async move {
            let ended = transaction.run().await;
            drop((place, under_way));
            // Nobody is told when the caller went away.
            _ = send.send(ended);
        });
        let _gone = CancelOnDrop(cancel.clone());
        tokio::pin!(receive);
        tokio::select! {
            biased;
            ended = &mut receive => return ended.map_err(|_| Interrupted),
            () = budget.cancelled() => cancel.cancel(),
        }
        receive.await.map_err(|_| Interrupted)
    }

    /// Transactions under way, and those that wait for a place.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.inner.live.len()
    }

    /// Takes no transaction more, waits so long for those under way, then cancels those that still prepare, and waits
    /// for all to end. It always ends: see [`Flow::run`].
    pub async fn stop(&self, grace: Duration) {
        self.inner.places.close();
        if tokio::time::timeout(grace, self.inner.live.empty()).await.is_err() {
            self.inner.live.cancel_all();
            self.inner.live.empty().await;
        }
    }
}

fn unstarted(spent: Spent) -> Cause {
    match spent {
        Spent::Deadline => Cause::Deadline { stage: None },
        Spent::Cancelled => Cause::Cancelled { stage: None },
    }
}

impl<C> fmt::Debug for Flow<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stages = |group: &super::inner::Group<C>| {
            let names: Vec<_> = group.stages.iter().map(|named| Arc::clone(&named.name)).collect();
            (Arc::clone(&group.name), names)
        };
        f.debug_struct("Flow")
            .field("name", &self.inner.name)
            .field("groups", &self.inner.groups.iter().map(stages).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// A transaction that [`Flow::stop`] waits for.
struct UnderWay<C> {
    inner: Arc<Inner<C>>,
    number: u64,
}

impl<C> UnderWay<C> {
    fn enter(inner: &Arc<Inner<C>>, cancel: &Cancel) -> Self {
        UnderWay { inner: Arc::clone(inner), number: inner.live.enter(cancel) }
    }
}

impl<C> Drop for UnderWay<C> {
    fn drop(&mut self) {
        self.inner.live.leave(self.number);
    }
}

/// The caller went away: the transaction is no longer wanted.
struct CancelOnDrop(Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
