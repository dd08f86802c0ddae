//! Composites: a class for the whole that holds its parts.

use super::draft::{Code, Extent, Field, Inside, Layout};

/// Puts children into a field. A field of characters that cannot hold them becomes one of bytes, which is the same on
/// the wire; where it cannot, the children are left out.
pub(super) fn put(field: &mut Field, inside: Inside) {
    if inside.fields.iter().all(|child| child.dropped) {
        let why = if inside.fields.is_empty() { "its parts: none are given" } else { "its parts: none can be said" };
        leave_out(field, &inside, why);
        return;
    }
    if inside.layout == Layout::Positional
        && let Some(gap) = inside.fields.iter().find(|child| child.dropped)
    {
        let why = format!("its parts: part {} cannot be said, and those after it have no place then", gap.key);
        leave_out(field, &inside, &why);
        return;
    }
    let bytes = match inside.layout {
        Layout::BerTlv { .. } | Layout::Tlv(_) | Layout::Bitmap { encoding: "binary", .. } => true,
        Layout::Bitmap { .. } => !matches!(field.class, "an" | "ans" | "anp"),
        Layout::Positional => false,
    };
    let held = inside.fields.iter().filter(|child| !child.dropped).all(|child| holds(field.class, child));
    if field.class != "b" && (bytes || !held) {
        if !field.code.is_bytewise() {
            leave_out(field, &inside, "its parts: they are not of the class of the whole");
            return;
        }
        field.class = "b";
        field.code = Code::Raw;
        field.pad = None;
    }
    field.inside = Some(inside);
}

/// Names the children in a note instead of writing them.
pub(super) fn leave_out(field: &mut Field, inside: &Inside, why: &str) {
    let parts: Vec<String> = inside.fields.iter().map(|child| format!("{} \"{}\"", child.key, child.name)).collect();
    let parts = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
    field.lost(format!("{why}{parts}"));
    field.inside = None;
}

/// Numbers positions 1, 2, 3 ... in the order they stand in.
pub(super) fn number(field: &mut Field, children: &mut [Field]) {
    let before: Vec<String> = children.iter().map(|child| child.key.clone()).collect();
    let mut changed = false;
    for (number, child) in (1_usize..).zip(children.iter_mut()) {
        let key = number.to_string();
        changed |= child.key != key;
        child.key = key;
    }
    if changed {
        field.guessed(format!("parts {} are numbered from 1 here", before.join(", ")));
    }
}

/// A field of digits holds no letters.
fn holds(outer: &str, child: &Field) -> bool {
    let bytes = child.class == "b" && child.code == Code::Raw;
    match outer {
        "b" => true,
        "ans" => !bytes && child.code != Code::Utf8 && !matches!(child.code, Code::Bcd { .. }),
        "an" | "anp" => matches!(child.class, "n" | "a" | "an" | "anp" | "x+n"),
        "n" => child.class == "n" && child.is_fixed(),
        _ => false,
    }
}

/// What a whole is made of that says nothing about itself but its length in bytes.
pub(super) fn class_of(layout: Layout, children: &[Field]) -> (&'static str, Code) {
    let same = |class: &str| children.iter().all(|child| child.class == class);
    let code = children.first().map_or(Code::Raw, |child| child.code);
    let prefixed = |child: &Field| match child.extent {
        Extent::Fixed(_) => true,
        Extent::UpTo { prefix, .. } => prefix.is_some_and(|prefix| matches!(prefix.encoding, "ascii" | "ebcdic")),
    };
    let one_code = children.iter().all(|child| child.code == code && child.inside.is_none() && prefixed(child));
    if layout != Layout::Positional || !one_code || !code.is_bytewise() || code == Code::Raw {
        return ("b", Code::Raw);
    }
    (if same("n") && children.iter().all(Field::is_fixed) { "n" } else { "ans" }, code)
}
