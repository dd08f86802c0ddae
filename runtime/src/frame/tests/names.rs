//! Framings as text.

use super::*;

#[test]
fn names_and_back() {
    for framing in framings(Framing::DEFAULT_MAX).into_iter().chain(framings(4096)) {
        for meaning in [KeepAlive::Ignore, KeepAlive::Answer, KeepAlive::Error] {
            let framing = framing.keep_alive(meaning);
            assert_eq!(framing.to_string().parse(), Ok(framing), "{framing}");
        }
    }
}

#[test]
fn text_is_what_it_says() {
    let plain = Framing::new(Header::Binary2);
    let table = [
        ("length2", plain),
        ("length2-inclusive", plain.inclusive()),
        ("length2,tpdu=6000010002", plain.tpdu(TPDU)),
        ("length2,before=d04A,after=0000", plain.before([0xD0, 0x4A]).after([0, 0])),
        ("length2,header-text=ISO", plain.fixed(HeaderBytes::new(b"ISO").unwrap())),
        ("length2,header=49534F", plain.fixed(HeaderBytes::new(b"ISO").unwrap())),
        ("none,before=02,trailer=03", Framing::new(Header::None).before([2]).trailer(3)),
        ("ascii5,max=2048,keep-alive=error", Framing::new(Header::Ascii5).max(2048).keep_alive(KeepAlive::Error)),
        ("length2,before=,after=", plain),
    ];
    for (text, expected) in table {
        assert_eq!(framing(text), expected, "{text}");
    }
    assert_eq!(framing("length2,max=99,header-text=A,before=0A").to_string(), "length2,before=0A,header=41,max=99");
}

/// What the documentation says is in use.
#[test]
fn text_of_the_documentation() {
    let rows = include_str!("../mod.rs").lines().filter_map(|line| line.strip_prefix("//! | ")?.strip_suffix("` |"));
    let texts: Vec<&str> = rows.filter_map(|row| row.rsplit(" | ").next()).flat_map(|cell| cell.split("; ")).collect();
    assert!(texts.len() > 12);
    for text in texts {
        framing(text.trim_matches('`'));
    }
}

#[test]
fn text_that_is_none() {
    let names = [
        "",
        "length5",
        "Length2",
        "none-inclusive",
        "xml-inclusive",
        "length2-inclusive-inclusive",
        "length2 ",
        "-inclusive",
        "ascii0",
        "ascii9",
        ",max=3",
    ];
    for name in names {
        assert_eq!(name.parse::<Framing>(), Err(InvalidFraming::Length), "{name}");
    }
    let table = [
        ("length2,", InvalidFraming::Option),
        ("length2,tpdu", InvalidFraming::Option),
        ("length2,size=4", InvalidFraming::Option),
        ("length2, max=4", InvalidFraming::Option),
        ("length2,tpdu=60000100", InvalidFraming::Value("tpdu")),
        ("length2,tpdu=600001000", InvalidFraming::Value("tpdu")),
        ("length2,tpdu=+000010002", InvalidFraming::Value("tpdu")),
        ("length2,before=0102030405", InvalidFraming::Value("before")),
        ("length2,after=0g", InvalidFraming::Value("after")),
        ("length2,header=", InvalidFraming::Value("header")),
        ("length2,header-text=\u{e9}", InvalidFraming::Value("header")),
        ("length2,visa=16010200", InvalidFraming::Value("visa")),
        ("length2,trailer=0304", InvalidFraming::Value("trailer")),
        ("length2,trailer=", InvalidFraming::Value("trailer")),
        ("length2,keep-alive=yes", InvalidFraming::Value("keep-alive")),
        ("length2,max=", InvalidFraming::Value("max")),
        ("length2,max=+5", InvalidFraming::Value("max")),
        ("length2,max=99999999999999999999999", InvalidFraming::Value("max")),
        ("length2,max=4,max=5", InvalidFraming::Twice("max")),
        ("length2,header=41,tpdu=6000010002", InvalidFraming::Twice("header")),
    ];
    for (text, error) in table {
        assert_eq!(text.parse::<Framing>(), Err(error), "{text}");
    }
    let long = format!("length2,header={}", "00".repeat(HeaderBytes::MAX + 1));
    assert_eq!(long.parse::<Framing>(), Err(InvalidFraming::Value("header")));
}

/// It says what there is, and nothing of what was given.
#[test]
fn the_error_helps_and_shows_nothing() {
    assert!(InvalidFraming::Length.to_string().contains("length2-le, length3"));
    assert!(InvalidFraming::Option.to_string().contains("tpdu="));
    for text in ["4111111111111111", "length2,4111111111111111", "length2,max=4111111111111111x"] {
        let error = text.parse::<Framing>().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("4111"));
    }
}
