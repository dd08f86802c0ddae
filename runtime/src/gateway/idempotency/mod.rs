//! The same request twice is carried on once: repeats get the answer that was given.
//!
//! A request is known by the elements of its key, its message type without the mark of a repeat among them. The first
//! one is written down before hooks and routes see it, and its answer before the client gets it; both are on the disk
//! then. So a repeat gets the same answer, on whatever link and by whatever node it comes, after a restart as well.

mod kept;
mod key;
mod once;

use std::sync::Arc;
use std::time::Duration;

pub(super) use once::{Once, begin, conclude, trim, undelivered};

use super::error::BuildError;
use crate::msg::{Dialect, Sensitivity};
use crate::store::{Answers, Store, Vault};

/// How much longer than a request may take it is held to be under way: so much may the clocks of nodes differ.
const LEASE: Duration = Duration::from_secs(30);

/// That the same request is carried on once; see [`Builder::idempotency`](super::Builder::idempotency).
///
/// | how the first one ended | what its repeats get |
/// |---|---|
/// | an answer of a route or a hook, approval or decline | that answer |
/// | declined, and whoever got it may have acted on it: timed out, lost with the link, spoiled on the way back | that decline; a reversal is under way |
/// | declined, and nobody has acted on it: not sent, no route, overload, refused by a hook before | it is carried on, as if it were the first |
/// | not yet | they wait, up to their own deadline, and are declined as [`InFlight`](super::CauseKind::InFlight) then |
/// | never: its node has died | as not yet, until the lease ends; then the decline for [`Unfinished`](super::CauseKind::Unfinished) |
/// | its answer has not reached the client, and was not asked for since | the decline for [`TimedOut`](super::CauseKind::TimedOut): the answer is told to be reversed |
///
/// One with the same key that is for another card, amount or kind of transaction is no repeat; it is declined as
/// [`Duplicate`](super::CauseKind::Duplicate). Network management is never held against others.
#[derive(Debug, Clone)]
pub struct Idempotency {
    store: Shared,
    vault: Vault,
    key: Option<Vec<u8>>,
    keep: Duration,
    most: u64,
    scope: Option<String>,
}

#[derive(Clone)]
struct Shared(Arc<dyn Store>);

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

impl Idempotency {
    /// By what is in this store, sealed by this vault, which needs a key: an answer without its PAN could not be given
    /// again. Several gateways of one name that share a store, in whatever processes, are one for this.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, vault: Vault) -> Self {
        let keep = Duration::from_secs(24 * 3600);
        Idempotency { store: Shared(store), vault, key: None, keep, most: 1_000_000, scope: None }
    }

    /// The elements that a request and its repeats have in common, and that no other request has. Without this DE 7,
    /// 11, 32 and 41; from the edition of 1993 on DE 11, 12, 32 and 41.
    ///
    /// Of the elements that say who sends (DE 32, 33, 41, 42) some may not be there; a request without one of the
    /// others is carried on without being known again, and counted.
    #[must_use]
    pub fn key(mut self, elements: &[u8]) -> Self {
        self.key = Some(elements.to_vec());
        self
    }

    /// How long answers are kept: longer than a repeat can come late. A day without this.
    #[must_use]
    pub const fn keep(mut self, keep: Duration) -> Self {
        self.keep = keep;
        self
    }

    /// Most answers that are kept; of more, and a tenth, the oldest are given up, which is counted in
    /// `isopace_answers_given_up_total`: a repeat of one of them is carried on. A million without this.
    #[must_use]
    pub const fn most(mut self, most: u64) -> Self {
        self.most = most;
        self
    }

    /// What the answers are called in the store: the name of the gateway without this.
    #[must_use]
    pub fn scope(mut self, scope: &str) -> Self {
        self.scope = Some(scope.to_owned());
        self
    }

    /// For a gateway of this name.
    pub(super) fn build(
        self,
        gateway: &str,
        dialect: &'static Dialect,
        timeout: Duration,
    ) -> Result<Keeper, BuildError> {
        if !self.vault.has_key() {
            return Err(BuildError::NoStorageKey);
        }
        let stored = |number: &&u8| {
            let field = dialect.field(**number);
            field.is_none_or(|field| {
                field.composite.is_some()
                    || matches!(field.sensitivity, Sensitivity::Pan | Sensitivity::Sad | Sensitivity::Key)
            })
        };
        if let Some(number) = self.key.iter().flatten().find(stored) {
            return Err(BuildError::KeyElement(*number));
        }
        if self.key.as_ref().is_some_and(Vec::is_empty) {
            return Err(BuildError::KeyElement(0));
        }
        let scope = format!("gateway.{}", self.scope.as_deref().unwrap_or(gateway));
        let answers = Answers::new(self.store.0, self.vault, &scope)
            .lease(timeout.saturating_add(LEASE))
            .keep(self.keep)
            .most(self.most);
        Ok(Keeper { answers, key: self.key, metrics: Counts::new(gateway) })
    }
}

/// What a gateway keeps answers by.
pub(super) struct Keeper {
    answers: Answers,
    key: Option<Vec<u8>>,
    metrics: Counts,
}

/// Metrics, registered once.
struct Counts {
    replayed: metrics::Counter,
    waited: metrics::Counter,
    unkeyed: metrics::Counter,
    not_kept: metrics::Counter,
}

impl Counts {
    fn new(gateway: &str) -> Self {
        metrics::describe_counter!(
            "isopace_gateway_idempotency_total",
            "Repeats answered from the store (replayed) or after a wait (waited), requests without a key (unkeyed), \
             answers that could not be kept (not-kept)."
        );
        let count = |what: &'static str| metrics::counter!("isopace_gateway_idempotency_total", "gateway" => gateway.to_owned(), "what" => what);
        Counts {
            replayed: count("replayed"),
            waited: count("waited"),
            unkeyed: count("unkeyed"),
            not_kept: count("not-kept"),
        }
    }
}
