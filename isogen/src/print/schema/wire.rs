//! `[wire]` and what it shares with fields: encodings, bitmaps, length prefixes.

use serde_json::{Value, json};

use super::describe::{self, Of};
use super::{described, one_of, text};
use crate::model::ThirdBitmap;
use crate::print::words;

/// What a spec that extends nothing must state.
const REQUIRED: [&str; 6] = ["mti", "bitmap", "digits", "text", "binary", "length"];

pub(super) fn wire() -> Value {
    json!({
        "description": text::WIRE,
        "type": "object",
        "properties": {
            "mti": one_of(text::WIRE_MTI, &describe::mti()),
            "bitmap": described(text::WIRE_BITMAP, reference("bitmaps")),
            "digits": described(text::DIGITS, reference("digits")),
            "text": described(text::TEXT, reference("text")),
            "binary": described(text::BINARY, reference("binary")),
            "length": described(text::LENGTH, reference("length")),
            "policy": described(text::POLICY, reference("policy")),
        },
        "additionalProperties": false,
    })
}

pub(super) fn definitions() -> Vec<(&'static str, Value)> {
    vec![
        ("bitmap", bitmap(false)),
        ("bitmaps", bitmap(true)),
        ("bcd", bcd()),
        (
            "digits",
            json!({ "anyOf": [one_of(text::DIGITS, &describe::encodings(Of::Digits)), reference("bcd"), wrapped(Of::Digits)] }),
        ),
        ("text", one_of(text::TEXT, &describe::encodings(Of::Text))),
        ("binary", one_of(text::BINARY, &describe::encodings(Of::Bytes))),
        ("whole-digits", whole_digits()),
        ("policy", one_of(text::POLICY, &describe::policies())),
        ("length", length(false)),
        ("own-length", length(true)),
        ("composite-length", composite_length()),
        (
            "encoding",
            json!({ "anyOf": [one_of(text::ENCODING, &describe::encodings(Of::Field)), reference("bcd"), wrapped(Of::Field)] }),
        ),
    ]
}

pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// `{ encoding = "ascii" }` for `"ascii"`: what a child writes that replaces packed digits.
fn wrapped(of: Of) -> Value {
    json!({
        "type": "object",
        "properties": { "encoding": one_of(text::ENCODING, &describe::encodings(of)) },
        "required": ["encoding"],
        "additionalProperties": false,
    })
}

/// The bitmaps of a composite, or of messages: of these the third one may stand elsewhere.
fn bitmap(of_messages: bool) -> Value {
    let mut properties = json!({
        "encoding": one_of(text::BITMAP_ENCODING, &describe::bitmaps()),
        "maps": described(text::BITMAP_MAPS, json!({ "type": "integer", "minimum": 1, "maximum": 3 })),
    });
    if let (true, Value::Object(map)) = (of_messages, &mut properties) {
        map.insert("third".to_owned(), one_of(text::BITMAP_THIRD, &describe::third_bitmaps()));
    }
    let mut table = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if let (true, Value::Object(map)) = (of_messages, &mut table) {
        let is_element = words::third_bitmap(ThirdBitmap::Element65);
        let three = described(text::BITMAP_MAPS, json!({ "const": 3 }));
        map.insert(
            "if".to_owned(),
            json!({ "properties": { "third": { "const": is_element } }, "required": ["third"] }),
        );
        map.insert("then".to_owned(), json!({ "properties": { "maps": three } }));
    }
    table
}

fn bcd() -> Value {
    let sides = describe::sides("840 becomes 08 40 (with nibble 0)", "840 becomes 84 0F (with nibble F)");
    json!({
        "description": text::BCD,
        "type": "object",
        "properties": {
            "encoding": described(text::ENCODING, json!({ "const": "bcd" })),
            "pad": one_of(text::BCD_PAD, &sides),
            "nibble": described(text::BCD_NIBBLE, json!({ "type": "string", "pattern": "^[0-9A-Fa-f]$" })),
        },
        "additionalProperties": false,
    })
}

/// What must not come from a parent, since there is none: packed digits are told whole.
fn whole_digits() -> Value {
    let bcd = json!({ "properties": { "encoding": { "const": "bcd" } } });
    json!({
        "if": { "type": "object" },
        "then": { "required": ["encoding"], "if": bcd, "then": { "required": ["pad", "nibble"] } },
    })
}

/// `[wire]` of a spec that extends nothing.
pub(super) fn whole() -> Value {
    json!({
        "required": REQUIRED,
        "properties": {
            "bitmap": { "required": ["encoding", "maps"] },
            "digits": reference("whole-digits"),
            "length": { "required": ["encoding", "counts"] },
        },
    })
}

/// A default has no width: the dots of each format say it.
fn length(own: bool) -> Value {
    let mut properties = json!({
        "encoding": one_of(text::LENGTH_ENCODING, &describe::prefixes()),
        "counts": one_of(text::LENGTH_COUNTS, &describe::counts()),
        "inclusive": described(text::LENGTH_INCLUSIVE, json!({ "type": "boolean", "default": false })),
    });
    if let (true, Value::Object(map)) = (own, &mut properties) {
        let width = json!({ "type": "integer", "minimum": 1, "maximum": 9 });
        map.insert("width".to_owned(), described(text::LENGTH_WIDTH, width));
    }
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// The default of the children's prefixes, or the length of each object of `tlv` and `ltv`.
fn composite_length() -> Value {
    json!({
        "type": "object",
        "properties": {
            "encoding": one_of(text::LENGTH_ENCODING, &describe::prefixes()),
            "counts": one_of(text::LENGTH_COUNTS, &describe::counts()),
            "inclusive": described(text::LENGTH_INCLUSIVE, json!({ "type": "boolean", "default": false })),
            "width": described(text::OBJECT_WIDTH, json!({ "type": "integer", "minimum": 1, "maximum": 9 })),
            "covers": one_of(text::COVERS, &describe::covers()),
        },
        "additionalProperties": false,
    })
}
