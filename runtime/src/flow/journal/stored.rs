//! A journal in a store: what is in it survives the process.

use std::sync::Arc;

use super::{Entry, Journal, JournalError, Open, Record};
use crate::flow::stage::BoxFuture;
use crate::store::{self, Moment, NewRecord, Place, Store, StoreError, Vault};

/// Most transactions that are read at a time.
const PAGE: u32 = 256;

/// A journal in a [`Store`], sealed by a [`Vault`]. A clone is the same.
///
/// Of a transaction that has ended only its id is remembered, until the store is
/// [purged](crate::store::Retention): up to then nothing more is written under it, and an id that is used again is
/// refused. What stages leave for their recovery is kept as it is: no sensitive authentication data belongs in it, and
/// without a key of the vault no PAN.
#[derive(Clone)]
pub struct StoredJournal {
    store: Arc<dyn Store>,
    vault: Vault,
    name: Arc<str>,
}

impl StoredJournal {
    /// The journal of this name in a store: nobody else runs transactions over it.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, vault: Vault, name: &str) -> Self {
        StoredJournal { store, vault, name: name.into() }
    }

    async fn write(&self, record: Record) -> Result<(), JournalError> {
        let Record { transaction, sequence, entry } = record;
        let id = store::TransactionId { journal: &self.name, id: transaction.as_str() };
        if let Entry::Finished(_) = entry {
            self.store.finish(id, Moment::now()).await.map_err(|error| not_written(&error))?;
            return Ok(());
        }
        let (kind, place) = (entry.code().to_string(), place(transaction.as_str(), sequence));
        let body = self.vault.seal_bytes(self.place(&place), &entry.encode());
        let body = body.map_err(|error| JournalError::NotWritten(error.to_string()))?;
        let record = NewRecord { transaction: id, sequence, kind: &kind, body, at: Moment::now() };
        let appended = self.store.record(record).await.map_err(|error| not_written(&error))?;
        if appended.is_new() {
            return Ok(());
        }
        // There is a record at this sequence, or the transaction has ended.
        let before = appended.seq().saturating_sub(1);
        let found = self.store.unfinished(&self.name, before, 1).await;
        let found = found.map_err(|error| JournalError::Unknown(error.to_string()))?;
        let known = found.iter().find(|found| found.number == appended.seq());
        let known = known.and_then(|found| found.records.iter().find(|record| record.sequence == sequence));
        match known {
            Some(known) if self.read(transaction.as_str(), known)? == entry => Ok(()),
            Some(_) => Err(JournalError::NotWritten("another record has this sequence".to_owned())),
            None => Err(JournalError::NotWritten("the transaction has ended".to_owned())),
        }
    }

    fn read(&self, transaction: &str, record: &store::Record) -> Result<Entry, JournalError> {
        let place = place(transaction, record.sequence);
        let bytes = self.vault.open_bytes(self.place(&place), &record.body);
        let bytes = bytes.map_err(|error| JournalError::NotRead(error.to_string()))?;
        let code = record.kind.parse().map_err(|_| JournalError::NotRead("an entry of no known kind".to_owned()))?;
        Entry::decode(code, &bytes)
    }

    fn place<'a>(&'a self, id: &'a str) -> Place<'a> {
        Place { kind: "flow", name: &self.name, id }
    }
}

/// Where an entry stands: at another place it cannot be opened.
fn place(transaction: &str, sequence: u32) -> String {
    format!("{sequence}.{transaction}")
}

fn not_written(error: &StoreError) -> JournalError {
    match error.may_have_happened() {
        true => JournalError::Unknown(error.to_string()),
        false => JournalError::NotWritten(error.to_string()),
    }
}

impl Journal for StoredJournal {
    fn append(&self, record: Record) -> BoxFuture<'_, Result<(), JournalError>> {
        Box::pin(self.write(record))
    }

    fn unfinished(&self) -> BoxFuture<'_, Result<Vec<Open>, JournalError>> {
        Box::pin(async move {
            let (mut open, mut after) = (Vec::new(), 0);
            loop {
                let page = self.store.unfinished(&self.name, after, PAGE).await;
                let page = page.map_err(|error| JournalError::NotRead(error.to_string()))?;
                let Some(last) = page.last() else { return Ok(open) };
                after = last.number;
                for found in page {
                    let entries = found.records.iter().map(|record| self.read(&found.id, record));
                    let entries = entries.collect::<Result<_, _>>()?;
                    open.push(Open { transaction: found.id.as_str().into(), entries });
                }
            }
        })
    }
}

impl std::fmt::Debug for StoredJournal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredJournal").field("name", &self.name).finish_non_exhaustive()
    }
}
