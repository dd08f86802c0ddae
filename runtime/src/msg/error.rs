//! What is wrong with a message, and where.

use super::Path;
use super::hint::Hint;
use crate::wire::{ErrorKind, Fault};

/// One thing wrong with a message: path, byte offset, what was expected and found, and a hint where the cause can be
/// guessed. It never holds content, so it may be logged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Error {
    path: Path,
    offset: u32,
    kind: ErrorKind,
    hint: Option<Hint>,
}

impl Error {
    /// Something wrong here.
    #[cold]
    pub(crate) const fn new(path: Path, offset: usize, kind: ErrorKind) -> Self {
        Error { path, offset: offset as u32, kind, hint: None }
    }

    /// A fault within the content that starts at this offset.
    #[cold]
    pub(crate) const fn within(path: Path, content: usize, fault: Fault) -> Self {
        Error::new(path, content + fault.at as usize, fault.kind)
    }

    pub(crate) const fn with_hint(mut self, hint: Option<Hint>) -> Self {
        self.hint = hint;
        self
    }

    /// Where: `55.9F26`, `mti`, `bitmap`, or `message`.
    #[must_use]
    pub const fn path(&self) -> Path {
        self.path
    }

    /// Byte offset from the start of the message; of a value that is being written, from the start of the value.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset as usize
    }

    /// What.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What to look at, where the cause can be guessed.
    #[must_use]
    pub const fn hint(&self) -> Option<Hint> {
        self.hint
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at byte {}: {}", self.path, self.offset, self.kind)?;
        self.hint.map_or(Ok(()), |hint| write!(f, " (hint: {hint})"))
    }
}

impl std::fmt::Debug for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Error({self})")
    }
}

impl std::error::Error for Error {}

/// All that is wrong with a message; at least one thing.
#[derive(Clone, PartialEq, Eq)]
pub struct Violations(Vec<Error>);

impl Violations {
    pub(crate) fn none() -> Self {
        Violations(Vec::new())
    }

    #[cold]
    pub(crate) fn push(&mut self, error: Error) {
        self.0.push(error);
    }

    /// Fails when there is anything in it.
    pub(crate) fn into_result(self) -> Result<(), Violations> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }

    /// Each of them, in the order of the message.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Error> {
        self.0.iter()
    }

    /// The first of them.
    #[must_use]
    pub fn first(&self) -> Option<&Error> {
        self.0.first()
    }
}

impl From<Error> for Violations {
    fn from(error: Error) -> Self {
        Violations(vec![error])
    }
}

impl std::fmt::Display for Violations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for Violations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}

impl std::error::Error for Violations {}
