//! Dialects loaded at run time, from the same TOML that the generated ones come from.
//!
//! What is loaded is a [`Dialect`] like any other: the same index, reads, edits and masking go by it. Only typed
//! accessors and structs need generated code.
//!
//! ```
//! let dialect = isopace::load::shipped("iso87-a")?;
//! let message = isopace::Message::parse(dialect, &b"08002020000000800000000123000001TERM0001"[..])?;
//! assert_eq!(message.at::<&str>("41")?, Some("TERM0001"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod convert;
mod error;
mod registry;

use std::path::Path;

pub use error::Error;

use crate::msg::Dialect;

/// The dialect of a spec file. `extends` finds specs beside the file and the shipped ones.
///
/// A dialect is kept until the process ends. Specs that say the same (documentation aside) give the same reference,
/// however often and from wherever they are loaded, so memory grows with the number of different dialects only.
/// Warnings about a spec are not told here: `isogen check` tells them.
///
/// # Errors
/// The file cannot be read, or everything that is wrong with it and the specs it extends.
pub fn file(path: impl AsRef<Path>) -> Result<&'static Dialect, Error> {
    keep(isogen::load_file(path.as_ref()))
}

/// The same, with the files that it was read from, where there are any: the spec itself and those that it extends.
#[cfg(feature = "host")]
pub(crate) fn file_and_sources(path: &Path) -> Result<(&'static Dialect, Vec<std::path::PathBuf>), Error> {
    match isogen::load_file(path) {
        Ok(loaded) => {
            let files = loaded.spec.files.clone();
            Ok((registry::intern(loaded.spec), files))
        }
        Err(diagnostics) => Err(Error::spec(diagnostics)),
    }
}

/// The dialect of a spec given as text, kept as by [`file()`]. `name` is what errors call the text; `extends` finds
/// the shipped specs only.
///
/// # Errors
/// Everything that is wrong with the text.
pub fn text(name: &str, toml: &str) -> Result<&'static Dialect, Error> {
    keep(isogen::load_str(name, toml))
}

/// A dialect that comes with this package ([`shipped_names`]), kept as by [`file()`].
///
/// # Errors
/// No shipped spec has this name.
pub fn shipped(name: &str) -> Result<&'static Dialect, Error> {
    let toml = isogen::shipped::text(name).ok_or_else(|| Error::unknown(name))?;
    text(name, toml)
}

/// Names of the shipped specs, in order.
#[must_use]
pub fn shipped_names() -> &'static [&'static str] {
    isogen::shipped::names()
}

fn keep(loaded: Result<isogen::Loaded, isogen::Diagnostics>) -> Result<&'static Dialect, Error> {
    match loaded {
        Ok(loaded) => Ok(registry::intern(loaded.spec)),
        Err(diagnostics) => Err(Error::spec(diagnostics)),
    }
}

#[cfg(test)]
mod tests;
