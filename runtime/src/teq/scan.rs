//! Reading a directory of descriptors.

use std::path::{Path, PathBuf};

use super::descriptor::{Descriptor, DescriptorError, MOST_BYTES};

/// A file of the directory, and its text or what is wrong with it.
pub(super) type File = (PathBuf, Result<String, DescriptorError>);

/// The files of a directory that are descriptors, by path. Folders in it are not looked into: specs and certificates may lie there.
///
/// # Errors
/// It cannot be read.
pub(super) fn files(directory: &Path) -> Result<Vec<File>, DescriptorError> {
    let unreadable =
        |error: std::io::Error| DescriptorError::new(directory, None, format!("it cannot be read: {error}"));
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if Descriptor::is_one(&path) && !path.is_dir() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths.into_iter().map(|path| (path.clone(), text(&path))).collect())
}

fn text(path: &Path) -> Result<String, DescriptorError> {
    let unreadable = |error: std::io::Error| DescriptorError::new(path, None, format!("it cannot be read: {error}"));
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > MOST_BYTES {
        return Err(DescriptorError::new(path, None, format!("a descriptor has no more than {MOST_BYTES} bytes")));
    }
    std::fs::read_to_string(path).map_err(unreadable)
}

/// The descriptors of files, the paths of those that are none, and what is wrong with these.
pub(super) fn descriptors(files: &[File]) -> (Vec<Descriptor>, Vec<DescriptorError>) {
    let (mut descriptors, mut problems) = (Vec::new(), Vec::new());
    for (path, text) in files {
        let text = text.as_ref().map_err(Clone::clone);
        match text.and_then(|text| Descriptor::parse(path, text)) {
            Ok(descriptor) => descriptors.extend(descriptor),
            Err(error) => problems.push(error),
        }
    }
    (descriptors, problems)
}
