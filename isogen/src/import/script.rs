//! The statements of a Python file that make a spec: `spec = {...}`, `spec["2"] = {...}`, `spec["2"]["max_len"] = 5`.

use super::Unreadable;
use super::literal::{Cursor, Datum, Table, Value};
use super::note::Note;
use super::text::quote;

/// The dictionary that a file makes.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) table: Table,
    /// Statements that were not followed.
    pub(super) notes: Vec<Note>,
}

/// Reads a file: a dictionary by itself, or statements.
pub(super) fn read(source: &str) -> Result<Made, Unreadable> {
    let mut cursor = Cursor::new(source);
    let mut made: Option<(String, Table)> = None;
    let mut notes = Vec::new();
    loop {
        cursor.skip_space();
        let Some(first) = cursor.peek() else { break };
        let line = cursor.line();
        if first == '{' {
            let value = cursor.value(0)?;
            take(String::new(), line, value, &mut made, &mut notes);
            continue;
        }
        let start = cursor.rest();
        // A string by itself says what the module is.
        if cursor.string()?.is_some() {
            continue;
        }
        match statement(&mut cursor) {
            Some((name, keys, true)) => {
                let value = cursor.value(0)?;
                let rest = cursor.take_while(|letter| letter != '\n').trim_start_matches([' ', '\t', ';', '\r']);
                if !rest.is_empty() && !rest.starts_with('#') {
                    notes.push(Note::lost(line, format!("the statement {}, which computes", quote(first_line(start)))));
                } else if keys.is_empty() {
                    take(name, line, value, &mut made, &mut notes);
                } else {
                    let made = made.as_mut().filter(|(known, _)| *known == name);
                    if !made.is_some_and(|(_, table)| put(table, &keys, &value)) {
                        notes.push(Note::lost(line, format!("the statement {}", quote(first_line(start)))));
                    }
                }
            }
            _ => {
                let text = first_line(start);
                if !(text.starts_with("import ") || text.starts_with("from ")) {
                    notes.push(Note::lost(line, format!("the statement {}", quote(text))));
                }
            }
        }
        cursor.take_while(|letter| letter != '\n');
    }
    match made {
        Some((_, table)) => Ok(Made { table, notes }),
        None => Err(Unreadable::new(
            1,
            "no dictionary is written out in it: dump the spec as JSON, `json.dump(spec, file)`",
        )),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Takes a dictionary that is given a name. The first one counts.
fn take(name: String, line: usize, value: Value, made: &mut Option<(String, Table)>, notes: &mut Vec<Note>) {
    let what = if name.is_empty() { "a dictionary".to_owned() } else { quote(&name) };
    match value.datum {
        Datum::Table(table) if made.is_none() => *made = Some((name, table)),
        Datum::Table(_) => notes.push(Note::lost(line, format!("{what}, a second dictionary in the same file"))),
        _ => notes.push(Note::lost(line, format!("{what}, which is no dictionary"))),
    }
}

/// `name["key"] =`: the name, the keys, and whether an equals sign came.
fn statement(cursor: &mut Cursor<'_>) -> Option<(String, Vec<String>, bool)> {
    let name = cursor.take_while(|letter| letter.is_alphanumeric() || letter == '_').to_owned();
    if name.is_empty() {
        cursor.next();
        return None;
    }
    let mut keys = Vec::new();
    let blank = |letter: char| letter == ' ' || letter == '\t';
    cursor.take_while(blank);
    while cursor.eat("[") {
        cursor.take_while(blank);
        let key = match cursor.string().ok()? {
            Some(key) => key,
            None => cursor.take_while(char::is_alphanumeric).to_owned(),
        };
        cursor.take_while(blank);
        if !cursor.eat("]") {
            return None;
        }
        keys.push(key);
        cursor.take_while(blank);
    }
    // `spec: Mapping[str, Any] = {`
    if cursor.eat(":") {
        cursor.take_while(|letter| letter != '=' && letter != '\n');
    }
    let given = cursor.eat("=") && cursor.peek() != Some('=');
    Some((name, keys, given))
}

/// Sets what is at a path of keys.
fn put(table: &mut Table, keys: &[String], value: &Value) -> bool {
    let Some((key, deeper)) = keys.split_first() else { return false };
    let found = table.iter_mut().rev().find(|(known, _)| known == key);
    match (found, deeper.is_empty()) {
        (Some((_, old)), true) => old.clone_from(value),
        (None, true) => table.push((key.clone(), value.clone())),
        (Some((_, Value { datum: Datum::Table(inner), .. })), false) => return put(inner, deeper, value),
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::literal::get;

    #[test]
    fn a_dictionary_and_what_is_changed_in_it_later() {
        let made = read(
            "\"\"\"Says what it is.\"\"\"\nimport copy\nSIZE = 4\nspec: dict = {\n\
             't': {'max_len': 4},  # a comment\n}\n\
             spec['2'] = {'max_len': 0x13}\nspec[\"2\"]['max_len'] = 1_9\nspec['9']['max_len'] = 5\n\
             spec['t']['max_len'] = 2 * 2\nother = {}\nprint(spec)\n",
        )
        .unwrap();
        let number = |key: &str| get(&made.table, key).and_then(Value::table).and_then(|field| get(field, "max_len"));
        assert_eq!(number("t").and_then(Value::number), Some(4));
        assert_eq!(number("2").and_then(Value::number), Some(19));
        let lines: Vec<usize> = made.notes.iter().map(|note| note.line).collect();
        assert_eq!(lines, [3, 9, 10, 11, 12]);
    }

    #[test]
    fn a_dictionary_by_itself_is_json_too() {
        let made = read("{\"p\": {\"a\": null, \"b\": true, \"c\": [1, -2.5,], \"d\": {}}}\n").unwrap();
        assert!(made.notes.is_empty());
        assert_eq!(made.table.len(), 1);
        assert!(read("x = 5\n").is_err() && read("").is_err() && read("{1: 2").is_err());
    }
}
