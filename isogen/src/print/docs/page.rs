//! A page before it is HTML or Markdown: what is said, not how it looks.

use super::example::Example;

/// A reference of one spec, or the index of several.
pub(super) struct Page {
    /// File without its ending.
    pub(super) file: String,
    pub(super) title: String,
    /// Where the page leads to within itself: anchor and text, in groups.
    pub(super) contents: Vec<(String, Vec<(String, String)>)>,
    pub(super) blocks: Vec<Block>,
}

pub(super) enum Block {
    /// Level 2 to 6 and an anchor; the title of the page is level 1.
    Heading(u8, String, Text),
    /// Markdown.
    Prose(String),
    /// A sentence of the reference itself.
    Line(Text),
    /// What is known of something, a line each.
    Facts(Vec<(&'static str, Text)>),
    Table(Table),
    /// An example of one value.
    Bytes(Bytes),
    /// An example of a whole message.
    Dump(Example),
    /// What belongs to one element; they nest as elements do.
    Section(Vec<Block>),
}

pub(super) struct Table {
    /// Kind of table, for its looks.
    pub(super) class: &'static str,
    pub(super) head: Vec<Text>,
    pub(super) rows: Vec<Vec<Text>>,
}

/// A value and its bytes in pieces, each with what it is.
pub(super) struct Bytes {
    pub(super) value: String,
    pub(super) pieces: Vec<(&'static str, Vec<u8>)>,
}

/// A run of words, code and links.
#[derive(Default)]
pub(super) struct Text(pub(super) Vec<Inline>);

pub(super) enum Inline {
    Plain(String),
    Code(String),
    /// An anchor of this page (`#de-2`) or another page (`iso87-a`), and what is written there.
    Link(String, String),
}

impl Text {
    pub(super) fn code(text: impl Into<String>) -> Self {
        Text(vec![Inline::Code(text.into())])
    }

    pub(super) fn link(to: impl Into<String>, text: impl Into<String>) -> Self {
        Text(vec![Inline::Link(to.into(), text.into())])
    }

    pub(super) fn and(mut self, text: impl Into<String>) -> Self {
        self.0.push(Inline::Plain(text.into()));
        self
    }

    pub(super) fn and_code(mut self, text: impl Into<String>) -> Self {
        self.0.push(Inline::Code(text.into()));
        self
    }

    pub(super) fn and_link(mut self, to: impl Into<String>, text: impl Into<String>) -> Self {
        self.0.push(Inline::Link(to.into(), text.into()));
        self
    }

    /// Texts one after the other with a word between them.
    pub(super) fn joined(texts: impl IntoIterator<Item = Text>, between: &str) -> Self {
        let mut all = Text::default();
        for text in texts {
            if !all.0.is_empty() {
                all.0.push(Inline::Plain(between.to_owned()));
            }
            all.0.extend(text.0);
        }
        all
    }
}

impl<T: Into<String>> From<T> for Text {
    fn from(text: T) -> Self {
        Text(vec![Inline::Plain(text.into())])
    }
}
