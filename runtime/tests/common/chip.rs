//! A purchase of ISO 8583:1987 in ASCII, without chip data and with it.

use isopace::iso87a;
use isopace::{Bytes, Edit, Message};

use super::{AUTHORIZATION, leaves};

pub(crate) fn authorization() -> iso87a::Message {
    iso87a::Message::parse(AUTHORIZATION).unwrap()
}

/// An edit that takes paths too.
pub(crate) fn over(message: &Message) -> Edit<'_> {
    Edit::over(message)
}

/// A purchase with chip data: a cryptogram, one tag twice, an empty one.
pub(crate) fn with_chip() -> iso87a::Message {
    let message = authorization();
    let mut edit = over(&message);
    for (path, value) in CHIP {
        edit.set_leaf(path, value);
    }
    iso87a::Message::parse(edit.finish().unwrap()).unwrap()
}

pub(crate) const CHIP: [(&str, &str); 6] = [
    ("55.9F26", "0102030405060708"),
    ("55.DF01", "AA"),
    ("55.9F36", "0001"),
    ("55.DF01#2", "BB"),
    ("55.9F58", ""),
    ("55.95", "0000000000"),
];

/// What is inside DE 55 as paths and values.
pub(crate) fn chip(wire: &Bytes) -> Vec<(String, String)> {
    let message = Message::parse(&iso87a::DIALECT, wire.clone()).unwrap();
    leaves(&message).unwrap().into_iter().filter(|(path, _)| path.starts_with("55")).collect()
}

pub(crate) fn of(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect()
}
