//! Law 2 for every layout of a composite: cut anywhere, with any byte spoilt, nothing panics, nothing is lost, and what an
//! edit writes can be read.

use crate::common;

use common::layouts::{FULL, SHORT, SPARSE, START, built, field, framed, wire};
use common::loaded::layouts;
use common::reference::{ebcdic, hex};
use isopace::msg::View;
use isopace::{Bytes, Dialect, Edit, Message};

/// Messages with each layout in turn, and one with all of them.
fn samples() -> Vec<Bytes> {
    let numbers = ["48", "49", "54", "55", "56", "57", "60", "61", "62", "63", "100", "101", "125", "126"];
    let mut samples: Vec<Bytes> = numbers
        .iter()
        .map(|number| {
            let of_it: Vec<_> =
                FULL.iter().filter(|(path, _)| path.split('.').next() == Some(number)).copied().collect();
            built(&of_it).unwrap()
        })
        .collect();
    samples.extend([SHORT, SPARSE].map(|text| wire(125, &framed(4, text.as_bytes())).into()));
    samples
}

/// All of a message, read and proven: no panic, and nothing that is not there.
fn read(dialect: &'static Dialect, wire: &[u8]) {
    let (message, error) = Message::parse_partial(dialect, wire.to_vec());
    assert!(error.is_none_or(|error| error.offset() <= wire.len()));
    if let Err(violations) = message.validate() {
        assert!(violations.iter().all(|error| error.offset() <= wire.len()), "{violations} in {}", hex(wire));
    }
    message.leaves(|leaf| {
        if let Ok(leaf) = leaf {
            assert!(leaf.span().end <= wire.len(), "{}", leaf.path());
            let _ = (leaf.masked(), leaf.expose());
        }
    });
}

/// Everything that a message with composites can be asked for.
fn asked(dialect: &'static Dialect, wire: &[u8]) {
    let (message, error) = Message::parse_partial(dialect, wire.to_vec());
    read(dialect, wire);
    assert_eq!(message.edit().finish().unwrap(), wire);
    let _ = format!("{message:?}");
    for number in message.numbers() {
        let Some(field) = dialect.field(number).filter(|field| field.composite.is_some()) else { continue };
        let Ok(Some(view)) = message.view(field) else { continue };
        let _ = format!("{view:?}");
        view.groups().for_each(drop);
        // An inside that could be opened is written as it stands.
        let view = View::from_bytes(field, view.as_bytes().to_vec()).unwrap();
        if error.is_none() {
            let again = message.edit().put(field, &view).finish().unwrap();
            // Hex is written in upper case.
            assert!(again.eq_ignore_ascii_case(wire), "{}", hex(wire));
        }
    }
    if error.is_none() {
        let present = |path: &str| path.split('.').next().unwrap().parse().is_ok_and(|number| message.has(number));
        for (path, value) in FULL.iter().filter(|(path, _)| present(path)) {
            if let Ok(written) = message.edit().set_leaf(path, value).finish() {
                let again = Message::parse(dialect, written).expect("what an edit writes can be read");
                let number: u8 = path.split('.').next().unwrap().parse().unwrap();
                let inside = dialect.field(number).filter(|field| field.composite.is_some());
                assert!(inside.is_none_or(|field| again.view(field).is_ok()), "{path} in {}", hex(wire));
            }
        }
    }
}

#[test]
fn a_message_cut_at_every_byte() {
    for sample in samples() {
        for end in 0..sample.len() {
            asked(layouts(), &sample[..end]);
        }
        // And an inside cut at every byte, its own length right.
        let message = Message::parse(layouts(), sample).unwrap();
        for number in message.numbers() {
            let Some(view) = message.view(field(number)).unwrap() else { continue };
            for end in 0..view.as_bytes().len() {
                let cut = Edit::build(layouts())
                    .mti("0200")
                    .set_leaf(&number.to_string(), &shown_whole(number, &view.as_bytes()[..end]))
                    .finish();
                // One of fixed length cannot be.
                if let Ok(cut) = cut {
                    asked(layouts(), &cut);
                }
            }
        }
    }
}

/// The inside of an element as the leaf of it: bytes as hex.
fn shown_whole(number: u8, inside: &[u8]) -> String {
    match field(number).rule.class {
        isopace::wire::Class::B => hex(inside),
        // EBCDIC as it would be read.
        _ if number == 63 => inside.iter().map(|byte| char::from(ascii(*byte))).collect(),
        _ => inside.iter().map(|byte| char::from(*byte)).collect(),
    }
}

fn ascii(byte: u8) -> u8 {
    (b' '..=b'~').find(|character| ebcdic(&char::from(*character).to_string()) == [byte]).unwrap_or(b'?')
}

#[test]
fn every_byte_to_every_value() {
    for sample in samples() {
        for at in START..sample.len() {
            for byte in 0..=u8::MAX {
                let mut spoilt = sample.to_vec();
                spoilt[at] = byte;
                // A length, a digit, a tag, a bracket: what may be another layout is written to as well.
                match byte {
                    0 | b'1' | b'9' | b'A' | b'<' | 0xFF => asked(layouts(), &spoilt),
                    _ => read(layouts(), &spoilt),
                }
            }
        }
    }
}
