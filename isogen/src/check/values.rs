//! Known values that the field itself could not hold.

use super::visit::{Visit, extent};
use crate::diagnostic::Report;
use crate::model::{Class, Length};

pub(super) fn check(visit: &Visit<'_>, report: &mut Report) {
    let Some(table) = visit.table.table("values") else {
        return;
    };
    for value in &visit.field.values {
        let (Some(entry), Some(wrong)) = (table.get(&value.code), misfit(visit, &value.code)) else {
            continue;
        };
        report
            .error(
                "value-misfit",
                entry.key_span,
                format!("`{}` is no value of field {}", value.code.escape_debug(), visit.path),
            )
            .label(wrong)
            .also(visit.place("format"), "the format is this")
            .help("write the value as it stands on the wire, leading zeros and all");
    }
}

/// Why a value does not fit, if it does not.
fn misfit(visit: &Visit<'_>, code: &str) -> Option<String> {
    let class = visit.field.class;
    if let Some(wrong) = code.chars().find(|&letter| !holds(class, letter)) {
        return Some(format!("class `{}` holds no `{}`", visit.class(), wrong.escape_debug()));
    }
    let (min, max) = extent(visit.field.length);
    // A fixed text may be listed without its blanks.
    let short = matches!(visit.field.length, Length::Fixed(_)) && visit.field.pad.is_some() && class != Class::N;
    let min = if short { 1 } else { min.max(1) };
    match u32::try_from(code.chars().count()) {
        Ok(1) if min > 1 => Some("one character is too short".to_owned()),
        Ok(count) if count < min => Some(format!("{count} characters are too short")),
        Ok(count) if count > max => Some(format!("{count} characters are too long")),
        _ => None,
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
