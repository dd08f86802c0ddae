//! Bytes as they may be stored.

use bytes::Bytes;

/// What a store keeps of a message or a record: without sensitive authentication data, and without a PAN in clear. A
/// [`Vault`](super::Vault) makes and opens them.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Sealed(Bytes);

impl Sealed {
    /// Nothing.
    #[must_use]
    pub const fn empty() -> Self {
        Sealed(Bytes::new())
    }

    /// Bytes that a store has kept: for those who write one.
    #[must_use]
    pub fn from_stored(bytes: impl Into<Bytes>) -> Self {
        Sealed(bytes.into())
    }

    /// The bytes to keep.
    #[must_use]
    pub const fn as_bytes(&self) -> &Bytes {
        &self.0
    }

    /// Whether there is nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Debug for Sealed {
    /// The length only.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}
