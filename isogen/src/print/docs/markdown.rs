//! A page as Markdown: CommonMark with tables, as code hosts show it.

use std::fmt::Write as _;

use super::example::{Example, hex};
use super::html::shortened;
use super::page::{Block, Bytes, Inline, Page, Table, Text};

/// Bytes of a line of a dump.
const LINE: usize = 16;
/// Most bytes that an example of one value shows.
const SHOWN: usize = 64;

pub(super) fn page(page: &Page) -> String {
    let mut out = format!("# {}\n\n", escaped(&page.title));
    blocks(&page.blocks, &mut out);
    let kept = out.trim_end().len();
    out.truncate(kept);
    out.push('\n');
    out
}

fn blocks(blocks: &[Block], out: &mut String) {
    for block in blocks {
        match block {
            Block::Heading(level, anchor, text) => {
                // Not every host gives headings the same anchors, so each brings its own.
                let marks = "#".repeat((*level).into());
                _ = write!(out, "<a id=\"{anchor}\"></a>\n\n{marks} {}\n\n", inline(text));
            }
            Block::Prose(markdown) => _ = write!(out, "{markdown}\n\n"),
            Block::Line(text) => _ = write!(out, "{}\n\n", inline(text)),
            Block::Facts(facts) => {
                for (what, text) in facts {
                    _ = writeln!(out, "- {what}: {}", inline(text));
                }
                out.push('\n');
            }
            Block::Table(block) => table(block, out),
            Block::Bytes(block) => bytes(block, out),
            Block::Dump(example) => dump(example, out),
            Block::Section(within) => self::blocks(within, out),
        }
    }
}

fn table(table: &Table, out: &mut String) {
    let line = |cells: &[Text]| {
        let cells: Vec<String> = cells.iter().map(|cell| inline(cell).replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    *out += &line(&table.head);
    *out += &format!("|{}\n", " --- |".repeat(table.head.len()));
    for row in &table.rows {
        *out += &line(row);
    }
    out.push('\n');
}

fn bytes(bytes: &Bytes, out: &mut String) {
    let value = if bytes.value.is_empty() { String::new() } else { format!(" {}", code(&shortened(&bytes.value))) };
    let pieces = bytes.pieces.iter().map(|(what, piece)| {
        let shown = hex(piece.get(..SHOWN).unwrap_or(piece));
        let more = if piece.len() > SHOWN { format!(" and {} more", piece.len() - SHOWN) } else { String::new() };
        if piece.is_empty() { format!("{what} nothing") } else { format!("{what} {}{more}", code(&shown)) }
    });
    _ = write!(out, "Example:{value} as {}\n\n", pieces.collect::<Vec<_>>().join(", "));
}

fn dump(example: &Example, out: &mut String) {
    *out += "```text\n";
    for (line, row) in example.wire.chunks(LINE).enumerate() {
        let bytes: String = row.iter().map(|byte| format!("{byte:02X} ")).collect();
        let characters: String =
            row.iter().map(|&byte| if byte.is_ascii_graphic() || byte == b' ' { byte.into() } else { '.' }).collect();
        let text = format!("{:04X}  {bytes:<width$} {characters}", line * LINE, width = 3 * LINE);
        _ = writeln!(out, "{}", text.trim_end());
    }
    *out += "```\n\n| At | Bytes | | Name | Value |\n| --- | --- | --- | --- | --- |\n";
    for part in &example.parts {
        let value = if part.value.is_empty() { String::new() } else { code(&shortened(&part.value)) };
        let (at, count) = (part.span.start, part.span.len());
        let (name, value) = (escaped(&part.name).replace('|', "\\|"), value.replace('|', "\\|"));
        _ = writeln!(out, "| {at:04X} | {count} | {} | {name} | {value} |", part.path);
    }
    out.push('\n');
}

fn inline(text: &Text) -> String {
    let one = |inline: &Inline| match inline {
        Inline::Plain(text) => escaped(text),
        Inline::Code(text) => code(text),
        Inline::Link(to, text) => {
            let file = if to.starts_with('#') { "" } else { ".md" };
            format!("[{}]({to}{file})", escaped(text))
        }
    };
    text.0.iter().map(one).collect()
}

/// A code span, fenced by more backticks than are in it.
fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // A blank beside the fence belongs to it, but only where there is one at each end and more between them.
    let padded = text.starts_with('`') || text.ends_with('`') || (text.starts_with(' ') && text.ends_with(' '));
    if padded { format!("{fence} {text} {fence}") } else { format!("{fence}{text}{fence}") }
}

/// Words that are to be read as they stand.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' => escaped.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '&' | '~' => {
                escaped.push('\\');
                escaped.push(character);
            }
            _ => escaped.push(character),
        }
    }
    escaped
}
