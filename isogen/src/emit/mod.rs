//! Rust code from the model.

/// The files of a spec, paths relative to the folder of generated code.
#[must_use]
pub fn rust(_spec: &crate::model::Spec) -> Vec<(std::path::PathBuf, String)> {
    Vec::new()
}
