//! What a queue to a destination is made of.

use std::sync::Arc;

use super::handle::Saf;
use super::inner::{Inner, Parts};
use super::policy::Policy;
use super::upstream::Upstream;
use crate::msg::Dialect;
use crate::store::{Store, Vault};

/// What a queue to a destination is made of.
pub struct Builder {
    parts: Parts,
}

impl Builder {
    pub(super) fn new(name: &str, dialect: &'static Dialect, store: Arc<dyn Store>, vault: Vault) -> Self {
        let owner = format!("{}-{:016x}", std::process::id(), chance());
        let policy = Policy::default();
        Builder {
            parts: Parts { name: name.to_owned(), dialect, store, vault, policy, owner, named: false, upstream: None },
        }
    }

    /// Where messages go. Without this they are accepted and kept only.
    #[must_use]
    pub fn upstream(mut self, upstream: impl Upstream) -> Self {
        self.parts.upstream = Some(Box::new(upstream));
        self
    }

    /// When a message counts as delivered, when it is sent again, and when it is given up.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.parts.policy = policy;
        self
    }

    /// The name of this node, unique among all that share the store, and the same after a restart: it can then go on at
    /// once. Without this it has a name by chance, and what it had in its hands when it was killed waits for its time
    /// to pass ([`Policy::takeover_margin`]).
    #[must_use]
    pub fn node(mut self, name: &str) -> Self {
        name.clone_into(&mut self.parts.owner);
        self.parts.named = true;
        self
    }

    /// Makes it; it can accept messages, and delivers them when it is [started](Saf::start).
    #[must_use]
    pub fn build(self) -> Saf {
        Saf::new(Inner::new(self.parts))
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").field("name", &self.parts.name).finish_non_exhaustive()
    }
}

/// A number that no other start has.
fn chance() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(std::time::SystemTime::now())
}
