//! Names of XML elements, and content that could be taken for XML.

use super::visit::Visit;
use crate::diagnostic::Report;
use crate::model::{BitmapEncoding, CompositeKind, Field, TagEncoding};
use crate::source::Span;

pub(super) fn check(visit: &Visit<'_>, report: &mut Report) {
    let in_xml = visit.parent.and_then(|parent| parent.composite.as_ref()).is_some_and(|composite| composite.xml);
    if visit.stated("xml") && !in_xml {
        let place = visit.place("xml");
        report
            .error("stray-key", place, format!("field {} stands in nothing that is written as XML", visit.path))
            .label("no use here")
            .help("say `xml = true` in the composite that it stands in, or take `xml` out");
    } else if let Some(name) = visit.field.xml.as_deref().filter(|name| !is_name(name)) {
        report
            .error("bad-xml-name", visit.place("xml"), format!("`{}` names no XML element", name.escape_debug()))
            .label("not a name")
            .help("letters, digits, `_`, `-` and `.`, a letter or `_` first: `AmountAuthorized`");
    }
    let Some(composite) = visit.field.composite.as_ref().filter(|composite| composite.xml) else {
        return;
    };
    duplicates(visit, composite.declared(), report);
    if let Some(why) = could_begin_so(composite.kind) {
        report
            .warning("xml-ambiguous", visit.place("composite"), format!("field {} may look like XML", visit.path))
            .label(why)
            .help("`xml = true` takes content for XML that begins with `<`, byte 3C");
    }
}

fn duplicates(visit: &Visit<'_>, children: &[Field], report: &mut Report) {
    let mut seen: Vec<(&str, Span)> = Vec::new();
    for child in children {
        let entry = visit.table.at(&["field", &child.key.to_string(), "xml"]);
        let (Some(name), Some(entry)) = (child.xml.as_deref(), entry) else {
            continue;
        };
        let place = entry.value.span;
        match seen.iter().find(|(earlier, _)| *earlier == name) {
            Some((_, earlier)) => {
                let in_order = (earlier.file, earlier.start) < (place.file, place.start);
                let (first, second) = if in_order { (*earlier, place) } else { (place, *earlier) };
                report
                    .error("duplicate-xml-name", second, format!("two children are the XML element `{name}`"))
                    .label("second one")
                    .also(first, "first one")
                    .help("each child has an element of its own name");
            }
            None => seen.push((name, place)),
        }
    }
}

/// A name as XML has it, of ASCII characters and without a colon (Namespaces in XML 1.0, NCName).
fn is_name(name: &str) -> bool {
    let first = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_';
    name.as_bytes().first().is_some_and(first)
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
}

/// Why other content than XML can begin with `<`.
fn could_begin_so(kind: CompositeKind) -> Option<&'static str> {
    match kind {
        CompositeKind::Bitmap(bitmap) if bitmap.encoding == BitmapEncoding::Binary => {
            Some("a binary bitmap with bits 3 to 6 begins with this byte")
        }
        CompositeKind::Tlv(rule) if matches!(rule.tag.encoding, TagEncoding::Binary | TagEncoding::Bcd) => {
            Some("a tag may begin with this byte")
        }
        CompositeKind::Ltv(_) => Some("a length may begin with this byte"),
        CompositeKind::Positional | CompositeKind::Repeat { .. } => Some("the first child may begin with this byte"),
        // Digits, hex, or tags that nobody gives out (class private, constructed, 3C is universal).
        CompositeKind::Bitmap(_) | CompositeKind::Tlv(_) | CompositeKind::BerTlv | CompositeKind::Pairs => None,
    }
}
