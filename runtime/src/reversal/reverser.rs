//! Begins reversals, each once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use super::build;
use super::error::ReversalError;
use super::rules::Rules;
use crate::msg::Message;
use crate::mux::{Outcome, Reason, Unmatched};
use crate::saf::Saf;
use crate::store::{Appended, Moment, NewRecord, Place, TransactionId, Unfinished};

/// Between the identity of a transaction and the number of its attempt. No element of an identity holds it.
const ATTEMPT: &str = "\u{1f}";

/// Attempts of this process.
static ATTEMPTS: AtomicU64 = AtomicU64::new(0);

/// A number that no other process has.
static PROCESS: LazyLock<u64> = LazyLock::new(|| {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one((std::process::id(), std::time::SystemTime::now()))
});

/// What became of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// It needs no reversal.
    NotNeeded,
    /// Its reversal is in the queue now, with this number.
    Begun(u64),
    /// Its reversal had been begun before.
    Known(u64),
}

/// Begins the reversals of requests of which nobody knows how they ended, or whose approval nobody took. A handle:
/// cheap to clone.
#[derive(Clone)]
pub struct Reverser {
    inner: Arc<Inner>,
}

struct Inner {
    saf: Saf,
    rules: Rules,
    /// The journal of what is sent, when it is written down.
    journal: Option<String>,
    /// What was written down before this is of an earlier run.
    made: Moment,
    /// What the attempts of this process have in common.
    attempts: u64,
}

impl Reverser {
    /// Over the queue that reversals go to, and in its store.
    #[must_use]
    pub fn new(saf: Saf, rules: Rules) -> Self {
        let journal = rules.node.as_ref().map(|node| journal(&saf, node));
        Reverser { inner: Arc::new(Inner { saf, rules, journal, made: Moment::now(), attempts: *PROCESS }) }
    }

    /// The same, in a process that began then: what it has written down since is its own, whoever of it did.
    #[cfg_attr(not(feature = "host"), expect(dead_code, reason = "for gateways of descriptors"))]
    pub(crate) fn since(saf: Saf, rules: Rules, made: Moment) -> Self {
        let journal = rules.node.as_ref().map(|node| journal(&saf, node));
        Reverser { inner: Arc::new(Inner { saf, rules, journal, made, attempts: *PROCESS }) }
    }

    /// Writes a request down before it is sent, if [the rules](Rules::write_ahead) say so: when the program ends before
    /// it is [settled](Reverser::settled), [`Reverser::recover`] reverses it. Send it only when this has ended without
    /// an error.
    ///
    /// # Errors
    /// It was not written down, or that is open.
    pub async fn note_sent(&self, request: &Message) -> Result<(), ReversalError> {
        let Inner { rules, journal: Some(journal), .. } = &*self.inner else { return Ok(()) };
        if !rules.reverses(request.mti()) {
            return Ok(());
        }
        let id = build::identity(rules, request).ok_or(ReversalError::NoIdentity)?;
        self.write(journal, &id, request).await
    }

    /// As [`Reverser::note_sent`], as an attempt of its own: a request that is sent again after it was not sent is written
    /// down again. Nothing where the rules do not say so, or never reverse it.
    #[cfg_attr(not(feature = "host"), expect(dead_code, reason = "for gateways of descriptors"))]
    pub(crate) async fn note(&self, request: &Message) -> Result<Option<(String, String)>, ReversalError> {
        let Inner { rules, journal: Some(journal), attempts, .. } = &*self.inner else { return Ok(None) };
        if !rules.reverses(request.mti()) {
            return Ok(None);
        }
        let id = build::identity(rules, request).ok_or(ReversalError::NoIdentity)?;
        let id = format!("{id}{ATTEMPT}{attempts}.{}", ATTEMPTS.fetch_add(1, Ordering::Relaxed));
        self.write(journal, &id, request).await?;
        Ok(Some((journal.clone(), id)))
    }

    /// Finishes what was written down by [`Reverser::note`].
    #[cfg_attr(not(feature = "host"), expect(dead_code, reason = "for gateways of descriptors"))]
    pub(crate) async fn finish_note(&self, transaction: TransactionId<'_>) -> Result<(), ReversalError> {
        self.inner.saf.store().finish(transaction, Moment::now()).await?;
        Ok(())
    }

    async fn write(&self, journal: &str, id: &str, request: &Message) -> Result<(), ReversalError> {
        let Inner { saf, rules, .. } = &*self.inner;
        let now = Moment::now();
        // The reversal rather than the request: it has no secrets, and is there whatever becomes of the rules.
        let reversal = build::reversal(rules, request, now)?;
        let body = saf.vault().seal(place(journal, id), &reversal)?;
        let transaction = TransactionId { journal, id };
        saf.store().record(NewRecord { transaction, sequence: 0, kind: "sent", body, at: now }).await?;
        Ok(())
    }

    /// Tells how a request ended. When no answer came, or the link was lost with the request under way, its reversal
    /// begins.
    ///
    /// Tell it before the answer is given on. With [write-ahead](Rules::write_ahead), an approval for which this gave
    /// an error must not be given on: it is reversed after a restart.
    ///
    /// # Errors
    /// The reversal was not begun, or that is open: tell it again.
    pub async fn settled(&self, request: &Message, outcome: &Outcome) -> Result<Chain, ReversalError> {
        let cause = match outcome {
            Outcome::TimedOut => "timed-out",
            Outcome::Unknown(_) => "unknown",
            _ => return self.closed(request).await,
        };
        self.reverse(request, cause).await
    }

    /// Tells that an answer could not be given on, since its client was gone: if it is an approval, its reversal
    /// begins.
    ///
    /// # Errors
    /// The reversal was not begun, or that is open: tell it again.
    pub async fn undelivered(&self, request: &Message, response: &Message) -> Result<Chain, ReversalError> {
        if !self.is_approval(response) {
            return self.closed(request).await;
        }
        self.reverse(request, "undelivered").await
    }

    /// Tells of an answer that nobody waited for. If it came late and is an approval, the reversal of its request
    /// begins, unless it has begun; what it needs is taken from the answer, which echoes it.
    ///
    /// # Errors
    /// The reversal was not begun, or that is open: tell it again.
    pub async fn late(&self, unmatched: &Unmatched) -> Result<Chain, ReversalError> {
        let message = &unmatched.message;
        let request = build::request_of(message.mti());
        let late = matches!(unmatched.reason, Reason::Late) && message.mti().is_response();
        if !late || !self.inner.rules.reverses(request) || !self.is_approval(message) {
            return Ok(Chain::NotNeeded);
        }
        self.reverse(message, "late").await
    }

    /// Reverses what an earlier run of this node has sent and not settled. Call it once, before the first request.
    /// Gives how many reversals it has begun. What cannot be reversed stays written down, and is told in the log.
    ///
    /// # Errors
    /// The store failed; what was begun until then is begun.
    pub async fn recover(&self) -> Result<u64, ReversalError> {
        match &self.inner.journal {
            Some(journal) => self.recover_from(journal).await,
            None => Ok(0),
        }
    }

    /// As [`Reverser::recover`] for another node, which must not be running any more.
    ///
    /// # Errors
    /// The store failed; what was begun until then is begun.
    pub async fn take_over(&self, node: &str) -> Result<u64, ReversalError> {
        self.recover_from(&journal(&self.inner.saf, node)).await
    }

    async fn recover_from(&self, journal: &str) -> Result<u64, ReversalError> {
        let (mut begun, mut after) = (0, 0);
        loop {
            let page = self.inner.saf.store().unfinished(journal, after, 100).await?;
            let Some(last) = page.last() else { return Ok(begun) };
            after = last.number;
            for transaction in page {
                if transaction.began >= self.inner.made {
                    continue;
                }
                match self.resume(journal, &transaction).await {
                    Ok(new) => begun += u64::from(new),
                    Err(ReversalError::Store(error)) => return Err(error.into()),
                    Err(error) => {
                        tracing::error!(number = transaction.number, %error, "a request that has no answer cannot be reversed");
                    }
                }
            }
        }
    }

    async fn resume(&self, journal: &str, transaction: &Unfinished) -> Result<bool, ReversalError> {
        let Inner { saf, rules, .. } = &*self.inner;
        let mut new = false;
        if let Some(record) = transaction.records.first() {
            let opened = saf.vault().open(place(journal, &transaction.id), &record.body, saf.dialect())?;
            let reversal = build::anew(rules, &opened.message, Moment::now())?;
            let identity = transaction.id.rsplit_once(ATTEMPT).map_or(&*transaction.id, |(identity, _)| identity);
            new = self.begin(identity, &reversal, "restart").await?.is_new();
        }
        saf.store().finish(TransactionId { journal, id: &transaction.id }, Moment::now()).await?;
        Ok(new)
    }

    /// Begins the reversal of the request that this is or answers, if it is of a kind that is reversed.
    async fn reverse(&self, of: &Message, cause: &'static str) -> Result<Chain, ReversalError> {
        let Inner { rules, .. } = &*self.inner;
        if !rules.reverses(build::request_of(of.mti())) {
            return Ok(Chain::NotNeeded);
        }
        let id = build::identity(rules, of).ok_or(ReversalError::NoIdentity)?;
        let reversal = build::reversal(rules, of, Moment::now())?;
        let begun = self.begin(&id, &reversal, cause).await?;
        self.finish(&id).await?;
        Ok(match begun {
            Appended::New(seq) => Chain::Begun(seq),
            Appended::Known(seq) => Chain::Known(seq),
        })
    }

    /// One reversal for each transaction: the queue takes an id once, and remembers it when it is delivered.
    async fn begin(&self, id: &str, reversal: &Message, cause: &'static str) -> Result<Appended, ReversalError> {
        let saf = &self.inner.saf;
        let begun = saf.accept_beyond(&format!("reversal.{id}"), reversal).await?;
        if begun.is_new() {
            metrics::counter!("isopace_reversals_total", "queue" => saf.name().to_owned(), "cause" => cause)
                .increment(1);
            tracing::warn!(queue = saf.name(), seq = begun.seq(), cause, "a request is reversed");
        }
        Ok(begun)
    }

    /// The request needs no reversal.
    async fn closed(&self, request: &Message) -> Result<Chain, ReversalError> {
        let Inner { rules, journal, .. } = &*self.inner;
        if journal.is_some() && rules.reverses(request.mti()) {
            let id = build::identity(rules, request).ok_or(ReversalError::NoIdentity)?;
            self.finish(&id).await?;
        }
        Ok(Chain::NotNeeded)
    }

    async fn finish(&self, id: &str) -> Result<(), ReversalError> {
        if let Some(journal) = &self.inner.journal {
            self.inner.saf.store().finish(TransactionId { journal, id }, Moment::now()).await?;
        }
        Ok(())
    }

    fn is_approval(&self, response: &Message) -> bool {
        let code = response.raw(39).and_then(|raw| raw.text().ok());
        code.is_some_and(|code| (self.inner.rules.approved)(code.trim_end()))
    }
}

impl std::fmt::Debug for Reverser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reverser").field("queue", &self.inner.saf.name()).finish_non_exhaustive()
    }
}

fn journal(saf: &Saf, node: &str) -> String {
    format!("reversal.{}.{node}", saf.name())
}

const fn place<'a>(journal: &'a str, id: &'a str) -> Place<'a> {
    Place { kind: "journal", name: journal, id }
}
