//! The checks of a derived struct against its dialect. All of them run at compile time, and a panic is the compiler's
//! error at the attribute or type of the user.

use super::Shape;
use super::text::Text;
use crate::msg::dialect::Dialect;
use crate::msg::field::{CompositeKind, Field, Key, Kind, Sensitivity};
use crate::msg::message_rule::MessageRule;
use crate::wire::{Class, Encoding, Length, Rule};

/// Stands for a field that the dialect does not have, where that has been told already.
static UNDEFINED: Field =
    Field::new(Key::Number(0), "undefined", "Undefined", Kind::Bytes, Rule::rest(Class::B, 0, Encoding::Raw));

/// The field at a path, or a stand-in where [`defined`] tells that there is none.
#[must_use]
pub const fn field(dialect: &'static Dialect, path: &str) -> &'static Field {
    match dialect.resolve(path) {
        Some(field) => field,
        None => &UNDEFINED,
    }
}

/// Checks that there is a field at a path. `base` is the composite that a struct is the inside of, or nothing.
///
/// # Panics
/// The dialect has no such field.
#[track_caller]
pub const fn defined(dialect: &'static Dialect, base: &str, path: &str) {
    // What is wrong with the base is told by itself.
    let told = !base.is_empty() && !is_composite(dialect, base);
    if told || dialect.resolve(path).is_some() {
        return;
    }
    let up_to = first_undefined(dialect, path);
    let Some(dot) = last_dot(up_to) else {
        let text = Text::new("data element ").str(up_to).str(" is not defined by dialect ").str(dialect.name());
        panic!("{}", text.as_str());
    };
    let above = up_to.split_at(dot).0;
    let text = Text::new("`").str(path).str("` is not defined by dialect ").str(dialect.name()).str(": ");
    let text = label(text, field(dialect, above), above);
    panic!("{}", text.str(lack(dialect, above)).as_str());
}

/// Checks that the path of a struct for an inside names a composite.
///
/// # Panics
/// It does not.
#[track_caller]
pub const fn composite(dialect: &'static Dialect, path: &str) {
    defined(dialect, "", path);
    let field = field(dialect, path);
    if field.composite.is_none() {
        let text = label(Text::new(""), field, path).str(" of dialect ").str(dialect.name()).str(" has no inside");
        panic!("{}", text.as_str());
    }
}

/// Checks that a type fits the field at a path. `borrows` says whether a value of it borrows from the message.
///
/// # Panics
/// It does not fit.
#[track_caller]
pub const fn fits(dialect: &'static Dialect, path: &str, shape: Shape, named: &str, borrows: bool) {
    let Some(field) = dialect.resolve(path) else { return };
    match shape {
        Shape::Told => return,
        Shape::View if field.composite.is_some() => {}
        Shape::Holds(holds) if holds.allows(field) => {}
        Shape::Inside { dialect: of, path: at } if same(of, dialect.name()) && same(at, path) => {}
        Shape::Inside { dialect: of, path: at } => {
            let text = Text::new("`").str(named).str("` is the inside of `").str(at).str("` of dialect ").str(of);
            let text = label(text.str(", this is "), field, path).str(" of dialect ").str(dialect.name());
            panic!("{}", text.as_str());
        }
        Shape::Holds(_) | Shape::View => {
            let text = label(Text::new("`").str(named).str("` cannot hold "), field, path);
            let text = suggestion(facts(text.str(" ("), field).str("): use "), field, path);
            panic!("{}", text.as_str());
        }
    }
    if borrows && let Some(above) = in_hex(dialect, path, matches!(shape, Shape::Inside { .. })) {
        let text = Text::new("`").str(named).str("` borrows from the message, but what is inside `").str(above);
        panic!("{}", text.str("` stands there as hex: use an owned type").as_str());
    }
}

/// Checks that a struct has every mandatory element of its message, where the dialect lists the message.
///
/// # Panics
/// Elements are missing.
#[track_caller]
pub const fn complete(dialect: &'static Dialect, mti: &str, listed: &[u8]) {
    let Some(message) = message(dialect, mti) else { return };
    let (mut missing, mut at) = (0, 0);
    let mut names = Text::new("");
    while at < message.mandatory.len() {
        let number = message.mandatory[at];
        if !contains(listed, number) {
            names = names.str(if missing > 0 { ", " } else { "" }).number(number as u32);
            missing += 1;
        }
        at += 1;
    }
    if missing == 0 {
        return;
    }
    let text = Text::new("message ").str(mti).str(" (").str(message.name).str(") needs data element");
    let text = text.str(if missing > 1 { "s " } else { " " }).str(names.as_str());
    panic!("{}", text.str(", which the struct does not have").as_str());
}

const fn message(dialect: &'static Dialect, mti: &str) -> Option<&'static MessageRule> {
    let messages = dialect.messages();
    let mut at = 0;
    while at < messages.len() {
        if same(messages[at].mti, mti) {
            return Some(&messages[at]);
        }
        at += 1;
    }
    None
}

const fn contains(numbers: &[u8], number: u8) -> bool {
    let mut at = 0;
    while at < numbers.len() {
        if numbers[at] == number {
            return true;
        }
        at += 1;
    }
    false
}

const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

const fn is_composite(dialect: &'static Dialect, path: &str) -> bool {
    matches!(dialect.resolve(path), Some(field) if field.composite.is_some())
}

/// The shortest beginning of the path that names nothing.
const fn first_undefined<'a>(dialect: &'static Dialect, path: &'a str) -> &'a str {
    let mut at = 0;
    while at < path.len() {
        if path.as_bytes()[at] == b'.' && dialect.resolve(path.split_at(at).0).is_none() {
            return path.split_at(at).0;
        }
        at += 1;
    }
    path
}

const fn last_dot(path: &str) -> Option<usize> {
    let mut at = path.len();
    while at > 0 {
        at -= 1;
        if path.as_bytes()[at] == b'.' {
            return Some(at);
        }
    }
    None
}

/// The composite on the way to a field, or the field itself, that stands as hex.
const fn in_hex<'a>(dialect: &'static Dialect, path: &'a str, itself: bool) -> Option<&'a str> {
    let mut at = 0;
    while at <= path.len() {
        let ends = if at == path.len() { itself } else { path.as_bytes()[at] == b'.' };
        if ends {
            let above = path.split_at(at).0;
            if let Some(field) = dialect.resolve(above)
                && matches!(field.rule.encoding, Encoding::Hex | Encoding::EbcdicHex)
            {
                return Some(above);
            }
        }
        at += 1;
    }
    None
}

/// Why the path goes no further than here.
const fn lack(dialect: &'static Dialect, above: &str) -> &'static str {
    match dialect.resolve(above) {
        Some(Field { composite: Some(composite), .. }) => match composite.kind {
            CompositeKind::BerTlv | CompositeKind::Tlv(_) | CompositeKind::Ltv(_) => " has no such tag",
            CompositeKind::Pairs => " has no such name",
            CompositeKind::Positional | CompositeKind::Bitmap(_) | CompositeKind::Repeat { .. } => {
                " has no such subfield"
            }
        },
        _ => " has no inside",
    }
}

/// `data element 52 "PIN data"`, `55.9F26 "Application cryptogram"`.
const fn label(text: Text, field: &Field, path: &str) -> Text {
    let text = if last_dot(path).is_none() { text.str("data element ") } else { text };
    text.str(path).str(" \"").str(field.name).str("\"")
}

/// `b 8, sad`.
const fn facts(text: Text, field: &Field) -> Text {
    let text = text.str(field.rule.class.notation());
    let text = match field.rule.length {
        // The sign is one of the units.
        Length::Fixed(units) if matches!(field.rule.class, Class::Xn) => text.str(" ").number(units.saturating_sub(1)),
        Length::Fixed(units) => text.str(" ").number(units),
        Length::Variable { prefix, max, .. } => text.times(prefix.width, ".").number(max),
        Length::Rest { max } => text.str(" up to ").number(max),
    };
    match field.sensitivity {
        Sensitivity::Clear => text,
        Sensitivity::Pan => text.str(", pan"),
        Sensitivity::Sad => text.str(", sad"),
        Sensitivity::Key => text.str(", key"),
        Sensitivity::Pii => text.str(", pii"),
        Sensitivity::Opaque => text.str(", opaque"),
    }
}

/// A type that fits.
const fn suggestion(text: Text, field: &Field, path: &str) -> Text {
    let secret = matches!(field.sensitivity, Sensitivity::Pan | Sensitivity::Sad | Sensitivity::Key);
    let borrows = matches!(field.rule.encoding, Encoding::Ascii | Encoding::Utf8 | Encoding::Raw);
    if field.composite.is_some() {
        let text = text.str("a struct that derives Iso8583 with composite = \"").str(path);
        return text.str("\", or View");
    }
    let name = match field.kind {
        Kind::Amount => "Amount or u64",
        Kind::SignedAmount => "SignedAmount",
        Kind::Pan => "Pan",
        Kind::Track1 => "Track1",
        Kind::Track2 => "Track2",
        Kind::Stan => "Stan",
        Kind::ProcessingCode => "ProcessingCode",
        Kind::Currency => "Currency",
        Kind::PinBlock => "PinBlock",
        Kind::MonthDayTime => "MonthDayTime",
        Kind::MonthDay => "MonthDay",
        Kind::Time => "Time",
        Kind::YearMonth => "YearMonth",
        Kind::Date => "Date",
        Kind::DateTime => "DateTime",
        Kind::Text | Kind::Digits | Kind::Number | Kind::Code if secret => "SecretText",
        Kind::Bytes if secret => "KeyData",
        Kind::Number if field.rule.max() <= 19 => "u64",
        Kind::Text | Kind::Digits | Kind::Number | Kind::Code if borrows => "Text or &str",
        Kind::Text | Kind::Digits | Kind::Number | Kind::Code => "String",
        Kind::Bytes => match field.rule.length {
            Length::Fixed(units) => return text.str("[u8; ").number(units).str("]"),
            _ if borrows => "&[u8]",
            _ => "Vec<u8>",
        },
    };
    text.str(name)
}
