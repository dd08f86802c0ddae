//! Composites: whether the field can hold what is inside it.

use super::visit::{Visit, bytes, extent};
use crate::diagnostic::Report;
use crate::model::{BitmapEncoding, Class, Composite, CompositeKind, Encoding, Field, Length, PrefixEncoding};

pub(super) fn check(visit: &Visit<'_>, report: &mut Report) {
    let Some(composite) = &visit.field.composite else {
        return;
    };
    let declared = visit.table.table("field").is_some_and(|fields| !fields.entries.is_empty());
    if !declared && composite.kind != CompositeKind::BerTlv {
        report
            .error("no-children", visit.place("composite"), format!("nothing is declared inside field {}", visit.path))
            .label("a layout of nothing")
            .help(format!("declare the children: `[field.{}.field.1]`", visit.path.replace('.', ".field.")));
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
    // Sizes are told only where every child could be resolved.
    let whole = visit.table.table("field").map(|fields| fields.entries.len()) == Some(composite.fields.len());
    if composite.kind == CompositeKind::Positional && whole {
        rest_is_last(visit, composite, report);
        sizes(visit, composite, report);
    }
    classes(visit, composite, report);
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
        CompositeKind::Positional => matches!(class, Class::Xn | Class::Z).then_some("class `b`, `n`, `an` or `ans`"),
    }
}

/// Only the last child can take what is left.
fn rest_is_last(visit: &Visit<'_>, composite: &Composite, report: &mut Report) {
    let Some((_, earlier)) = composite.fields.split_last() else {
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
fn sizes(visit: &Visit<'_>, composite: &Composite, report: &mut Report) {
    let sizes: Vec<(u64, u64)> = composite.fields.iter().map(size).collect();
    let least: u64 = sizes.iter().map(|(least, _)| least).sum();
    let most: u64 = sizes.iter().map(|(_, most)| most).sum();
    let class = visit.class();
    let (_, room) = size_of_content(visit.field);
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

fn size_of_content(field: &Field) -> (u64, u64) {
    let (min, max) = extent(field.length);
    // The fewest characters of UTF-8 are the fewest bytes.
    let least = if field.encoding == Encoding::Utf8 { u64::from(min) } else { bytes(min, field.encoding) };
    (least, bytes(max, field.encoding))
}

/// A field of digits holds no letters, whatever its children say.
fn classes(visit: &Visit<'_>, composite: &Composite, report: &mut Report) {
    if visit.field.class == Class::B {
        return;
    }
    for child in &composite.fields {
        if held(visit.field.class, child) {
            continue;
        }
        let key = child.key.to_string();
        let place = visit.table.at(&["field", &key, "format"]);
        report
            .error(
                "child-class",
                place.map_or_else(|| visit.place("composite"), |entry| entry.value.span),
                format!("`{}` of field {} cannot hold its child {key}", visit.format(), visit.path),
            )
            .label("wider than what it stands in")
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
