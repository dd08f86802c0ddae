//! moov-io/iso8583: a spec as that library exports it to JSON.
//!
//! An element has a `type`, a `length`, an `enc`, a `prefix` (`ASCII.LL`) and perhaps `padding`; a composite has
//! `subfields` with a `tag` (positional, or tag, length, value) or a `bitmap`. `String` says nothing about the
//! characters, so its class is a guess.

mod composite;

use self::composite::composite;
use super::draft::{BCD, Code, Draft, Extent, Field, Mti, Pad, Prefix, Told};
use super::literal::{Cursor, Datum, Table, Value, get, quoted, repeated};
use super::note::Note;
use super::text::{clean, quote};
use super::{Unreadable, wire};

/// How deep composites may nest.
const DEEPEST: usize = 15;

pub(super) fn read(source: &str) -> Result<Draft, Unreadable> {
    let mut cursor = Cursor::new(source);
    let whole = cursor.value(0)?;
    cursor.skip_space();
    if cursor.peek().is_some() {
        return Err(Unreadable::new(cursor.line(), "the text goes on behind the spec"));
    }
    let root = whole.table().ok_or_else(|| Unreadable::new(whole.line, "the spec should be an object"))?;
    let fields = get(root, "fields")
        .and_then(Value::table)
        .ok_or_else(|| Unreadable::new(whole.line, "the spec has no object `fields`"))?;
    let mut draft = Draft { bitmap: "binary", maps: 1, ..Draft::default() };
    for (key, value) in root {
        match (key.as_str(), value.text()) {
            ("fields", _) => {}
            ("name", Some(name)) => draft.title = clean(name),
            _ => draft.remarks.push(unknown(key, value)),
        }
    }
    draft.remarks.extend(repeated(root));
    for (key, value) in fields {
        let Some(table) = value.table() else {
            draft.remarks.push(Note::lost(value.line, format!("field {} = {}", quote(key), value.quote())));
            continue;
        };
        match key.parse::<u32>() {
            Ok(0) => mti(table, value.line, &mut draft),
            Ok(1) => bitmap(table, value.line, &mut draft),
            Ok(number) if (2..=192).contains(&number) => draft.fields.push(field(number.to_string(), value, 0)),
            _ => draft
                .remarks
                .push(Note::lost(value.line, format!("field {}: elements are numbered 2 to 192", quote(key)))),
        }
    }
    for (key, what) in [("0", "mti = \"ascii\""), ("1", "a binary bitmap")] {
        if get(fields, key).is_none() {
            draft.remarks.push(Note::guessed(whole.line, format!("{what}: there is no field {key}")));
        }
    }
    for field in draft.fields.iter_mut().filter(|field| field.key == "65") {
        field.drop("its bit announces the third bitmap");
    }
    let last =
        draft.fields.iter().filter(|field| !field.dropped).filter_map(|field| field.key.parse::<u32>().ok()).max();
    let needed = last.unwrap_or(2).div_ceil(64);
    draft.maps = draft.maps.max(u8::try_from(needed).unwrap_or(3));
    assume(whole.line, &mut draft);
    Ok(draft)
}

/// What the library leaves to itself.
fn assume(line: usize, draft: &mut Draft) {
    let text = |field: &&Field| !field.dropped && field.class == "ans";
    if draft.fields.iter().filter(text).any(|field| field.code == Code::Cp037) {
        draft.remarks.push(Note::guessed(line, "EBCDIC text is code page 037"));
    }
    let bare = |field: &&Field| !field.dropped && field.is_fixed() && field.pad.is_none() && field.inside.is_none();
    if draft.fields.iter().filter(bare).any(|field| matches!(field.class, "n" | "ans")) {
        let what = "fixed elements without padding that are too short are filled up: zeros before digits, blanks \
                    behind text";
        draft.remarks.push(Note::guessed(line, what));
    }
}

fn unknown(key: &str, value: &Value) -> Note {
    Note::lost(value.line, format!("`{}` = {}", clean(key), value.quote()))
}

fn mti(table: &Table, line: usize, draft: &mut Draft) {
    let code = text(table, "enc");
    draft.mti = match code {
        "ASCII" => Mti("ascii"),
        "BCD" | "LBCD" | "ASCIIToHex" | "Binary" => Mti("bcd"),
        "EBCDIC" | "EBCDIC1047" => Mti("ebcdic"),
        _ => {
            draft.remarks.push(Note::lost(line, format!("the encoding {} of the message type", quoted(table, "enc"))));
            draft.remarks.push(Note::guessed(line, "mti = \"ascii\""));
            Mti("ascii")
        }
    };
}

fn bitmap(table: &Table, line: usize, draft: &mut Draft) {
    let code = text(table, "enc");
    draft.bitmap = match code {
        "HexToASCII" => "hex",
        "Binary" => "binary",
        _ => {
            draft.remarks.push(Note::lost(line, format!("the encoding {} of the bitmap", quoted(table, "enc"))));
            draft.remarks.push(Note::guessed(line, "bitmap = \"binary\""));
            "binary"
        }
    };
    // Eight bytes each, and bit 1 announces the next, unless it is said otherwise.
    let alone = get(table, "disableAutoExpand").is_some_and(|value| value.datum == Datum::Bool(true));
    draft.maps = if alone { 1 } else { 2 };
    let length = get(table, "length").and_then(Value::number).unwrap_or(8);
    if !matches!(length, 0 | 8) {
        let what = format!("a bitmap that is always {length} bytes long: here bit 1 says whether eight more follow");
        draft.remarks.push(Note::lost(line, what));
        draft.maps = u8::try_from(length.div_ceil(8).clamp(1, 3)).unwrap_or(3);
    }
}

/// A text, or nothing.
fn text<'a>(table: &'a Table, key: &str) -> &'a str {
    get(table, key).and_then(Value::text).unwrap_or_default()
}

fn field(key: String, value: &Value, depth: usize) -> Field {
    let nothing = Table::new();
    let table = value.table().unwrap_or(&nothing);
    let mut field = Field::new(key, value.line, text(table, "description"));
    for (key, value) in table {
        match key.as_str() {
            "type" | "length" | "description" | "enc" | "prefix" | "padding" | "tag" | "subfields" | "bitmap" => {}
            "disableAutoExpand" | "disableautoexpand" => {}
            _ => field.notes.push(unknown(key, value)),
        }
    }
    field.notes.extend(repeated(table));
    let kind = text(table, "type");
    let Some(length) = get(table, "length").and_then(Value::number) else {
        field.drop(format!("its length {} is no number", quoted(table, "length")));
        return field;
    };
    let subfields = get(table, "subfields").and_then(Value::table).filter(|subfields| !subfields.is_empty());
    let prefix = match prefix(text(table, "prefix")) {
        Ok(prefix) => prefix,
        Err(why) => {
            field.drop(why);
            return field;
        }
    };
    match prefix {
        Length::Fixed => field.extent = Extent::Fixed(length),
        Length::Prefix(prefix) => field.extent = Extent::UpTo { prefix: Some(prefix), max: length },
        Length::Tlv => field.extent = Extent::UpTo { prefix: None, max: length },
    }
    match (kind, subfields) {
        (_, Some(subfields)) => composite(&mut field, table, subfields, depth),
        ("Composite", None) => field.lost("its parts: none are given"),
        _ => content(&mut field, kind, text(table, "enc")),
    }
    if !field.dropped {
        padding(&mut field, table);
        wire::fit(&mut field);
    }
    field
}

enum Length {
    Fixed,
    Prefix(Prefix),
    /// The TLV has it.
    Tlv,
}

/// `ASCII.LL`
fn prefix(word: &str) -> Result<Length, String> {
    let unknown = || format!("the prefix {} is not known", quote(word));
    if word == "BerTLV" {
        return Ok(Length::Tlv);
    }
    let (family, length) = word.split_once('.').ok_or_else(unknown)?;
    if length == "Fixed" {
        return Ok(Length::Fixed);
    }
    let width = u8::try_from(length.len()).ok().filter(|_| length.bytes().all(|byte| byte == b'L'));
    let width = width.filter(|width| (1..=6).contains(width)).ok_or_else(unknown)?;
    Ok(Length::Prefix(match family {
        "ASCII" => Prefix::new("ascii", width),
        "BCD" => Prefix::new("bcd", width),
        "EBCDIC" | "EBCDIC1047" => Prefix::new("ebcdic", width),
        // Each L is a byte in two hex characters.
        "Hex" => Prefix::new("hex", width * 2),
        "Binary" => Prefix::new("binary-be", width),
        _ => return Err(unknown()),
    }))
}

/// Class and encoding of a value that has no parts.
fn content(field: &mut Field, kind: &str, encoding: &str) {
    if matches!(field.extent, Extent::UpTo { prefix: None, .. }) && matches!(encoding, "BCD" | "LBCD" | "HexToASCII") {
        field.lost("a length in the TLV that counts digits: it counts bytes here");
    }
    if encoding == "ASCIIToHex" && matches!(field.extent, Extent::UpTo { prefix: Some(_), .. }) {
        field.guessed("its length counts bytes, as when it is read there; written, it counts hex digits");
    }
    let code = match encoding {
        "ASCII" => Code::Ascii,
        "EBCDIC" => Code::Cp037,
        "EBCDIC1047" => Code::Cp1047,
        "BCD" => BCD,
        "LBCD" => Code::Bcd { left: false, nibble: '0' },
        "HexToASCII" => Code::Hex,
        "Binary" | "ASCIIToHex" => Code::Raw,
        _ => {
            field.drop(format!("the encoding {} is not known", quote(encoding)));
            return;
        }
    };
    let bytes = matches!(code, Code::Raw | Code::Hex);
    let packed = matches!(code, Code::Bcd { .. });
    field.code = code;
    field.class = match kind {
        "Numeric" | "String" if packed => "n",
        "Numeric" if !bytes => "n",
        "String" if !bytes => {
            field.told = Told::Characters;
            "ans"
        }
        "Track2" | "Track3" if !bytes => "z",
        "Track1" if !bytes && !packed => "ans",
        "Binary" | "Hex" | "String" | "Numeric" if bytes => "b",
        // Bytes that are written as characters: the bytes of the text.
        "Binary" if field.code.is_bytewise() => {
            field.code = Code::Raw;
            "b"
        }
        _ => {
            field.drop(format!("type {} in the encoding {}", quote(kind), quote(encoding)));
            return;
        }
    };
    match kind {
        "Track1" => field.kind = Some("track-1"),
        "Track3" => {
            field.kind = Some("text");
            field.sensitive = Some("sad".to_owned());
        }
        _ => {}
    }
    if bytes && matches!(kind, "String" | "Numeric") && encoding == "Binary" {
        field.guessed(format!("class b: {kind} in plain bytes"));
    }
}

fn padding(field: &mut Field, table: &Table) {
    let Some(padding) = get(table, "padding") else { return };
    let inner = padding.table();
    let side = inner.map_or("", |padding| text(padding, "type"));
    let fill = inner.map_or("", |padding| text(padding, "pad"));
    let lost = Note::lost(padding.line, format!("padding {} with {}", quote(side), quote(fill)));
    let left = match side {
        "Left" => true,
        "Right" => false,
        "None" => {
            field.pad = Some(Pad::None);
            return;
        }
        _ => {
            field.notes.push(lost);
            return;
        }
    };
    let fill = match fill {
        "0" => '0',
        " " => ' ',
        _ => {
            field.notes.push(lost);
            return;
        }
    };
    if !field.is_fixed() || field.class == "b" || field.inside.is_some() {
        field.notes.push(lost);
        return;
    }
    field.pad = Some(Pad::Fill { left, fill });
}
