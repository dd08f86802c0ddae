//! Whether every value of one field fits into another.

use crate::msg::{CompositeKind, Field};
use crate::wire::{Class, Length};

/// Why not, if not. What is inside is looked at elsewhere.
pub(super) fn misfit(from: &Field, to: &Field) -> Option<&'static str> {
    if !within(from.rule.class, to.rule.class) {
        return Some("other characters are allowed");
    }
    let ((least, most), (min, max)) = (units(from), units(to));
    if let Length::Fixed(_) = to.rule.length
        && least != most
    {
        return Some("the length is fixed");
    }
    if most > max {
        return Some("it may be longer");
    }
    if least < min {
        return Some("it may be shorter");
    }
    None
}

/// Fewest and most units.
fn units(field: &Field) -> (u32, u32) {
    match field.rule.length {
        Length::Fixed(units) => (units, units),
        Length::Variable { min, max, .. } => (min, max),
        Length::Rest { max } => (0, max),
    }
}

/// Whether every character of the one class is of the other.
fn within(from: Class, to: Class) -> bool {
    use Class::{A, An, Anp, Ans, As, N, Ns};
    from == to
        || match to {
            An => matches!(from, N | A),
            Anp => matches!(from, N | A | An),
            As => from == A,
            Ns => from == N,
            Ans => matches!(from, N | A | An | Anp | As | Ns),
            _ => false,
        }
}

/// Whether text that is cut up by the one composite means the same under the other: parts of fixed length, the ends of
/// which are ends of parts in the other as well, and which have the same names where they are the same parts. (A packed
/// dialect may have to take two parts of an odd length for one.)
pub(super) fn alike(from: &Field, to: &Field) -> bool {
    let text = |field: &Field| field.rule.class != Class::B;
    let parts = |field: &Field| match field.composite {
        Some(composite) if composite.kind == CompositeKind::Positional && !composite.xml => parts(composite.fields),
        _ => None,
    };
    let (Some(one), Some(other), true) = (parts(from), parts(to), text(from) && text(to)) else { return false };
    let (fine, coarse) = if one.len() >= other.len() { (&one, &other) } else { (&other, &one) };
    coarse.iter().all(|(start, end, name)| {
        let ends = fine.iter().any(|(_, fine_end, _)| fine_end == end);
        let renamed = fine.iter().any(|part| (&part.0, &part.1) == (start, end) && part.2 != *name);
        ends && !renamed
    })
}

/// Where each part starts and ends, and its name; nothing where that depends on the content.
fn parts(fields: &'static [Field]) -> Option<Vec<(u32, u32, &'static str)>> {
    let mut at = 0;
    let mut all = Vec::with_capacity(fields.len());
    for field in fields {
        let Length::Fixed(units) = field.rule.length else { return None };
        if field.rule.class == Class::B || field.composite.is_some() {
            return None;
        }
        all.push((at, at + units, field.ident));
        at += units;
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_lie_within_each_other() {
        let all = [
            Class::N,
            Class::A,
            Class::An,
            Class::As,
            Class::Ns,
            Class::Anp,
            Class::Ans,
            Class::Z,
            Class::Xn,
            Class::B,
        ];
        for from in all {
            assert!(within(from, from));
            for to in all {
                // Both ways only with itself, and whatever lies within one that lies within another lies within that.
                assert!(from == to || !(within(from, to) && within(to, from)), "{from:?} {to:?}");
                for wider in all {
                    assert!(
                        !(within(from, to) && within(to, wider)) || within(from, wider),
                        "{from:?} {to:?} {wider:?}"
                    );
                }
            }
        }
        assert!(!within(Class::B, Class::Ans) && !within(Class::Xn, Class::An) && !within(Class::Z, Class::Ans));
    }
}
