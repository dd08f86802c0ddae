//! A dialect for each leg: what becomes of elements on the way there and back, and what is refused when it is written
//! down.

use crate::gateway_common;

use gateway_common::*;
use isopace::dialects::{iso87a, iso87b, iso87c, iso93a};
use isopace::gateway::{Gap, MapError, Mapping, MappingBuilder, Upstream};
use isopace::{Dialect, Message};

/// A purchase with chip data, amounts, tracks and bytes.
fn rich(dialect: &'static Dialect) -> Message {
    message(dialect, "0200", |edit| {
        edit.set_leaf("2", PAN).set(3, "000000").set(4, "000000002500").set(7, "1120072155").set(11, "000007");
        edit.set(12, "072155").set(13, "1120").set(14, "3012").set(22, "051").set(25, "00");
        edit.set_leaf("28", "C00000100").set_leaf("35", "4012345678909=30122010000000").set(37, "632512345678");
        edit.set(41, "TERM0001").set(42, "MERCHANT0000001").set_leaf("48", "PRIVATE").set(49, "840");
        edit.set_leaf("52", "0123456789ABCDEF").set_leaf("54", "0001840C000000001000");
        edit.set_leaf("90", "020000000611200721550000009900100000000000");
        edit.set_leaf("55.9F26", "0102030405060708").set_leaf("55.9A", "261120").set_leaf("55.DF5A", "AB");
    })
}

/// Each value, but of DE 90 all of it: it is cut up otherwise where it is packed.
fn values(message: &Message) -> Vec<(String, String)> {
    let mut all = leaves(message);
    all.retain(|(path, _)| !path.starts_with("90"));
    all.push(("90".to_owned(), text(message, 90)));
    all
}

fn leaves(message: &Message) -> Vec<(String, String)> {
    let mut all = Vec::new();
    message.leaves(|leaf| {
        let leaf = leaf.unwrap();
        all.push((leaf.path().to_owned(), leaf.expose().unwrap()));
    });
    all
}

#[test]
fn the_same_elements_in_other_encodings_go_there_and_back() {
    let all: [&Dialect; 3] = [&iso87a::DIALECT, &iso87b::DIALECT, &iso87c::DIALECT];
    for from in all {
        for to in all {
            let there = Mapping::builder(from, to).build().unwrap();
            let back = Mapping::builder(to, from).build().unwrap();
            let message = rich(from);
            let mapped = there.apply(&message).unwrap();
            mapped.validate().unwrap();
            assert_eq!(values(&mapped), values(&message), "{} {}", from.name(), to.name());
            assert_eq!(&back.apply(&mapped).unwrap().as_bytes()[..], &message.as_bytes()[..]);
            assert_eq!(mapped.mti(), message.mti());
        }
    }
}

/// From the edition of 1987 to that of 1993: what is called otherwise, and what has another form.
fn to_1993() -> MappingBuilder {
    Mapping::builder(&iso87a::DIALECT, &iso93a::DIALECT)
        .codes(39, [("00", "000"), ("51", "116")], Some("100"))
        .convert("12", "12", |time| Some(format!("261120{time}")))
        .path("18", "26")
        .drop(["13"])
        .message_type("0800", "1804")
        .drop_rest()
}

fn to_1987() -> MappingBuilder {
    Mapping::builder(&iso93a::DIALECT, &iso87a::DIALECT)
        .codes(39, [("000", "00"), ("116", "51")], Some("05"))
        .convert("12", "12", |time| time.get(6..).map(str::to_owned))
        .message_type("1814", "0810")
        .drop_rest()
}

#[test]
fn what_has_no_place_is_named_when_it_is_written_down() {
    let error = Mapping::builder(&iso87a::DIALECT, &iso93a::DIALECT).build().unwrap_err();
    let of = |path: &str| error.iter().find(|gap| gap.to_string().starts_with(&format!("{path}:"))).cloned();
    let meaning = |from, to| Some(Gap::Meaning { path: "39".to_owned(), from, to });
    assert_eq!(of("39"), meaning("response_code", "action_code"));
    assert_eq!(of("2"), None);
    assert_eq!(of("11"), None);
    // Each is told, and each can be settled by its name.
    let mut builder = Mapping::builder(&iso87a::DIALECT, &iso93a::DIALECT);
    for gap in error.iter() {
        builder = builder.drop([gap.to_string().split(':').next().unwrap()]);
    }
    assert!(builder.build().is_ok());
    assert!(to_1993().build().is_ok() && to_1987().build().is_ok());
}

#[test]
fn what_cannot_be_is_refused() {
    let gaps = |builder: MappingBuilder| {
        let error = builder.build().unwrap_err();
        error.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let same = || Mapping::builder(&iso87a::DIALECT, &iso87b::DIALECT);
    let table = [
        (same().path("2", "48.7"), "48.7: the dialect iso87-b has no such element"),
        (same().path("1", "2"), "1: the dialect iso87-a has no such element"),
        (same().drop(["55.9F99"]), "55.9F99: the dialect iso87-a has no such element"),
        (same().path("48", "41"), "48: not every value fits into 41: the length is fixed; convert or drop it"),
        (same().path("41", "2"), "41: not every value fits into 2: other characters are allowed; convert or drop it"),
        (same().message_type("08", "1804"), "a message type is four digits"),
    ];
    for (builder, expected) in table {
        assert_eq!(gaps(builder), [expected]);
    }
}

#[test]
fn values_are_converted_moved_and_dropped() {
    let (there, back) = (to_1993().build().unwrap(), to_1987().build().unwrap());
    let request = message(&iso87a::DIALECT, "0200", |edit| {
        edit.set_leaf("2", PAN).set(4, "000000002500").set(11, "000007").set(12, "072155").set(13, "1120");
        edit.set(18, "5411").set(41, "TERM0001").set(49, "840");
    });
    let mapped = there.apply(&request).unwrap();
    assert_eq!(mapped.mti(), "1200");
    assert_eq!([12, 26, 41, 49].map(|number| text(&mapped, number)), ["261120072155", "5411", "TERM0001", "840"]);
    assert!(!mapped.has(13) && !mapped.has(18));
    let echo = message(&iso87a::DIALECT, "0800", |edit| {
        edit.set(11, "000007");
    });
    assert_eq!(there.apply(&echo).unwrap().mti(), "1804");
    for (code, expected) in [("000", "00"), ("116", "51"), ("121", "05")] {
        let answer = message(&iso93a::DIALECT, "1210", |edit| {
            edit.set(11, "000007").set(39, code);
        });
        assert_eq!(brief(&back.apply(&answer).unwrap()), format!("0210 7 {expected}"));
    }
    // Without another code for those that are not listed, they cannot be mapped.
    let strict = Mapping::builder(&iso93a::DIALECT, &iso87a::DIALECT).codes(39, [("000", "00")], None).drop_rest();
    let answer = message(&iso93a::DIALECT, "1210", |edit| {
        edit.set(39, "116");
    });
    assert_eq!(strict.build().unwrap().apply(&answer).unwrap_err(), MapError::NoValue("39".to_owned()));
}

#[test]
fn what_is_inside_can_be_moved_by_path() {
    let same = || Mapping::builder(&iso87a::DIALECT, &iso87a::DIALECT);
    let mapping = same().path("55.9F26", "55.9F27").drop(["55.9A"]).build();
    // A cryptogram of eight bytes does not fit where there is one byte.
    assert!(mapping.unwrap_err().to_string().starts_with("55.9F26: not every value fits into 55.9F27"));
    let mapping = same().path("55.9F27", "25").drop(["55.9A"]).build();
    assert!(mapping.unwrap_err().to_string().starts_with("55.9F27: not every value fits into 25: other characters"));
    let mapping = same().path("55.9A", "55.9C").drop(["55.9F26", "55.9C"]).build();
    assert!(mapping.unwrap_err().to_string().contains("it may be longer"));
    let hidden = |text: &str| Some(text.chars().rev().collect());
    let mapping = same().convert("55.9A", "55.9F21", hidden).drop(["55.9F21", "55.9F26"]).build().unwrap();
    let mapped = mapping.apply(&rich(&iso87a::DIALECT)).unwrap();
    let inside: Vec<_> = leaves(&mapped).into_iter().filter(|(path, _)| path.starts_with("55.")).collect();
    // What is not listed stays where it is.
    let expected = [("55.9F21", "021162"), ("55.DF5A", "AB")].map(|(path, value)| (path.to_owned(), value.to_owned()));
    assert_eq!(inside, expected);
    // A part that others stand behind cannot be left out.
    let mapping = same().drop(["90.3"]).build().unwrap();
    assert!(mapping.apply(&rich(&iso87a::DIALECT)).unwrap_err().to_string().starts_with("90.4"));
}

#[tokio::test]
async fn a_client_of_1987_and_a_host_of_1993() {
    let (forwarder, seen) = remembering(&iso93a::DIALECT, "116");
    let upstream = Upstream::new("host", forwarder).own_stan();
    let upstream = upstream.mapping(to_1993().build().unwrap(), to_1987().build().unwrap());
    let gateway = builder().await.upstream(upstream).start().await.unwrap();
    let mut client = Peer::of(&gateway).await;
    let request = message(&iso87a::DIALECT, "0200", |edit| {
        edit.set(4, "000000002500").set(11, "000007").set(12, "072155").set(41, "TERM0001");
    });
    let answer = client.ask(&request).await;
    assert_eq!((brief(&answer), text(&answer, 12)), ("0210 7 51".to_owned(), "072155".to_owned()));
    assert_eq!((brief(&seen.last()), text(&seen.last(), 12)), ("1200 1 ".to_owned(), "261120072155".to_owned()));
    // Content that the packed or converted form cannot take is a format error.
    client.send(b"0200102000000080000000000000x500000008TERM0001").await;
    assert_eq!(brief(&client.receive().await), "0210 8 30");
    gateway.stop().await;
}

#[tokio::test]
async fn an_answer_that_cannot_be_carried_back_is_told() {
    let told = Told::default();
    let strict = Mapping::builder(&iso93a::DIALECT, &iso87a::DIALECT).codes(39, [("000", "00")], None).drop_rest();
    let upstream = Upstream::new("host", answering(&iso93a::DIALECT, "001"));
    let upstream = upstream.mapping(to_1993().build().unwrap(), strict.build().unwrap());
    let gateway = builder().await.upstream(upstream).events(told.clone()).start().await.unwrap();
    let mut client = Peer::of(&gateway).await;
    assert_eq!(brief(&client.ask(&purchase(7)).await), "0210 7 96");
    told.until("declined bad-answer true").await;
    assert_eq!(told.declined.lock().unwrap()[0].answer.as_ref().map(brief).as_deref(), Some("1210 7 001"));
    gateway.stop().await;
}

#[tokio::test]
async fn legs_that_do_not_fit_are_refused() {
    let other = || answering(&iso87b::DIALECT, "00");
    let unmapped = builder().await.route("host", other()).build().unwrap_err();
    let expected = "route \"host\" speaks iso87-b, and the clients iso87-a: it needs a mapping";
    assert_eq!(unmapped.to_string(), expected);
    let (there, back) =
        (Mapping::builder(&iso87a::DIALECT, &iso87b::DIALECT), Mapping::builder(&iso87b::DIALECT, &iso87a::DIALECT));
    let (there, back) = (there.build().unwrap(), back.build().unwrap());
    let turned = Upstream::new("host", other()).mapping(back.clone(), there.clone());
    assert!(builder().await.upstream(turned).build().unwrap_err().to_string().contains("from iso87-b to iso87-a"));
    assert!(builder().await.upstream(Upstream::new("host", other()).mapping(there, back)).build().is_ok());
}
