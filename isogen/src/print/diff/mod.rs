//! What changes from one spec to another: on the wire, in the meaning, and in the Rust code made from it.
//!
//! Names, titles and descriptions of specs and descriptions of elements are not compared: they change nothing for who
//! sends, reads or calls. Nor is the name of the generated module, which is that of the spec.

mod api;
mod json;
mod meaning;
mod text;
mod wire;

use crate::model::Spec;

/// What changes from an old spec to a new one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Differences {
    /// Bytes that are written or read otherwise. A partner who does not change along will notice.
    pub wire: Vec<Change>,
    /// The same bytes that mean something else: names, types, secrecy, known values, messages and their lists.
    pub meaning: Vec<Change>,
    /// Items of the generated Rust code that come, go or change.
    pub api: Vec<ApiChange>,
}

/// One thing that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it is about: `mti`, `bitmap`, the path of an element (`55.9F26`), or `message financial-request`.
    pub path: String,
    /// What of it: `length prefix`, `encoding`, `mandatory`; `element` where it comes or goes as a whole.
    pub aspect: &'static str,
    /// What it was; of a list what is gone from it. Nothing where it is new.
    pub old: Option<String>,
    /// What it is; of a list what has come to it. Nothing where it is gone.
    pub new: Option<String>,
}

/// One item of the generated code that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiChange {
    /// Path within the generated module: `FinancialRequest.amount`, `Message::pan`.
    pub item: String,
    /// Its type or signature before. Nothing where it is new.
    pub old: Option<String>,
    /// Its type or signature now. Nothing where it is gone.
    pub new: Option<String>,
    /// Whether code that compiled with the old one may no longer compile.
    pub breaking: bool,
}

impl Differences {
    /// Whether there is no difference.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.wire.is_empty() && self.meaning.is_empty() && self.api.is_empty()
    }
}

/// Compares two specs.
///
/// ```
/// let text = isogen::shipped::text("iso87-a").unwrap_or_default();
/// let old = isogen::load_str("iso87-a", text)?.spec;
/// let child = "[spec]\nname = \"acme\"\ntitle = \"Acme\"\nextends = \"iso87-a\"\n[field.48]\nformat = \"ans...255\"\n";
/// let new = isogen::load_str("acme", child)?.spec;
/// let found = isogen::print::diff::differences(&old, &new);
/// assert_eq!((found.wire.len(), found.meaning.len(), found.api.len()), (1, 0, 0));
/// assert_eq!((found.wire[0].path.as_str(), found.wire[0].aspect), ("48", "length"));
/// # Ok::<(), isogen::Diagnostics>(())
/// ```
#[must_use]
pub fn differences(old: &Spec, new: &Spec) -> Differences {
    Differences { wire: wire::changes(old, new), meaning: meaning::changes(old, new), api: api::changes(old, new) }
}

/// Notes two texts that differ.
fn compare(
    path: &str,
    aspect: &'static str,
    old: impl Into<String>,
    new: impl Into<String>,
    changes: &mut Vec<Change>,
) {
    let (old, new) = (old.into(), new.into());
    if old != new {
        changes.push(Change { path: path.to_owned(), aspect, old: Some(old), new: Some(new) });
    }
}

/// Pairs by key, in the order of the old, then what is new in the order of the new.
fn paired<'a, T, K: PartialEq>(
    old: &'a [T],
    new: &'a [T],
    key: impl Fn(&'a T) -> K,
) -> Vec<(Option<&'a T>, Option<&'a T>)> {
    let find = |list: &'a [T], wanted: &K| list.iter().find(|one| key(one) == *wanted);
    let both = old.iter().map(|one| (Some(one), find(new, &key(one))));
    let added = new.iter().filter(|one| find(old, &key(one)).is_none()).map(|one| (None, Some(one)));
    both.chain(added).collect()
}
