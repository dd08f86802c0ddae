//! Law 5: what is secret shows in no output, in no encoding. Card numbers, tracks, PIN blocks and keys are planted in
//! every element that may hold one, and looked for in everything that the codec prints.

mod common;

use std::panic::{AssertUnwindSafe, catch_unwind};

use common::dialects;
use common::reference::{Value, content, hex, packed, unhex};
use common::secrets::{Needles, PANS};
use isopace::iso87a::{self, IccData, element};
use isopace::msg::{Field, Kind, Sensitivity};
use isopace::types::{KeyData, Pan, PinBlock, SecretText, Track1, Track2};
use isopace::wire::{Class, Encoding, Policy, Rule, Side};
use isopace::{Dialect, Edit, Message};

/// The name on the card.
const NAME: &str = "CARDHOLDER/PLANTED";
/// What is secret in a track beside the card number.
const DISCRETIONARY: &str = "98798798798";

/// Every secret of a message made for this card.
fn needles(pan: &str) -> Needles {
    Needles::pan(pan).and(Needles::secret(NAME)).and(Needles::secret(DISCRETIONARY)).and(Needles::bytes(&eight(pan)))
}

/// Eight bytes of PIN block or key.
fn eight(pan: &str) -> [u8; 8] {
    let digits = format!("{pan}9876543");
    packed(&digits[..16], Side::Left, 0).try_into().unwrap()
}

/// Paths and values of a message that is full of the card. What may be shown has no long runs of its digits.
fn planted(pan: &str) -> Vec<(String, String)> {
    let track2 = format!("{pan}=2812201{DISCRETIONARY}");
    let track1 = format!("B{pan}^{NAME}^2812201{DISCRETIONARY}");
    let in_hex = |text: &str| hex(&packed(text, Side::Right, 0xF));
    let mut planted: Vec<(&str, String)> = vec![
        ("2", pan.to_owned()),
        ("3", "872987".to_owned()),
        ("4", "872987298729".to_owned()),
        ("7", "1120072155".to_owned()),
        ("11", "872987".to_owned()),
        ("12", "072155".to_owned()),
        ("13", "1120".to_owned()),
        ("14", "2812".to_owned()),
        ("22", "872".to_owned()),
        ("25", "08".to_owned()),
        ("34", pan.to_owned()),
        ("35", track2.clone()),
        ("36", format!("{track2}={pan}")),
        ("37", "RRN729872987".to_owned()),
        ("41", "TERM8729".to_owned()),
        ("42", "MERCHANT8729872".to_owned()),
        ("44", pan.to_owned()),
        ("45", track1.clone()),
        ("46", format!("{pan} {NAME}")),
        ("47", track1.clone()),
        ("48", format!("{pan} {}", hex(pan.as_bytes()))),
        ("49", "840".to_owned()),
        ("52", hex(&eight(pan))),
        ("53", format!("{pan}872")[..16].to_owned()),
        ("55.5A", pan.to_owned()),
        ("55.57", in_hex(&track2)),
        ("55.56", track1.clone()),
        ("55.5F20", NAME.to_owned()),
        ("55.5F24", "281231".to_owned()),
        ("55.9F1F", DISCRETIONARY.to_owned()),
        ("55.9F20", DISCRETIONARY.to_owned()),
        ("55.9F0B", NAME.to_owned()),
        ("55.9F6B", in_hex(&track2)),
        ("55.99", hex(&eight(pan))),
        ("55.70", format!("5A08{}", hex(&packed(pan, Side::Right, 0xF)))),
        ("55.9F7C", hex(pan.as_bytes())),
        ("55.DF01", hex(pan.as_bytes())),
        ("55.DF01#2", in_hex(pan)),
        ("55.9F26", "A1B2C3D4E5F6A7B8".to_owned()),
        ("60", pan.to_owned()),
        ("61", track2.clone()),
        ("62", format!("CVV2 {DISCRETIONARY}")),
        ("63", format!("{NAME} {pan}")),
        ("96", hex(&eight(pan))),
        ("98", format!("{NAME:25}")),
        ("102", pan.to_owned()),
        ("103", format!("59{pan}")),
        ("104", pan.to_owned()),
    ];
    let private: Vec<String> = (56..=59).chain(105..=127).map(|number: u16| number.to_string()).collect();
    planted.extend(private.iter().map(|number| (number.as_str(), format!("{pan} {track2} {NAME}"))));
    planted.into_iter().map(|(path, value)| (path.to_owned(), value)).collect()
}

fn built<'a>(dialect: &'static Dialect, mti: &str, leaves: &[(String, String)]) -> Edit<'a> {
    let mut edit = Edit::build(dialect);
    edit.mti(mti);
    for (path, value) in leaves {
        edit.set_leaf(path, value);
    }
    edit
}

fn message(dialect: &'static Dialect, pan: &str) -> Message {
    Message::parse(dialect, built(dialect, "0200", &planted(pan)).finish().unwrap()).unwrap()
}

/// What a value says in each way of printing.
fn printed(value: &impl std::fmt::Debug) -> String {
    format!("{value:?} {value:#?} {:?}", Some(value))
}

/// All that a message can be made to print.
fn outputs(message: &Message) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("Debug of Message", printed(message)),
        ("Debug of Edit", printed(&message.edit())),
        ("Debug of a reply", message.reply().map_or_else(|error| printed(&error), |reply| printed(&reply))),
        ("validation", printed(&message.validate())),
    ];
    if let Err(violations) = message.validate() {
        all.push(("Violations", violations.to_string()));
    }
    let mut edit = message.edit();
    edit.set(2, &Pan::new("1").unwrap()).set_leaf("55.5A", "1").remove(35);
    all.push(("Debug of an Edit with changes", printed(&edit)));
    message.leaves(|leaf| match leaf {
        Ok(leaf) => {
            all.push(("Leaf::masked", format!("{} {} {}", leaf.path(), leaf.name(), leaf.masked())));
            if let Err(error) = leaf.expose() {
                all.push(("a leaf that cannot be exposed", printed(&error)));
            }
        }
        Err(error) => all.push(("a leaf that cannot be read", format!("{error} {error:?}"))),
    });
    for field in message.dialect().fields() {
        let isopace::msg::Key::Number(number) = field.key else { continue };
        let number = number as u8;
        all.push(("Debug of Raw", printed(&message.raw(number))));
        all.push((
            "a view",
            match message.view(field) {
                Ok(Some(view)) => printed(&view),
                Ok(None) => String::new(),
                Err(error) => format!("{error} {error:?}"),
            },
        ));
        if matches!(field.sensitivity, Sensitivity::Pan | Sensitivity::Sad | Sensitivity::Key) {
            // Values that keep secrets, and the refusal of those that do not.
            all.push(("a PAN", printed(&message.get::<Pan<'_>>(number))));
            all.push(("a track 2", printed(&message.get::<Track2<'_>>(number))));
            all.push(("a track 1", printed(&message.get::<Track1<'_>>(number))));
            all.push(("a PIN block", printed(&message.get::<PinBlock<'_>>(number))));
            all.push(("a secret text", printed(&message.get::<SecretText<'_>>(number))));
            all.push(("a key", printed(&message.get::<KeyData<'_>>(number))));
            all.push(("text", printed(&message.get::<String>(number))));
            all.push(("bytes", printed(&message.get::<Vec<u8>>(number))));
            all.push(("a number", printed(&message.get::<u64>(number))));
        }
    }
    all
}

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
fn a_composite_that_cannot_be_opened_is_not_shown_as_text() {
    let mut fields = dialects::nested().fields().to_vec();
    for field in &mut fields {
        field.rule.policy = Policy::Lenient;
    }
    let dialect = dialects::of("lenient", isopace::wire::DigitEncoding::Ascii, dialects::nested().bitmap(), fields);
    for pan in PANS {
        // Position 2 says a length that is not there.
        let text = format!("ABC99{pan}");
        let wire = built(dialect, "0200", &[("48".to_owned(), text.clone())]).finish().unwrap();
        let message = Message::parse(dialect, wire).unwrap();
        assert_eq!(common::leaves(&message).unwrap(), [("48".to_owned(), text)]);
        for (what, text) in outputs(&message) {
            Needles::pan(pan).absent_from(what, &text);
        }
    }
}

#[test]
fn nothing_that_a_broken_message_prints() {
    for pan in PANS {
        let needles = needles(pan);
        let wire = message(&iso87a::DIALECT, pan).into_bytes();
        for at in (36..wire.len().min(1200)).step_by(3) {
            let mut spoilt = wire.to_vec();
            spoilt[at] = 0x07;
            for wire in [spoilt, wire[..at].to_vec()] {
                let (partial, error) = Message::parse_partial(&iso87a::DIALECT, wire);
                needles.absent_from("a broken message", &format!("{partial:?} {error:?}"));
                if let Err(violations) = partial.validate() {
                    needles.absent_from("its violations", &format!("{violations} {violations:?}"));
                }
            }
        }
    }
}

#[test]
fn nothing_that_a_refused_value_prints() {
    for pan in PANS {
        let needles = needles(pan);
        for (path, value) in planted(pan) {
            for wrong in [format!("{value}\u{7}"), value.repeat(80), format!("é{value}")] {
                let error = Edit::build(&iso87a::DIALECT).mti("0200").set_leaf(&path, &wrong).finish();
                needles.absent_from("a refused value", &printed(&error.map(|_| ())));
                let error = Edit::build(&iso87a::DIALECT).mti("0200").set_leaf(&value, &path).finish();
                needles.absent_from("a value for a path", &printed(&error.map(|_| ())));
            }
        }
        for wrong in [format!("{pan}x"), pan.repeat(9)] {
            needles.absent_from("a wrong PAN", &printed(&Pan::new(&wrong).map(|_| ())));
            needles.absent_from("a wrong track", &printed(&Track2::new(&wrong.repeat(3)).map(|_| ())));
            needles.absent_from("a wrong message type", &printed(&isopace::types::Mti::new(&wrong)));
        }
    }
}

#[test]
fn nothing_that_a_panic_says() {
    std::panic::set_hook(Box::new(|_| {}));
    let mut said = Vec::new();
    let mut catch = |code: &mut dyn FnMut()| {
        let payload = catch_unwind(AssertUnwindSafe(code)).expect_err("a panic");
        said.push(payload.downcast_ref::<String>().cloned().unwrap_or_default());
    };
    for pan in PANS {
        let wire = message(&iso87a::DIALECT, pan).into_bytes();
        let good = message(&iso87a::DIALECT, pan);
        catch(&mut || _ = Message::parse(&iso87a::DIALECT, wire.clone()).unwrap_err());
        catch(&mut || drop(Message::parse(&iso87a::DIALECT, wire.slice(..200)).unwrap()));
        catch(&mut || _ = good.get::<Pan<'_>>(2).expect_err("no PAN"));
        catch(&mut || _ = good.get::<&str>(2).expect("text"));
        catch(&mut || assert_eq!(good.get::<Pan<'_>>(2).unwrap().unwrap(), Pan::new("1").unwrap()));
        catch(&mut || drop(Edit::build(&iso87a::DIALECT).set(2, &Pan::new(pan).unwrap()).finish().unwrap()));
        catch(&mut || drop(iso87a::ReversalAdvice::try_from(&iso87a::Message::parse(wire.clone()).unwrap()).unwrap()));
        catch(&mut || {
            drop(iso87a::FinancialRequest::try_from(&iso87a::Message::parse(wire.clone()).unwrap()).unwrap_err());
        });
    }
    drop(std::panic::take_hook());
    assert_eq!(said.len(), 24);
    for text in said {
        assert!(!text.is_empty());
        PANS.iter().for_each(|pan| needles(pan).absent_from("a panic", &text));
    }
}

#[test]
fn masks_are_of_the_spec() {
    let message = message(&iso87a::DIALECT, "4012345678909");
    let mut shown = Vec::new();
    message.leaves(|leaf| {
        let leaf = leaf.unwrap();
        shown.push((leaf.path().to_owned(), leaf.masked()));
    });
    let of = |path: &str| shown.iter().find(|(other, _)| other == path).map_or("", |(_, masked)| masked.as_str());
    for (path, masked) in [
        ("2", "401234***8909"),
        ("4", "872987298729"),
        ("14", "[PII len=4]"),
        ("34", "401234***8909"),
        ("35", "[SAD len=32]"),
        ("41", "TERM8729"),
        ("48", "[OPAQUE len=40]"),
        ("52", "[SAD len=8]"),
        ("53", "[KEY len=16]"),
        ("55.5A", "401234***8909"),
        ("55.57", "[SAD len=16]"),
        ("55.5F20", "[PII len=18]"),
        ("55.9F26", "A1B2C3D4E5F6A7B8"),
        ("55.DF01", "[OPAQUE len=13]"),
        ("96", "[KEY len=8]"),
        ("98", "[PII len=25]"),
        ("102", "401234***8909"),
        ("103", "594012*****8909"),
        ("127", "[OPAQUE len=65]"),
    ] {
        assert_eq!(of(path), masked, "{path}");
    }
}

#[test]
fn short_card_numbers_are_hidden_too() {
    for pan in ["1", "40", "401", "4012", "40123", "4012345678", "40123456789"] {
        let wire = Edit::build(&iso87a::DIALECT).mti("0200").set_leaf("2", pan).finish().unwrap();
        let shown = format!("{:?}", Message::parse(&iso87a::DIALECT, wire).unwrap());
        assert!(!shown.contains(pan), "{shown}");
        let digits = shown.split("2: ").last().unwrap().chars().filter(char::is_ascii_digit).count();
        assert!(
            digits
                <= if pan.len() > 10 {
                    10
                } else if pan.len() > 4 {
                    4
                } else {
                    0
                },
            "{shown}"
        );
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
