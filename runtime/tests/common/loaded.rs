//! Dialects of tags, names, groups and XML, loaded from specs.

use std::fmt::Write as _;
use std::sync::LazyLock;

use isopace::Dialect;

/// The head of a spec of the tests.
const HEAD: &str = r#"
    title = "A dialect of the tests"
    [wire]
    mti = "ascii"
    bitmap = { encoding = "binary", maps = 3 }
    digits = "ascii"
    text = "ascii"
    binary = "raw"
    length = { encoding = "ascii", counts = "units" }
"#;

/// The dialect of these tables.
pub(crate) fn of(name: &str, tables: &str) -> &'static Dialect {
    let spec = format!("[spec]\n name = \"{name}\"{HEAD}{tables}");
    isopace::load::text(&format!("{name}.toml"), &spec).unwrap_or_else(|error| panic!("{error}"))
}

/// Tags of every encoding and some widths.
const TAGS: [(&str, u8); 8] =
    [("ascii", 2), ("ascii", 8), ("ebcdic", 3), ("bcd", 2), ("bcd", 6), ("binary", 1), ("binary", 2), ("binary", 4)];

/// Lengths of every encoding.
const LENGTHS: [(&str, u8); 7] =
    [("ascii", 3), ("ebcdic", 2), ("bcd", 3), ("binary-be", 2), ("binary-le", 2), ("binary-be", 1), ("hex", 3)];

/// What a length counts and covers.
const COUNTED: [&str; 4] =
    ["covers = \"value\", counts = \"units\"", "covers = \"value\"", "covers = \"tag-value\"", "covers = \"all\""];

/// The n-th tag of an encoding.
fn tag(encoding: &str, width: u8, place: u8) -> String {
    let width = usize::from(width);
    match encoding {
        "ascii" | "ebcdic" => "ABCDEFGH".repeat(2)[usize::from(place)..][..width].to_owned(),
        "bcd" => format!("{place:0width$}"),
        _ => format!("{:0>wide$X}", 0x10 + place, wide = 2 * width),
    }
}

/// Tag, length, value and length, tag, value with every encoding of the one and of the other.
pub(crate) fn tagged() -> &'static Dialect {
    static TAGGED: LazyLock<&Dialect> = LazyLock::new(|| of("tagged", &every_tag()));
    *TAGGED
}

fn every_tag() -> String {
    let mut tables = String::new();
    let mut number = 1;
    for kind in ["tlv", "ltv"] {
        for (at, (tag_encoding, tag_width)) in TAGS.into_iter().enumerate() {
            for (place, (encoding, width)) in LENGTHS.into_iter().enumerate() {
                number += if number == 64 { 2 } else { 1 };
                let counted = COUNTED[(at + place) % COUNTED.len()];
                _ = write!(
                    tables,
                    "[field.{number}]\n name = \"Objects {number}\"\n format = \"b....2000\"\n composite = {{ kind = \"{kind}\", \
                     tag = {{ encoding = \"{tag_encoding}\", width = {tag_width} }}, \
                     length = {{ encoding = \"{encoding}\", width = {width}, {counted} }} }}\n",
                );
                for (place, child) in CHILDREN.into_iter().enumerate() {
                    let tag = tag(tag_encoding, tag_width, place as u8);
                    _ = writeln!(tables, "[field.{number}.field.\"{tag}\"]\n name = \"Child {place}\"\n{child}");
                }
                _ = writeln!(
                    tables,
                    "[field.{number}.field.\"{}\".field.Type]\n name = \"Type\"\n format = \"ans..9\"",
                    tag(tag_encoding, tag_width, 5)
                );
            }
        }
    }
    tables
}

const CHILDREN: [&str; 6] = [
    "format = \"ans..20\"",
    "format = \"n..19\"\n type = \"pan\"\n encoding = { encoding = \"bcd\", pad = \"right\", nibble = \"F\" }",
    "format = \"n 7\"\n encoding = { encoding = \"bcd\", pad = \"left\", nibble = \"0\" }",
    "format = \"b 4\"\n encoding = \"hex\"",
    "format = \"b..9\"",
    "format = \"ans..40\"\n composite = { kind = \"pairs\" }",
];

/// Pairs, groups, XML, composites of fixed length in one another; what is not listed kept, skipped and refused.
pub(crate) fn layouts() -> &'static Dialect {
    static LAYOUTS: LazyLock<&Dialect> = LazyLock::new(|| of("layouts", include_str!("layouts.toml")));
    *LAYOUTS
}
