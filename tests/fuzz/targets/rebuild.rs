//! Valid values put into a message from nothing: it is written, read back, and has just these values; and built once more
//! from its leaves it is the same.
#![no_main]

use std::collections::BTreeMap;

use arbitrary::{Result, Unstructured};
use isopace::iso87a::DIALECT;
use isopace::msg::Field;
use isopace::wire::{Class, Encoding, Length};
use isopace::{Edit, Message};
use libfuzzer_sys::fuzz_target;

/// Tags of bytes, listed and not.
const TAGS: [&str; 6] = ["9F26", "82", "95", "9F37", "DF01", "DF8129"];

/// A value that the field may have, of its full length where that is fixed.
fn value(input: &mut Unstructured<'_>, field: &Field) -> Result<String> {
    let rule = field.rule;
    let units = match rule.length {
        Length::Fixed(units) => units,
        Length::Variable { min, max, .. } => input.int_in_range(min..=max.min(min + 120))?,
        Length::Rest { max } => input.int_in_range(0..=max.min(40))?,
    };
    if rule.class == Class::B {
        return (0..units).map(|_| Ok(format!("{:02X}", input.arbitrary::<u8>()?))).collect();
    }
    let from: &[u8] = match rule.class {
        Class::N | Class::Xn => b"0123456789",
        Class::A => b"ABCXYZabcxyz",
        Class::An => b"0189ABYZabyz",
        Class::As => b"AZaz /-~",
        Class::Ns => b"0189 /-~",
        Class::Z => b"0189=D:;<>?",
        _ => b"0189AZaz !~",
    };
    (0..units)
        .map(|place| match rule.class {
            Class::Xn if place == 0 => input.choose(b"CD").map(|&sign| char::from(sign)),
            _ => input.choose(from).map(|&byte| char::from(byte)),
        })
        .collect()
}

fn run(input: &mut Unstructured<'_>) -> Result<()> {
    let mut edit = Edit::build(&DIALECT);
    edit.mti(input.choose(&["0100", "0200", "0420", "0800", "1234"])?);
    let mut set: BTreeMap<String, String> = BTreeMap::new();
    for _ in 0..input.int_in_range(0..=24)? {
        let field = *input.choose(&DIALECT.fields().iter().collect::<Vec<_>>())?;
        let (path, value) = match field.key.to_string() {
            number if number == "55" => {
                let tag = input.choose(&TAGS)?;
                let inside = field.composite.expect("DE 55 has an inside").fields;
                let units = match inside.iter().find(|field| field.key.to_string() == *tag) {
                    Some(field) => field,
                    None => inside.iter().find(|field| field.rule.max() == 4).unwrap_or(&inside[0]),
                };
                if units.rule.class != Class::B || units.rule.encoding != Encoding::Raw {
                    continue;
                }
                (format!("55.{tag}"), value(input, units)?)
            }
            number => (number, value(input, field)?),
        };
        edit.set_leaf(&path, &value);
        set.insert(path, value);
    }
    let wire = edit.finish().expect("every value was one that its element may have");
    let message = Message::parse(&DIALECT, wire.clone()).expect("what was written is a message");
    let mut leaves = Vec::new();
    message.leaves(|leaf| {
        let leaf = leaf.expect("every layout is right");
        leaves.push((leaf.path().to_owned(), leaf.expose().expect("every value is right")));
    });
    for (path, value) in &set {
        let inside = format!("{path}.");
        // A composite that was set as one value is shown in parts.
        let found: String = match leaves.iter().find(|(other, _)| other == path) {
            Some((_, found)) => found.clone(),
            None => leaves.iter().filter(|(other, _)| other.starts_with(&inside)).map(|(_, part)| part.as_str()).collect(),
        };
        assert_eq!(&found, value, "{path}");
    }
    let mut again = Edit::build(&DIALECT);
    again.mti(message.mti().as_str());
    for (path, value) in &leaves {
        again.set_leaf(path, value);
    }
    assert_eq!(again.finish().expect("leaves can be set"), wire);
    Ok(())
}

fuzz_target!(|data: &[u8]| {
    // Too little input makes a smaller message, not an error.
    let _ = run(&mut Unstructured::new(data));
});
