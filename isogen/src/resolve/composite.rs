//! What is inside a field.

use super::defaults::{self, Defaults};
use super::words::UNKNOWN;
use super::{field, tagged};
use crate::diagnostic::Report;
use crate::model::{
    Bitmap, Composite, CompositeKind, Encoding, Field, Length, ObjectLength, Side, TagRule, Tagged, Unknown,
};
use crate::source::{Datum, Entry, Reader, Table, wrong_type};

/// What a field stands in: decides how its key and its length are read. `most` is the maximum of the whole, if known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    /// The message itself.
    Message,
    /// One after the other.
    Positional { most: Option<u32> },
    /// One after the other, in a group that repeats.
    Group,
    /// Under a bitmap of its own.
    Bitmap,
    /// Tag, length, value by the basic encoding rules.
    BerTlv { most: Option<u32> },
    /// Tag and length of fixed widths. The rule of the tags, if it could be resolved.
    Tagged { tag: Option<TagRule>, most: Option<u32> },
    /// Name and value, each behind its length.
    Pairs { most: Option<u32> },
}

impl Inside {
    /// Where the length of a child comes from that has no prefix of its own, and the maximum of the whole.
    pub(super) fn gives_length(self) -> Option<(&'static str, Option<u32>)> {
        match self {
            Inside::BerTlv { most } => Some(("the length comes from the TLV", most)),
            Inside::Tagged { most, .. } => Some(("the length stands beside the tag", most)),
            Inside::Pairs { most } => Some(("the length stands before the value of the pair", most)),
            Inside::Message | Inside::Positional { .. } | Inside::Group | Inside::Bitmap => None,
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Word {
    Positional,
    Bitmap,
    BerTlv,
    Tlv,
    Ltv,
    Pairs,
    Repeat,
}

const KINDS: &[(&str, Word)] = &[
    ("positional", Word::Positional),
    ("bitmap", Word::Bitmap),
    ("ber-tlv", Word::BerTlv),
    ("tlv", Word::Tlv),
    ("ltv", Word::Ltv),
    ("pairs", Word::Pairs),
    ("repeat", Word::Repeat),
];

/// The inside of a field: `None` if it cannot be resolved, `Some(None)` if there is none. The children of a `repeat`
/// are not in their group yet.
pub(super) fn composite(
    reader: &mut Reader<'_>,
    what: &str,
    around: &Defaults,
    length: Option<Length>,
    (depth, deepest): (usize, usize),
    report: &mut Report,
) -> Option<Option<Composite>> {
    let fields = reader.entry("field");
    let Some((table, entry)) = stated(reader.entry("composite"), fields, what, report)? else {
        return Some(None);
    };
    let mut inner = Reader::new(table, entry.value.span);
    let word = inner.word("kind", KINDS, report);
    if table.get("kind").is_none() {
        inner.missing("kind", "`composite`", "kind = \"positional\"", report);
    }
    // The group of a `repeat` is a level of its own.
    let deeper = depth + if word == Some(Word::Repeat) { 2 } else { 1 };
    if deeper > deepest {
        report.error("too-deep", entry.key_span, format!("composites nest more than {deepest} deep")).label("too deep");
        return None;
    }
    let bitmap = bitmap(&mut inner, table, word, report);
    let tagged = tags(&mut inner, table, word, report);
    let most = most_groups(&mut inner, table, word, report);
    let unknown = unknown(&mut inner, table, word, report);
    let xml = inner.boolean("xml", report);
    if let (Some(Word::Repeat), Some(entry)) = (word, table.get("xml").filter(|_| xml == Some(true))) {
        stray(entry, "groups that repeat have no XML form", "take `xml` out", report);
        return None;
    }
    let mut defaults = match word {
        Some(Word::BerTlv) => Defaults {
            digits: Some(Encoding::Bcd { pad_side: Side::Left, pad_nibble: 0 }),
            text: Some(Encoding::Ascii),
            binary: Some(Encoding::Raw),
            ..*around
        },
        _ => *around,
    };
    defaults::contents(&mut defaults, &mut inner, report);
    if !matches!(word, Some(Word::Tlv | Word::Ltv)) {
        defaults::lengths(&mut defaults, &mut inner, report);
    }
    inner.finish("`composite`", report);

    let room = length.map(most_units);
    let inside = match word? {
        Word::Positional => Inside::Positional { most: room },
        Word::Bitmap => Inside::Bitmap,
        Word::BerTlv => Inside::BerTlv { most: room },
        Word::Tlv | Word::Ltv => Inside::Tagged { tag: tagged.0, most: room },
        Word::Pairs => Inside::Pairs { most: room },
        Word::Repeat => Inside::Group,
    };
    let fields: Vec<Field> = match fields.map(|fields| &fields.value.datum) {
        Some(Datum::Table(fields)) => field::children(fields, &defaults, inside, deeper, report),
        _ => Vec::new(),
    };
    let kind = match word? {
        Word::Positional => CompositeKind::Positional,
        Word::Bitmap => CompositeKind::Bitmap(bitmap?),
        Word::BerTlv => CompositeKind::BerTlv,
        Word::Tlv => CompositeKind::Tlv(whole(tagged)?),
        Word::Ltv => CompositeKind::Ltv(whole(tagged)?),
        Word::Pairs => CompositeKind::Pairs,
        Word::Repeat => CompositeKind::Repeat { most: most? },
    };
    let xml = match table.get("xml") {
        Some(_) => xml?,
        None => false,
    };
    Some(Some(Composite { kind, fields, unknown: unknown?, xml }))
}

/// The `composite` of a field: `Some(None)` if there is none.
fn stated<'a>(
    composite: Option<&'a Entry>,
    fields: Option<&Entry>,
    what: &str,
    report: &mut Report,
) -> Option<Option<(&'a Table, &'a Entry)>> {
    if let Some(fields) = fields
        && !matches!(fields.value.datum, Datum::Table(_))
    {
        wrong_type(&fields.value, "field", "a table", report);
        return None;
    }
    let (message, label) = match composite.map(|entry| (entry, &entry.value.datum)) {
        Some((entry, Datum::Table(table))) => return Some(Some((table, entry))),
        Some((_, Datum::String(word))) if word == "none" => {
            (format!("{what} has children and `composite = \"none\"`"), "inside of nothing")
        }
        Some((entry, _)) => {
            wrong_type(&entry.value, "composite", "a table or \"none\"", report);
            return None;
        }
        None => (format!("{what} has children but no `composite`"), "how are they laid out?"),
    };
    let Some(fields) = fields else {
        return Some(None);
    };
    report.error("no-composite", fields.key_span, message).label(label).help(
        "add `composite = { kind = \"positional\" }`, or kind \"bitmap\", \"ber-tlv\", \"tlv\", \"ltv\", \"pairs\" or \
         \"repeat\"",
    );
    None
}

fn whole((tag, length): (Option<TagRule>, Option<ObjectLength>)) -> Option<Tagged> {
    Some(Tagged { tag: tag?, length: length? })
}

/// Says that a key belongs to other kinds.
fn stray(entry: &Entry, message: &str, help: &str, report: &mut Report) {
    report.error("stray-key", entry.key_span, message).label("no use here").help(help);
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
            stray(
                entry,
                "only a composite of kind \"bitmap\" has a bitmap",
                "take `bitmap` out, or say kind = \"bitmap\"",
                report,
            );
            None
        }
        _ => None,
    }
}

/// Tag and length of the objects of a `tlv` or `ltv`.
fn tags(
    inner: &mut Reader<'_>,
    table: &Table,
    word: Option<Word>,
    report: &mut Report,
) -> (Option<TagRule>, Option<ObjectLength>) {
    let found = inner.table("tag", report);
    if !matches!(word, Some(Word::Tlv | Word::Ltv)) {
        if let (Some(_), Some((_, entry))) = (word, found) {
            let message = "only composites of kind \"tlv\" and \"ltv\" say how their tags are written";
            stray(entry, message, "take `tag` out, or say kind = \"tlv\" or kind = \"ltv\"", report);
        }
        return (None, None);
    }
    for (key, example) in [
        ("tag", "tag = { encoding = \"ascii\", width = 2 }"),
        ("length", "length = { encoding = \"ascii\", width = 3 }"),
    ] {
        if table.get(key).is_none() {
            inner.missing(key, "`composite`", example, report);
        }
    }
    let tag = found.and_then(|(tag, entry)| tagged::tag(tag, entry.value.span, report));
    let ltv = word == Some(Word::Ltv);
    let length = inner.table("length", report);
    (tag, length.and_then(|(length, entry)| tagged::length(length, entry.value.span, ltv, report)))
}

/// `most = 6`: `None` if it is wrong, `Some(None)` if there is no limit.
fn most_groups(inner: &mut Reader<'_>, table: &Table, word: Option<Word>, report: &mut Report) -> Option<Option<u16>> {
    let Some(entry) = table.get("most") else {
        inner.entry("most");
        return Some(None);
    };
    let (number, span) = inner.integer("most", report)?;
    if word != Some(Word::Repeat) {
        if word.is_some() {
            let message = "only a composite of kind \"repeat\" has a number of groups";
            stray(entry, message, "take `most` out, or say kind = \"repeat\"", report);
        }
        return None;
    }
    let most = u16::try_from(number).ok().filter(|most| *most > 0);
    if most.is_none() {
        report
            .error("bad-most", span, format!("there cannot be {number} groups"))
            .label("expected 1 to 65535")
            .help("leave `most` out where the length of the whole is the only limit");
    }
    most.map(Some)
}

/// What happens to children that are not declared.
fn unknown(inner: &mut Reader<'_>, table: &Table, word: Option<Word>, report: &mut Report) -> Option<Unknown> {
    let Some(entry) = table.get("unknown") else {
        inner.entry("unknown");
        return Some(Unknown::Keep);
    };
    let unknown = inner.word("unknown", UNKNOWN, report);
    if matches!(word, Some(Word::Positional | Word::Bitmap | Word::Repeat)) {
        let message = "only composites with tags or names have children that are not declared";
        stray(entry, message, "take `unknown` out; kinds \"ber-tlv\", \"tlv\", \"ltv\" and \"pairs\" have it", report);
        return None;
    }
    unknown
}

/// Most units a value of this length has.
fn most_units(length: Length) -> u32 {
    match length {
        Length::Fixed(units) => units,
        Length::Variable { max, .. } | Length::Rest { max } => max,
    }
}
