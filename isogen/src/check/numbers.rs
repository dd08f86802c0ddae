//! Numbers of elements, positions and bits: reserved ones, gaps, and what the bitmaps do not reach.

use super::visit::header;
use crate::diagnostic::Report;
use crate::model::Spec;
use crate::resolve::element_number;
use crate::source::{Datum, Entry, Table};

pub(super) fn check(spec: &Spec, tree: &Table, report: &mut Report) {
    for (number, entry) in numbered(tree) {
        element(number, entry, spec.bitmap.maps, report);
        inside(entry, &number.to_string(), report);
    }
}

/// The entries of a `field` table that have numbers.
fn numbered(table: &Table) -> Vec<(u16, &Entry)> {
    let Some(fields) = table.table("field") else {
        return Vec::new();
    };
    fields.entries.iter().filter_map(|entry| Some((element_number(&entry.key)?, entry))).collect()
}

fn element(number: u16, entry: &Entry, maps: u8, report: &mut Report) {
    if let 1 | 65 = number {
        let what = if number == 1 { "the secondary bitmap" } else { "the tertiary bitmap" };
        report
            .error("reserved-element", header(entry), format!("element {number} is {what}, never data"))
            .label(format!("stands for {what}"))
            .help("take the element out; `bitmap.maps` in `[wire]` says how many bitmaps there may be");
        return;
    }
    let reach = u16::from(maps) * 64;
    if number > reach {
        let needed = number.div_ceil(64);
        let help = if needed <= 3 {
            format!("say `maps = {needed}` in `[wire].bitmap`, or take the element out")
        } else {
            "elements are numbered 2 to 192".to_owned()
        };
        report
            .error("beyond-bitmap", header(entry), format!("no bitmap reaches element {number}"))
            .label(format!("the bitmaps end at {reach}"))
            .help(help);
    }
}

/// The same for what is inside a composite, at any depth.
fn inside(entry: &Entry, path: &str, report: &mut Report) {
    let Datum::Table(table) = &entry.value.datum else {
        return;
    };
    if let Some(composite) = table.table("composite") {
        match composite.string("kind") {
            Some("positional" | "repeat") => positions(&numbered(table), path, report),
            Some("bitmap") => {
                let maps = composite.table("bitmap").and_then(|bitmap| match bitmap.get("maps")?.value.datum {
                    Datum::Integer(Some(maps)) => u16::try_from(maps).ok(),
                    _ => None,
                });
                if let Some(maps @ 1..=3) = maps {
                    bits(&numbered(table), path, maps, report);
                }
            }
            _ => {}
        }
    }
    let Some(fields) = table.table("field") else {
        return;
    };
    for child in &fields.entries {
        inside(child, &format!("{path}.{}", child.key), report);
    }
}

fn positions(children: &[(u16, &Entry)], path: &str, report: &mut Report) {
    let mut numbers: Vec<u16> = children.iter().map(|(number, _)| *number).collect();
    numbers.sort_unstable();
    let Some((expected, found)) = (1_u16..).zip(&numbers).find(|(expected, found)| expected != *found) else {
        return;
    };
    let Some((_, entry)) = children.iter().find(|(number, _)| number == found) else {
        return;
    };
    report
        .error("position-gap", header(entry), format!("field {path} has a position {found}, but no {expected}"))
        .label(format!("position {expected} comes first"))
        .help("positions are numbered 1, 2, 3 ... without a gap; declare the filler between two of them as well");
}

fn bits(children: &[(u16, &Entry)], path: &str, maps: u16, report: &mut Report) {
    for (number, entry) in children {
        if maps > 1 && matches!(number, 1 | 65) {
            report
                .error(
                    "reserved-element",
                    header(entry),
                    format!("bit {number} of field {path} says that a bitmap follows"),
                )
                .label("never data where there are several bitmaps")
                .help("take the field out, or say `maps = 1`");
        } else if *number > maps * 64 {
            report
                .error("beyond-bitmap", header(entry), format!("the bitmap of field {path} has no bit {number}"))
                .label(format!("its bits end at {}", maps * 64))
                .help("say how many bitmaps there are: `maps = 2` reaches bit 128");
        }
    }
}
