//! Composites: whether the field can hold what is inside it.

use super::visit::{Visit, bytes, extent};
use crate::diagnostic::Report;
use crate::model::{
    BitmapEncoding, Class, Composite, CompositeKind, Encoding, Field, Length, PrefixEncoding, TagEncoding, Tagged,
    Unknown,
};

pub(super) fn check(visit: &Visit<'_>, report: &mut Report) {
    let Some(composite) = &visit.field.composite else {
        return;
    };
    let declared = visit.table.table("field").is_some_and(|fields| !fields.entries.is_empty());
    if !declared && !holds_undeclared(composite) {
        report
            .error("no-children", visit.place("composite"), format!("nothing is declared inside field {}", visit.path))
            .label("a layout of nothing")
            .help(if composite.kind.gives_lengths() {
                "declare what may be inside, or take `unknown` out".to_owned()
            } else {
                format!("declare the children: `[field.{}.field.1]`", visit.path.replace('.', ".field."))
            });
        return;
    }
    if let Some(takes) = holds(visit.field, composite) {
        report
            .error(
                "composite-class",
                visit.place("composite"),
                format!("field {} cannot hold this composite", visit.path),
            )
            .label(format!("needs {takes}"))
            .also(visit.place("format"), "but the format is this")
            .help("class `b` holds every composite");
        return;
    }
    let children = composite.declared();
    // Sizes are told only where every child could be resolved.
    let whole = visit.table.table("field").map(|fields| fields.entries.len()) == Some(children.len());
    match composite.kind {
        CompositeKind::Positional if whole => {
            rest_is_last(visit, children, report);
            sizes(visit, children, report);
        }
        CompositeKind::Repeat { most } if whole => groups(visit, children, most, report),
        CompositeKind::Positional
        | CompositeKind::Repeat { .. }
        | CompositeKind::Bitmap(_)
        | CompositeKind::BerTlv
        | CompositeKind::Tlv(_)
        | CompositeKind::Ltv(_)
        | CompositeKind::Pairs => {}
    }
    classes(visit, children, report);
}

/// Whether it can have something in it where nothing is declared.
fn holds_undeclared(composite: &Composite) -> bool {
    composite.kind.gives_lengths() && composite.unknown == Unknown::Keep
}

/// What class the composite needs, if the field has another.
fn holds(field: &Field, composite: &Composite) -> Option<&'static str> {
    let class = field.class;
    let text = matches!(class, Class::An | Class::Ans | Class::Anp);
    match composite.kind {
        CompositeKind::BerTlv => (class != Class::B).then_some("class `b`"),
        CompositeKind::Bitmap(bitmap) => match bitmap.encoding {
            BitmapEncoding::Binary => (class != Class::B).then_some("class `b`: the bitmap is binary"),
            BitmapEncoding::Hex | BitmapEncoding::EbcdicHex => {
                (class != Class::B && !text).then_some("class `b` or `ans`")
            }
        },
        CompositeKind::Positional | CompositeKind::Repeat { .. } => {
            matches!(class, Class::Xn | Class::Z).then_some("class `b`, `n`, `an` or `ans`")
        }
        CompositeKind::Tlv(rule) | CompositeKind::Ltv(rule) => match written_in(rule) {
            Written::Bytes => (class != Class::B).then_some("class `b`: a tag or a length is no text"),
            _ if class != Class::B && !text => Some("class `b` or `ans`"),
            Written::Ascii if class != Class::B && ebcdic(field.encoding) => {
                Some("class `b`: tags and lengths are ASCII, the text around them is EBCDIC")
            }
            Written::Ebcdic if class != Class::B && !ebcdic(field.encoding) => {
                Some("class `b`: tags and lengths are EBCDIC, the text around them is not")
            }
            Written::Ascii | Written::Ebcdic => None,
        },
        CompositeKind::Pairs => match class {
            Class::B => None,
            Class::Ans if ebcdic(field.encoding) => {
                Some("class `b`: names and lengths are ASCII, the text around them is EBCDIC")
            }
            Class::Ans => None,
            _ => Some("class `b` or `ans`"),
        },
    }
}

/// What tags and lengths of objects look like.
enum Written {
    Ascii,
    Ebcdic,
    /// Binary or packed, or some of one and some of the other.
    Bytes,
}

fn written_in(rule: Tagged) -> Written {
    match (rule.tag.encoding, rule.length.prefix) {
        (TagEncoding::Ascii, PrefixEncoding::Ascii | PrefixEncoding::Hex) => Written::Ascii,
        (TagEncoding::Ebcdic, PrefixEncoding::Ebcdic) => Written::Ebcdic,
        _ => Written::Bytes,
    }
}

fn ebcdic(encoding: Encoding) -> bool {
    matches!(encoding, Encoding::Cp037 | Encoding::Cp1047)
}

/// Only the last child can take what is left.
fn rest_is_last(visit: &Visit<'_>, children: &[Field], report: &mut Report) {
    let Some((_, earlier)) = children.split_last() else {
        return;
    };
    for child in earlier.iter().filter(|child| matches!(child.length, Length::Rest { .. })) {
        let place = visit.table.at(&["field", &child.key.to_string(), "format"]);
        report
            .error(
                "rest-not-last",
                place.map_or_else(|| visit.place("composite"), |entry| entry.value.span),
                format!("position {} takes what is left, and more comes after it", child.key),
            )
            .label("nothing is left for the rest")
            .help("give it a length, or make it the last position");
    }
}

/// The children must fit, and fill a field of fixed length.
fn sizes(visit: &Visit<'_>, children: &[Field], report: &mut Report) {
    let (least, most) = sum(children);
    let class = visit.class();
    let room = room(visit.field);
    if least > room {
        report
            .error(
                "children-too-long",
                visit.place("format"),
                format!("what is inside field {} does not fit", visit.path),
            )
            .label(format!("{room} bytes for at least {least}"))
            .help("lengthen the field or shorten its children");
    } else if matches!(visit.field.length, Length::Fixed(_)) && most < room {
        report
            .warning(
                "children-too-short",
                visit.place("format"),
                format!("what is inside field {} does not fill it", visit.path),
            )
            .label(format!("{room} bytes for at most {most}"))
            .help(format!("declare what is left as a last child of format `{class} *`"));
    }
}

/// A group must fit, as must as many of them as there may be, and fill a field of fixed length.
fn groups(visit: &Visit<'_>, children: &[Field], limit: Option<u16>, report: &mut Report) {
    let (least, most) = sum(children);
    let room = room(visit.field);
    let limit = limit.map(u64::from);
    if least > room {
        report
            .error("children-too-long", visit.place("format"), format!("no group fits into field {}", visit.path))
            .label(format!("{room} bytes for at least {least}"))
            .help("lengthen the field or shorten the children of the group");
    } else if limit.is_some_and(|limit| limit.saturating_mul(least) > room) {
        let limit = limit.unwrap_or_default();
        report
            .warning("groups-beyond-room", visit.place("composite"), format!("{limit} groups do not fit"))
            .label(format!("field {}: {room} bytes for at least {}", visit.path, limit.saturating_mul(least)))
            .help(format!("`most = {}`, or lengthen the field", room / least.max(1)));
    } else if matches!(visit.field.length, Length::Fixed(_)) {
        let full = least != most || room.is_multiple_of(least.max(1));
        if !full || limit.is_some_and(|limit| limit.saturating_mul(most) < room) {
            report
                .warning(
                    "children-too-short",
                    visit.place("format"),
                    format!("groups do not fill field {}", visit.path),
                )
                .label(format!("{room} bytes, and a group of {}", told(least, most)))
                .help("a length that is a multiple of the group, or one that varies");
        }
    }
}

fn told(least: u64, most: u64) -> String {
    if least == most { format!("{least}") } else { format!("{least} to {most}") }
}

/// Fewest and most bytes of fields one after the other.
fn sum(children: &[Field]) -> (u64, u64) {
    children.iter().map(size).fold((0, 0), |(least, most), (fewer, more)| (least + fewer, most + more))
}

/// Fewest and most bytes of a field on the wire, prefix included.
fn size(field: &Field) -> (u64, u64) {
    let prefix = match field.length {
        Length::Variable { prefix: PrefixEncoding::Bcd, width, .. } => u64::from(width).div_ceil(2),
        Length::Variable { width, .. } => u64::from(width),
        Length::Fixed(_) | Length::Rest { .. } => 0,
    };
    let (least, most) = size_of_content(field);
    (prefix + least, prefix + most)
}

/// Most bytes that what is inside a field takes: bytes that are written as hex are bytes again inside.
fn room(field: &Field) -> u64 {
    let (_, max) = extent(field.length);
    if field.class == Class::B { max.into() } else { bytes(max, field.encoding) }
}

fn size_of_content(field: &Field) -> (u64, u64) {
    let (min, max) = extent(field.length);
    (bytes(min, field.encoding), bytes(max, field.encoding))
}

/// A field of digits holds no letters, whatever its children say.
fn classes(visit: &Visit<'_>, children: &[Field], report: &mut Report) {
    if visit.field.class == Class::B {
        return;
    }
    for child in children {
        let packed = |field: &Field| matches!(field.encoding, Encoding::Bcd { .. });
        let label = if !held(visit.field.class, child) {
            "wider than what it stands in"
        } else if packed(child) && !packed(visit.field) {
            "packed digits are no characters"
        } else {
            continue;
        };
        let key = child.key.to_string();
        let place = visit.table.at(&["field", &key, "format"]);
        report
            .error(
                "child-class",
                place.map_or_else(|| visit.place("composite"), |entry| entry.value.span),
                format!("`{}` of field {} cannot hold its child {key}", visit.format(), visit.path),
            )
            .label(label)
            .also(visit.place("format"), "the whole is this")
            .help("widen the class of the whole, or narrow the child");
    }
}

fn held(outer: Class, child: &Field) -> bool {
    use Class::{A, An, Anp, Ans, As, B, N, Ns, Xn, Z};
    match outer {
        B => true,
        Ans => child.class != B || child.encoding != Encoding::Raw,
        An | Anp => {
            matches!(child.class, N | A | An | Anp | Xn) || (child.class == B && child.encoding != Encoding::Raw)
        }
        N => child.class == N,
        A => child.class == A,
        As => matches!(child.class, A | As),
        Ns => matches!(child.class, N | Ns | Z),
        // No composite stands in these.
        Xn | Z => true,
    }
}
