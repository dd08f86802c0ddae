//! What a message and an edit promise beside the laws: sharing, clones, paths into composites.

use crate::common;

use std::thread;

use common::chip::{CHIP, authorization, chip, of, over, with_chip};
use common::reference::{bitmaps, unhex};
use common::{AUTHORIZATION, dialects, leaves, told};
use isopace::iso87a::{self, FinancialRequest, ResponseCode};
use isopace::msg::{Field, Key, Kind};
use isopace::types::{Amount, Currency, Stan};
use isopace::wire::{BitmapEncoding, Class, Encoding, Prefix, Rule, Side};
use isopace::{Bytes, Edit, Error, Message};

#[test]
fn a_message_is_shared_between_threads() {
    fn shared<T: Send + Sync + Clone + 'static>(_: &T) {}
    let message = with_chip();
    shared(&message);
    shared(&message.edit().finish());
    fn sent<T: Send + Sync>() {}
    sent::<Message>();
    sent::<Edit<'static>>();
    sent::<FinancialRequest<'static>>();
    sent::<Error>();
    sent::<isopace::Violations>();
    sent::<isopace::msg::View<'static>>();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..200 {
                    assert_eq!(message.stan().unwrap(), Some(Stan::new(123_456).unwrap()));
                    assert_eq!(message.icc_data().unwrap().unwrap().children().count(), 6);
                    assert_eq!(message.clone().edit().mti("0210").finish().unwrap()[..4], *b"0210");
                }
            });
        }
    });
}

#[test]
fn a_clone_has_the_edits() {
    let message = with_chip();
    let mut edit = over(&message);
    edit.mti("0210").set_leaf("39", "05").set_leaf("55.9F26", "FFFFFFFFFFFFFFFF");
    let mut clone = edit.clone();
    assert_eq!(clone.finish().unwrap(), edit.finish().unwrap());
    // And goes its own way from there.
    clone.set_leaf("39", "00").set_leaf("55.9F26", "EEEEEEEEEEEEEEEE").set_leaf("55.DF02", "CC");
    let (edited, cloned) = (edit.finish().unwrap(), clone.finish().unwrap());
    let read = |wire: &Bytes| iso87a::Message::parse(wire.clone()).unwrap().response_code().unwrap().unwrap();
    assert_eq!((read(&edited), read(&cloned)), (ResponseCode::DO_NOT_HONOR, ResponseCode::APPROVED));
    assert_eq!(chip(&edited)[0].1, "FFFFFFFFFFFFFFFF");
    assert_eq!(chip(&cloned)[0].1, "EEEEEEEEEEEEEEEE");
    assert_eq!((chip(&edited).len(), chip(&cloned).len()), (6, 7));
    // The message under them is as it was.
    assert_eq!(chip(message.as_bytes())[0].1, "0102030405060708");
}

#[test]
fn edits_at_every_depth_are_written() {
    let dialect = dialects::nested();
    let mut edit = Edit::build(dialect);
    let pairs = [
        ("48.1", "ABC"),
        ("48.2", "4012345678909"),
        ("127.2", "4111111111111111"),
        ("127.3.1", "XYZ"),
        ("127.25.95", "0102030405"),
        ("127.25.E1.9F26", "0102030405060708"),
        ("127.130", "THIRD"),
        ("128.25.E1.9F26", "1112131415161718"),
    ];
    for (path, value) in pairs {
        edit.mti("0200").set_leaf(path, value);
    }
    let wire = edit.finish().unwrap();
    let message = Message::parse(dialect, wire.clone()).unwrap();
    assert_eq!(leaves(&message).unwrap(), of(&pairs));
    for (path, value) in pairs {
        let other: String = value.chars().rev().collect();
        let edited = message.edit().set_leaf(path, &other).finish().unwrap();
        let changed: Vec<(String, String)> = pairs
            .iter()
            .map(|&(each, value)| (each.to_owned(), if each == path { other.clone() } else { value.to_owned() }))
            .collect();
        assert_eq!(leaves(&Message::parse(dialect, edited).unwrap()).unwrap(), changed, "{path}");
        assert_eq!(message.edit().set_leaf(path, value).finish().unwrap(), wire, "{path}");
    }
}

#[test]
fn a_tag_is_replaced_appended_and_gone_with_its_parent() {
    let message = with_chip();
    assert_eq!(chip(message.as_bytes()), of(&CHIP));
    let replaced = over(&message).set_leaf("55.9F36", "00FF").finish().unwrap();
    assert_eq!(chip(&replaced)[2], ("55.9F36".to_owned(), "00FF".to_owned()));
    assert_eq!(replaced.len(), message.as_bytes().len());
    let second = over(&message).set_leaf("55.DF01#2", "BBBB").finish().unwrap();
    assert_eq!((&*chip(&second)[1].1, &*chip(&second)[3].1), ("AA", "BBBB"));
    let appended = over(&message).set_leaf("55.9F37", "01020304").finish().unwrap();
    assert_eq!(chip(&appended).last().unwrap(), &("55.9F37".to_owned(), "01020304".to_owned()));
    let third = over(&message).set_leaf("55.DF01#3", "CC").finish().unwrap();
    assert_eq!(chip(&third).last().unwrap(), &("55.DF01#3".to_owned(), "CC".to_owned()));
    let gone = message.edit().remove(55).finish().unwrap();
    assert_eq!(gone, AUTHORIZATION.as_bytes());
    let anew = over(&message).remove(55).set_leaf("55.9F37", "01020304").finish().unwrap();
    assert_eq!(chip(&anew), of(&[("55.9F37", "01020304")]));
}

#[test]
fn tags_are_an_ordered_multimap() {
    let wire = with_chip().as_bytes().clone();
    let message = iso87a::Message::parse(wire.clone()).unwrap();
    let icc = message.icc_data().unwrap().unwrap();
    let tags: Vec<String> = icc.children().map(|child| child.unwrap().key().to_string()).collect();
    assert_eq!(tags, ["9F26", "DF01", "9F36", "DF01", "9F58", "95"]);
    // A tag that begins with a zero nibble has a path like any other.
    let zero = Edit::build(&iso87a::DIALECT)
        .mti("0200")
        .set_leaf("55.0A", "01")
        .set_leaf("55.95", "0000000000")
        .finish()
        .unwrap();
    assert_eq!(chip(&zero), of(&[("55.0A", "01"), ("55.95", "0000000000")]));
}

#[test]
fn a_tag_that_cannot_be_read_back_is_not_written() {
    for tag in ["00", "9F", "5F", "9F80", "9F8080", "9F2601", "9F818181", "1F81", "000A", "9500"] {
        for value in ["", "00", "AA", "0000000000"] {
            let path = format!("55.{tag}");
            let error = Edit::build(&iso87a::DIALECT).mti("0200").set_leaf(&path, value).finish().unwrap_err();
            assert_eq!(told(&error), format!("{path} at 0: tlv"), "{value}");
        }
    }
}

#[test]
fn only_tags_can_be_repeated() {
    let dialect = dialects::nested();
    for path in ["60.64#2", "127.2#2", "48.1#2", "60.1#0", "55.95#0"] {
        let written = Edit::build(dialect)
            .mti("0200")
            .set_leaf("60.64", "AB")
            .set_leaf("127.2", "1")
            .set_leaf(path, "12")
            .finish();
        assert!(written.is_err(), "{path}");
    }
}

#[test]
fn lenient_and_strict_differ() {
    let rule = Rule::fixed(Class::N, 6, Encoding::Ascii);
    let element = |rule| vec![Field::new(Key::Number(48), "digits", "Digits", Kind::Digits, rule)];
    let wire = [b"0200", &bitmaps(BitmapEncoding::Binary, &[48], 1)[..], b"12AB56"].concat();
    let read = |rule| Message::parse(dialects::ascii(element(rule)), wire.clone()).unwrap();
    let strict = read(rule);
    assert_eq!(told(strict.validate().unwrap_err().first().unwrap()), "48 at 14: character");
    assert_eq!(told(&strict.get::<&str>(48).unwrap_err()), "48 at 14: character");
    let lenient = read(rule.lenient());
    lenient.validate().unwrap();
    assert_eq!(lenient.get::<&str>(48), Ok(Some("12AB56")));
    // Lengths are never lenient.
    assert!(Message::parse(dialects::ascii(element(rule.lenient())), wire[..15].to_vec()).is_err());
}

#[test]
fn declared_padding_is_written_and_read() {
    for (side, text) in [(Side::Left, "      AB"), (Side::Right, "AB      ")] {
        let rule = Rule::fixed(Class::An, 8, Encoding::Ascii).padded(side, b' ');
        let dialect = dialects::ascii(vec![Field::new(Key::Number(48), "word", "Word", Kind::Text, rule)]);
        let wire = Edit::build(dialect).mti("0200").set(48, "AB").finish().unwrap();
        assert!(wire.ends_with(text.as_bytes()));
        assert_eq!(Message::parse(dialect, wire).unwrap().get::<&str>(48), Ok(Some("AB")));
    }
}

#[test]

fn declared_padding_with_zeros_is_written_and_read() {
    let rule = Rule::fixed(Class::An, 8, Encoding::Ascii).padded(Side::Left, b'0');
    let dialect = dialects::ascii(vec![Field::new(Key::Number(48), "word", "Word", Kind::Text, rule)]);
    let wire = Edit::build(dialect).mti("0200").set(48, "A1").finish().unwrap();
    assert!(wire.ends_with(b"000000A1"));
    assert_eq!(Message::parse(dialect, wire).unwrap().get::<&str>(48), Ok(Some("A1")));
}

#[test]
fn the_most_of_a_variable_length_holds_both_ways() {
    let rule = Rule::variable(Class::Ans, 25, Encoding::Ascii, Prefix::ascii(2));
    let dialect = dialects::ascii(vec![Field::new(Key::Number(44), "text", "Text", Kind::Text, rule)]);
    let text = "A".repeat(26);
    assert_eq!(
        told(&Edit::build(dialect).mti("0200").set(44, text.as_str()).finish().unwrap_err()),
        "44 at 0: too-long"
    );
    let wire = [b"0200", &bitmaps(BitmapEncoding::Binary, &[44], 1)[..], b"26", text.as_bytes()].concat();
    assert_eq!(told(&Message::parse(dialect, wire).unwrap_err()), "44 at 12: too-long");
}

#[test]
fn the_class_of_content_holds_both_ways() {
    assert_eq!(
        told(&Edit::build(&iso87a::DIALECT).mti("0200").set(32, "99OO1").finish().unwrap_err()),
        "32 at 2: character"
    );
    let wire = [b"0200", &bitmaps(BitmapEncoding::Hex, &[32], 1)[..], b"0599OO1"].concat();
    assert_eq!(
        told(&iso87a::Message::parse(wire).unwrap().acquiring_institution().unwrap_err()),
        "32 at 24: character"
    );
}

#[test]
fn bits_that_announce_a_bitmap_are_never_data() {
    assert!(iso87a::DIALECT.field(1).is_none() && iso87a::DIALECT.field(65).is_none());
    let wire = [b"0200", &b"8000000000000000"[..], b"80000000000000000"].concat();
    assert_eq!(told(&Message::parse(&iso87a::DIALECT, wire).unwrap_err()), "bitmap at 36: continuation");
    assert!(Edit::build(&iso87a::DIALECT).mti("0200").set(65, "0").finish().is_err());
    // Nor within a composite of several bitmaps; the first bit of the third announces none, so it is data there.
    let maps = b"8000000000000000".repeat(3);
    let wire = [b"0200".to_vec(), bitmaps(BitmapEncoding::Hex, &[127], 2), b"000048".to_vec(), maps].concat();
    let error = Message::parse(dialects::nested(), wire).unwrap().validate().unwrap_err();
    assert_eq!(told(error.first().unwrap()), "127.129 at 90: undefined");
}

#[test]
fn an_index_is_small() {
    assert!(size_of::<Message>() <= 512, "{} bytes", size_of::<Message>());
    assert!(size_of::<Error>() <= 128, "{} bytes", size_of::<Error>());
}

#[test]
fn bytes_behind_the_last_element_are_an_error() {
    let wire = [AUTHORIZATION.as_bytes(), b"\0\0\0"].concat();
    let error = Message::parse(&iso87a::DIALECT, wire.clone()).unwrap_err();
    assert_eq!(told(&error), format!("message at {}: trailing", AUTHORIZATION.len()));
    // Unless only what there is, is asked for.
    let (message, why) = Message::parse_partial(&iso87a::DIALECT, wire);
    assert_eq!((why, message.numbers().count()), (Some(error), 18));
}

#[test]
fn an_element_that_cannot_be_read_is_not_passed_over() {
    let wire = AUTHORIZATION.replace("TERM0001", "TERM\u{7}001");
    let message = Message::parse(&iso87a::DIALECT, wire).unwrap();
    assert!(message.has(41) && message.numbers().any(|number| number == 41));
    assert_eq!(message.get::<&str>(41).unwrap_err().kind().name(), "character");
    let mut failed = 0;
    message.leaves(|leaf| failed += usize::from(leaf.unwrap().expose().is_err()));
    assert_eq!(failed, 1);
}

#[test]
fn amounts_and_dates_of_the_chip_are_packed_digits() {
    let message = authorization();
    let mut edit = over(&message);
    edit.set_leaf("55.9F02", "000000001099")
        .set_leaf("55.9A", "261120")
        .set_leaf("55.9C", "01")
        .set_leaf("55.5F2A", "840");
    let wire = edit.finish().unwrap();
    assert!(wire.windows(9).any(|window| window == unhex("9F0206000000001099")));
    let message = iso87a::Message::parse(wire).unwrap();
    let icc = message.icc_data().unwrap().unwrap();
    assert_eq!(icc.amount_authorized(), Ok(Some(Amount::minor(1099))));
    assert_eq!(icc.transaction_currency(), Ok(Some(Currency::USD)));
}
