//! Random dialects, said twice: as a spec of ours, and as a dictionary of pyiso8583.

use std::fmt::Write;

use isopace::Dialect;
use isopace_tests::seeded::Seeded;
use serde_json::{Map, Value, json};

/// A dialect and the same for the peer.
pub(crate) struct Pair {
    pub(crate) toml: String,
    pub(crate) dialect: &'static Dialect,
    pub(crate) spec: Value,
}

/// How the content of an element stands.
#[derive(Clone, Copy, PartialEq)]
enum Content {
    /// Characters: our word, and the name of a codec of Python.
    Text(&'static str, &'static str),
    /// Packed digits, and whether a prefix counts digits; if not, bytes.
    Packed { digits: bool },
    /// Bytes as they are.
    Raw,
    /// Two characters a byte: our word, and the codec.
    Hex(&'static str, &'static str),
}

/// Codecs for text. Code page 500 has other places than 037 for some special characters, and stands for it where there
/// are none of them.
const TEXT: [(&str, &str); 4] = [("ascii", "ascii"), ("latin1", "latin-1"), ("utf8", "utf-8"), ("cp037", "cp037")];
const PLAIN: [(&str, &str); 5] =
    [("ascii", "ascii"), ("latin1", "latin-1"), ("utf8", "utf-8"), ("cp037", "cp037"), ("cp037", "cp500")];
const HEX: [(&str, &str); 3] = [("hex", "ascii"), ("ebcdic-hex", "cp037"), ("ebcdic-hex", "cp500")];

/// The bit that announces the third bitmap; none follows that one, so its first bit, 129, is an element.
const ANNOUNCING: usize = 65;

/// A dialect with about half of all elements.
pub(crate) fn pair(seeded: &mut Seeded, nth: usize) -> Pair {
    let maps = 1 + seeded.below(3);
    let (mti, mti_codec) = *seeded.pick(&[("ascii", "ascii"), ("ebcdic", "cp500"), ("ebcdic", "cp037"), ("bcd", "b")]);
    let (bitmap, bitmap_codec) = *seeded.pick(&[("binary", "b"), ("hex", "ascii"), ("ebcdic-hex", "cp500")]);
    let mut toml = format!(
        r#"[spec]
name = "random-{nth}"
title = "A random dialect"

[wire]
mti = "{mti}"
bitmap = {{ encoding = "{bitmap}", maps = {maps} }}
digits = "ascii"
text = "ascii"
binary = "raw"
length = {{ encoding = "ascii", counts = "units" }}
"#
    );
    let mut spec = Map::new();
    let bits = if bitmap_codec == "b" { 8 } else { 16 };
    spec.insert("h".to_owned(), element("b", 0, 0, "bytes"));
    spec.insert("t".to_owned(), element(mti_codec, 0, if mti_codec == "b" { 2 } else { 4 }, "bytes"));
    spec.insert("p".to_owned(), element(bitmap_codec, 0, bits, "bytes"));
    spec.insert("1".to_owned(), element(bitmap_codec, 0, bits, "bytes"));
    for number in (2..=64 * maps).filter(|number| *number != ANNOUNCING) {
        if seeded.one_in(2) {
            let described = field(seeded, number, &mut toml);
            spec.insert(number.to_string(), described);
        }
    }
    let dialect = isopace::load::text("random", &toml).unwrap_or_else(|wrong| panic!("{wrong}\n{toml}"));
    Pair { toml, dialect, spec: Value::Object(spec) }
}

fn element(data: &str, width: usize, most: usize, counts: &str) -> Value {
    json!({ "data_enc": data, "len_enc": "ascii", "len_type": width, "max_len": most, "len_count": counts, "desc": "" })
}

/// One element: writes ours, gives theirs.
fn field(seeded: &mut Seeded, number: usize, toml: &mut String) -> Value {
    let (class, content) = match seeded.below(8) {
        0 => ("n", Content::Packed { digits: true }),
        1 => (*seeded.pick(&["n", "z"]), Content::Packed { digits: seeded.one_in(2) }),
        2 => ("b", Content::Raw),
        3 => {
            let (word, codec) = *seeded.pick(&HEX);
            ("b", Content::Hex(word, codec))
        }
        4 => {
            let (word, codec) = *seeded.pick(&TEXT);
            (*seeded.pick(&["ans", "ns", "as", "z"]), Content::Text(word, codec))
        }
        5 => {
            let (word, codec) = *seeded.pick(&TEXT);
            ("ans", Content::Text(word, codec))
        }
        _ => {
            let (word, codec) = *seeded.pick(&PLAIN);
            (*seeded.pick(&["n", "a", "an", "anp", "x+n"]), Content::Text(word, codec))
        }
    };
    let in_bytes = content == Content::Packed { digits: false };
    let fixed = class == "x+n" || !in_bytes && seeded.one_in(2);
    let mut most = match (class, fixed) {
        // A signed amount.
        ("x+n", _) => 1 + seeded.below(18),
        (_, true) => 1 + seeded.below(24),
        (_, false) => 1 + seeded.below(300),
    };
    let _ = write!(toml, "\n[field.{number}]\nname = \"Element {number}\"\n");
    if class != "b" && class != "x+n" {
        toml.push_str("type = \"text\"\n");
    }
    let (data, counts) = match content {
        Content::Text(word, codec) => {
            let _ = writeln!(toml, "encoding = \"{word}\"");
            // Bytes beyond ASCII are read as they stand where we are lenient; pyiso8583 refuses them.
            if class == "ans" && word != "ascii" && seeded.one_in(3) {
                toml.push_str("policy = \"lenient\"\n");
            }
            (codec, "bytes")
        }
        Content::Hex(word, codec) => {
            let _ = writeln!(toml, "encoding = \"{word}\"");
            (codec, "bytes")
        }
        Content::Raw => ("b", "bytes"),
        Content::Packed { digits: true } => ("b", "nibbles"),
        Content::Packed { digits: false } => ("b", "bytes"),
    };
    let mut theirs = element(data, 0, 0, counts);
    if let Content::Packed { .. } = content {
        let side = *seeded.pick(&["left", "right"]);
        // A filler that could be the separator of a track would be read as one more character by neither.
        let nibble = *seeded.pick(&["0", "9", "A", "F"]);
        let _ = writeln!(toml, "encoding = {{ encoding = \"bcd\", pad = \"{side}\", nibble = \"{nibble}\" }}");
        theirs[format!("{side}_pad")] = json!(nibble);
    }
    if fixed {
        let _ = writeln!(toml, "format = \"{class} {most}\"");
        let sign = usize::from(class == "x+n");
        theirs["max_len"] = json!(on_the_wire(content, most + sign));
        return theirs;
    }
    if in_bytes {
        // An odd maximum would say that a full element has one digit less than its bytes.
        most += most % 2;
    }
    prefix(seeded, class, content, most, toml, &mut theirs);
    theirs
}

/// A length prefix that can say this maximum.
fn prefix(seeded: &mut Seeded, class: &str, content: Content, most: usize, toml: &mut String, theirs: &mut Value) {
    let counted = on_the_wire(content, most);
    let (word, codec) = *seeded.pick(&[
        ("ascii", "ascii"),
        ("ebcdic", "cp500"),
        ("ebcdic", "cp037"),
        ("bcd", "bcd"),
        ("binary-be", "b"),
    ]);
    // The compiler leaves room for characters of four bytes.
    let said = if matches!(content, Content::Text("utf8", _)) { counted * 4 } else { counted };
    let least = if word == "binary-be" { 1 + usize::from(said > 255) } else { said.to_string().len() };
    let width = least + seeded.below(3);
    // In a packed prefix two digits are a byte.
    let bytes = if word == "bcd" { width.div_ceil(2) } else { width };
    let counts = match content {
        Content::Packed { digits: true } => "units",
        Content::Packed { digits: false } | Content::Hex(..) => "bytes",
        Content::Text(..) | Content::Raw => *seeded.pick(&["units", "bytes"]),
    };
    let _ = writeln!(toml, "format = \"{class}{}{most}\"", ".".repeat(width));
    let _ = writeln!(toml, "length = {{ encoding = \"{word}\", counts = \"{counts}\" }}");
    theirs["len_enc"] = json!(codec);
    theirs["len_type"] = json!(bytes);
    theirs["max_len"] = json!(counted);
}

/// What pyiso8583 counts of so many units.
fn on_the_wire(content: Content, units: usize) -> usize {
    match content {
        Content::Text(..) | Content::Packed { digits: true } | Content::Raw => units,
        Content::Packed { digits: false } => units / 2,
        Content::Hex(..) => units * 2,
    }
}
