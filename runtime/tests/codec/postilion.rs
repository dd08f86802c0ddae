//! Postilion: what its DE 127 holds is kept, read, changed and hidden. The dialects are loaded from their specs.

use crate::common;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use common::reference::{hex, unhex};
use common::{leaves, told};
use isopace::msg::CorrelationRule;
use isopace::types::{Amount, Currency, SignedAmount};
use isopace::{Bytes, Dialect, Edit, Error, Message, load};
use serde_json::Value;

fn spec(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs").join(name)
}

fn postilion() -> &'static Dialect {
    static DIALECT: LazyLock<&'static Dialect> = LazyLock::new(|| load::file(spec("postilion.toml")).unwrap());
    *DIALECT
}

fn hex_bitmaps() -> &'static Dialect {
    static DIALECT: LazyLock<&'static Dialect> = LazyLock::new(|| load::file(spec("postilion-hex.toml")).unwrap());
    *DIALECT
}

/// A dialect that extends Postilion by this.
fn overlay(name: &str, lines: &str) -> &'static Dialect {
    let parent = spec("postilion.toml");
    let text = format!("[spec]\nname = \"{name}\"\ntitle = \"An overlay\"\nextends = {parent:?}\n\n{lines}");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.toml"));
    std::fs::write(&file, text).unwrap();
    load::file(file).unwrap()
}

/// The wire of a known message.
fn known(name: &str) -> Vec<u8> {
    let all: Value = serde_json::from_str(include_str!("../vectors/postilion.json")).unwrap();
    let found = all.as_array().unwrap().iter().find(|vector| vector["name"] == name).unwrap();
    unhex(found["wire"].as_str().unwrap())
}

fn parsed(wire: impl Into<Bytes>) -> Message {
    Message::parse(postilion(), wire).unwrap()
}

fn built(dialect: &'static Dialect, mti: &str, values: &[(impl AsRef<str>, impl AsRef<str>)]) -> Result<Bytes, Error> {
    let mut edit = Edit::build(dialect);
    edit.mti(mti);
    for (path, value) in values {
        edit.set_leaf(path.as_ref(), value.as_ref());
    }
    edit.finish()
}

/// A message with one subfield of DE 127, its prefix and content given.
fn private(bit: u8, subfield: &[u8]) -> Vec<u8> {
    let bitmap = (1u64 << (64 - bit)).to_be_bytes();
    let inside = [&bitmap[..], subfield].concat();
    [&unhex("30323030 8000000000000000 0000000000000002")[..], format!("{:06}", inside.len()).as_bytes(), &inside]
        .concat()
}

fn structured(pairs: &str) -> Vec<u8> {
    private(22, format!("{:05}{pairs}", pairs.len()).as_bytes())
}

fn chip(data: &str) -> Vec<u8> {
    private(25, format!("{:04}{data}", data.len()).as_bytes())
}

fn shown(message: &Message) -> Vec<(String, String)> {
    leaves(message).unwrap()
}

fn of(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn every_known_message_with_every_value_set_again() {
    let all: Value = serde_json::from_str(include_str!("../vectors/postilion.json")).unwrap();
    for vector in all.as_array().unwrap() {
        let wire = unhex(vector["wire"].as_str().unwrap());
        let message = parsed(wire.clone());
        let mut edit = message.edit();
        for (path, value) in shown(&message) {
            edit.set_leaf(&path, &value);
        }
        // Changed elements are written from what they hold; unchanged ones would be copied.
        assert_eq!(hex(&edit.finish().unwrap()), hex(&wire), "{}", vector["name"]);
        for end in 0..wire.len() {
            let error = Message::parse(postilion(), wire[..end].to_vec()).unwrap_err();
            assert!(error.offset() <= end, "{} {end}: {error}", vector["name"]);
        }
    }
}

#[test]
fn hex_bitmaps_differ_in_the_bitmaps_alone() {
    for name in ["echo test", "purchase by stripe", "purchase by chip", "purchase on the web"] {
        let raw = known(name);
        let values = shown(&parsed(raw.clone()));
        let wire = built(hex_bitmaps(), parsed(raw.clone()).mti().as_str(), &values).unwrap();
        assert_eq!(shown(&Message::parse(hex_bitmaps(), wire.clone()).unwrap()), values, "{name}");
        let inside = values.iter().any(|(path, _)| path.starts_with("127."));
        assert_eq!(wire.len(), raw.len() + 16 + if inside { 8 } else { 0 }, "{name}");
        assert_eq!(wire[4..36], *hex(&raw[4..20]).as_bytes(), "{name}");
    }
    // The length of DE 127 counts the sixteen characters of its bitmap.
    let wire = built(hex_bitmaps(), "0200", &[("127.39", "00")]).unwrap();
    assert_eq!(wire, b"020080000000000000000000000000000002000018000000000200000000".as_slice());
}

#[test]
fn pairs_stay_in_order_with_their_duplicates() {
    let pairs = "14Type15Fleet213Unlisted.Name13a#b14Type15Other218PrepaidMerchandise10";
    let wire = structured(pairs);
    let message = parsed(wire.clone());
    message.validate().unwrap();
    let values = of(&[
        ("127.22.Type", &hex(b"Fleet")),
        ("127.22.Unlisted%2EName", &hex(b"a#b")),
        ("127.22.Type#2", &hex(b"Other")),
        ("127.22.PrepaidMerchandise", ""),
    ]);
    assert_eq!(shown(&message), values);
    assert_eq!(built(postilion(), "0200", &values).unwrap(), wire);
    // One of them changed: the others stay as they stand.
    let changed = message.edit().set_leaf("127.22.Type#2", &hex(b"Retail")).finish().unwrap();
    assert_eq!(hex(&changed), hex(&structured(&pairs.replace("15Other", "16Retail"))));
}

#[test]
fn pairs_with_longer_lengths_than_they_need_stay_so() {
    let pairs = "14Type15Fleet213Unlisted.Name3003a#b14Type15Other";
    let message = parsed(structured(pairs));
    message.validate().unwrap();
    // Written pair by pair they would have shorter ones, so they are one leaf.
    let values = of(&[("127.22", pairs)]);
    assert_eq!(shown(&message), values);
    assert_eq!(built(postilion(), "0200", &values).unwrap(), structured(pairs));
    let changed = message.edit().set_leaf("127.2", "KEY").finish().unwrap();
    assert!(changed.ends_with(pairs.as_bytes()));
    let changed = message.edit().set_leaf("127.22.Type#2", &hex(b"Retail")).finish().unwrap();
    assert_eq!(hex(&changed), hex(&structured(&pairs.replace("15Other", "16Retail"))));
}

#[test]
fn pairs_hold_pairs() {
    let within = |flag: &str| {
        let inner = format!("211MediaTotals1{}{flag}214AdditionalInfo110", flag.len());
        structured(&format!("218Postilion:MetaData2{}{inner}211MediaTotals13<T>", inner.len()))
    };
    let message = parsed(within("1"));
    let values = of(&[
        ("127.22.Postilion:MetaData.MediaTotals", "1"),
        ("127.22.Postilion:MetaData.AdditionalInfo", &hex(b"0")),
        ("127.22.MediaTotals", "<T>"),
    ]);
    assert_eq!(shown(&message), values);
    assert_eq!(built(postilion(), "0200", &values).unwrap(), within("1"));
    let changed = message.edit().set_leaf("127.22.Postilion:MetaData.MediaTotals", "22").finish().unwrap();
    assert_eq!(hex(&changed), hex(&within("22")));
}

#[test]
fn pairs_that_do_not_fit_are_errors_where_they_stand() {
    let start = 4 + 16 + 6 + 8 + 5;
    // Pairs, path, place, what is told.
    for (pairs, path, at, kind) in [
        ("14Type16Fleet", "127.22.#1", 8, "truncated"),
        ("14Type", "127.22.#1", 6, "truncated"),
        ("04Type15Fleet", "127.22.#1", 0, "length-prefix"),
        ("1xType15Fleet", "127.22.#1", 1, "length-prefix"),
        ("218Postilion:MetaData1421Me", "127.22.Postilion:MetaData.#1", 24, "length-prefix"),
    ] {
        let violations = parsed(structured(pairs)).validate().unwrap_err();
        assert_eq!(told(violations.first().unwrap()), format!("{path} at {}: {kind}", start + at), "{pairs}");
    }
}

const XML: &str = "<?xml version='1.0' encoding=\"UTF-8\"?>\n<IccData>\n  <IccRequest><AmountAuthorized>000000001500\
</AmountAuthorized><DedicatedFileName>A0000000031010</DedicatedFileName>\
<TerminalVerificationResults>0000040000</TerminalVerificationResults><Cryptogram>756265be55892F68</Cryptogram>\
<Note lang='fr'>caf\u{e9} &amp; th\u{e9}</Note><TransactionCurrencyCode>840</TransactionCurrencyCode></IccRequest></IccData>";

#[test]
fn xml_is_read_and_kept() {
    let wire = chip(XML);
    let message = parsed(wire.clone());
    message.validate().unwrap();
    assert_eq!(message.at("127.25.2"), Ok(Some(Amount::minor(1500))));
    assert_eq!(message.at::<Currency>("127.25.26"), Ok(Some(Currency::USD)));
    assert_eq!(message.at("127.25.12"), Ok(Some([0x75, 0x62, 0x65, 0xBE, 0x55, 0x89, 0x2F, 0x68])));
    assert_eq!(message.at::<[u8; 5]>("127.25.24"), Ok(None), "a misspelt one is not taken for it");
    // All of it is one leaf, so that the bytes can be built again.
    assert_eq!(shown(&message), of(&[("127.25", XML)]));
    assert_eq!(built(postilion(), "0200", &shown(&message)).unwrap(), wire);
    // A change touches the text of that element alone, and what was not there comes last.
    let mut edit = message.edit();
    edit.set_leaf("127.25.2", "000000002000").set_leaf("127.25.30", "67C408CA");
    let expected = XML.replace("1500", "2000");
    let expected =
        expected.replace("</IccRequest>", "<UnpredictableNumber>67C408CA</UnpredictableNumber></IccRequest>");
    assert_eq!(shown(&parsed(edit.finish().unwrap())), of(&[("127.25", &expected)]));
}

#[test]
fn xml_that_is_broken_is_an_error_where_it_breaks() {
    let start = 4 + 16 + 6 + 8 + 4;
    for (text, at) in [("<IccData><IccRequest></IccData>", 21), ("<IccData>", 9), ("<!DOCTYPE x><x/>", 0)] {
        let violations = parsed(chip(text)).validate().unwrap_err();
        assert_eq!(told(violations.first().unwrap()), format!("127.25 at {}: xml", start + at), "{text}");
    }
}

#[test]
fn chip_data_under_a_bitmap() {
    // Bits 2, 4, 12, 17 and 28: lengths count characters, bytes are hex.
    let data =
        ["5010801000000000", "000000001500", "14A0000000031010", "756265BE55892F68", "11234567890", "3123"].concat();
    let message = parsed(chip(&data));
    message.validate().unwrap_or_else(|violations| panic!("{violations}"));
    let values = of(&[
        ("127.25.2", "000000001500"),
        ("127.25.4", "A0000000031010"),
        ("127.25.12", "756265BE55892F68"),
        ("127.25.17.1", "1"),
        ("127.25.17.2", "1234567890"),
        ("127.25.28", "123"),
    ]);
    assert_eq!(shown(&message), values);
    assert_eq!(built(postilion(), "0200", &values).unwrap(), chip(&data));
    assert_eq!(message.at("127.25.12"), Ok(Some([0x75, 0x62, 0x65, 0xBE, 0x55, 0x89, 0x2F, 0x68])));
}

#[test]
fn one_subfield_in_three_lines() {
    let lines = "[field.127.field.19]\nname = \"Bank, branch and district\"\nformat = \"ans 45\"\n";
    let dialect = overlay("one-subfield", lines);
    let bank = format!("{:9}{:36}", "990017", "HARBOUR STREET");
    let wire = private(19, bank.as_bytes());
    let message = Message::parse(dialect, wire.clone()).unwrap();
    message.validate().unwrap();
    let values = of(&[("127.19.1", &bank[..9]), ("127.19.2", &bank[9..])]);
    assert_eq!(shown(&message), values);
    assert_eq!(built(dialect, "0200", &values).unwrap(), wire);
    assert!(parsed(wire).validate().is_err(), "thirty-one by the interface");
    // Everything else is the parent's.
    let purchase = known("purchase on the web");
    assert_eq!(shown(&Message::parse(dialect, purchase.clone()).unwrap()), shown(&parsed(purchase)));
}

#[test]
fn additional_amounts_are_groups() {
    let message = parsed(known("partial approval"));
    let view = message.view(postilion().field(54).unwrap()).unwrap().unwrap();
    let amounts: Vec<Vec<u8>> = view
        .groups()
        .map(|group| {
            group.unwrap().children().map(|child| child.unwrap().bytes().to_vec()).collect::<Vec<_>>().concat()
        })
        .collect();
    assert_eq!(amounts, [b"0053840D000000001000", b"0040840D000000000200"]);
    assert_eq!(message.at::<SignedAmount>("54.2.4"), Ok(Some(SignedAmount::minor(-200))));
    assert_eq!(message.at::<Currency>("54.2.3"), Ok(Some(Currency::USD)));
}

#[test]
fn originals_and_replacements_by_their_parts() {
    let values = [
        ("90.1", "0200"),
        ("90.2", "804058"),
        ("90.3", "0604074705"),
        ("90.4", "00000411111"),
        ("90.5", "00000000000"),
        ("95.1", "000000001000"),
        ("95.2", "000000000000"),
        ("95.3", "C00000000"),
        ("95.4", "D00000025"),
    ];
    let wire = built(postilion(), "0420", &values).unwrap();
    let elements = b"020080405806040747050000041111100000000000000000001000000000000000C00000000D00000025";
    assert!(wire.ends_with(elements));
    assert_eq!(shown(&parsed(wire)), of(&values));
}

#[test]
fn nothing_secret_is_shown() {
    // Path, value, and what may be said of it.
    let secrets = [
        ("35", "4111111111111111=2812201", "[SAD len=24]"),
        ("52", "0123456789ABCDEF", "[SAD len=8]"),
        ("53", &"A5".repeat(48), "[KEY len=48]"),
        ("125", "B6B6B6B6B6B6B6B6C7C7C7", "[KEY len=22]"),
        ("127.10", "987", "[SAD len=3]"),
        ("127.22.AdditionalInfo", "4111111111111111", "[OPAQUE len=16]"),
        ("127.22.Unlisted", &hex(b"4111111111111111"), "[OPAQUE len=16]"),
        ("127.24", "4012345678909", "401234***8909"),
        ("127.28", "6543", "[SAD len=4]"),
        ("127.29.1", &"D8".repeat(20), "[SAD len=20]"),
        ("127.29.2", &"E9".repeat(20), "[SAD len=20]"),
        ("127.32.1", "2", "2"),
        ("127.32.2", &"FA".repeat(16), "[SAD len=16]"),
    ];
    let mut edit = Edit::build(postilion());
    edit.mti("0200").set_leaf("2", "4012345678909");
    for (path, value, _) in secrets {
        edit.set_leaf(path, value);
    }
    let message = parsed(edit.finish().unwrap());
    let mut masked = Vec::new();
    message.leaves(|leaf| {
        let leaf = leaf.unwrap();
        masked.push((leaf.path().to_owned(), leaf.masked()));
    });
    for (path, _, expected) in secrets {
        let found = masked.iter().find(|(found, _)| found == path).unwrap();
        assert_eq!(found.1, expected, "{path}");
    }
    let shown = format!("{message:?} {masked:?}").to_uppercase();
    for secret in
        ["4012345678909", "4111111111111111", "01234567", "A5A5", "B6B6", "987", "6543", "D8D8", "E9E9", "FAFA"]
    {
        assert!(!shown.contains(secret) && !shown.contains(&hex(secret.as_bytes())), "{secret}: {shown}");
    }
    let xml = parsed(chip("<IccData><IccRequest><Track2>4111111111111111=2812</Track2></IccRequest></IccData>"));
    assert!(!format!("{xml:?}").contains("4111111111111111"));
}

#[test]
fn answers_echo_what_they_are_matched_on() {
    let message = parsed(known("purchase by chip"));
    let answer = parsed(message.reply().unwrap().set(39, "00").finish().unwrap());
    assert_eq!(
        (answer.mti().as_str(), answer.numbers().collect::<Vec<u8>>()),
        ("0210", vec![3, 4, 7, 11, 12, 13, 39, 59])
    );
    answer.validate().unwrap();
    assert_eq!(answer.raw(59).unwrap().bytes(), message.raw(59).unwrap().bytes());
    let answer = parsed(known("echo test")).reply().unwrap().set(39, "00").finish().unwrap();
    assert_eq!(answer, known("echo test, answered"));
    let rules = [CorrelationRule::new(None, &[&[59], &[7, 11]]), CorrelationRule::new(Some(8), &[&[7, 11], &[70]])];
    assert_eq!(postilion().correlation_rules(), rules);
    assert_eq!(hex_bitmaps().correlation_rules(), rules);
}

/// Repeats and answers of every request there is: nothing that asks is left without an answer.
#[test]
fn everything_that_asks_is_answered() {
    let asks = postilion().messages().iter().filter(|message| message.reply.is_some()).count();
    assert_eq!((postilion().messages().len(), asks), (42, 21));
}

#[test]
fn private_data_that_do_not_fit_are_errors() {
    let told_of = |wire: Vec<u8>| match Message::parse(postilion(), wire) {
        Err(error) => told(&error),
        Ok(message) => told(message.validate().unwrap_err().first().unwrap()),
    };
    let head = unhex("30323030 8000000000000000 0000000000000002");
    let cut = [&head[..], b"000050", &unhex("4000000000000000"), b"03abc"].concat();
    assert_eq!(told_of(cut), "127 at 20: truncated");
    // A bit that is no subfield: how long it is cannot be known.
    assert_eq!(told_of(private(43, b"03abc")), "127.43 at 34: undefined");
    assert_eq!(told_of(private(2, b"33abc")), "127.2 at 34: too-long");
    assert_eq!(told_of(private(10, b"12")), "127.10 at 34: truncated");
    assert_eq!(told_of(private(10, b"1x3")), "127.10 at 35: character");
    assert_eq!(told_of(private(2, b"03abcd")), "127 at 39: trailing");
}
