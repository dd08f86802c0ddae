//! Bad input: everything that is wrong is refused, nothing that is right is, and nothing panics. What is right is said by a
//! slow checker that shares no code with the library.

use std::panic::catch_unwind;

use isopace::iso87a::{FinancialRequest, Message};
use isopace::{Bytes, Violations};
use isopace_tests::seeded::Seeded;
use isopace_tests::{AUTH_0200, oracle, traffic};

/// All that the library proves of a message.
fn proven(wire: &[u8]) -> Result<Message, Violations> {
    let message = Message::parse(Bytes::copy_from_slice(wire))?;
    message.validate()?;
    Ok(message)
}

fn replaced(at: usize, with: &[u8]) -> Vec<u8> {
    let mut wire = AUTH_0200.to_vec();
    wire[at..at + with.len()].copy_from_slice(with);
    wire
}

/// Where an element of the message stands, length digits included.
fn start_of(number: u8) -> usize {
    Message::parse(AUTH_0200).unwrap().span(number).unwrap().start
}

#[test]
fn every_truncation_is_refused() {
    proven(AUTH_0200).unwrap();
    for end in 0..AUTH_0200.len() {
        assert!(Message::parse(&AUTH_0200[..end]).is_err(), "cut at {end}");
    }
}

#[test]
fn bytes_left_over_are_refused() {
    for tail in [&b"0"[..], b" ", b"\0", b"\n", b"0200", AUTH_0200] {
        assert!(Message::parse([AUTH_0200, tail].concat()).is_err(), "{tail:?}");
    }
}

#[test]
fn a_letter_in_a_number_is_refused() {
    for letter in [b'A', b'z', b' ', b'+', b'-', b'.', b'/', b':', 0, 0xB0, 0xFF] {
        for place in 0..12 {
            let message = Message::parse(replaced(start_of(4) + place, &[letter])).unwrap();
            assert!(message.amount().is_err(), "{letter:#x} at {place}");
            assert!(message.validate().is_err(), "{letter:#x} at {place}");
            assert!(FinancialRequest::try_from(&message).is_err(), "{letter:#x} at {place}");
        }
    }
}

/// `str::parse` takes "+9" for a number, and many decoders with it.
#[test]
fn a_length_is_digits_and_nothing_else() {
    for length in ["+9", "-1", " 9", "9 ", "0x", "1A", "\0\0", "\u{7f}0"] {
        for number in [2, 32, 35] {
            assert!(Message::parse(replaced(start_of(number), length.as_bytes())).is_err(), "{length:?} of {number}");
        }
    }
}

#[test]
fn a_length_above_the_maximum_is_refused() {
    // With as many characters as the length says, so that nothing else is wrong.
    for (number, max) in [(2, 19), (32, 11), (35, 37)] {
        let span = Message::parse(AUTH_0200).unwrap().span(number).unwrap();
        for length in [max, max + 1, 99] {
            let content = "1".repeat(length);
            let element = format!("{length:02}{content}");
            let wire = [&AUTH_0200[..span.start], element.as_bytes(), &AUTH_0200[span.end..]].concat();
            assert_eq!(proven(&wire).is_ok(), length <= max, "{length} of {number}");
        }
    }
}

/// How many were accepted and refused.
#[derive(Debug, Default)]
struct Count {
    accepted: usize,
    refused: usize,
}

impl Count {
    /// Library and checker must say the same, and what is accepted must be written as it was read.
    fn compare(&mut self, wire: &[u8]) {
        let ours = catch_unwind(|| proven(wire)).unwrap_or_else(|_| panic!("a panic on {}", wire.escape_ascii()));
        let expected = oracle::check(wire);
        assert_eq!(ours.is_ok(), expected.is_ok(), "{ours:?} {expected:?}\n{}", wire.escape_ascii());
        match ours {
            Ok(message) => {
                self.accepted += 1;
                assert_eq!(message.edit().finish().unwrap(), wire);
            }
            Err(_) => self.refused += 1,
        }
    }
}

#[test]
fn the_checker_and_the_library_agree_on_20_000_mutations() {
    let (mut seeded, mut count) = (Seeded::new(20_000), Count::default());
    for _ in 0..20_000 {
        let mut wire = AUTH_0200.to_vec();
        for _ in 0..=seeded.below(3) {
            let at = seeded.below(wire.len());
            wire[at] = seeded.bits() as u8;
        }
        count.compare(&wire);
    }
    println!("20 000 mutations of 1 to 3 bytes: {} accepted, {} refused, 0 panics", count.accepted, count.refused);
    assert!(count.accepted > 500 && count.refused > 10_000);
}

#[test]
fn the_checker_and_the_library_agree_on_other_messages() {
    let (mut seeded, mut count) = (Seeded::new(91), Count::default());
    for wire in traffic::random(92, 400) {
        proven(&wire).unwrap();
        count.compare(&wire);
        for _ in 0..50 {
            let mut wire = wire.clone();
            for _ in 0..=seeded.below(2) {
                let at = seeded.below(wire.len());
                // Mostly characters that could stand there, so that not all fail at once.
                wire[at] = *seeded.pick(b"0123456789 AZaz=DC+./:@[`{~\x7F\x00\xFF");
            }
            count.compare(&wire);
        }
    }
    println!("mutations of other messages: {} accepted, {} refused, 0 panics", count.accepted, count.refused);
    assert!(count.accepted > 1_000 && count.refused > 5_000);
}

/// Messages with what the first one does not have: chip data, a second bitmap, the original elements of a reversal.
fn others() -> Vec<(&'static str, Vec<u8>)> {
    let mut seeded = Seeded::new(55);
    let mut of = |mti: &[u8; 4], numbers: &[u8]| traffic::message(&mut seeded, *mti, numbers);
    vec![
        ("0200 of 18 elements", AUTH_0200.to_vec()),
        ("0200 with chip data", of(b"0200", &[2, 3, 4, 7, 11, 12, 13, 22, 25, 41, 42, 49, 55])),
        ("0420 with original elements", of(b"0420", &[2, 3, 4, 11, 28, 37, 90, 95, 102, 128])),
        ("0800 with a second bitmap", of(b"0800", &[7, 11, 53, 70, 96])),
        ("0620 with text", of(b"0620", &[11, 34, 36, 44, 45, 48, 52, 54, 60, 64, 97, 98, 101, 104, 127])),
        ("0800 with an empty second bitmap", b"0800822000000000000000000000000000001120072155123456".to_vec()),
        ("0800 in lower-case hex", b"0800823a0000000000000400000000000000112007215512345607215511201121301".to_vec()),
    ]
}

#[test]
fn every_truncation_of_other_messages_is_refused() {
    for (name, wire) in others() {
        proven(&wire).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
        for end in 0..wire.len() {
            let ours = catch_unwind(|| Message::parse(Bytes::copy_from_slice(&wire[..end])).is_err());
            assert!(matches!(ours, Ok(true)), "{name}, cut at {end}");
        }
    }
}

/// Every byte replaced by every other: an error, or a message that is written as it was read.
#[test]
fn every_byte_to_every_value() {
    for (name, wire) in others() {
        proven(&wire).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
        let mut accepted = 0;
        for at in 0..wire.len() {
            for byte in 0..=255 {
                let mut wire = wire.clone();
                wire[at] = byte;
                let result = catch_unwind(|| {
                    let Ok(message) = Message::parse(Bytes::copy_from_slice(&wire)) else { return 0 };
                    let mut leaves = 0;
                    message.leaves(|_| leaves += 1);
                    assert!(format!("{message:?}").len() > leaves);
                    let valid = message.validate().is_ok();
                    assert_eq!(message.edit().finish().unwrap(), wire);
                    // Set to itself, the message is built anew from its parts.
                    let mti = message.mti().as_str().to_owned();
                    let anew = message.edit().mti(&mti).finish().unwrap();
                    assert_eq!(anew, wire);
                    usize::from(valid)
                });
                accepted += result.unwrap_or_else(|_| panic!("{name}: byte {at} as {byte:#04x}"));
            }
        }
        println!("{name}: {accepted} of {} single-byte changes leave a valid message", wire.len() * 256);
        assert!(accepted > 0, "{name}");
    }
}
