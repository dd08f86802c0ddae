//! Known values that the field itself could not hold.

use super::visit::{Visit, extent};
use crate::diagnostic::Report;
use crate::model::{Class, Length};

pub(super) fn check(visit: &Visit<'_>, report: &mut Report) {
    let Some(table) = visit.table.table("values") else {
        return;
    };
    for value in &visit.field.values {
        let Some(entry) = table.get(&value.code) else {
            continue;
        };
        let class = visit.field.class;
        if let Some(wrong) = value.code.chars().find(|&letter| !holds(class, letter)) {
            report
                .error(
                    "value-misfit",
                    entry.key_span,
                    format!("`{}` holds no `{}`", visit.format(), wrong.escape_debug()),
                )
                .label(format!("not a value of field {}", visit.path))
                .help("change the value or the class");
            continue;
        }
        let (min, max) = extent(visit.field.length);
        let count = u32::try_from(value.code.chars().count()).unwrap_or(u32::MAX);
        // A fixed text may be listed without its blanks.
        let short = matches!(visit.field.length, Length::Fixed(_)) && visit.field.pad.is_some() && class != Class::N;
        let min = if short { 1 } else { min.max(1) };
        if count < min || count > max {
            report
                .error("value-misfit", entry.key_span, format!("`{}` is not {count} long", visit.format()))
                .label(format!("not a value of field {}", visit.path))
                .help("write the value as it stands on the wire, leading zeros and all");
        }
    }
}

/// Whether a class holds a character.
fn holds(class: Class, letter: char) -> bool {
    let special = letter.is_ascii_punctuation() || letter == ' ';
    match class {
        Class::N => letter.is_ascii_digit(),
        Class::A => letter.is_ascii_alphabetic() || letter == ' ',
        Class::An | Class::Anp => letter.is_ascii_alphanumeric() || letter == ' ',
        Class::As => letter.is_ascii_alphabetic() || special,
        Class::Ns => letter.is_ascii_digit() || special,
        Class::Ans => !letter.is_control(),
        // Values of these are refused by their type.
        Class::Z | Class::Xn | Class::B => true,
    }
}
