//! What routing looks at in a request, read once and without allocation.

use super::condition::{Digits, LONGEST_PREFIX, currency, merchant_type_element};
use crate::msg::Message;

/// What is known of a request. What it lacks, or what is not what the spec says, is not known.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) mti: [u8; 4],
    /// The first digits of the PAN; none where there is no PAN. Fewer bytes than they take are never put on the heap.
    pub(super) pan: Digits,
    pub(super) processing_code: Digits,
    pub(super) amount: Option<u64>,
    pub(super) currency: Option<u16>,
    pub(super) merchant_type: Digits,
}

impl Facts {
    pub(super) fn of(request: &Message) -> Self {
        let text = |number: u8, most: usize| digits(request, number, 0, most);
        let amount = text(4, 16);
        let amount = (!amount.is_empty()).then(|| {
            amount.iter().fold(0u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
        });
        let currency = request.raw(49).and_then(|raw| raw.chars().ok().and_then(|chars| currency(&chars)));
        let merchant_type = text(merchant_type_element(request.dialect()), 4);
        let processing_code = text(3, 6);
        Facts { mti: request.mti().digits(), pan: pan(request), processing_code, amount, currency, merchant_type }
    }
}

/// The first digits of the PAN: as it stands by itself, or in a track.
fn pan(request: &Message) -> Digits {
    // Track 1 has a letter in front that says how it is made.
    for (number, skip) in [(2, 0), (35, 0), (45, 1)] {
        if request.has(number) {
            return digits(request, number, skip, LONGEST_PREFIX);
        }
    }
    Digits::new()
}

/// The digits that an element begins with, at most so many.
fn digits(request: &Message, number: u8, skip: usize, most: usize) -> Digits {
    let Some(Ok(chars)) = request.raw(number).map(|raw| raw.chars()) else { return Digits::new() };
    chars.iter().skip(skip).take_while(|byte| byte.is_ascii_digit()).take(most).copied().collect()
}

impl Drop for Facts {
    fn drop(&mut self) {
        // A dozen digits of a PAN.
        zeroize::Zeroize::zeroize(self.pan.as_mut_slice());
    }
}
