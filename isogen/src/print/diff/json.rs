//! Differences for programs.

use serde_json::{Value, json};

use super::{ApiChange, Change, Differences};

impl Differences {
    /// As JSON text: `equal`, and the three groups with a list each. `old` is null for what is new, `new` for what is gone.
    #[must_use]
    pub fn to_json(&self) -> String {
        let changes = |changes: &[Change]| changes.iter().map(change).collect::<Value>();
        let document = json!({
            "equal": self.is_empty(),
            "wire": changes(&self.wire),
            "meaning": changes(&self.meaning),
            "api": self.api.iter().map(api).collect::<Value>(),
        });
        format!("{document:#}\n")
    }
}

fn change(change: &Change) -> Value {
    json!({ "path": change.path, "aspect": change.aspect, "old": change.old, "new": change.new })
}

fn api(change: &ApiChange) -> Value {
    json!({ "item": change.item, "old": change.old, "new": change.new, "breaking": change.breaking })
}
