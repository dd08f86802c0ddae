//! Lua literals.

/// A string in quotes, on one line whatever is in it.
pub(super) fn string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(character);
            }
            // Three digits, so that a digit after it is no part of it.
            control if control.is_ascii_control() => quoted.push_str(&format!("\\{:03}", u32::from(control))),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// Entries of a table on one line: `{ key = "2", max = 19 }`.
pub(super) fn record(entries: &[(&str, String)]) -> String {
    let entries: Vec<String> = entries.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    format!("{{ {} }}", entries.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_hold_anything() {
        for (text, lua) in
            [("a", "\"a\""), ("say \"x\\\"", "\"say \\\"x\\\\\\\"\""), ("1\n2", "\"1\\0102\""), ("é", "\"é\"")]
        {
            assert_eq!(string(text), lua);
        }
    }
}
