//! The field reference: what it says, that it is sound HTML, and that its examples are whole.
//!
//! `BLESS=1 cargo test -p isogen --test docs` writes the golden files anew.

mod everything;

use std::path::Path;

use isogen::model::Spec;
use isogen::print::docs::{Format, example, pages};

const RICH: &str = include_str!("specs/rich.toml");
const INSIDE: &str = include_str!("specs/inside.toml");

fn load(text: &str) -> Spec {
    isogen::load_str("spec.toml", text).unwrap().spec
}

fn shipped() -> Vec<Spec> {
    isogen::shipped::names().iter().map(|name| load(isogen::shipped::text(name).unwrap())).collect()
}

#[test]
fn they_are_what_was_agreed() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    let specs = [load(RICH), load(INSIDE), everything::specs().swap_remove(14)];
    for (path, found) in [pages(&specs, Format::Html), pages(&specs, Format::Markdown)].concat() {
        let golden = Path::new("tests/golden/docs").join(path);
        if bless {
            std::fs::create_dir_all(golden.parent().unwrap()).unwrap();
            std::fs::write(&golden, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&golden).unwrap_or_default().replace("\r\n", "\n");
        if found != expected {
            wrong.push(golden);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?} differ; write them anew with BLESS=1");
}

/// Names of tags and attributes of a page, in order; panics where a tag is not closed.
fn tags(page: &str) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    let mut found = Vec::new();
    // Style holds no tag; its `>` are no ends of one.
    let (head, tail) = page.split_once("<style>").unwrap();
    let (_, tail) = tail.split_once("</style>").unwrap();
    for part in [head, tail].concat().split('<').skip(1) {
        let tag = part.split_once('>').unwrap_or_else(|| panic!("a bare < in {part}")).0;
        let name = tag.split_whitespace().next().unwrap().to_owned();
        if let Some(closed) = name.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(closed), "{part}");
        } else if !["!DOCTYPE", "meta", "br", "hr", "/"].contains(&name.as_str()) {
            open.push(name);
        }
        found.push(tag.to_owned());
    }
    assert!(open.is_empty(), "left open: {open:?}");
    found
}

fn attributes<'a>(tags: &'a [String], name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    tags.iter().filter_map(|tag| tag.split_once(&start)?.1.split('"').next()).collect()
}

#[test]
fn pages_are_sound_and_every_link_leads_somewhere() {
    let specs: Vec<Spec> = shipped().into_iter().chain(everything::specs()).chain([load(RICH), load(INSIDE)]).collect();
    let pages = pages(&specs, Format::Html);
    let files: Vec<String> = pages.iter().map(|(path, _)| path.display().to_string()).collect();
    for (path, page) in &pages {
        let tags = tags(page);
        let anchors = attributes(&tags, "id");
        let mut sorted = anchors.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), anchors.len(), "{}: an anchor twice", path.display());
        for link in attributes(&tags, "href") {
            let there = match link.strip_prefix('#') {
                Some(anchor) => anchors.contains(&anchor),
                None => files.iter().any(|file| file == link),
            };
            assert!(there, "{}: {link} leads nowhere", path.display());
        }
        assert!(!page.contains("<script") && attributes(&tags, "src").is_empty());
    }
    for (spec, (_, page)) in specs.iter().zip(&pages) {
        for field in &spec.fields {
            assert!(page.contains(&format!("id=\"de-{}\"", field.key)), "{} {}", spec.name, field.key);
        }
    }
}

/// Texts of a spec are text, whatever they look like.
#[test]
fn texts_are_not_markup() {
    let text = RICH
        .replace("A little of everything", "<script>alert(1)</script> & `|` \\\"x\\\"")
        .replace("\"approved\"", "\"<img src=x onerror=alert(1)> | *a*\"")
        .replace(
            "doc = \"Asks.\"",
            "doc = \"<script>x</script>\\n\\n[a](javascript:alert(1)) ![b](http://x/y.png) `<b>`\"",
        )
        .replace("\"Fee\"", "\"Fee <b>bold\\u00e9 ``` |\"\nident = \"fee\"");
    let spec = load(&text);
    for (_, page) in pages(std::slice::from_ref(&spec), Format::Html) {
        tags(&page);
        for wrong in ["<script", "<img", "<b>bold", "\"javascript:", "onerror=alert(1)>\""] {
            assert!(!page.contains(wrong), "{wrong}");
        }
    }
    for (_, page) in pages(&[spec], Format::Markdown) {
        // Rows of a table keep their columns.
        for table in page.split("\n\n").filter(|block| block.starts_with("| ")) {
            let columns = |line: &str| line.replace("\\|", "").matches('|').count();
            let first = table.lines().next().unwrap();
            assert!(table.lines().all(|line| columns(line) == columns(first)), "{table}");
        }
    }
}

/// The parts of the message itself lie side by side from the first byte to the last; what is inside lies within.
#[test]
fn examples_are_whole() {
    for spec in shipped().into_iter().chain(everything::specs()).chain([load(RICH), load(INSIDE)]) {
        for message in &spec.messages {
            let example = example(&spec, message);
            let mut at = 0;
            for part in &example.parts {
                let inside = part.path.contains('.');
                assert!(part.span.start <= part.content.start && part.content.end == part.span.end, "{}", part.path);
                assert!(part.span.end <= example.wire.len());
                if !inside {
                    assert_eq!(part.span.start, at, "{} {} {}", spec.name, message.name, part.path);
                    at = part.span.end;
                }
                if let Some((parent, _)) = part.path.rsplit_once('.') {
                    let parent = example.parts.iter().find(|one| one.path == parent).unwrap();
                    assert!(parent.content.start <= part.span.start && part.span.end <= parent.content.end);
                }
            }
            assert_eq!(at, example.wire.len());
            let listed = message.mandatory.iter().all(|number| {
                example.parts.iter().any(|part| part.path == number.to_string() && !part.span.is_empty())
            });
            assert!(listed, "{} {}", spec.name, message.name);
        }
    }
}

/// Known messages: what stands in them is what anybody would write by hand.
#[test]
fn examples_in_bytes() {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
    let rich = load(RICH);
    let request = example(&rich, rich.message("request").unwrap());
    assert_eq!(hex(&request.wire), "02005020000000000000130401234567890900000000250012\u{33}456");
    let every = everything::specs();
    let first = example(&every[0], &every[0].messages[0]);
    assert!(first.wire.starts_with(b"0200"));
    let at = |path: &str| {
        let part = first.parts.iter().find(|part| part.path == path).unwrap();
        (part.value.as_str(), String::from_utf8_lossy(&first.wire[part.span.clone()]).into_owned())
    };
    assert_eq!(at("2"), ("12345", "12345".to_owned()));
    assert_eq!(at("3"), ("C0002500", "C0002500".to_owned()));
    assert_eq!(at("4"), ("1234567", "0071234567".to_owned()));
}
