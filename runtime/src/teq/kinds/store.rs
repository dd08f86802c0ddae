//! Stores of descriptors: named without being opened, opened with the first component that needs them, once for all.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OnceCell;

use crate::store::{
    Answer, Appended, Claim, Completion, Entry, EntryState, Moment, NewEntry, NewRecord, Purged, QueueStatus,
    Reservation, Reserved, Settled, Sqlite, Store, StoreError, Taken, TransactionId, Unfinished,
};

/// Where a store is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    File(PathBuf),
    #[cfg(feature = "postgres")]
    Postgres(Database),
}

/// A database, known by what its configuration says.
#[cfg(feature = "postgres")]
#[derive(Clone)]
pub(super) struct Database {
    name: String,
    settings: Arc<crate::store::postgres::Settings>,
}

#[cfg(feature = "postgres")]
impl Database {
    /// With a name that is the same for what is one database to be connected to in one way.
    pub(super) fn new(name: String, settings: crate::store::postgres::Settings) -> Self {
        Database { name, settings: Arc::new(settings) }
    }
}

#[cfg(feature = "postgres")]
impl PartialEq for Database {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

#[cfg(feature = "postgres")]
impl Eq for Database {}

#[cfg(feature = "postgres")]
impl PartialOrd for Database {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(feature = "postgres")]
impl Ord for Database {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.name.cmp(&other.name)
    }
}

/// The stores of this process that are in use: a file is open once, whoever names it.
static STORES: Mutex<BTreeMap<Place, Weak<NamedStore>>> = Mutex::new(BTreeMap::new());

/// A store that is opened when it is first asked for something, and again and again until that works.
pub(super) struct NamedStore {
    place: Place,
    opened: OnceCell<Arc<dyn Store>>,
}

impl NamedStore {
    /// The store at this place, the same one for all who name it while one of them holds it. Nothing is opened.
    pub(super) fn at(place: Place) -> Arc<Self> {
        let place = match place {
            Place::File(path) => Place::File(plain(&path)),
            #[cfg(feature = "postgres")]
            other => other,
        };
        let mut stores = STORES.lock().unwrap_or_else(PoisonError::into_inner);
        stores.retain(|_, store| store.strong_count() > 0);
        if let Some(store) = stores.get(&place).and_then(Weak::upgrade) {
            return store;
        }
        let store = Arc::new(NamedStore { place: place.clone(), opened: OnceCell::new() });
        stores.insert(place, Arc::downgrade(&store));
        store
    }

    /// Whether that store is this one.
    pub(super) fn is(&self, other: &Arc<dyn Store>) -> bool {
        std::ptr::addr_eq(self, Arc::as_ptr(other))
    }

    /// The store, opened.
    pub(super) async fn open(&self) -> Result<&Arc<dyn Store>, StoreError> {
        self.opened
            .get_or_try_init(|| async {
                Ok(match &self.place {
                    Place::File(path) => Arc::new(Sqlite::open(path).await?) as Arc<dyn Store>,
                    #[cfg(feature = "postgres")]
                    Place::Postgres(database) => Arc::new(database.settings.as_ref().clone().open().await?),
                })
            })
            .await
    }
}

/// One path for a file, as far as its folder is there to be looked up.
fn plain(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if let Ok(path) = path.canonicalize() {
        return path;
    }
    match (path.parent().and_then(|folder| folder.canonicalize().ok()), path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => path,
    }
}

impl Store for NamedStore {
    fn append<'a>(&'a self, entry: NewEntry<'a>) -> Answer<'a, Appended> {
        Box::pin(async move { self.open().await?.append(entry).await })
    }

    fn take<'a>(&'a self, claim: Claim<'a>) -> Answer<'a, Taken> {
        Box::pin(async move { self.open().await?.take(claim).await })
    }

    fn settle<'a>(&'a self, settled: Settled<'a>) -> Answer<'a, bool> {
        Box::pin(async move { self.open().await?.settle(settled).await })
    }

    fn entries<'a>(&'a self, queue: &'a str, state: EntryState, after: u64, most: u32) -> Answer<'a, Vec<Entry>> {
        Box::pin(async move { self.open().await?.entries(queue, state, after, most).await })
    }

    fn discard<'a>(&'a self, queue: &'a str, seq: u64) -> Answer<'a, bool> {
        Box::pin(async move { self.open().await?.discard(queue, seq).await })
    }

    fn replay<'a>(&'a self, queue: &'a str, seq: u64, due: Moment) -> Answer<'a, bool> {
        Box::pin(async move { self.open().await?.replay(queue, seq, due).await })
    }

    fn pause<'a>(&'a self, queue: &'a str, paused: bool) -> Answer<'a, ()> {
        Box::pin(async move { self.open().await?.pause(queue, paused).await })
    }

    fn queue_status<'a>(&'a self, queue: &'a str) -> Answer<'a, QueueStatus> {
        Box::pin(async move { self.open().await?.queue_status(queue).await })
    }

    fn reserve<'a>(&'a self, reservation: Reservation<'a>) -> Answer<'a, Reserved> {
        Box::pin(async move { self.open().await?.reserve(reservation).await })
    }

    fn complete<'a>(&'a self, completion: Completion<'a>) -> Answer<'a, bool> {
        Box::pin(async move { self.open().await?.complete(completion).await })
    }

    fn amend<'a>(&'a self, completion: Completion<'a>) -> Answer<'a, bool> {
        Box::pin(async move { self.open().await?.amend(completion).await })
    }

    fn trim<'a>(&'a self, scope: &'a str, most: u64, now: Moment) -> Answer<'a, u64> {
        Box::pin(async move { self.open().await?.trim(scope, most, now).await })
    }

    fn release<'a>(&'a self, scope: &'a str, key: &'a str, owner: &'a str) -> Answer<'a, bool> {
        Box::pin(async move { self.open().await?.release(scope, key, owner).await })
    }

    fn record<'a>(&'a self, record: NewRecord<'a>) -> Answer<'a, Appended> {
        Box::pin(async move { self.open().await?.record(record).await })
    }

    fn finish<'a>(&'a self, transaction: TransactionId<'a>, now: Moment) -> Answer<'a, bool> {
        Box::pin(async move { self.open().await?.finish(transaction, now).await })
    }

    fn unfinished<'a>(&'a self, journal: &'a str, after: u64, most: u32) -> Answer<'a, Vec<Unfinished>> {
        Box::pin(async move { self.open().await?.unfinished(journal, after, most).await })
    }

    fn purge(&self, before: Moment, now: Moment) -> Answer<'_, Purged> {
        Box::pin(async move { self.open().await?.purge(before, now).await })
    }

    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            if let Some(store) = self.opened.get() {
                store.close().await;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_store_however_it_is_named() {
        let folder = std::env::temp_dir();
        let one = NamedStore::at(Place::File(folder.join("isopace-one-store.db")));
        let same = NamedStore::at(Place::File(folder.join(".").join("isopace-one-store.db")));
        let other = NamedStore::at(Place::File(folder.join("isopace-other-store.db")));
        assert!(Arc::ptr_eq(&one, &same) && !Arc::ptr_eq(&one, &other));
        assert!(!folder.join("isopace-one-store.db").exists(), "nothing is opened before it is used");
    }
}
