//! A page as HTML: one file, style within, no script, nothing loaded from elsewhere.

use std::fmt::Write as _;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::example::{Example, hex};
use super::page::{Block, Bytes, Inline, Page, Table, Text};

const STYLE: &str = include_str!("style.css");
/// Bytes of a line of a dump.
const LINE: usize = 16;
/// Most bytes and characters that an example of one value shows.
const SHOWN: usize = 64;

pub(super) fn page(page: &Page) -> String {
    let mut out = String::new();
    let title = escaped(&page.title);
    _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n"
    );
    if !page.contents.is_empty() {
        out += "<nav aria-label=\"Contents\">\n<p><a href=\"index.html\">All specs</a></p>\n";
        for (group, links) in &page.contents {
            if !group.is_empty() {
                _ = writeln!(out, "<h2>{}</h2>", escaped(group));
            }
            out += "<ul>\n";
            for (anchor, text) in links {
                _ = writeln!(out, "<li><a href=\"#{}\">{}</a></li>", escaped(anchor), escaped(text));
            }
            out += "</ul>\n";
        }
        out += "</nav>\n";
    }
    _ = write!(out, "<main>\n<h1>{title}</h1>\n");
    blocks(&page.blocks, &mut out);
    out += "</main>\n</body>\n</html>\n";
    out
}

fn blocks(blocks: &[Block], out: &mut String) {
    for block in blocks {
        match block {
            Block::Heading(level, anchor, text) => {
                let (anchor, text) = (escaped(anchor), inline(text));
                _ = writeln!(out, "<h{level} id=\"{anchor}\"><a href=\"#{anchor}\">{text}</a></h{level}>");
            }
            Block::Prose(markdown) => prose(markdown, out),
            Block::Line(text) => _ = writeln!(out, "<p>{}</p>", inline(text)),
            Block::Facts(facts) => {
                out.push_str("<dl>\n");
                for (what, text) in facts {
                    _ = writeln!(out, "<dt>{}</dt><dd>{}</dd>", escaped(what), inline(text));
                }
                out.push_str("</dl>\n");
            }
            Block::Table(block) => table(block, out),
            Block::Bytes(block) => bytes(block, out),
            Block::Dump(example) => dump(example, out),
            Block::Section(within) => {
                out.push_str("<section>\n");
                self::blocks(within, out);
                out.push_str("</section>\n");
            }
        }
    }
}

fn table(table: &Table, out: &mut String) {
    _ = write!(out, "<div class=\"wide\"><table class=\"{}\">\n<thead><tr>", table.class);
    for cell in &table.head {
        _ = write!(out, "<th scope=\"col\">{}</th>", inline(cell));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        out.push_str("<tr>");
        for cell in row {
            let text = inline(cell);
            // Presence in a message has a colour.
            let class = match text.as_str() {
                "M" | "C" | "O" if table.class == "matrix" => format!(" class=\"{}\"", text.to_lowercase()),
                _ => String::new(),
            };
            _ = write!(out, "<td{class}>{text}</td>");
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table></div>\n");
}

fn bytes(bytes: &Bytes, out: &mut String) {
    out.push_str("<p class=\"bytes\"><b>Example</b> ");
    if !bytes.value.is_empty() {
        _ = write!(out, "<span class=\"value\">{}</span> ", escaped(&shortened(&bytes.value)));
    }
    for (place, (what, piece)) in bytes.pieces.iter().enumerate() {
        let text = if piece.is_empty() { "nothing".to_owned() } else { spaced(piece) };
        _ = write!(out, "<b>{what}</b> <span class=\"p{}\">{text}</span> ", place % 2);
    }
    out.push_str("</p>\n");
}

/// Offsets, bytes and characters, each part in a shade of its own, and the parts in a table.
fn dump(example: &Example, out: &mut String) {
    let owners: Vec<(usize, usize)> = {
        let runs = example.runs().into_iter().enumerate();
        runs.flat_map(|(run, (place, range))| range.map(move |_| (run, place))).collect()
    };
    out.push_str("<pre class=\"dump\">");
    for (line, row) in example.wire.chunks(LINE).enumerate() {
        _ = write!(out, "<b>{:04X}</b>  ", line * LINE);
        let owners = owners.get(line * LINE..).unwrap_or_default();
        shaded(row, owners, example, out, |byte| format!("{byte:02X}"), " ");
        out.push_str(&"   ".repeat(LINE - row.len()));
        out.push_str("  ");
        shaded(row, owners, example, out, |byte| escaped(&printable(byte).to_string()), "");
        out.push('\n');
    }
    out.push_str("</pre>\n<div class=\"wide\"><table class=\"parts\">\n<thead><tr><th scope=\"col\">At</th>");
    out.push_str("<th scope=\"col\">Bytes</th><th scope=\"col\"></th><th scope=\"col\">Name</th>");
    out.push_str("<th scope=\"col\">Value</th></tr></thead>\n<tbody>\n");
    for part in &example.parts {
        _ = writeln!(
            out,
            "<tr><td>{:04X}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"value\">{}</td></tr>",
            part.span.start,
            part.span.len(),
            escaped(&part.path),
            escaped(&part.name),
            escaped(&shortened(&part.value)),
        );
    }
    out.push_str("</tbody>\n</table></div>\n");
}

fn shaded(
    row: &[u8],
    owners: &[(usize, usize)],
    example: &Example,
    out: &mut String,
    show: impl Fn(u8) -> String,
    between: &str,
) {
    let bytes: Vec<(u8, (usize, usize))> = row.iter().copied().zip(owners.iter().copied()).collect();
    for (place, run) in bytes.chunk_by(|one, other| one.1 == other.1).enumerate() {
        let Some((_, (number, owner))) = run.first() else {
            continue;
        };
        let part = example.parts.get(*owner);
        let title = part.map(|part| format!("{} {}", part.path, part.name)).unwrap_or_default();
        let text: Vec<String> = run.iter().map(|(byte, _)| show(*byte)).collect();
        let before = if place == 0 { "" } else { between };
        _ = write!(
            out,
            "{before}<i class=\"s{}\" title=\"{}\">{}</i>",
            number % 4,
            escaped(&title),
            text.join(between)
        );
    }
}

fn printable(byte: u8) -> char {
    if byte.is_ascii_graphic() || byte == b' ' { byte.into() } else { '\u{B7}' }
}

fn spaced(bytes: &[u8]) -> String {
    let shown: Vec<String> = bytes.iter().take(SHOWN).map(|byte| hex(&[*byte])).collect();
    match bytes.len() - shown.len() {
        0 => shown.join(" "),
        left => format!("{} … {left} more", shown.join(" ")),
    }
}

pub(super) fn shortened(value: &str) -> String {
    match value.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", value.get(..at).unwrap_or_default()),
        None => value.to_owned(),
    }
}

fn inline(text: &Text) -> String {
    let one = |inline: &Inline| match inline {
        Inline::Plain(text) => escaped(text),
        Inline::Code(text) => format!("<code>{}</code>", escaped(text)),
        Inline::Link(to, text) => {
            let file = if to.starts_with('#') { "" } else { ".html" };
            format!("<a href=\"{}{file}\">{}</a>", escaped(to), escaped(text))
        }
    };
    text.0.iter().map(one).collect()
}

/// Markdown of a spec. HTML in it is shown as it is written, and links lead nowhere but to pages.
fn prose(markdown: &str, out: &mut String) {
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) if !leads_to_a_page(&dest_url) => {
            Event::Start(Tag::Link { link_type, dest_url: "#".into(), title, id })
        }
        // An image would be loaded from elsewhere.
        Event::Start(Tag::Image { .. }) => Event::Start(Tag::Emphasis),
        Event::End(TagEnd::Image) => Event::End(TagEnd::Emphasis),
        // The headings of the page are its own.
        Event::Start(Tag::Heading { .. }) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Paragraph),
        other => other,
    });
    pulldown_cmark::html::push_html(out, events);
}

fn leads_to_a_page(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://") || url.starts_with('#') || url.starts_with("mailto:")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}
