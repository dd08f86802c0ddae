//! One value of a composite in its XML form changed; everything else stays as it stands, blanks, comments and all.

use super::field::{Composite, Field};
use super::splice::{Anew, Target};
use super::xml::{self, Scanner, Value};
use super::xml_form::{Translated, named, without_prefix};
use super::{Error, Path};
use crate::wire::{ErrorKind, Raw};

/// The document with the value of an element set. An element that was not there comes last in the innermost one around
/// the last value.
pub(super) fn set(
    composite: &Composite,
    inside: &[u8],
    at: Path,
    target: &Target,
    anew: Anew<'_>,
) -> Result<Vec<u8>, Error> {
    let here = at.child(target.key);
    let fail = |wrong: xml::Wrong| Error::new(at, wrong.at, wrong.kind);
    let undefined = || Error::new(here, 0, ErrorKind::Undefined);
    let field = target.field.ok_or_else(undefined)?;
    let name = field.xml.ok_or_else(undefined)?;
    let translated = Translated::of(composite, inside).map_err(fail)?;
    let mut scanner = Scanner::default();
    let (mut existing, mut last) = (None, None);
    let (mut seen, mut place) = (0, 0);
    while let Some(value) = scanner.next(inside).map_err(fail)? {
        if named(composite, &inside[value.name.clone()]).is_some_and(|found| found.key == field.key) {
            seen += 1;
            if seen == target.occurrence {
                existing = Some((value.clone(), place));
            }
        }
        last = Some(value);
        place += 1;
    }
    if target.occurrence > seen + 1 {
        return Err(Error::new(here, 0, ErrorKind::Gap));
    }
    let inner = existing.as_ref().and_then(|(_, place)| translated.value(*place)).map(|(bytes, ..)| (bytes, here));
    let text = text(field, anew, inner, here)?;
    let written = match (existing, scanner.around(), last) {
        (Some((value, _)), ..) => with_text(inside, &value, &text),
        (None, Some(end), _) => spliced(inside, end, end, &element(name, &text)),
        // The document is one element that has nothing in it.
        (None, None, Some(value)) if inside[value.text.clone()].iter().all(u8::is_ascii_whitespace) => {
            with_text(inside, &value, &element(name, &text))
        }
        _ => return Err(Error::new(here, 0, ErrorKind::Xml("there is no element to put a value into"))),
    };
    Ok(written)
}

/// The text of a new value, as it stands between tags.
fn text(field: &'static Field, anew: Anew<'_>, inner: Option<(&[u8], Path)>, here: Path) -> Result<String, Error> {
    let fail = |fault| Error::within(here, 0, fault);
    let (bare, min) = without_prefix(&field.rule);
    let mut content = Vec::new();
    let units = anew.write(Some(field), &bare, inner, here, &mut content)?;
    if units < min {
        return Err(fail(ErrorKind::TooShort { min, found: units }.into()));
    }
    let text = Raw::new(&content, units, &field.rule).leaf().map_err(fail)?;
    xml::escaped(&text).map_err(|kind| fail(kind.into()))
}

fn element(name: &str, text: &str) -> String {
    format!("<{name}>{text}</{name}>")
}

/// The document with another text between the tags of an element.
fn with_text(inside: &[u8], value: &Value, text: &str) -> Vec<u8> {
    let Some(slash) = value.slash else { return spliced(inside, value.text.start, value.text.end, text) };
    // Start and end tag at once become two.
    let name = String::from_utf8_lossy(&inside[value.name.clone()]);
    spliced(inside, slash, value.end, &format!(">{text}</{name}>"))
}

fn spliced(inside: &[u8], start: usize, end: usize, text: &str) -> Vec<u8> {
    [&inside[..start], text.as_bytes(), &inside[end..]].concat()
}
