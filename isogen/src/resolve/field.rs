//! A data element, subfield or tag.

use super::composite::{self, Inside};
use super::defaults::{self, Defaults, Prefix};
use super::words::{KIND, POLICY, SENSITIVITY};
use super::{format, group, ident, length, number, tagged, values};
use crate::diagnostic::Report;
use crate::model::{Class, Encoding, Field, Key, Kind, Sensitivity};
use crate::source::{Entry, Reader, Span, Table, table};

/// How deep composites may nest.
const DEEPEST: usize = 16;

/// The data elements of the message, ascending.
pub(super) fn elements(table: &Table, defaults: &Defaults, report: &mut Report) -> Vec<Field> {
    children(table, defaults, Inside::Message, 0, report)
}

/// The entries of a `field` table, ascending by key.
pub(super) fn children(
    fields: &Table,
    defaults: &Defaults,
    inside: Inside,
    depth: usize,
    report: &mut Report,
) -> Vec<Field> {
    let mut found = Vec::new();
    for entry in &fields.entries {
        let key = key(entry, inside, report);
        let Some(body) = table(&entry.value, "field", report) else {
            continue;
        };
        if let Some(field) = field(key, entry, body, defaults, inside, depth, report) {
            found.push(field);
        }
    }
    found.sort_by(|one, other| one.key.cmp(&other.key));
    found
}

fn key(entry: &Entry, inside: Inside, report: &mut Report) -> Option<Key> {
    let (what, example) = match inside {
        Inside::Message => ("element", "`[field.2]`"),
        Inside::Positional { .. } | Inside::Group => ("position", "`[field.90.field.1]`"),
        Inside::Bitmap => ("bit", "`[field.127.field.2]`"),
        Inside::BerTlv { .. } => {
            let help = || "a tag is one to four bytes of hex: `95`, `9F26`, `DF8129`".to_owned();
            let found = number::tag(&entry.key).map_err(|reason| (reason.to_owned(), help()));
            return tag(found, "no BER-TLV tag", entry, report);
        }
        // What is wrong with the rule of the tags has been said.
        Inside::Tagged { tag: rule, .. } => {
            return tag(tagged::key(&entry.key, rule?), "no tag of this composite", entry, report);
        }
        Inside::Pairs { .. } => {
            let help = || "as in `ORIGINAL_RID`; other than letters, digits, `-` and `_` in quotes".to_owned();
            let found = tagged::name(&entry.key).map_err(|reason| (reason.to_owned(), help()));
            return tag(found, "no name of a pair", entry, report);
        }
    };
    let number = number::element_number(&entry.key);
    if number.is_none() {
        report
            .error("bad-number", entry.key_span, format!("`{}` is no {what} number", entry.key))
            .label("expected a number without leading zeros")
            .help(format!("as in {example}"));
    }
    number.map(Key::Number)
}

/// A key that is no number, or what to say of it.
fn tag(found: Result<Key, (String, String)>, wanted: &str, entry: &Entry, report: &mut Report) -> Option<Key> {
    match found {
        Ok(key) => Some(key),
        Err((reason, help)) => {
            let shown = entry.key.escape_debug();
            report.error("bad-tag", entry.key_span, format!("`{shown}` is {wanted}")).label(reason).help(help);
            None
        }
    }
}

/// Reads one field. Everything in it is looked at even where something else in it is wrong.
fn field(
    key: Option<Key>,
    entry: &Entry,
    body: &Table,
    defaults: &Defaults,
    inside: Inside,
    depth: usize,
    report: &mut Report,
) -> Option<Field> {
    let what = format!("field {}", entry.key);
    let place = if entry.value.span == entry.key_span { entry.key_span } else { entry.value.span };
    let mut reader = Reader::new(body, place);
    if reader.boolean("remove", report) == Some(true) {
        report
            .error("nothing-to-remove", place, format!("there is no {what} to remove"))
            .label("not in a spec that this one extends")
            .help("take the table out");
        return None;
    }
    let name = reader.string("name", report);
    if body.get("name").is_none() {
        reader.missing("name", &what, "name = \"...\"", report);
    }
    let format = format_of(&mut reader, body, &what, report);
    let doc = super::doc(&mut reader, report);
    let ident = ident_of(&mut reader, body, name, report);
    let kind = reader.word("type", KIND, report);
    let sensitivity = reader.word("sensitive", SENSITIVITY, report);
    let policy = match body.get("policy") {
        Some(_) => reader.word("policy", POLICY, report),
        None => {
            reader.node("policy");
            defaults.policy
        }
    };
    let values = values::values(&mut reader, report);
    let own = reader.table("length", report).map(|(table, entry)| (table, entry.value.span));
    let prefix = own.map_or(Prefix { width: None, ..defaults.prefix }, |(table, span)| {
        defaults::prefix(defaults.prefix, table, span, true, report)
    });
    let encoding = encoding_of(&mut reader, body, format.map(|(format, _)| format.class), defaults, report);
    let length = length::length(&mut reader, body, format, prefix, inside, report);
    let pad = length::pad(&mut reader, body, format, report);
    let xml = reader.string("xml", report);
    let composite = composite::composite(&mut reader, &what, defaults, length, (depth, DEEPEST), report);
    reader.finish("a field", report);

    let (format, _) = format?;
    let xml = match body.get("xml") {
        Some(_) => Some(xml?.0.to_owned()),
        None => None,
    };
    let (encoding, length, policy) = (encoding?, length?, policy?);
    let composite = composite?.map(|inside| group::grouped(inside, format.class, encoding, length, policy));
    let kind = match body.get("type") {
        Some(_) => kind?,
        None if !values.is_empty() => Kind::Code,
        None => default_kind(format.class),
    };
    let sensitivity = match body.get("sensitive") {
        Some(_) => sensitivity?,
        None => default_sensitivity(kind, format.class),
    };
    let ebcdic_sign = format.class == Class::Xn
        && matches!(encoding, Encoding::Bcd { .. })
        && matches!(defaults.text, Some(Encoding::Cp037 | Encoding::Cp1047));
    Some(Field {
        key: key?,
        name: name?.0.to_owned(),
        ident: ident?,
        doc,
        class: format.class,
        encoding,
        length,
        pad: pad?,
        policy,
        kind,
        sensitivity,
        ebcdic_sign,
        values,
        xml,
        composite,
    })
}

fn format_of<'a>(
    reader: &mut Reader<'a>,
    body: &Table,
    what: &str,
    report: &mut Report,
) -> Option<(format::Format, Span)> {
    if body.get("format").is_none() {
        reader.missing("format", what, "format = \"ans..99\"", report);
    }
    let (text, span) = reader.string("format", report)?;
    match format::parse(text) {
        Ok(format) => Some((format, span)),
        Err(mistake) => {
            let at = report.sources.within(span, text, mistake.at.start, mistake.at.end);
            report.error("bad-format", at, format!("`{text}` is no format")).label(mistake.message).help(mistake.help);
            None
        }
    }
}

fn ident_of(reader: &mut Reader<'_>, body: &Table, name: Option<(&str, Span)>, report: &mut Report) -> Option<String> {
    if body.get("ident").is_some() {
        let (text, span) = reader.string("ident", report)?;
        if ident::is_snake(text) {
            return Some(text.to_owned());
        }
        report
            .error("bad-ident", span, format!("`{text}` cannot name a field in code"))
            .label("not snake case, or a word of Rust")
            .help("lower-case letters, digits and single underscores, a letter first");
        return None;
    }
    reader.node("ident");
    let (name, span) = name?;
    let ident = ident::snake(name);
    if ident.is_none() {
        report
            .error("bad-ident", span, format!("`{name}` gives no name in code"))
            .label("starts with a digit, or has no letters of ASCII")
            .help("add `ident = \"...\"` in snake case");
    }
    ident
}

/// Every encoding a field may name; which fits which class is checked later.
const ENCODINGS: &[(&str, Encoding)] = &[
    ("ascii", Encoding::Ascii),
    // Digits are alike in every EBCDIC code page, so the page does not matter for them.
    ("ebcdic", Encoding::Cp037),
    ("cp037", Encoding::Cp037),
    ("cp1047", Encoding::Cp1047),
    ("latin1", Encoding::Latin1),
    ("utf8", Encoding::Utf8),
    ("raw", Encoding::Raw),
    ("hex", Encoding::Hex),
    ("ebcdic-hex", Encoding::EbcdicHex),
];

fn encoding_of(
    reader: &mut Reader<'_>,
    body: &Table,
    class: Option<Class>,
    defaults: &Defaults,
    report: &mut Report,
) -> Option<Encoding> {
    let node = reader.node("encoding");
    if body.get("encoding").is_some() {
        return defaults::encoding(node?, "encoding", ENCODINGS, report);
    }
    match class? {
        Class::N | Class::Xn | Class::Z => defaults.digits,
        Class::B => defaults.binary,
        Class::A | Class::An | Class::As | Class::Ns | Class::Anp | Class::Ans => defaults.text,
    }
}

pub(super) fn default_kind(class: Class) -> Kind {
    match class {
        Class::N => Kind::Digits,
        Class::Z => Kind::Track2,
        Class::Xn => Kind::SignedAmount,
        Class::B => Kind::Bytes,
        Class::A | Class::An | Class::As | Class::Ns | Class::Anp | Class::Ans => Kind::Text,
    }
}

fn default_sensitivity(kind: Kind, class: Class) -> Sensitivity {
    match kind {
        Kind::Pan => Sensitivity::Pan,
        Kind::Track1 | Kind::Track2 | Kind::PinBlock => Sensitivity::Sad,
        _ if class == Class::B => Sensitivity::Opaque,
        _ => Sensitivity::Clear,
    }
}
