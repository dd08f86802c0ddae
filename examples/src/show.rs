//! A message for people: one line a value, masked as the spec says.

use std::fmt::Write as _;

use isopace::Message;

/// All values of a message, one a line.
#[must_use]
pub fn values(message: &Message) -> String {
    let mut text = String::new();
    message.leaves(|leaf| {
        _ = match leaf {
            Ok(leaf) => writeln!(text, "  {:<8} {:<42} {}", leaf.path(), leaf.name(), leaf.masked()),
            Err(error) => writeln!(text, "  {error}"),
        };
    });
    text
}

/// The bytes that a hex text stands for.
#[must_use]
pub fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = hex.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_digit(16)).collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| (high << 4 | low) as u8).collect())
}
