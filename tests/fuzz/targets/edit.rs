//! Any changes over any message: an error, or a message in which everything that was not touched stands as it stood.
#![no_main]

use std::collections::BTreeMap;

use arbitrary::Arbitrary;
use isopace::iso87a::DIALECT;
use isopace::{Bytes, Message};
use libfuzzer_sys::fuzz_target;

/// What the message is when the bytes given are none.
const FALLBACK: &[u8] = b"02007020000000800000164111111111111111000000000000001099000123TERM0001";

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    base: &'a [u8],
    changes: Vec<Change<'a>>,
}

#[derive(Debug, Arbitrary)]
enum Change<'a> {
    Type(u16),
    Text { number: u8, text: &'a str },
    Bytes { number: u8, bytes: &'a [u8] },
    Number { number: u8, value: u64 },
    Leaf { number: u8, inside: Option<u16>, text: &'a str },
    Remove(u8),
    Keep(&'a [u8]),
}

fuzz_target!(|input: Input<'_>| {
    let base = Message::parse(&DIALECT, Bytes::copy_from_slice(input.base))
        .or_else(|_| Message::parse(&DIALECT, Bytes::from_static(FALLBACK)));
    let Ok(base) = base else { return };
    let mut edit = base.edit();
    // For each number that was touched whether it is to be there.
    let mut touched = BTreeMap::new();
    for change in &input.changes {
        match change {
            Change::Type(digits) => drop(edit.mti(&format!("{digits:04}"))),
            Change::Text { number, text } => {
                edit.set(*number, *text);
                touched.insert(*number, true);
            }
            Change::Bytes { number, bytes } => {
                edit.set(*number, *bytes);
                touched.insert(*number, true);
            }
            Change::Number { number, value } => {
                edit.set(*number, value);
                touched.insert(*number, true);
            }
            Change::Leaf { number, inside, text } => {
                match inside {
                    Some(tag) => edit.set_leaf(&format!("{number}.{tag:X}"), text),
                    None => edit.set_leaf(&number.to_string(), text),
                };
                touched.insert(*number, true);
            }
            Change::Remove(number) => {
                edit.remove(*number);
                touched.insert(*number, false);
            }
            Change::Keep(numbers) => {
                let gone = (0..=u8::MAX).filter(|number| !numbers.contains(number));
                touched.extend(gone.map(|number| (number, false)));
                edit.keep(numbers);
            }
        }
    }
    assert!(!format!("{edit:?}").is_empty());
    let mut into = b"before".to_vec();
    let appended = edit.finish_into(&mut into);
    let finished = edit.finish();
    assert_eq!(appended.is_ok(), finished.is_ok());
    let Ok(wire) = finished else { return };
    assert_eq!(&into[6..], &wire[..]);
    let message = Message::parse(&DIALECT, wire.clone()).expect("what was written is a message");
    for number in 2..=192 {
        match touched.get(&number) {
            Some(&there) => assert_eq!(message.has(number), there, "{number}"),
            None => {
                let element = |message: &Message| message.span(number).map(|span| message.as_bytes().slice(span));
                assert_eq!(element(&message), element(&base), "{number}");
            }
        }
    }
});
