//! The tables that the walk over the bytes goes by, one entry a line.

use std::fmt::Write as _;

use super::{composite, layout, name};
use crate::model::{
    BitmapEncoding, Class, Counts, DigitEncoding, Encoding, Field, Kind, Length, Message, Pad, Policy, PrefixEncoding,
    Sensitivity, Side, Spec, ThirdBitmap,
};

/// How the message type indicator is written.
fn mti(encoding: DigitEncoding) -> &'static str {
    match encoding {
        DigitEncoding::Ascii => "Ascii",
        DigitEncoding::Ebcdic => "Ebcdic",
        DigitEncoding::Bcd { .. } => "Bcd",
    }
}

/// How a bitmap is written.
pub(super) fn bitmap(encoding: BitmapEncoding) -> &'static str {
    match encoding {
        BitmapEncoding::Binary => "Binary",
        BitmapEncoding::Hex => "Hex",
        BitmapEncoding::EbcdicHex => "EbcdicHex",
    }
}

/// The private module of a dialect's tables. Names are short in it: nothing of the spec is named there.
pub(super) fn module(spec: &Spec) -> String {
    let mut tables = String::new();
    dialect(spec, &mut tables);
    collect("FIELDS", "super", &spec.fields, &mut tables);
    messages(spec, &mut tables);
    correlation(spec, &mut tables);
    let msg = [
        "Composite",
        "CompositeKind",
        "CorrelationRule",
        "Covers",
        "Dialect",
        "Field",
        "Key",
        "Kind",
        "Known",
        "MessageRule",
        "Sensitivity",
        "TagEncoding",
        "TaggedRule",
        "Unknown",
    ];
    let msg = used(&tables, &msg);
    let wire = [
        "BitmapEncoding",
        "BitmapRule",
        "Class",
        "Counts",
        "DigitEncoding",
        "Encoding",
        "Prefix",
        "PrefixEncoding",
        "Rule",
        "Side",
    ];
    let wire = used(&tables, &wire);
    let mut text = String::from("/// The data behind all of the above, one field or message a line.\nmod table {\n");
    for (module, names) in [("msg", msg), ("wire", wire)] {
        match names.as_slice() {
            [] => {}
            [name] => _ = writeln!(text, "    use ::isopace::{module}::{name};"),
            names => _ = writeln!(text, "    #[rustfmt::skip]\n    use ::isopace::{module}::{{{}}};", names.join(", ")),
        }
    }
    for line in tables.lines() {
        _ = if line.is_empty() { writeln!(text) } else { writeln!(text, "    {line}") };
    }
    text + "}\n"
}

/// The dialect itself, and as a type, for the walk that is compiled for it.
fn dialect(spec: &Spec, out: &mut String) {
    let (mti, bitmap, maps) = (mti(spec.mti), bitmap(spec.bitmap.encoding), spec.bitmap.maps);
    let third = match spec.third_bitmap {
        ThirdBitmap::AfterSecond => "",
        ThirdBitmap::Element65 => ".third_bitmap_as_element()",
    };
    _ = write!(
        out,
        "
#[rustfmt::skip]
pub(super) const DIALECT: Dialect = Dialect::new(
    {:?},
    {:?},
    DigitEncoding::{mti},
    BitmapRule {{ encoding: BitmapEncoding::{bitmap}, maps: {maps} }},
    &FIELDS,
    &MESSAGES,
).correlation(&CORRELATION){third}.compiled::<Walk>();

struct Walk;

impl Known for Walk {{
    const DIALECT: &'static Dialect = &super::DIALECT;
}}
",
        spec.name, spec.title
    );
}

/// Those of the names that stand in the code of a text. A name within a string is none.
fn used<'a>(text: &str, names: &[&'a str]) -> Vec<&'a str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let code = without_strings(text);
    let mut found: Vec<&str> = Vec::new();
    for word in code.split(|c| !is_word(c)) {
        if let Some(name) = names.iter().find(|name| **name == word)
            && !found.contains(name)
        {
            found.push(name);
        }
    }
    found.sort_unstable();
    found
}

fn without_strings(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut characters = text.chars();
    let mut quoted = false;
    while let Some(character) = characters.next() {
        match (quoted, character) {
            (true, '\\') => _ = characters.next(),
            (_, '"') => {
                quoted = !quoted;
                code.push('"');
            }
            (true, _) => {}
            (false, _) => code.push(character),
        }
    }
    code
}

/// The table of these fields, after those of the composites in it. `home` leads to the module of their types.
fn collect(table: &str, home: &str, fields: &[Field], out: &mut String) {
    for field in fields {
        if let Some(composite) = &field.composite {
            let home = format!("{home}::{}", name::inside(field));
            collect(&composite::table(table, field), &home, &composite.fields, out);
        }
    }
    _ = writeln!(out, "\n#[rustfmt::skip]\npub(super) static {table}: [Field; {}] = [", fields.len());
    for field in fields {
        _ = writeln!(out, "    {},", entry(table, home, field));
    }
    out.push_str("];\n");
}

fn entry(table: &str, home: &str, field: &Field) -> String {
    let (ident, name, kind) = (&field.ident, &field.name, field.kind);
    let mut entry = format!("Field::new({}, {ident:?}, {name:?}, Kind::{kind:?}, {})", layout::key(field), rule(field));
    if field.sensitivity != Sensitivity::Clear {
        _ = write!(entry, ".sensitive(Sensitivity::{:?})", field.sensitivity);
    }
    if !field.values.is_empty() {
        if field.kind == Kind::Code && field.composite.is_none() {
            _ = write!(entry, ".values({home}::{}::KNOWN)", name::type_name(&field.ident));
        } else {
            let values: Vec<String> =
                field.values.iter().map(|value| format!("({:?}, {:?})", value.code, value.meaning)).collect();
            _ = write!(entry, ".values(&[{}])", values.join(", "));
        }
    }
    if let Some(name) = &field.xml {
        _ = write!(entry, ".xml_name({name:?})");
    }
    if let Some(composite) = &field.composite {
        entry += &layout::composite(composite, &composite::table(table, field));
    }
    entry
}

fn rule(field: &Field) -> String {
    let (class, encoding) = (class(field.class), encoding(field.encoding));
    let mut rule = match field.length {
        Length::Fixed(units) => format!("Rule::fixed({class}, {units}, {encoding})"),
        Length::Rest { max } => format!("Rule::rest({class}, {max}, {encoding})"),
        Length::Variable { prefix, width, counts, inclusive, min, max } => {
            let prefix = prefix_of(prefix, width, counts, inclusive);
            let least = if min > 0 { format!(".at_least({min})") } else { String::new() };
            format!("Rule::variable({class}, {max}, {encoding}, {prefix}){least}")
        }
    };
    if field.pad != usual_pad(field) {
        rule += &match field.pad {
            None => ".unpadded()".to_owned(),
            Some(Pad { side, fill }) => format!(".padded(Side::{side:?}, {fill:#04x})"),
        };
    }
    if field.ebcdic_sign {
        rule += ".with_ebcdic_sign()";
    }
    if field.policy == Policy::Lenient {
        rule += ".lenient()";
    }
    rule
}

/// The padding that `Rule::fixed` gives by itself.
fn usual_pad(field: &Field) -> Option<Pad> {
    match (field.length, field.class) {
        (Length::Fixed(_), Class::N | Class::Xn) => Some(Pad { side: Side::Left, fill: b'0' }),
        (Length::Fixed(_), Class::Z | Class::B) => None,
        (Length::Fixed(_), _) => Some(Pad { side: Side::Right, fill: b' ' }),
        _ => None,
    }
}

fn class(class: Class) -> String {
    format!("Class::{class:?}")
}

fn encoding(encoding: Encoding) -> String {
    match encoding {
        Encoding::Bcd { pad_side, pad_nibble } => {
            format!("Encoding::Bcd {{ pad_side: Side::{pad_side:?}, pad_nibble: {pad_nibble} }}")
        }
        other => format!("Encoding::{other:?}"),
    }
}

fn prefix_of(prefix: PrefixEncoding, width: u8, counts: Counts, inclusive: bool) -> String {
    let base = match prefix {
        PrefixEncoding::Ascii => format!("Prefix::ascii({width})"),
        other => format!("Prefix::new(PrefixEncoding::{other:?}, {width})"),
    };
    let counts = if counts == Counts::Bytes { ".counting_bytes()" } else { "" };
    let inclusive = if inclusive { ".inclusive()" } else { "" };
    format!("{base}{counts}{inclusive}")
}

/// The table of messages.
fn messages(spec: &Spec, out: &mut String) {
    let count = spec.messages.len();
    _ = writeln!(out, "\n#[rustfmt::skip]\npub(super) static MESSAGES: [MessageRule; {count}] = [");
    for message in &spec.messages {
        _ = writeln!(out, "    {},", message_rule(spec, message));
    }
    out.push_str("];\n");
}

/// The table of what pairs a response with its request.
fn correlation(spec: &Spec, out: &mut String) {
    let count = spec.correlation.len();
    _ = writeln!(out, "\n#[rustfmt::skip]\npub(super) static CORRELATION: [CorrelationRule; {count}] = [");
    for rule in &spec.correlation {
        let alternatives: Vec<String> = rule.alternatives.iter().map(|numbers| list(numbers)).collect();
        _ = writeln!(out, "    CorrelationRule::new({:?}, &[{}]),", rule.class, alternatives.join(", "));
    }
    out.push_str("];\n");
}

fn list(numbers: &[u16]) -> String {
    let numbers: Vec<String> = numbers.iter().map(u16::to_string).collect();
    format!("&[{}]", numbers.join(", "))
}

fn message_rule(spec: &Spec, message: &Message) -> String {
    let mut rule = format!(
        "MessageRule::new({:?}, {:?}, {}, {}, {})",
        message.name,
        message.mti,
        list(&message.mandatory),
        list(&message.conditional),
        list(&message.optional),
    );
    if let Some((reply, answer)) = message.reply.as_ref().and_then(|reply| Some((reply, spec.message(&reply.message)?)))
    {
        _ = write!(rule, ".reply({:?}, {})", answer.mti, list(&reply.echo));
    }
    rule
}
