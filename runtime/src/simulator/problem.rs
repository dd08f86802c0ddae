//! What is wrong with a scenario, a mix or a recording: all of it, each with its place, and never with a value.

use std::fmt;

/// What is wrong with a file: every mistake with line and column. It names keys and never shows values, which may be card data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioError {
    file: String,
    problems: Vec<Problem>,
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Line and column, from 1; none where the file as a whole is meant.
    pub(crate) place: Option<(usize, usize)>,
    pub(crate) what: String,
}

impl ScenarioError {
    pub(crate) fn new(file: &str, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| problem.place);
        ScenarioError { file: file.to_owned(), problems }
    }

    /// About the file as a whole.
    pub(crate) fn whole(file: &str, what: impl Into<String>) -> Self {
        ScenarioError::new(file, vec![Problem { place: None, what: what.into() }])
    }

    /// Each mistake on a line: `file:line:column: what`.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.problems.iter().map(|problem| match problem.place {
            Some((line, column)) => format!("{}:{line}:{column}: {}", self.file, problem.what),
            None => format!("{}: {}", self.file, problem.what),
        })
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines().collect::<Vec<_>>().join("\n"))
    }
}

impl std::error::Error for ScenarioError {}

/// A key as it may be shown: one that could be a card number is not.
pub(crate) fn shown(key: &str) -> &str {
    let digits = key.split(|character: char| !character.is_ascii_digit()).any(|digits| digits.len() >= 7);
    if digits || key.chars().count() > 40 { "[not shown]" } else { key }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_may_be_a_card_number_is_not_shown() {
        assert_eq!(shown("55.9F26"), "55.9F26");
        assert_eq!(shown("4012345678909"), "[not shown]");
    }
}
