//! pyiso8583: a dictionary of fields, as Python or as JSON.
//!
//! Keys are `h` (header), `t` (message type), `p` and `1` (bitmaps) and the numbers of elements. Each has `data_enc`,
//! `len_enc`, `len_type`, `max_len`, and perhaps `len_count`, `left_pad`, `right_pad` and `desc`. An encoding is the
//! name of a Python codec or `b`, which is bytes and packed digits alike; characters have no class. Both are guessed.

use super::draft::{Code, Draft, Extent, Field, Mti, Prefix, Told};
use super::literal::{Table, Value, get, quoted, repeated};
use super::note::Note;
use super::script;
use super::text::{clean, quote};
use super::{Unreadable, wire};

pub(super) fn read(source: &str) -> Result<Draft, Unreadable> {
    let made = script::read(source)?;
    let mut draft = Draft { bitmap: "binary", maps: 1, remarks: made.notes, ..Draft::default() };
    if !made.table.iter().any(|(_, value)| value.table().is_some_and(|table| get(table, "max_len").is_some())) {
        return Err(Unreadable::new(1, "the dictionary has no fields with `max_len`"));
    }
    let mut secondary = None;
    for (key, value) in &made.table {
        let Some(table) = value.table() else {
            draft.remarks.push(Note::lost(value.line, format!("field {} = {}", quote(key), value.quote())));
            continue;
        };
        match key.as_str() {
            "h" => header(table, value.line, &mut draft),
            "t" => mti(table, value.line, &mut draft),
            "p" => match bitmap(table) {
                Some(encoding) => draft.bitmap = encoding,
                None => {
                    draft.remarks.push(Note::lost(value.line, "the encoding and length of the primary bitmap"));
                    draft.remarks.push(Note::guessed(value.line, "the bitmap is binary"));
                }
            },
            "1" => secondary = Some((bitmap(table), value.line)),
            _ => match key.parse::<u32>() {
                Ok(number @ 2..=192) => draft.fields.push(field(number, table, value.line)),
                _ => draft.remarks.push(Note::lost(value.line, format!("field {}: it is no element", quote(key)))),
            },
        }
    }
    for (key, what) in [("t", "mti = \"ascii\""), ("p", "a binary bitmap")] {
        if get(&made.table, key).is_none() {
            draft.remarks.push(Note::guessed(1, format!("{what}: there is no field `{key}`")));
        }
    }
    if let Some((encoding, line)) = secondary {
        draft.maps = 2;
        if encoding != Some(draft.bitmap) {
            draft.remarks.push(Note::lost(line, "a second bitmap that is written otherwise than the first"));
        }
    }
    let last =
        draft.fields.iter().filter(|field| !field.dropped).filter_map(|field| field.key.parse::<u32>().ok()).max();
    let needed = last.unwrap_or(2).div_ceil(64);
    draft.maps = draft.maps.max(u8::try_from(needed).unwrap_or(3));
    if draft.fields.iter().any(|field| field.is_fixed() && field.class != "b") {
        let what = "fixed elements that are too short are filled up: zeros before digits, blanks behind text";
        draft.remarks.push(Note::guessed(1, what));
    }
    Ok(draft)
}

fn header(table: &Table, line: usize, draft: &mut Draft) {
    if number(table, "max_len") != Some(0) {
        let what = format!("a header of {} bytes: a header belongs to the link", quoted(table, "max_len"));
        draft.remarks.push(Note::lost(line, what));
    }
}

fn mti(table: &Table, line: usize, draft: &mut Draft) {
    let known = match codec(text(table, "data_enc")) {
        Some((Code::Ascii | Code::Latin1 | Code::Utf8, _)) => Some("ascii"),
        Some((Code::Cp037, _)) => Some("ebcdic"),
        Some((Code::Raw, _)) => Some("bcd"),
        _ => None,
    };
    let length = if known == Some("bcd") && !nibbles(table) { 2 } else { 4 };
    if known.is_none() || number(table, "max_len") != Some(length) {
        let (encoding, length) = (quoted(table, "data_enc"), quoted(table, "max_len"));
        let what = format!("a message type of the encoding {encoding} and length {length}: it has four digits");
        draft.remarks.push(Note::lost(line, what));
    }
    draft.mti = Mti(known.unwrap_or("ascii"));
}

/// How a bitmap of eight bytes is written.
fn bitmap(table: &Table) -> Option<&'static str> {
    let (encoding, length) = match codec(text(table, "data_enc"))?.0 {
        Code::Raw => ("binary", if nibbles(table) { 16 } else { 8 }),
        Code::Cp037 => ("ebcdic-hex", 16),
        _ => ("hex", 16),
    };
    (number(table, "max_len") == Some(length) && number(table, "len_type") == Some(0)).then_some(encoding)
}

fn text<'a>(table: &'a Table, key: &str) -> &'a str {
    get(table, key).and_then(Value::text).unwrap_or_default()
}

fn number(table: &Table, key: &str) -> Option<u32> {
    get(table, key).and_then(Value::number)
}

fn nibbles(table: &Table) -> bool {
    text(table, "len_count") == "nibbles"
}

/// A codec of Python, and how ours differs from it.
fn codec(name: &str) -> Option<(Code, Option<&'static str>)> {
    let plain: String = name.to_ascii_lowercase().chars().filter(|letter| !matches!(letter, '-' | '_' | ' ')).collect();
    Some(match plain.as_str() {
        "b" => (Code::Raw, None),
        "ascii" | "usascii" | "646" => (Code::Ascii, None),
        "latin1" | "latin" | "iso88591" | "88591" | "l1" | "cp819" => (Code::Latin1, None),
        "utf8" | "u8" => (Code::Utf8, None),
        "cp037" | "ibm037" | "ibm039" => (Code::Cp037, None),
        "cp500" | "ibm500" | "ebcdiccpbe" | "ebcdiccpch" => {
            (Code::Cp037, Some("it differs in a few special characters, such as brackets"))
        }
        "cp1140" | "ibm1140" => (Code::Cp037, Some("it differs in the euro sign")),
        "cp1252" | "windows1252" => (Code::Latin1, Some("it differs in 80 to 9F")),
        _ => return None,
    })
}

fn field(number: u32, table: &Table, line: usize) -> Field {
    let mut field = Field::new(number.to_string(), line, text(table, "desc"));
    for (key, value) in table {
        let known = ["data_enc", "len_enc", "len_type", "max_len", "len_count", "left_pad", "right_pad", "desc"];
        let count = key == "len_count" && !matches!(value.text(), Some("bytes" | "nibbles"));
        if !known.contains(&key.as_str()) || count {
            field.notes.push(Note::lost(value.line, format!("`{}` = {}", clean(key), value.quote())));
        }
    }
    field.notes.extend(repeated(table));
    if number == 65 {
        field.drop("its bit announces the third bitmap");
        return field;
    }
    let Some(length) = self::number(table, "max_len") else {
        field.drop(format!("its `max_len` {} is no number", quoted(table, "max_len")));
        return field;
    };
    match prefix(table) {
        Ok(prefix) => field.extent = Extent::of(prefix, length),
        Err(why) => {
            field.drop(why);
            return field;
        }
    }
    let name = quoted(table, "data_enc");
    match codec(text(table, "data_enc")) {
        Some((Code::Raw, _)) => bytes(&mut field, table),
        Some((code, differs)) => {
            field.class = "ans";
            field.told = Told::Characters;
            field.code = code;
            if let (Code::Utf8, Extent::UpTo { prefix: Some(prefix), .. }) = (code, &mut field.extent) {
                // A unit is a byte.
                prefix.bytes = false;
            }
            if let Some(differs) = differs {
                field.guessed(format!("the nearest to the encoding {name}: {differs}"));
            }
            if nibbles(table) {
                halves(&mut field);
            }
        }
        None => {
            field.guessed(format!("class b, the bytes as they are: the encoding {name} is not known"));
            if nibbles(table) {
                halves(&mut field);
            }
        }
    }
    for key in ["left_pad", "right_pad"] {
        let used = matches!(field.code, Code::Bcd { .. }) && nibbles(table);
        let beside = key == "right_pad" && !text(table, "left_pad").is_empty();
        if let Some(pad) = get(table, key).filter(|pad| pad.text() != Some("") && (!used || beside)) {
            field.notes.push(Note::lost(pad.line, format!("`{key}` = {}, which has no effect", pad.quote())));
        }
    }
    if !field.dropped {
        wire::fit(&mut field);
    }
    field
}

fn prefix(table: &Table) -> Result<Option<Prefix>, String> {
    let width = number(table, "len_type").and_then(|width| u8::try_from(width).ok());
    let Some(width) = width else { return Err(format!("its `len_type` {} is no number", quoted(table, "len_type"))) };
    if width == 0 {
        return Ok(None);
    }
    let name = text(table, "len_enc");
    let prefix = match (name, codec(name)) {
        ("bcd", _) => Prefix::new("bcd", width.saturating_mul(2)),
        ("b", _) => Prefix::new("binary-be", width),
        (_, Some((Code::Cp037, _))) => Prefix::new("ebcdic", width),
        (_, Some(_)) => Prefix::new("ascii", width),
        (_, None) => return Err(format!("the encoding {} of its length is not known", quoted(table, "len_enc"))),
    };
    Ok(Some(Prefix { bytes: true, ..prefix }))
}

/// `b`: bytes, or packed digits counted by half bytes.
fn bytes(field: &mut Field, table: &Table) {
    if !nibbles(table) {
        field.told = Told::Packed;
        return;
    }
    let filler = |key: &str| {
        let first = text(table, key).chars().next()?;
        first.is_ascii_hexdigit().then(|| first.to_ascii_uppercase())
    };
    field.class = "n";
    field.code = match (filler("left_pad"), filler("right_pad")) {
        (Some(nibble), _) => Code::Bcd { left: true, nibble },
        (None, Some(nibble)) => Code::Bcd { left: false, nibble },
        (None, None) => Code::Bcd { left: true, nibble: '0' },
    };
    if let Extent::UpTo { prefix: Some(prefix), .. } = &mut field.extent {
        prefix.bytes = false;
    }
    field.guessed("class n: half bytes are digits");
}

/// Half bytes of what is not packed.
fn halves(field: &mut Field) {
    match &mut field.extent {
        Extent::Fixed(units) if units.is_multiple_of(2) => *units /= 2,
        _ => field.drop("its length counts half bytes of characters"),
    }
}
