//! Known messages: what they must be read as, by leaves and by getters, and written again as.

use crate::common;

use common::reference::unhex;
use common::{leaves, told};
use isopace::iso87a::{self, PosConditionCode, ResponseCode, element, icc_data::TerminalType};
use isopace::types::{Amount, Currency, Date, MonthDay, MonthDayTime, Stan, Time, YearMonth};
use isopace::{Dialect, Edit, Message};
use serde_json::Value;

/// A message and what it says.
struct Vector {
    name: String,
    mti: String,
    wire: Vec<u8>,
    leaves: Vec<(String, String)>,
}

/// Every dialect with its messages. Those that are not generated are loaded from their specs.
fn all() -> Vec<(&'static Dialect, Vec<Vector>)> {
    let iso87a = [(&iso87a::DIALECT, vectors())];
    #[cfg(feature = "load")]
    let loaded = [
        ("specs/postilion", include_str!("../vectors/postilion.json")),
        ("specs/postilion-hex", include_str!("../vectors/postilion-hex.json")),
        ("examples/showcase/showcase", include_str!("../vectors/showcase.json")),
    ];
    #[cfg(feature = "load")]
    let loaded = loaded.map(|(path, text)| {
        let file = format!("{}/../{path}.toml", env!("CARGO_MANIFEST_DIR"));
        (isopace::load::file(file).unwrap(), read(text))
    });
    #[cfg(not(feature = "load"))]
    let loaded = [];
    iso87a.into_iter().chain(loaded).collect()
}

fn vectors() -> Vec<Vector> {
    read(include_str!("../vectors/iso87-a.json"))
}

fn read(text: &str) -> Vec<Vector> {
    let all: Value = serde_json::from_str(text).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let vector = |vector: &Value| Vector {
        name: text(&vector["name"]),
        mti: text(&vector["mti"]),
        wire: unhex(&text(&vector["wire"])),
        leaves: vector["leaves"].as_object().unwrap().iter().map(|(path, value)| (path.clone(), text(value))).collect(),
    };
    all.as_array().unwrap().iter().map(vector).collect()
}

fn vector(name: &str) -> iso87a::Message {
    let vector = vectors().into_iter().find(|vector| vector.name == name).unwrap();
    iso87a::Message::parse(vector.wire).unwrap()
}

#[test]
fn every_leaf_of_every_message() {
    for (dialect, vectors) in all() {
        for vector in vectors {
            let name = format!("{}: {}", dialect.name(), vector.name);
            let message = Message::parse(dialect, vector.wire).unwrap();
            assert_eq!(message.mti(), vector.mti.as_str(), "{name}");
            assert_eq!(leaves(&message).unwrap(), vector.leaves, "{name}");
            message.validate().unwrap_or_else(|violations| panic!("{name}: {violations}"));
        }
    }
}

#[test]
fn every_message_written_anew() {
    for (dialect, vectors) in all() {
        for vector in vectors {
            let name = format!("{}: {}", dialect.name(), vector.name);
            let mut edit = Edit::build(dialect);
            edit.mti(&vector.mti);
            for (path, value) in &vector.leaves {
                edit.set_leaf(path, value);
            }
            assert_eq!(edit.finish().unwrap(), vector.wire, "{name}");
            // In any order: elements go to their places.
            let mut edit = Edit::build(dialect);
            for (path, value) in vector.leaves.iter().filter(|(path, _)| path.contains('.')) {
                edit.set_leaf(path, value);
            }
            for (path, value) in vector.leaves.iter().rev().filter(|(path, _)| !path.contains('.')) {
                edit.set_leaf(path, value);
            }
            assert_eq!(edit.mti(&vector.mti).finish().unwrap(), vector.wire, "{name}");
        }
    }
}

/// The layouts that the message of the showcase leaves out: signs and groups.
#[cfg(feature = "load")]
#[test]
fn signs_and_groups_of_the_showcase() {
    let file = format!("{}/../examples/showcase/showcase.toml", env!("CARGO_MANIFEST_DIR"));
    let dialect = isopace::load::file(file).unwrap();
    let values = [
        ("28", "D00000150"),
        ("54.1.1", "10"),
        ("54.1.2", "01"),
        ("54.1.3", "840"),
        ("54.1.4", "C000000010000"),
        ("54.2.1", "10"),
        ("54.2.2", "02"),
        ("54.2.3", "840"),
        ("54.2.4", "D000000009000"),
        ("61", "<Receipt><Amount>000000002500</Amount><Shop>1</Shop></Receipt>"),
    ];
    let mut edit = Edit::build(dialect);
    edit.mti("0210");
    for (path, value) in values {
        edit.set_leaf(path, value);
    }
    let message = Message::parse(dialect, edit.finish().unwrap()).unwrap();
    message.validate().unwrap();
    let found = leaves(&message).unwrap();
    assert!(found.iter().map(|(path, value)| (path.as_str(), value.as_str())).eq(values));
    assert_eq!(message.at("61.AMT"), Ok(Some(Amount::minor(2500))));
    assert_eq!(message.at("54.2.3"), Ok(Some(Currency::USD)));
}

#[test]
fn a_purchase_by_getters() {
    let message = vector("purchase");
    assert_eq!(message.as_bytes(), common::AUTHORIZATION.as_bytes());
    assert_eq!(message.pan().unwrap().unwrap().expose(), "4012345678909");
    assert_eq!(message.processing_code().unwrap().unwrap(), "000000");
    assert_eq!(message.amount(), Ok(Some(Amount::minor(2500))));
    assert_eq!(message.transmission_date_time(), Ok(Some(MonthDayTime::from_digits(b"1120072155").unwrap())));
    assert_eq!(message.stan(), Ok(Some(Stan::new(123_456).unwrap())));
    assert_eq!(message.local_time(), Ok(Some(Time::new(7, 21, 55).unwrap())));
    assert_eq!(message.local_date(), Ok(Some(MonthDay::new(11, 20).unwrap())));
    assert_eq!(message.expiration_date(), Ok(Some(YearMonth::new(28, 12).unwrap())));
    assert_eq!(message.merchant_type().unwrap().unwrap(), "5411");
    assert_eq!(message.pos_entry_mode().unwrap().unwrap(), "051");
    assert_eq!(message.pos_condition_code(), Ok(Some(PosConditionCode::new("00").unwrap())));
    assert_eq!(message.acquiring_institution().unwrap().unwrap(), "99001");
    let track = message.track2().unwrap().unwrap();
    assert_eq!((track.pan().unwrap().expose(), track.service_code()), ("4111111111111111", Some("201")));
    assert_eq!(message.rrn().unwrap().unwrap(), "000000123456");
    assert_eq!(message.terminal_id().unwrap().unwrap(), "TERM0001");
    assert_eq!(message.card_acceptor_id().unwrap().unwrap(), "MERCHANT0000001");
    assert_eq!(message.card_acceptor_name_location().unwrap().unwrap(), "ACME SUPERMARKET 0042  SPRINGFIELD  ILUS");
    assert_eq!(message.currency(), Ok(Some(Currency::USD)));
    assert_eq!((message.response_code(), message.pin_data().is_ok()), (Ok(None), true));
    let numbers: Vec<u8> = message.numbers().collect();
    assert_eq!(numbers, [2, 3, 4, 7, 11, 12, 13, 14, 18, 22, 25, 32, 35, 37, 41, 42, 43, 49]);
}

#[test]
fn spans_of_short_messages() {
    let spans = |name| {
        let message = vector(name);
        message.numbers().map(|number| (number, message.span(number).unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(spans("short request"), [(2, 20..38), (3, 38..44), (4, 44..56), (11, 56..62), (41, 62..70)]);
    assert_eq!(spans("response"), [(2, 20..38), (3, 38..44), (4, 44..56), (11, 56..62), (39, 62..64), (41, 64..72)]);
    assert_eq!(vector("response").response_code(), Ok(Some(ResponseCode::APPROVED)));
    assert_eq!(vector("echo test").network_management_code().unwrap().unwrap(), "301");
}

#[test]
fn tags_by_getters() {
    let message = vector("chip, sample of 2014");
    let icc = message.icc_data().unwrap().unwrap();
    assert_eq!(icc.as_bytes().len(), 149);
    assert_eq!(icc.transaction_currency().unwrap().map(Currency::numeric), Some(124));
    assert_eq!(icc.transaction_date(), Ok(Some(Date::new(11, 2, 24).unwrap())));
    assert_eq!(icc.amount_authorized(), Ok(Some(Amount::ZERO)));
    assert_eq!(icc.application_cryptogram(), Ok(Some([0x42, 0x31, 0x58, 0x93, 0x6E, 0xD6, 0xC3, 0x8F])));
    assert_eq!(icc.terminal_verification_results(), Ok(Some([0x80, 0, 0, 0, 0])));
    assert_eq!(icc.terminal_type(), Ok(Some(TerminalType::new("22").unwrap())));
    assert_eq!(icc.application_transaction_counter(), Ok(Some([0, 1])));
    assert_eq!(icc.issuer_application_data(), Ok(Some(&[0x06, 0x01, 0x0A, 0x03, 0x90, 0, 0][..])));
    assert_eq!(icc.pan().map(|pan| pan.is_some()), Ok(false));
    assert_eq!(message.at::<&[u8]>("55.9F37"), Ok(Some(&[0xAC, 0xAC, 0x66, 0xE8][..])));

    let message = vector("chip, purchase in roubles");
    let icc = message.icc_data().unwrap().unwrap();
    assert_eq!(icc.as_bytes().len(), 130);
    assert_eq!(icc.amount_authorized(), Ok(Some(Amount::minor(1000))));
    assert_eq!(icc.ifd_serial_number().unwrap().unwrap(), "51202815");
    assert_eq!(icc.transaction_sequence_counter().unwrap().unwrap(), "000056");
}

#[test]
fn tags_are_where_the_samples_have_them() {
    let offsets = |name| {
        let message = vector(name);
        let start = message.span(55).unwrap().start + element::ICC_DATA.rule.prefix_bytes();
        let mut offsets = Vec::new();
        message.leaves(|leaf| {
            let leaf = leaf.unwrap();
            if let Some((_, tag)) = leaf.path().split_once("55.") {
                offsets.push((tag.to_owned(), leaf.span().start - start));
            }
        });
        offsets
    };
    let first = offsets("chip, sample of 2014");
    assert_eq!(first.len(), 26);
    for (tag, offset) in
        [("5F2A", 0), ("84", 13), ("9F02", 41), ("9F10", 79), ("9F26", 94), ("9F37", 130), ("9F58", 137), ("DF04", 146)]
    {
        assert!(first.contains(&(tag.to_owned(), offset)), "{tag} at {offset}: {first:?}");
    }
    let second = offsets("chip, purchase in roubles");
    for (tag, offset) in
        [("9F26", 0), ("9F10", 15), ("95", 37), ("9F02", 52), ("82", 66), ("9F1E", 100), ("9F41", 120), ("5F34", 126)]
    {
        assert!(second.contains(&(tag.to_owned(), offset)), "{tag} at {offset}: {second:?}");
    }
}

#[test]
fn messages_that_are_wrong() {
    let wrong = |text: &str| {
        let message = match Message::parse(&iso87a::DIALECT, text.as_bytes().to_vec()) {
            Err(error) => return told(&error),
            Ok(message) => message,
        };
        message.validate().map_or_else(|violations| told(violations.first().unwrap()), |()| "accepted".to_owned())
    };
    // DE 11 has four of its six digits.
    assert_eq!(wrong("0800022000000000000006040747058040"), "11 at 30: truncated");
    assert_eq!(wrong("080002200000000000000604074705804058"), "accepted");
    // A length of twenty where there are at most nineteen.
    assert_eq!(wrong("020040000000000000002011111111111111111111"), "2 at 20: too-long");
    // A letter among six digits.
    assert_eq!(wrong("0800002000000000000080A058"), "11 at 22: value");
    // A secondary bitmap that is empty is let through, and kept.
    assert_eq!(wrong("080080200000000000000000000000000000804058"), "accepted");
    // Hex in lower case is let through, and kept.
    let message = iso87a::Message::parse("020000000000000010000123456789abcdef".as_bytes().to_vec()).unwrap();
    assert_eq!(message.pin_data().unwrap().unwrap().expose(), [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF]);
    assert_eq!(message.edit().mti("0210").finish().unwrap(), "021000000000000010000123456789abcdef".as_bytes());
    // A tag that says sixteen bytes and has ten.
    let objects = unhex("91102263BCC1C2D9C4420013");
    let wire = [b"02000000000000000200012", &objects[..]].concat();
    let error = Message::parse(&iso87a::DIALECT, wire).unwrap().validate().unwrap_err();
    let error = error.first().unwrap();
    assert_eq!(
        (told(error), error.kind().to_string()),
        ("55.91 at 25: truncated".to_owned(), "needs 16 bytes, 10 left".to_owned())
    );
}
