//! The standard's notation for class and length: `n 6`, `n..19`, `ans...999`, `b 8`, `x+n 8`.

use std::ops::Range;

use crate::model::Class;

/// The classes as they are written.
const CLASSES: &[(&str, Class)] = &[
    ("n", Class::N),
    ("a", Class::A),
    ("an", Class::An),
    ("as", Class::As),
    ("ns", Class::Ns),
    ("anp", Class::Anp),
    ("ans", Class::Ans),
    ("z", Class::Z),
    ("x+n", Class::Xn),
    ("b", Class::B),
];

/// Longest content a format may give, in units. Far above any message, far below what would be a mistake to hold.
const LONGEST: u32 = 99_999_999;

/// A format, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Format {
    pub(super) class: Class,
    pub(super) extent: Extent,
}

/// How long it says a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// `n 6`. For `x+n` the sign is not counted yet.
    Fixed(u32),
    /// `n..19`: as many dots as the prefix is wide, and a maximum.
    UpTo { dots: u8, max: u32 },
    /// `ans *`: what is left.
    Rest,
}

/// Why a format does not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mistake {
    /// Where in the string.
    pub(super) at: Range<usize>,
    pub(super) message: String,
    pub(super) help: String,
}

/// Reads a format.
pub(super) fn parse(text: &str) -> Result<Format, Mistake> {
    let split = text.bytes().position(|byte| !byte.is_ascii_alphabetic() && byte != b'+').unwrap_or(text.len());
    let (word, rest) = text.split_at(split);
    let Some((_, class)) = CLASSES.iter().find(|(known, _)| *known == word) else {
        return Err(no_class(word, text));
    };
    let class = *class;
    let dots = rest.bytes().take_while(|byte| *byte == b'.').count();
    let extent = if dots > 0 {
        up_to(word, split, rest, dots)?
    } else if let Some(length) = rest.strip_prefix(' ') {
        if length == "*" { Extent::Rest } else { Extent::Fixed(number(length, split + 1, word)?) }
    } else {
        let message = if rest.is_empty() { "the format has no length" } else { "a blank or dots come after the class" };
        let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
        let length = if digits.is_empty() { "6".to_owned() } else { digits };
        let at = if rest.is_empty() { 0..text.len() } else { split..text.len() };
        return Err(mistake(
            at,
            message,
            format!("`{word} {length}` for a fixed length, `{word}..{length}` for up to {length}"),
        ));
    };
    if class == Class::Xn && !matches!(extent, Extent::Fixed(_)) {
        return Err(mistake(split..text.len(), "`x+n` has a fixed length", "`x+n 8`: a sign and eight digits"));
    }
    Ok(Format { class, extent })
}

fn up_to(word: &str, split: usize, rest: &str, dots: usize) -> Result<Extent, Mistake> {
    let max = number(&rest[dots..], split + dots, word)?;
    match u8::try_from(dots) {
        Ok(dots) if dots <= 9 => Ok(Extent::UpTo { dots, max }),
        _ => Err(mistake(
            split..split + dots,
            "a length prefix is at most nine wide",
            "one dot for each digit of the prefix",
        )),
    }
}

fn number(text: &str, at: usize, word: &str) -> Result<u32, Mistake> {
    let range = at..at + text.len();
    let example = format!("`{word} 6` for a fixed length, `{word}..19` for up to 19");
    if text.is_empty() {
        return Err(mistake(at.saturating_sub(1)..at, "a length comes here", example));
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(mistake(range, format!("`{text}` is no length"), example));
    }
    match text.parse::<u32>() {
        Ok(0) => Err(mistake(range, "a length of nothing", example)),
        Ok(length) if length <= LONGEST => Ok(length),
        _ => Err(mistake(range, "a length beyond all messages", format!("at most {LONGEST}"))),
    }
}

fn no_class(word: &str, text: &str) -> Mistake {
    let help = match crate::diagnostic::nearest(word, CLASSES.iter().map(|(known, _)| *known)) {
        Some(close) if close.eq_ignore_ascii_case(word) => {
            format!("classes are lower case: `{close}`")
        }
        _ => "classes are: n a an as ns anp ans z x+n b".to_owned(),
    };
    if word.is_empty() {
        return mistake(0..text.len(), "the format starts with no class", "`n 6`, `an 2`, `n..19`, `ans...999`, `b 8`");
    }
    mistake(0..word.len(), format!("there is no class `{word}`"), help)
}

fn mistake(at: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Mistake {
    Mistake { at, message: message.into(), help: help.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_notation_of_the_standard() {
        for (text, class, extent) in [
            ("n 6", Class::N, Extent::Fixed(6)),
            ("an 2", Class::An, Extent::Fixed(2)),
            ("n..19", Class::N, Extent::UpTo { dots: 2, max: 19 }),
            ("ans...999", Class::Ans, Extent::UpTo { dots: 3, max: 999 }),
            ("b 8", Class::B, Extent::Fixed(8)),
            ("x+n 8", Class::Xn, Extent::Fixed(8)),
            ("z..37", Class::Z, Extent::UpTo { dots: 2, max: 37 }),
            ("b......999999", Class::B, Extent::UpTo { dots: 6, max: 999_999 }),
            ("anp 40", Class::Anp, Extent::Fixed(40)),
            ("ans *", Class::Ans, Extent::Rest),
        ] {
            assert_eq!(parse(text), Ok(Format { class, extent }), "{text}");
        }
    }

    #[test]
    fn says_where_it_does_not_read() {
        for (text, at) in [
            ("", 0..0),
            ("n", 0..1),
            ("n6", 1..2),
            ("N 6", 0..1),
            ("nn 6", 0..2),
            ("n  6", 2..4),
            ("n six", 2..5),
            ("n ", 1..2),
            ("n 0", 2..3),
            ("n..", 2..3),
            ("n.. 19", 3..6),
            ("n ..19", 2..6),
            ("n 4294967296", 2..12),
            ("x+n..8", 3..6),
            ("x+n *", 3..5),
            ("6", 0..1),
            ("ä 6", 0..4),
            ("n..........9", 1..11),
        ] {
            assert_eq!(parse(text).map_err(|mistake| mistake.at), Err(at), "{text}");
        }
    }
}
