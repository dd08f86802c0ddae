//! What is sent is written down before it is sent, so that it is reversed when the program ends before it is known how
//! it has ended.

use super::forwarder::BoxFuture;
use crate::msg::Message;
use crate::store::TransactionId;

/// Whoever writes it down.
pub(crate) trait Ahead: Send + Sync + 'static {
    /// Writes a request down that is to be sent by this route. Nothing for one that is never reversed. It is on the disk
    /// then; where it is not, or that is open, the request is not sent.
    fn note<'a>(&'a self, route: &'a str, request: &'a Message) -> BoxFuture<'a, Result<Option<Note>, String>>;

    /// It is known how the request has ended: it needs no reversal by what was written down.
    fn settle<'a>(&'a self, route: &'a str, note: &'a Note) -> BoxFuture<'a, Result<(), String>>;
}

/// A request that was written down.
#[derive(Debug, Clone)]
pub(crate) struct Note {
    pub(crate) journal: String,
    pub(crate) id: String,
}

impl Note {
    pub(crate) fn transaction(&self) -> TransactionId<'_> {
        TransactionId { journal: &self.journal, id: &self.id }
    }
}
