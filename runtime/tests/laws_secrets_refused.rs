//! Law 5 for what is refused: broken messages, wrong values and panics show no secret; masks are those of the spec.

mod common;

use std::panic::{AssertUnwindSafe, catch_unwind};

use common::dialects;
use common::planted::{built, message, needles, outputs, planted, printed};
use common::secrets::{Needles, PANS};
use isopace::iso87a;
use isopace::types::{Pan, Track2};
use isopace::wire::Policy;
use isopace::{Edit, Message};

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
