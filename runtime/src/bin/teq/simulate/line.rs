//! A message on one line, masked.

use std::fmt::Write as _;

use isopace::Message;

use crate::output::shown;

/// Message type and every value, masked as the spec says: `0200 2=401234***8909 4=000000002500`.
pub(crate) fn line(message: &Message) -> String {
    let mut text = message.mti().to_string();
    message.leaves(|leaf| {
        _ = match leaf {
            Ok(leaf) => write!(text, " {}={}", leaf.path(), shown(&leaf.masked())),
            Err(error) => write!(text, " {}=[{}]", error.path(), error.kind()),
        };
    });
    text
}
