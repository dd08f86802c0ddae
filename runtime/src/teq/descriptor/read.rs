//! Reading the two formats of descriptors, with the line of what is wrong.

use serde::de::DeserializeOwned;

use crate::mistyped::did_you_mean;

/// The format of a descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Toml,
}

/// A line, from 1, and what is wrong there.
pub(super) type Mistake = (Option<usize>, String);

/// Reads a text of this format.
pub(super) fn read<T: DeserializeOwned>(format: Format, text: &str) -> Result<T, Mistake> {
    match format {
        Format::Json => serde_json::from_str(text).map_err(|error| {
            let (line, told) = (error.line(), error.to_string());
            let end = told.rfind(" at line ").unwrap_or(told.len());
            ((line > 0).then_some(line), in_our_words(&told[..end]))
        }),
        Format::Toml => toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| line_at(text, span.start));
            (line, in_our_words(error.message()))
        }),
    }
}

fn line_at(text: &str, at: usize) -> usize {
    1 + text.as_bytes().iter().take(at).filter(|&&byte| byte == b'\n').count()
}

/// The line of a key, where there is only one key of that name.
pub(super) fn line_of(format: Format, text: &str, key: &str) -> Option<usize> {
    // A key stands behind nothing, or behind what may stand in front of a key; and in front of what makes it one.
    let is_key = |line: &str, at: usize| {
        let (before, behind) = (line[..at].trim_end(), line[at + key.len()..].trim_start());
        match format {
            Format::Toml => {
                (before.is_empty() || before.ends_with(['[', '{', ',', '.'])) && behind.starts_with(['=', ']'])
            }
            Format::Json => {
                before.ends_with('"') && behind.strip_prefix('"').is_some_and(|rest| rest.trim_start().starts_with(':'))
            }
        }
    };
    let begins = |line: &str| {
        let comment = format == Format::Toml && line.trim_start().starts_with('#');
        !comment && line.match_indices(key).any(|(at, _)| is_key(line, at))
    };
    let mut lines = text.lines().enumerate().filter(|(_, line)| begins(line)).map(|(at, _)| at + 1);
    match (lines.next(), lines.next()) {
        (Some(line), None) => Some(line),
        _ => None,
    }
}

/// What the parsers say, without values, and with the key that was probably meant.
fn in_our_words(told: &str) -> String {
    if let Some(rest) = told.strip_prefix("unknown field `") {
        let (key, expected) = rest.split_once('`').unwrap_or((rest, ""));
        let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
        let meant = did_you_mean(key, known.iter().copied());
        return match (meant.as_str(), known.as_slice()) {
            ("", []) => format!("unknown key `{key}`; there are none here"),
            ("", known) => format!("unknown key `{key}`; there are {}", known.join(", ")),
            (meant, _) => format!("unknown key `{key}`{meant}"),
        };
    }
    if let Some(rest) = told.strip_prefix("missing field `") {
        return format!("`{}` is missing", rest.trim_end_matches('`'));
    }
    if let Some(rest) = told.strip_prefix("duplicate field `") {
        return format!("`{}` is given twice", rest.trim_end_matches('`'));
    }
    for kind in ["invalid type: ", "invalid value: "] {
        if let Some(rest) = told.strip_prefix(kind) {
            // A value may be anything, so that it is not shown.
            let (found, expected) = rest.rsplit_once(", expected ").unwrap_or((rest, "something else"));
            let found = found.split(['"', '`']).next().unwrap_or_default().trim();
            return format!("{expected} is expected, and not {}", article(found));
        }
    }
    told.lines().next().unwrap_or_default().to_owned()
}

fn article(noun: &str) -> String {
    match noun {
        "" => "that".to_owned(),
        "null" | "unit value" => "nothing".to_owned(),
        noun if noun.starts_with(['a', 'e', 'i', 'o']) => format!("an {noun}"),
        noun => format!("a {noun}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only read")]
    struct Sample {
        address: String,
        timeout_ms: Option<u64>,
    }

    #[test]
    fn mistakes_are_told_with_their_line_and_without_values() {
        for (json, toml, line, what) in [
            ("{\n\"adress\": \"\"\n}", "\nadress = \"\"", 2, "unknown key `adress`; did you mean `address`?"),
            ("{\n\"colour\": 1\n}", "\ncolour = 1", 2, "unknown key `colour`; there are address, timeout_ms"),
            (
                "{\"address\": \"\",\n\"timeout_ms\": \"5399\"}",
                "address = \"\"\ntimeout_ms = \"5399\"",
                2,
                "u64 is expected, and not a string",
            ),
        ] {
            for (format, text) in [(Format::Json, json), (Format::Toml, toml)] {
                let (found, told) = read::<Sample>(format, text).unwrap_err();
                assert_eq!((found, told.as_str()), (Some(line), what), "{format:?}");
            }
        }
        assert_eq!(read::<Sample>(Format::Json, "{}").unwrap_err().1, "`address` is missing");
        assert_eq!(read::<Sample>(Format::Toml, "").unwrap_err().1, "`address` is missing");
        assert_eq!(read::<Sample>(Format::Json, "{\n\n!").unwrap_err().0, Some(3));
        assert_eq!(read::<Sample>(Format::Toml, "\n\n!").unwrap_err().0, Some(3));
    }

    #[test]
    fn the_line_of_a_key() {
        let json = "{\n \"addr\": \"x\",\n \"echo\" : {\"mti\": 1},\n \"sign_on\": {\"mti\": 1}\n}";
        assert_eq!(line_of(Format::Json, json, "addr"), Some(2));
        assert_eq!(line_of(Format::Json, json, "echo"), Some(3));
        assert_eq!((line_of(Format::Json, json, "mti"), line_of(Format::Json, json, "none")), (None, None));
        let toml = "[config]\naddr = \"x\"\n# echo = 1\n[config.tls]\n  ca = \"y\"\naddresses = []";
        assert_eq!(line_of(Format::Toml, toml, "addr"), Some(2));
        assert_eq!(line_of(Format::Toml, toml, "config"), Some(1));
        assert_eq!((line_of(Format::Toml, toml, "ca"), line_of(Format::Toml, toml, "echo")), (Some(5), None));
    }
}
