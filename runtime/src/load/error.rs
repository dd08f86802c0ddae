//! Why a dialect was not loaded.

use std::fmt;

/// Why a dialect was not loaded. It owns all that there is to say, the lines of the spec included.
#[derive(Clone)]
pub struct Error(Cause);

#[derive(Clone)]
enum Cause {
    Unknown(String),
    Spec(isogen::Diagnostics),
}

impl Error {
    pub(super) fn unknown(name: &str) -> Self {
        Error(Cause::Unknown(name.to_owned()))
    }

    pub(super) fn spec(diagnostics: isogen::Diagnostics) -> Self {
        Error(Cause::Spec(diagnostics))
    }

    /// Whether the name is not that of a shipped spec, rather than a spec being wrong.
    #[must_use]
    pub fn is_unknown_name(&self) -> bool {
        matches!(self.0, Cause::Unknown(_))
    }

    /// What to tell: each mistake drawn over its line of the spec, with terminal colours or without.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        match &self.0 {
            Cause::Unknown(name) => {
                format!("no shipped spec is called `{name}`; shipped are: {}", super::shipped_names().join(", "))
            }
            Cause::Spec(diagnostics) => diagnostics.render(color),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.render(false).trim_end())
    }
}

// As a test or a program prints it that gives the error back as it is.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::error::Error for Error {}
