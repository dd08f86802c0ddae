//! The keys that stored data is encrypted with.

use zeroize::Zeroizing;

/// A key of AES-256, and the name by which what it has sealed finds it again.
#[derive(Clone)]
pub struct StorageKey {
    id: String,
    key: Zeroizing<[u8; 32]>,
}

/// Why something is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadKey {
    /// Its id is empty, longer than 64 bytes, or has other characters than letters, digits, `-`, `_` and `.`.
    #[error("the id of a key has 1 to 64 letters, digits, '-', '_' or '.'")]
    Id,
    /// It is not 64 hex digits.
    #[error("a key is 32 bytes: 64 hex digits")]
    Hex,
    /// Two keys have the same id.
    #[error("two keys have the same id")]
    Twice,
}

impl StorageKey {
    /// The 32 bytes of a key. Take them from a generator of random numbers or a key store, not from a password.
    ///
    /// # Errors
    /// The id is not one.
    pub fn new(id: &str, key: [u8; 32]) -> Result<Self, BadKey> {
        let key = Zeroizing::new(key);
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if !(1..=64).contains(&id.len()) || !id.bytes().all(allowed) {
            return Err(BadKey::Id);
        }
        Ok(StorageKey { id: id.to_owned(), key })
    }

    /// A key as 64 hex digits.
    ///
    /// # Errors
    /// The id or the key is not one.
    pub fn from_hex(id: &str, hex: &str) -> Result<Self, BadKey> {
        let digits = hex.as_bytes();
        if digits.len() != 64 {
            return Err(BadKey::Hex);
        }
        let mut key = Zeroizing::new([0; 32]);
        for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
            let nibble = |digit: u8| char::from(digit).to_digit(16).ok_or(BadKey::Hex);
            *byte = (nibble(pair[0])? << 4 | nibble(pair[1])?) as u8;
        }
        StorageKey::new(id, *key)
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn expose(&self) -> &[u8; 32] {
        &self.key
    }
}

impl std::fmt::Debug for StorageKey {
    /// The id only.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StorageKey({})", self.id)
    }
}
