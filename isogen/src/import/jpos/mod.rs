//! jPOS: the XML that a GenericPackager reads.
//!
//! An `<isofield>` names a class of jPOS, and the class says how the element stands on the wire: see [`class`]. An
//! `<isofieldpackager>` is a class for the whole and a packager for its parts. Known are the attributes that the
//! documentation of GenericPackager lists; all others are noted.

mod class;

use roxmltree::{Document, Node, ParsingOptions};

use self::class::{Shape, Value};
use super::draft::{Code, Draft, Extent, Field, Inside, Layout, Mti, Prefix, order};
use super::note::Note;
use super::text::quote;
use super::{Unreadable, inside, wire};

/// How deep packagers may nest.
const DEEPEST: usize = 15;

pub(super) fn read(source: &str) -> Result<Draft, Unreadable> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = Document::parse_with_options(source, options)
        .map_err(|error| Unreadable::new(usize::try_from(error.pos().row).unwrap_or(1), error.to_string()))?;
    let root = document.root_element();
    if root.tag_name().name() != "isopackager" {
        let name = quote(root.tag_name().name());
        return Err(Unreadable::new(line(root), format!("the root is {name}, a packager has <isopackager>")));
    }
    let mut draft = Draft { bitmap: "binary", maps: 1, ..Draft::default() };
    let mut message = Message::default();
    about_the_whole(root, &mut draft.remarks);
    let mut remarks = Vec::new();
    for node in elements(root, &mut remarks) {
        match number(node, "id") {
            Some(0) => message.mti(node, &mut draft),
            Some(1) => message.bitmap(node, &mut draft),
            Some(id) => draft.fields.extend(element(node, id)),
            None => remarks.push(Note::lost(line(node), format!("a field without a number ({})", named(node)))),
        }
    }
    draft.remarks.extend(remarks);
    message.finish(root, &mut draft);
    Ok(draft)
}

/// An element of the message.
fn element(node: Node<'_, '_>, id: u32) -> Option<Field> {
    if (2..=192).contains(&id) && id != 65 {
        return field(node, id, 0);
    }
    let why = if id == 65 { "its bit announces the third bitmap" } else { "elements are numbered 2 to 192" };
    Some(Field::dropped(id.to_string(), line(node), &named(node), why))
}

/// What the fields 0 and 1 say.
#[derive(Default)]
struct Message {
    mti: bool,
    bitmap: bool,
    digits: Option<Code>,
}

impl Message {
    fn mti(&mut self, node: Node<'_, '_>, draft: &mut Draft) {
        self.mti = true;
        let shape = class::shape(attribute(node, "class"));
        let code = match shape {
            Ok(Shape::Value(Value { code, prefix: None, .. })) => Some(code),
            _ => None,
        };
        self.digits = code;
        match code {
            Some(Code::Ascii) => draft.mti = Mti("ascii"),
            Some(Code::Bcd { .. }) => draft.mti = Mti("bcd"),
            Some(Code::Cp1047) => draft.mti = Mti("ebcdic"),
            _ => {
                let class = quote(attribute(node, "class"));
                draft.remarks.push(Note::lost(line(node), format!("the class {class} of the message type")));
                draft.remarks.push(Note::guessed(line(node), "mti = \"ascii\""));
            }
        }
        if number(node, "length") != Some(4) {
            let length = quote(attribute(node, "length"));
            draft
                .remarks
                .push(Note::lost(line(node), format!("length {length} of the message type: it has four digits")));
        }
    }

    fn bitmap(&mut self, node: Node<'_, '_>, draft: &mut Draft) {
        match class::shape(attribute(node, "class")) {
            Ok(Shape::Bitmap(encoding)) => {
                self.bitmap = true;
                draft.bitmap = encoding;
                if number(node, "length").is_some_and(|length| length >= 16) {
                    draft.maps = 2;
                }
            }
            _ => {
                let class = quote(attribute(node, "class"));
                draft.remarks.push(Note::lost(line(node), format!("field 1, which is no bitmap but {class}")));
            }
        }
    }

    fn finish(&self, root: Node<'_, '_>, draft: &mut Draft) {
        if !self.mti {
            draft.remarks.push(Note::guessed(line(root), "mti = \"ascii\": there is no field 0"));
        }
        if !self.bitmap {
            let guess = format!("bitmap = \"{}\": there is no field 1 that is a bitmap", draft.bitmap);
            draft.remarks.push(Note::guessed(line(root), guess));
        }
        let last = draft.fields.iter().filter(|field| !field.dropped).filter_map(|field| field.key.parse().ok()).max();
        let needed: u32 = last.unwrap_or(2_u32).div_ceil(64);
        draft.maps = draft.maps.max(u8::try_from(needed).unwrap_or(3)).min(3);
        if draft.fields.iter().any(|field| field.code == Code::Cp1047 && field.class == "ans") {
            draft.remarks.push(Note::guessed(line(root), "EBCDIC text is code page 1047"));
        }
    }
}

/// Attributes of a packager. What is not said is as usual.
fn about_the_whole(node: Node<'_, '_>, notes: &mut Vec<Note>) {
    for attribute in node.attributes() {
        let usual: &[&str] = match attribute.name() {
            // How far the fields go is seen from the fields.
            "maxValidField" | "thirdBitmapField" => continue,
            "bitmapField" => &["1"],
            "emitBitmap" => &["true"],
            "headerLength" => &["0"],
            "firstField" => &["0", "1", "2"],
            _ => &[],
        };
        if !usual.contains(&attribute.value()) {
            let said = format!("`{}` = {}", attribute.name(), quote(attribute.value()));
            let why = if attribute.name() == "headerLength" { ": a header belongs to the link" } else { "" };
            notes.push(Note::lost(line(node), format!("{said} of the packager{why}")));
        }
    }
}

/// A field with what is inside it. Nothing comes of a field that takes no place in a message.
fn field(node: Node<'_, '_>, id: u32, depth: usize) -> Option<Field> {
    let name = named(node);
    let dropped = |why: String| Some(Field::dropped(id.to_string(), line(node), &name, why));
    let value = match class::shape(attribute(node, "class")) {
        Ok(Shape::Value(value)) => value,
        Ok(Shape::Nothing) => return None,
        Ok(Shape::Bitmap(_)) => return dropped("a bitmap among the elements".to_owned()),
        Err(why) => return dropped(format!("{} {why}", quote(attribute(node, "class")))),
    };
    let Some(length) = number(node, "length") else {
        return dropped(format!("its length {} is no number", quote(attribute(node, "length"))));
    };
    let mut field = Field::new(id.to_string(), line(node), &name);
    field.class = value.class;
    field.code = value.code;
    let prefix = value.prefix.map(|(encoding, width)| Prefix::new(encoding, width));
    field.extent = Extent::of(prefix, length);
    attributes(node, &mut field, value.filled);
    if field.class == "b" && field.code == Code::Raw && prefix.is_some_and(|prefix| prefix.encoding == "ebcdic") {
        field.guessed("plain bytes behind an EBCDIC length");
    }
    if value.filled {
        filled(&mut field);
    }
    wire::fit(&mut field);
    if node.has_tag_name("isofieldpackager") && !field.dropped {
        parts(node, &mut field, depth);
    }
    Some(field)
}

fn attributes(node: Node<'_, '_>, field: &mut Field, filled: bool) {
    let packed = matches!(field.code, Code::Bcd { .. });
    let pads = attribute(node, "pad") == "true";
    if packed {
        field.code = Code::Bcd { left: pads || field.class == "x+n", nibble: '0' };
    }
    for given in node.attributes() {
        let (name, value) = (given.name(), given.value());
        match (name, value) {
            ("id" | "length" | "name" | "class", _) => {}
            ("pad", "true" | "false") | ("trim", "false") => {}
            ("inclusive", "false") => {}
            ("inclusive", "true") => match &mut field.extent {
                Extent::UpTo { prefix: Some(prefix), .. } => {
                    prefix.inclusive = true;
                    prefix.bytes = true;
                    if !field.code.is_bytewise() {
                        field.guessed("the length counts itself, and bytes rather than digits");
                    }
                }
                _ => field.lost("`inclusive`: there is no length prefix"),
            },
            ("trim", "true") => field.lost("`trim`: a value is read with its padding"),
            ("packager" | "emitBitmap" | "maxValidField" | "bitmapField" | "firstField" | "headerLength", _)
                if node.has_tag_name("isofieldpackager") => {}
            _ => field.lost(format!("`{name}` = {}", quote(value))),
        }
    }
    let silent = packed && !filled && node.attribute("pad").is_none() && field.class == "n";
    if silent && super::write::has_filler(field) {
        field.guessed("an odd number of digits has a zero behind it: `pad` is not said");
    }
}

/// A value that always takes its whole length on the wire, whatever its prefix says.
fn filled(field: &mut Field) {
    let Extent::UpTo { prefix: Some(prefix), max } = field.extent else { return };
    field.lost("its length prefix and the filling behind the value: both are part of the value here");
    let bytes = match field.code {
        Code::Bcd { .. } => max.div_ceil(2),
        Code::Hex | Code::EbcdicHex => max.saturating_mul(2),
        _ => max,
    };
    let characters = field.class != "b" && field.code.is_bytewise() && matches!(prefix.encoding, "ascii" | "ebcdic");
    if characters {
        field.class = "ans";
    } else {
        field.class = "b";
        field.code = Code::Raw;
    }
    field.extent = Extent::Fixed(bytes.saturating_add(prefix.size()));
}

/// What a nested packager says.
fn parts(node: Node<'_, '_>, field: &mut Field, depth: usize) {
    let mut bitmap = None;
    let mut children = Vec::new();
    let mut remarks = Vec::new();
    for child in elements(node, &mut remarks) {
        let shape = class::shape(attribute(child, "class"));
        match (number(child, "id"), shape) {
            (Some(0 | 1), Ok(Shape::Bitmap(encoding))) => bitmap = Some(encoding),
            (Some(id), _) if depth < DEEPEST => children.extend(self::field(child, id, depth + 1)),
            (Some(_), _) => remarks.push(Note::lost(line(child), format!("{}: it nests too deep", named(child)))),
            (None, _) => remarks.push(Note::lost(line(child), format!("a part without a number ({})", named(child)))),
        }
    }
    field.notes.extend(remarks);
    order(&mut children);
    for attribute in ["emitBitmap", "headerLength"] {
        let usual = if attribute == "headerLength" { "0" } else { "true" };
        if let Some(value) = node.attribute(attribute).filter(|value| *value != usual && bitmap.is_some()) {
            field.lost(format!("`{attribute}` = {} of its packager", quote(value)));
        }
    }
    let packager = attribute(node, "packager");
    let simple = packager.rsplit('.').next().unwrap_or_default();
    let known = ["", "GenericSubFieldPackager", "GenericPackager", "GenericValidatingPackager"].contains(&simple);
    let layout = match bitmap {
        Some(encoding) => {
            let most = children.iter().filter_map(|child| child.key.parse::<u32>().ok()).max().unwrap_or(1);
            Layout::Bitmap { encoding, maps: u8::try_from(most.div_ceil(64).clamp(1, 3)).unwrap_or(3) }
        }
        None => Layout::Positional,
    };
    if !known {
        let inside = Inside { layout, fields: children };
        inside::leave_out(field, &inside, &format!("its parts, which are laid out by {}", quote(packager)));
        return;
    }
    if layout == Layout::Positional {
        inside::number(field, &mut children);
    }
    inside::put(field, Inside { layout, fields: children });
}

/// The fields under a node; anything else is noted.
fn elements<'a, 'input>(node: Node<'a, 'input>, notes: &mut Vec<Note>) -> Vec<Node<'a, 'input>> {
    let mut found = Vec::new();
    for child in node.children().filter(Node::is_element) {
        match child.tag_name().name() {
            "isofield" | "isofieldpackager" => found.push(child),
            other => notes.push(Note::lost(line(child), format!("the XML element {}", quote(other)))),
        }
    }
    found
}

fn attribute<'a>(node: Node<'a, '_>, name: &str) -> &'a str {
    node.attribute(name).unwrap_or_default().trim()
}

fn number(node: Node<'_, '_>, name: &str) -> Option<u32> {
    attribute(node, name).parse().ok()
}

fn named(node: Node<'_, '_>) -> String {
    attribute(node, "name").to_owned()
}

fn line(node: Node<'_, '_>) -> usize {
    usize::try_from(node.document().text_pos_at(node.range().start).row).unwrap_or(1)
}
