//! A framing as a table of a configuration file.

use serde::Deserialize;

use super::{Framing, InvalidFraming};

/// A framing as a table, its keys those of the text that [`Framing`] is parsed from, and `length` for what that
/// begins with:
///
/// ```toml
/// length = "length2"
/// tpdu = "6000010002"
/// keep-alive = "answer"
/// max = 4096
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    /// `length2`, `ascii4-inclusive`, `none`, `xml`.
    pub length: String,
    /// Bytes in front of the length, in hex.
    pub before: Option<String>,
    /// Reserved bytes behind the length, in hex.
    pub after: Option<String>,
    /// A fixed transport header, in hex.
    pub header: Option<String>,
    /// A fixed transport header, in ASCII.
    pub header_text: Option<String>,
    /// A TPDU, ten hex digits.
    pub tpdu: Option<String>,
    /// A header as Visa has it, in hex.
    pub visa: Option<String>,
    /// The byte behind a message, two hex digits.
    pub trailer: Option<String>,
    /// `ignore`, `answer` or `error`.
    pub keep_alive: Option<String>,
    /// Most bytes of a message with its transport header.
    pub max: Option<usize>,
}

impl TryFrom<&Config> for Framing {
    type Error = InvalidFraming;

    fn try_from(config: &Config) -> Result<Self, InvalidFraming> {
        let texts = [
            ("before", &config.before),
            ("after", &config.after),
            ("header", &config.header),
            ("header-text", &config.header_text),
            ("tpdu", &config.tpdu),
            ("visa", &config.visa),
            ("trailer", &config.trailer),
            ("keep-alive", &config.keep_alive),
        ];
        let options = texts.into_iter().filter_map(|(key, value)| Some((key, value.as_deref()?)));
        let framing = Framing::from_parts(&config.length, options.map(Ok))?;
        Ok(config.max.map_or(framing, |max| framing.max(max)))
    }
}
