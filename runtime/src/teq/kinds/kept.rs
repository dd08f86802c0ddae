//! Where a component keeps what survives it, and the keys that it keeps it with: the keys `store`, `postgres`, `tls`,
//! `key_id`, `key_file` and `earlier_keys` of a configuration.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use zeroize::Zeroizing;

use super::store::Place;
use super::tls;
use crate::store::{BadKey, StorageKey, Vault};
use crate::teq::descriptor::{Descriptor, DescriptorError};

/// A key that only opens: what it has sealed before the present one came.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EarlierKey {
    id: String,
    file: PathBuf,
}

/// The place that `store` or `postgres` names.
pub(super) fn place(
    descriptor: &Descriptor,
    store: Option<&Path>,
    postgres: Option<&str>,
    tls: Option<&tls::Config>,
) -> Result<Place, DescriptorError> {
    match (store, postgres) {
        (Some(_), None) if tls.is_some() => Err(descriptor.error("tls", "this is for a connection to PostgreSQL")),
        (Some(file), None) => {
            let path = descriptor.resolve(file);
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            if path.is_dir() || folder.is_some_and(|folder| !folder.is_dir()) {
                return Err(descriptor.error("store", "a file is expected, in a folder that is there"));
            }
            Ok(Place::File(path))
        }
        (None, Some(config)) => database(descriptor, config, tls),
        _ => Err(descriptor.error("store", "messages are kept in a file (`store`) or in `postgres`: give one of them")),
    }
}

#[cfg(feature = "postgres")]
fn database(descriptor: &Descriptor, config: &str, tls: Option<&tls::Config>) -> Result<Place, DescriptorError> {
    use crate::store::postgres::Settings;
    let wrong = |error| descriptor.error("postgres", error);
    let settings = Settings::new(config).map_err(wrong)?;
    let settings = match tls.map(|tls| tls.client(descriptor)).transpose()?.flatten() {
        Some(tls) => settings.tls(tls).map_err(wrong)?,
        None if settings.wants_tls() => {
            return Err(descriptor.error("postgres", "`sslmode=require`: say as `tls` who is trusted"));
        }
        None => settings,
    };
    let name = format!("{config}\n{}", tls.map(|tls| tls.named(descriptor)).unwrap_or_default());
    Ok(Place::Postgres(super::store::Database::new(name, settings)))
}

#[cfg(not(feature = "postgres"))]
fn database(descriptor: &Descriptor, _: &str, _: Option<&tls::Config>) -> Result<Place, DescriptorError> {
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
