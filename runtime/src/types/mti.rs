//! Message type indicator: which message this is, and which one answers it.

use core::fmt;
use core::str::FromStr;

use super::{Function, MessageClass, Origin, ValueError, Version, digits};

/// Message type indicator (MTI), four digits: version, class, function, origin.
///
/// Any four digits are kept; digits that the standard reserves show as `Reserved`. Constants work as patterns:
///
/// ```
/// use isopace::types::Mti;
///
/// const ECHO: Mti = match Mti::new("0800") {
///     Ok(mti) => mti,
///     Err(_) => panic!("not four digits"),
/// };
/// assert_eq!(ECHO.response().unwrap(), "0810");
/// assert!(matches!(Mti::new("0800"), Ok(ECHO)));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mti([u8; 4]);

impl Mti {
    /// An indicator given as text.
    ///
    /// # Errors
    ///
    /// Anything but four digits.
    pub const fn new(digits: &str) -> Result<Self, ValueError> {
        let bytes = digits.as_bytes();
        let &[a, b, c, d] = bytes else {
            // The fields by hand: this has to run in constants.
            return Err(ValueError::Length { min: 4, max: 4, found: bytes.len() as u32 });
        };
        let mti = [a, b, c, d];
        let mut index = 0;
        while index < 4 {
            if !mti[index].is_ascii_digit() {
                return Err(ValueError::Character { index: index as u32, expected: digits::A_DIGIT });
            }
            index += 1;
        }
        Ok(Self(mti))
    }

    /// Reads four ASCII digits.
    ///
    /// # Errors
    ///
    /// Another length, or a character that is no digit.
    #[inline]
    pub fn from_digits(bytes: &[u8]) -> Result<Self, ValueError> {
        let mti = digits::exactly::<4>(bytes)?;
        digits::require_digits(mti)?;
        Ok(Self(*mti))
    }

    /// The four ASCII digits.
    #[inline]
    #[must_use]
    pub const fn digits(self) -> [u8; 4] {
        self.0
    }

    /// The four digits as text.
    #[inline]
    #[must_use]
    pub fn as_str(&self) -> &str {
        digits::text(&self.0)
    }

    /// First digit: the edition of the standard.
    #[inline]
    #[must_use]
    pub const fn version(self) -> Version {
        Version::from_digit(self.0[0] - b'0')
    }

    /// Second digit: what the message is about.
    #[inline]
    #[must_use]
    pub const fn class(self) -> MessageClass {
        MessageClass::from_digit(self.0[1] - b'0')
    }

    /// Third digit: what the message does.
    #[inline]
    #[must_use]
    pub const fn function(self) -> Function {
        Function::from_digit(self.0[2] - b'0')
    }

    /// Fourth digit: who sent it first, and whether it is a repeat.
    #[inline]
    #[must_use]
    pub const fn origin(self) -> Origin {
        Origin::from_digit(self.0[3] - b'0')
    }

    /// Whether a party sends this unasked: a request, advice, notification or instruction.
    #[inline]
    #[must_use]
    pub const fn is_request(self) -> bool {
        use Function::{Advice, Instruction, Notification, Request};
        matches!(self.function(), Request | Advice | Notification | Instruction)
    }

    /// Whether this answers another message.
    #[inline]
    #[must_use]
    pub const fn is_response(self) -> bool {
        use Function::{AdviceResponse, InstructionAcknowledgement, NotificationAcknowledgement, RequestResponse};
        matches!(
            self.function(),
            RequestResponse | AdviceResponse | NotificationAcknowledgement | InstructionAcknowledgement
        )
    }

    /// Whether this was sent before: 0201, 0421.
    #[inline]
    #[must_use]
    pub const fn is_repeat(self) -> bool {
        use Origin::{AcquirerRepeat, IssuerRepeat, OtherRepeat};
        matches!(self.origin(), AcquirerRepeat | IssuerRepeat | OtherRepeat)
    }

    /// The indicator of the answer: 0200 to 0210, 0420 to 0430, 0202 to 0212. A repeat is answered as the original: 0201 to
    /// 0210.
    ///
    /// `None` when nothing answers it: a response, a function that is reserved, and, outside version 2003, notifications
    /// (0140) and instructions.
    #[inline]
    #[must_use]
    pub const fn response(self) -> Option<Self> {
        let answered = match self.function() {
            Function::Request | Function::Advice => true,
            Function::Notification | Function::Instruction => {
                matches!(self.version(), Version::V2003)
            }
            _ => false,
        };
        if !answered {
            return None;
        }
        let Self([version, class, function, origin]) = self.original();
        Some(Self([version, class, function + 1, origin]))
    }

    /// The indicator to send the message with once more: 0200 to 0201, 0420 to 0421. A repeat stays as it is.
    ///
    /// `None` for what is not sent again of its own accord (responses), and where a digit is reserved.
    #[inline]
    #[must_use]
    pub const fn repeat(self) -> Option<Self> {
        if !self.is_request() || matches!(self.origin(), Origin::Reserved(_)) {
            return None;
        }
        let Self([version, class, function, origin]) = self.original();
        Some(Self([version, class, function, origin + 1]))
    }

    /// The indicator without the mark of a repeat: 0201 to 0200. Others stay as they are.
    #[inline]
    #[must_use]
    pub const fn original(self) -> Self {
        let Self([version, class, function, origin]) = self;
        Self([version, class, function, if self.is_repeat() { origin - 1 } else { origin }])
    }

    /// Whether `response` answers this message, as far as the indicators say.
    ///
    /// A host that leaves the mark of the repeat in its answer (0201 to 0211) is understood.
    #[inline]
    #[must_use]
    pub fn matches_response(&self, response: Mti) -> bool {
        self.response() == Some(response.original())
    }
}

impl fmt::Display for Mti {
    /// `0200`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

debug_as_shown!(Mti);

impl FromStr for Mti {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        Self::new(text)
    }
}

impl PartialEq<str> for Mti {
    fn eq(&self, other: &str) -> bool {
        self.0 == *other.as_bytes()
    }
}

impl PartialEq<&str> for Mti {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mti(text: &str) -> Mti {
        Mti::new(text).unwrap()
    }

    #[test]
    fn known_answers() {
        // Message, its answer, its repeat.
        let table = [
            ("0100", Some("0110"), Some("0101")),
            ("0101", Some("0110"), Some("0101")),
            ("0120", Some("0130"), Some("0121")),
            ("0121", Some("0130"), Some("0121")),
            ("0140", None, Some("0141")),
            ("0200", Some("0210"), Some("0201")),
            ("0201", Some("0210"), Some("0201")),
            ("0202", Some("0212"), Some("0203")),
            ("0203", Some("0212"), Some("0203")),
            ("0210", None, None),
            ("0420", Some("0430"), Some("0421")),
            ("0421", Some("0430"), Some("0421")),
            ("0430", None, None),
            ("0800", Some("0810"), Some("0801")),
            ("0820", Some("0830"), Some("0821")),
            ("1804", Some("1814"), Some("1805")),
            ("1805", Some("1814"), Some("1805")),
            ("1144", None, Some("1145")),
            ("2144", Some("2154"), Some("2145")),
            ("2160", Some("2170"), Some("2161")),
            ("0160", None, Some("0161")),
            ("0206", Some("0216"), None),
            ("0280", None, None),
        ];
        for (message, response, repeat) in table {
            assert_eq!(mti(message).response(), response.map(mti), "{message}");
            assert_eq!(mti(message).repeat(), repeat.map(mti), "{message}");
        }
    }

    #[test]
    fn laws_over_all() {
        let all: Vec<Mti> = (0..10_000).map(|number| mti(&format!("{number:04}"))).collect();
        for (number, mti) in all.iter().copied().enumerate() {
            let text = format!("{number:04}");
            assert_eq!(mti, text.as_str());
            assert_eq!(mti.to_string(), text);
            assert_eq!(format!("{mti:?}"), format!("Mti({text})"));
            assert_eq!(text.parse(), Ok(mti));
            assert_eq!(Mti::from_digits(&mti.digits()), Ok(mti));
            let parts = [mti.version().digit(), mti.class().digit(), mti.function().digit(), mti.origin().digit()];
            assert_eq!(parts.map(|digit| digit + b'0'), mti.digits());

            // Reserved functions are neither; everything else is one of the two.
            assert!(!(mti.is_request() && mti.is_response()));
            assert_eq!(mti.is_request() || mti.is_response(), mti.function().digit() < 8);
            assert!(!mti.original().is_repeat());
            assert_eq!(mti.original().original(), mti.original());
            assert_eq!(mti.original() == mti, !mti.is_repeat());

            if let Some(response) = mti.response() {
                assert!(mti.is_request() && response.is_response() && !response.is_repeat());
                assert_eq!(response.response(), None);
                assert_eq!((response.version(), response.class()), (mti.version(), mti.class()));
                assert_eq!(mti.original().response(), Some(response));
                assert!(mti.matches_response(response));
            }
            // Nothing else answers it but the same with the mark of a repeat: all of the same class, and some of every other.
            let same_class = number / 100 * 100;
            for other in all[same_class..same_class + 100].iter().chain(all.iter().step_by(37)) {
                assert_eq!(mti.matches_response(*other), mti.response() == Some(other.original()));
                assert!(!mti.matches_response(*other) || other.is_response());
            }
            if let Some(repeat) = mti.repeat() {
                assert!(repeat.is_repeat());
                assert_eq!(repeat.repeat(), Some(repeat));
                assert_eq!(repeat.original(), mti.original());
                assert_eq!(repeat.response(), mti.response());
            }
        }
    }

    #[test]
    fn refused() {
        for read in [|text: &str| Mti::new(text), |text: &str| Mti::from_digits(text.as_bytes())] {
            assert_eq!(read("020"), Err(ValueError::length(4, 4, 3)));
            assert_eq!(read("02000"), Err(ValueError::length(4, 4, 5)));
            assert_eq!(read("020x"), Err(ValueError::character(3, "a digit")));
            assert_eq!(read("+200"), Err(ValueError::character(0, "a digit")));
        }
    }
}
