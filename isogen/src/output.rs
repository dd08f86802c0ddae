//! Generated files: comparing them with a folder, and writing what differs.

use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostics;

/// What a generation gave.
#[derive(Debug, Clone, Default)]
pub struct Output {
    /// The files and their content, `mod.rs` last. Paths are relative to the folder they are meant for.
    pub files: Vec<(PathBuf, String)>,
    /// What is suspicious in the specs.
    pub warnings: Diagnostics,
}

impl Output {
    /// The files that are missing in a folder or differ there.
    ///
    /// # Errors
    /// A file that is there but cannot be read.
    pub fn stale(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let mut stale = Vec::new();
        for (path, content) in &self.files {
            let path = folder.join(path);
            let same = match std::fs::read(&path) {
                // A checkout may have changed the line ends.
                Ok(found) => found == content.as_bytes() || found == content.replace('\n', "\r\n").as_bytes(),
                Err(error) if error.kind() == io::ErrorKind::NotFound => false,
                Err(error) => return Err(error),
            };
            if !same {
                stale.push(path);
            }
        }
        Ok(stale)
    }

    /// Writes the files that differ, and says which. The others keep their time stamps.
    ///
    /// # Errors
    /// A folder or a file that cannot be written.
    pub fn write(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let stale = self.stale(folder)?;
        for (path, content) in &self.files {
            let path = folder.join(path);
            if !stale.contains(&path) {
                continue;
            }
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(&path, content)?;
        }
        Ok(stale)
    }
}
