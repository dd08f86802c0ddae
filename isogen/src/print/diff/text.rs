//! Differences for people: grouped, a line each.

use std::fmt;

use super::{ApiChange, Change, Differences};

impl fmt::Display for Differences {
    /// Lines in groups; one sentence where nothing differs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return writeln!(f, "No difference on the wire, in the meaning or in the generated code.");
        }
        let mut first = true;
        group(f, "On the wire", &self.wire.iter().map(line).collect::<Vec<_>>(), &mut first)?;
        group(f, "In the meaning", &self.meaning.iter().map(line).collect::<Vec<_>>(), &mut first)?;
        let (breaking, other): (Vec<&ApiChange>, Vec<&ApiChange>) = self.api.iter().partition(|change| change.breaking);
        group(f, "In the generated code, breaking", &api_lines(&breaking), &mut first)?;
        group(f, "In the generated code, not breaking", &api_lines(&other), &mut first)
    }
}

/// A heading and lines of three columns.
fn group(f: &mut fmt::Formatter<'_>, heading: &str, lines: &[[String; 3]], first: &mut bool) -> fmt::Result {
    if lines.is_empty() {
        return Ok(());
    }
    if !std::mem::replace(first, false) {
        writeln!(f)?;
    }
    writeln!(f, "{heading} ({})", lines.len())?;
    let width = |column: usize| {
        let lengths = lines.iter().filter_map(|line| line.get(column)).map(|text| text.chars().count());
        lengths.max().unwrap_or(0)
    };
    let (path, aspect) = (width(0), width(1));
    for [one, two, three] in lines {
        let text = format!("  {one:path$}  {two:aspect$}  {three}");
        writeln!(f, "{}", text.trim_end())?;
    }
    Ok(())
}

fn line(change: &Change) -> [String; 3] {
    let list = matches!(change.aspect, "mandatory" | "conditional" | "optional" | "echo");
    let what = match (&change.old, &change.new) {
        (old, new) if list => {
            let gone = old.as_ref().map(|old| format!("- {old}"));
            let come = new.as_ref().map(|new| format!("+ {new}"));
            [come, gone].into_iter().flatten().collect::<Vec<_>>().join("  ")
        }
        (old, new) => from_to(old.as_deref(), new.as_deref()),
    };
    [change.path.clone(), change.aspect.to_owned(), shown(&what)]
}

/// From how many structs on the same change of a field is told once.
const SEVERAL: usize = 3;

fn api_lines(changes: &[&ApiChange]) -> Vec<[String; 3]> {
    let mut lines: Vec<[String; 3]> = Vec::new();
    for change in changes {
        let [item, word, what] = api_line(change);
        let Some((_, field)) = change.item.split_once('.') else {
            lines.push([item, word, what]);
            continue;
        };
        let same = |other: &&&ApiChange| {
            let named = other.item.split_once('.').is_some_and(|(_, one)| one == field);
            named && other.old == change.old && other.new == change.new
        };
        let structs = changes.iter().filter(same).count();
        if structs < SEVERAL {
            lines.push([item, word, what]);
        } else if changes.iter().find(same).is_some_and(|first| first.item == change.item) {
            let what = format!("{what} in {structs} structs");
            lines.push([format!("*.{field}"), word, what.trim_start().to_owned()]);
        }
    }
    lines
}

fn api_line(change: &ApiChange) -> [String; 3] {
    let (word, what) = match (&change.old, &change.new) {
        (Some(old), Some(new)) => ("changed", format!("{old} => {new}")),
        // What is new or gone as a whole has no more to say; a field has its type.
        (None, new) => ("new", new.clone().filter(|_| change.item.contains('.')).unwrap_or_default()),
        (Some(old), None) => ("gone", if change.item.contains('.') { old.clone() } else { String::new() }),
    };
    [change.item.clone(), word.to_owned(), what]
}

fn from_to(old: Option<&str>, new: Option<&str>) -> String {
    match (old, new) {
        (Some(old), Some(new)) => format!("{old} -> {new}"),
        (Some(old), None) => format!("- {old}"),
        (None, Some(new)) => format!("+ {new}"),
        (None, None) => String::new(),
    }
}

/// One line, whatever a name or a code has in it.
fn shown(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{FFFD}' } else { character }).collect()
}
