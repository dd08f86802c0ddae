//! Law 5 for every element and subfield of every shipped spec, at every depth: each one that is not clear is given a
//! card number or as much of one as it holds, and nothing that the codec prints may have it.

use crate::common;

use common::planted::outputs;
use common::secrets::{Needles, PANS};
use isopace::msg::{CompositeKind, Field, Sensitivity};
use isopace::wire::{Class, ErrorKind, Length};
use isopace::{Dialect, Edit, Error, Message};

/// Paths and values of all leaves of a field, children after those that stand before them.
fn leaves(path: &str, field: &Field, pan: &str, all: &mut Vec<(String, String)>) {
    let Some(composite) = field.composite else {
        all.push((path.to_owned(), value(field, pan)));
        return;
    };
    if let (CompositeKind::Repeat { .. }, [group]) = (composite.kind, composite.fields) {
        let one: u32 = group.composite.unwrap().fields.iter().map(|child| child.rule.max()).sum();
        // A fixed length is filled with groups.
        let groups = if let Length::Fixed(whole) = field.rule.length { whole / one } else { 1 };
        (1..=groups).for_each(|number| leaves(&format!("{path}.{number}"), group, pan, all));
        return;
    }
    let last = composite.fields.len() - 1;
    let positional = matches!(composite.kind, CompositeKind::Positional);
    for (place, child) in composite.fields.iter().enumerate() {
        let path = format!("{path}.{}", child.key);
        match (field.rule.length, child.rule.length) {
            // Takes what is left of a length that must be reached.
            (Length::Fixed(whole) | Length::Variable { min: 1.., max: whole, .. }, Length::Rest { .. })
                if positional && place == last && child.composite.is_none() =>
            {
                let before: u32 = composite.fields[..last].iter().map(|child| child.rule.max()).sum();
                all.push((path, sized(child, pan, whole - before)));
            }
            _ => leaves(&path, child, pan, all),
        }
    }
}

/// As much of the card number as the field holds; of a field that is clear something that is no part of it.
fn value(field: &Field, pan: &str) -> String {
    let rule = &field.rule;
    let units = match (rule.length, rule.class) {
        (Length::Fixed(units), _) => units,
        (Length::Variable { min, max, .. }, Class::B) => max.min(8).max(min),
        (Length::Variable { min, max, .. }, _) => max.min(pan.len() as u32).max(min),
        (Length::Rest { max }, Class::B) => max.min(8),
        (Length::Rest { max }, _) => max.min(pan.len() as u32),
    };
    sized(field, pan, units)
}

fn sized(field: &Field, pan: &str, units: u32) -> String {
    let secret = field.sensitivity != Sensitivity::Clear;
    let (class, count) = (field.rule.class, units as usize);
    let digits = pan.chars().cycle();
    // Letters that say the same as the digits, where only letters may stand.
    let letters = pan.bytes().map(|digit| char::from(digit - b'0' + b'A')).cycle();
    match (class, secret) {
        (Class::Xn, true) => "C".chars().chain(digits).take(count).collect(),
        (Class::Xn, false) => "C".chars().chain("7".chars().cycle()).take(count).collect(),
        (Class::B, true) => digits.take(2 * count).collect(),
        (Class::B, false) => "7".repeat(2 * count),
        (Class::A | Class::As, true) => letters.take(count).collect(),
        (Class::A | Class::As, false) => "Z".repeat(count),
        (_, true) => digits.take(count).collect(),
        (_, false) => "7".repeat(count),
    }
}

/// Where to part leaves in two, as high up as they differ, so that what belongs together stays so.
fn parted(leaves: &[(String, String)]) -> usize {
    let parts = |at: usize| leaves[at].0.split('.').collect::<Vec<_>>();
    let (first, last) = (parts(0), parts(leaves.len() - 1));
    let depth = first.iter().zip(&last).take_while(|(one, other)| one == other).count();
    let differs = |at: &usize| parts(*at).get(depth) != parts(*at - 1).get(depth);
    let middle = leaves.len() / 2;
    (1..leaves.len()).filter(differs).min_by_key(|at| at.abs_diff(middle)).unwrap_or(middle)
}

/// Messages of one element with these leaves: one, or several where it cannot hold all of its objects at once.
fn planted(dialect: &'static Dialect, leaves: &[(String, String)]) -> Result<Vec<Message>, Error> {
    let mut edit = Edit::build(dialect);
    edit.mti("0200");
    for (path, value) in leaves {
        edit.set_leaf(path, value);
    }
    match edit.finish() {
        Ok(wire) => Ok(vec![Message::parse(dialect, wire)?]),
        Err(error) if matches!(error.kind(), ErrorKind::TooLong { .. }) && leaves.len() > 1 => {
            let (first, second) = leaves.split_at(parted(leaves));
            Ok([planted(dialect, first)?, planted(dialect, second)?].concat())
        }
        Err(error) => Err(error),
    }
}

#[test]
fn nothing_of_any_field_of_any_shipped_spec() {
    for pan in [PANS[0]] {
        let letters: String = pan.bytes().map(|digit| char::from(digit - b'0' + b'A')).collect();
        // Longer fields have it again and again.
        let needles = Needles::secret(&pan.repeat(2)).and(Needles::secret(&letters.repeat(2)));
        for name in isopace::load::shipped_names() {
            let dialect = isopace::load::shipped(name).unwrap();
            for field in dialect.fields() {
                let what = format!("{name} {}", field.key);
                let mut all = Vec::new();
                leaves(&field.key.to_string(), field, pan, &mut all);
                let messages = planted(dialect, &all).unwrap_or_else(|error| panic!("{what}: {error}"));
                let shown: usize = messages.iter().map(|message| nothing_shows(&what, message, &needles)).sum();
                assert_eq!(shown, all.len(), "{what}");
                messages.iter().for_each(|message| nothing_shows_spoilt(&what, message, &needles));
            }
        }
    }
}

/// Looks for the needles in all that a message prints; gives how many leaves it has.
fn nothing_shows(what: &str, message: &Message, needles: &Needles) -> usize {
    for (what_of, text) in outputs(message) {
        needles.absent_from(&format!("{what} {what_of}"), &text);
    }
    let mut seen = 0;
    message.leaves(|leaf| {
        let leaf = leaf.unwrap_or_else(|error| panic!("{what}: {error}"));
        seen += 1;
        let (clear, masked) = (leaf.expose().unwrap(), leaf.masked());
        match leaf.field().map(|field| field.sensitivity) {
            Some(Sensitivity::Clear) => {}
            // Six in front and four behind, where there is more between.
            Some(Sensitivity::Pan) => assert!(masked != clear, "{what} {}", leaf.path()),
            // Short ones too, which are found anywhere in a longer text.
            _ => assert!(masked.starts_with('['), "{what} {}: {masked}", leaf.path()),
        }
    });
    seen
}

/// And with a byte of it spoilt. What then stands where a clear element should be is that element's, but no error may tell
/// of it.
fn nothing_shows_spoilt(what: &str, message: &Message, needles: &Needles) {
    let wire = message.as_bytes();
    for at in (0..wire.len()).step_by(1 + wire.len() / 8) {
        for byte in [b'1', 0xFF] {
            let mut wire = wire.to_vec();
            wire[at] = byte;
            let (partial, error) = Message::parse_partial(message.dialect(), wire);
            let violations = partial.validate().err();
            let texts = (error.map(|error| error.to_string()), violations.as_ref().map(ToString::to_string));
            needles.absent_from(&format!("{what} spoilt at {at}"), &format!("{error:?} {violations:?} {texts:?}"));
        }
    }
}
