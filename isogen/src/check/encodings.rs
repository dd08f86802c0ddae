//! Encodings that cannot hold the characters of a class.

use super::visit::Visit;
use crate::diagnostic::Report;
use crate::model::{Class, Encoding};

pub(super) fn check(visit: &Visit<'_>, report: &mut Report) {
    let class = visit.field.class;
    let (fits, takes) = match (class, visit.field.encoding) {
        (Class::B, Encoding::Raw | Encoding::Hex | Encoding::EbcdicHex) => return,
        (Class::B, _) => (false, "`raw`, `hex` or `ebcdic-hex`"),
        (_, Encoding::Raw | Encoding::Hex | Encoding::EbcdicHex) => {
            (false, "a character set; for bytes that look like text write class `b`")
        }
        (Class::N | Class::Z | Class::Xn, Encoding::Bcd { .. }) => return,
        (_, Encoding::Bcd { .. }) => (false, "a character set: packed digits hold no letters"),
        _ => return,
    };
    if fits {
        return;
    }
    let word = visit.class();
    report
        .error("encoding-class", visit.place("encoding"), format!("field {} cannot be encoded so", visit.path))
        .label(format!("not for class `{word}`"))
        .help(format!("class `{word}` takes {takes}"));
}
