//! Law 2: no input panics, hangs, or allocates more than a bound that its length sets.

use crate::common;

use std::time::{Duration, Instant};

use common::messages::message;
use common::reference::{bitmaps, unhex};
use common::{AUTHORIZATION, cases, dialects};
use isopace::iso87a::{self, FinancialRequest};
use isopace::msg::{Composite, CompositeKind, Field, Key, Kind};
use isopace::wire::{BitmapEncoding, Class, Encoding, Prefix, PrefixEncoding, Rule};
use isopace::{Dialect, Message};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;

/// Bytes of memory that indexing may take, whatever comes in: the index itself, and the input once, taken over.
const INDEX: u64 = 4096;
/// Bytes of memory for each byte of input when everything is shown, read and proven.
const EACH: u64 = 400;

/// Everything a received message can be asked for.
fn use_it(dialect: &'static Dialect, wire: &[u8]) {
    let (partial, error) = Message::parse_partial(dialect, wire.to_vec());
    ask(&partial);
    for number in partial.numbers() {
        assert!(partial.span(number).is_some_and(|span| span.end <= wire.len()), "element {number} is nowhere");
    }
    for written in [
        partial.edit().mti("0210").finish(),
        partial.edit().set_leaf("39", "00").finish(),
        partial.edit().remove(2).remove(55).remove(128).mti("0210").finish(),
        partial.reply().and_then(|mut reply| reply.set_leaf("39", "00").finish()),
    ]
    .into_iter()
    .flatten()
    {
        Message::parse(dialect, written).expect("what an edit writes can be read");
    }
    assert_eq!(partial.edit().finish().unwrap(), wire);
    match Message::parse(dialect, wire.to_vec()) {
        Ok(message) => {
            assert!(error.is_none());
            assert_eq!(message.edit().finish().unwrap(), wire);
        }
        Err(other) => {
            assert_eq!(Some(other), error);
            let _ = format!("{other} {other:?} {:?}", other.hint());
        }
    }
}

fn ask(message: &Message) {
    let _ = format!("{message:?}");
    if let Err(violations) = message.validate() {
        let _ = format!("{violations} {violations:?}");
    }
    message.leaves(|leaf| {
        if let Ok(leaf) = leaf {
            let _ = (leaf.path().len(), leaf.name(), leaf.span(), leaf.masked(), leaf.expose());
        }
    });
    for number in 0..=u8::MAX {
        let _ = (message.has(number), message.span(number), message.raw(number).map(|raw| raw.leaf()));
        let _ = message.get::<String>(number);
        let _ = message.get::<u64>(number);
        let _ = message.get::<Vec<u8>>(number);
    }
    for path in ["55.9F26", "55.5A", "90.1", "127.25.95", "48.3"] {
        let _ = message.at::<&[u8]>(path);
        let _ = message.at::<String>(path);
        let _ = message.edit().set_leaf(path, "0102030405060708").finish();
    }
}

/// How a good message is spoilt.
#[derive(Debug, Clone)]
enum Harm {
    Cut(Index),
    Byte(Index, u8),
    Bit(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Twice(Index, usize),
}

fn harm() -> impl Strategy<Value = Harm> {
    prop_oneof![
        any::<Index>().prop_map(Harm::Cut),
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Harm::Byte(at, byte)),
        (any::<Index>(), 0..8u8).prop_map(|(at, bit)| Harm::Bit(at, bit)),
        (any::<Index>(), vec(any::<u8>(), 1..8)).prop_map(|(at, bytes)| Harm::Insert(at, bytes)),
        (any::<Index>(), 1..8usize).prop_map(|(at, count)| Harm::Remove(at, count)),
        (any::<Index>(), 1..40usize).prop_map(|(at, count)| Harm::Twice(at, count)),
    ]
}

fn harmed(mut wire: Vec<u8>, harms: &[Harm]) -> Vec<u8> {
    for harm in harms {
        // Any byte, or the end.
        let place = |at: &Index| at.index(wire.len() + 1);
        let (start, count, anew) = match harm {
            Harm::Cut(at) => (place(at), usize::MAX, Vec::new()),
            Harm::Byte(at, byte) => (place(at), 1, vec![*byte]),
            Harm::Bit(at, bit) => (place(at), 1, wire.get(place(at)).map(|byte| byte ^ 1 << bit).into_iter().collect()),
            Harm::Insert(at, bytes) => (place(at), 0, bytes.clone()),
            Harm::Remove(at, count) => (place(at), *count, Vec::new()),
            Harm::Twice(at, count) => (place(at), 0, wire[place(at)..].iter().copied().take(*count).collect()),
        };
        let end = start.saturating_add(count).min(wire.len());
        wire.splice(start..end, anew);
    }
    wire
}

#[test]
fn random_bytes() {
    for dialect in dialects::all() {
        let outcome = TestRunner::new(cases(200)).run(&vec(any::<u8>(), 0..300), |wire| {
            use_it(dialect, &wire);
            Ok(())
        });
        outcome.unwrap_or_else(|failure| panic!("{}: {failure}", dialect.name()));
    }
}

#[test]
fn random_bytes_behind_a_good_header() {
    for dialect in dialects::all() {
        let header = common::reference::mti(dialect.mti_encoding(), "0200");
        let strategy = (vec(1..=192u16, 0..6), vec(any::<u8>(), 0..300));
        let outcome = TestRunner::new(cases(200)).run(&strategy, |(mut numbers, rest)| {
            let maps = usize::from(dialect.bitmap().maps);
            numbers.retain(|number| *number % 64 != 1 && usize::from(*number) <= maps * 64);
            let bitmaps = bitmaps(dialect.bitmap().encoding, &numbers, maps);
            use_it(dialect, &[&header[..], &bitmaps, &rest].concat());
            Ok(())
        });
        outcome.unwrap_or_else(|failure| panic!("{}: {failure}", dialect.name()));
    }
}

#[test]
fn messages_spoilt_in_every_way() {
    for dialect in dialects::all() {
        let strategy = (message(dialect), vec(harm(), 1..5));
        let outcome = TestRunner::new(cases(100)).run(&strategy, |(sample, harms)| {
            use_it(dialect, &harmed(sample.wire, &harms));
            Ok(())
        });
        outcome.unwrap_or_else(|failure| panic!("{}: {failure}", dialect.name()));
    }
}

#[test]
fn a_message_cut_at_every_byte_is_an_error_that_says_so() {
    for dialect in dialects::all() {
        let outcome = TestRunner::new(cases(10)).run(&message(dialect), |sample| {
            for end in 0..sample.wire.len() {
                let error = Message::parse(dialect, sample.wire[..end].to_vec()).expect_err("a message cut short");
                prop_assert!(error.offset() <= end);
                // Looking at all that is there takes long; samples differ in where they are cut.
                if end % 5 == sample.wire.len() % 5 {
                    use_it(dialect, &sample.wire[..end]);
                }
            }
            Ok(())
        });
        outcome.unwrap_or_else(|failure| panic!("{}: {failure}", dialect.name()));
    }
}

/// Bytes that a piece of code takes in all, freed again or not, and how much of it at a time.
fn measured<T>(code: impl FnOnce() -> T) -> (u64, u64, u64) {
    let info = allocation_counter::measure(|| drop(std::hint::black_box(code())));
    (info.count_total, info.bytes_total, info.bytes_max)
}

#[test]
fn a_received_message_is_read_without_allocating() {
    let wire = isopace::Bytes::from_static(AUTHORIZATION.as_bytes());
    // The memory of one index is kept for the next.
    drop(iso87a::Message::parse(wire.clone()));
    let (count, ..) = measured(|| {
        let message = iso87a::Message::parse(wire.clone()).unwrap();
        message.stan().unwrap();
        message.amount().unwrap();
        message.track2().unwrap();
        message.card_acceptor_id().unwrap();
        let request = FinancialRequest::try_from(&message).unwrap();
        request.unlisted.numbers().count()
    });
    assert_eq!(count, 0);
}

#[test]
fn a_message_is_written_in_one_allocation() {
    let message = iso87a::Message::parse(isopace::Bytes::from_static(AUTHORIZATION.as_bytes())).unwrap();
    let request = FinancialRequest::try_from(&message).unwrap();
    // The buffer, and the count of references that lets it be shared.
    assert!(measured(|| request.pack().unwrap()).0 <= 2);
    assert!(
        measured(|| message.reply().unwrap().response_code(iso87a::ResponseCode::APPROVED).finish().unwrap()).0 <= 2
    );
}

#[test]
fn memory_is_bounded_by_the_length_of_the_input() {
    for dialect in dialects::all() {
        let strategy = (message(dialect), vec(harm(), 0..3));
        let outcome = TestRunner::new(cases(60)).run(&strategy, |(sample, harms)| {
            let wire = isopace::Bytes::from(harmed(sample.wire, &harms));
            let length = wire.len() as u64;
            let (_, _, most) = measured(|| Message::parse(dialect, wire.clone()));
            prop_assert!(most <= INDEX, "{most} bytes to index {length}");
            let (partial, _) = Message::parse_partial(dialect, wire);
            let (_, _, most) = measured(|| (format!("{partial:?}"), partial.validate()));
            prop_assert!(most <= INDEX + EACH * length, "{most} bytes to show {length}");
            Ok(())
        });
        outcome.unwrap_or_else(|failure| panic!("{}: {failure}", dialect.name()));
    }
}

/// A dialect of one element, DE 48, by this rule, and a message of it with this content.
fn of_one(rule: Rule, content: &[u8]) -> (&'static Dialect, Vec<u8>) {
    let field = Field::new(Key::Number(48), "data", "Data", Kind::Bytes, rule)
        .composite(Composite::new(CompositeKind::BerTlv, &[]));
    let dialect = dialects::ascii(vec![field]);
    let wire = [b"0200", &bitmaps(BitmapEncoding::Binary, &[48], 1)[..], content].concat();
    (dialect, wire)
}

#[test]
fn lengths_that_promise_too_much_take_nothing() {
    for width in 1..=4 {
        for encoding in [PrefixEncoding::BinaryBe, PrefixEncoding::BinaryLe] {
            let rule = Rule::variable(Class::B, u32::MAX, Encoding::Raw, Prefix::new(encoding, width));
            let (dialect, wire) = of_one(rule, &vec![0xFF; usize::from(width) + 3]);
            let wire = isopace::Bytes::from(wire);
            let (_, _, most) = measured(|| Message::parse(dialect, wire.clone()).unwrap_err());
            assert!(most <= INDEX, "{most} bytes for {encoding:?} {width}");
            use_it(dialect, &wire);
        }
    }
    // Lengths of tags.
    for length in ["7F", "81FF", "82FFFF", "83FFFFFF", "84FFFFFFFF", "84FFFFFFFE", "85FFFFFFFFFF", "80", "FF"] {
        let object = unhex(&format!("9F26{length}00"));
        let rule = Rule::variable(Class::B, 999, Encoding::Raw, Prefix::ascii(3));
        let (dialect, wire) = of_one(rule, &[format!("{:03}", object.len()).as_bytes(), &object].concat());
        let message = Message::parse(dialect, wire).unwrap();
        let (_, _, most) = measured(|| message.validate().unwrap_err());
        assert!(most <= INDEX, "{most} bytes for a length of {length}");
    }
}

#[test]
fn half_a_million_tags_are_shown_in_time() {
    let count = 499_999;
    let content = [format!("{:06}", count * 2).into_bytes(), unhex("C100").repeat(count)].concat();
    let rule = Rule::variable(Class::B, 999_999, Encoding::Raw, Prefix::ascii(6));
    let (dialect, wire) = of_one(rule, &content);
    let message = Message::parse(dialect, wire).unwrap();
    let started = Instant::now();
    let mut seen = 0;
    message.leaves(|leaf| {
        leaf.unwrap();
        seen += 1;
        assert!(started.elapsed() < Duration::from_secs(20), "still at tag {seen} of {count}");
    });
    assert_eq!(seen, count);
}

#[test]
fn tags_within_tags_end_where_the_spec_ends() {
    // Constructed objects in one another, far deeper than any stack; the spec does not open them.
    let mut object = Vec::new();
    for _ in 0..200 {
        let length = object.len();
        let head = match length {
            0..=0x7F => vec![0xE1, length as u8],
            0x80..=0xFF => vec![0xE1, 0x81, length as u8],
            _ => vec![0xE1, 0x82, (length >> 8) as u8, length as u8],
        };
        object = [head, object].concat();
    }
    let rule = Rule::variable(Class::B, 999, Encoding::Raw, Prefix::ascii(3));
    let (dialect, wire) = of_one(rule, &[format!("{:03}", object.len()).as_bytes(), &object].concat());
    use_it(dialect, &wire);
    use_it(
        dialects::nested(),
        &[b"0200", "0000000000000200".as_bytes(), format!("{:03}", object.len()).as_bytes(), &object].concat(),
    );
}

#[test]
fn paths_of_all_kinds() {
    let message = Message::parse(&iso87a::DIALECT, isopace::Bytes::from_static(AUTHORIZATION.as_bytes())).unwrap();
    let deep = vec!["127"; 10_000].join(".");
    for path in [
        "",
        ".",
        "..",
        "55.",
        ".55",
        "55..9F26",
        "55.9F26.",
        "256",
        "99999999999999999999",
        "-1",
        "+2",
        "2 ",
        " 2",
        "55.#",
        "55.#2",
        "55.9F26#",
        "55.9F26#0",
        "55.9F26#-1",
        "55.9F26#99999999999999999999999",
        "55.9F26#18446744073709551615",
        "55.9",
        "55.9F2",
        "55.9F262626262626",
        "55.\u{0663}",
        "\u{0663}",
        "55.é1",
        "90.0",
        "90.6",
        "90.65536",
        "90.1#2",
        &deep,
    ] {
        let edited = message.edit().set_leaf(path, "00").finish();
        assert!(edited.is_err(), "{path}");
        assert!(!matches!(message.at::<&str>(path), Ok(Some(_))), "{path}");
        assert!(iso87a::DIALECT.resolve(path).is_none(), "{path}");
    }
}
