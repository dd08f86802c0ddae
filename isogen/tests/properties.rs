//! No text makes the compiler panic, and what it says of it can be drawn.

use proptest::prelude::*;

const RICH: &str = include_str!("specs/rich.toml");
const INSIDE: &str = include_str!("specs/inside.toml");

/// Loads a text and draws what there is to say about it.
fn survives(text: &str) {
    match isogen::load_str("any.toml", text) {
        Ok(loaded) => {
            assert!(!loaded.warnings.has_errors());
            assert!(!loaded.spec.name.is_empty() && !loaded.spec.title.is_empty());
            assert_eq!(loaded.warnings.render(true).is_empty(), loaded.warnings.is_empty());
        }
        Err(errors) => {
            assert!(errors.has_errors());
            for error in &errors {
                assert!(error.line() > 0 && error.column() > 0);
            }
            assert!(!errors.render(true).is_empty());
            assert!(!errors.to_string().is_empty());
        }
    }
}

/// Words of the language, and others that look like them.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "n 6",
            "ans..99",
            "b *",
            "x+n 8",
            "z..37",
            "n..",
            "ascii",
            "bcd",
            "ebcdic",
            "hex",
            "raw",
            "positional",
            "ber-tlv",
            "bitmap",
            "tlv",
            "ltv",
            "pairs",
            "repeat",
            "reject",
            "binary",
            "pan",
            "track-2",
            "YYMM",
            "0200",
            "none",
            "rich",
            "iso87-a",
            "é",
            "",
        ])
        .prop_map(|word| format!("\"{word}\"")),
        any::<i64>().prop_map(|number| number.to_string()),
        prop::sample::select(vec![
            "true",
            "[2, 3]",
            "[]",
            "{}",
            "1.5",
            "1979-05-27",
            "{ encoding = \"bcd\" }",
            "{ encoding = \"binary\", width = 1 }",
            "[[11, 41], [11]]",
            "'''x\ny'''"
        ])
        .prop_map(str::to_owned),
    ]
}

fn key() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "name",
        "format",
        "type",
        "sensitive",
        "ident",
        "doc",
        "min",
        "encoding",
        "length",
        "pad",
        "policy",
        "values",
        "composite",
        "field",
        "remove",
        "mti",
        "mandatory",
        "reply",
        "digits",
        "bitmap",
        "extends",
        "kind",
        "tag",
        "most",
        "unknown",
        "xml",
        "covers",
        "default",
        "nam",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in any::<String>()) {
        survives(&text);
    }

    #[test]
    fn text_of_toml_characters(text in "[\\[\\]{}=.,\"'#\\\\\\r\\n a-c0-9é\u{FEFF}]{0,80}") {
        survives(&text);
    }

    #[test]
    fn bytes_put_in_and_taken_out(
        inside: bool,
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..6, "\\PC{0,3}"), 1..6),
    ) {
        let mut text = if inside { INSIDE } else { RICH }.to_owned();
        for (at, count, new) in edits {
            let mut from = at.index(text.len());
            while !text.is_char_boundary(from) {
                from -= 1;
            }
            let mut to = (from + count).min(text.len());
            while !text.is_char_boundary(to) {
                to += 1;
            }
            text.replace_range(from..to, &new);
        }
        survives(&text);
    }

    #[test]
    fn lines_moved_repeated_and_dropped(
        inside: bool,
        picks in prop::collection::vec(any::<prop::sample::Index>(), 0..160),
    ) {
        let lines: Vec<&str> = if inside { INSIDE } else { RICH }.lines().collect();
        let text: Vec<&str> = picks.iter().map(|pick| lines[pick.index(lines.len())]).collect();
        survives(&text.join("\n"));
    }

    #[test]
    fn values_of_other_kinds(
        inside: bool,
        edits in prop::collection::vec((any::<prop::sample::Index>(), key(), word()), 1..8),
    ) {
        let mut lines: Vec<String> = if inside { INSIDE } else { RICH }.lines().map(str::to_owned).collect();
        for (at, key, word) in edits {
            let at = at.index(lines.len());
            lines.insert(at, format!("{key} = {word}"));
        }
        survives(&lines.join("\n"));
    }

    #[test]
    fn fields_of_any_make(format in word(), kind in word(), encoding in word(), length in word(), child in word()) {
        let wire = RICH.split("[field.2]").next().unwrap_or_default();
        survives(&format!(
            "{wire}[field.48]\nname = \"x\"\nformat = {format}\ntype = {kind}\nencoding = {encoding}\nlength = {length}\n\
             composite = {{ kind = {child} }}\n[field.48.field.1]\nname = \"y\"\nformat = {child}\n"
        ));
    }
}

#[test]
fn deep_nesting_is_refused_and_not_followed() {
    survives(&format!("a = {}", "[".repeat(100_000)));
    survives(&format!("[{}a]", "a.".repeat(100_000)));
    survives(&format!("a = {}", "{a=".repeat(100_000)));
    let deep = (1..60).fold(String::new(), |text, depth| {
        text + &format!(
            "[field.48{}]\nname = \"x\"\nformat = \"ans 9\"\ncomposite = {{ kind = \"positional\" }}\n",
            ".field.1".repeat(depth)
        )
    });
    survives(&format!("{RICH}{deep}"));
}
