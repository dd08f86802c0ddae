//! What is inside a field.

use super::defaults::{self, Defaults};
use super::field;
use crate::diagnostic::Report;
use crate::model::{Bitmap, Composite, CompositeKind, Encoding, Length, Side};
use crate::source::{Reader, Table};

/// What a field stands in: decides how its key and its length are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    /// The message itself.
    Message,
    /// One after the other; `most` is the maximum of the whole, if known.
    Positional { most: Option<u32> },
    /// Under a bitmap of its own.
    Bitmap,
    /// Tag, length, value.
    BerTlv,
}

#[derive(Clone, Copy)]
enum Word {
    Positional,
    Bitmap,
    BerTlv,
}

/// The inside of a field: `None` if it cannot be resolved, `Some(None)` if there is none.
pub(super) fn composite(
    reader: &mut Reader<'_>,
    body: &Table,
    what: &str,
    around: &Defaults,
    length: Option<Length>,
    (depth, deepest): (usize, usize),
    report: &mut Report,
) -> Option<Option<Composite>> {
    let fields = reader.table("field", report);
    let Some((table, entry)) = reader.table("composite", report) else {
        if body.get("composite").is_some() {
            return None;
        }
        let Some((_, entry)) = fields else {
            return Some(None);
        };
        report
            .error("no-composite", entry.key_span, format!("{what} has children but no `composite`"))
            .label("how are they laid out?")
            .help("add `composite = { kind = \"positional\" }`, or kind \"bitmap\" or \"ber-tlv\"");
        return None;
    };
    if depth >= deepest {
        report.error("too-deep", entry.key_span, format!("composites nest more than {deepest} deep")).label("too deep");
        return None;
    }
    let mut inner = Reader::new(table, entry.value.span);
    let words = [("positional", Word::Positional), ("bitmap", Word::Bitmap), ("ber-tlv", Word::BerTlv)];
    let word = inner.word("kind", &words, report);
    if table.get("kind").is_none() {
        inner.missing("kind", "`composite`", "kind = \"positional\"", report);
    }
    let bitmap = bitmap(&mut inner, table, word, report);
    let mut defaults = match word {
        Some(Word::BerTlv) => Defaults {
            digits: Some(Encoding::Bcd { pad_side: Side::Left, pad_nibble: 0 }),
            text: Some(Encoding::Ascii),
            binary: Some(Encoding::Raw),
            ..*around
        },
        _ => *around,
    };
    defaults::overrides(&mut defaults, &mut inner, report);
    inner.finish("`composite`", report);

    let inside = match word? {
        Word::Positional => Inside::Positional { most: length.map(most) },
        Word::Bitmap => Inside::Bitmap,
        Word::BerTlv => Inside::BerTlv,
    };
    let fields = fields.map(|(fields, _)| field::children(fields, &defaults, inside, depth + 1, report));
    let kind = match word? {
        Word::Positional => CompositeKind::Positional,
        Word::Bitmap => CompositeKind::Bitmap(bitmap?),
        Word::BerTlv => CompositeKind::BerTlv,
    };
    Some(Some(Composite { kind, fields: fields.unwrap_or_default() }))
}

fn bitmap(inner: &mut Reader<'_>, table: &Table, word: Option<Word>, report: &mut Report) -> Option<Bitmap> {
    let found = inner.table("bitmap", report);
    match (word, found) {
        (Some(Word::Bitmap), Some((bitmap, entry))) => defaults::bitmap(bitmap, entry.value.span, report),
        (Some(Word::Bitmap), None) if table.get("bitmap").is_none() => {
            inner.missing("bitmap", "`composite`", "bitmap = { encoding = \"binary\", maps = 1 }", report);
            None
        }
        (Some(_), Some((_, entry))) => {
            report
                .error("stray-key", entry.key_span, "only a composite of kind \"bitmap\" has a bitmap")
                .label("no use here")
                .help("take `bitmap` out, or say kind = \"bitmap\"");
            None
        }
        _ => None,
    }
}

/// Most units a value of this length has.
fn most(length: Length) -> u32 {
    match length {
        Length::Fixed(units) => units,
        Length::Variable { max, .. } | Length::Rest { max } => max,
    }
}
