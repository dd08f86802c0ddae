//! Names in code.

use heck::{ToShoutySnakeCase, ToSnakeCase};

/// Words that Rust (2024 edition) keeps for itself, reserved ones included.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// The name of a field in code, from its name for people. `None` if nothing is left of it.
pub(super) fn snake(name: &str) -> Option<String> {
    let ident = plain(name).to_snake_case();
    if KEYWORDS.contains(&ident.as_str()) {
        return Some(format!("{ident}_"));
    }
    is_snake(&ident).then_some(ident)
}

/// The name of a value in code, from its meaning, or from the code where the meaning gives none.
pub(super) fn shouty(meaning: &str, code: &str) -> String {
    let ident = plain(meaning).to_shouty_snake_case();
    if ident.starts_with(|first: char| first.is_ascii_uppercase()) {
        return ident;
    }
    let code = plain(code).to_shouty_snake_case();
    if ident.is_empty() { format!("CODE_{code}") } else { format!("CODE_{ident}") }
}

/// Snake case, a letter first, no keyword.
pub(super) fn is_snake(ident: &str) -> bool {
    is_word(ident, |byte| byte.is_ascii_lowercase(), b'_') && !KEYWORDS.contains(&ident)
}

/// Upper snake case, a letter first.
pub(super) fn is_shouty(ident: &str) -> bool {
    is_word(ident, |byte| byte.is_ascii_uppercase(), b'_')
}

/// Kebab case, a letter first.
pub(super) fn is_kebab(name: &str) -> bool {
    is_word(name, |byte| byte.is_ascii_lowercase(), b'-')
}

fn is_word(word: &str, letter: impl Fn(u8) -> bool, joint: u8) -> bool {
    let bytes = word.as_bytes();
    bytes.first().is_some_and(|first| letter(*first))
        && bytes.last() != Some(&joint)
        && bytes.iter().all(|byte| letter(*byte) || byte.is_ascii_digit() || *byte == joint)
        && !bytes.windows(2).any(|pair| pair == [joint, joint])
}

/// Letters and digits of ASCII; everything else parts words.
fn plain(name: &str) -> String {
    // An apostrophe joins: `cardholder's` is one word.
    name.chars()
        .filter(|letter| !matches!(letter, '\'' | '\u{2019}'))
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { ' ' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_idents() {
        for (name, ident) in [
            ("Primary account number", Some("primary_account_number")),
            ("Card acceptor's name/location", Some("card_acceptors_name_location")),
            ("Type", Some("type_")),
            ("PIN data", Some("pin_data")),
            ("3-D Secure", None),
            ("Größe", Some("gr_e")),
            ("—", None),
        ] {
            assert_eq!(snake(name).as_deref(), ident, "{name}");
        }
    }

    #[test]
    fn meanings_become_idents() {
        for (meaning, code, ident) in [
            ("not sufficient funds", "51", "NOT_SUFFICIENT_FUNDS"),
            ("3 tries", "75", "CODE_3_TRIES"),
            ("—", "75", "CODE_75"),
        ] {
            assert_eq!(shouty(meaning, code), ident);
        }
    }

    #[test]
    fn cases_are_told_apart() {
        assert!(is_kebab("iso87-a") && !is_kebab("Iso87") && !is_kebab("a--b") && !is_kebab("8a") && !is_kebab(""));
        assert!(is_snake("pan") && !is_snake("type") && !is_snake("a_") && !is_snake("_a"));
        assert!(is_shouty("APPROVED_2") && !is_shouty("approved"));
    }
}
