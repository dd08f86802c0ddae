//! Prints a draft as TOML, notes as comments where they belong.

use std::fmt::Write;

use super::draft::{BCD, Code, Draft, Extent, Field, Inside, Layout, Pad, Prefix};
use super::note::Note;

/// Comments are broken before this column.
const WIDTH: usize = 118;

/// A text, and where in it each field starts.
pub(super) struct Printed {
    pub(super) toml: String,
    /// Line of the header, from 1, and the keys from the message inwards.
    pub(super) fields: Vec<(usize, Vec<String>)>,
    lines: usize,
}

/// What a field need not say.
#[derive(Clone, Copy)]
struct Around {
    digits: Code,
    text: Code,
    binary: Code,
    prefix: &'static str,
}

pub(super) fn print(draft: &Draft) -> Printed {
    let around = common(draft);
    let mut out = Printed { toml: String::new(), fields: Vec::new(), lines: 0 };
    out.comment(&draft.head, "");
    out.line("");
    out.line("[spec]");
    out.line(&format!("name = {}", string(&draft.name)));
    out.line(&format!("title = {}", string(&draft.title)));
    out.line("");
    out.notes(&draft.remarks, "");
    out.line("[wire]");
    out.line(&format!("mti = \"{}\"", draft.mti.0));
    out.line(&format!("bitmap = {{ encoding = \"{}\", maps = {} }}", draft.bitmap, draft.maps));
    out.line(&format!("digits = {}", word(around.digits, true)));
    out.line(&format!("text = {}", word(around.text, false)));
    out.line(&format!("binary = {}", word(around.binary, false)));
    out.line(&format!("length = {{ encoding = \"{}\", counts = \"units\" }}", around.prefix));
    out.fields(&draft.fields, &[], around);
    out
}

impl Printed {
    fn line(&mut self, line: &str) {
        self.toml.push_str(line);
        self.toml.push('\n');
        self.lines += 1;
    }

    fn fields(&mut self, fields: &[Field], path: &[String], around: Around) {
        for field in fields {
            let path = [path, std::slice::from_ref(&field.key)].concat();
            self.line("");
            if field.dropped {
                self.notes(&field.notes, &format!("DE {}: ", path.join(".")));
                continue;
            }
            self.notes(&field.notes, "");
            self.fields.push((self.lines + 1, path.clone()));
            let keys: Vec<String> = path.iter().map(|key| bare(key)).collect();
            self.line(&format!("[field.{}]", keys.join(".field.")));
            self.body(field, around);
            if let Some(inside) = &field.inside {
                self.fields(&inside.fields, &path, within(inside, around));
            }
        }
    }

    fn body(&mut self, field: &Field, around: Around) {
        self.line(&format!("name = {}", string(&field.name)));
        self.line(&format!("format = \"{}\"", format_of(field)));
        for (key, value) in
            [("type", field.kind), ("sensitive", field.sensitive.as_deref()), ("ident", field.ident.as_deref())]
        {
            if let Some(value) = value {
                self.line(&format!("{key} = {}", string(value)));
            }
        }
        if !same(field, field.code, around.of(field.class)) {
            self.line(&format!("encoding = {}", word(field.code, is_digits(field.class))));
        }
        if let Extent::UpTo { prefix: Some(prefix), .. } = field.extent {
            let mut keys = Vec::new();
            if prefix.encoding != around.prefix {
                keys.push(format!("encoding = \"{}\"", prefix.encoding));
            }
            if prefix.bytes && !field.code.is_bytewise() {
                keys.push("counts = \"bytes\"".to_owned());
            }
            if prefix.inclusive {
                keys.push("inclusive = true".to_owned());
            }
            if !keys.is_empty() {
                self.line(&format!("length = {{ {} }}", keys.join(", ")));
            }
        }
        match field.pad.filter(|pad| field.is_fixed() && *pad != usual(field.class)) {
            Some(Pad::None) => self.line("pad = \"none\""),
            Some(Pad::Fill { left, fill }) => {
                let side = if left { "left" } else { "right" };
                self.line(&format!("pad = {{ side = \"{side}\", fill = \"{fill}\" }}"));
            }
            None => {}
        }
        match field.inside.as_ref().map(|inside| inside.layout) {
            Some(Layout::Positional) => self.line("composite = { kind = \"positional\" }"),
            Some(Layout::BerTlv { skip }) => {
                self.line(&format!("composite = {{ kind = \"ber-tlv\"{} }}", unlisted(skip)));
            }
            Some(Layout::Tlv(tags)) => {
                // Units are bytes where every part is written so.
                let bytewise =
                    field.inside.iter().flat_map(|inside| &inside.fields).all(|part| part.code.is_bytewise());
                let counts = if bytewise || tags.length.bytes { "" } else { ", counts = \"units\"" };
                self.line(&format!(
                    "composite = {{ kind = \"tlv\", tag = {{ encoding = \"{}\", width = {} }}, \
                     length = {{ encoding = \"{}\"{counts}, width = {} }}{} }}",
                    tags.encoding,
                    tags.width,
                    tags.length.encoding,
                    tags.length.width,
                    unlisted(tags.skip),
                ));
            }
            Some(Layout::Bitmap { encoding, maps }) => self.line(&format!(
                "composite = {{ kind = \"bitmap\", bitmap = {{ encoding = \"{encoding}\", maps = {maps} }} }}"
            )),
            None => {}
        }
    }

    fn notes(&mut self, notes: &[Note], place: &str) {
        for note in notes {
            let word = note.weight.word();
            let mut letters = word.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase()).into_iter();
            let word: String = if place.is_empty() { first.chain(letters).collect() } else { word.to_owned() };
            self.comment(&format!("{place}{word}: {}", note.text), "  ");
        }
    }

    /// A comment on lines that are not too long, the later ones indented.
    fn comment(&mut self, text: &str, indent: &str) {
        let mut line = String::from("#");
        for piece in text.split(' ') {
            if line.len() > 1 && line.chars().count() + piece.chars().count() + 1 > WIDTH {
                self.line(line.trim_end());
                line = format!("#{indent}");
            }
            line.push(' ');
            line.push_str(piece);
        }
        self.line(&line);
    }
}

impl Around {
    fn of(self, class: &str) -> Code {
        match class {
            "b" => self.binary,
            class if is_digits(class) => self.digits,
            _ => self.text,
        }
    }
}

/// The padding of a class where a spec says nothing.
fn usual(class: &str) -> Pad {
    match class {
        "b" | "z" => Pad::None,
        "n" | "x+n" => Pad::Fill { left: true, fill: '0' },
        _ => Pad::Fill { left: false, fill: ' ' },
    }
}

fn within(inside: &Inside, around: Around) -> Around {
    match inside.layout {
        Layout::BerTlv { .. } => Around { digits: BCD, text: Code::Ascii, binary: Code::Raw, ..around },
        _ => around,
    }
}

pub(super) fn is_digits(class: &str) -> bool {
    matches!(class, "n" | "z" | "x+n")
}

/// Whether two encodings come to the same for a field.
fn same(field: &Field, one: Code, other: Code) -> bool {
    match (one, other) {
        (Code::Bcd { .. }, Code::Bcd { .. }) => one == other || !has_filler(field),
        (Code::Cp1047, Code::Cp037) => is_digits(field.class),
        _ => one == other,
    }
}

/// Whether packed digits may leave a nibble over.
pub(super) fn has_filler(field: &Field) -> bool {
    match field.extent {
        Extent::Fixed(units) => (units - u32::from(field.class == "x+n" && units > 0)) % 2 == 1,
        Extent::UpTo { .. } => true,
    }
}

/// The defaults that most elements have.
fn common(draft: &Draft) -> Around {
    let fields = || draft.fields.iter().filter(|field| !field.dropped);
    let most = |is: &dyn Fn(&Field) -> bool, otherwise: Code| {
        let packed: Vec<Code> = fields()
            .filter(|field| is(field) && has_filler(field) && matches!(field.code, Code::Bcd { .. }))
            .map(|field| field.code)
            .collect();
        let packed = commonest(&packed).unwrap_or(BCD);
        let votes: Vec<Code> = fields()
            .filter(|field| is(field))
            .map(|field| match field.code {
                Code::Bcd { .. } => packed,
                Code::Cp1047 if is_digits(field.class) => Code::Cp037,
                code => code,
            })
            .collect();
        commonest(&votes).unwrap_or(otherwise)
    };
    let (digits, text) = match draft.mti.0 {
        "ebcdic" => (Code::Cp037, Code::Cp037),
        "bcd" => (BCD, Code::Ascii),
        _ => (Code::Ascii, Code::Ascii),
    };
    let prefixes: Vec<&'static str> = fields()
        .filter_map(|field| match field.extent {
            Extent::UpTo { prefix: Some(Prefix { encoding, .. }), .. } => Some(encoding),
            _ => None,
        })
        .collect();
    Around {
        digits: most(&|field| is_digits(field.class), digits),
        text: most(&|field| field.class != "b" && !is_digits(field.class), text),
        binary: most(&|field| field.class == "b", Code::Raw),
        prefix: commonest(&prefixes).unwrap_or("ascii"),
    }
}

/// What occurs most often; of several the first.
fn commonest<T: Copy + PartialEq>(votes: &[T]) -> Option<T> {
    let mut counted: Vec<(T, usize)> = Vec::new();
    for vote in votes {
        match counted.iter_mut().find(|(known, _)| known == vote) {
            Some((_, count)) => *count += 1,
            None => counted.push((*vote, 1)),
        }
    }
    let most = counted.iter().map(|(_, count)| *count).max()?;
    counted.iter().find(|(_, count)| *count == most).map(|(vote, _)| *vote)
}

fn word(code: Code, digits: bool) -> String {
    let word = match code {
        Code::Ascii => "ascii",
        Code::Cp037 | Code::Cp1047 if digits => "ebcdic",
        Code::Cp037 => "cp037",
        Code::Cp1047 => "cp1047",
        Code::Latin1 => "latin1",
        Code::Utf8 => "utf8",
        Code::Raw => "raw",
        Code::Hex => "hex",
        Code::EbcdicHex => "ebcdic-hex",
        Code::Bcd { left, nibble } => {
            let side = if left { "left" } else { "right" };
            return format!("{{ encoding = \"bcd\", pad = \"{side}\", nibble = \"{nibble}\" }}");
        }
    };
    format!("\"{word}\"")
}

/// The notation of the standard.
pub(super) fn format_of(field: &Field) -> String {
    let mut format = field.class.to_owned();
    let written = match field.extent {
        Extent::Fixed(units) if field.class == "x+n" => write!(format, " {}", units.saturating_sub(1)),
        Extent::Fixed(units) => write!(format, " {units}"),
        Extent::UpTo { prefix, max } => {
            let dots = prefix.map_or(2, |prefix| usize::from(prefix.width));
            write!(format, "{}{max}", ".".repeat(dots))
        }
    };
    // A string takes whatever is written to it.
    let _: Result<(), std::fmt::Error> = written;
    format
}

/// What happens to tags that are not listed, where it is not the usual.
fn unlisted(skip: bool) -> &'static str {
    if skip { ", unknown = \"skip\"" } else { "" }
}

/// A key of TOML, in quotes where it needs them.
fn bare(key: &str) -> String {
    let plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if plain && !key.is_empty() { key.to_owned() } else { string(key) }
}

/// A string of TOML.
fn string(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}
