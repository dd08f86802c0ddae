//! A journal that writes to the log.

use std::sync::Arc;

use super::{Entry, Journal, JournalError, Open, Record};
use crate::flow::stage::BoxFuture;

/// Writes each record to the log by `tracing`, at the level `info`: `transaction id= event= stage=`. Data of stages is
/// not written. Alone it keeps nothing to recover by; over another journal it tells what that one has taken.
#[derive(Clone, Default)]
pub struct LogJournal {
    over: Option<Arc<dyn Journal>>,
}

impl LogJournal {
    /// To the log alone.
    #[must_use]
    pub fn new() -> Self {
        LogJournal::default()
    }

    /// To this journal, and what it has taken to the log.
    #[must_use]
    pub fn over(journal: Arc<dyn Journal>) -> Self {
        LogJournal { over: Some(journal) }
    }
}

impl std::fmt::Debug for LogJournal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogJournal").field("alone", &self.over.is_none()).finish()
    }
}

impl Journal for LogJournal {
    fn append(&self, record: Record) -> BoxFuture<'_, Result<(), JournalError>> {
        Box::pin(async move {
            let id = record.transaction.clone();
            let event = record.entry.name();
            let stage = record.entry.step().map(|step| Arc::clone(&step.stage));
            let failed = match &record.entry {
                Entry::Incomplete(positions) => Some(positions.len()),
                _ => None,
            };
            if let Some(over) = &self.over {
                over.append(record).await?;
            }
            tracing::info!(%id, event, stage = stage.as_deref(), failed, "transaction");
            Ok(())
        })
    }

    fn unfinished(&self) -> BoxFuture<'_, Result<Vec<Open>, JournalError>> {
        Box::pin(async move {
            match &self.over {
                Some(over) => over.unfinished().await,
                None => Ok(Vec::new()),
            }
        })
    }
}
