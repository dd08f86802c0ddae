//! A descriptor: one component, in one file.

mod problem;
mod read;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use serde::de::value::{Error as NoValue, MapDeserializer};
use serde::de::{DeserializeOwned, IgnoredAny};

use serde_json::Value;

pub use problem::DescriptorError;
use read::{Format, line_of, read};

use super::scan::{Fingerprint, fingerprint};

/// Most bytes of a descriptor.
pub(super) const MOST_BYTES: u64 = 1 << 20;

/// What a file says about one component: its name, its type, whether it is deployed, and a configuration that its type understands.
///
/// JSON or TOML by the ending of the file. The keys are `name`, `type`, `enabled`, `required` and `config`; a descriptor that does not say
/// `enabled = true` is not deployed.
#[derive(Debug, Clone)]
pub struct Descriptor {
    path: PathBuf,
    text: Arc<str>,
    format: Format,
    name: String,
    kind: String,
    enabled: bool,
    says_enabled: bool,
    required: bool,
    /// What it is made of beside itself.
    files: Arc<Mutex<Files>>,
}

/// Files that descriptors name, and what they held when they were read; nothing where they could not be.
pub(super) type Files = BTreeMap<PathBuf, Option<Fingerprint>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Outer {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    enabled: Option<bool>,
    required: Option<bool>,
    #[serde(rename = "config")]
    _config: Option<IgnoredAny>,
}

/// The same once more, for the configuration: so it is read where it stands, and mistakes have their line.
#[derive(Deserialize)]
struct Inner<T> {
    config: Option<T>,
}

/// What may stand at the top of a TOML file that is no descriptor.
#[derive(Deserialize)]
struct Spec {
    #[serde(rename = "spec")]
    _spec: IgnoredAny,
}

impl Descriptor {
    /// Whether a file of this name is a descriptor.
    #[must_use]
    pub fn is_one(path: &Path) -> bool {
        let hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
        !hidden && format_of(path).is_some()
    }

    /// Reads the text of a descriptor. Nothing, where it is the spec of a dialect that lies beside them.
    ///
    /// # Errors
    /// It is no JSON or TOML, lacks a key, or has one too many.
    pub fn parse(path: impl Into<PathBuf>, text: &str) -> Result<Option<Self>, DescriptorError> {
        let path = path.into();
        let Some(format) = format_of(&path) else {
            return Err(DescriptorError::new(&path, None, "a descriptor ends in .json or .toml"));
        };
        if format == Format::Toml && read::<Spec>(format, text).is_ok() {
            return Ok(None);
        }
        let outer: Outer = read(format, text).map_err(|(line, what)| DescriptorError::new(&path, line, what))?;
        let Outer { name, kind, enabled, required, .. } = outer;
        let proper = !name.is_empty() && name.len() <= 64 && name.chars().all(|c| c.is_ascii_graphic());
        if !proper {
            let line = line_of(format, text, "name");
            let what = "a name has 1 to 64 letters, digits and signs of ASCII, and no blanks";
            return Err(DescriptorError::new(&path, line, what));
        }
        let required = required.unwrap_or(true);
        let (says_enabled, enabled) = (enabled.is_some(), enabled.unwrap_or(false));
        let (text, files) = (text.into(), Arc::default());
        Ok(Some(Descriptor { path, text, format, name, kind, enabled, says_enabled, required, files }))
    }

    /// The name of the component.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type of the component.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Whether it is to be deployed.
    #[must_use]
    pub const fn enabled(&self) -> bool {
        self.enabled
    }

    /// Whether the host is ready only with it. It is, unless the descriptor says otherwise.
    #[must_use]
    pub const fn required(&self) -> bool {
        self.required
    }

    /// Whether it says so, either way.
    pub(super) const fn says_enabled(&self) -> bool {
        self.says_enabled
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// A path in it, which is relative to its folder.
    #[must_use]
    pub fn resolve(&self, path: impl AsRef<Path>) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(path)
    }

    /// The path of a file that the component is made of, as [`Descriptor::resolve`]: to be asked for before the file is read. When what the
    /// file holds changes, the component is built anew, as when the descriptor does.
    #[must_use]
    pub fn file(&self, path: impl AsRef<Path>) -> PathBuf {
        let path = self.resolve(path);
        let now = fingerprint(&path);
        self.files.lock().unwrap_or_else(PoisonError::into_inner).entry(path.clone()).or_insert(now);
        path
    }

    /// The files that it has turned out to be made of.
    pub(super) fn files(&self) -> Files {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The configuration. Types should refuse keys that they do not know (`#[serde(deny_unknown_fields)]`): they are mistyped ones.
    ///
    /// # Errors
    /// It is not of this type; with the line, and the key that was probably meant.
    pub fn config<T: DeserializeOwned>(&self) -> Result<T, DescriptorError> {
        let read: Inner<T> = read(self.format, &self.text).map_err(|(line, what)| self.error_at(line, what))?;
        match read.config {
            Some(config) => Ok(config),
            // As an empty one: it may be enough, and if not it says what is missing.
            None => {
                let empty = std::iter::empty::<(String, String)>();
                T::deserialize(MapDeserializer::<_, NoValue>::new(empty))
                    .map_err(|_| self.error_at(None, "`config` is missing"))
            }
        }
    }

    /// What it says by these keys of its configuration, and what it says by all others.
    pub(super) fn parts(&self, keys: &[&str]) -> Option<(Value, Value)> {
        let mut rest: Value = read(self.format, &self.text).ok()?;
        let mut taken = serde_json::Map::new();
        if let Some(config) = rest.get_mut("config").and_then(Value::as_object_mut) {
            taken.extend(keys.iter().filter_map(|key| config.remove_entry(*key)));
        }
        Some((Value::Object(taken), rest))
    }

    /// What is wrong with the value of this key.
    #[must_use]
    pub fn error(&self, key: &str, what: impl std::fmt::Display) -> DescriptorError {
        self.error_at(line_of(self.format, &self.text, key), format!("`{key}`: {what}"))
    }

    pub(super) fn error_at(&self, line: Option<usize>, what: impl std::fmt::Display) -> DescriptorError {
        DescriptorError::new(&self.path, line, what)
    }
}

fn format_of(path: &Path) -> Option<Format> {
    match path.extension()?.to_str()? {
        "json" => Some(Format::Json),
        "toml" => Some(Format::Toml),
        _ => None,
    }
}
