//! What a request and its repeats have in common.

use std::fmt::Write;

use crate::msg::Message;
use crate::types::{MessageClass, Version};

/// Elements that say who sends: not all of them are sent by everybody.
const WHO: [u8; 4] = [32, 33, 41, 42];

/// Whether a message is one that may be carried on once only.
pub(super) fn concerns(message: &Message) -> bool {
    let mti = message.mti();
    mti.is_request() && mti.response().is_some() && mti.class() != MessageClass::NetworkManagement
}

/// The key of a request: its type without the mark of a repeat, and these elements. Nothing when it lacks one that it
/// cannot do without.
pub(super) fn key(message: &Message, elements: Option<&[u8]>) -> Option<String> {
    let mti = message.mti().original();
    let elements = match (elements, mti.version()) {
        (Some(elements), _) => elements,
        (None, Version::V1987) => &[7, 11, 32, 41],
        (None, _) => &[11, 12, 32, 41],
    };
    let mut key = mti.to_string();
    for number in elements {
        key.push('.');
        let text = match message.raw(*number) {
            Some(raw) => raw.text().ok()?,
            None if WHO.contains(number) => continue,
            None => return None,
        };
        for character in text.trim_end().chars() {
            // Nothing runs together, and any store takes it.
            match character {
                'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' => key.push(character),
                other => _ = write!(key, "%{:X}", u32::from(other)),
            }
        }
    }
    Some(key)
}
