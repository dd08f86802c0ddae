//! Work that is done once, by key, over any store: who does it, and what came of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use zeroize::Zeroizing;

use super::{
    Completion, Moment, OpenError, Place, Reservation, Reserved, SealError, Sealed, Store, StoreError, TransactionId,
    Vault,
};

/// How soon one that is in flight elsewhere is looked at again: first, and at most.
const LOOK: [Duration; 2] = [Duration::from_millis(10), Duration::from_millis(200)];

/// Keeps the answers to requests by their key, so that a request is carried out once, by one of all the nodes that
/// share the store. A handle: cheap to clone.
///
/// Whoever [begins](Answers::begin) with a key that is [fresh](Begun::Fresh) carries the request out, and then
/// [keeps its answer](Answers::finish), or [frees the key](Answers::forget) when nothing was carried out. Others find
/// it in flight meanwhile, and may [wait](Answers::begin_within). When the node dies in between, the key is in flight
/// until its lease ends; who asks then is told that it is [unfinished](Begun::Unfinished), and says what the answer is:
/// since the request may have been carried out it must not be again.
///
/// Answers are sealed by a [`Vault`]. Bytes are kept as they are given: no sensitive authentication data belongs in
/// them, and without a key no PAN.
#[derive(Clone)]
pub struct Answers {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn Store>,
    vault: Vault,
    scope: String,
    /// What the owners of this process have in common.
    node: String,
    numbers: AtomicU64,
    settings: Settings,
    /// Answers that were kept since the bound was looked at.
    kept: AtomicU64,
}

#[derive(Clone, Copy)]
struct Settings {
    lease: Duration,
    keep: Duration,
    most: u64,
}

/// What is known of a request.
#[derive(Debug)]
#[non_exhaustive]
pub enum Begun {
    /// Nothing: it is for who asked to carry out.
    Fresh,
    /// It is being carried out, up to this moment.
    InFlight(Moment),
    /// Whoever carried it out has died. It may have been carried out, and must not be again; it is for who asked to say
    /// what its answer is.
    Unfinished,
    /// It was answered like this.
    Answered(Zeroizing<Vec<u8>>),
}

/// A wish to carry out the request of a key; made anew for each attempt.
#[derive(Debug, Clone)]
pub struct Attempt {
    key: String,
    owner: String,
}

impl Attempt {
    /// The key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// Why it is not known how it stands with a key, or its answer was not kept.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum AnswersError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The answer cannot be made fit to be stored.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The answer that was kept cannot be opened.
    #[error("the answer that was kept cannot be opened: {0}")]
    Open(#[from] OpenError),
}

impl Answers {
    /// In a store, under this name: keys of one scope know nothing of another's. A lease of a minute, answers kept for
    /// a day, a million keys at most.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, vault: Vault, scope: &str) -> Self {
        use std::hash::{BuildHasher, RandomState};
        let settings =
            Settings { lease: Duration::from_secs(60), keep: Duration::from_secs(24 * 3600), most: 1_000_000 };
        let chance = RandomState::new().hash_one(std::time::SystemTime::now());
        let node = format!("{}-{chance:016x}", std::process::id());
        let (scope, numbers, kept) = (scope.to_owned(), AtomicU64::new(0), AtomicU64::new(0));
        Answers { inner: Arc::new(Inner { store, vault, scope, node, numbers, settings, kept }) }
    }

    fn with(self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = self.inner.settings;
        change(&mut settings);
        let inner = &self.inner;
        let (store, vault) = (Arc::clone(&inner.store), inner.vault.clone());
        let (scope, node) = (inner.scope.clone(), inner.node.clone());
        let numbers = AtomicU64::new(inner.numbers.load(Ordering::Relaxed));
        Answers { inner: Arc::new(Inner { store, vault, scope, node, numbers, settings, kept: AtomicU64::new(0) }) }
    }

    /// How long a request may be in flight: longer than it can take to answer it, by more than the clocks of the nodes
    /// differ. After that it counts as unfinished.
    #[must_use]
    pub fn lease(self, lease: Duration) -> Self {
        self.with(|settings| settings.lease = lease)
    }

    /// How long an answer is kept, and a key that is unfinished: longer than a request can come again.
    #[must_use]
    pub fn keep(self, keep: Duration) -> Self {
        self.with(|settings| settings.keep = keep)
    }

    /// Most keys that are kept. Beyond it, and a tenth more, the oldest answers are given up; what comes again of those
    /// is carried out again.
    #[must_use]
    pub fn most(self, most: u64) -> Self {
        self.with(|settings| settings.most = most.max(1))
    }

    /// What it is called in the store.
    #[must_use]
    pub fn scope(&self) -> &str {
        &self.inner.scope
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.inner.vault
    }

    /// An attempt at this key; nothing is asked of the store. The key holds no card data.
    #[must_use]
    pub fn attempt(&self, key: &str) -> Attempt {
        let number = self.inner.numbers.fetch_add(1, Ordering::Relaxed);
        Attempt { key: key.to_owned(), owner: format!("{}.{number}", self.inner.node) }
    }

    /// How it stands with the key. When it is fresh or unfinished, it is in flight by this attempt from now on.
    ///
    /// # Errors
    /// It is not known: the request must not be carried out. Whether the key is taken by this attempt is open.
    pub async fn begin(&self, attempt: &Attempt) -> Result<Begun, AnswersError> {
        let Inner { store, scope, settings, .. } = &*self.inner;
        let now = Moment::now();
        let until = now.after(settings.lease);
        let keep_until = until.after(settings.keep);
        let Attempt { key, owner } = attempt;
        match store.reserve(Reservation { scope, key, owner, now, until, keep_until }).await? {
            Reserved::Fresh => Ok(Begun::Fresh),
            Reserved::InFlight(until) => Ok(Begun::InFlight(until)),
            Reserved::Abandoned => Ok(Begun::Unfinished),
            Reserved::Done(sealed) => Ok(Begun::Answered(self.inner.vault.open_bytes(self.place(key), &sealed)?)),
        }
    }

    /// As [`Answers::begin`]; when it is in flight, looks again and again up to this moment.
    ///
    /// # Errors
    /// As there.
    pub async fn begin_within(&self, attempt: &Attempt, deadline: Instant) -> Result<Begun, AnswersError> {
        let [mut wait, most] = LOOK;
        loop {
            let begun = self.begin(attempt).await?;
            let now = Instant::now();
            if !matches!(begun, Begun::InFlight(_)) || now >= deadline {
                return Ok(begun);
            }
            sleep_until((now + wait).min(deadline)).await;
            wait = (wait * 2).min(most);
        }
    }

    /// Keeps the answer. `false` when it took longer than the lease, and somebody else has said what the answer is.
    ///
    /// # Errors
    /// It is not kept, or that is open. The key is in flight until its lease ends, and unfinished then.
    pub async fn finish(&self, attempt: &Attempt, answer: &[u8]) -> Result<bool, AnswersError> {
        self.finish_with(attempt, answer, None).await
    }

    /// As [`Answers::finish`]; in the same change finishes a transaction of a journal in the same store, unless it gives
    /// `false`.
    ///
    /// # Errors
    /// As there.
    pub async fn finish_with(
        &self,
        attempt: &Attempt,
        answer: &[u8],
        finishes: Option<TransactionId<'_>>,
    ) -> Result<bool, AnswersError> {
        let completion = Completion { finishes, ..self.completion(attempt, answer)? };
        let done = self.inner.store.complete(completion).await?;
        self.inner.kept.fetch_add(1, Ordering::Relaxed);
        Ok(done)
    }

    /// Puts another answer in the place of the one that this attempt has kept or was given. `false` when it was given
    /// to another since: it stands then.
    ///
    /// # Errors
    /// It is not replaced, or that is open.
    pub async fn replace(&self, attempt: &Attempt, answer: &[u8]) -> Result<bool, AnswersError> {
        Ok(self.inner.store.amend(self.completion(attempt, answer)?).await?)
    }

    /// Frees the key: nothing was carried out, so that the request may come again. Gives whether it was this attempt's.
    ///
    /// # Errors
    /// The store failed. The key is in flight until its lease ends, and unfinished then.
    pub async fn forget(&self, attempt: &Attempt) -> Result<bool, AnswersError> {
        Ok(self.inner.store.release(&self.inner.scope, &attempt.key, &attempt.owner).await?)
    }

    /// Keeps the bound, when a tenth more than it may have been kept since it did so last. Gives how many answers were
    /// given up before their time. To be called now and then.
    ///
    /// # Errors
    /// The store failed.
    pub async fn trim(&self) -> Result<u64, AnswersError> {
        let Inner { store, scope, settings, kept, .. } = &*self.inner;
        let enough = settings.most / 10;
        if kept.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |kept| (kept > enough).then_some(0)).is_err() {
            return Ok(0);
        }
        let given_up = store.trim(scope, settings.most, Moment::now()).await?;
        if given_up > 0 {
            metrics::counter!("isopace_answers_given_up_total", "scope" => scope.clone()).increment(given_up);
            tracing::warn!(scope, given_up, "answers were given up before their time for want of room");
        }
        Ok(given_up)
    }

    fn completion<'a>(&'a self, attempt: &'a Attempt, answer: &[u8]) -> Result<Completion<'a>, SealError> {
        let Inner { vault, scope, settings, .. } = &*self.inner;
        let Attempt { key, owner } = attempt;
        let outcome: Sealed = vault.seal_bytes(self.place(key), answer)?;
        Ok(Completion { scope, key, owner, outcome, keep_until: Moment::now().after(settings.keep), finishes: None })
    }

    fn place<'a>(&'a self, key: &'a str) -> Place<'a> {
        Place { kind: "outcome", name: &self.inner.scope, id: key }
    }
}

impl std::fmt::Debug for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answers").field("scope", &self.inner.scope).finish_non_exhaustive()
    }
}
