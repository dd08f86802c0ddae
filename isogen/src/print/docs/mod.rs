//! The field reference of a spec, for people who have to talk to the partner who wrote it: elements, values, messages,
//! and what all of it looks like in bytes.
//!
//! `reference` says what is on a page, `html` and `markdown` how it looks. HTML pages are one file each, without script
//! and without anything loaded from elsewhere.

mod element;
mod example;
mod html;
mod markdown;
mod messages;
mod page;
mod reference;

use std::path::PathBuf;

pub(super) use example::charset;
pub use example::{Example, Part, example};

use crate::model::Spec;

/// What the pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// One self-contained file a page.
    #[default]
    Html,
    /// As code hosts and static site generators show it (CommonMark with tables).
    Markdown,
}

/// A page for each spec, named after it, and an index of them. Paths are relative to the folder of the reference.
///
/// Of several specs of one name the last one has the page.
#[must_use]
pub fn pages(specs: &[Spec], format: Format) -> Vec<(PathBuf, String)> {
    let mut pages: Vec<page::Page> = Vec::new();
    for spec in specs {
        pages.retain(|page| page.file != spec.name);
        pages.push(reference::page(spec));
    }
    pages.push(reference::index(specs));
    let written = pages.iter().map(|page| match format {
        Format::Html => (PathBuf::from(format!("{}.html", page.file)), html::page(page)),
        Format::Markdown => (PathBuf::from(format!("{}.md", page.file)), markdown::page(page)),
    });
    written.collect()
}
