//! Fields that look sensitive and are not classed.

use super::visit::Visit;
use crate::diagnostic::Report;
use crate::model::Sensitivity;

/// Words in a name that give a secret away, and the class to propose.
const WORDS: &[(&str, &str)] = &[
    ("pan", "pan"),
    ("track", "sad"),
    ("track1", "sad"),
    ("track2", "sad"),
    ("track3", "sad"),
    ("pin", "sad"),
    ("pinblock", "sad"),
    ("cvv", "sad"),
    ("cvv2", "sad"),
    ("icvv", "sad"),
    ("cvc", "sad"),
    ("cvc2", "sad"),
    ("cav", "sad"),
    ("cav2", "sad"),
    ("csc", "sad"),
    ("key", "key"),
    ("keys", "key"),
    ("password", "key"),
    ("passphrase", "key"),
    ("passcode", "key"),
];

/// The same for several words in a row.
const PHRASES: &[(&str, &str)] = &[
    ("primary account number", "pan"),
    ("card number", "pan"),
    ("card verification", "sad"),
    ("security code", "sad"),
    ("magnetic stripe", "sad"),
];

pub(super) fn check(visit: &Visit<'_>, report: &mut Report) {
    if visit.stated("sensitive") || visit.field.sensitivity != Sensitivity::Clear {
        return;
    }
    if let Some((found, class)) = gives_away(&visit.field.name) {
        report
            .warning(
                "unclassed-secret",
                visit.place("name"),
                format!("field {} looks sensitive and is shown", visit.path),
            )
            .label(format!("`{found}` in a name"))
            .help(format!("sensitive = \"{class}\"; sensitive = \"clear\" if it may be seen by everybody"));
        return;
    }
    let outer = visit.parent.map(|parent| parent.sensitivity);
    if let Some(word @ ("pan" | "sad" | "key" | "pii")) = outer.map(word) {
        report
            .warning(
                "unclassed-secret",
                visit.place("name"),
                format!("field {} is shown, and what it stands in is not", visit.path),
            )
            .label(format!("part of a field with sensitive = \"{word}\""))
            .help(format!("sensitive = \"{word}\"; sensitive = \"clear\" if it may be seen by everybody"));
    }
}

fn word(sensitivity: Sensitivity) -> &'static str {
    match sensitivity {
        Sensitivity::Clear => "clear",
        Sensitivity::Pan => "pan",
        Sensitivity::Sad => "sad",
        Sensitivity::Key => "key",
        Sensitivity::Pii => "pii",
        Sensitivity::Opaque => "opaque",
    }
}

fn gives_away(name: &str) -> Option<(&'static str, &'static str)> {
    let name = name.to_ascii_lowercase();
    let words: Vec<&str> =
        name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let joined = words.join(" ");
    PHRASES
        .iter()
        .find(|(phrase, _)| joined.contains(phrase))
        .or_else(|| WORDS.iter().find(|(word, _)| words.contains(word)))
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_secrets_by_their_names() {
        for (name, class) in [
            ("Primary account number", Some("pan")),
            ("PAN, extended", Some("pan")),
            ("Track 2 equivalent data", Some("sad")),
            ("PIN-block", Some("sad")),
            ("Card verification value", Some("sad")),
            ("Message security code", Some("sad")),
            ("Session key", Some("key")),
            ("Company name", None),
            ("Tracking number", None),
            ("Spinning wheel", None),
        ] {
            assert_eq!(gives_away(name).map(|(_, class)| class), class, "{name}");
        }
    }
}
