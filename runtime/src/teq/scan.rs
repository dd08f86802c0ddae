//! Reading a directory of descriptors, and the files that they name.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::descriptor::{Descriptor, DescriptorError, MOST_BYTES};
use super::settling::Stamp;

/// The text of a descriptor, or why it cannot be read.
pub(super) type Text = Result<String, DescriptorError>;

/// A file of the directory.
pub(super) type File = (PathBuf, Text);

/// What tells one content of a file from another.
pub(super) type Fingerprint = u64;

/// The files of a directory that are descriptors, by path. Folders in it are not looked into: specs and certificates may lie there.
///
/// # Errors
/// It cannot be read.
pub(super) fn look(directory: &Path) -> Result<BTreeMap<PathBuf, (Stamp, Text)>, DescriptorError> {
    let unreadable =
        |error: std::io::Error| DescriptorError::new(directory, None, format!("it cannot be read: {error}"));
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if Descriptor::is_one(&path) && !path.is_dir() {
            // Before its text, so that what is written meanwhile is seen at the next look.
            let seen = (stamp(&path), text(&path));
            files.insert(path, seen);
        }
    }
    Ok(files)
}

/// The same once, as they are now.
pub(super) fn files(directory: &Path) -> Result<Vec<File>, DescriptorError> {
    Ok(look(directory)?.into_iter().map(|(path, (_, text))| (path, text)).collect())
}

/// These files as they are now. What is not there, or is no file, is left out.
pub(super) fn beside(paths: Vec<PathBuf>) -> BTreeMap<PathBuf, (Stamp, Fingerprint)> {
    let seen = |path: PathBuf| {
        let stamp = stamp(&path);
        fingerprint(&path).map(|fingerprint| (path, (stamp, fingerprint)))
    };
    paths.into_iter().filter_map(seen).collect()
}

fn stamp(path: &Path) -> Stamp {
    std::fs::metadata(path).map(|told| (told.len(), told.modified().ok())).unwrap_or_default()
}

/// What tells this content of a file from others; nothing where there is no file that can be read.
pub(super) fn fingerprint(path: &Path) -> Option<Fingerprint> {
    struct Into(DefaultHasher);
    impl Write for Into {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    // Opening a pipe would wait for who writes into it.
    if !std::fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut into = Into(DefaultHasher::new());
    let bytes = io::copy(&mut std::fs::File::open(path).ok()?, &mut into).ok()?;
    into.0.write_u64(bytes);
    Some(into.0.finish())
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
