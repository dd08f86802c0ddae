//! The spec as a Lua table.

use std::fmt::Write as _;

use super::lua::{record, string};
use super::{Header, Options};
use crate::emit;
use crate::model::{
    Bitmap, Composite, CompositeKind, Encoding, Field, Kind, Length, Policy, Spec, Tagged, ThirdBitmap, Unknown,
};
use crate::print::words;

/// `local SPEC = { ... }`.
pub(super) fn spec(spec: &Spec, options: &Options) -> String {
    let header = match options.header {
        Header::Two => 2,
        Header::Four => 4,
        Header::None => 0,
    };
    let title = spec.title.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = "local SPEC = {\n".to_owned();
    _ = writeln!(out, "  name = {},", string(&emit::module_name(spec)));
    _ = writeln!(out, "  title = {},", string(&title));
    if let Some(port) = options.port {
        _ = writeln!(out, "  port = {port},");
    }
    _ = writeln!(out, "  header = {header},");
    _ = writeln!(out, "  mti = {},", string(words::digits(spec.mti)));
    let bitmap = match spec.third_bitmap {
        ThirdBitmap::AfterSecond => bitmap(spec.bitmap),
        ThirdBitmap::Element65 => {
            let encoding = string(words::bitmap_encoding(spec.bitmap.encoding));
            record(&[("encoding", encoding), ("maps", "2".to_owned()), ("third", "true".to_owned())])
        }
    };
    _ = writeln!(out, "  bitmap = {bitmap},");
    out += "  messages = {\n";
    for message in &spec.messages {
        _ = writeln!(out, "    [{}] = {},", string(&message.mti), string(&message.name.replace('-', " ")));
    }
    out += "  },\n  fields = {\n";
    fields(&spec.fields, 2, &mut out);
    out += "  },\n}\n";
    out
}

fn bitmap(rule: Bitmap) -> String {
    let encoding = string(words::bitmap_encoding(rule.encoding));
    record(&[("encoding", encoding), ("maps", rule.maps.to_string())])
}

fn fields(fields: &[Field], depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    for one in fields {
        let own = record(&facts(one));
        let Some(composite) = &one.composite else {
            _ = writeln!(out, "{indent}{own},");
            continue;
        };
        let open = own.strip_suffix(" }").unwrap_or(&own);
        _ = writeln!(out, "{indent}{open}, inside = {{ {}, fields = {{", layout(composite));
        self::fields(&composite.fields, depth + 1, out);
        _ = writeln!(out, "{indent}}} }} }},");
    }
}

/// What the engine calls the layout, and what it needs to know of it.
fn layout(composite: &Composite) -> String {
    let mut text = format!("kind = {}", string(words::composite_kind(composite.kind)));
    match composite.kind {
        CompositeKind::Positional | CompositeKind::BerTlv | CompositeKind::Pairs => {}
        CompositeKind::Bitmap(rule) => _ = write!(text, ", bitmap = {}", bitmap(rule)),
        CompositeKind::Tlv(rule) | CompositeKind::Ltv(rule) => _ = write!(text, ", {}", tagged(rule)),
        CompositeKind::Repeat { most: None } => {}
        CompositeKind::Repeat { most: Some(most) } => _ = write!(text, ", most = {most}"),
    }
    match composite.unknown {
        Unknown::Keep | Unknown::Skip => {}
        Unknown::Reject => text += ", closed = true",
    }
    if composite.xml {
        text += ", xml = true";
    }
    text
}

/// Widths in bytes, so that the engine has nothing to work out.
fn tagged(rule: Tagged) -> String {
    let tag = record(&[
        ("encoding", string(words::tag_encoding(rule.tag.encoding))),
        ("width", rule.tag.bytes().to_string()),
    ]);
    let length = record(&[
        ("encoding", string(words::prefix(rule.length.prefix))),
        ("width", rule.length.bytes().to_string()),
        ("counts", string(words::counts(rule.length.counts))),
        ("covers", string(words::covers(rule.length.covers))),
    ]);
    format!("tag = {tag}, length = {length}")
}

fn facts(field: &Field) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("key", string(&field.key.to_string())),
        ("name", string(&field.name)),
        ("class", string(words::class(field.class))),
        ("sensitive", string(words::sensitivity(field.sensitivity))),
    ];
    match field.encoding {
        Encoding::Bcd { pad_side, pad_nibble } => facts.extend([
            ("encoding", string("bcd")),
            ("side", string(words::side(pad_side))),
            ("nibble", pad_nibble.to_string()),
        ]),
        Encoding::Ascii
        | Encoding::Cp037
        | Encoding::Cp1047
        | Encoding::Latin1
        | Encoding::Utf8
        | Encoding::Raw
        | Encoding::Hex
        | Encoding::EbcdicHex => facts.push(("encoding", string(&words::encoding(field.encoding)))),
    }
    match field.length {
        Length::Fixed(units) => facts.extend([("length", string("fixed")), ("max", units.to_string())]),
        Length::Rest { max } => facts.extend([("length", string("rest")), ("max", max.to_string())]),
        Length::Variable { prefix, width, counts, inclusive, min, max } => {
            facts.extend([
                ("length", string("variable")),
                ("prefix", string(words::prefix(prefix))),
                ("width", width.to_string()),
                ("counts", string(words::counts(counts))),
                ("min", min.to_string()),
                ("max", max.to_string()),
            ]);
            if inclusive {
                facts.push(("inclusive", "true".to_owned()));
            }
        }
    }
    if let Some(pad) = field.pad.filter(|pad| pad.fill == b' ') {
        facts.push(("pad", string(words::side(pad.side))));
    }
    match field.policy {
        Policy::Strict => {}
        Policy::Lenient => facts.push(("lenient", "true".to_owned())),
    }
    if let Some(name) = &field.xml {
        facts.push(("xml", string(name)));
    }
    if field.kind == Kind::Stan {
        facts.push(("stan", "true".to_owned()));
    }
    if !field.values.is_empty() {
        let values: Vec<String> = field
            .values
            .iter()
            .map(|value| format!("[{}] = {}", string(&value.code), string(&value.meaning)))
            .collect();
        facts.push(("values", format!("{{ {} }}", values.join(", "))));
    }
    facts
}
