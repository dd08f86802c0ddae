//! Our side: a message from values, and values from a message.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use isopace::msg::{Field, Key};
use isopace::{Dialect, Edit, Message};

use crate::batch::Batch;

/// Values by path, as text or, for bytes, as upper-case hex.
pub(crate) type Values = BTreeMap<String, String>;

/// A message as our encoder writes it.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) mti: String,
    pub(crate) values: Values,
    pub(crate) wire: Vec<u8>,
}

/// Writes a message; the error says what was refused.
pub(crate) fn write(dialect: &'static Dialect, mti: &str, values: Values) -> Result<Written, String> {
    let mut edit = Edit::build(dialect);
    edit.mti(mti);
    for (path, value) in &values {
        edit.set_leaf(path, value);
    }
    let wire = edit.finish().map_err(|error| format!("{error}"))?.to_vec();
    Ok(Written { mti: mti.to_owned(), values, wire })
}

/// Message type and values, with everything proven. A composite is opened where `inside` says so; the others are given
/// as one value, their children one behind the other.
pub(crate) fn read(
    batch: &Batch,
    dialect: &'static Dialect,
    wire: &[u8],
    inside: impl Fn(&str) -> bool,
) -> Result<(String, Values), String> {
    let read = AssertUnwindSafe(|| proven(dialect, wire, inside));
    catch_unwind(read).unwrap_or_else(|_| batch.disagree("a panic of ours", wire))
}

fn proven(dialect: &'static Dialect, wire: &[u8], inside: impl Fn(&str) -> bool) -> Result<(String, Values), String> {
    let message = Message::parse(dialect, wire.to_vec()).map_err(|error| error.to_string())?;
    message.validate().map_err(|violations| violations.to_string())?;
    let mut values = Values::new();
    let mut wrong = None;
    message.leaves(|leaf| match leaf.and_then(|leaf| Ok((leaf.path().to_owned(), leaf.expose()?))) {
        Ok((path, text)) => {
            let element = path.split('.').next().unwrap_or_default();
            let key = if inside(element) { path.as_str() } else { element };
            values.entry(key.to_owned()).or_default().push_str(&text);
        }
        Err(error) => wrong = Some(error.to_string()),
    });
    match wrong {
        Some(wrong) => Err(wrong),
        None => Ok((message.mti().to_string(), values)),
    }
}

/// Reads what was written; the error says what came back otherwise.
pub(crate) fn read_back(
    batch: &Batch,
    dialect: &'static Dialect,
    written: &Written,
    inside: impl Fn(&str) -> bool,
) -> Result<(), String> {
    let (mti, values) = read(batch, dialect, &written.wire, inside)?;
    let different = differences(&values, &written.values, |_, read, written| read == written);
    if mti == written.mti && different.is_empty() { Ok(()) } else { Err(format!("we read {mti} {different:#?}")) }
}

/// The values that are not alike, each with what stands on either side.
pub(crate) fn differences(theirs: &Values, ours: &Values, is_alike: impl Fn(&str, &str, &str) -> bool) -> Vec<String> {
    let paths: BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
    let different = |path: &&String| match (theirs.get(*path), ours.get(*path)) {
        (Some(theirs), Some(ours)) => !is_alike(path, theirs, ours),
        _ => true,
    };
    let told = |path: &String| format!("{path}: {:?}, ours {:?}", theirs.get(path), ours.get(path));
    paths.into_iter().filter(different).map(told).collect()
}

/// The number of an element.
pub(crate) fn number(field: &Field) -> u16 {
    match field.key {
        Key::Number(number) => number,
        _ => panic!("element {} has no number", field.ident),
    }
}
