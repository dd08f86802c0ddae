//! Spec files from what was named on the command line.

use std::path::{Path, PathBuf};

use super::Failure;

/// The files: a folder stands for its `*.toml`, in the order of their names.
pub(super) fn specs(named: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files: Vec<PathBuf> = Vec::new();
    for path in named {
        let found = if path.is_dir() { folder(path)? } else { vec![path.clone()] };
        for file in found {
            if !files.contains(&file) {
                files.push(file);
            }
        }
    }
    Ok(files)
}

fn folder(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failed = |error: std::io::Error| Failure::Usage(format!("cannot read {}: {error}", path.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        if file.extension().is_some_and(|extension| extension == "toml") && file.is_file() {
            files.push(file);
        }
    }
    if files.is_empty() {
        return Err(Failure::Usage(format!("there is no spec (*.toml) in {}", path.display())));
    }
    files.sort();
    Ok(files)
}
