//! Standard output and standard error. Colours only where a terminal is at the other end and `NO_COLOR` is not set.

use std::io::{ErrorKind, Write};

use anstyle::{AnsiColor, Style};

use crate::Failure;

/// Of headings.
pub(crate) const HEADING: Style = Style::new().bold();
/// Of what is there for orientation.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// Of the word `error`.
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// Of the word `hint`.
pub(crate) const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// Whether somebody still reads standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// As far as can be known.
    There,
    /// The pipe is closed: nothing more need be said.
    Gone,
}

/// Writes to standard output. A closed pipe is no failure.
pub(crate) fn print(text: &str) -> Result<Reader, Failure> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(Reader::There),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(Reader::Gone),
        Err(error) => Err(Failure::new(format!("cannot write to standard output: {error}"))),
    }
}

/// Writes to standard error. Where that cannot be done there is nobody to tell.
pub(crate) fn note(text: &str) {
    _ = anstream::stderr().lock().write_all(text.as_bytes());
}
