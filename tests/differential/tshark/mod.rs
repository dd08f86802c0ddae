//! Wireshark's dissector of ISO 8583. It reads the 1987 edition in ASCII and in packed form; README.md beside this file
//! says where its table is another one than that of the standard.

mod capture;
#[cfg(feature = "host")]
mod demo;
mod dissector;

use isopace::Dialect;
use isopace::msg::Field;
use isopace::wire::{Class, Length};
use isopace_tests::seeded::Seeded;

use crate::batch::{Batch, mutated};
use crate::ours::{Values, Written, differences, number, read, read_back, write};
use crate::values::Sayable;
use dissector::{Form, Seen};

/// Elements that its table has otherwise, or that are bytes here and text there.
const OTHERWISE: [u16; 11] = [34, 36, 53, 55, 86, 87, 88, 89, 92, 93, 65];

/// And those that it reads otherwise when digits are in nibbles: track 2 as bytes, signs as a digit.
const OTHERWISE_PACKED: [u16; 6] = [28, 29, 30, 31, 35, 97];

/// An odd count of digits has its filler in front, whatever the length.
const PACKED: &str = r#"
[spec]
name = "tshark-packed"
title = "Packed digits as the dissector of Wireshark reads them"
extends = "iso87-b"

[field.2]
encoding = { encoding = "bcd", pad = "left", nibble = "0" }

[field.32]
encoding = { encoding = "bcd", pad = "left", nibble = "0" }

[field.33]
encoding = { encoding = "bcd", pad = "left", nibble = "0" }

[field.99]
encoding = { encoding = "bcd", pad = "left", nibble = "0" }

[field.100]
encoding = { encoding = "bcd", pad = "left", nibble = "0" }
"#;

const MESSAGE_TYPES: [&str; 8] = ["0100", "0110", "0200", "0210", "0220", "0420", "0430", "0800"];

/// Shorter messages are none to the dissector.
const SHORTEST: usize = 20;

#[test]
fn tshark_ascii() {
    let dialect = isopace::load::shipped("iso87-a").unwrap();
    compare(&Batch::new("tshark_ascii", 3_000), Form::Ascii, dialect);
}

#[test]
fn tshark_packed() {
    let dialect = isopace::load::text("tshark-packed", PACKED).unwrap();
    compare(&Batch::new("tshark_packed", 2_000), Form::Packed, dialect);
}

fn compare(batch: &Batch, form: Form, dialect: &'static Dialect) {
    if !dissector::is_there() {
        return;
    }
    let shared: Vec<&Field> = dialect.fields().iter().filter(|field| is_shared(form, number(field))).collect();
    let written = messages(batch, form, dialect, &shared);
    valid(batch, form, dialect, &written);
    changed(batch, form, dialect, &written);
}

fn is_shared(form: Form, number: u16) -> bool {
    !OTHERWISE.contains(&number) && (form == Form::Ascii || !OTHERWISE_PACKED.contains(&number))
}

/// Random messages of elements that both sides have alike.
fn messages(batch: &Batch, form: Form, dialect: &'static Dialect, shared: &[&Field]) -> Vec<Written> {
    let mut seeded = batch.seeded(1);
    let sayable = Sayable { least: 1, character: |_| true };
    let mut messages = Vec::with_capacity(batch.count);
    while messages.len() < batch.count {
        let one_in = 2 + seeded.below(20);
        let mut values = Values::new();
        for field in shared {
            if seeded.one_in(one_in) {
                values.insert(field.key.to_string(), sayable.value(&mut seeded, field));
            }
        }
        let mti = *seeded.pick(&MESSAGE_TYPES);
        match write(dialect, mti, values.clone()) {
            Ok(written) if form == Form::Packed && is_cut_short(dialect, &written.values) => {}
            Ok(written) if written.wire.len() >= SHORTEST => messages.push(written),
            Ok(_) => {}
            Err(wrong) => batch.disagree((wrong, mti, values), &[]),
        }
    }
    messages
}

/// What we write, the dissector reads: every value, and nothing more.
fn valid(batch: &Batch, form: Form, dialect: &'static Dialect, written: &[Written]) {
    let wires: Vec<Vec<u8>> = written.iter().map(|message| message.wire.clone()).collect();
    let mut passed_over = 0;
    for (message, seen) in written.iter().zip(dissector::read(form, &wires)) {
        if let Err(wrong) = read_back(batch, dialect, message, |_| false) {
            batch.disagree(wrong, &message.wire);
        }
        match seen {
            Seen::Read { mti, values } => {
                let different = different(form, dialect, &values, &message.values);
                if mti != message.mti || !different.is_empty() {
                    batch.disagree((mti, different), &message.wire);
                }
            }
            Seen::PassedOver if form == Form::Packed && looks_otherwise(&message.wire) => passed_over += 1,
            other => batch.disagree((other, &message.mti, &message.values), &message.wire),
        }
    }
    assert!(passed_over * 20 <= written.len(), "{passed_over} of {} are no messages to tshark", written.len());
    let values: usize = written.iter().map(|message| message.values.len()).sum();
    batch.told(&format!("{} messages, {values} values alike, {passed_over} passed over", written.len()));
}

/// One byte changed: what the dissector calls malformed, we refuse; what both read, both read alike.
fn changed(batch: &Batch, form: Form, dialect: &'static Dialect, written: &[Written]) {
    let mut seeded = batch.seeded(2);
    let likely: &[u8] = match form {
        Form::Ascii => b"0123456789 AZaz=DC+-./:@[`{~\x00\x7F\xFF",
        Form::Packed => b"\x00\x01\x09\x10\x19\x20\x5A\x90\x99\x9A\xA0\xAF\xF0\xFFAZaz +-",
    };
    // The first byte has the edition, by which the dissector takes another table.
    let mut change = |message: &Written| mutated(&mut seeded, &message.wire, likely, 1);
    let wires: Vec<Vec<u8>> = written.iter().flat_map(|message| [change(message), change(message)]).collect();
    let (mut refused, mut alike, mut known, mut stricter) = (0, 0, 0, 0);
    for (wire, seen) in wires.iter().zip(dissector::read(form, &wires)) {
        match (read(batch, dialect, wire, |_| false), seen) {
            (Err(_), Seen::Malformed) => refused += 1,
            (Err(_), _) => stricter += 1,
            (Ok((_, values)), _) if values.keys().any(|key| !is_shared(form, key.parse().unwrap())) => known += 1,
            (Ok((_, values)), Seen::Malformed) if is_stricter(form, dialect, &values) => known += 1,
            (Ok((mti, ours)), Seen::Read { mti: theirs, values }) => {
                let different = different(form, dialect, &values, &ours);
                if mti != theirs || !different.is_empty() {
                    batch.disagree((mti, theirs, different), wire);
                }
                alike += 1;
            }
            (Ok(_), Seen::PassedOver) if wire.len() < SHORTEST || form == Form::Packed && looks_otherwise(wire) => {
                known += 1;
            }
            (ours, seen) => batch.disagree((ours, seen), wire),
        }
    }
    batch.told(&format!(
        "{} changed by one byte: {refused} refused by both, {stricter} by us alone, {alike} read alike, {known} where \
         tshark is known to be otherwise",
        wires.len()
    ));
    assert!(refused * 10 > wires.len() && alike * 10 > wires.len(), "too few are compared");
}

/// Where the values differ.
fn different(form: Form, dialect: &Dialect, theirs: &Values, ours: &Values) -> Vec<String> {
    differences(theirs, ours, |number, theirs, ours| {
        dialect.resolve(number).is_some_and(|field| is_alike(form, field, theirs, ours))
    })
}

fn is_alike(form: Form, field: &Field, theirs: &str, ours: &str) -> bool {
    match (field.rule.class, form) {
        // Hex is shown as it stands.
        (Class::B, Form::Ascii) => theirs.eq_ignore_ascii_case(ours),
        // Its copy of the hex is not terminated: what memory holds behind it is shown too.
        (Class::B, Form::Packed) => theirs.starts_with(ours),
        // Some versions write a backslash as two.
        _ => theirs == ours || theirs == ours.replace('\\', "\\\\"),
    }
}

/// What is right, and malformed to the dissector: a variable element of length zero; blanks that pad letters and
/// digits.
fn is_stricter(form: Form, dialect: &Dialect, values: &Values) -> bool {
    let cut_short = form == Form::Packed && is_cut_short(dialect, values);
    cut_short
        || values.iter().any(|(key, value)| {
            let Some(field) = dialect.resolve(key) else { return false };
            let padded = field.rule.class == Class::An && matches!(field.rule.length, Length::Fixed(_));
            value.is_empty() || padded && value.ends_with(' ')
        })
}

/// For a packed prefix of three digits the dissector looks at four bytes, be they there or not.
fn is_cut_short(dialect: &Dialect, values: &Values) -> bool {
    let last = values.iter().max_by_key(|(number, _)| number.parse::<u8>().unwrap());
    let prefix = |number: &String| dialect.resolve(number).map_or(0, |field| field.rule.prefix_bytes());
    last.is_some_and(|(number, value)| prefix(number) == 2 && value.len() < 2)
}

/// With a bitmap in bytes the dissector takes sixteen bytes, from the third byte of the bitmap up to a zero, for text;
/// a byte beyond ASCII becomes three. Where that makes sixteen, it wants hex.
fn looks_otherwise(wire: &[u8]) -> bool {
    let Some(bytes) = wire.get(4..20) else { return true };
    let text: Vec<u8> = bytes.iter().copied().take_while(|byte| *byte != 0).collect();
    let length: usize = text.iter().map(|byte| if byte.is_ascii() { 1 } else { 3 }).sum();
    length == 16 && !text.iter().all(u8::is_ascii_hexdigit)
}

/// So that the list of exceptions does not grow over what is in fact alike.
#[test]
fn tshark_leaves_few_elements_out() {
    let dialect = isopace::load::shipped("iso87-a").unwrap();
    let left_out = |form| dialect.fields().iter().filter(|field| !is_shared(form, number(field))).count();
    assert_eq!((left_out(Form::Ascii), left_out(Form::Packed)), (10, 16));
    let mut seeded = Seeded::new(1);
    assert_ne!(mutated(&mut seeded, b"0200", b"0", 1), b"0200");
}
