//! A message in the queue, to look at.

use crate::msg::Message;
use crate::store::{Entry, EntryState, Moment, OpenError, Opened, Sealed};

/// A message in the queue, to look at. Prints masked, as its dialect says.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Stored {
    /// Its number: the order of the queue.
    pub seq: u64,
    /// What names it.
    pub id: String,
    /// How far it is.
    pub state: EntryState,
    /// When it was accepted.
    pub accepted: Moment,
    /// When it may be sent next.
    pub due: Moment,
    /// From when on it is not sent any more.
    pub expires: Option<Moment>,
    /// How often it may have been sent.
    pub sent: u32,
    /// Why it is dead.
    pub reason: Option<String>,
    /// The message as it was accepted; nothing when it is delivered; or why it cannot be opened.
    pub message: Result<Option<Message>, OpenError>,
}

impl Stored {
    pub(super) fn open(entry: Entry, open: impl FnOnce(&str, &Sealed) -> Result<Opened, OpenError>) -> Self {
        let Entry { seq, id, body, state, accepted, due, expires, sent, reason, .. } = entry;
        let message = match state {
            EntryState::Done => Ok(None),
            _ => open(&id, &body).map(|opened| Some(opened.message)),
        };
        Stored { seq, id, state, accepted, due, expires, sent, reason, message }
    }
}
