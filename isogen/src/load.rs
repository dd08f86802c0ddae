//! Loading a spec: source, model, lints in one call.

use std::path::Path;

use crate::diagnostic::{Diagnostics, Report};
use crate::source::{Base, Chain};
use crate::{check, model, resolve};

/// A spec without errors.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The spec, with every default written out.
    pub spec: model::Spec,
    /// What is suspicious in it.
    pub warnings: Diagnostics,
}

/// Loads a spec from a file. `extends` finds specs beside it and the shipped ones.
///
/// # Errors
/// Everything that is wrong with the file and with the specs it extends, warnings included.
pub fn load_file(path: &Path) -> Result<Loaded, Diagnostics> {
    load(&Base::File(path))
}

/// Loads a spec from its text. `name` is what diagnostics call it; `extends` finds shipped specs only.
///
/// ```
/// let spec = r#"
///     [spec]
///     name = "tiny"
///     title = "A dialect of one element"
///     [wire]
///     mti = "ascii"
///     bitmap = { encoding = "binary", maps = 1 }
///     digits = "ascii"
///     text = "ascii"
///     binary = "raw"
///     length = { encoding = "ascii", counts = "units" }
///     [field.11]
///     name = "System trace audit number"
///     format = "n 6"
///     type = "stan"
/// "#;
/// let loaded = isogen::load_str("tiny.toml", spec)?;
/// assert_eq!(loaded.spec.fields.len(), 1);
///
/// let wrong = isogen::load_str("tiny.toml", &spec.replace("n 6", "m 6")).unwrap_err();
/// assert_eq!(wrong.iter().next().map(|error| (error.code(), error.line())), Some(("bad-format", 14)));
/// # Ok::<(), isogen::Diagnostics>(())
/// ```
///
/// # Errors
/// Everything that is wrong with the text and with the specs it extends, warnings included.
pub fn load_str(name: &str, text: &str) -> Result<Loaded, Diagnostics> {
    load(&Base::Text(name, text))
}

fn load(base: &Base<'_>) -> Result<Loaded, Diagnostics> {
    let mut report = Report::default();
    let chain = Chain::read(base, &mut report);
    let Some(tree) = chain.tree else {
        return Err(report.finish());
    };
    let spec = resolve::resolve(&tree, &mut report);
    check::check(&spec, &tree, &mut report);
    if report.has_errors() {
        return Err(report.finish());
    }
    Ok(Loaded { spec, warnings: report.finish() })
}
