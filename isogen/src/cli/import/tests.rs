//! No source makes an importer panic, and what comes of one loads and is laid out in one way.

use proptest::prelude::*;

use super::layout::layout;
use super::{Language, import};

const FIXTURES: &[(Language, &str, &str)] = &[
    (Language::Jpos, "acme-ascii.xml", include_str!("../../../tests/import/acme-ascii.xml")),
    (Language::Jpos, "acme-mixed.xml", include_str!("../../../tests/import/acme-mixed.xml")),
    (Language::Moov, "acme-host.json", include_str!("../../../tests/import/acme-host.json")),
    (Language::Pyiso8583, "acme_spec.py", include_str!("../../../tests/import/acme_spec.py")),
    (Language::Pyiso8583, "acme_plain.json", include_str!("../../../tests/import/acme_plain.json")),
];

/// Imports, and holds what comes of it to what is promised. Whether something came of it.
fn holds(language: Language, source: &str) -> bool {
    let Ok(imported) = import(language, "dir/source.x", source, None) else { return false };
    let loaded = match isogen::load_str("imported.toml", &imported.toml) {
        Ok(loaded) => loaded,
        Err(errors) => panic!("{errors}\n{}", imported.toml),
    };
    assert!(loaded.warnings.iter().all(|warning| warning.code() != "unclassed-secret"), "{}", loaded.warnings);
    let laid = layout(&imported.toml).unwrap();
    assert_eq!(layout(&laid).unwrap(), laid);
    assert_eq!(isogen::load_str("laid.toml", &laid).unwrap().spec, loaded.spec);
    for note in &imported.notes {
        assert!(note.line > 0 && !note.place.is_empty() && !note.text.is_empty());
        // The words may be on several lines there, so the first ones are looked for.
        let start: String = note.text.split(' ').take(2).collect::<Vec<_>>().join(" ");
        assert!(imported.toml.contains(&start), "no comment says: {}", note.text);
    }
    true
}

#[test]
fn fixtures_hold() {
    for (language, name, source) in FIXTURES {
        assert!(holds(*language, source), "{name}");
    }
}

/// Words that mean something in one of the languages.
fn word() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "IFA_LLNUM",
        "IFB_LLHNUM",
        "IFA_FLLCHAR",
        "IFE_LLLLLLLLLLCHAR",
        "IFB_BITMAP",
        "IF_NOP",
        "IFB_AMOUNT",
        "true",
        "0",
        "1",
        "2",
        "3",
        "64",
        "65",
        "128",
        "193",
        "999999999",
        "99999999999",
        "-1",
        "Composite",
        "Track2",
        "Hex",
        "Numeric",
        "BerTLVTag",
        "BerTLV",
        "ASCII.LLLL",
        "Hex.LLLL",
        "Binary.LLL",
        "LBCD",
        "Binary",
        "HexToASCII",
        "cp500",
        "bcd",
        "b",
        "nibbles",
        "None",
        "Track 2",
        "PAN",
        "PIN block",
        "Fee",
        "type",
        "\u{7f}",
        "é",
        "",
    ])
}

/// Ranges of a source that hold a value.
fn values(source: &str) -> Vec<std::ops::Range<usize>> {
    let quote = |letter: char| letter == '"' || letter == '\'';
    let mut found = Vec::new();
    let mut from = 0;
    for (at, _) in source.match_indices(|letter: char| quote(letter) || matches!(letter, ' ' | ',' | '}' | '\n')) {
        if at > from {
            found.push(from..at);
        }
        from = at + 1;
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in any::<String>()) {
        for (language, ..) in FIXTURES {
            holds(*language, &text);
        }
    }

    #[test]
    fn letters_of_the_languages(text in "[\\[\\]{}()=:,.\"'#\\\\\\n<>/& a-cBIFA_0-9é]{0,60}") {
        for (language, ..) in FIXTURES {
            holds(*language, &text);
        }
    }

    #[test]
    fn bytes_put_in_and_taken_out(
        fixture in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..5, "\\PC{0,2}"), 1..4),
    ) {
        let (language, _, source) = FIXTURES[fixture.index(FIXTURES.len())];
        let mut text = source.to_owned();
        for (at, count, new) in edits {
            let floor = |mut at: usize| {
                while !text.is_char_boundary(at) {
                    at -= 1;
                }
                at
            };
            let from = floor(at.index(text.len()));
            let to = floor((from + count).min(text.len()));
            text.replace_range(from..to, &new);
        }
        holds(language, &text);
    }

    #[test]
    fn values_changed_for_others(
        fixture in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), word()), 1..12),
    ) {
        let (language, _, source) = FIXTURES[fixture.index(FIXTURES.len())];
        let mut text = source.to_owned();
        for (at, word) in edits {
            let ranges = values(&text);
            let range = ranges[at.index(ranges.len())].clone();
            text.replace_range(range, word);
        }
        holds(language, &text);
    }
}

#[test]
fn values_of_one_field_for_those_of_another() {
    // The same edits on every line, where whole files of random ones mostly do not read.
    for (language, _, source) in FIXTURES {
        for (from, to) in [
            ("IFA_", "IFB_"),
            ("IFB_", "IFE_"),
            ("NUM", "CHAR"),
            ("CHAR", "BINARY"),
            ("iso.IFA_", "iso.IFA_LL"),
            ("length=\"", "length=\"9"),
            ("name=\"", "name=\"Track "),
            ("name=\"", "name=\"3 PIN "),
            ("\"ASCII\"", "\"BCD\""),
            ("ASCII.LL", "Binary.L"),
            ("\"String\"", "\"Numeric\""),
            ("\"length\": ", "\"length\": 1"),
            ("StringsByInt", "StringsByHex"),
            ("description\": \"", "description\": \"PAN "),
            ("\"data_enc\": \"ascii\"", "\"data_enc\": \"b\""),
            ("\"data_enc\": \"b\"", "\"data_enc\": \"cp037\""),
            ("\"len_type\": 0", "\"len_type\": 4"),
            ("\"max_len\": ", "\"max_len\": 9"),
            ("\"desc\": \"", "\"desc\": \"same \", \"x\": \""),
        ] {
            if source.contains(from) {
                assert!(holds(*language, &source.replace(from, to)), "{from} {to}");
            }
        }
    }
}

#[test]
fn deep_nesting_is_refused_and_not_followed() {
    for language in [Language::Moov, Language::Pyiso8583] {
        for open in ["[", "{\"a\":", "(", "{[", "-("] {
            assert!(!holds(language, &open.repeat(50_000)));
        }
    }
    let deep = "<isofieldpackager id=\"2\" length=\"9\" name=\"x\" class=\"IF_CHAR\">";
    let source = format!("<isopackager>{}{}</isopackager>", deep.repeat(3000), "</isofieldpackager>".repeat(3000));
    holds(Language::Jpos, &source);
    let laughs = "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&b;\">]><isopackager x=\"&b;\"/>";
    assert!(!holds(Language::Jpos, laughs));
}
