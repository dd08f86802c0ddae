//! Draws diagnostics over the lines they are about, as rustc does.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level as Severity, Origin, Renderer, Snippet};

use super::{Diagnostic, Label, Level};

pub(super) fn render(list: &[Diagnostic], color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut out = String::new();
    for diagnostic in list {
        out.push_str(&renderer.render(&[group(diagnostic)]));
        out.push_str("\n\n");
    }
    // One blank line between two of them, none after the last.
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push('\n');
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

fn snippet(label: &Label) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
    Snippet::source(label.source.text.as_str()).path(label.source.name.as_str())
}

fn annotation(kind: AnnotationKind, label: &Label) -> annotate_snippets::Annotation<'_> {
    let annotation = kind.span(label.range.clone());
    if label.text.is_empty() { annotation } else { annotation.label(label.text.as_str()) }
}
