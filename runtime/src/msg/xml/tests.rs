use super::*;

/// Name and text of every value, or what is wrong.
fn values(text: &str) -> Result<Vec<(String, String)>, String> {
    let (bytes, mut scanner, mut all) = (text.as_bytes(), Scanner::default(), Vec::new());
    let told = |wrong: Wrong| format!("{} at {}", wrong.kind, wrong.at);
    while let Some(value) = scanner.next(bytes).map_err(told)? {
        let shown = unescaped(bytes, &value).map_err(told)?;
        all.push((text[value.name.clone()].to_owned(), String::from_utf8(shown.into_owned()).unwrap()));
    }
    Ok(all)
}

#[test]
fn elements_without_elements_are_values() {
    for (text, expected) in [
        ("<a/>", &[("a", "")][..]),
        ("<a></a>", &[("a", "")]),
        (" \r\n<a>1</a>\n", &[("a", "1")]),
        ("<?xml version=\"1.0\"?><a><b>1</b><c>2</c></a>", &[("b", "1"), ("c", "2")]),
        ("<a><b><c>1</c></b><d/><e>2</e></a>", &[("c", "1"), ("d", ""), ("e", "2")]),
        ("<a x='1' y = \"<>\"><b z=''>1</b></a >", &[("b", "1")]),
        ("<!-- <x> --><a><b>1<!-- 2 -->3<?x y?></b></a><!---->", &[("b", "13")]),
        ("<a><b>&lt;&amp;&gt;&quot;&apos;&#65;&#x42;&#x20AC;</b></a>", &[("b", "<&>\"'AB\u{20AC}")]),
        ("<a><b>1<![CDATA[<&]]]]><![CDATA[>]]>2</b></a>", &[("b", "1<&]]>2")]),
        ("<a>text <b>1</b> text</a>", &[("b", "1")]),
        ("<\u{e4}:-._9>1</\u{e4}:-._9>", &[("\u{e4}:-._9", "1")]),
    ] {
        let found = values(text).unwrap_or_else(|wrong| panic!("{text}: {wrong}"));
        let found: Vec<(&str, &str)> = found.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn what_is_not_well_formed_is_refused_where_it_stands() {
    for (text, expected) in [
        ("<", "a name was expected at 1"),
        ("<a", "a start tag that does not end at 2"),
        ("<a>", "an element without an end tag at 3"),
        ("<a></b>", "an end tag without its start tag at 3"),
        ("</a>", "an end tag without its start tag at 0"),
        ("<a></a", "an end tag that does not end at 6"),
        ("<a/><b/>", "more than one element at 4"),
        ("<a/>x", "text outside of the element at 4"),
        ("<a/><![CDATA[x]]>", "text outside of the element at 4"),
        ("<!-- x -->", "no element at 10"),
        ("<!-- x ->", "a comment without an end at 0"),
        ("<?xml >", "a processing instruction without an end at 0"),
        ("<a><![CDATA[x]></a>", "a CDATA section without an end at 3"),
        ("<!DOCTYPE a><a/>", "a document type, which is not read at 0"),
        ("<a><!ENTITY x></a>", "a document type, which is not read at 3"),
        ("<a>&nbsp;</a>", "an entity that is none of the predefined ones at 3"),
        ("<a>&amp</a>", "an entity that is none of the predefined ones at 3"),
        ("<a>&#0;</a>", "an entity that is none of the predefined ones at 3"),
        ("<a>&#;</a>", "an entity that is none of the predefined ones at 3"),
        ("<a>&#xD800;</a>", "an entity that is none of the predefined ones at 3"),
        ("<a>&#x110000;</a>", "an entity that is none of the predefined ones at 3"),
        ("<a>&#99999999999;</a>", "an entity that is none of the predefined ones at 3"),
        ("<a b></a>", "an attribute without a value at 4"),
        ("<a b=c></a>", "an attribute without quotes at 5"),
        ("<a b='></a>", "an attribute without an end at 5"),
        ("<a b='1'c='2'/>", "a start tag that does not end at 8"),
        ("<1/>", "a name was expected at 1"),
        ("< a/>", "a name was expected at 1"),
    ] {
        assert_eq!(values(text), Err(expected.to_owned()), "{text}");
    }
    let deep = |levels: usize| ["<a>".repeat(levels), "</a>".repeat(levels)].concat();
    assert!(values(&deep(DEEPEST)).is_ok());
    assert_eq!(values(&deep(DEEPEST + 1)), Err(format!("elements nested too deep at {}", 3 * DEEPEST)));
}

#[test]
fn text_is_read_as_it_was_written() {
    for text in ["", "plain", "<&>\"'", "]]>", "&amp;", "a\r\n\tb", "\u{20AC}"] {
        let written = format!("<a>{}</a>", escaped(text).unwrap());
        assert_eq!(values(&written).unwrap(), [("a".to_owned(), text.to_owned())]);
    }
    assert!(["\0", "\u{1}", "\u{1F}"].into_iter().all(|text| escaped(text).is_err()));
}
