//! `[message.NAME]`.

use serde_json::{Value, json};

use super::wire::reference;
use super::{KEBAB, described, text};
use crate::resolve::MESSAGE_CLASSES;

pub(super) fn messages() -> Value {
    json!({
        "description": text::MESSAGES,
        "type": "object",
        "propertyNames": { "pattern": KEBAB },
        "additionalProperties": reference("message"),
    })
}

pub(super) fn correlation() -> Value {
    let list = |text: &str| described(text, reference("alternatives"));
    let mut properties = serde_json::Map::new();
    properties.insert("default".to_owned(), list(text::CORRELATION_DEFAULT));
    for (name, _) in MESSAGE_CLASSES {
        properties.insert((*name).to_owned(), list(text::CORRELATION_CLASS));
    }
    json!({
        "description": text::CORRELATION,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

pub(super) fn definitions() -> Vec<(&'static str, Value)> {
    let list = |text: &str| described(text, reference("elements"));
    let message = json!({
        "type": "object",
        "properties": {
            "mti": described(text::MTI, json!({ "type": "string", "pattern": "^[0-9]{4}$" })),
            "doc": described(text::DOC, json!({ "type": "string" })),
            "mandatory": list(text::MANDATORY),
            "conditional": list(text::CONDITIONAL),
            "optional": list(text::OPTIONAL),
            "reply": {
                "description": text::REPLY,
                "type": "object",
                "properties": {
                    "message": described(text::REPLY_MESSAGE, json!({ "type": "string" })),
                    "echo": list(text::REPLY_ECHO),
                },
                "additionalProperties": false,
            },
            "remove": described(text::REMOVE, json!({ "type": "boolean" })),
        },
        "additionalProperties": false,
        "if": { "properties": { "remove": { "const": true } }, "required": ["remove"] },
        "then": { "maxProperties": 1 },
    });
    let elements = json!({ "type": "array", "items": { "type": "integer", "minimum": 2, "maximum": 192 } });
    let whole = json!({
        "required": ["mti"],
        "properties": { "reply": { "required": ["message"] }, "remove": { "const": false } },
    });
    let key = json!({ "type": "array", "items": { "type": "integer", "minimum": 2, "maximum": 192 }, "minItems": 1 });
    let alternatives = json!({
        "anyOf": [key, { "type": "array", "items": key, "minItems": 1 }],
    });
    vec![("message", message), ("elements", elements), ("alternatives", alternatives), ("whole-message", whole)]
}
