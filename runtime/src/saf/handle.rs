//! A queue to a destination, as its users hold it.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::builder::Builder;
use super::error::{AcceptError, StartError};
use super::inner::{Inner, Run};
use super::run;
use super::stored::Stored;
use crate::msg::{Dialect, Message};
use crate::store::{Appended, EntryState, Moment, NewEntry, QueueStatus, Store, StoreError, Vault};
use tokio::sync::watch;

/// A durable queue to a destination. A handle: cheap to clone. When the last one is dropped it goes on until it is
/// stopped, or the runtime ends; what was accepted is in the store in any case.
#[derive(Clone)]
pub struct Saf {
    inner: Arc<Inner>,
}

impl Saf {
    /// A queue of this name, for messages of this dialect. Queues of one name in one store are one queue, in whatever
    /// process.
    pub fn builder(name: &str, dialect: &'static Dialect, store: Arc<dyn Store>, vault: Vault) -> Builder {
        Builder::new(name, dialect, store, vault)
    }

    pub(super) const fn new(inner: Arc<Inner>) -> Self {
        Saf { inner }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.inner.parts.name
    }

    /// The dialect of its messages.
    #[must_use]
    pub fn dialect(&self) -> &'static Dialect {
        self.inner.parts.dialect
    }

    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        &self.inner.parts.store
    }

    /// The name of this node, where it has one that stays.
    #[cfg_attr(not(feature = "host"), expect(dead_code, reason = "for gateways of descriptors"))]
    pub(crate) fn node(&self) -> Option<&str> {
        self.inner.parts.named.then_some(&*self.inner.parts.owner)
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.inner.parts.vault
    }

    /// Accepts a message: when this has ended without an error it is on the disk, and will be delivered.
    ///
    /// The id names the message for good: accepting it once more changes nothing. It must not hold card data. Sensitive
    /// authentication data of the message is left out; what is sent is what is left.
    ///
    /// # Errors
    /// It was not accepted; where the store failed, that is open, and it is to be accepted again under the same id.
    pub async fn accept(&self, id: &str, message: &Message) -> Result<Appended, AcceptError> {
        let most = self.inner.parts.policy.most;
        if self.inner.depth.load(Ordering::Relaxed) >= most {
            let error = AcceptError::Full { most };
            self.refused(&error);
            return Err(error);
        }
        self.accept_beyond(id, message).await
    }

    /// Accepts a message however many wait.
    pub(crate) async fn accept_beyond(&self, id: &str, message: &Message) -> Result<Appended, AcceptError> {
        let accepted = self.keep(id, message).await;
        match &accepted {
            Ok(Appended::New(_)) => {
                self.inner.depth.fetch_add(1, Ordering::Relaxed);
                self.inner.count("isopace_saf_accepted_total");
                self.inner.accepted.notify_one();
            }
            Ok(Appended::Known(_)) => {}
            Err(error) => self.refused(error),
        }
        accepted
    }

    fn refused(&self, error: &AcceptError) {
        let queue = self.name().to_owned();
        metrics::counter!("isopace_saf_refused_total", "queue" => queue, "reason" => error.name()).increment(1);
    }

    async fn keep(&self, id: &str, message: &Message) -> Result<Appended, AcceptError> {
        let parts = &self.inner.parts;
        // Whether they are equal is a long story where they are not one and the same.
        if !std::ptr::eq(message.dialect(), parts.dialect) && message.dialect() != parts.dialect {
            let (expected, found) = (parts.dialect.name(), message.dialect().name());
            return Err(AcceptError::Dialect { expected, found });
        }
        if message.mti().response().is_none() {
            return Err(AcceptError::NoAnswer(message.mti()));
        }
        let place = self.inner.place(id);
        let body = parts.vault.seal(place, message)?;
        if !parts.vault.has_key()
            && parts.vault.open(place, &body, parts.dialect).map_or(true, |opened| opened.without_pan)
        {
            return Err(AcceptError::NoKey);
        }
        let now = Moment::now();
        let expires = parts.policy.expire.map(|expire| now.after(expire));
        let entry = NewEntry { queue: &parts.name, id, body, accepted: now, due: now, expires };
        Ok(parts.store.append(entry).await?)
    }

    /// Starts to deliver; it may have been stopped before.
    ///
    /// # Errors
    /// It runs, or is stopping; or this is not within a tokio runtime.
    pub fn start(&self) -> Result<(), StartError> {
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| StartError::NoRuntime)?;
        let mut held = self.inner.run.lock().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().is_some_and(|run| run.ended.has_changed().is_ok()) {
            return Err(StartError::Running);
        }
        let (stop, stopped) = watch::channel(false);
        let (alive, ended) = watch::channel(());
        *held = Some(Run { stop: Arc::new(stop), ended });
        let inner = Arc::clone(&self.inner);
        runtime.spawn(async move {
            run::supervise(inner, stopped).await;
            drop(alive);
        });
        Ok(())
    }

    /// Stops: an answer that is awaited is waited for as long as the policy says; then it ends, whatever the peer does.
    /// What waits stays in the store.
    pub async fn stop(&self) {
        let run = self.inner.run.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(mut run) = run {
            run.stop.send_replace(true);
            // Nothing is ever sent: it is closed in the end.
            _ = run.ended.changed().await;
        }
    }

    /// Whether it delivers.
    #[must_use]
    pub fn is_running(&self) -> bool {
        let run = self.inner.run.lock().unwrap_or_else(PoisonError::into_inner);
        run.as_ref().is_some_and(|run| run.ended.has_changed().is_ok())
    }

    /// Holds back what waits, at every node and over restarts, until [`Saf::resume`]. Messages are accepted all the
    /// same.
    ///
    /// # Errors
    /// The store failed.
    pub async fn pause(&self) -> Result<(), StoreError> {
        self.inner.parts.store.pause(self.name(), true).await
    }

    /// Ends a pause.
    ///
    /// # Errors
    /// The store failed.
    pub async fn resume(&self) -> Result<(), StoreError> {
        self.inner.parts.store.pause(self.name(), false).await?;
        self.inner.changed.notify_one();
        Ok(())
    }

    /// How the queue is.
    ///
    /// # Errors
    /// The store failed.
    pub async fn status(&self) -> Result<QueueStatus, StoreError> {
        self.inner.parts.store.queue_status(self.name()).await
    }

    /// How it was when it was looked at last, a few seconds ago; and whether the store failed since.
    #[cfg(feature = "host")]
    pub(crate) fn seen(&self) -> (QueueStatus, bool) {
        let status = *self.inner.seen.lock().unwrap_or_else(PoisonError::into_inner);
        (status, self.inner.store_failed.load(Ordering::Relaxed))
    }

    /// Why the last attempt did not deliver, if it did not: `timed-out`, `answered with response code 91`. It is told of this
    /// node alone, and holds nothing of a message.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.inner.trouble()
    }

    /// Looks at the queue now, and not in a few seconds.
    #[cfg(feature = "admin")]
    pub(crate) async fn look(&self) {
        self.inner.look().await;
    }

    /// The messages in this state whose numbers are beyond `after`, in order, at most so many, opened.
    ///
    /// # Errors
    /// The store failed.
    pub async fn inspect(&self, state: EntryState, after: u64, most: u32) -> Result<Vec<Stored>, StoreError> {
        let parts = &self.inner.parts;
        let entries = parts.store.entries(&parts.name, state, after, most).await?;
        let open = |entry| Stored::open(entry, |id, body| parts.vault.open(self.inner.place(id), body, parts.dialect));
        Ok(entries.into_iter().map(open).collect())
    }

    /// Takes a message that waits or is dead out for good. Gives whether it was there.
    ///
    /// # Errors
    /// The store failed.
    pub async fn discard(&self, seq: u64) -> Result<bool, StoreError> {
        let discarded = self.inner.parts.store.discard(self.name(), seq).await?;
        if discarded {
            tracing::warn!(queue = self.name(), seq, "a message was discarded");
        }
        self.inner.changed.notify_one();
        Ok(discarded)
    }

    /// Puts a dead message back, to be tried as often as a new one. Gives whether it was there and dead.
    ///
    /// # Errors
    /// The store failed.
    pub async fn replay(&self, seq: u64) -> Result<bool, StoreError> {
        let replayed = self.inner.parts.store.replay(self.name(), seq, Moment::now()).await?;
        self.inner.changed.notify_one();
        Ok(replayed)
    }

    /// Waits until nothing waits any more, at most for so long. Gives whether that is so.
    pub async fn drained(&self, most: Duration) -> bool {
        let empty = async {
            loop {
                if self.status().await.is_ok_and(|status| status.pending == 0) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(most, empty).await.is_ok()
    }
}

impl std::fmt::Debug for Saf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Saf").field("name", &self.name()).field("running", &self.is_running()).finish_non_exhaustive()
    }
}
