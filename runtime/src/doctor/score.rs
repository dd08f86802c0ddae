//! How much speaks for a reading, beside that it reads.

use super::cut::Cut;
use super::variant::Variant;
use crate::msg::{Hint, Kind, Message};
use crate::types::{Currency, Pan};
use crate::wire::{DigitEncoding, decode_digits4};

/// Everything fits.
pub(super) const FITS: i32 = 10_000;
/// Of a thousand, for each byte that was read.
pub(super) const READ: usize = 1000;
/// A length that says just what is there.
const EXACT: i32 = 150;
/// Frames without a message: two zeros may as well be half of a longer length.
const EMPTY: i32 = -200;
/// A length that counts itself too, which is rare.
const INCLUSIVE: i32 = -15;
/// Frames that do not come out at the end, and not one good message in them.
pub(super) const ASTRAY: i32 = -300;
/// The frame is cut short by more than three quarters: a length that says far more than is there is rather none. Less
/// than that tells nothing between two lengths that both say more.
const MISSING: i32 = -250;
/// The next frame starts where the one before it ends; for each up to so many.
const FRAME: i32 = 25;
const MOST_FRAMES: usize = 8;
/// The dialect lists the message.
const KNOWN: i32 = 40;
/// Everything mandatory is there; nothing is there that is not listed.
const MANDATORY: i32 = 20;
const LISTED: i32 = 10;
/// A currency that there is, a check digit that is right.
const TRUE: i32 = 10;
/// With one change of the spec the message reads to its end.
pub(super) const EXPLAINED: i32 = 100;
/// All that there is makes sense, and the rest is missing.
pub(super) const CUT: i32 = 150;
/// The dialect had to be changed; for each change.
const CHANGE: i32 = -60;

/// Whether these bytes begin with the type of a message: all digits may be one, but some are in use.
pub(super) fn is_message_type(encoding: DigitEncoding, wire: &[u8]) -> bool {
    let digits = decode_digits4(encoding, wire);
    matches!(digits, Ok(([b'0'..=b'2' | b'9', b'1'..=b'8', b'0'..=b'7', b'0'..=b'5'], _)))
}

/// What speaks for this framing of the bytes.
pub(super) fn of_cut(cut: &Cut) -> i32 {
    let exact = if cut.is_exact() { EXACT } else { 0 };
    let more = cut.count.saturating_sub(1).min(MOST_FRAMES);
    let empty = if cut.has_empty { EMPTY } else { 0 };
    let inclusive = if cut.framing.is_inclusive() { INCLUSIVE } else { 0 };
    let missing = if cut.is_mostly_missing() { MISSING } else { 0 };
    exact + empty + inclusive + missing + FRAME * i32::try_from(more).unwrap_or(0)
}

/// What speaks for this dialect.
pub(super) fn of_variant(variant: Variant) -> i32 {
    let (dialect, base) = (variant.dialect, variant.base);
    let mti = i32::from(dialect.mti_encoding() != base.mti_encoding());
    let bitmap = i32::from(dialect.bitmap() != base.bitmap());
    CHANGE * (mti + bitmap)
}

/// Whether a hint says that the reading went wrong before the first element, so that what was read was read by chance.
pub(super) fn is_misread(hint: Option<Hint>) -> bool {
    matches!(
        hint,
        Some(
            Hint::EbcdicMti
                | Hint::AsciiMti
                | Hint::BcdMti
                | Hint::FramingInFront(_)
                | Hint::BitmapLooksHex
                | Hint::BitmapLooksBinary
                | Hint::BitmapLooksEbcdicHex
        )
    )
}

/// What speaks for this message.
pub(super) fn of_message(message: &Message) -> i32 {
    let mut score = 0;
    if let Some(rule) = message.rule() {
        let listed =
            |number: &u8| [rule.mandatory, rule.conditional, rule.optional].iter().any(|list| list.contains(number));
        score += KNOWN;
        score += if rule.mandatory.iter().all(|&number| message.has(number)) { MANDATORY } else { 0 };
        score += if message.numbers().all(|number| listed(&number)) { LISTED } else { 0 };
    }
    let fields = message.numbers().filter_map(|number| Some((number, message.dialect().field(number)?)));
    for (number, field) in fields {
        let is_true = match field.kind {
            Kind::Currency => message.get::<Currency>(number).ok().flatten().map(Currency::is_known),
            Kind::Pan => message.get::<Pan<'_>>(number).ok().flatten().map(|pan| pan.luhn_valid()),
            _ => None,
        };
        score += match is_true {
            Some(true) => TRUE,
            Some(false) => -TRUE,
            None => 0,
        };
    }
    score
}
