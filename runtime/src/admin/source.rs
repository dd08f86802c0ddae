//! What an [`Admin`](super::Admin) shows, and where it comes from.

use std::sync::Arc;

use crate::host::Status;
use crate::msg::Dialect;

/// What knows how a switch is. Every call is quick and waits for nothing; nothing that it gives holds what a message
/// holds unmasked.
pub trait Source: Send + Sync + 'static {
    /// Every component: its name, its kind (`connector`, `gateway`), and how it is.
    fn components(&self) -> Vec<(String, &'static str, Status)>;

    /// The latest transactions, the newest first, at most `limit`: each one JSON object on one line, masked.
    fn traces(&self, limit: usize) -> Vec<String> {
        _ = limit;
        Vec::new()
    }

    /// What else there is to know, by name: `deploy` and the directory, `node` and its name.
    fn info(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    /// What must hold before requests should come. Unless told otherwise: every component is ready.
    fn checks(&self) -> Vec<Check> {
        self.components().into_iter().map(|(name, _, status)| Check::of(name, &status)).collect()
    }

    /// The dialects of the switch, each with the name that it is known by there. The shipped ones are offered in any
    /// case.
    fn dialects(&self) -> Vec<(String, &'static Dialect)> {
        Vec::new()
    }

    /// The queues of store-and-forward. Who may ask may take them in hand.
    #[cfg(feature = "store")]
    fn queues(&self) -> Vec<crate::saf::Saf> {
        Vec::new()
    }
}

impl<S: Source + ?Sized> Source for Arc<S> {
    fn components(&self) -> Vec<(String, &'static str, Status)> {
        (**self).components()
    }

    fn traces(&self, limit: usize) -> Vec<String> {
        (**self).traces(limit)
    }

    fn info(&self) -> Vec<(String, String)> {
        (**self).info()
    }

    fn checks(&self) -> Vec<Check> {
        (**self).checks()
    }

    fn dialects(&self) -> Vec<(String, &'static Dialect)> {
        (**self).dialects()
    }

    #[cfg(feature = "store")]
    fn queues(&self) -> Vec<crate::saf::Saf> {
        (**self).queues()
    }
}

/// One thing that must hold before requests should come.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// What it is called.
    pub name: String,
    /// What is wrong, if anything is, in one word.
    pub failed: Option<String>,
    /// The same in more words. Shown only to those who have the token, where there is one.
    pub detail: String,
}

impl Check {
    /// One that is passed.
    #[must_use]
    pub fn passed(name: impl Into<String>) -> Self {
        Check { name: name.into(), failed: None, detail: String::new() }
    }

    /// One that has failed.
    #[must_use]
    pub fn failed(name: impl Into<String>, failed: impl Into<String>, detail: impl Into<String>) -> Self {
        Check { name: name.into(), failed: Some(failed.into()), detail: detail.into() }
    }

    /// Whether this component is ready.
    #[must_use]
    pub fn of(name: impl Into<String>, status: &Status) -> Self {
        if status.health.is_ready() {
            return Check::passed(name);
        }
        Check::failed(name, status.health.name(), status.detail.clone())
    }
}
