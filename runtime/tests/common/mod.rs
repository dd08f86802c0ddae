//! What the laws share: an encoder that knows nothing of the codec's, messages made with it, other dialects, secrets.
#![allow(dead_code, reason = "each law uses a part of it")]

pub(crate) mod chip;
pub(crate) mod contents;
pub(crate) mod dialects;
#[cfg(feature = "load")]
pub(crate) mod layouts;
#[cfg(feature = "load")]
pub(crate) mod loaded;
pub(crate) mod messages;
pub(crate) mod objects;
pub(crate) mod one;
pub(crate) mod planted;
pub(crate) mod reference;
pub(crate) mod secrets;

use isopace::{Error, Message};
use proptest::test_runner::Config;

/// A purchase without chip data: elements 2, 3, 4, 7, 11 to 14, 18, 22, 25, 32, 35, 37, 41 to 43 and 49.
pub(crate) const AUTHORIZATION: &str = concat!(
    "0200723C448128E08000",
    "1340123456789090000000000000025001120072155123456072155112028125411051000599001",
    "334111111111111111=2812201123456789",
    "000000123456TERM0001MERCHANT0000001ACME SUPERMARKET 0042  SPRINGFIELD  ILUS840",
);

/// This many cases, and no file of failures beside the tests.
pub(crate) fn cases(count: u32) -> Config {
    Config { failure_persistence: None, ..Config::with_cases(count) }
}

/// Every leaf of a message as path and value in clear, or the first error.
pub(crate) fn leaves(message: &Message) -> Result<Vec<(String, String)>, Error> {
    let mut all = Ok(Vec::new());
    message.leaves(|leaf| {
        let leaf = leaf.and_then(|leaf| Ok((leaf.path().to_owned(), leaf.expose()?)));
        match (&mut all, leaf) {
            (Ok(list), Ok(leaf)) => list.push(leaf),
            (Ok(_), Err(error)) => all = Err(error),
            (Err(_), _) => {}
        }
    });
    all
}

/// Where, at which byte, what: `55.9F26 at 31: truncated`.
pub(crate) fn told(error: &Error) -> String {
    format!("{} at {}: {}", error.path(), error.offset(), error.kind().name())
}
