//! Draws diagnostics over the lines they are about, as rustc does.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level as Severity, Origin, Renderer, Snippet};

use super::{Diagnostic, Label, Level};

/// As many are drawn: nobody reads more, and each takes time in the length of the file.
const MOST_DRAWN: usize = 200;

/// A longer line is not drawn: its place is told in numbers.
const LONGEST_LINE: usize = 2_000;

pub(super) fn render(list: &[Diagnostic], color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut out = String::new();
    for diagnostic in list.iter().take(MOST_DRAWN) {
        // One blank line between two of them, none after the last.
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&renderer.render(&[group(diagnostic)]));
        out.push('\n');
    }
    if let Some(more) = list.len().checked_sub(MOST_DRAWN).filter(|more| *more > 0) {
        out.push_str(&format!("\nand {more} more\n"));
    }
    out
}

fn group(diagnostic: &Diagnostic) -> Group<'_> {
    let severity = match diagnostic.level {
        Level::Error => Severity::ERROR,
        Level::Warning => Severity::WARNING,
    };
    let title = severity.primary_title(diagnostic.message.as_str()).id(diagnostic.code);
    let primary = &diagnostic.primary;
    let mut group = if primary.source.text.is_empty() {
        Group::with_title(title).element(Origin::path(primary.source.name.as_str()))
    } else if line_length(primary) > LONGEST_LINE {
        let origin = Origin::path(primary.source.name.as_str());
        Group::with_title(title).element(origin.line(diagnostic.line()).char_column(diagnostic.column()))
    } else {
        // Labels of one file share a drawing; another file gets its own.
        let mut snippet = snippet(primary).annotation(annotation(AnnotationKind::Primary, primary));
        let (here, elsewhere): (Vec<_>, Vec<_>) =
            diagnostic.others.iter().partition(|label| std::sync::Arc::ptr_eq(&label.source, &primary.source));
        for label in here {
            snippet = snippet.annotation(annotation(AnnotationKind::Context, label));
        }
        let mut group = Group::with_title(title).element(snippet);
        for label in elsewhere {
            group = group.element(self::snippet(label).annotation(annotation(AnnotationKind::Context, label)));
        }
        group
    };
    if let Some(help) = &diagnostic.help {
        group = group.element(Severity::HELP.message(help.as_str()));
    }
    group
}

fn line_length(label: &Label) -> usize {
    let text = label.source.text.as_str();
    let (before, after) = text.split_at(label.range.start);
    before.len() - before.rfind('\n').unwrap_or(0) + after.find('\n').unwrap_or(after.len())
}

fn snippet(label: &Label) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
    Snippet::source(label.source.text.as_str()).path(label.source.name.as_str())
}

fn annotation(kind: AnnotationKind, label: &Label) -> annotate_snippets::Annotation<'_> {
    let annotation = kind.span(label.range.clone());
    if label.text.is_empty() { annotation } else { annotation.label(label.text.as_str()) }
}
