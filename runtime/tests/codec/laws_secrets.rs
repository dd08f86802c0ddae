//! Law 5: what is secret shows in no output, in no encoding. Card numbers, tracks, PIN blocks and keys are planted in
//! every element that may hold one, and looked for in everything that the codec prints.

use crate::common;

use common::dialects;
use common::planted::{DISCRETIONARY, NAME, built, eight, message, needles, outputs, planted, printed};
use common::reference::{Value, content, hex, packed, unhex};
use common::secrets::{Needles, PANS};
use isopace::Message;
use isopace::iso87a::{self, IccData, element};
use isopace::msg::{Field, Kind, Sensitivity};
use isopace::types::Pan;
use isopace::wire::{Class, Encoding, Policy, Rule, Side};

#[test]
fn the_search_finds_what_shows() {
    for pan in PANS {
        let needles = needles(pan);
        let bytes = pan.as_bytes();
        let middle = &pan[3..11];
        let leaks = [
            pan.to_owned(),
            format!("[{middle}]"),
            hex(bytes),
            hex(bytes).to_lowercase(),
            format!("{bytes:?}"),
            format!("{bytes:#04x?}"),
            format!("{:?}", packed(pan, Side::Left, 0)),
            hex(&packed(pan, Side::Left, 0)),
            hex(&packed(pan, Side::Right, 0xF)).to_lowercase(),
            hex(&common::reference::ebcdic(pan)),
            common::secrets::base64(bytes),
            common::secrets::base64(format!("x{pan}").as_bytes()),
            format!("{:?}", eight(pan)),
            NAME.to_owned(),
            format!("..{}..", &DISCRETIONARY[2..9]),
        ];
        for leak in leaks {
            assert!(needles.found_in(&leak), "{leak}");
        }
        for harmless in [Pan::new(pan).unwrap().to_string(), pan[..6].to_owned(), pan[pan.len() - 4..].to_owned()] {
            assert!(!needles.found_in(&harmless), "{harmless}");
        }
    }
}

#[test]
fn every_secret_element_is_planted() {
    for pan in PANS {
        let paths: Vec<String> = planted(pan).into_iter().map(|(path, _)| path).collect();
        for field in iso87a::DIALECT.fields() {
            let secret = field.sensitivity != Sensitivity::Clear && field.rule.max() >= 16;
            assert!(
                !secret || paths.iter().any(|path| path.split('.').next() == Some(&field.key.to_string())),
                "{}",
                field.key
            );
        }
        for tag in element::ICC_DATA.composite.unwrap().fields {
            let secret = matches!(tag.sensitivity, Sensitivity::Pan | Sensitivity::Sad | Sensitivity::Key);
            assert!(!secret || paths.contains(&format!("55.{}", tag.key)), "{}", tag.key);
        }
        // And it stands where it was put.
        let message = message(&iso87a::DIALECT, pan);
        assert_eq!(common::leaves(&message).unwrap().len(), paths.len());
        assert!(message.as_bytes().windows(pan.len()).any(|window| window == pan.as_bytes()));
    }
}

#[test]
fn nothing_that_a_message_prints() {
    for dialect in [&iso87a::DIALECT, dialects::packed(), dialects::ebcdic(), dialects::counted_in_bytes()] {
        for pan in PANS {
            let needles = needles(pan);
            for (what, text) in outputs(&message(dialect, pan)) {
                needles.absent_from(what, &text);
            }
        }
    }
}

/// The generated structs, with every optional element set.
macro_rules! typed {
    ($message:expr, $needles:expr, $($name:ident)*) => {$(
        match iso87a::$name::try_from($message) {
            Ok(typed) => {
                $needles.absent_from(stringify!($name), &printed(&typed));
                $needles.absent_from("Unlisted", &printed(&typed.unlisted));
            }
            Err(violations) => $needles.absent_from(stringify!($name), &format!("{violations} {}", printed(&violations))),
        }
    )*};
}

#[test]
fn nothing_that_a_typed_message_prints() {
    for pan in PANS {
        let needles = needles(pan);
        for rule in iso87a::DIALECT.messages() {
            let mut leaves = planted(pan);
            // What the other messages have to have.
            for (path, value) in [
                ("15", "1120"),
                ("39", "00"),
                ("66", "1"),
                ("70", "301"),
                ("74", "8729872987"),
                ("75", "8729872987"),
                ("76", "8729872987"),
                ("77", "8729872987"),
                ("86", "8729872987298729"),
                ("87", "8729872987298729"),
                ("88", "8729872987298729"),
                ("89", "8729872987298729"),
                ("90", "020087298711200721558729872987287298729872"),
                ("97", "C8729872987298729"),
            ] {
                leaves.push((path.to_owned(), value.to_owned()));
            }
            let wire = built(&iso87a::DIALECT, rule.mti, &leaves).finish().unwrap();
            let message = iso87a::Message::parse(wire).unwrap();
            needles.absent_from("the message of the dialect", &printed(&message));
            needles.absent_from("its edit", &printed(&message.edit()));
            typed!(&message, needles,
                AuthorizationRequest AuthorizationResponse AuthorizationAdvice AuthorizationAdviceResponse FinancialRequest
                FinancialResponse FinancialAdvice FinancialAdviceResponse ReversalRequest ReversalResponse ReversalAdvice
                ReversalAdviceResponse ReconciliationRequest ReconciliationResponse ReconciliationAdvice
                ReconciliationAdviceResponse NetworkManagementRequest NetworkManagementResponse);
            let of_its_type = [
                iso87a::FinancialRequest::try_from(&message).is_ok(),
                iso87a::ReversalAdvice::try_from(&message).is_ok(),
                iso87a::NetworkManagementRequest::try_from(&message).is_ok(),
            ];
            assert_eq!(of_its_type.contains(&true), ["0200", "0420", "0800"].contains(&rule.mti), "{}", rule.mti);
        }
    }
}

#[test]
fn nothing_that_an_inside_prints() {
    for pan in PANS {
        let needles = needles(pan);
        let message = iso87a::Message::parse(message(&iso87a::DIALECT, pan).into_bytes()).unwrap();
        let icc = message.icc_data().unwrap().unwrap();
        needles.absent_from("the view of DE 55", &printed(&icc));
        needles.absent_from("tag 5A", &printed(&icc.pan()));
        needles.absent_from("tag 57", &printed(&icc.track2_equivalent()));
        needles.absent_from("tag 56", &printed(&icc.track1()));
        for bytes in [icc.as_bytes().to_vec(), [icc.as_bytes(), b"\x5A"].concat(), unhex("5A0941")] {
            match IccData::from_bytes(bytes) {
                Ok(icc) => needles.absent_from("DE 55 from bytes", &printed(&icc)),
                Err(error) => needles.absent_from("DE 55 from wrong bytes", &format!("{error} {error:?}")),
            }
        }
    }
}

#[test]
fn nothing_that_a_composite_within_a_composite_prints() {
    let dialect = dialects::nested();
    for pan in PANS {
        let needles = Needles::pan(pan);
        let leaves: Vec<(String, String)> = [
            ("2", pan),
            ("48.1", "ABC"),
            ("48.2", pan),
            ("55.E1.5A", pan),
            ("63.E1.5A", pan),
            ("127.2", pan),
            ("127.3.1", "ABC"),
            ("127.3.2", pan),
            ("127.25.E1.5A", pan),
            ("127.66.E1.5A", pan),
            ("128.3.1", "ABC"),
            ("128.3.2", pan),
            ("128.25.E1.5A", pan),
        ]
        .map(|(path, value)| (path.to_owned(), value.to_owned()))
        .to_vec();
        let wire = built(dialect, "0200", &leaves).finish().unwrap();
        let message = Message::parse(dialect, wire.clone()).unwrap();
        assert_eq!(common::leaves(&message).unwrap(), leaves);
        for (what, text) in outputs(&message) {
            needles.absent_from(what, &text);
        }
        // And with any byte of it spoilt, where nothing may be as the spec says.
        for at in 0..wire.len() {
            for byte in [0x00, b'1', b'A', 0xFF] {
                let mut wire = wire.to_vec();
                wire[at] = byte;
                let (partial, error) = Message::parse_partial(dialect, wire);
                needles.absent_from("a spoilt message", &format!("{partial:?} {error:?} {:?}", partial.validate()));
                for field in dialect.fields() {
                    if let Ok(Some(view)) = partial.view(field) {
                        needles.absent_from("a view of a spoilt message", &format!("{view:?}"));
                    }
                }
            }
        }
    }
}

#[test]
fn a_field_of_every_class_of_secrecy_in_every_encoding() {
    for pan in PANS {
        for sensitivity in [Sensitivity::Pan, Sensitivity::Sad, Sensitivity::Key, Sensitivity::Pii, Sensitivity::Opaque]
        {
            for encoding in [Encoding::Ascii, Encoding::Cp037, Encoding::Cp1047, Encoding::Latin1, Encoding::Utf8] {
                for policy in [Policy::Strict, Policy::Lenient] {
                    let mut rule = Rule::rest(Class::Ans, 40, encoding);
                    rule.length = isopace::wire::Length::Fixed(pan.len() as u32);
                    rule.policy = policy;
                    let field = Field::new(isopace::msg::Key::Number(48), "data", "Data", Kind::Text, rule)
                        .sensitive(sensitivity);
                    let dialect = dialects::ascii(vec![field]);
                    let bytes = content(&rule, &Value::Text(pan.to_owned()));
                    let wire = built(dialect, "0200", &[("48".to_owned(), pan.to_owned())]).finish().unwrap();
                    assert!(wire.ends_with(&bytes));
                    for (what, text) in outputs(&Message::parse(dialect, wire).unwrap()) {
                        // A program that asks for text of what is no more than personal gets it.
                        Needles::pan(pan).absent_from(what, &text);
                    }
                }
            }
        }
    }
}
