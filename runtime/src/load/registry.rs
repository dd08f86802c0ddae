//! The dialects loaded so far, one for each different spec.

use std::sync::{Mutex, PoisonError};

use isogen::model::{Field, Spec};

use super::convert;
use crate::msg::Dialect;

/// Specs without what makes no difference to a dialect, and their dialects.
static LOADED: Mutex<Vec<(Spec, &Dialect)>> = Mutex::new(Vec::new());

/// The dialect of a spec: the one that there is, or a new one that stays.
pub(super) fn intern(mut spec: Spec) -> &'static Dialect {
    strip(&mut spec);
    // Entries are only ever appended whole, so a panic elsewhere has left the list in order.
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, dialect)) = loaded.iter().find(|(known, _)| *known == spec) {
        return dialect;
    }
    let dialect = convert::dialect(&spec);
    loaded.push((spec, dialect));
    dialect
}

/// Takes out documentation and places of files.
fn strip(spec: &mut Spec) {
    spec.doc = String::new();
    spec.files = Vec::new();
    spec.messages.iter_mut().for_each(|message| message.doc = String::new());
    strip_fields(&mut spec.fields);
}

fn strip_fields(fields: &mut [Field]) {
    for field in fields {
        field.doc = String::new();
        if let Some(composite) = &mut field.composite {
            strip_fields(&mut composite.fields);
        }
    }
}
