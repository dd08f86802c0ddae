//! Collects the diagnostics of one run.

use std::sync::Arc;

use super::{Diagnostic, Diagnostics, Label, Level};
use crate::source::{Source, Sources, Span};

/// The files of a run and what is wrong with them so far.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) sources: Sources,
    list: Vec<(Span, Diagnostic)>,
}

impl Report {
    /// Notes an error; the rest is said on what comes back.
    pub(crate) fn error(&mut self, code: &'static str, place: Span, message: impl Into<String>) -> Noted<'_> {
        self.note(Level::Error, code, place, message.into())
    }

    /// Notes a warning.
    pub(crate) fn warning(&mut self, code: &'static str, place: Span, message: impl Into<String>) -> Noted<'_> {
        self.note(Level::Warning, code, place, message.into())
    }

    fn note(&mut self, level: Level, code: &'static str, place: Span, message: String) -> Noted<'_> {
        let primary = label(&self.sources, place, String::new());
        let diagnostic = Diagnostic { level, code, message, primary, others: Vec::new(), help: None };
        self.list.push((place, diagnostic));
        Noted { report: self }
    }

    /// Whether an error was noted.
    pub(crate) fn has_errors(&self) -> bool {
        self.list.iter().any(|(_, diagnostic)| diagnostic.level == Level::Error)
    }

    /// Everything noted, by file (the spec itself, then its parents) and position.
    pub(crate) fn finish(mut self) -> Diagnostics {
        self.list.sort_by_key(|(place, _)| (place.file, place.start, place.end));
        Diagnostics { list: self.list.into_iter().map(|(_, diagnostic)| diagnostic).collect() }
    }
}

/// The diagnostic noted last, to say more about.
pub(crate) struct Noted<'a> {
    report: &'a mut Report,
}

impl Noted<'_> {
    /// Says something at its place.
    pub(crate) fn label(self, text: impl Into<String>) -> Self {
        if let Some((_, last)) = self.report.list.last_mut() {
            last.primary.text = text.into();
        }
        self
    }

    /// Points at another place.
    pub(crate) fn also(self, place: Span, text: impl Into<String>) -> Self {
        let label = label(&self.report.sources, place, text.into());
        if let Some((_, last)) = self.report.list.last_mut() {
            last.others.push(label);
        }
        self
    }

    /// Says what to do about it.
    pub(crate) fn help(self, text: impl Into<String>) -> Self {
        if let Some((_, last)) = self.report.list.last_mut() {
            last.help = Some(text.into());
        }
        self
    }
}

fn label(sources: &Sources, place: Span, text: String) -> Label {
    let nowhere = || Arc::new(Source { name: String::new(), path: None, text: String::new() });
    let source = sources.get(place.file).cloned().unwrap_or_else(nowhere);
    let start = source.floor(place.start);
    let end = source.floor(place.end.max(place.start)).max(start);
    Label { source, range: start..end, text }
}
