//! Words: names as the language wants them, and quotes of the source in notes.

/// Longest quote of the source in a note, in characters.
const QUOTED: usize = 60;

/// One line without control characters and without blanks at the ends.
pub(super) fn clean(text: &str) -> String {
    let plain: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    plain.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A value of the source, short enough for a note.
pub(super) fn quote(text: &str) -> String {
    let text = clean(text);
    if text.chars().count() <= QUOTED {
        return format!("`{text}`");
    }
    format!("`{}...`", text.chars().take(QUOTED).collect::<String>())
}

/// The name of a spec: kebab case, a letter first.
pub(super) fn kebab(text: &str) -> String {
    let words = words(text).join("-");
    if words.is_empty() {
        "imported".to_owned()
    } else if words.starts_with(|first: char| first.is_ascii_digit()) {
        format!("spec-{words}")
    } else {
        words
    }
}

/// Whether a text is a name for a spec.
pub(crate) fn is_kebab(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase()) && kebab(text) == text
}

/// The words of a name, in lower case.
pub(super) fn words(name: &str) -> Vec<String> {
    name.split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_fit() {
        for (text, name) in [
            ("iso87 ASCII", "iso87-ascii"),
            ("ISO 8583 v1987 ASCII", "iso-8583-v1987-ascii"),
            ("8583_host", "spec-8583-host"),
            ("—", "imported"),
        ] {
            assert_eq!(kebab(text), name);
            assert!(is_kebab(name));
        }
        assert!(!is_kebab("Acme") && !is_kebab("-a") && !is_kebab("a-") && !is_kebab("a--b") && !is_kebab(""));
    }

    #[test]
    fn quotes_are_short_and_on_one_line() {
        assert_eq!(quote("a\nb\t "), "`a b`");
        assert_eq!(quote(&"é".repeat(61)), format!("`{}...`", "é".repeat(60)));
    }
}
