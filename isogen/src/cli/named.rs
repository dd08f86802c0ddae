//! One spec from what was named on the command line: a file, or the name of a shipped spec.

use std::path::Path;

use isogen::model::Spec;
use isogen::{load_file, load_str, shipped};

use super::{Failure, show};

/// Loads a spec and says what is suspicious or wrong in it. A file comes before a shipped spec of its name.
pub(super) fn load(named: &Path) -> Result<Spec, Failure> {
    let shipped = named.to_str().filter(|_| !named.exists()).and_then(|name| Some((name, shipped::text(name)?)));
    let loaded = match shipped {
        Some((name, text)) => load_str(name, text),
        None => load_file(named),
    };
    match loaded {
        Ok(loaded) => {
            show(&loaded.warnings);
            Ok(loaded.spec)
        }
        Err(errors) => {
            show(&errors);
            Err(Failure::Found)
        }
    }
}
