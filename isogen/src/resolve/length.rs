//! Length and padding of a field, from its format and what it says beside it.

use super::composite::Inside;
use super::defaults::Prefix;
use super::format::{Extent, Format};
use super::words::SIDE;
use crate::diagnostic::Report;
use crate::model::{Class, Length, Pad, PrefixEncoding, Side};
use crate::source::{Datum, Node, Reader, Span, Table};

/// The length of a field.
pub(super) fn length(
    reader: &mut Reader<'_>,
    body: &Table,
    format: Option<(Format, Span)>,
    prefix: Prefix,
    inside: Inside,
    report: &mut Report,
) -> Option<Length> {
    let min = reader.integer("min", report);
    let (format, at) = format?;
    // What a spec inherits and its own format has no use for is passed over; what it says itself must fit.
    let meant = |span: Span| span.file == at.file;
    let stray = |key: &'static str, why: &str, report: &mut Report| {
        if let Some(entry) = body.get(key).filter(|entry| meant(entry.key_span)) {
            report
                .error("stray-key", entry.key_span, format!("`{key}` has no use here: {why}"))
                .label("no use here")
                .help(format!("take `{key}` out, or change the format"));
        }
    };
    match format.extent {
        Extent::Fixed(units) => {
            stray("min", "the length is fixed", report);
            stray("length", "a fixed length has no prefix", report);
            let sign = u32::from(format.class == Class::Xn);
            Some(Length::Fixed(units + sign))
        }
        Extent::UpTo { max, .. } if inside.gives_length().is_some() => {
            let why = inside.gives_length().map_or("", |(why, _)| why);
            stray("min", why, report);
            stray("length", why, report);
            Some(Length::Rest { max })
        }
        Extent::UpTo { dots, max } => {
            let min = match min {
                Some((min, span)) => match u32::try_from(min).ok().filter(|min| *min <= max) {
                    Some(min) => min,
                    None => {
                        report
                            .error("min-beyond-max", span, format!("at least {min} units, but at most {max}"))
                            .label("cannot be")
                            .also(at, "the maximum is given here")
                            .help(format!("`min` is from 0 to {max}"));
                        return None;
                    }
                },
                None if body.get("min").is_some() => return None,
                None => 0,
            };
            let encoding = prefix.encoding?;
            let width = prefix.width.unwrap_or(dots);
            let widest = match encoding {
                PrefixEncoding::BinaryBe | PrefixEncoding::BinaryLe => 4,
                PrefixEncoding::Hex => 8,
                PrefixEncoding::Ascii | PrefixEncoding::Ebcdic | PrefixEncoding::Bcd => 9,
            };
            if width > widest {
                let place = body.at(&["length", "width"]).map_or(at, |entry| entry.value.span);
                report
                    .error("bad-width", place, format!("a length prefix {width} wide"))
                    .label(format!("at most {widest} in this encoding"))
                    .help(
                        "the dots count digits, for a binary prefix bytes; `length = { width = 2 }` says it otherwise",
                    );
                return None;
            }
            Some(Length::Variable {
                prefix: encoding,
                width,
                counts: prefix.counts?,
                inclusive: prefix.inclusive,
                min,
                max,
            })
        }
        Extent::Rest => {
            stray("min", "the field takes what is left", report);
            stray("length", "the field takes what is left and has no prefix", report);
            if let Inside::Positional { most } = inside {
                return most.map(|max| Length::Rest { max });
            }
            if let Some((_, most)) = inside.gives_length() {
                return most.map(|max| Length::Rest { max });
            }
            if inside == Inside::Group {
                report
                    .error("stray-rest", at, "every child of a repeated group has a length of its own")
                    .label("nothing here says where the next group begins")
                    .help("give a length: `ans..99`");
                return None;
            }
            report
                .error("stray-rest", at, "only the last child of a positional composite takes what is left")
                .label("nothing here says where this ends")
                .help("give a length: `ans..99`");
            None
        }
    }
}

/// The padding of a field: `None` if it cannot be resolved, `Some(None)` for no padding.
pub(super) fn pad(
    reader: &mut Reader<'_>,
    body: &Table,
    format: Option<(Format, Span)>,
    report: &mut Report,
) -> Option<Option<Pad>> {
    let node = reader.node("pad");
    let stated = match node {
        Some(node) => Some(stated(node, format.map(|(format, _)| format.class), report)?),
        None => None,
    };
    let (format, at) = format?;
    if !matches!(format.extent, Extent::Fixed(_)) {
        if let (Some(Some(_)), Some(entry)) = (stated, body.get("pad").filter(|entry| entry.key_span.file == at.file)) {
            report
                .error("stray-key", entry.key_span, "`pad` has no use here: the length varies")
                .label("no use here")
                .help("take `pad` out, or give a fixed length: `an 12`");
        }
        return Some(None);
    }
    Some(match stated {
        Some(pad) => pad,
        None => match format.class {
            Class::N | Class::Xn => Some(Pad { side: Side::Left, fill: b'0' }),
            Class::B | Class::Z => None,
            Class::A | Class::An | Class::As | Class::Ns | Class::Anp | Class::Ans => {
                Some(Pad { side: Side::Right, fill: b' ' })
            }
        },
    })
}

fn stated(node: &Node, class: Option<Class>, report: &mut Report) -> Option<Option<Pad>> {
    let table = match &node.datum {
        Datum::String(word) if word == "none" => return Some(None),
        Datum::Table(table) => table,
        _ => {
            report
                .error("wrong-type", node.span, "`pad` is a table or \"none\"")
                .label("cannot be this")
                .help("pad = { side = \"right\", fill = \" \" }");
            return None;
        }
    };
    let mut reader = Reader::new(table, node.span);
    let side = reader.word("side", SIDE, report);
    // A byte field is filled with zero bytes, not with the character.
    let zero = if class == Some(Class::B) { 0 } else { b'0' };
    let fill = reader.word("fill", &[(" ", b' '), ("0", zero)], report);
    for (key, example) in [("side", "side = \"left\""), ("fill", "fill = \"0\"")] {
        if table.get(key).is_none() {
            reader.missing(key, "`pad`", example, report);
        }
    }
    reader.finish("`pad`", report);
    Some(Some(Pad { side: side?, fill: fill? }))
}
