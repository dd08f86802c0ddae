//! What a message, an edit and a typed struct promise beside the laws: sharing, clones, replies, paths into composites,
//! all violations at once.

mod common;

use std::thread;

use common::reference::{bitmaps, unhex};
use common::{AUTHORIZATION, dialects, leaves, told};
use isopace::iso87a::{self, FinancialRequest, FinancialRequestMandatory, FinancialResponse, ResponseCode};
use isopace::msg::{Field, Key, Kind};
use isopace::types::{Amount, Currency, MonthDay, MonthDayTime, Mti, Pan, ProcessingCode, Stan, Time};
use isopace::wire::{BitmapEncoding, Class, Encoding, Prefix, Rule, Side};
use isopace::{Bytes, Edit, Error, Message};

fn authorization() -> iso87a::Message {
    iso87a::Message::parse(AUTHORIZATION).unwrap()
}

/// An edit that takes paths too.
fn over(message: &Message) -> Edit<'_> {
    Edit::over(message)
}

/// A purchase with chip data: a cryptogram, one tag twice, an empty one.
fn with_chip() -> iso87a::Message {
    let message = authorization();
    let mut edit = over(&message);
    for (path, value) in CHIP {
        edit.set_leaf(path, value);
    }
    iso87a::Message::parse(edit.finish().unwrap()).unwrap()
}

const CHIP: [(&str, &str); 6] = [
    ("55.9F26", "0102030405060708"),
    ("55.DF01", "AA"),
    ("55.9F36", "0001"),
    ("55.DF01#2", "BB"),
    ("55.9F58", ""),
    ("55.95", "0000000000"),
];

/// What is inside DE 55 as paths and values.
fn chip(wire: &Bytes) -> Vec<(String, String)> {
    let message = Message::parse(&iso87a::DIALECT, wire.clone()).unwrap();
    leaves(&message).unwrap().into_iter().filter(|(path, _)| path.starts_with("55")).collect()
}

fn of(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect()
}

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
    // Nor within a composite of several bitmaps.
    let wire =
        [b"0200".to_vec(), bitmaps(BitmapEncoding::Hex, &[127], 2), b"000048".to_vec(), [b'8'; 48].to_vec()].concat();
    let error = Message::parse(dialects::nested(), wire).unwrap().validate().unwrap_err();
    assert_eq!(error.first().unwrap().kind().name(), "continuation");
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

fn mandatory() -> FinancialRequestMandatory<'static> {
    FinancialRequestMandatory {
        pan: Pan::new("4012345678909").unwrap(),
        processing_code: ProcessingCode::new("000000").unwrap(),
        amount: Amount::minor(2500),
        transmission_date_time: MonthDayTime::from_digits(b"1120072155").unwrap(),
        stan: Stan::new(123_456).unwrap(),
        local_time: Time::new(7, 21, 55).unwrap(),
        local_date: MonthDay::new(11, 20).unwrap(),
        pos_entry_mode: "051".into(),
        pos_condition_code: iso87a::PosConditionCode::new("00").unwrap(),
        terminal_id: "TERM0001".into(),
        card_acceptor_id: "MERCHANT0000001".into(),
        currency: Currency::USD,
    }
}

#[test]
fn a_typed_message_is_packed_as_it_came() {
    for message in [authorization(), with_chip()] {
        let request = FinancialRequest::try_from(&message).unwrap();
        assert_eq!(request.pan.expose(), "4012345678909");
        assert_eq!((request.amount, request.stan), (Amount::minor(2500), Stan::new(123_456).unwrap()));
        assert_eq!(request.unlisted.numbers().count(), 0);
        assert_eq!(request.pack().unwrap(), message.as_bytes());
        let mut behind = b"before".to_vec();
        request.pack_into(&mut behind).unwrap();
        assert_eq!(behind[6..], message.as_bytes()[..]);
    }
}

#[test]
fn a_typed_message_from_nothing_is_the_same() {
    let mut request = FinancialRequest::new(mandatory());
    let original = authorization();
    let received = FinancialRequest::try_from(&original).unwrap();
    request.expiration_date = received.expiration_date;
    request.merchant_type = Some("5411".into());
    request.acquiring_institution = Some("99001".into());
    request.track2 = received.track2.clone();
    request.rrn = Some("000000123456".into());
    request.card_acceptor_name_location = received.card_acceptor_name_location;
    assert_eq!(request.pack().unwrap(), AUTHORIZATION.as_bytes());
}

#[test]
fn all_violations_at_once() {
    let message = authorization();
    let wire = message.edit().remove(11).remove(41).remove(49).finish().unwrap();
    let text = String::from_utf8(wire.to_vec()).unwrap();
    // A letter in the amount and a month of thirteen.
    let text = text.replacen("000000002500", "00000000X500", 1).replacen("0721551120", "0721551320", 1);
    let broken = iso87a::Message::parse(text.into_bytes()).unwrap();
    let violations = FinancialRequest::try_from(&broken).unwrap_err();
    let found: Vec<String> =
        violations.iter().map(|error| format!("{}: {}", error.path(), error.kind().name())).collect();
    assert_eq!(found, ["4: value", "11: missing", "13: value", "41: missing", "49: missing"]);
    assert!(violations.to_string().split("; ").count() == 5);
}

#[test]
fn another_message_type_is_a_violation_and_a_repeat_is_not() {
    let message = authorization();
    let other = iso87a::Message::parse(message.edit().mti("0100").finish().unwrap()).unwrap();
    let violations = FinancialRequest::try_from(&other).unwrap_err();
    assert_eq!(violations.iter().map(told).collect::<Vec<_>>(), ["mti at 0: message-type"]);
    let repeat = iso87a::Message::parse(message.edit().mti("0201").finish().unwrap()).unwrap();
    let request = FinancialRequest::try_from(&repeat).unwrap();
    assert_eq!(request.mti, Mti::new("0201").unwrap());
    assert_eq!(request.pack().unwrap(), repeat.as_bytes());
}

#[test]
fn elements_that_the_message_type_does_not_list_are_kept() {
    let message = authorization();
    let mut edit = over(&message);
    // DE 39, 44 and 120 are of no financial request.
    edit.set_leaf("39", "00").set_leaf("44", "A").set_leaf("120", "PRIVATE");
    let message = iso87a::Message::parse(edit.finish().unwrap()).unwrap();
    let mut request = FinancialRequest::try_from(&message).unwrap();
    assert_eq!(request.unlisted.numbers().collect::<Vec<_>>(), [39, 44, 120]);
    assert_eq!(request.unlisted.get::<&str>(120), Ok(Some("PRIVATE")));
    assert_eq!(request.unlisted.get::<&str>(41), Ok(None));
    assert_eq!(request.pack().unwrap(), message.as_bytes());
    request.stan = Stan::new(654_321).unwrap();
    request.rrn = None;
    let changed = iso87a::Message::parse(request.pack().unwrap()).unwrap();
    assert_eq!(changed.stan(), Ok(Some(Stan::new(654_321).unwrap())));
    assert_eq!((changed.rrn().unwrap().is_none(), changed.get::<&str>(120)), (true, Ok(Some("PRIVATE"))));
}

#[test]
fn a_reply_is_what_the_spec_says() {
    let message = authorization();
    let wire = message.reply().unwrap().response_code(ResponseCode::APPROVED).finish().unwrap();
    let reply = iso87a::Message::parse(wire).unwrap();
    assert_eq!(reply.mti(), "0210");
    assert_eq!(reply.numbers().collect::<Vec<_>>(), [2, 3, 4, 7, 11, 12, 13, 32, 37, 39, 41, 42, 49]);
    for number in reply.numbers().filter(|number| *number != 39) {
        let (was, is) = (message.raw(number).unwrap(), reply.raw(number).unwrap());
        assert_eq!(was.bytes(), is.bytes(), "{number}");
    }
    let response = FinancialResponse::try_from(&reply).unwrap();
    assert_eq!(response.response_code, ResponseCode::APPROVED);
    // A repeat is answered like its original; an answer is not answered.
    let repeat = iso87a::Message::parse(message.edit().mti("0201").finish().unwrap()).unwrap();
    assert_eq!(repeat.reply().unwrap().finish().unwrap()[..4], *b"0210");
    assert_eq!(told(&reply.reply().map(drop).unwrap_err()), "mti at 0: no-message");
}

#[test]
fn a_reply_has_no_empty_bitmap() {
    let message = authorization();
    let request = iso87a::Message::parse(
        over(&message).set(102, &isopace::types::SecretText::new("1").unwrap()).finish().unwrap(),
    )
    .unwrap();
    let reply = request.reply().unwrap().response_code(ResponseCode::APPROVED).finish().unwrap();
    assert_eq!(reply, message.reply().unwrap().response_code(ResponseCode::APPROVED).finish().unwrap());
}

#[test]
fn an_element_of_the_second_bitmap_brings_it_and_takes_nothing_away() {
    let message = authorization();
    let wire = over(&message).set(100, "12345").finish().unwrap();
    assert_eq!(wire.len(), AUTHORIZATION.len() + 16 + 7);
    let with = iso87a::Message::parse(wire).unwrap();
    assert_eq!(with.receiving_institution().unwrap().unwrap(), "12345");
    let without = Message::parse(&iso87a::DIALECT, with.edit().remove(100).finish().unwrap()).unwrap();
    assert_eq!(without.numbers().collect::<Vec<_>>(), message.numbers().collect::<Vec<_>>());
}
