//! Walks the fields of a spec, each together with the table it came from.

use crate::diagnostic::Report;
use crate::model::{Composite, Encoding, Field, Length, Spec};
use crate::source::{Datum, Entry, Node, Span, Table};

/// One field, wherever it stands.
pub(super) struct Visit<'a> {
    pub(super) field: &'a Field,
    /// What it stands in; `None` for an element of the message.
    pub(super) parent: Option<&'a Field>,
    /// Its table in the tree.
    pub(super) table: &'a Table,
    entry: &'a Entry,
    /// `127.25`
    pub(super) path: String,
}

impl<'a> Visit<'a> {
    /// Whether the spec says this key itself.
    pub(super) fn stated(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// Where the value of a key stands, or the field itself where it has no such key.
    pub(super) fn place(&self, key: &str) -> Span {
        self.table.get(key).map_or_else(|| header(self.entry), |entry| entry.value.span)
    }

    /// The class as it is written.
    pub(super) fn class(&self) -> &'a str {
        self.format().split(['.', ' ']).next().unwrap_or_default()
    }

    /// The format as it is written.
    pub(super) fn format(&self) -> &'a str {
        self.table.string("format").unwrap_or_default()
    }
}

/// The place of a table: its header where it has one, else its key.
pub(super) fn header(entry: &Entry) -> Span {
    // An inline table may fill many lines; its key says enough.
    match entry.value.datum {
        Datum::Table(_) if entry.value.span.start < entry.key_span.start => entry.value.span,
        _ => entry.key_span,
    }
}

/// Every field at every depth, parents before children.
pub(super) fn fields<'a>(spec: &'a Spec, tree: &'a Table) -> Vec<Visit<'a>> {
    let mut found = Vec::new();
    walk(&spec.fields, tree, None, "", &mut found);
    found
}

fn walk<'a>(fields: &'a [Field], table: &'a Table, parent: Option<&'a Field>, path: &str, found: &mut Vec<Visit<'a>>) {
    for field in fields {
        let key = field.key.to_string();
        let Some(entry) = table.at(&["field", &key]) else {
            continue;
        };
        let Datum::Table(table) = &entry.value.datum else {
            continue;
        };
        let path = if path.is_empty() { key } else { format!("{path}.{key}") };
        let children = field.composite.as_ref().map(Composite::declared).unwrap_or_default();
        found.push(Visit { field, parent, table, entry, path: path.clone() });
        walk(children, table, Some(field), &path, found);
    }
}

/// The numbers of a list and their places.
pub(super) fn numbers(entry: Option<&Entry>) -> Vec<(u16, Span)> {
    let Some(Entry { value: Node { datum: Datum::Array(items), .. }, .. }) = entry else {
        return Vec::new();
    };
    let number = |item: &Node| match item.datum {
        Datum::Integer(Some(number)) => u16::try_from(number).ok().map(|number| (number, item.span)),
        _ => None,
    };
    items.iter().filter_map(number).collect()
}

/// Fewest and most units of a length.
pub(super) fn extent(length: Length) -> (u32, u32) {
    match length {
        Length::Fixed(units) => (units, units),
        Length::Variable { min, max, .. } => (min, max),
        Length::Rest { max } => (0, max),
    }
}

/// Most bytes that so many units take on the wire.
pub(super) fn bytes(units: u32, encoding: Encoding) -> u64 {
    let units = u64::from(units);
    match encoding {
        Encoding::Bcd { .. } => units.div_ceil(2),
        Encoding::Hex | Encoding::EbcdicHex => units * 2,
        Encoding::Utf8 | Encoding::Ascii | Encoding::Cp037 | Encoding::Cp1047 | Encoding::Latin1 | Encoding::Raw => {
            units
        }
    }
}

/// Whether a unit is one byte on the wire.
pub(super) fn unit_is_byte(encoding: Encoding) -> bool {
    !matches!(encoding, Encoding::Bcd { .. } | Encoding::Hex | Encoding::EbcdicHex)
}

/// Notes that a name in code is taken.
pub(super) fn duplicate_ident(ident: &str, second: Span, first: Span, report: &mut Report) {
    report
        .error("duplicate-ident", second, format!("two fields are `{ident}` in code"))
        .label("second one")
        .also(first, "first one")
        .help("give one of them another `ident`");
}
