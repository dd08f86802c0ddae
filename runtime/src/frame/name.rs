//! Framings as text, as tools and configuration files give them.

use std::fmt;
use std::str::FromStr;

use super::inline::{Hex, Inline};
use super::{Framing, Header, HeaderBytes, KeepAlive, Transport, VisaHeader};

const INCLUSIVE: &str = "-inclusive";

impl Header {
    /// Name: `length2`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Header::None => "none",
            Header::Xml => "xml",
            Header::Binary2 => "length2",
            Header::Binary2Le => "length2-le",
            Header::Binary3 => "length3",
            Header::Binary4 => "length4",
            Header::Binary4Le => "length4-le",
            Header::Ascii1 => "ascii1",
            Header::Ascii2 => "ascii2",
            Header::Ascii3 => "ascii3",
            Header::Ascii4 => "ascii4",
            Header::Ascii5 => "ascii5",
            Header::Ascii6 => "ascii6",
            Header::Ascii7 => "ascii7",
            Header::Ascii8 => "ascii8",
            Header::Bcd2 => "bcd2",
            Header::Hex4 => "hex4",
        }
    }
}

impl KeepAlive {
    const ALL: [KeepAlive; 3] = [KeepAlive::Ignore, KeepAlive::Answer, KeepAlive::Error];

    /// Name: `answer`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            KeepAlive::Ignore => "ignore",
            KeepAlive::Answer => "answer",
            KeepAlive::Error => "error",
        }
    }
}

impl fmt::Display for Framing {
    /// `length2`, `ascii4-inclusive`, `length2,tpdu=6000010002`: what [`FromStr`] takes. Nothing that is as usual is said.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.header.name(), if self.inclusive { INCLUSIVE } else { "" })?;
        let mut bytes = |key: &str, bytes: &[u8]| match bytes {
            [] => Ok(()),
            bytes => write!(f, ",{key}={}", Hex(bytes)),
        };
        bytes("before", &self.before)?;
        bytes("after", &self.after)?;
        match &self.transport {
            Transport::None => {}
            Transport::Fixed(header) => bytes("header", header)?,
            Transport::Tpdu(header) => bytes("tpdu", header)?,
            Transport::Visa(header) => bytes("visa", header.bytes())?,
        }
        bytes("trailer", self.trailer.as_slice())?;
        if self.keep_alive != KeepAlive::default() {
            write!(f, ",keep-alive={}", self.keep_alive.name())?;
        }
        if self.max != Framing::DEFAULT_MAX {
            write!(f, ",max={}", self.max)?;
        }
        Ok(())
    }
}

impl FromStr for Framing {
    type Err = InvalidFraming;

    /// `none`, `length2`, `length2-le`, `length3`, `length4`, `length4-le`, `ascii1` to `ascii8`, `bcd2`, `hex4` or
    /// `xml`; all that are a length may end in `-inclusive`. Behind it, each after a comma: `before=`, `after=`,
    /// `header=`, `tpdu=`, `visa=`, `trailer=` with bytes in hex, `header-text=` with ASCII, `keep-alive=` with `ignore`,
    /// `answer` or `error`, `max=` with a number.
    fn from_str(text: &str) -> Result<Self, InvalidFraming> {
        let mut parts = text.split(',');
        let length = parts.next().unwrap_or_default();
        Framing::from_parts(length, parts.map(|part| part.split_once('=').ok_or(InvalidFraming::Option)))
    }
}

fn base(name: &str) -> Result<Framing, InvalidFraming> {
    let (base, inclusive) = match name.strip_suffix(INCLUSIVE) {
        Some(base) => (base, true),
        None => (name, false),
    };
    let header = Header::ALL.into_iter().find(|header| header.name() == base).ok_or(InvalidFraming::Length)?;
    match (header.is_length(), inclusive) {
        (false, true) => Err(InvalidFraming::Length),
        (_, true) => Ok(Framing::new(header).inclusive()),
        (_, false) => Ok(Framing::new(header)),
    }
}

impl Framing {
    /// With a length by name, and options.
    pub(super) fn from_parts<'a>(
        length: &str,
        options: impl Iterator<Item = Result<(&'a str, &'a str), InvalidFraming>>,
    ) -> Result<Self, InvalidFraming> {
        let mut framing = base(length)?;
        let mut seen = Vec::new();
        for option in options {
            let (key, value) = option?;
            let key = framing.option(key, value)?;
            if seen.contains(&key) {
                return Err(InvalidFraming::Twice(key));
            }
            seen.push(key);
        }
        Ok(framing)
    }

    /// Takes an option in and gives its name; all kinds of transport header are one.
    fn option(&mut self, key: &str, value: &str) -> Result<&'static str, InvalidFraming> {
        const TRANSPORT: &str = "header";
        let bytes = || unhex(value);
        match key {
            "before" => set(&mut self.before, "before", bytes().and_then(|bytes| Inline::new(&bytes))),
            "after" => set(&mut self.after, "after", bytes().and_then(|bytes| Inline::new(&bytes))),
            "header" | "header-text" => {
                let bytes = if key == "header" { bytes() } else { value.is_ascii().then(|| value.as_bytes().to_vec()) };
                let header = bytes.filter(|bytes| !bytes.is_empty()).and_then(|bytes| HeaderBytes::new(&bytes));
                set(&mut self.transport, TRANSPORT, header.map(Transport::Fixed))
            }
            "tpdu" => {
                let header = bytes().and_then(|bytes| bytes.try_into().ok());
                set(&mut self.transport, "tpdu", header.map(Transport::Tpdu)).map(|_| TRANSPORT)
            }
            "visa" => {
                let header = bytes().and_then(|bytes| VisaHeader::from_bytes(&bytes).ok());
                set(&mut self.transport, "visa", header.map(Transport::Visa)).map(|_| TRANSPORT)
            }
            "trailer" => {
                let byte = bytes().and_then(|bytes| <[u8; 1]>::try_from(bytes).ok());
                set(&mut self.trailer, "trailer", byte.map(|[byte]| Some(byte)))
            }
            "keep-alive" => {
                let meaning = KeepAlive::ALL.into_iter().find(|meaning| meaning.name() == value);
                set(&mut self.keep_alive, "keep-alive", meaning)
            }
            "max" => {
                let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
                set(&mut self.max, "max", digits.then(|| value.parse().ok()).flatten())
            }
            _ => Err(InvalidFraming::Option),
        }
    }
}

fn set<T>(place: &mut T, key: &'static str, value: Option<T>) -> Result<&'static str, InvalidFraming> {
    *place = value.ok_or(InvalidFraming::Value(key))?;
    Ok(key)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| (byte as char).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect()
}

/// Text that is no framing. It says what there is and shows nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidFraming {
    /// No length has this name.
    Length,
    /// No option has this name, or there is no value.
    Option,
    /// The value of this option is none.
    Value(&'static str),
    /// This option is given twice; the transport header counts as one, whatever its kind.
    Twice(&'static str),
}

impl fmt::Display for InvalidFraming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InvalidFraming::Length => {
                f.write_str("a framing is one of")?;
                for (index, header) in Header::ALL.into_iter().enumerate() {
                    write!(f, "{} {}", if index > 0 { "," } else { "" }, header.name())?;
                }
                write!(f, "; all but none and xml may end in {INCLUSIVE}")
            }
            InvalidFraming::Option => f.write_str(
                "behind a framing stand before=, after=, header=, header-text=, tpdu=, visa=, trailer=, keep-alive= or \
                 max=, each after a comma",
            ),
            InvalidFraming::Value(key) => write!(f, "the value of {key} is not what it takes"),
            InvalidFraming::Twice(key) => write!(f, "{key} is given twice"),
        }
    }
}

impl std::error::Error for InvalidFraming {}
