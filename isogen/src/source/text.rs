//! The text of the spec files of one run, and places in it.

use std::path::PathBuf;
use std::sync::Arc;

/// One spec file as it was read.
#[derive(Debug)]
pub(crate) struct Source {
    /// What diagnostics call it: a path, or the name of a shipped spec.
    pub(crate) name: String,
    /// Where it lies, when it is a file.
    pub(crate) path: Option<PathBuf>,
    /// Its content.
    pub(crate) text: String,
}

impl Source {
    /// Line and column of a byte offset, both from 1; the column counts characters.
    pub(crate) fn position(&self, offset: usize) -> (usize, usize) {
        let offset = self.floor(offset);
        let before = self.text.get(..offset).unwrap_or_default();
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before.get(start..).unwrap_or_default().chars().count() + 1;
        (line, column)
    }

    /// The nearest character boundary at or before an offset.
    pub(crate) fn floor(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

/// A place in one of the files of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// Which file, as an index into [`Sources`]: 0 is the spec itself, then its parents.
    pub(crate) file: usize,
    /// First byte.
    pub(crate) start: usize,
    /// One past the last byte.
    pub(crate) end: usize,
}

/// The files of a run, the spec itself first.
#[derive(Debug, Default)]
pub(crate) struct Sources(Vec<Arc<Source>>);

impl Sources {
    /// Takes a file in and says its index.
    pub(crate) fn add(&mut self, source: Source) -> usize {
        self.0.push(Arc::new(source));
        self.0.len() - 1
    }

    /// The file with this index.
    pub(crate) fn get(&self, file: usize) -> Option<&Arc<Source>> {
        self.0.get(file)
    }

    /// The text a span covers.
    pub(crate) fn slice(&self, span: Span) -> &str {
        self.get(span.file).and_then(|source| source.text.get(span.start..span.end)).unwrap_or_default()
    }

    /// The paths of the files that have one, in order.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        self.0.iter().filter_map(|source| source.path.clone()).collect()
    }

    /// Narrows the span of a quoted string to a byte range of its value. A string with escapes or with several
    /// lines does not stand in the file as it reads, so there the whole span is given back.
    pub(crate) fn within(&self, span: Span, value: &str, start: usize, end: usize) -> Span {
        let quoted = self.slice(span);
        if quoted.get(1..quoted.len().saturating_sub(1)) == Some(value) && end <= value.len() {
            Span { file: span.file, start: span.start + 1 + start, end: span.start + 1 + end }
        } else {
            span
        }
    }
}
