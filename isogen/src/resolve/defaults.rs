//! `[wire]`: how everything stands on the wire unless a field says otherwise.

use super::words::{BINARY, BITMAP, COUNTS, MTI, POLICY, PREFIX, SIDE, TEXT, THIRD};
use crate::diagnostic::Report;
use crate::model::{Bitmap, Counts, Encoding, Policy, PrefixEncoding, Side, Spec, ThirdBitmap};
use crate::source::{Datum, Node, Reader, Span, Table, one_of, string};

/// What a field takes over where it says nothing. `None` where the default itself could not be resolved: that has
/// been reported, and fields that depend on it are not looked at further.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Defaults {
    pub(super) digits: Option<Encoding>,
    pub(super) text: Option<Encoding>,
    pub(super) binary: Option<Encoding>,
    pub(super) prefix: Prefix,
    pub(super) policy: Option<Policy>,
}

/// `length = { ... }`, part by part.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Prefix {
    pub(super) encoding: Option<PrefixEncoding>,
    pub(super) counts: Option<Counts>,
    pub(super) inclusive: bool,
    /// Only a field has one; in `[wire]` the dots of the format say it.
    pub(super) width: Option<u8>,
}

/// Reads `[wire]`; what belongs to the message as a whole goes into the spec.
pub(super) fn wire(spec: &mut Spec, table: &Table, place: Span, report: &mut Report) -> Defaults {
    let mut reader = Reader::new(table, place);
    for (key, example) in [
        ("mti", "mti = \"ascii\""),
        ("bitmap", "bitmap = { encoding = \"hex\", maps = 2 }"),
        ("digits", "digits = \"ascii\""),
        ("text", "text = \"ascii\""),
        ("binary", "binary = \"raw\""),
        ("length", "length = { encoding = \"ascii\", counts = \"units\" }"),
    ] {
        if table.get(key).is_none() {
            reader.missing(key, "`[wire]`", example, report);
        }
    }
    if let Some(mti) = reader.word("mti", MTI, report) {
        spec.mti = mti;
    }
    if let Some((table, entry)) = reader.table("bitmap", report)
        && let (Some(bitmap), third) = message_bitmap(table, entry.value.span, report)
    {
        spec.bitmap = bitmap;
        spec.third_bitmap = third;
    }
    let mut defaults = Defaults { policy: Some(Policy::Strict), ..Defaults::default() };
    contents(&mut defaults, &mut reader, report);
    lengths(&mut defaults, &mut reader, report);
    if let Some((length, entry)) = table.table("length").zip(table.get("length")) {
        let at = Reader::new(length, entry.value.span);
        if length.get("encoding").is_none() {
            at.missing("encoding", "`length`", "encoding = \"ascii\"", report);
        }
        if length.get("counts").is_none() {
            at.missing("counts", "`length`", "counts = \"units\"", report);
        }
    }
    if table.get("policy").is_some() {
        defaults.policy = reader.word("policy", POLICY, report);
    }
    reader.finish("`[wire]`", report);
    defaults
}

/// How content is written. A composite may change it for its children.
pub(super) fn contents(defaults: &mut Defaults, reader: &mut Reader<'_>, report: &mut Report) {
    if let Some(node) = reader.node("digits") {
        defaults.digits = digits(node, report);
    }
    if let Some(node) = reader.node("text") {
        defaults.text = one_of(node, "text", TEXT, report);
    }
    if let Some(node) = reader.node("binary") {
        defaults.binary = one_of(node, "binary", BINARY, report);
    }
}

/// How length prefixes are written. A composite may change it for its children.
pub(super) fn lengths(defaults: &mut Defaults, reader: &mut Reader<'_>, report: &mut Report) {
    if let Some((table, entry)) = reader.table("length", report) {
        defaults.prefix = prefix(defaults.prefix, table, entry.value.span, false, report);
    }
}

/// `digits = ...`.
fn digits(node: &Node, report: &mut Report) -> Option<Encoding> {
    const WORDS: &[(&str, Encoding)] = &[("ascii", Encoding::Ascii), ("ebcdic", Encoding::Cp037)];
    encoding(node, "digits", WORDS, report)
}

/// An encoding by its word, or BCD with what it needs.
pub(super) fn encoding(
    node: &Node,
    what: &str,
    words: &[(&'static str, Encoding)],
    report: &mut Report,
) -> Option<Encoding> {
    if matches!(&node.datum, Datum::String(text) if text == "bcd") {
        report
            .error("bcd-padding", node.span, "BCD without saying what an odd number of digits does")
            .label("on which side is the nibble left over, and what is in it?")
            .help(format!("{what} = {{ encoding = \"bcd\", pad = \"left\", nibble = \"0\" }}"));
        return None;
    }
    let Datum::Table(table) = &node.datum else {
        let mut known = words.to_vec();
        if let Datum::String(_) = &node.datum {
            // Named here so that a mistyped `bcd` finds it; the exact word went another way above.
            known.push(("bcd", Encoding::Bcd { pad_side: Side::Left, pad_nibble: 0 }));
        }
        return one_of(node, what, &known, report);
    };
    let mut reader = Reader::new(table, node.span);
    let name = reader.node("encoding");
    let Some(name) = name else {
        reader.missing("encoding", &format!("`{what}`"), "encoding = \"bcd\"", report);
        return None;
    };
    if string(name, "encoding", report)? != "bcd" {
        let encoding = encoding(name, "encoding", words, report);
        reader.finish(&format!("`{what}`"), report);
        return encoding;
    }
    let side = reader.word("pad", SIDE, report);
    let nibble = reader.string("nibble", report).and_then(|(text, span)| {
        let nibble = u8::from_str_radix(text, 16).ok().filter(|_| text.len() == 1 && text != "+");
        if nibble.is_none() {
            report
                .error("bad-nibble", span, format!("`{text}` is no nibble"))
                .label("expected one hex digit")
                .help("nibble = \"0\" or nibble = \"F\"");
        }
        nibble
    });
    if table.get("pad").is_none() || table.get("nibble").is_none() {
        report
            .error("bcd-padding", node.span, "BCD without saying what an odd number of digits does")
            .label("both `pad` and `nibble` are needed")
            .help(format!("{what} = {{ encoding = \"bcd\", pad = \"left\", nibble = \"0\" }}"));
    }
    reader.finish(&format!("`{what}`"), report);
    Some(Encoding::Bcd { pad_side: side?, pad_nibble: nibble? })
}

/// `length = { ... }` over what stood before. A field's own may give a `width`.
pub(super) fn prefix(mut over: Prefix, table: &Table, place: Span, own: bool, report: &mut Report) -> Prefix {
    let mut reader = Reader::new(table, place);
    if table.get("encoding").is_some() {
        over.encoding = reader.word("encoding", PREFIX, report);
    } else {
        reader.node("encoding");
    }
    if table.get("counts").is_some() {
        over.counts = reader.word("counts", COUNTS, report);
    } else {
        reader.node("counts");
    }
    if let Some(inclusive) = reader.boolean("inclusive", report) {
        over.inclusive = inclusive;
    }
    if own {
        if let Some((width, span)) = reader.integer("width", report) {
            over.width = u8::try_from(width).ok().filter(|width| (1..=9).contains(width));
            if over.width.is_none() {
                report
                    .error("bad-width", span, format!("a length prefix cannot be {width} wide"))
                    .label("expected 1 to 9")
                    .help("decimal digits for ascii, ebcdic and bcd, hex digits for hex, bytes for binary-be and binary-le");
            }
        }
    } else if let Some(entry) = table.get("width") {
        reader.node("width");
        report.error("unknown-key", entry.key_span, "a default length has no `width`").label("not here").help(
            "the dots of each format say it: `ans...999` has three digits; a field's own `length` may give `width`",
        );
    }
    reader.finish("`length`", report);
    over
}

/// The bitmaps of messages: `bitmap = { encoding, maps, third }`.
fn message_bitmap(table: &Table, place: Span, report: &mut Report) -> (Option<Bitmap>, ThirdBitmap) {
    let mut reader = Reader::new(table, place);
    let bitmap = maps(&mut reader, table, report);
    let mut third = ThirdBitmap::AfterSecond;
    if let Some(entry) = table.get("third") {
        third = reader.word("third", THIRD, report).unwrap_or(third);
        if let (Some(Bitmap { maps: maps @ 1..=2, .. }), ThirdBitmap::Element65) = (bitmap, third) {
            report
                .error("bad-bitmap", entry.key_span, format!("with `maps = {maps}` there is no third bitmap"))
                .label("says where a third one stands")
                .help("say `maps = 3`, or take `third` out");
        }
    } else {
        reader.node("third");
    }
    reader.finish("`bitmap`", report);
    (bitmap, third)
}

/// The bitmaps of a composite: `bitmap = { encoding, maps }`.
pub(super) fn bitmap(table: &Table, place: Span, report: &mut Report) -> Option<Bitmap> {
    let mut reader = Reader::new(table, place);
    let bitmap = maps(&mut reader, table, report);
    reader.finish("the `bitmap` of a composite", report);
    bitmap
}

fn maps(reader: &mut Reader<'_>, table: &Table, report: &mut Report) -> Option<Bitmap> {
    let encoding = reader.word("encoding", BITMAP, report);
    let maps = reader.integer("maps", report).and_then(|(maps, span)| {
        let maps = u8::try_from(maps).ok().filter(|maps| (1..=3).contains(maps));
        if maps.is_none() {
            report
                .error("bad-bitmap", span, "a message has one, two or three bitmaps")
                .label("expected 1 to 3")
                .help("maps = 2 reaches element 128");
        }
        maps
    });
    for (key, example) in [("encoding", "encoding = \"binary\""), ("maps", "maps = 2")] {
        if table.get(key).is_none() {
            reader.missing(key, "`bitmap`", example, report);
        }
    }
    Some(Bitmap { encoding: encoding?, maps: maps? })
}
