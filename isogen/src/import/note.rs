//! What is not the same in the TOML as in the source.

/// Something a user has to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    /// Line of the source, from 1.
    pub(crate) line: usize,
    /// What it is about: `DE 55.9F26`, or `message`. Known once the draft is whole.
    pub(crate) place: String,
    pub(crate) weight: Weight,
    pub(crate) text: String,
}

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// The source says it, the TOML does not.
    Lost,
    /// The TOML says it, the source does not.
    Guessed,
}

impl Note {
    pub(super) fn lost(line: usize, text: impl Into<String>) -> Note {
        Note { line, place: String::new(), weight: Weight::Lost, text: super::text::clean(&text.into()) }
    }

    pub(super) fn guessed(line: usize, text: impl Into<String>) -> Note {
        Note { weight: Weight::Guessed, ..Note::lost(line, text) }
    }
}

impl Weight {
    /// As it stands before the text of a note.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Weight::Lost => "not carried over",
            Weight::Guessed => "guessed",
        }
    }
}
