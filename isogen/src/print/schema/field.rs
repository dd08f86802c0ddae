//! `[field.N]` and what is inside it.

use serde_json::{Value, json};

use super::describe;
use super::wire::reference;
use super::{SHOUTY, SNAKE, described, one_of, text};
use crate::model::{Bitmap, BitmapEncoding, CompositeKind};

/// Data elements: 2 to 192.
const ELEMENT: &str = "^([2-9]|[1-9][0-9]|1[0-8][0-9]|19[0-2])$";
/// A position, a bit, or a BER-TLV tag.
const CHILD: &str = "^([1-9][0-9]{0,4}|([0-9A-Fa-f]{2}){1,4})$";

pub(super) fn elements() -> Value {
    keyed(text::FIELDS, ELEMENT)
}

fn keyed(description: &str, pattern: &str) -> Value {
    json!({
        "description": description,
        "type": "object",
        "propertyNames": { "pattern": pattern },
        "additionalProperties": reference("field"),
    })
}

pub(super) fn definitions() -> Vec<(&'static str, Value)> {
    vec![("field", field()), ("whole-field", whole()), ("composite", composite()), ("value", value()), ("pad", pad())]
}

fn field() -> Value {
    json!({
        "type": "object",
        "properties": {
            "name": described(text::NAME, json!({ "type": "string" })),
            "format": described(text::FORMAT, json!({ "type": "string", "pattern": format() })),
            "type": one_of(text::TYPE, &describe::kinds()),
            "sensitive": one_of(text::SENSITIVE, &describe::sensitivities()),
            "ident": described(text::IDENT, json!({ "type": "string", "pattern": SNAKE })),
            "doc": described(text::DOC, json!({ "type": "string" })),
            "min": described(text::MIN, json!({ "type": "integer", "minimum": 0 })),
            "encoding": described(text::ENCODING, reference("encoding")),
            "length": described(text::OWN_LENGTH, reference("own-length")),
            "pad": described(text::PAD, reference("pad")),
            "policy": described(text::POLICY, reference("policy")),
            "values": described(text::VALUES, json!({
                "type": "object",
                "additionalProperties": reference("value"),
            })),
            "composite": described(text::COMPOSITE, reference("composite")),
            "field": keyed(text::CHILDREN, CHILD),
            "remove": described(text::REMOVE, json!({ "type": "boolean" })),
        },
        "additionalProperties": false,
        "if": { "properties": { "remove": { "const": true } }, "required": ["remove"] },
        "then": { "maxProperties": 1 },
    })
}

/// A field of a spec that extends nothing, at any depth: nothing comes from a parent.
fn whole() -> Value {
    json!({
        "required": ["name", "format"],
        "properties": {
            "encoding": reference("whole-digits"),
            "pad": { "if": { "type": "object" }, "then": { "required": ["side", "fill"] } },
            "composite": {
                "required": ["kind"],
                "properties": {
                    "bitmap": { "required": ["encoding", "maps"] },
                    "digits": reference("whole-digits"),
                },
                "if": { "properties": { "kind": { "const": "bitmap" } } },
                "then": { "required": ["bitmap"] },
                "else": { "properties": { "bitmap": false } },
            },
            "values": { "additionalProperties": { "if": { "type": "object" }, "then": { "required": ["meaning"] } } },
            "field": { "additionalProperties": reference("whole-field") },
            "remove": { "const": false },
        },
    })
}

/// A class, then a blank and a length, dots and a maximum, or a blank and `*`.
fn format() -> String {
    let classes: Vec<&str> =
        describe::classes().into_iter().map(|(word, _)| word).filter(|word| *word != "x+n").collect();
    format!("^(({})( [0-9]+|\\.{{1,9}}[0-9]+| \\*)|x\\+n [0-9]+)$", classes.join("|"))
}

fn pad() -> Value {
    let sides = describe::sides("before the value", "after the value");
    let fills = [(" ", "blanks"), ("0", "zeros; zero bytes for class b")];
    json!({
        "anyOf": [
            { "const": "none", "description": "a short value is an error" },
            {
                "type": "object",
                "properties": {
                    "side": one_of(text::PAD_SIDE, &sides),
                    "fill": one_of(text::PAD_FILL, &fills),
                },
                "additionalProperties": false,
            },
        ],
    })
}

fn value() -> Value {
    json!({
        "anyOf": [
            { "type": "string", "description": "what the value means" },
            {
                "type": "object",
                "properties": {
                    "meaning": described(text::VALUE_MEANING, json!({ "type": "string" })),
                    "ident": described(text::VALUE_IDENT, json!({ "type": "string", "pattern": SHOUTY })),
                },
                "additionalProperties": false,
            },
        ],
    })
}

fn composite() -> Value {
    let rule = Bitmap { encoding: BitmapEncoding::Binary, maps: 1 };
    let kinds =
        [CompositeKind::Positional, CompositeKind::Bitmap(rule), CompositeKind::BerTlv].map(|kind| match kind {
            CompositeKind::Positional => ("positional", "one after the other; trailing ones may be missing"),
            CompositeKind::Bitmap(_) => ("bitmap", "a bitmap of its own, then those whose bit is set"),
            CompositeKind::BerTlv => ("ber-tlv", "tag, length, value (EMV Book 3, annex B); keys are tags in hex"),
        });
    json!({
        "type": "object",
        "properties": {
            "kind": one_of(text::COMPOSITE_KIND, &kinds),
            "bitmap": described(text::COMPOSITE_BITMAP, reference("bitmap")),
            "digits": described(text::DIGITS, reference("digits")),
            "text": described(text::TEXT, reference("text")),
            "binary": described(text::BINARY, reference("binary")),
            "length": described(text::LENGTH, reference("length")),
        },
        "additionalProperties": false,
    })
}
