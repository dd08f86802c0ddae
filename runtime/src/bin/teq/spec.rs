//! `--spec`: the name of a shipped dialect, or a file.

use std::path::Path;

use isopace::{Dialect, load};

use crate::Failure;

/// The dialect that `--spec` names.
pub(crate) fn dialect(spec: &str) -> Result<&'static Dialect, Failure> {
    let shipped = load::shipped_names().contains(&spec);
    let is_file = !shipped && (spec.ends_with(".toml") || Path::new(spec).is_file());
    let loaded = if is_file { load::file(spec) } else { load::shipped(spec) };
    loaded.map_err(|error| match error.is_unknown_name() {
        true => Failure::new(format!("{error}; your own is given as a file: {spec}.toml")),
        false => Failure(error.render(true)),
    })
}
