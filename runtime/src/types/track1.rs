//! Track 1 data, data element 45.

use core::fmt;

use super::secret::{self, Secret};
use super::track_data::Tail;
use super::{Pan, TrackData, ValueError, YearMonth, digits};

const MOST: usize = 76;

/// Track 1 data (ISO/IEC 7813), 1 to 76 characters without sentinels: format code `B`, account number, `^`, name, `^`, expiry
/// date YYMM, service code, discretionary data.
///
/// The format code may be missing, as some hosts leave it out. Only the characters are checked on reading (printable ASCII);
/// the accessors find the parts and say `None` where the layout is another. Prints as `[SAD len=76]`.
///
/// ```
/// use isopace::types::Track1;
///
/// let track = Track1::new("B4012345678909^DOE/JANE^30122010000000")?;
/// assert_eq!(track.service_code(), Some("201"));
/// assert_eq!(format!("{track:?}"), "[SAD len=38]");
/// assert_eq!(track.name().map(|name| name.expose()), Some("DOE/JANE"));
/// # Ok::<(), isopace::types::ValueError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Track1<'a>(Secret<'a, MOST>);

impl<'a> Track1<'a> {
    /// A track given as text.
    ///
    /// # Errors
    ///
    /// None or more than 76 characters, or one that is not printable ASCII.
    #[inline]
    pub fn new(characters: &'a str) -> Result<Self, ValueError> {
        Self::from_chars(characters.as_bytes())
    }

    /// Reads 1 to 76 ASCII characters.
    ///
    /// # Errors
    ///
    /// None or more than 76 bytes, or one that is not printable ASCII.
    #[inline]
    pub fn from_chars(bytes: &'a [u8]) -> Result<Self, ValueError> {
        let wrong_length = || ValueError::length(1, MOST, bytes.len());
        if bytes.is_empty() {
            return Err(wrong_length());
        }
        let secret = Secret::borrowed(bytes).ok_or_else(wrong_length)?;
        digits::require_printable(bytes)?;
        Ok(Self(secret))
    }

    /// All characters, in clear.
    #[inline]
    #[must_use]
    pub fn expose(&self) -> &str {
        digits::text(self.0.expose())
    }

    /// How many characters.
    #[inline]
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "never empty")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The format code, a capital letter: `B` for bank cards. `None` when the track starts with the account number.
    #[must_use]
    pub fn format_code(&self) -> Option<char> {
        self.0.expose().first().filter(|byte| byte.is_ascii_uppercase()).map(|byte| char::from(*byte))
    }

    /// The account number. `None` when the layout is not that of format B.
    #[must_use]
    pub fn pan(&self) -> Option<Pan<'_>> {
        Pan::from_digits(self.parts()?.0).ok()
    }

    /// The cardholder's name: surname, `/`, first name, as far as given. `None` when the layout is not that of format B.
    #[must_use]
    pub fn name(&self) -> Option<TrackData<'_>> {
        self.parts().map(|(_, name, _)| TrackData::new(name))
    }

    /// The expiry date. `None` when it is absent or not a month, or when the layout is not that of format B.
    #[must_use]
    pub fn expiry(&self) -> Option<YearMonth> {
        YearMonth::from_digits(self.tail()?.expiry?).ok()
    }

    /// The service code, three digits. `None` when it is absent or the layout is not that of format B.
    #[must_use]
    pub fn service_code(&self) -> Option<&str> {
        self.tail()?.service_code.map(digits::text)
    }

    /// What stands behind the service code, possibly nothing. `None` when the layout is not that of format B.
    #[must_use]
    pub fn discretionary_data(&self) -> Option<TrackData<'_>> {
        self.tail().map(|tail| TrackData::new(tail.discretionary))
    }

    /// The characters as they are, for the codec.
    #[inline(always)]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.expose()
    }

    /// A track in memory of its own, as it is written there, if that proves its characters or they are
    /// proven here. Nothing comes of what fails, or is none.
    #[inline(always)]
    pub(crate) fn written(proven: bool, write: impl FnOnce(&mut [u8]) -> Option<usize>) -> Option<Track1<'static>> {
        let secret = Secret::written(write)?;
        let good = secret.len() > 0 && (proven || digits::require_printable(secret.expose()).is_ok());
        good.then_some(Track1(secret))
    }

    /// The same track in memory of its own, wiped on drop.
    #[must_use]
    pub fn into_owned(self) -> Track1<'static> {
        Track1(self.0.into_owned())
    }

    /// Account number, name, and the rest.
    fn parts(&self) -> Option<(&[u8], &[u8], &[u8])> {
        let bytes = self.0.expose();
        let bytes = bytes.strip_prefix(b"B").unwrap_or(bytes);
        let mut parts = bytes.splitn(3, |byte| is_separator(*byte));
        Some((parts.next()?, parts.next()?, parts.next()?))
    }

    fn tail(&self) -> Option<Tail<'_>> {
        Tail::cut(self.parts()?.2, is_separator)
    }
}

fn is_separator(byte: u8) -> bool {
    byte == b'^'
}

impl fmt::Debug for Track1<'_> {
    /// `[SAD len=76]`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        secret::sad(f, self.len())
    }
}

impl fmt::Display for Track1<'_> {
    /// `[SAD len=76]`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        secret::sad(f, self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        const PAN: Option<&str> = Some("4012345678909");
        const NAME: Option<&str> = Some("DOE/JANE");
        // Track; account number, name, expiry, service code, discretionary data.
        let table = [
            ("B4012345678909^DOE/JANE^30122010000000", PAN, NAME, Some("3012"), Some("201"), Some("0000000")),
            ("4012345678909^DOE/JANE^30122010000000", PAN, NAME, Some("3012"), Some("201"), Some("0000000")),
            ("B4012345678909^DOE/JANE^^2010000000", PAN, NAME, None, Some("201"), Some("0000000")),
            ("B4012345678909^DOE/JANE^3012^0000000", PAN, NAME, Some("3012"), None, Some("0000000")),
            ("B4012345678909^DOE/JANE^^^", PAN, NAME, None, None, Some("")),
            ("B4012345678909^DOE/JANE^3012", PAN, NAME, Some("3012"), None, None),
            ("B4012345678909^^3012201", PAN, Some(""), Some("3012"), Some("201"), Some("")),
            ("B4012345678909^DOE/JANE", None, None, None, None, None),
            ("A4012345678909^DOE/JANE^3012201", None, NAME, Some("3012"), Some("201"), Some("")),
            ("B4012 345678909^DOE/JANE^3012201", None, NAME, Some("3012"), Some("201"), Some("")),
            ("anything at all", None, None, None, None, None),
        ];
        for (row, (text, pan, name, expiry, service_code, discretionary)) in table.into_iter().enumerate() {
            let track = Track1::new(text).unwrap();
            assert_eq!(track.expose(), text);
            assert_eq!(track.pan().as_ref().map(Pan::expose), pan, "row {row}");
            assert_eq!(track.name().map(|name| name.expose()), name, "row {row}");
            // A date that is cut off makes the rest unreadable, and the date with it.
            let found = track.expiry().map(YearMonth::digits);
            let expiry = expiry.filter(|_| discretionary.is_some());
            assert_eq!(found.as_ref().map(|digits| digits::text(digits)), expiry, "row {row}");
            assert_eq!(track.service_code(), service_code, "row {row}");
            assert_eq!(track.discretionary_data().map(|data| data.expose()), discretionary, "row {row}");
            let owned = track.clone().into_owned();
            assert_eq!(owned, track);
            for shown in [format!("{owned}"), format!("{track:?}")] {
                assert_eq!(shown, format!("[SAD len={}]", text.len()));
            }
        }
        assert_eq!(Track1::new("B1").unwrap().format_code(), Some('B'));
        assert_eq!(Track1::new("1").unwrap().format_code(), None);
    }

    #[test]
    fn every_character() {
        for byte in 0..=u8::MAX {
            for place in [0, 7, 75] {
                let mut bytes = [b'1'; 76];
                bytes[place] = byte;
                match Track1::from_chars(&bytes) {
                    Ok(_) => assert!((0x20..=0x7E).contains(&byte)),
                    Err(error) => {
                        assert!(!(0x20..=0x7E).contains(&byte));
                        assert_eq!(error, ValueError::character(place, digits::PRINTABLE));
                    }
                }
            }
        }
        assert_eq!(Track1::from_chars(b"").unwrap_err(), ValueError::length(1, 76, 0));
        assert_eq!(Track1::from_chars(&[b'1'; 77]).unwrap_err(), ValueError::length(1, 76, 77));
    }
}
