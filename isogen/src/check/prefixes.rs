//! Length prefixes: wide enough for the maximum, and counting what can be counted.

use super::visit::{Visit, bytes, unit_is_byte};
use crate::diagnostic::Report;
use crate::model::{Counts, Encoding, Kind, Length, PrefixEncoding, Side};

pub(super) fn check(visit: &Visit<'_>, report: &mut Report) {
    let Length::Variable { prefix, width, counts, inclusive, max, .. } = visit.field.length else {
        return;
    };
    if inclusive && counts == Counts::Units && !unit_is_byte(visit.field.encoding) {
        report
            .error("inclusive-units", visit.place("format"), "a prefix that counts itself in units that are no bytes")
            .label(format!("field {}: one unit is not one byte here", visit.path))
            .help("`length = { counts = \"bytes\", inclusive = true }`, or `inclusive = false`");
        return;
    }
    let content = match counts {
        Counts::Units => u64::from(max),
        Counts::Bytes => bytes(max, visit.field.encoding),
    };
    let needed = |width: u8| content + if inclusive { own_bytes(prefix, width) } else { 0 };
    let most = reach(prefix, width);
    if needed(width) <= most {
        odd_digits(visit, counts, report);
        return;
    }
    let stated = visit.table.at(&["length", "width"]);
    let place = stated.map_or_else(|| visit.place("format"), |entry| entry.value.span);
    let class = visit.class();
    let help = match ((1..=9).find(|&wider| needed(wider) <= reach(prefix, wider)), stated) {
        (Some(wider), Some(_)) => format!("`width = {wider}`"),
        (Some(wider), None) => format!("`{class}{}{max}`", ".".repeat(usize::from(wider))),
        (None, _) => format!("at most {most}"),
    };
    let counted = if counts == Counts::Units { "units" } else { "bytes" };
    let message = format!("the length prefix of field {} cannot say {} {counted}", visit.path, needed(width));
    report.error("prefix-too-narrow", place, message).label(format!("{} {most}", unit(prefix, width))).help(help);
}

/// The highest number a prefix of this width can say.
pub(super) fn reach(prefix: PrefixEncoding, width: u8) -> u64 {
    let base: u64 = match prefix {
        PrefixEncoding::Ascii | PrefixEncoding::Ebcdic | PrefixEncoding::Bcd => 10,
        PrefixEncoding::Hex => 16,
        PrefixEncoding::BinaryBe | PrefixEncoding::BinaryLe => 256,
    };
    base.saturating_pow(u32::from(width)) - 1
}

/// How many bytes the prefix itself takes.
fn own_bytes(prefix: PrefixEncoding, width: u8) -> u64 {
    match prefix {
        PrefixEncoding::Bcd => u64::from(width).div_ceil(2),
        _ => u64::from(width),
    }
}

pub(super) fn unit(prefix: PrefixEncoding, width: u8) -> String {
    let unit = match prefix {
        PrefixEncoding::Ascii | PrefixEncoding::Ebcdic | PrefixEncoding::Bcd => "digit",
        PrefixEncoding::Hex => "hex digit",
        PrefixEncoding::BinaryBe | PrefixEncoding::BinaryLe => "byte",
    };
    if width == 1 { format!("one {unit} reaches") } else { format!("{width} {unit}s reach") }
}

/// Packed digits counted in bytes: whether there was one less is told by the filler alone.
fn odd_digits(visit: &Visit<'_>, counts: Counts, report: &mut Report) {
    let Encoding::Bcd { pad_side, pad_nibble } = visit.field.encoding else {
        return;
    };
    // Zeros in front of a number change nothing.
    let number = matches!(visit.field.kind, Kind::Number | Kind::Amount) && pad_side == Side::Left && pad_nibble == 0;
    if counts == Counts::Units || pad_nibble > 9 || number {
        return;
    }
    report
        .warning("odd-digits-lost", visit.place("format"), "an odd number of digits does not come back as it went")
        .label(format!("field {}: a prefix in bytes, and a filler that is a digit", visit.path))
        .help("`counts = \"units\"`, or a filler that is no digit: `nibble = \"F\"`");
}
