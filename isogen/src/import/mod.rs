//! Specs in the languages of other libraries, read and said again in ours.
//!
//! A reader for each language (`jpos`, `moov`, `pyiso8583`) makes a [`draft`]; `guess` adds what the other language has
//! no word for; `settle` changes the draft until the compiler takes it; `write` prints it. What could not be said, and
//! what was guessed, becomes a [`Note`]: nothing is left out in silence. Comments of the source are not read.
//!
//! No library's code is used here and none is needed at run time: only their file formats are known.

mod draft;
mod guess;
mod inside;
mod jpos;
mod literal;
mod moov;
mod note;
mod pyiso8583;
mod script;
mod settle;
mod text;
mod wire;
mod write;

pub(crate) use note::{Note, Weight};
pub(crate) use text::is_kebab;

/// A language specs are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Language {
    /// jPOS: the XML of a GenericPackager
    #[value(name = "jpos-xml")]
    Jpos,
    /// moov-io/iso8583: a spec exported as JSON
    #[value(name = "moov-json")]
    Moov,
    /// pyiso8583: a spec dictionary, in Python or JSON
    #[value(name = "pyiso8583")]
    Pyiso8583,
}

impl Language {
    fn word(self) -> &'static str {
        match self {
            Language::Jpos => "jpos-xml",
            Language::Moov => "moov-json",
            Language::Pyiso8583 => "pyiso8583",
        }
    }
}

/// A spec that was read.
#[derive(Debug)]
pub(crate) struct Imported {
    /// TOML that loads without errors, not laid out yet.
    pub(crate) toml: String,
    /// What is not the same as in the source, in the order of the TOML.
    pub(crate) notes: Vec<Note>,
}

/// Why nothing could be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// Line of the source, from 1.
    pub(crate) line: usize,
    pub(crate) message: String,
}

impl Unreadable {
    fn new(line: usize, message: impl Into<String>) -> Unreadable {
        Unreadable { line, message: message.into() }
    }
}

/// Reads a spec. `file` is the name of the source, `name` the name of the new spec if it is given.
pub(crate) fn import(language: Language, file: &str, source: &str, name: Option<&str>) -> Result<Imported, Unreadable> {
    let source = source.strip_prefix('\u{FEFF}').unwrap_or(source);
    let mut draft = match language {
        Language::Jpos => jpos::read(source),
        Language::Moov => moov::read(source),
        Language::Pyiso8583 => pyiso8583::read(source),
    }?;
    if draft.fields.iter().all(|field| field.dropped) {
        let why = draft.fields.first().and_then(|field| field.notes.first());
        let why = why.map_or_else(String::new, |note| format!(": {}", note.text));
        return Err(Unreadable::new(1, format!("no element of it can be carried over{why}")));
    }
    let taken = "policy = \"strict\": content outside its class is refused, which the source takes; \
                 policy = \"lenient\" takes it here too";
    draft.remarks.push(Note::guessed(1, taken));
    let stem = std::path::Path::new(file).file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
    if draft.title.is_empty() {
        draft.title = text::clean(&stem);
    }
    if draft.title.is_empty() {
        draft.title = language.word().to_owned();
    }
    draft.name = name.map_or_else(|| text::kebab(&stem), str::to_owned);
    let file = std::path::Path::new(file).file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    draft.head = format!("Imported from {} ({}).", text::clean(&file), language.word());
    draft.order();
    guess::guess(&mut draft);
    let toml = settle::settle(&mut draft)?;
    Ok(Imported { toml, notes: draft.notes() })
}
