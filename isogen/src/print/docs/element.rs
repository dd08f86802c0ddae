//! What the reference says of one element, and of everything inside it.

use super::example;
use super::page::{Block, Bytes, Table, Text};
use super::{messages, reference};
use crate::model::{Composite, CompositeKind, Field, Length, Policy, Sensitivity, Spec, Unknown};
use crate::print::words;

/// The section of an element of the message.
pub(super) fn element(spec: &Spec, field: &Field) -> Block {
    let mut blocks = section(field, "", 3, None);
    let at = blocks.iter().position(|block| matches!(block, Block::Facts(_)));
    if let (Some(Block::Facts(facts)), Some(text)) = (at.and_then(|at| blocks.get_mut(at)), listed(spec, field)) {
        facts.push(("In messages", text));
    }
    Block::Section(blocks)
}

fn section(field: &Field, parent: &str, level: u8, within: Option<CompositeKind>) -> Vec<Block> {
    let path = words::path(parent, &field.key);
    let title = Text::code(path.clone()).and(format!(" {}", field.name));
    let mut blocks = vec![Block::Heading(level.min(6), reference::anchor(&path), title)];
    if !field.doc.is_empty() {
        blocks.push(Block::Prose(field.doc.clone()));
    }
    blocks.push(Block::Facts(facts(field, within)));
    if !field.values.is_empty() {
        let rows = field.values.iter().map(|value| {
            vec![Text::code(value.code.clone()), Text::from(value.meaning.clone()), Text::code(value.ident.clone())]
        });
        let head = ["Value", "Meaning", "In code"].map(Text::from).into();
        blocks.push(Block::Table(Table { class: "values", head, rows: rows.collect() }));
    }
    blocks.push(Block::Bytes(bytes(field, &path, within)));
    if let Some(composite) = &field.composite {
        let (children, path) = (composite.declared(), words::path_inside(&path, composite));
        let within = Some(words::within(composite));
        if children.is_empty() {
            let text = match composite.kind {
                CompositeKind::Pairs => "No pair is declared: all are kept and forwarded as they came.",
                _ => "No tag is declared: all are kept and forwarded as they came.",
            };
            blocks.push(Block::Line(Text::from(text)));
        } else {
            let head = ["", "Name", "Format", "Type", "Who may see it", "Inside"].map(Text::from).into();
            let rows = children.iter().map(|child| reference::row(child, &path, within)).collect();
            blocks.push(Block::Table(Table { class: "elements", head, rows }));
        }
        blocks.extend(
            children.iter().map(|child| Block::Section(section(child, &path, level.saturating_add(1), within))),
        );
    }
    blocks
}

fn facts(field: &Field, within: Option<CompositeKind>) -> Vec<(&'static str, Text)> {
    let mut facts = vec![
        ("Format", Text::code(words::format(field, within)).and(format!(", {}", words::extent(field, within)))),
        ("Type", Text::code(words::kind(field.kind)).and(", in code ").and_code(field.ident.clone())),
        ("Encoding", Text::code(words::encoding(field.encoding))),
    ];
    if let Some(prefix) = words::length_prefix(field.length) {
        facts.push(("Length prefix", Text::from(prefix)));
    } else if let Some(from) = length_from(field.length, within) {
        facts.push(("Length", Text::from(from)));
    }
    if field.pad.is_some() {
        facts.push(("Padding", Text::from(words::pad(field.pad))));
    }
    let shown = match field.sensitivity {
        Sensitivity::Clear => "shown",
        Sensitivity::Pan => "first six and last four shown",
        Sensitivity::Sad => "sensitive authentication data: length only, not kept after authorization",
        Sensitivity::Key => "key material: length only",
        Sensitivity::Pii => "personal data: length only",
        Sensitivity::Opaque => "not known to be harmless: length only",
    };
    facts.push(("Who may see it", Text::code(words::sensitivity(field.sensitivity)).and(format!(", {shown}"))));
    match field.policy {
        Policy::Strict => {}
        Policy::Lenient => facts.push(("Policy", Text::code("lenient").and(", content is read as it stands"))),
    }
    if let Some(composite) = &field.composite {
        let layout = layout(composite);
        facts.push(("Inside", Text::code(words::composite(composite)).and(format!(", {layout}"))));
    }
    if let Some(name) = &field.xml {
        facts.push(("XML element", Text::code(name.clone())));
    }
    facts
}

fn layout(composite: &Composite) -> String {
    let layout = match composite.kind {
        CompositeKind::Positional => "one after the other; trailing ones may be missing",
        CompositeKind::Bitmap(_) => "a bitmap of its own, then those whose bit is set",
        CompositeKind::BerTlv | CompositeKind::Tlv(_) => "tag, length, value",
        CompositeKind::Ltv(_) => "length, tag, value",
        CompositeKind::Pairs => {
            "name and value, each behind one digit that says how many digits its length has, and its length in bytes"
        }
        CompositeKind::Repeat { .. } => {
            "one group of fields after the other up to the end; path with the number of the group"
        }
    };
    let unlisted = match (composite.kind.gives_lengths(), composite.unknown) {
        (false, _) => "",
        (true, Unknown::Keep) => "; what is not listed is kept",
        (true, Unknown::Skip) => "; what is not listed is passed over",
        (true, Unknown::Reject) => "; what is not listed is an error",
    };
    let xml = if composite.xml { "; XML where the first character is `<`" } else { "" };
    format!("{layout}{unlisted}{xml}")
}

/// Where the length comes from when no prefix says it.
fn length_from(length: Length, within: Option<CompositeKind>) -> Option<&'static str> {
    match (within, length) {
        (Some(CompositeKind::BerTlv), _) => Some("given by the TLV"),
        (Some(CompositeKind::Tlv(_) | CompositeKind::Ltv(_)), _) => Some("stands beside the tag"),
        (Some(CompositeKind::Pairs), _) => Some("stands before the value"),
        (_, Length::Rest { .. }) => Some("no prefix; ends where the whole ends"),
        (_, Length::Fixed(_) | Length::Variable { .. }) => None,
    }
}

fn bytes(field: &Field, path: &str, within: Option<CompositeKind>) -> Bytes {
    let encoded = example::element(field, path, within);
    let before = match within {
        Some(CompositeKind::BerTlv | CompositeKind::Tlv(_)) => "tag and length",
        Some(CompositeKind::Ltv(_)) => "length and tag",
        Some(CompositeKind::Pairs) => "name and length",
        Some(CompositeKind::Positional | CompositeKind::Bitmap(_) | CompositeKind::Repeat { .. }) | None => "length",
    };
    let mut pieces = Vec::new();
    if !encoded.header.is_empty() {
        pieces.push((before, encoded.header));
    }
    pieces.push((if field.composite.is_some() { "inside" } else { "content" }, encoded.content));
    Bytes { value: encoded.value, pieces }
}

/// `M 0200 0210, C 0100`.
fn listed(spec: &Spec, field: &Field) -> Option<Text> {
    let crate::model::Key::Number(number) = field.key else {
        return None;
    };
    let texts = [("mandatory in", "M"), ("conditional in", "C"), ("optional in", "O")].into_iter().filter_map(
        |(word, letter)| {
            let messages = spec.messages.iter().filter(|message| messages::presence(message, number) == letter);
            let links =
                messages.map(|message| Text::link(format!("#{}", messages::anchor(message)), message.mti.clone()));
            let links = Text::joined(links, " ");
            (!links.0.is_empty()).then(|| Text::joined([Text::from(word), links], " "))
        },
    );
    let text = Text::joined(texts, "; ");
    (!text.0.is_empty()).then_some(text)
}
