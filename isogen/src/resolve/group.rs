//! The group of a `repeat`: a field of its own between the element and the declared children.

use super::field::default_kind;
use crate::model::{Class, Composite, CompositeKind, Encoding, Field, Key, Kind, Length, Policy, Sensitivity, Unknown};

/// Puts the children of a `repeat` into their group; other composites stay as they are.
pub(super) fn grouped(
    mut composite: Composite,
    class: Class,
    encoding: Encoding,
    length: Length,
    policy: Policy,
) -> Composite {
    if !matches!(composite.kind, CompositeKind::Repeat { .. }) {
        return composite;
    }
    let max = match length {
        Length::Fixed(units) => units,
        Length::Variable { max, .. } | Length::Rest { max } => max,
    };
    let group = Field {
        key: Key::Number(1),
        name: "Group".to_owned(),
        ident: "group".to_owned(),
        doc: String::new(),
        class,
        // Bytes written as hex are bytes again inside.
        encoding: if class == Class::B { Encoding::Raw } else { encoding },
        length: Length::Rest { max },
        pad: None,
        policy,
        // The children say what it means.
        kind: match class {
            Class::Z | Class::Xn => Kind::Text,
            _ => default_kind(class),
        },
        sensitivity: Sensitivity::Clear,
        ebcdic_sign: false,
        values: Vec::new(),
        xml: None,
        composite: Some(Composite {
            kind: CompositeKind::Positional,
            fields: std::mem::take(&mut composite.fields),
            unknown: Unknown::Keep,
            xml: false,
        }),
    };
    composite.fields = vec![group];
    composite
}
