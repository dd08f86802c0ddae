//! What is on the page of a spec, and on the index.

use super::page::{Block, Page, Table, Text};
use super::{element, messages};
use crate::model::{CompositeKind, DigitEncoding, Field, Spec, ThirdBitmap};
use crate::print::words;

/// The page of a spec.
pub(super) fn page(spec: &Spec) -> Page {
    let mut blocks = Vec::new();
    if !spec.doc.is_empty() {
        blocks.push(Block::Prose(spec.doc.clone()));
    }
    blocks.push(heading("wire", "On the wire"));
    blocks.push(Block::Facts(wire(spec)));
    blocks.push(heading("elements", "Elements"));
    blocks.push(Block::Table(elements(spec)));
    if !spec.messages.is_empty() {
        blocks.push(heading("messages", "Messages"));
        blocks.extend(messages::overview(spec));
        blocks.extend(spec.messages.iter().map(|message| messages::message(spec, message)));
    }
    blocks.push(heading("reference", "Element by element"));
    blocks.push(Block::Line(Text::from(
        "Examples are made up from the spec; card numbers are test numbers. Bytes are in hex, in the order of the wire.",
    )));
    blocks.extend(spec.fields.iter().map(|field| element::element(spec, field)));
    Page { file: spec.name.clone(), title: spec.title.clone(), contents: contents(spec), blocks }
}

/// The page that leads to the others.
pub(super) fn index(specs: &[Spec]) -> Page {
    let rows = specs.iter().map(|spec| {
        vec![
            Text::link(spec.name.clone(), spec.name.clone()),
            Text::from(spec.title.clone()),
            Text::from(spec.fields.len().to_string()),
            Text::from(spec.messages.len().to_string()),
        ]
    });
    let head = ["Spec", "Title", "Elements", "Messages"].map(Text::from).into();
    let table = Table { class: "list", head, rows: rows.collect() };
    Page {
        file: "index".to_owned(),
        title: "Field reference".to_owned(),
        contents: Vec::new(),
        blocks: vec![Block::Table(table)],
    }
}

/// Anchor of an element: `de-2`, `de-55-9F26`.
pub(super) fn anchor(path: &str) -> String {
    // Tags and names may have characters that an anchor may not.
    let plain = |character: char| match character {
        '.' => "-".to_owned(),
        _ if character.is_ascii_alphanumeric() || matches!(character, '-' | '_') => character.to_string(),
        _ => format!("_{:X}_", u32::from(character)),
    };
    format!("de-{}", path.chars().map(plain).collect::<String>())
}

fn heading(anchor: &str, text: &str) -> Block {
    Block::Heading(2, anchor.to_owned(), Text::from(text))
}

fn contents(spec: &Spec) -> Vec<(String, Vec<(String, String)>)> {
    let link = |anchor: &str, text: &str| (anchor.to_owned(), text.to_owned());
    let mut groups = vec![(String::new(), vec![link("wire", "On the wire"), link("elements", "Elements")])];
    if !spec.messages.is_empty() {
        let messages = spec.messages.iter();
        let links = messages.map(|one| (messages::anchor(one), format!("{} {}", one.mti, one.name.replace('-', " "))));
        groups
            .push(("Messages".to_owned(), std::iter::once(link("messages", "Which elements")).chain(links).collect()));
    }
    let elements = spec.fields.iter();
    let links = elements.map(|field| (anchor(&field.key.to_string()), format!("{} {}", field.key, field.name)));
    groups.push(("Elements".to_owned(), links.collect()));
    groups
}

fn wire(spec: &Spec) -> Vec<(&'static str, Text)> {
    let mti = match spec.mti {
        DigitEncoding::Ascii | DigitEncoding::Ebcdic => "four characters",
        DigitEncoding::Bcd { .. } => "two bytes",
    };
    let maps = words::count(spec.bitmap.maps.into(), "map");
    let third = match spec.third_bitmap {
        ThirdBitmap::AfterSecond => "",
        ThirdBitmap::Element65 => ", the third as DE 65",
    };
    let mut facts = vec![
        ("Message type", Text::code(words::digits(spec.mti)).and(format!(", {mti}"))),
        (
            "Bitmap",
            Text::code(words::bitmap_encoding(spec.bitmap.encoding)).and(format!(", up to {maps} of 64 bits{third}")),
        ),
    ];
    let mut encodings: Vec<(String, usize)> = Vec::new();
    let mut prefixes: Vec<(String, usize)> = Vec::new();
    for field in &spec.fields {
        tally(&mut encodings, format!("{} {}", words::class(field.class), words::encoding(field.encoding)));
        if let Some(prefix) = words::length_prefix(field.length) {
            tally(&mut prefixes, prefix);
        }
    }
    facts.push(("Content", sums(encodings)));
    if !prefixes.is_empty() {
        facts.push(("Length prefixes", sums(prefixes)));
    }
    facts
}

fn tally(counts: &mut Vec<(String, usize)>, what: String) {
    match counts.iter_mut().find(|(known, _)| *known == what) {
        Some((_, count)) => *count += 1,
        None => counts.push((what, 1)),
    }
}

/// The commonest first.
fn sums(mut counts: Vec<(String, usize)>) -> Text {
    counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    Text::joined(counts.into_iter().map(|(what, count)| Text::code(what).and(format!(" × {count}"))), ", ")
}

fn elements(spec: &Spec) -> Table {
    let head = ["", "Name", "Format", "Type", "Who may see it", "Inside"].map(Text::from).into();
    Table { class: "elements", head, rows: spec.fields.iter().map(|field| row(field, "", None)).collect() }
}

/// A line about a field in the table of its parent.
pub(super) fn row(field: &Field, parent: &str, within: Option<CompositeKind>) -> Vec<Text> {
    let path = words::path(parent, &field.key);
    let inside = field.composite.as_ref().map(words::composite).unwrap_or_default();
    vec![
        Text::link(format!("#{}", anchor(&path)), field.key.to_string()),
        Text::from(field.name.clone()),
        Text::code(words::format(field, within)),
        Text::code(words::kind(field.kind)),
        Text::from(words::sensitivity(field.sensitivity)),
        Text::from(inside),
    ]
}
