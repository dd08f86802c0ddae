//! Blocks of text within generated tokens.
//!
//! Tables and macro bodies read best one entry a line, which no formatter would keep. They are carried through the
//! formatter as string literals and laid out afterwards; rustfmt leaves them alone (they stand in macro braces or
//! under `#[rustfmt::skip]`).

use proc_macro2::TokenStream;
use quote::quote;

/// How a literal that stands for a block begins.
const MARK: &str = "@block ";

/// A block of these lines.
pub(super) fn block(text: &str) -> TokenStream {
    let marked = format!("{MARK}{text}");
    quote!(#marked)
}

/// Puts the lines of blocks where their literals stand, and blank lines between items.
pub(super) fn lay_out(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut previous = String::new();
    for line in joined(text).lines() {
        let (indent, start) = line.split_at(line.len() - line.trim_start().len());
        if let Some(block) = literal(start) {
            for line in block.lines() {
                let line = if line.is_empty() { String::new() } else { format!("{indent}{line}") };
                out.push_str(&line);
                out.push('\n');
            }
            previous = String::new();
            continue;
        }
        if opens_item(start) && ends_item(&previous, start) {
            out.push('\n');
        }
        out.push_str(line);
        out.push('\n');
        previous = start.to_owned();
    }
    out
}

/// Widest line that rustfmt leaves in one piece.
const WIDTH: usize = 100;

/// Joins what the formatter broke earlier than rustfmt would: a list of arguments that fits on the line.
fn joined(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        lines.push(line.to_owned());
        let start = line.trim_start();
        let bracket = match start {
            ")" | ");" => '(',
            ">" | ">," => '<',
            _ if start.starts_with(") ") => '(',
            _ => continue,
        };
        let indent = line.len() - start.len();
        let opens = |line: &String| line.ends_with(bracket) && line.len() - line.trim_start().len() == indent;
        let Some(open) = lines.iter().rposition(opens) else { continue };
        let arguments: Vec<&str> = lines[open + 1..lines.len() - 1].iter().map(|line| line.trim()).collect();
        let whole = format!("{}{}{start}", lines[open], arguments.join(" ").trim_end_matches(','));
        if whole.len() <= WIDTH && !whole.contains("//") {
            lines.truncate(open);
            lines.push(whole);
        }
    }
    lines.join("\n")
}

/// The text of a literal that stands for a block.
fn literal(line: &str) -> Option<String> {
    let literal = line.trim_end_matches([',', ';']);
    let text = syn::parse_str::<syn::LitStr>(literal).ok()?.value();
    text.strip_prefix(MARK).map(str::to_owned)
}

fn opens_item(line: &str) -> bool {
    const OPENINGS: [&str; 9] = ["///", "#[", "pub ", "impl", "static ", "const ", "fn ", "mod ", "::isopace::"];
    OPENINGS.iter().any(|opening| line.starts_with(opening))
}

/// Whether an item ends at `previous`; constants and imports in a row stay together.
fn ends_item(previous: &str, line: &str) -> bool {
    let constants = previous.starts_with("pub const") && (line.starts_with("pub const") || line.starts_with("///"));
    let imports = previous.starts_with("use ") || previous.starts_with("pub use ") && line.starts_with("pub use ");
    let module_docs = previous.starts_with("//!");
    (previous == "}" || previous.ends_with(';') || module_docs) && !constants && !imports
}
