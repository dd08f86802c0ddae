//! Reading a spec and every spec it extends, and merging them into one tree.

use std::path::{Path, PathBuf};

use super::{Source, Span, Table, merge, parse, tags};
use crate::diagnostic::Report;
use crate::shipped;

/// Where the spec itself comes from.
pub(crate) enum Base<'a> {
    /// A file: parents are looked for beside it, then among the shipped specs.
    File(&'a Path),
    /// A text with a name for diagnostics: parents are shipped specs.
    Text(&'a str, &'a str),
}

/// A spec read together with its parents.
pub(crate) struct Chain {
    /// All of them merged. `None` where one could not be read.
    pub(crate) tree: Option<Table>,
}

/// A file of the chain before it is read.
enum Place {
    File(PathBuf),
    Shipped(&'static str),
}

impl Chain {
    /// Reads the spec, then its parents. The files stand in `report.sources` in that order.
    pub(crate) fn read(base: &Base<'_>, report: &mut Report) -> Chain {
        let start = match base {
            Base::Text(name, text) => {
                let source = Source { name: (*name).to_owned(), path: None, text: (*text).to_owned() };
                Ok((report.sources.add(source), None))
            }
            Base::File(path) => {
                open(&Place::File(path.to_path_buf()), report).map(|file| (file, Some(path.to_path_buf())))
            }
        };
        let (file, path) = match start {
            Ok(start) => start,
            Err(reason) => {
                let Base::File(path) = base else {
                    return Chain { tree: None };
                };
                let name = path.display().to_string();
                let file = report.sources.add(Source { name, path: None, text: String::new() });
                report
                    .error("unreadable", Span { file, start: 0, end: 0 }, format!("cannot read the spec: {reason}"))
                    .help("give the path of a spec file");
                return Chain { tree: None };
            }
        };
        Chain { tree: chain(file, path.map(Place::File), report) }
    }
}

/// Reads on from the spec, which is open already, and merges on the way back.
fn chain(first: usize, place: Option<Place>, report: &mut Report) -> Option<Table> {
    let (table, mut sound) = parse::parse(first, report);
    let mut tables = vec![table];
    let mut places = vec![place];
    while let Some((name, span)) = tables.last().and_then(parent_of) {
        let (name, span) = (name.to_owned(), span);
        let here = places.last().and_then(Option::as_ref);
        let next = locate(&name, span, here, report)?;
        if places.iter().flatten().any(|seen| same(seen, &next)) {
            report
                .error("extends-cycle", span, format!("`{name}` extends this spec again"))
                .label("goes round in a circle")
                .help("take `extends` out of one of the specs of the circle");
            return None;
        }
        let file = match open(&next, report) {
            Ok(file) => file,
            Err(reason) => {
                report
                    .error("unknown-parent", span, format!("cannot read the spec `{name}`: {reason}"))
                    .label("extended here");
                return None;
            }
        };
        let (table, whole) = parse::parse(file, report);
        sound &= whole;
        tables.push(table);
        places.push(Some(next));
    }
    if !sound {
        return None;
    }
    let mut merged = tables.pop()?;
    tags::canonical(&mut merged, None, report);
    while let Some(mut child) = tables.pop() {
        tags::canonical(&mut child, Some(&merged), report);
        merged = merge::merge(merged, child, report);
    }
    Some(merged)
}

fn parent_of(table: &Table) -> Option<(&str, Span)> {
    let spec = table.table("spec")?;
    Some((spec.string("extends")?, spec.get("extends")?.value.span))
}

/// Finds a parent: `<name>.toml` beside the spec, else a shipped spec; with `.toml`, a path from the spec's folder.
fn locate(name: &str, span: Span, here: Option<&Place>, report: &mut Report) -> Option<Place> {
    let own = match here {
        Some(Place::File(path)) => Some(path.as_path()),
        _ => None,
    };
    let folder = own.map(|path| path.parent().unwrap_or(Path::new("")));
    if Path::new(name).extension().is_some_and(|extension| extension == "toml") {
        let Some(folder) = folder else {
            report
                .error("unknown-parent", span, format!("there is no folder to look for `{name}` in"))
                .label("a path, but this spec is no file")
                .help(shipped_help());
            return None;
        };
        let path = folder.join(name);
        if path.is_file() {
            return Some(Place::File(path));
        }
        report
            .error("unknown-parent", span, format!("there is no spec file `{name}`"))
            .label("no such file")
            .help(format!("looked for `{}`", path.display()));
        return None;
    }
    let named = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if let Some(folder) = folder.filter(|_| named) {
        let path = folder.join(format!("{name}.toml"));
        // A spec that bears the name of the shipped spec it extends means that one, not itself.
        let itself = own.is_some_and(|own| same_file(own, &path));
        if path.is_file() && !(itself && shipped::text(name).is_some()) {
            return Some(Place::File(path));
        }
    }
    if let Some(shipped) = shipped::names().iter().find(|shipped| **shipped == name) {
        return Some(Place::Shipped(shipped));
    }
    let help = match crate::diagnostic::nearest(name, shipped::names().iter().copied()) {
        Some(close) => format!("did you mean `{close}`?"),
        None => shipped_help(),
    };
    let looked =
        if folder.is_some() { "neither in this folder nor among the shipped specs" } else { "no such shipped spec" };
    report.error("unknown-parent", span, format!("there is no spec `{name}`")).label(looked).help(help);
    None
}

fn shipped_help() -> String {
    format!("shipped specs: {}", shipped::names().join(", "))
}

fn same(one: &Place, other: &Place) -> bool {
    match (one, other) {
        (Place::File(one), Place::File(other)) => same_file(one, other),
        (Place::Shipped(one), Place::Shipped(other)) => one == other,
        _ => false,
    }
}

fn same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

fn open(place: &Place, report: &mut Report) -> Result<usize, String> {
    let source = match place {
        Place::Shipped(name) => Source {
            name: format!("{name} (shipped)"),
            path: None,
            text: shipped::text(name).unwrap_or_default().to_owned(),
        },
        Place::File(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
            Source { name: path.display().to_string(), path: Some(path.clone()), text }
        }
    };
    Ok(report.sources.add(source))
}
