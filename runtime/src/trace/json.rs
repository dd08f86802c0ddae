//! A record as JSON.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};

use super::described::Described;
use super::record::{Entry, Record, What};
use super::style::{Style, TimeLayout};

pub(super) fn json(record: &Record) -> Value {
    let entries: Vec<Value> = record.entries.iter().map(entry).collect();
    let mut all = json!({
        "id": record.id,
        "started": time(record.started),
        "total_us": micros(record.total),
        "failed": record.failed,
        "entries": entries,
    });
    if record.left_out > 0 {
        all["left_out"] = json!(record.left_out);
    }
    all
}

fn entry(entry: &Entry) -> Value {
    let mut all = Map::new();
    if let Some(at) = entry.at {
        all.insert("at_us".to_owned(), micros(at).into());
    }
    all.insert("label".to_owned(), entry.label.clone().into());
    match &entry.what {
        What::Step(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.clone(), Value::from(value.clone()))).collect();
            all.insert("fields".to_owned(), Value::Object(fields));
        }
        What::Message(described) => {
            all.insert("message".to_owned(), message(described));
        }
        What::Failure(text) => {
            all.insert("error".to_owned(), text.clone().into());
        }
    }
    Value::Object(all)
}

fn message(described: &Described) -> Value {
    let value = |value: &super::Value| {
        let mut all = json!({ "path": value.path, "name": value.name, "value": value.value });
        if let Some(raw) = &value.raw {
            all["raw"] = raw.clone().into();
        }
        all
    };
    let values: Vec<Value> = described.values.iter().map(value).collect();
    json!({ "dialect": described.dialect, "mti": described.mti, "bitmap": described.bitmap, "values": values })
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn time(at: SystemTime) -> String {
    Style::new().time_layout(TimeLayout::Rfc3339).time(at)
}
