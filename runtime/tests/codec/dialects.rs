//! The shipped dialects besides iso87-a: what they write is what their standard and their packing say, byte for byte.

use crate::common;
#[path = "dialects_messages.rs"]
mod messages;

use common::messages::message as random_message;
use common::{cases, leaves, told};
use isopace::dialects::{iso87a, iso87b, iso87c, iso93a, iso93b, postilion};
use isopace::frame::{Decoder, Framing, Header};
use isopace::msg::{Field, Key};
use isopace::types::{Amount, Pan};
use isopace::{Bytes, Dialect, Edit, Error, Message, load};
use messages::{Sample, bytes};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

const GENERATED: [&Dialect; 6] =
    [&iso87a::DIALECT, &iso87b::DIALECT, &iso87c::DIALECT, &iso93a::DIALECT, &iso93b::DIALECT, &postilion::DIALECT];

/// A message written from its leaves.
fn built(dialect: &'static Dialect, mti: &str, leaves: &[(impl AsRef<str>, impl AsRef<str>)]) -> Result<Bytes, Error> {
    let mut edit = Edit::build(dialect);
    edit.mti(mti);
    for (path, value) in leaves {
        edit.set_leaf(path.as_ref(), value.as_ref());
    }
    edit.finish()
}

fn hex(bytes: &[u8]) -> String {
    common::reference::hex(bytes)
}

#[test]
fn generated_dialects_are_what_their_specs_load_as() {
    let names: Vec<&str> = GENERATED.iter().map(|dialect| dialect.name()).collect();
    // Of two forms of one dialect, the commoner one is generated.
    assert_eq!(
        names,
        load::shipped_names().iter().copied().filter(|&name| name != "postilion-hex").collect::<Vec<_>>()
    );
    for generated in GENERATED {
        let loaded = load::shipped(generated.name()).unwrap();
        for (one, other) in loaded.fields().iter().zip(generated.fields()) {
            assert_eq!(one, other, "{}", generated.name());
        }
        assert_eq!(loaded.messages(), generated.messages());
        assert_eq!(loaded, generated);
    }
}

#[test]
fn every_class_stands_as_the_dialect_has_it() {
    for Sample { dialect, mti, wire, leaves: expected } in messages::all() {
        let name = dialect.name();
        assert_eq!(hex(&built(dialect, mti, &expected).unwrap()), hex(&wire), "{name}");
        let message = Message::parse(dialect, wire.clone()).unwrap();
        message.validate().unwrap();
        assert_eq!(leaves(&message).unwrap(), expected, "{name}");
        assert_eq!(message.edit().finish().unwrap(), wire, "{name}");
        let shown = format!("{message:?}");
        for secret in ["4012345678909", "4111111111111111", "0011223344556677", "DOE"] {
            assert!(!shown.contains(secret), "{name}: {secret}");
        }
    }
}

#[test]
fn every_message_cut_short_is_an_error_where_it_ends() {
    for Sample { dialect, wire, .. } in messages::all() {
        for end in 0..wire.len() {
            let error = Message::parse(dialect, wire[..end].to_vec()).unwrap_err();
            assert!(error.offset() <= end, "{} {end}: {error}", dialect.name());
        }
    }
}

#[test]
fn typed_messages_come_back_as_they_went() {
    let [b, c, a93, b93] = messages::all();
    let message = iso87b::Message::parse(b.wire.clone()).unwrap();
    let request = iso87b::FinancialRequest::try_from(&message).unwrap();
    assert_eq!((request.pan.expose(), request.amount), ("4012345678909", Amount::minor(2500)));
    let track = request.track2.as_ref().unwrap();
    assert_eq!((track.separator(), track.pan()), (Some('='), Some(Pan::new("4111111111111111").unwrap())));
    assert_eq!(request.pack().unwrap(), b.wire);
    let message = iso87c::Message::parse(c.wire.clone()).unwrap();
    let request = iso87c::FinancialRequest::try_from(&message).unwrap();
    assert_eq!((request.terminal_id.as_ref(), request.amount), ("TERM0001", Amount::minor(2500)));
    assert_eq!(request.pack().unwrap(), c.wire);
    let message = iso93a::Message::parse(a93.wire.clone()).unwrap();
    let request = iso93a::FinancialRequest::try_from(&message).unwrap();
    assert_eq!(request.function_code, iso93a::FunctionCode::ORIGINAL_FINANCIAL_TRANSACTION);
    assert_eq!(request.local_date_time.date().digits(), *b"280604");
    assert_eq!(request.pack().unwrap(), a93.wire);
    let message = iso93b::Message::parse(b93.wire.clone()).unwrap();
    assert_eq!(message.action_code().unwrap(), Some(iso93b::ActionCode::APPROVED));
    let mode = message.pos_data_code().unwrap().unwrap().card_data_input_mode().unwrap().unwrap();
    assert_eq!(mode.meaning(), Some("chip"));
    let request = iso93b::FinancialRequest::try_from(&message).unwrap();
    assert_eq!(request.pack().unwrap(), b93.wire);
}

/// An echo test of 1993 with ASCII digits behind a raw bitmap, in a frame of four ASCII digits.
#[test]
fn an_advice_of_1993_in_its_frame() {
    let spec = r#"
        [spec]
        name = "terminals"
        title = "ASCII fields, raw bitmap"
        extends = "iso93-a"
        [wire]
        bitmap = { encoding = "binary", maps = 2 }
    "#;
    let dialect = load::text("terminals.toml", spec).unwrap();
    let framed = bytes("'00501820' 0230010100000000 '0910152841382910090910152841831' '0510031'", false);
    let mut decoder = Decoder::new(Framing::new(Header::Ascii4));
    decoder.extend(&framed);
    let frame = decoder.decode().unwrap().unwrap().body;
    let message = Message::parse(dialect, frame.clone()).unwrap();
    message.validate().unwrap();
    let expected = [("7", "0910152841"), ("11", "382910"), ("12", "090910152841"), ("24", "831"), ("32", "10031")];
    let expected: Vec<(String, String)> =
        expected.iter().map(|&(path, value)| (path.to_owned(), value.to_owned())).collect();
    assert_eq!(leaves(&message).unwrap(), expected);
    assert_eq!(built(dialect, "1820", &expected).unwrap(), frame);
    assert_eq!(message.rule().unwrap().name, "network-management-advice");
    let reply = message.reply().unwrap().set(39, "800").finish().unwrap();
    let answer = bytes("'1830' 0230010102000000 '0910152841382910090910152841831' '0510031' '800'", false);
    assert_eq!(hex(&reply), hex(&answer));
}

#[test]
fn a_packed_log_on() {
    let wire = common::reference::unhex("0800 2020010000800000 920000 000028 0004 4454493030303031");
    let expected = [("3", "920000"), ("11", "000028"), ("24", "004"), ("41", "DTI00001")];
    let message = iso87b::Message::parse(wire.clone()).unwrap();
    message.validate().unwrap();
    assert_eq!(message.mti(), "0800");
    for (path, value) in expected {
        assert_eq!(leaves(&message).unwrap().iter().find(|leaf| leaf.0 == path).unwrap().1, value);
    }
    assert_eq!(built(&iso87b::DIALECT, "0800", &expected).unwrap(), wire);
}

#[test]
fn nibbles_that_are_no_digits_or_no_filler_are_refused() {
    // Dialect, message, element, what is told.
    let table = [
        (&iso87b::DIALECT, "0800 0020000000000000 80A058", "11 at 11: nibble"),
        (&iso87b::DIALECT, "0200 4000000000000000 13 401234567890 9F", "2 at 17: padding"),
        (&iso87b::DIALECT, "0200 0000000020000000 20 4111111111111111 E281", "35 at 19: nibble"),
        (&iso87b::DIALECT, "0200 0000040000000000 1051", "22 at 10: padding"),
        (&iso87b::DIALECT, "0200 0000001000000000 5800000150", "28 at 10: value"),
        (&iso93b::DIALECT, "1210 0000000002000000 0001", "39 at 11: padding"),
        (&iso93b::DIALECT, "1210 0000000002000000 00A0", "39 at 11: nibble"),
    ];
    for (dialect, wire, expected) in table {
        let message = Message::parse(dialect, common::reference::unhex(wire)).unwrap();
        let errors = message.validate().unwrap_err();
        assert_eq!(errors.iter().map(told).collect::<Vec<_>>(), [expected], "{wire}");
    }
    let digits = built(&iso87b::DIALECT, "0800", &[("11", "80A058")]).unwrap_err();
    assert_eq!(told(&digits), "11 at 2: character");
}

/// A separator is nibble D whichever way it was written, and reads as `=`.
#[test]
fn track_2_packs_either_separator() {
    let wire = common::reference::unhex("0200 0000000020000000 20 4111111111111111 D281");
    for track in ["4111111111111111=281", "4111111111111111D281"] {
        assert_eq!(built(&iso87b::DIALECT, "0200", &[("35", track)]).unwrap(), wire);
    }
    let message = iso87b::Message::parse(wire).unwrap();
    assert_eq!(message.track2().unwrap().unwrap().expose(), "4111111111111111=281");
}

/// The prefix of DE 56 counts digits, the filler behind an odd institution is none.
#[test]
fn original_data_elements_of_every_length() {
    for length in 0..=11 {
        let institution = &"12345678901"[..length];
        let original = [("56.1", "1200"), ("56.2", "123455"), ("56.3", "280604094600"), ("56.4", institution)];
        let digits = format!("1200123455280604094600{length:02}{institution}");
        let framed = format!("{:02}{digits}", digits.len());
        let filler = if length % 2 == 1 { "0" } else { "" };
        for (dialect, expected) in [
            (&iso93a::DIALECT, framed.clone().into_bytes()),
            (&iso93b::DIALECT, common::reference::unhex(&format!("{framed}{filler}"))),
        ] {
            let wire = built(dialect, "1420", &original).unwrap();
            let message = Message::parse(dialect, wire.clone()).unwrap();
            assert_eq!(hex(&wire[message.span(56).unwrap()]), hex(&expected), "{} {length}", dialect.name());
            message.validate().unwrap();
            let read = leaves(&message).unwrap();
            assert_eq!(read.iter().map(|leaf| (&*leaf.0, &*leaf.1)).collect::<Vec<_>>(), original);
            assert_eq!(message.edit().set_leaf("56.2", "123455").finish().unwrap(), wire);
        }
    }
}

/// Both editions carry the same chip data; the list stands in both specs.
#[test]
fn chip_data_is_the_same_in_every_dialect() {
    let tags = |dialect: &'static Dialect| -> &'static [Field] { dialect.field(55).unwrap().composite.unwrap().fields };
    // Postilion has its chip data in DE 127.
    for dialect in GENERATED.into_iter().filter(|dialect| dialect.name() != "postilion") {
        assert_eq!(tags(dialect).len(), 82);
        for (one, other) in tags(dialect).iter().zip(tags(&iso87a::DIALECT)) {
            assert_eq!(one, other, "{}", dialect.name());
        }
    }
}

#[test]
fn random_messages_come_back_byte_for_byte() {
    for dialect in GENERATED {
        // Packed DE 56 has a test of its own above.
        let fields =
            dialect.fields().iter().filter(|field| dialect.name() != "iso93-b" || field.key != Key::Number(56));
        let fields = fields.copied().collect();
        let dialect = common::dialects::of(dialect.name(), dialect.mti_encoding(), dialect.bitmap(), fields);
        let run = TestRunner::new(cases(60)).run(&random_message(dialect), |sample| {
            let message = Message::parse(dialect, sample.wire.clone())?;
            message.validate()?;
            let read = leaves(&message)?;
            prop_assert_eq!(&read, &sample.leaves);
            prop_assert_eq!(&message.edit().finish()?, &sample.wire);
            let anew = built(dialect, &sample.mti, &read)?;
            prop_assert!(!sample.canonical || anew == sample.wire);
            Ok(())
        });
        run.unwrap_or_else(|failure| panic!("{}: {failure}", dialect.name()));
    }
}
