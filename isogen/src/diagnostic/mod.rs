//! What is wrong with a spec: level, code, message, place and what to do about it.
//!
//! Drawn like rustc draws its own. A diagnostic owns what it needs to be drawn, so it outlives the run.

mod nearest;
mod render;
mod report;

pub(crate) use nearest::nearest;
pub(crate) use report::Report;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::source::Source;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The spec is used all the same.
    Warning,
    /// There is no spec.
    Error,
}

/// One error or warning.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    level: Level,
    code: &'static str,
    message: String,
    primary: Label,
    others: Vec<Label>,
    help: Option<String>,
}

/// A place and what is to be said about it.
#[derive(Debug, Clone)]
struct Label {
    source: Arc<Source>,
    range: Range<usize>,
    text: String,
}

impl Diagnostic {
    /// Error or warning.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// Short name of the rule, as in `error[prefix-too-narrow]`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What is wrong, in one sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The file it is about: a path, the name of a shipped spec, or the name given with the text.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.primary.source.name
    }

    /// Line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.primary.source.position(self.primary.range.start).0
    }

    /// Column in characters, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.primary.source.position(self.primary.range.start).1
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    fn says_the_same(&self, other: &Diagnostic) -> bool {
        self.code == other.code
            && self.message == other.message
            && self.primary.range == other.primary.range
            && self.file() == other.file()
    }
}

/// Errors and warnings of one run, by file and position. May be empty.
#[derive(Clone, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// One after the other.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// Whether one of them is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|diagnostic| diagnostic.level == Level::Error)
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// All of them drawn over the lines they are about, with terminal colours or without.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        render::render(&self.list, color)
    }

    /// Takes another run's diagnostics in. What both say of a spec that both extend is said once.
    pub fn append(&mut self, other: Diagnostics) {
        for diagnostic in other.list {
            if !self.list.iter().any(|known| known.says_the_same(&diagnostic)) {
                self.list.push(diagnostic);
            }
        }
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

// As a test or a build script prints it that gives the error back as it is.
impl fmt::Debug for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

impl std::error::Error for Diagnostics {}
