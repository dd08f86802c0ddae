//! `[field.N]` and what is inside it.

use serde_json::{Value, json};

use super::describe;
use super::wire::reference;
use super::{SHOUTY, SNAKE, described, one_of, text};

/// Data elements: 2 to 192.
const ELEMENT: &str = "^([2-9]|[1-9][0-9]|1[0-8][0-9]|19[0-2])$";
/// A position or a bit.
const NUMBER: &str = "^[1-9][0-9]{0,4}$";
/// A BER-TLV tag.
const TAG: &str = "^([0-9A-Fa-f]{2}){1,4}$";
/// A tag of any kind, or the name of a pair.
const CHILD: &str = "^[^.#%]{1,99}$";

/// A name of XML, of ASCII characters and without a colon.
const XML_NAME: &str = "^[A-Za-z_][A-Za-z0-9_.-]*$";

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
            "xml": described(text::XML_NAME, json!({ "type": "string", "pattern": XML_NAME })),
            "composite": described(text::COMPOSITE, json!({
                "anyOf": [
                    { "const": "none", "description": "takes out what the extended spec has inside" },
                    reference("composite"),
                ],
            })),
            "field": keyed(text::CHILDREN, CHILD),
            "remove": described(text::REMOVE, json!({ "type": "boolean" })),
        },
        "additionalProperties": false,
        "allOf": [
            keys_inside(&["positional", "bitmap", "repeat"], NUMBER),
            keys_inside(&["ber-tlv"], TAG),
            {
                "if": { "properties": { "remove": { "const": true } }, "required": ["remove"] },
                "then": { "maxProperties": 1 },
            },
        ],
    })
}

/// What the children of composites of these kinds are known by, where the kind is said beside them.
fn keys_inside(kinds: &[&str], pattern: &str) -> Value {
    json!({
        "if": {
            "properties": {
                "composite": { "type": "object", "properties": { "kind": { "enum": kinds } }, "required": ["kind"] },
            },
            "required": ["composite"],
        },
        "then": {
            "properties": { "field": described(text::CHILDREN, json!({ "propertyNames": { "pattern": pattern } })) },
        },
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
                "if": { "type": "object" },
                "then": {
                    "required": ["kind"],
                    "properties": {
                        "bitmap": { "required": ["encoding", "maps"] },
                        "tag": { "required": ["encoding", "width"] },
                        "digits": reference("whole-digits"),
                    },
                    "allOf": [
                        {
                            "if": { "properties": { "kind": { "const": "bitmap" } } },
                            "then": { "required": ["bitmap"] },
                            "else": { "properties": { "bitmap": false } },
                        },
                        {
                            "if": { "properties": { "kind": { "enum": ["tlv", "ltv"] } } },
                            "then": {
                                "required": ["tag", "length"],
                                "properties": { "length": { "required": ["encoding", "width"] } },
                            },
                            "else": {
                                "properties": {
                                    "tag": false,
                                    "length": { "properties": { "width": false, "covers": false } },
                                },
                            },
                        },
                        {
                            "if": { "properties": { "kind": { "const": "repeat" } } },
                            "else": { "properties": { "most": false } },
                        },
                        {
                            "if": { "properties": { "kind": { "enum": ["positional", "bitmap", "repeat"] } } },
                            "then": { "properties": { "unknown": false } },
                        },
                    ],
                },
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
    let tag = json!({
        "type": "object",
        "properties": {
            "encoding": one_of(text::TAG_ENCODING, &describe::tags()),
            "width": described(text::TAG_WIDTH, json!({ "type": "integer", "minimum": 1, "maximum": 8 })),
        },
        "additionalProperties": false,
    });
    json!({
        "type": "object",
        "properties": {
            "kind": one_of(text::COMPOSITE_KIND, &describe::composites()),
            "bitmap": described(text::COMPOSITE_BITMAP, reference("bitmap")),
            "tag": described(text::COMPOSITE_TAG, tag),
            "digits": described(text::DIGITS, reference("digits")),
            "text": described(text::TEXT, reference("text")),
            "binary": described(text::BINARY, reference("binary")),
            "length": described(text::COMPOSITE_LENGTH, reference("composite-length")),
            "most": described(text::MOST, json!({ "type": "integer", "minimum": 1, "maximum": 65535 })),
            "unknown": one_of(text::UNKNOWN, &describe::unknowns()),
            "xml": described(text::XML, json!({ "type": "boolean", "default": false })),
        },
        "additionalProperties": false,
    })
}
