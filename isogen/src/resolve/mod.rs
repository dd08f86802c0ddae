//! From the tree of a spec to the model, with every default written out.
//!
//! Here a key gets its meaning and a value its type; whether the values make sense together is the business of
//! [`crate::check`]. What cannot be resolved is reported and left out, so that one run finds as much as it can.

mod composite;
mod correlation;
mod defaults;
mod field;
mod format;
mod group;
mod ident;
mod length;
mod message;
mod number;
mod tagged;
mod values;
mod words;

#[cfg(feature = "print")]
pub(crate) use correlation::CLASSES as MESSAGE_CLASSES;
pub(crate) use number::element_number;
pub(crate) use words::kind_word;

use crate::diagnostic::Report;
use crate::model::{Bitmap, BitmapEncoding, DigitEncoding, Spec, ThirdBitmap};
use crate::source::{Reader, Span, Table};

/// Resolves a merged tree. The spec is complete only if nothing was reported.
pub(crate) fn resolve(tree: &Table, report: &mut Report) -> Spec {
    let start = Span { file: 0, start: 0, end: 0 };
    let mut spec = Spec {
        name: String::new(),
        title: String::new(),
        doc: String::new(),
        files: report.sources.paths(),
        mti: DigitEncoding::Ascii,
        bitmap: Bitmap { encoding: BitmapEncoding::Binary, maps: 3 },
        third_bitmap: ThirdBitmap::AfterSecond,
        fields: Vec::new(),
        correlation: Vec::new(),
        messages: Vec::new(),
    };
    let mut reader = Reader::new(tree, start);
    match reader.table("spec", report) {
        Some((table, entry)) => head(&mut spec, table, entry.value.span, report),
        None if tree.get("spec").is_none() => {
            report
                .error("not-a-spec", start, "there is no `[spec]` table")
                .help("a spec starts with `[spec]`, a `name` and a `title`");
            return spec;
        }
        None => {}
    }
    let defaults = match reader.table("wire", report) {
        Some((table, entry)) => defaults::wire(&mut spec, table, entry.value.span, report),
        None => {
            if tree.get("wire").is_none() {
                report
                    .error("missing-key", start, "the spec has no `[wire]` table")
                    .help("add `[wire]` with `mti`, `bitmap`, `digits`, `text`, `binary` and `length`");
            }
            defaults::Defaults::default()
        }
    };
    if let Some((table, _)) = reader.table("field", report) {
        spec.fields = field::elements(table, &defaults, report);
    }
    let rules = reader.table("correlation", report).map(|(table, entry)| (table, entry.value.span));
    spec.correlation = correlation::correlation(rules, report);
    if let Some((table, _)) = reader.table("message", report) {
        spec.messages = message::messages(table, report);
    }
    reader.finish("a spec", report);
    spec
}

fn head(spec: &mut Spec, table: &Table, place: Span, report: &mut Report) {
    let mut reader = Reader::new(table, place);
    match reader.string("name", report) {
        Some((name, span)) => {
            if ident::is_kebab(name) {
                name.clone_into(&mut spec.name);
            } else {
                report
                    .error("bad-name", span, format!("`{name}` is no name for a spec"))
                    .label("not kebab case")
                    .help("lower-case letters, digits and single hyphens, a letter first: `iso87-a`");
            }
        }
        None if table.get("name").is_none() => {
            reader.missing("name", "`[spec]`", "name = \"iso87-a\"", report);
        }
        None => {}
    }
    match reader.string("title", report) {
        Some((title, _)) => title.clone_into(&mut spec.title),
        None if table.get("title").is_none() => {
            reader.missing("title", "`[spec]`", "title = \"ISO 8583:1987, ASCII\"", report);
        }
        None => {}
    }
    spec.doc = doc(&mut reader, report);
    // Read when the chain was put together; here only its type is left to say.
    reader.string("extends", report);
    reader.finish("`[spec]`", report);
}

/// The `doc` of a table, without the blank lines around it.
fn doc(reader: &mut Reader<'_>, report: &mut Report) -> String {
    reader.string("doc", report).map(|(doc, _)| doc.trim().to_owned()).unwrap_or_default()
}
