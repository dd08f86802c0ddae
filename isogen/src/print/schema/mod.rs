//! A JSON Schema (draft 2020-12) of the spec language, for editors that complete and check TOML by one.
//!
//! It holds what can be said of one file without its parents: keys, types, words and forms. What only the whole spec
//! tells (prefixes that are too narrow, lists that name no element) is said by `isogen check`.

mod describe;
mod field;
mod message;
mod text;
mod wire;

use serde_json::{Value, json};

/// The schema as JSON text.
///
/// A spec that extends another may leave out what its parent says; one that does not must have `[wire]` whole, and
/// `name` and `format` in each field.
///
/// ```
/// let schema = isogen::print::schema::schema();
/// assert!(schema.contains("https://json-schema.org/draft/2020-12/schema"));
/// ```
#[must_use]
pub fn schema() -> String {
    let mut text = format!("{:#}", document());
    text.push('\n');
    text
}

fn document() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ISO 8583 dialect",
        "description": text::DOCUMENT,
        "type": "object",
        "properties": {
            "spec": head(),
            "wire": wire::wire(),
            "correlation": message::correlation(),
            "field": field::elements(),
            "message": message::messages(),
        },
        "required": ["spec"],
        "additionalProperties": false,
        "if": { "properties": { "spec": { "required": ["extends"] } } },
        "else": {
            "required": ["wire"],
            "properties": {
                "wire": wire::whole(),
                "field": { "additionalProperties": { "$ref": "#/$defs/whole-field" } },
                "message": { "additionalProperties": { "$ref": "#/$defs/whole-message" } },
            },
        },
        "$defs": definitions(),
    })
}

fn definitions() -> Value {
    let mut all = serde_json::Map::new();
    for (name, definition) in wire::definitions().into_iter().chain(field::definitions()).chain(message::definitions())
    {
        all.insert(name.to_owned(), definition);
    }
    Value::Object(all)
}

fn head() -> Value {
    json!({
        "description": text::SPEC,
        "type": "object",
        "properties": {
            "name": described(text::SPEC_NAME, json!({ "type": "string", "pattern": KEBAB })),
            "title": described(text::SPEC_TITLE, json!({ "type": "string" })),
            "doc": described(text::SPEC_DOC, json!({ "type": "string" })),
            "extends": described(text::SPEC_EXTENDS, json!({ "type": "string" })),
        },
        "required": ["name", "title"],
        "additionalProperties": false,
    })
}

/// Kebab case, a letter first.
const KEBAB: &str = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$";
/// Snake case, a letter first.
const SNAKE: &str = "^[a-z][a-z0-9]*(_[a-z0-9]+)*$";
/// Upper snake case, a letter first.
const SHOUTY: &str = "^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$";

/// A schema with a description in front.
fn described(text: &str, schema: Value) -> Value {
    let mut all = serde_json::Map::new();
    all.insert("description".to_owned(), Value::from(text));
    if let Value::Object(map) = schema {
        all.extend(map);
    }
    Value::Object(all)
}

/// One word of several, each with what it stands for.
fn one_of(text: &str, words: &[(&str, &str)]) -> Value {
    let choices: Vec<Value> =
        words.iter().map(|(word, meaning)| json!({ "const": word, "description": meaning })).collect();
    json!({ "description": text, "type": "string", "oneOf": choices })
}
