//! Whether every value of one field fits into another.

use crate::msg::Field;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_lie_within_each_other() {
        let all = [Class::N, Class::A, Class::An, Class::As, Class::Ns, Class::Anp, Class::Ans, Class::Z, Class::Xn, Class::B];
        for from in all {
            assert!(within(from, from));
            for to in all {
                // Both ways only with itself, and whatever lies within one that lies within another lies within that.
                assert!(from == to || !(within(from, to) && within(to, from)), "{from:?} {to:?}");
                for wider in all {
                    assert!(!(within(from, to) && within(to, wider)) || within(from, wider), "{from:?} {to:?} {wider:?}");
                }
            }
        }
        assert!(!within(Class::B, Class::Ans) && !within(Class::Xn, Class::An) && !within(Class::Z, Class::Ans));
    }
}
