//! Proving a whole deployment without running it.

use std::path::Path;

use super::plan::plan;
use super::registry::Registry;
use super::{descriptor::DescriptorError, scan};
use crate::host::Host;

/// What is to be said about a deployment.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Checked {
    /// Name, type and file of each component, in the order of starting.
    pub components: Vec<(String, &'static str, std::path::PathBuf)>,
    /// Names of descriptors that are not deployed, and whether they say so themselves.
    pub disabled: Vec<(String, bool)>,
    /// All that is wrong, file by file.
    pub problems: Vec<DescriptorError>,
}

/// Proves a directory of descriptors: specs and certificates are read, everything is built, routes are resolved, addresses and ports are
/// looked at. Nothing is bound and nobody is connected to.
#[must_use]
pub fn check(directory: impl AsRef<Path>, registry: &Registry) -> Checked {
    let files = match scan::files(directory.as_ref()) {
        Ok(files) => files,
        Err(error) => return Checked { components: Vec::new(), disabled: Vec::new(), problems: vec![error] },
    };
    let (descriptors, mut problems) = scan::descriptors(&files);
    let plan = plan(&descriptors, registry, &Host::new(), &[], &[]);
    problems.extend(plan.problems);
    problems.sort_by(|one, other| one.file().cmp(other.file()));
    let components = plan.components.into_iter();
    let components = components.map(|planned| (planned.name, planned.component.kind(), planned.path)).collect();
    let disabled = descriptors.iter().filter(|descriptor| !descriptor.enabled());
    let disabled = disabled.map(|descriptor| (descriptor.name().to_owned(), descriptor.says_enabled())).collect();
    Checked { components, disabled, problems }
}
