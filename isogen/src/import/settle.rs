//! Changes a draft until the compiler takes it.
//!
//! The compiler knows best what cannot be: names that are taken, types that do not fit, parts that are longer than
//! their whole. What it finds is mended, or left out with its own words as the reason; what it warns of is noted.

use isogen::{Diagnostic, Diagnostics, Level};

use super::Unreadable;
use super::draft::{Code, Draft, Field, Layout};
use super::inside::leave_out;
use super::write::{self, Printed, is_digits};

/// The draft as TOML that loads. Every round changes a field for good, so there is an end.
pub(super) fn settle(draft: &mut Draft) -> Result<String, Unreadable> {
    normalise(&mut draft.fields);
    let rounds = 8 + 8 * count(&draft.fields);
    for _ in 0..rounds {
        let printed = write::print(draft);
        let (found, loads) = match isogen::load_str("imported.toml", &printed.toml) {
            Ok(loaded) => (loaded.warnings, true),
            Err(errors) => (errors, false),
        };
        let mended = mend(draft, &printed, &found);
        if mended {
            continue;
        }
        if loads {
            return Ok(printed.toml);
        }
        return Err(refused(&found));
    }
    Err(Unreadable::new(1, "no spec could be made of it"))
}

fn refused(found: &Diagnostics) -> Unreadable {
    let error = found.iter().find(|found| found.level() == Level::Error);
    let why = error.map_or_else(String::new, |error| format!(": {}", error.message()));
    Unreadable::new(1, format!("no spec could be made of it{why}"))
}

fn count(fields: &[Field]) -> usize {
    fields.iter().map(|field| 1 + field.inside.as_ref().map_or(0, |inside| count(&inside.fields))).sum()
}

/// Digits are the same in ASCII and in what extends it.
fn normalise(fields: &mut [Field]) {
    for field in fields {
        if is_digits(field.class) && matches!(field.code, Code::Latin1 | Code::Utf8) {
            field.code = Code::Ascii;
        }
        if let Some(inside) = &mut field.inside {
            normalise(&mut inside.fields);
        }
    }
}

/// Acts on what was found. Whether anything has changed that has to be looked at again.
fn mend(draft: &mut Draft, printed: &Printed, found: &Diagnostics) -> bool {
    let mut changed = false;
    let mut touched: Vec<&[String]> = Vec::new();
    for diagnostic in found {
        let at = printed.fields.iter().rev().find(|(line, _)| *line <= diagnostic.line());
        let Some((_, path)) = at else { continue };
        // What is wrong with a field that has just been changed may not be wrong any more.
        if touched.iter().any(|touched| path.starts_with(touched)) {
            continue;
        }
        let fixed = match diagnostic.level() {
            Level::Error => error(draft, path, diagnostic),
            _ => warning(draft, path, diagnostic),
        };
        if fixed {
            touched.push(path);
            changed = true;
        }
    }
    changed
}

fn at<'a>(fields: &'a mut [Field], path: &[String]) -> Option<&'a mut Field> {
    let (key, deeper) = path.split_first()?;
    let field = fields.iter_mut().find(|field| field.key == *key && !field.dropped)?;
    if deeper.is_empty() { Some(field) } else { at(&mut field.inside.as_mut()?.fields, deeper) }
}

fn error(draft: &mut Draft, path: &[String], diagnostic: &Diagnostic) -> bool {
    let positional = path.split_last().is_some_and(|(_, outer)| {
        let outer = at(&mut draft.fields, outer).and_then(|outer| outer.inside.as_ref());
        outer.is_some_and(|inside| inside.layout == Layout::Positional)
    });
    let Some(field) = at(&mut draft.fields, path) else { return false };
    match diagnostic.code() {
        "duplicate-ident" if field.ident.is_none() && rename(field) => return true,
        "bad-ident" | "duplicate-ident" if field.ident.is_none() => {
            field.ident = Some(ident(&field.key));
            return true;
        }
        "type-misfit" if field.kind.is_some() => {
            let word = field.kind.take().unwrap_or_default();
            field.lost(format!("type = \"{word}\", which it was taken for: {}", diagnostic.message()));
            if field.class == "z" {
                field.kind = Some("text").filter(|text| *text != word);
            }
            if field.sensitive.is_none() && matches!(word, "pan" | "track-1" | "track-2" | "pin-block") {
                field.sensitive = Some("sad".to_owned());
            }
            return true;
        }
        "type-misfit" if field.class == "z" => {
            field.kind = Some("text");
            field.sensitive = Some("sad".to_owned());
            field.guessed("type = \"text\", sensitive = \"sad\": it is no track 2");
            return true;
        }
        _ => {}
    }
    if let Some(inside) = field.inside.take() {
        leave_out(field, &inside, &format!("its parts: {}", diagnostic.message()));
        return true;
    }
    if positional && let Some((_, outer)) = path.split_last() {
        // Without this part those after it have no place.
        if let Some(outer) = at(&mut draft.fields, outer)
            && let Some(inside) = outer.inside.take()
        {
            leave_out(outer, &inside, &format!("its parts: {}", diagnostic.message()));
            return true;
        }
    }
    let Some(field) = at(&mut draft.fields, path) else { return false };
    field.drop(diagnostic.message());
    true
}

/// Puts the number behind a name that is taken, once.
fn rename(field: &mut Field) -> bool {
    let behind = format!(" ({})", field.key);
    if field.name.ends_with(&behind) {
        return false;
    }
    field.name.push_str(&behind);
    field.guessed("its number behind its name: another has the same name");
    true
}

fn ident(key: &str) -> String {
    let word = if key.bytes().all(|byte| byte.is_ascii_digit()) { "element" } else { "tag" };
    let plain: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{word}_{}", plain.to_ascii_lowercase())
}

fn warning(draft: &mut Draft, path: &[String], diagnostic: &Diagnostic) -> bool {
    let Some(field) = at(&mut draft.fields, path) else { return false };
    match diagnostic.code() {
        "unclassed-secret" if field.sensitive.is_none() => {
            // The help begins with what to say: `sensitive = "sad"; ...`.
            let word = diagnostic.help().and_then(|help| help.split('"').nth(1)).unwrap_or("sad");
            let word = if ["pan", "sad", "key", "pii", "opaque"].contains(&word) { word } else { "sad" };
            field.sensitive = Some(word.to_owned());
            field.guessed(format!("sensitive = \"{word}\", by its name or by what it stands in"));
            true
        }
        "duplicate-name" => rename(field),
        "unclassed-secret" => false,
        _ => {
            let text = format!("{}: the compiler warns of it", diagnostic.message());
            if !field.notes.iter().any(|note| note.text == text) {
                field.guessed(text);
                return true;
            }
            false
        }
    }
}
