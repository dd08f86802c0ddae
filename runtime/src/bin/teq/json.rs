//! The JSON form of a message: `{"mti":"0200","fields":{"2":"...","55.9F26":"..."}}`.
//!
//! Paths are flat and in the order of the wire, values strings: text as it stands, bytes as upper-case hex. An object
//! stands on one line, so that several make a stream.

use std::fmt;

use isopace::inspect::Inspection;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value, json};

use crate::decode::elements;
use crate::report::Report;
use crate::usage;

/// A decoded message; with `error` first where it is not good.
pub(crate) fn message(decoded: &Inspection, reveal: bool) -> String {
    let mut fields = Map::new();
    for element in elements(decoded, reveal) {
        fields.insert(element.path, Value::String(element.value));
    }
    let mut object = Map::new();
    if let Some(report) = decoded.errors().first() {
        object.insert("error".to_owned(), error(report));
    }
    if let Some(mti) = decoded.mti() {
        object.insert("mti".to_owned(), Value::String(mti.to_string()));
    }
    object.insert("fields".to_owned(), Value::Object(fields));
    line(&Value::Object(object))
}

/// An error that leaves no message to show.
pub(crate) fn refusal(report: &Report) -> String {
    line(&json!({ "error": error(report), "fields": {} }))
}

/// An error as an object.
pub(crate) fn error(report: &Report) -> Value {
    json!({
        "path": report.path,
        "offset": report.offset,
        "kind": report.kind,
        "message": report.message,
        "hint": report.hint,
    })
}

/// A value on a line of its own.
pub(crate) fn line(value: &Value) -> String {
    format!("{value}\n")
}

/// A message to be encoded.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    /// Message type, four digits.
    pub(crate) mti: String,
    /// Paths and values in the order given.
    pub(crate) fields: Fields,
}

/// Paths and values in the order given.
pub(crate) struct Fields(pub(crate) Vec<(String, String)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of strings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut entries: Vec<(String, String)> = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Fields(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// Reads a message to be encoded.
///
/// The parser's own words are not passed on: they quote values.
pub(crate) fn parse(text: &str) -> Result<Document, String> {
    let document: Document = serde_json::from_str(text).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Data => {
                "is not a message: wanted is {\"mti\":\"0200\",\"fields\":{\"11\":\"000001\"}}, every value a string"
            }
            _ => "is not JSON",
        };
        format!("the input {what} (line {}, column {})", error.line(), error.column())
    })?;
    let mut paths: Vec<&str> = document.fields.0.iter().map(|(path, _)| path.as_str()).collect();
    paths.sort_unstable();
    match paths.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("{} is given twice", usage::path(pair[0]))),
        None => Ok(document),
    }
}
