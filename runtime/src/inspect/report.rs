//! One error about an input, whatever found it: path, place, what, hint. Never with content of the message.

use crate::frame;
use crate::msg::{Dialect, Error};

/// One error about an input.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// `2`, `55.9F26`, `mti`, `bitmap`, `message`; `frame` and `input` for what comes before a message.
    pub path: String,
    /// Byte of the message; byte of the stream for a frame, character for hex text.
    pub offset: usize,
    /// A stable name for programs.
    pub kind: &'static str,
    /// What was expected and found.
    pub message: String,
    /// What to look at.
    pub hint: Option<String>,
    /// Name of the element, where there is one.
    pub name: Option<&'static str>,
    /// What `offset` counts: `byte` or `character`.
    pub counts: &'static str,
}

impl Report {
    /// About a message.
    #[must_use]
    pub fn message(dialect: &'static Dialect, error: &Error) -> Self {
        let path = error.path().to_string();
        Report {
            name: dialect.resolve(&path).map(|field| field.name),
            path,
            offset: error.offset(),
            kind: error.kind().name(),
            message: error.kind().to_string(),
            hint: error.hint().map(|hint| hint.to_string()),
            counts: "byte",
        }
    }

    /// About the framing of a stream.
    #[must_use]
    pub fn frame(error: &frame::Error, position: u64) -> Self {
        Report {
            path: "frame".to_owned(),
            offset: usize::try_from(position).unwrap_or(usize::MAX),
            kind: error.name(),
            message: error.to_string(),
            hint: None,
            name: None,
            counts: "byte",
        }
    }

    /// About the text that was given.
    pub(crate) fn input(kind: &'static str, offset: usize, message: &str) -> Box<Self> {
        let (path, message) = ("input".to_owned(), message.to_owned());
        Box::new(Report { path, offset, kind, message, hint: None, name: None, counts: "character" })
    }
}
