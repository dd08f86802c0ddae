//! What the source has no word for: what an element means, and who may see it.
//!
//! An element of the same number, length and similar name as one of ISO 8583:1987 is taken for it. The others are
//! told by their names alone, and only cards, tracks and PINs. What the standard hides under a number is hidden here,
//! whatever it is called. All of it is noted.

use isogen::model;

use super::draft::{Code, Draft, Extent, Field, Told};
use super::text::words;

/// Words that many names have.
const COMMON: &[&str] =
    &["and", "for", "the", "code", "data", "date", "number", "time", "type", "identification", "iso"];

pub(super) fn guess(draft: &mut Draft) {
    let standard = isogen::shipped::text("iso87-a").and_then(|text| isogen::load_str("iso87-a.toml", text).ok());
    let standard = standard.map(|loaded| loaded.spec.fields).unwrap_or_default();
    for field in &mut draft.fields {
        let known = standard.iter().find(|known| known.key.to_string() == field.key);
        if let Some(known) = known.filter(|known| !field.dropped && alike(field, known)) {
            take(field, known);
        }
    }
    by_name(&mut draft.fields);
    for field in &mut draft.fields {
        if let Some(known) = standard.iter().find(|known| known.key.to_string() == field.key) {
            hide(field, known);
        }
    }
}

/// Hides what the standard has under this number, whatever it is called here: better hidden than shown.
fn hide(field: &mut Field, known: &model::Field) {
    let shown = !field.dropped && field.class != "b" && field.sensitive.is_none() && !settled(field);
    let word = match known.sensitivity {
        model::Sensitivity::Opaque => Some("opaque"),
        other => sensitive_word(other),
    };
    if let Some(word) = word.filter(|_| shown) {
        field.sensitive = Some(word.to_owned());
        let text = format!("sensitive = \"{word}\", as DE {} of ISO 8583:1987; \"clear\" if it may be seen", known.key);
        field.guessed(text);
    }
}

/// Whether a field is this element of the standard.
fn alike(field: &Field, known: &model::Field) -> bool {
    let (fixed, most) = match known.length {
        model::Length::Fixed(units) => (true, units),
        model::Length::Variable { max, .. } | model::Length::Rest { max } => (false, max),
    };
    let packed = field.told == Told::Packed && known.class != model::Class::B && known.class != model::Class::Xn;
    let length = if packed { most.div_ceil(2) } else { most };
    let names = [words(&known.name), words(&known.ident)].concat();
    let telling = |word: &String| word.len() > 2 && !COMMON.contains(&word.as_str());
    field.is_fixed() == fixed
        && field.most() == length
        && words(&field.name).iter().any(|word| telling(word) && names.contains(word))
}

/// Takes over what the standard knows of an element.
fn take(field: &mut Field, known: &model::Field) {
    let mut guessed = Vec::new();
    class(field, known, &mut guessed);
    if field.kind.is_none()
        && field.inside.is_none()
        && let Some(word) = type_word(known.kind, field)
    {
        field.kind = Some(word);
        guessed.push(format!("type = \"{word}\""));
    }
    if field.sensitive.is_none()
        && let Some(word) = sensitive_word(known.sensitivity)
        && !settled(field)
    {
        field.sensitive = Some(word.to_owned());
        guessed.push(format!("sensitive = \"{word}\""));
    }
    if !guessed.is_empty() {
        let text = format!("{}, as DE {} \"{}\" of ISO 8583:1987", guessed.join(", "), known.key, known.name);
        field.guessed(text);
    }
}

/// Digits where the source has characters or bytes.
fn class(field: &mut Field, known: &model::Field, guessed: &mut Vec<String>) {
    let wanted = match known.class {
        model::Class::N => "n",
        model::Class::Z => "z",
        model::Class::Xn => "x+n",
        _ => return,
    };
    // A separator is no digit, whatever the source calls the element.
    let track = wanted == "z" && field.class == "n";
    let tells = match field.told {
        Told::Class => track,
        Told::Characters => field.inside.is_none(),
        Told::Packed => wanted != "x+n" && field.code == Code::Raw,
    };
    if !tells {
        return;
    }
    if field.told == Told::Packed {
        let fixed = field.is_fixed();
        // A digit as filler would be read as one of the value; the source leaves the filler to its user.
        field.code = if fixed { super::draft::BCD } else { Code::Bcd { left: false, nibble: 'F' } };
        match &mut field.extent {
            Extent::Fixed(units) => *units *= 2,
            Extent::UpTo { max, .. } => *max *= 2,
        }
        guessed.push("packed digits".to_owned());
        if !fixed {
            guessed.push("filled with F behind".to_owned());
        }
    }
    field.class = wanted;
    guessed.push(format!("class {wanted}"));
}

/// Whether the type or class says who may see it.
fn settled(field: &Field) -> bool {
    matches!(field.kind, Some("pan" | "track-1" | "track-2" | "pin-block"))
        || (field.class == "z" && field.kind.is_none())
}

fn sensitive_word(sensitivity: model::Sensitivity) -> Option<&'static str> {
    match sensitivity {
        model::Sensitivity::Pan => Some("pan"),
        model::Sensitivity::Sad => Some("sad"),
        model::Sensitivity::Key => Some("key"),
        model::Sensitivity::Pii => Some("pii"),
        model::Sensitivity::Clear | model::Sensitivity::Opaque => None,
    }
}

/// The type of an element of the standard, if it is one that says more than the class and fits the field.
fn type_word(kind: model::Kind, field: &Field) -> Option<&'static str> {
    use model::Kind;
    let digits = field.class == "n";
    let (word, fits) = match kind {
        Kind::Amount => ("amount", digits),
        Kind::Pan => ("pan", digits || field.class == "ans"),
        Kind::Track1 => ("track-1", field.class == "ans"),
        Kind::Track2 => ("track-2", field.class == "ans"),
        Kind::Stan => ("stan", digits),
        Kind::ProcessingCode => ("processing-code", digits),
        Kind::Currency => ("currency", digits),
        Kind::PinBlock => ("pin-block", field.class == "b"),
        Kind::MonthDayTime => ("MMDDhhmmss", digits),
        Kind::MonthDay => ("MMDD", digits),
        Kind::Time => ("hhmmss", digits),
        Kind::YearMonth => ("YYMM", digits),
        Kind::Date => ("YYMMDD", digits),
        Kind::DateTime => ("YYMMDDhhmmss", digits),
        Kind::Text | Kind::Digits | Kind::Number | Kind::Bytes | Kind::SignedAmount | Kind::Code => return None,
    };
    fits.then_some(word)
}

/// Cards, tracks and PINs wherever they are.
fn by_name(fields: &mut [Field]) {
    for field in fields {
        if let Some(inside) = &mut field.inside {
            by_name(&mut inside.fields);
        } else if !field.dropped && field.kind.is_none() && field.sensitive.is_none() {
            one_by_name(field);
        }
    }
}

fn one_by_name(field: &mut Field) {
    let words = words(&field.name);
    let joined = words.join(" ");
    let has = |word: &str| words.iter().any(|known| known == word);
    let most = field.most();
    let digits = field.class == "n";
    let text = field.class == "ans";
    let track = has("track") || has("track2") || has("track1");
    let card = has("pan") || joined.contains("primary account number") || joined.contains("card number");
    let word = if track && digits {
        field.class = "z";
        field.guessed("class z, by its name");
        None
    } else if (joined.contains("track 2") || has("track2")) && text && most <= 40 {
        Some("track-2")
    } else if (joined.contains("track 1") || has("track1")) && text && most <= 80 {
        Some("track-1")
    } else if card && (digits || text) && (16..=28).contains(&most) {
        Some("pan")
    } else if has("pin") && field.class == "b" && field.is_fixed() && matches!(most, 8 | 16) {
        Some("pin-block")
    } else {
        None
    };
    if let Some(word) = word {
        field.kind = Some(word);
        field.guessed(format!("type = \"{word}\", by its name"));
    }
    // Track 3 and whatever else is too long for track 2.
    if field.class == "z" && most > 40 {
        field.kind = Some("text");
        field.sensitive = Some("sad".to_owned());
        field.guessed("type = \"text\", sensitive = \"sad\": it is too long for track 2");
    }
}
