//! A part of a track that is secret in itself.

use core::fmt;

use super::{digits, secret};

/// A part of track data: the discretionary data, where the card verification value stands, or the cardholder's name.
///
/// Prints as its length. What it says is had by [`expose`](Self::expose).
#[derive(Clone, Copy)]
pub struct TrackData<'a>(&'a [u8]);

impl<'a> TrackData<'a> {
    /// `characters` are known to be ASCII.
    pub(crate) fn new(characters: &'a [u8]) -> Self {
        Self(characters)
    }

    /// The characters, in clear.
    #[must_use]
    pub fn expose(&self) -> &'a str {
        digits::text(self.0)
    }

    /// How many characters.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the track has nothing here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl PartialEq for TrackData<'_> {
    fn eq(&self, other: &Self) -> bool {
        secret::same(self.0, other.0)
    }
}

impl Eq for TrackData<'_> {}

impl fmt::Debug for TrackData<'_> {
    /// `[SAD len=13]`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        secret::sad(f, self.0.len())
    }
}

impl fmt::Display for TrackData<'_> {
    /// `[SAD len=13]`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        secret::sad(f, self.0.len())
    }
}

/// What stands behind the account number and name on both tracks: expiry date, service code, discretionary data.
///
/// The first two may each be replaced by one separator (ISO/IEC 7813).
#[derive(Clone, Copy)]
pub(crate) struct Tail<'a> {
    /// YYMM, unless absent.
    pub(crate) expiry: Option<&'a [u8]>,
    /// Three digits, unless absent.
    pub(crate) service_code: Option<&'a [u8]>,
    /// The rest.
    pub(crate) discretionary: &'a [u8],
}

impl<'a> Tail<'a> {
    /// Cuts the characters behind the last separator. `None` when a part is cut short or not made of digits.
    pub(crate) fn cut(bytes: &'a [u8], separator: fn(u8) -> bool) -> Option<Self> {
        let (expiry, bytes) = part(bytes, 4, separator)?;
        let (service_code, discretionary) = part(bytes, 3, separator)?;
        Some(Self { expiry, service_code, discretionary })
    }
}

/// `length` digits, or one separator in their place; then what follows.
fn part(bytes: &[u8], length: usize, separator: fn(u8) -> bool) -> Option<(Option<&[u8]>, &[u8])> {
    match bytes.split_first() {
        Some((first, rest)) if separator(*first) => Some((None, rest)),
        _ => {
            let (part, rest) = bytes.split_at_checked(length)?;
            digits::all_digits(part).ok()?;
            Some((Some(part), rest))
        }
    }
}
