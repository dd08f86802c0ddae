//! What is wrong with a descriptor: all of it, each with its line, and never with a value.

use std::fmt;
use std::path::{Path, PathBuf};

/// What is wrong with a descriptor: every mistake, with its line where it has one. It names keys and never shows values other than
/// names, addresses and codes that are compared with what there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescriptorError {
    file: PathBuf,
    problems: Vec<Problem>,
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Problem {
    line: Option<usize>,
    what: String,
}

impl DescriptorError {
    /// None yet.
    pub(crate) fn none(file: &Path) -> Self {
        DescriptorError { file: file.to_owned(), problems: Vec::new() }
    }

    /// One mistake, in this line (from 1) or in the file as a whole.
    #[must_use]
    pub fn new(file: impl AsRef<Path>, line: Option<usize>, what: impl fmt::Display) -> Self {
        let mut error = DescriptorError::none(file.as_ref());
        error.add(line, what);
        error
    }

    /// One mistake more.
    pub fn add(&mut self, line: Option<usize>, what: impl fmt::Display) {
        self.problems.push(Problem { line, what: what.to_string() });
    }

    /// All of another one too.
    pub fn merge(&mut self, other: DescriptorError) {
        self.problems.extend(other.problems);
    }

    /// This, unless there is no mistake.
    ///
    /// # Errors
    /// There is one.
    pub(crate) fn unless_none(mut self) -> Result<(), DescriptorError> {
        self.problems.sort();
        if self.problems.is_empty() { Ok(()) } else { Err(self) }
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Each mistake on a line of its own: `deploy/pos.json:4: ...`.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.problems.iter().map(|problem| match problem.line {
            Some(line) => format!("{}:{line}: {}", self.file.display(), problem.what),
            None => format!("{}: {}", self.file.display(), problem.what),
        })
    }
}

impl fmt::Display for DescriptorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines().collect::<Vec<_>>().join("\n"))
    }
}

impl std::error::Error for DescriptorError {}
