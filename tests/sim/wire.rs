//! Messages and frames as the simulated host and the checker write and read them: by hand, so that neither trusts the
//! code under test.

use std::collections::BTreeMap;

/// A message of the few elements that the simulation uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) mti: String,
    pub(crate) elements: BTreeMap<u8, String>,
}

enum Shape {
    Fixed(usize),
    /// Behind three digits that count it.
    Counted,
}

const fn shape(number: u8) -> Option<Shape> {
    Some(match number {
        7 => Shape::Fixed(10),
        11 | 12 => Shape::Fixed(6),
        13 => Shape::Fixed(4),
        37 => Shape::Fixed(12),
        39 => Shape::Fixed(2),
        41 => Shape::Fixed(8),
        48 => Shape::Counted,
        70 => Shape::Fixed(3),
        _ => return None,
    })
}

impl Text {
    pub(crate) fn new(mti: &str) -> Self {
        Text { mti: mti.to_owned(), elements: BTreeMap::new() }
    }

    pub(crate) fn set(mut self, number: u8, value: impl Into<String>) -> Self {
        self.elements.insert(number, value.into());
        self
    }

    pub(crate) fn get(&self, number: u8) -> Option<&str> {
        self.elements.get(&number).map(String::as_str)
    }

    pub(crate) fn is_answer(&self) -> bool {
        matches!(self.mti.as_bytes(), [_, _, b'1' | b'3', _])
    }

    /// The type of the answer that this expects.
    pub(crate) fn answer_type(&self) -> Option<String> {
        let mut digits = self.mti.clone().into_bytes();
        digits[2] = match digits[2] {
            b'0' => b'1',
            b'2' => b'3',
            _ => return None,
        };
        Some(original(&String::from_utf8(digits).unwrap()))
    }

    /// The bytes of the message.
    pub(crate) fn body(&self) -> Vec<u8> {
        let second = self.elements.keys().any(|&number| number > 64);
        let mut bits = self.elements.keys().fold(0u128, |bits, &number| bits | 1 << (128 - u32::from(number)));
        if second {
            bits |= 1 << 127;
        }
        let mut body = self.mti.clone();
        body += &if second { format!("{bits:032X}") } else { format!("{:016X}", bits >> 64) };
        for (&number, value) in &self.elements {
            match shape(number) {
                Some(Shape::Fixed(length)) => assert_eq!(value.len(), length, "element {number}"),
                Some(Shape::Counted) => body += &format!("{:03}", value.len()),
                None => panic!("element {number} is not used here"),
            }
            body += value;
        }
        body.into_bytes()
    }

    /// Reads a message; nothing where it is not one of those used here.
    pub(crate) fn read(body: &[u8]) -> Option<Text> {
        let text = std::str::from_utf8(body).ok()?;
        let mti = text.get(..4).filter(|mti| mti.bytes().all(|digit| digit.is_ascii_digit()))?;
        let mut bits = u128::from(u64::from_str_radix(text.get(4..20)?, 16).ok()?) << 64;
        let mut at = 20;
        if bits >> 127 == 1 {
            bits |= u128::from(u64::from_str_radix(text.get(20..36)?, 16).ok()?);
            at = 36;
        }
        let mut message = Text::new(mti);
        for number in (2..=128u8).filter(|&number| bits >> (128 - u32::from(number)) & 1 == 1) {
            let length = match shape(number)? {
                Shape::Fixed(length) => length,
                Shape::Counted => {
                    at += 3;
                    text.get(at - 3..at)?.parse().ok()?
                }
            };
            message.elements.insert(number, text.get(at..at + length)?.to_owned());
            at += length;
        }
        (at == text.len()).then_some(message)
    }
}

/// The message type without the mark of the repeat.
pub(crate) fn original(mti: &str) -> String {
    let mut digits = mti.to_owned().into_bytes();
    if matches!(digits[3], b'1' | b'3' | b'5') {
        digits[3] -= 1;
    }
    String::from_utf8(digits).unwrap()
}

/// A message behind its length in two bytes.
pub(crate) fn framed(body: &[u8]) -> Vec<u8> {
    let mut frame = u16::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    frame.extend_from_slice(body);
    frame
}

/// Cuts a stream into messages.
#[derive(Debug, Default)]
pub(crate) struct Frames(Vec<u8>);

impl Frames {
    /// The messages that are complete with these bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.0.extend_from_slice(bytes);
        let (mut all, mut at) = (Vec::new(), 0);
        while let Some(rest) = self.0.get(at + 2..) {
            let length = usize::from(u16::from_be_bytes([self.0[at], self.0[at + 1]]));
            let Some(body) = rest.get(..length) else { break };
            all.push(body.to_vec());
            at += 2 + length;
        }
        self.0.drain(..at);
        all
    }
}
