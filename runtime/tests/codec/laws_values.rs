//! Law 3 for what values mean: every type is read as it was written, in every encoding that can hold it; and what an
//! element takes it can give back.

use crate::common;

use std::borrow::Cow;
use std::fmt::Debug;

use common::{cases, dialects};
use isopace::iso87a;
use isopace::msg::{Decode, Encode, Field, Key, Kind};
use isopace::types::{
    Amount, Currency, Date, DateTime, KeyData, MonthDay, MonthDayTime, Pan, PinBlock, ProcessingCode, SecretText,
    SignedAmount, Stan, Text, Time, Track1, Track2, YearMonth,
};
use isopace::wire::{Class, Encoding, Length, Prefix, PrefixEncoding, Rule, Side};
use isopace::{Dialect, Edit, Message};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// Every way in which an element of this class may stand: each encoding, of this fixed length or with each prefix.
fn rules(class: Class, fixed: Option<u32>, max: u32) -> Vec<Rule> {
    let encodings: Vec<Encoding> = match class {
        Class::B => vec![Encoding::Raw, Encoding::Hex, Encoding::EbcdicHex],
        _ => [Encoding::Ascii, Encoding::Cp037, Encoding::Cp1047, Encoding::Latin1, Encoding::Utf8]
            .into_iter()
            .chain(if packs(class) { all_packed() } else { Vec::new() })
            .collect(),
    };
    let mut rules = Vec::new();
    for encoding in encodings {
        rules.extend(fixed.map(|units| Rule::fixed(class, units, encoding)));
        for prefix in prefixes() {
            rules.push(Rule::variable(class, max, encoding, prefix));
            if !matches!(encoding, Encoding::Bcd { pad_nibble: 0..=9, .. }) {
                rules.push(Rule::variable(class, max, encoding, prefix.counting_bytes()));
                rules.push(Rule::variable(class, max, encoding, prefix.counting_bytes().inclusive()));
            }
        }
    }
    rules
}

fn packs(class: Class) -> bool {
    matches!(class, Class::N | Class::Z | Class::Xn)
}

fn all_packed() -> Vec<Encoding> {
    let sides = [Side::Left, Side::Right];
    sides
        .into_iter()
        .flat_map(|pad_side| [0, 9, 0xF].map(|pad_nibble| Encoding::Bcd { pad_side, pad_nibble }))
        .collect()
}

fn prefixes() -> [Prefix; 6] {
    [
        Prefix::ascii(3),
        Prefix::new(PrefixEncoding::Ebcdic, 3),
        Prefix::new(PrefixEncoding::Bcd, 3),
        Prefix::new(PrefixEncoding::BinaryBe, 2),
        Prefix::new(PrefixEncoding::BinaryLe, 2),
        Prefix::new(PrefixEncoding::Hex, 3),
    ]
}

/// A dialect with DE 48 by each of the rules.
fn dialects_of(kind: Kind, rules: Vec<Rule>) -> Vec<&'static Dialect> {
    rules
        .into_iter()
        .map(|rule| dialects::ascii(vec![Field::new(Key::Number(48), "value", "Value", kind, rule)]))
        .collect()
}

/// Writes a value in each of the dialects and reads it back; so it does whole and after an edit of something else.
macro_rules! comes_back {
    ($type:ty, $dialects:expr, $value:expr) => {
        for dialect in $dialects {
            let rule = &dialect.fields()[0].rule;
            let wire = Edit::build(dialect).mti("0200").set(48, &$value).finish();
            let wire = wire.unwrap_or_else(|error| panic!("{:?} by {rule:?}: {error}", $value));
            let message = Message::parse(dialect, wire).unwrap_or_else(|error| panic!("{rule:?}: {error}"));
            let back = message.get::<$type>(48).unwrap_or_else(|error| panic!("{rule:?}: {error}"));
            assert!(back.as_ref() == Some(&$value), "{back:?} for {:?} by {rule:?}", $value);
            message.validate().unwrap_or_else(|error| panic!("{rule:?}: {error}"));
            let again = message.edit().set(48, &back.unwrap()).finish().unwrap();
            assert_eq!(&again, message.as_bytes(), "by {rule:?}");
        }
    };
}

fn run<T: Debug>(count: u32, strategy: impl Strategy<Value = T>, check: impl Fn(T)) {
    let outcome = TestRunner::new(cases(count)).run(&strategy, |value| {
        check(value);
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

/// Those of the rules that have a fixed length, for types that write one.
fn fixed(class: Class, units: u32) -> Vec<Rule> {
    rules(class, Some(units), units)
}

#[test]
fn numbers_and_dates() {
    let stans = dialects_of(Kind::Stan, fixed(Class::N, 6));
    let codes = dialects_of(Kind::ProcessingCode, fixed(Class::N, 6));
    let currencies = dialects_of(Kind::Currency, fixed(Class::N, 3));
    let letters = dialects_of(Kind::Currency, fixed(Class::An, 3));
    run(20, (0..1_000_000u32, 0..1000u16), |(number, numeric)| {
        comes_back!(Stan, &stans, Stan::new(number).unwrap());
        comes_back!(ProcessingCode, &codes, ProcessingCode::new(&format!("{number:06}")).unwrap());
        comes_back!(Currency, &currencies, Currency::new(numeric).unwrap());
        comes_back!(Currency, &letters, Currency::new(numeric).unwrap());
    });
    let months = dialects_of(Kind::MonthDayTime, fixed(Class::N, 10));
    let days = dialects_of(Kind::MonthDay, fixed(Class::N, 4));
    let times = dialects_of(Kind::Time, fixed(Class::N, 6));
    let years = dialects_of(Kind::YearMonth, fixed(Class::N, 4));
    let dates = dialects_of(Kind::Date, fixed(Class::N, 6));
    let both = dialects_of(Kind::DateTime, fixed(Class::N, 12));
    let parts = (0..100u8, 1..=12u8, 1..=28u8, 0..24u8, 0..60u8, 0..60u8);
    run(20, parts, |(year, month, day, hour, minute, second)| {
        let (time, day_of) = (Time::new(hour, minute, second).unwrap(), MonthDay::new(month, day).unwrap());
        let date = Date::new(year, month, day).unwrap();
        comes_back!(Time, &times, time);
        comes_back!(MonthDay, &days, day_of);
        comes_back!(MonthDayTime, &months, MonthDayTime::new(day_of, time));
        comes_back!(YearMonth, &years, YearMonth::new(year, month).unwrap());
        comes_back!(Date, &dates, date);
        comes_back!(DateTime, &both, DateTime::new(date, time));
    });
}

#[test]
fn amounts_and_counts() {
    for digits in [1, 2, 3, 8, 9, 12, 15, 16, 19] {
        let amounts = dialects_of(Kind::Amount, rules(Class::N, Some(digits), digits));
        let numbers = dialects_of(Kind::Number, rules(Class::N, Some(digits), digits));
        let most = 10u64.pow(digits) - 1;
        for units in [0, 1, 9, 10, 99, 100, most / 2, most] {
            comes_back!(Amount, &amounts, Amount::minor(units.min(most)));
            comes_back!(u64, &numbers, units.min(most));
        }
        for dialect in amounts.iter().chain(&numbers) {
            for over in [most + 1, u64::MAX] {
                let written = Edit::build(dialect).mti("0200").set(48, &over).finish();
                let error = written.expect_err("a number with too many digits");
                assert_eq!(error.path().to_string(), "48");
                assert!(matches!(error.kind().name(), "too-long" | "value"), "{error}");
            }
        }
        let signed = dialects_of(Kind::SignedAmount, rules(Class::Xn, Some(digits + 1), digits + 1));
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        for units in [0, 1, -1, 9, -9, most, -most] {
            comes_back!(SignedAmount, &signed, SignedAmount::minor(units.clamp(-most, most)));
        }
    }
    let small = dialects_of(Kind::Number, rules(Class::N, Some(2), 2));
    let medium = dialects_of(Kind::Number, rules(Class::N, Some(4), 4));
    let large = dialects_of(Kind::Number, rules(Class::N, Some(9), 9));
    run(20, (0..100u8, 0..10_000u16, 0..1_000_000_000u32), |(small_one, medium_one, large_one)| {
        comes_back!(u8, &small, small_one);
        comes_back!(u16, &medium, medium_one);
        comes_back!(u32, &large, large_one);
    });
}

#[test]
fn a_debit_of_nothing_stays_a_debit() {
    let debit = SignedAmount::debit(Amount::ZERO).unwrap();
    let dialects = dialects_of(Kind::SignedAmount, fixed(Class::Xn, 9));
    for dialect in dialects {
        let wire = Edit::build(dialect).mti("0200").set(48, &debit).finish().unwrap();
        assert!(Message::parse(dialect, wire).unwrap().get::<SignedAmount>(48).unwrap().unwrap().is_debit());
    }
}

#[test]
fn cards_and_tracks() {
    let pans = dialects_of(Kind::Pan, rules(Class::N, None, 19));
    let pans_in_text = dialects_of(Kind::Pan, rules(Class::Ans, None, 28));
    for length in 1..=19 {
        let digits: String = (0..length).map(|place| char::from(b'0' + (place % 10) as u8)).collect();
        comes_back!(Pan<'_>, &pans, Pan::new(&digits).unwrap());
        comes_back!(Pan<'_>, &pans_in_text, Pan::new(&digits).unwrap());
    }
    let tracks = dialects_of(Kind::Track2, rules(Class::Z, None, 37));
    let tracks_in_text = dialects_of(Kind::Track2, rules(Class::Ans, None, 40));
    run(30, "[0-9]{1,19}=[0-9]{0,17}", |text| {
        comes_back!(Track2<'_>, &tracks, Track2::new(&text).unwrap());
        comes_back!(Track2<'_>, &tracks_in_text, Track2::new(&text).unwrap());
    });
    let tracks = dialects_of(Kind::Track1, rules(Class::Ans, None, 76));
    run(30, "[ -~]{1,76}", |text| comes_back!(Track1<'_>, &tracks, Track1::new(&text).unwrap()));
}

#[test]
fn secrets() {
    let texts = dialects_of(Kind::Text, rules(Class::Ans, None, 999));
    // As text: whether a value is equal to another is tried below.
    run(20, "[ -~]{0,120}", |text| {
        for dialect in &texts {
            let value = SecretText::new(&text).unwrap();
            let wire = Edit::build(dialect).mti("0200").set(48, &value).finish().unwrap();
            let message = Message::parse(dialect, wire).unwrap();
            assert_eq!(message.get::<SecretText<'_>>(48).unwrap().unwrap().expose(), text);
        }
    });
    let blocks = dialects_of(Kind::PinBlock, fixed(Class::B, 8));
    let wide = dialects_of(Kind::PinBlock, fixed(Class::B, 16));
    let keys = dialects_of(Kind::Bytes, rules(Class::B, None, 999));
    run(
        20,
        (any::<[u8; 8]>(), any::<[u8; 16]>(), proptest::collection::vec(any::<u8>(), 1..80)),
        |(eight, sixteen, key)| {
            comes_back!(PinBlock<'_>, &blocks, PinBlock::from_bytes(&eight).unwrap());
            comes_back!(PinBlock<'_>, &wide, PinBlock::from_bytes(&sixteen).unwrap());
            comes_back!(KeyData<'_>, &keys, KeyData::from_bytes(&key).unwrap());
        },
    );
}

#[test]

fn a_secret_is_equal_to_its_copy() {
    let text = SecretText::new("4012345678909").unwrap();
    assert!(text.clone().into_owned() == text);
    assert!(text.clone().into_owned() == text.clone().into_owned());
    assert!(text != SecretText::new("4012345678908").unwrap().into_owned());
}

#[test]
fn text_and_bytes() {
    let texts = dialects_of(Kind::Text, rules(Class::Ans, None, 999));
    let bytes = dialects_of(Kind::Bytes, rules(Class::B, None, 999));
    let eight = dialects_of(Kind::Bytes, fixed(Class::B, 8));
    let eight: Vec<_> =
        eight.into_iter().filter(|dialect| dialect.fields()[0].rule.length == Length::Fixed(8)).collect();
    run(20, ("[ -~]{0,60}", proptest::collection::vec(any::<u8>(), 0..60), any::<[u8; 8]>()), |(text, some, array)| {
        comes_back!(String, &texts, text.clone());
        comes_back!(Cow<'_, str>, &texts, Cow::Borrowed(text.as_str()));
        comes_back!(Vec<u8>, &bytes, some.clone());
        comes_back!(Cow<'_, [u8]>, &bytes, Cow::Borrowed(some.as_slice()));
        comes_back!([u8; 8], &eight, array);
        let borrowed =
            |dialect: &&&Dialect| matches!(dialect.fields()[0].rule.encoding, Encoding::Ascii | Encoding::Utf8);
        comes_back!(&str, texts.iter().filter(borrowed), text.as_str());
        comes_back!(Text<'_>, texts.iter().filter(borrowed), Text::from(text.as_str()));
        let raw = |dialect: &&&Dialect| dialect.fields()[0].rule.encoding == Encoding::Raw;
        comes_back!(&[u8], bytes.iter().filter(raw), some.as_slice());
    });
}

#[test]
fn codes_known_and_unknown() {
    use iso87a::{PosConditionCode, ResponseCode, SettlementCode};
    let two = dialects_of(Kind::Code, fixed(Class::An, 2));
    let digits = dialects_of(Kind::Code, fixed(Class::N, 2));
    let one = dialects_of(Kind::Code, fixed(Class::An, 1));
    run(30, ("[0-9A-Za-z]{2}", "[0-9]{2}", "[0-9A-Z]"), |(code, number, letter)| {
        comes_back!(ResponseCode, &two, ResponseCode::new(&code).unwrap());
        comes_back!(PosConditionCode, &digits, PosConditionCode::new(&number).unwrap());
        comes_back!(SettlementCode, &one, SettlementCode::new(&letter).unwrap());
    });
}

/// Elements of every class in every encoding, fixed and variable.
fn every_element() -> Vec<(&'static Dialect, &'static Field)> {
    use Class::{A, An, Anp, Ans, As, B, N, Ns, Xn, Z};
    let mut all = Vec::new();
    for class in [N, A, An, As, Ns, Anp, Ans, Z, Xn, B] {
        let kind = if class == B { Kind::Bytes } else { Kind::Text };
        for dialect in dialects_of(kind, rules(class, Some(12), 19)) {
            all.push((dialect, &dialect.fields()[0]));
        }
    }
    all
}

/// What a type writes into an element, if it takes it at all, is content that its class allows.
fn written_well<T: Encode + ?Sized>(name: &str, value: &T) {
    for (dialect, field) in every_element() {
        let Ok(wire) = Edit::build(dialect).mti("0200").set(48, value).finish() else { continue };
        let message =
            Message::parse(dialect, wire).unwrap_or_else(|error| panic!("{name} in {:?}: {error}", field.rule));
        message.validate().unwrap_or_else(|error| panic!("{name} in {:?}: {error}", field.rule));
    }
}

#[test]
fn an_element_takes_nothing_that_it_cannot_give_back() {
    written_well("a number", &7u64);
    written_well("a number of twelve digits", &123_456_789_012u64);
    written_well("an amount", &Amount::minor(2500));
    written_well("a signed amount", &SignedAmount::minor(-2500));
    written_well("a STAN", &Stan::new(123_456).unwrap());
    written_well("a date and time", &DateTime::from_digits(b"261120072155").unwrap());
    written_well("a PAN", &Pan::new("4012345678909").unwrap());
    written_well("a track", &Track2::new("4012345678909=2812").unwrap());
    written_well("a track with D", &Track2::new("4012345678909D2812").unwrap());
    written_well("a track 1", &Track1::new("B4012^DOE/JANE^28").unwrap());
    written_well("a PIN block", &PinBlock::from_bytes(&[7; 8]).unwrap());
    written_well("a key", &KeyData::from_bytes(&[7; 12]).unwrap());
    written_well("a code", &iso87a::ResponseCode::APPROVED);
    for text in [
        "",
        "1",
        "12",
        "123",
        "AB",
        "AB ",
        " AB",
        "AB\t",
        "\tAB",
        "AB\n",
        "AB\u{b}",
        "AB\u{c}",
        "12 ",
        "C12",
        "D1234567890",
        "X12",
        "12=34",
        "12;34",
        "12:34",
        "12D34",
        "12>34?<",
        "é",
        "ABé",
        "Ã©",
        "\u{80}",
        "\u{ff}",
        "€",
        "\0",
        "A1!",
        "123456789012",
        "ABCDEFGHIJKL",
    ] {
        written_well(&format!("the text {text:?}"), text);
    }
    written_well("bytes", &[0u8, 255][..]);
}

#[test]
fn text_comes_back_as_it_was_or_is_refused() {
    let strategy = prop_oneof!["[ -~]{0,13}", "\\PC{0,13}", "[0-9=D:;<>?]{0,13}", "[CD][0-9]{0,12}"];
    let elements = every_element();
    run(300, strategy, |text| {
        for (dialect, field) in &elements {
            let Ok(wire) = Edit::build(dialect).mti("0200").set_leaf("48", &text).finish() else { continue };
            let message = Message::parse(dialect, wire).unwrap_or_else(|error| panic!("{:?}: {error}", field.rule));
            let mut back = String::new();
            message.leaves(|leaf| {
                back = leaf.unwrap().expose().unwrap_or_else(|error| panic!("{text:?} by {:?}: {error}", field.rule));
            });
            let expected = match (field.rule.class, field.rule.length, field.rule.encoding) {
                (Class::B, ..) => text.to_ascii_uppercase(),
                // One nibble stands for both separators.
                (Class::Z, _, Encoding::Bcd { .. }) => text.replace('D', "="),
                (_, Length::Fixed(units), _) if field.rule.pad.is_some_and(|pad| pad.fill == b' ') => {
                    format!("{text:<0$}", units as usize)
                }
                _ => text.clone(),
            };
            assert_eq!(back, expected, "by {:?}", field.rule);
        }
    });
}

/// Reads what a type wrote: the types of this test are those that generated code uses.
#[test]
fn what_cannot_hold_an_element_does_not_read_it() {
    fn refused<'a, T: Decode<'a>>(message: &'a Message, number: u8) -> bool {
        message.get::<T>(number).is_err_and(|error| error.kind().name() == "type")
    }
    let message = Message::parse(&iso87a::DIALECT, common::AUTHORIZATION).unwrap();
    assert!(refused::<&str>(&message, 2) && refused::<String>(&message, 2) && refused::<u64>(&message, 2));
    assert!(refused::<&str>(&message, 35) && refused::<&[u8]>(&message, 35) && refused::<Pan<'_>>(&message, 35));
    assert!(refused::<u32>(&message, 4) && refused::<Stan>(&message, 4) && !refused::<u64>(&message, 4));
    assert!(refused::<&[u8]>(&message, 41) && refused::<u8>(&message, 41) && !refused::<SecretText<'_>>(&message, 41));
}
