//! Where a component keeps what survives it, and the keys that it keeps it with: the keys `store`, `postgres`, `tls`,
//! `store_timeout_ms`, `key_id`, `key_file` and `earlier_keys` of a configuration.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::store::Place;
use super::time::Millis;
use super::tls;
use crate::store::{BadKey, Retention, StorageKey, Store, Vault};
use crate::teq::descriptor::{Descriptor, DescriptorError};

/// How long it is remembered what was delivered: far longer than any repeat or late answer can take.
const REMEMBERED: Duration = Duration::from_secs(7 * 24 * 3600);

/// How often what is not to be remembered any more is forgotten.
const FORGETS: Duration = Duration::from_secs(3600);

/// Forgets what is done in a store that components of descriptors use.
pub(super) fn retention(store: Arc<dyn Store>) -> Retention {
    Retention::start(store, REMEMBERED, FORGETS)
}

/// A key that only opens: what it has sealed before the present one came.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EarlierKey {
    id: String,
    file: PathBuf,
}

/// How a database is connected to.
#[derive(Debug, Clone)]
pub(super) struct Connection {
    pub(super) tls: Option<tls::Config>,
    /// How long an answer may take.
    pub(super) timeout: Option<Millis>,
}

/// The place that `store` or `postgres` names.
pub(super) fn place(
    descriptor: &Descriptor,
    store: Option<&Path>,
    postgres: Option<&str>,
    connection: &Connection,
) -> Result<Place, DescriptorError> {
    let of_postgres = |key| Err(descriptor.error(key, "this is for a connection to PostgreSQL"));
    match (store, postgres) {
        (Some(_), None) if connection.tls.is_some() => of_postgres("tls"),
        (Some(_), None) if connection.timeout.is_some() => of_postgres("store_timeout_ms"),
        (Some(file), None) => {
            let path = descriptor.resolve(file);
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            if path.is_dir() || folder.is_some_and(|folder| !folder.is_dir()) {
                return Err(descriptor.error("store", "a file is expected, in a folder that is there"));
            }
            Ok(Place::File(path))
        }
        (None, Some(config)) => database(descriptor, config, connection),
        _ => Err(descriptor.error("store", "messages are kept in a file (`store`) or in `postgres`: give one of them")),
    }
}

#[cfg(feature = "postgres")]
fn database(descriptor: &Descriptor, config: &str, connection: &Connection) -> Result<Place, DescriptorError> {
    use crate::store::postgres::Settings;
    let Connection { tls, timeout } = connection;
    let wrong = |error| descriptor.error("postgres", error);
    let mut settings = Settings::new(config).map_err(wrong)?;
    match tls.as_ref().map(|tls| tls.client(descriptor)).transpose()?.flatten() {
        Some(tls) => settings = settings.tls(tls).map_err(wrong)?,
        None if settings.wants_tls() => {
            return Err(descriptor.error("postgres", "`sslmode=require`: say as `tls` who is trusted"));
        }
        None => {}
    }
    if let Some(Millis(timeout)) = timeout {
        settings = settings.timeout(*timeout);
    }
    let tls = tls.as_ref().map(|tls| tls.named(descriptor)).unwrap_or_default();
    Ok(Place::Postgres(super::store::Database::new(format!("{config}\n{tls}\n{timeout:?}"), settings)))
}

#[cfg(not(feature = "postgres"))]
fn database(descriptor: &Descriptor, _: &str, _: &Connection) -> Result<Place, DescriptorError> {
    Err(descriptor.error("postgres", "PostgreSQL is not in this build"))
}

/// Seals by the present key, and opens what earlier ones have sealed too.
pub(super) fn vault(
    descriptor: &Descriptor,
    id: &str,
    file: &Path,
    earlier: &[EarlierKey],
) -> Result<Vault, DescriptorError> {
    let key = key(descriptor, ("key_id", "key_file"), id, file)?;
    let read = |old: &EarlierKey| self::key(descriptor, ("earlier_keys", "earlier_keys"), &old.id, &old.file);
    let earlier = earlier.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let named = if earlier.is_empty() { "key_id" } else { "earlier_keys" };
    Vault::new(&key, &earlier).map_err(|error| descriptor.error(named, error))
}

fn key(
    descriptor: &Descriptor,
    (id_key, file_key): (&str, &str),
    id: &str,
    file: &Path,
) -> Result<StorageKey, DescriptorError> {
    let text = std::fs::read_to_string(descriptor.resolve(file)).map(Zeroizing::new);
    let text =
        text.map_err(|error| descriptor.error(file_key, format!("{} cannot be read: {error}", file.display())))?;
    StorageKey::from_hex(id, text.trim()).map_err(|error| {
        let key = if matches!(error, BadKey::Id) { id_key } else { file_key };
        descriptor.error(key, error)
    })
}
