//! What may be stored, and how: messages without sensitive authentication data, everything else encrypted.

mod error;
mod key;
mod minimise;
#[cfg(test)]
mod tests;

use aes_gcm::aead::{Aead, Generate, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use bytes::Bytes;
use zeroize::Zeroizing;

pub use error::{OpenError, SealError};
pub use key::{BadKey, StorageKey};

use super::sealed::Sealed;
use crate::msg::{Dialect, Message};

const VERSION: u8 = 1;
const ENCRYPTED: u8 = 1;
const PARTIAL: u8 = 2;
const NONCE: usize = 12;

/// Where something is stored. What was sealed for one place cannot be opened at another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The kind of place: `queue`, `outcome`, `journal`.
    pub kind: &'a str,
    /// The queue, scope or journal.
    pub name: &'a str,
    /// The id in there.
    pub id: &'a str,
}

impl Place<'_> {
    /// Each part behind its length, so that no two places give the same bytes.
    fn bound(&self) -> Vec<u8> {
        let parts = ["isopace store", self.kind, self.name, self.id];
        let mut bound = Vec::with_capacity(64);
        for part in parts {
            bound.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bound.extend_from_slice(part.as_bytes());
        }
        bound
    }
}

/// Makes bytes fit to be stored, and opens them again.
///
/// Of a message all that its dialect marks as sensitive authentication data or key material is left out, wherever it
/// stands: PCI DSS does not allow it to be kept, encrypted or not. The rest is encrypted as a whole by AES-256-GCM,
/// since elements of private use may hold anything; without a key PANs are left out as well, and the rest stands in
/// clear.
///
/// Change the key before it has sealed four thousand million records (the bound of its random nonces); earlier keys go
/// on to open what they have sealed.
#[derive(Clone)]
pub struct Vault {
    /// The one that seals first.
    keys: Vec<(String, Aes256Gcm)>,
}

/// A message that was opened.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Opened {
    /// The message as it was sealed, without what may not be stored.
    pub message: Message,
    /// Whether its PANs were left out, since there was no key: it cannot be sent.
    pub without_pan: bool,
}

impl Vault {
    /// Seals with this key, and opens what earlier ones have sealed too.
    ///
    /// # Errors
    /// Two keys have the same id.
    pub fn new(key: &StorageKey, earlier: &[StorageKey]) -> Result<Self, BadKey> {
        let mut keys: Vec<(String, Aes256Gcm)> = Vec::with_capacity(1 + earlier.len());
        for key in std::iter::once(key).chain(earlier) {
            if keys.iter().any(|(id, _)| id == key.id()) {
                return Err(BadKey::Twice);
            }
            keys.push((key.id().to_owned(), Aes256Gcm::new(key.expose().into())));
        }
        Ok(Vault { keys })
    }

    /// Leaves PANs out. What it seals can be looked at, and not be sent.
    #[must_use]
    pub const fn without_key() -> Self {
        Vault { keys: Vec::new() }
    }

    /// Whether what it seals can be sent again, PAN and all.
    #[must_use]
    pub const fn has_key(&self) -> bool {
        !self.keys.is_empty()
    }

    /// Seals a message.
    ///
    /// # Errors
    /// Something in it cannot be left out, or there is no randomness.
    pub fn seal(&self, place: Place<'_>, message: &Message) -> Result<Sealed, SealError> {
        let minimised = minimise::minimise(message, !self.has_key())?;
        let name = message.dialect().name().as_bytes();
        let length = u8::try_from(name.len()).map_err(|_| SealError::Dialect)?;
        let mut content = Zeroizing::new(Vec::with_capacity(1 + name.len() + minimised.bytes.len()));
        content.push(length);
        content.extend_from_slice(name);
        content.extend_from_slice(&minimised.bytes);
        self.put(place, &content, if minimised.without_pan { PARTIAL } else { 0 })
    }

    /// What may be stored of a message, not sealed yet.
    pub(crate) fn minimised(&self, message: &Message) -> Result<Bytes, SealError> {
        Ok(minimise::minimise(message, !self.has_key())?.bytes)
    }

    /// Opens a message.
    ///
    /// # Errors
    /// It was sealed by another key, for another place or in another dialect; it was changed.
    pub fn open(&self, place: Place<'_>, sealed: &Sealed, dialect: &'static Dialect) -> Result<Opened, OpenError> {
        let (content, flags) = self.get(place, sealed)?;
        let (&length, rest) = content.split_first().ok_or(OpenError::Damaged)?;
        let (name, message) = rest.split_at_checked(usize::from(length)).ok_or(OpenError::Damaged)?;
        if name != dialect.name().as_bytes() {
            return Err(OpenError::Dialect { expected: dialect.name() });
        }
        let message = Message::parse(dialect, Bytes::copy_from_slice(message)).map_err(OpenError::Message)?;
        Ok(Opened { message, without_pan: flags & PARTIAL != 0 })
    }

    /// Seals bytes that are no message. They must hold no sensitive authentication data, and without a key no PAN: that
    /// cannot be seen here.
    ///
    /// # Errors
    /// There is no randomness.
    pub fn seal_bytes(&self, place: Place<'_>, bytes: &[u8]) -> Result<Sealed, SealError> {
        self.put(place, bytes, 0)
    }

    /// Opens bytes that are no message.
    ///
    /// # Errors
    /// They were sealed by another key or for another place, or changed.
    pub fn open_bytes(&self, place: Place<'_>, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        self.get(place, sealed).map(|(content, _)| content)
    }

    fn put(&self, place: Place<'_>, content: &[u8], flags: u8) -> Result<Sealed, SealError> {
        let Some((id, cipher)) = self.keys.first() else {
            let mut out = Vec::with_capacity(3 + content.len());
            out.extend_from_slice(&[VERSION, flags, 0]);
            out.extend_from_slice(content);
            return Ok(Sealed::from_stored(out));
        };
        let nonce = Nonce::try_generate().map_err(|_| SealError::Random)?;
        let mut out = Vec::with_capacity(3 + id.len() + NONCE + content.len() + 16);
        out.extend_from_slice(&[VERSION, flags | ENCRYPTED, id.len() as u8]);
        out.extend_from_slice(id.as_bytes());
        let bound = [&out, place.bound().as_slice()].concat();
        let payload = Payload { msg: content, aad: &bound };
        let encrypted = cipher.encrypt(&nonce, payload).map_err(|_| SealError::Cipher)?;
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&encrypted);
        Ok(Sealed::from_stored(out))
    }

    fn get(&self, place: Place<'_>, sealed: &Sealed) -> Result<(Zeroizing<Vec<u8>>, u8), OpenError> {
        let bytes = sealed.as_bytes();
        let [version, flags, length, ..] = **bytes else { return Err(OpenError::Damaged) };
        if version != VERSION {
            return Err(OpenError::Version(version));
        }
        let header = 3 + usize::from(length);
        let (head, rest) = bytes.split_at_checked(header).ok_or(OpenError::Damaged)?;
        if flags & ENCRYPTED == 0 {
            return Ok((Zeroizing::new(rest.to_vec()), flags));
        }
        let id = &head[3..];
        let Some((_, cipher)) = self.keys.iter().find(|(key, _)| key.as_bytes() == id) else {
            return Err(OpenError::NoKey { id: String::from_utf8_lossy(id).into_owned() });
        };
        let (nonce, encrypted) = rest.split_at_checked(NONCE).ok_or(OpenError::Damaged)?;
        let nonce = Nonce::try_from(nonce).map_err(|_| OpenError::Damaged)?;
        let bound = [head, place.bound().as_slice()].concat();
        let payload = Payload { msg: encrypted, aad: &bound };
        let content = cipher.decrypt(&nonce, payload).map_err(|_| OpenError::Forged)?;
        Ok((Zeroizing::new(content), flags))
    }
}

impl std::fmt::Debug for Vault {
    /// The ids of the keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids: Vec<&str> = self.keys.iter().map(|(id, _)| id.as_str()).collect();
        f.debug_struct("Vault").field("keys", &ids).finish()
    }
}
