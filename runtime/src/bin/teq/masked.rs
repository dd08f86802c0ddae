//! Telling a masked value from one that can be encoded.

use isopace::Dialect;
use isopace::msg::{Field, Sensitivity};
use isopace::wire::Class;

/// Whether a value has been masked by `teq decode`: stars or a label such as `[SAD len=8]`, where the element cannot
/// hold such text or would be masked in just that way.
pub(crate) fn is_masked(dialect: &'static Dialect, path: &str, value: &str) -> bool {
    let (stars, label) = (value.contains('*'), is_label(value));
    let Some(field) = field(dialect, path) else { return stars || label };
    let holds_any_text = matches!(field.rule.class, Class::As | Class::Ns | Class::Ans);
    match field.sensitivity {
        Sensitivity::Pan => stars || label,
        Sensitivity::Sad | Sensitivity::Key | Sensitivity::Pii | Sensitivity::Opaque if label => true,
        _ => (stars || label) && !holds_any_text,
    }
}

/// The field of a path, the counts of repeated tags aside.
fn field(dialect: &'static Dialect, path: &str) -> Option<&'static Field> {
    let keys: Vec<&str> = path.split('.').map(|key| key.split_once('#').map_or(key, |(key, _)| key)).collect();
    dialect.resolve(&keys.join("."))
}

/// `[SAD len=8]` and its like.
fn is_label(value: &str) -> bool {
    let inside = value.strip_prefix('[').and_then(|value| value.strip_suffix(']'));
    let Some((word, count)) = inside.and_then(|inside| inside.split_once(" len=")) else { return false };
    matches!(word, "SAD" | "KEY" | "PII" | "NOT SHOWN" | "OPAQUE" | "UNREADABLE") && count.parse::<u32>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masked_where_it_cannot_be_meant() {
        let dialect = &isopace::iso87a::DIALECT;
        let masked = [
            ("2", "401234***8909"),
            ("4", "****"),
            ("34", "401234***8909"),
            ("35", "[SAD len=37]"),
            ("45", "[SAD len=40]"),
            ("52", "[SAD len=8]"),
            ("55.5A", "401234***8909"),
            ("55.DF01", "[OPAQUE len=3]"),
            ("55.DF01#2", "[OPAQUE len=3]"),
            ("4", "[UNREADABLE len=12]"),
        ];
        for (path, value) in masked {
            assert!(is_masked(dialect, path, value), "{path} {value}");
        }
        let meant = [
            ("2", "4012345678909"),
            ("43", "* ACME *"),
            ("43", "[SAD]"),
            ("43", "[SAD len=8]"),
            ("52", "0123456789ABCDEF"),
            ("55.DF01", "AABBCC"),
            ("55.DF01#2", "AABBCC"),
        ];
        for (path, value) in meant {
            assert!(!is_masked(dialect, path, value), "{path} {value}");
        }
    }
}
