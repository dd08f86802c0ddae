//! Track 2 data, data element 35.

use core::fmt;

use super::secret::{self, Secret};
use super::track_data::Tail;
use super::{Pan, TrackData, ValueError, YearMonth, digits};

const MOST: usize = 37;
const A_TRACK_CHARACTER: &str = "a track 2 character";

/// Track 2 data (ISO/IEC 7813), 1 to 37 characters without sentinels: account number, separator, expiry date YYMM, service code,
/// discretionary data.
///
/// Only the characters are checked on reading: class z, `0x30` to `0x3F`, and the letter `D`, as which many hosts write the
/// separator. The accessors find the parts and say `None` where the layout is another, so that any track a terminal sends
/// is carried on untouched. Prints as `[SAD len=37]`.
///
/// ```
/// use isopace::types::{Pan, Track2, YearMonth};
///
/// let pan = Pan::new("4012345678909")?;
/// let track = Track2::build(&pan, Some(YearMonth::new(30, 12)?), Some("201"), "0000000")?;
/// assert_eq!(track.expose(), "4012345678909=30122010000000");
/// assert_eq!(track.pan(), Some(pan));
/// assert_eq!(track.to_string(), "[SAD len=28]");
/// # Ok::<(), isopace::types::ValueError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Track2<'a>(Secret<'a, MOST>);

impl<'a> Track2<'a> {
    /// A track given as text.
    ///
    /// # Errors
    ///
    /// None or more than 37 characters, or one outside class z.
    #[inline]
    pub fn new(characters: &'a str) -> Result<Self, ValueError> {
        Self::from_chars(characters.as_bytes())
    }

    /// Reads 1 to 37 ASCII characters.
    ///
    /// # Errors
    ///
    /// None or more than 37 bytes, or one outside class z.
    #[inline]
    pub fn from_chars(bytes: &'a [u8]) -> Result<Self, ValueError> {
        let wrong_length = || ValueError::length(1, MOST, bytes.len());
        if bytes.is_empty() {
            return Err(wrong_length());
        }
        let secret = Secret::borrowed(bytes).ok_or_else(wrong_length)?;
        // All of them first, without a way out of the loop: that is one comparison for many characters.
        if bytes.iter().fold(true, |good, byte| good & is_track_character(*byte)) {
            return Ok(Self(secret));
        }
        let index = bytes.iter().position(|byte| !is_track_character(*byte));
        Err(ValueError::character(index.unwrap_or_default(), A_TRACK_CHARACTER))
    }

    /// A track of these parts, separated by `=`. A part that is `None` is replaced by a separator.
    ///
    /// # Errors
    ///
    /// A service code that is not three digits, discretionary data outside class z, or more than 37 characters in all.
    pub fn build(
        pan: &Pan<'_>,
        expiry: Option<YearMonth>,
        service_code: Option<&str>,
        discretionary: &str,
    ) -> Result<Track2<'static>, ValueError> {
        let expiry = expiry.map(YearMonth::digits);
        let expiry: &[u8] = expiry.as_ref().map_or(b"=", |digits| digits);
        let service_code = match service_code {
            None => b"=",
            Some(code) => {
                let code = digits::exactly::<3>(code.as_bytes())?;
                digits::require_digits(code)?;
                code.as_slice()
            }
        };
        let parts: [&[u8]; 5] = [pan.expose().as_bytes(), b"=", expiry, service_code, discretionary.as_bytes()];
        if let Some(index) = discretionary.bytes().position(|byte| !is_track_character(byte)) {
            return Err(ValueError::character(index, A_TRACK_CHARACTER));
        }
        let len = parts.iter().map(|part| part.len()).sum();
        Secret::concat(&parts).map(Track2).ok_or_else(|| ValueError::length(1, MOST, len))
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

    /// The separator behind the account number: `=` or `D`. `None` when there is none.
    #[must_use]
    pub fn separator(&self) -> Option<char> {
        self.0.expose().iter().find(|byte| is_separator(**byte)).map(|byte| char::from(*byte))
    }

    /// The account number. `None` when what stands before the separator is none, or when there is no separator.
    #[must_use]
    pub fn pan(&self) -> Option<Pan<'_>> {
        let (pan, _) = self.halves()?;
        Pan::from_digits(pan).ok()
    }

    /// The expiry date. `None` when it is absent or not a month, or when the layout is another.
    #[must_use]
    pub fn expiry(&self) -> Option<YearMonth> {
        YearMonth::from_digits(self.tail()?.expiry?).ok()
    }

    /// The service code, three digits. `None` when it is absent or the layout is another.
    #[must_use]
    pub fn service_code(&self) -> Option<&str> {
        self.tail()?.service_code.map(digits::text)
    }

    /// What stands behind the service code, possibly nothing. `None` when the layout is another.
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
    pub(crate) fn written(proven: bool, write: impl FnOnce(&mut [u8]) -> Option<usize>) -> Option<Track2<'static>> {
        let secret = Secret::written(write)?;
        let good = secret.len() > 0
            && (proven || secret.expose().iter().fold(true, |good, byte| good & is_track_character(*byte)));
        good.then_some(Track2(secret))
    }

    /// The same track in memory of its own, wiped on drop.
    #[must_use]
    pub fn into_owned(self) -> Track2<'static> {
        Track2(self.0.into_owned())
    }

    /// Before and behind the first separator.
    fn halves(&self) -> Option<(&[u8], &[u8])> {
        let bytes = self.0.expose();
        let place = bytes.iter().position(|byte| is_separator(*byte))?;
        Some((bytes.get(..place)?, bytes.get(place + 1..)?))
    }

    fn tail(&self) -> Option<Tail<'_>> {
        Tail::cut(self.halves()?.1, is_separator)
    }
}

fn is_separator(byte: u8) -> bool {
    byte == b'=' || byte == b'D'
}

/// Class z of ISO 8583 (ISO/IEC 7811-2, the five-bit characters), or `D`.
#[inline]
fn is_track_character(byte: u8) -> bool {
    (byte & 0xF0 == 0x30) | (byte == b'D')
}

impl fmt::Debug for Track2<'_> {
    /// `[SAD len=37]`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        secret::sad(f, self.len())
    }
}

impl fmt::Display for Track2<'_> {
    /// `[SAD len=37]`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        secret::sad(f, self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        // Track; account number, expiry, service code, discretionary data.
        let table = [
            ("4012345678909=30122010000000", Some("4012345678909"), Some("3012"), Some("201"), Some("0000000")),
            ("4012345678909D30122010000000", Some("4012345678909"), Some("3012"), Some("201"), Some("0000000")),
            ("4012345678909=3012201", Some("4012345678909"), Some("3012"), Some("201"), Some("")),
            ("4012345678909==2010000000", Some("4012345678909"), None, Some("201"), Some("0000000")),
            ("4012345678909=3012=0000000", Some("4012345678909"), Some("3012"), None, Some("0000000")),
            ("4012345678909===0000000", Some("4012345678909"), None, None, Some("0000000")),
            ("4012345678909=", Some("4012345678909"), None, None, None),
            ("4012345678909=301", Some("4012345678909"), None, None, None),
            ("4012345678909=301220", Some("4012345678909"), None, None, None),
            ("4012345678909=3013201", Some("4012345678909"), None, Some("201"), Some("")),
            ("4012345678909=3012201=1:2", Some("4012345678909"), Some("3012"), Some("201"), Some("=1:2")),
            ("4012345678909", None, None, None, None),
            ("=3012201", None, Some("3012"), Some("201"), Some("")),
            ("40123;5678909=3012201", None, Some("3012"), Some("201"), Some("")),
            ("00000000000000000001=3012201", None, Some("3012"), Some("201"), Some("")),
        ];
        for (row, (text, pan, expiry, service_code, discretionary)) in table.into_iter().enumerate() {
            let track = Track2::new(text).unwrap();
            assert_eq!(track.expose(), text);
            assert_eq!(track.pan().as_ref().map(Pan::expose), pan, "row {row}");
            let found = track.expiry().map(YearMonth::digits);
            assert_eq!(found.as_ref().map(|digits| digits::text(digits)), expiry, "row {row}");
            assert_eq!(track.service_code(), service_code, "row {row}");
            assert_eq!(track.discretionary_data().map(|data| data.expose()), discretionary, "row {row}");
            let owned = track.clone().into_owned();
            assert_eq!(owned, track);
            assert_eq!(owned.separator(), text.chars().find(|c| ['=', 'D'].contains(c)));
            for shown in [format!("{owned}"), format!("{track:?}")] {
                assert_eq!(shown, format!("[SAD len={}]", text.len()));
            }
        }
    }

    #[test]
    fn built_tracks_read_back() {
        let pan = Pan::new("4012345678909").unwrap();
        for expiry in [None, Some(YearMonth::new(30, 12).unwrap())] {
            for service_code in [None, Some("201")] {
                for discretionary in ["", "0000000", "123=456"] {
                    let track = Track2::build(&pan, expiry, service_code, discretionary).unwrap();
                    assert_eq!(track.pan(), Some(pan.clone()));
                    assert_eq!(track.expiry(), expiry);
                    assert_eq!(track.service_code(), service_code);
                    assert_eq!(track.discretionary_data().map(|data| data.expose()), Some(discretionary));
                }
            }
        }
        let error =
            |service_code, discretionary| Track2::build(&pan, None, Some(service_code), discretionary).unwrap_err();
        assert_eq!(error("20", ""), ValueError::length(3, 3, 2));
        assert_eq!(error("2 1", ""), ValueError::character(1, "a digit"));
        assert_eq!(error("201", "12a"), ValueError::character(2, A_TRACK_CHARACTER));
        assert_eq!(error("201", "12345678901234567890"), ValueError::length(1, 37, 38));
    }

    #[test]
    fn every_character() {
        for byte in 0..=u8::MAX {
            let allowed = b"0123456789:;<=>?D".contains(&byte);
            for place in [0, 7, 36] {
                let mut bytes = [b'1'; 37];
                bytes[place] = byte;
                match Track2::from_chars(&bytes) {
                    Ok(_) => assert!(allowed),
                    Err(error) => {
                        assert!(!allowed);
                        assert_eq!(error, ValueError::character(place, A_TRACK_CHARACTER));
                    }
                }
            }
        }
        assert_eq!(Track2::from_chars(b"").unwrap_err(), ValueError::length(1, 37, 0));
        assert_eq!(Track2::from_chars(&[b'1'; 38]).unwrap_err(), ValueError::length(1, 37, 38));
    }
}
