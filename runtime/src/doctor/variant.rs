//! A dialect with its message type or its bitmaps in another encoding.

use std::sync::{Mutex, PoisonError};

use crate::msg::Dialect;
use crate::wire::{BitmapEncoding, BitmapRule, DigitEncoding};

/// A dialect to read by, and how it came to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Variant {
    /// To read by.
    pub(super) dialect: &'static Dialect,
    /// As it was given.
    pub(super) base: &'static Dialect,
}

/// The dialect itself first, then what differs in one thing, then in both.
pub(super) fn all(base: &'static Dialect) -> Vec<Variant> {
    let (own_mti, own_bitmap) = (base.mti_encoding(), base.bitmap().encoding);
    let mut all = Vec::with_capacity(9);
    for mti in [DigitEncoding::Ascii, DigitEncoding::Ebcdic, DigitEncoding::Bcd] {
        for bitmap in [BitmapEncoding::Binary, BitmapEncoding::Hex, BitmapEncoding::EbcdicHex] {
            let changes = u8::from(mti != own_mti) + u8::from(bitmap != own_bitmap);
            let dialect = if changes == 0 { base } else { made(base, mti, bitmap) };
            all.push((changes, Variant { dialect, base }));
        }
    }
    all.sort_by_key(|(changes, _)| *changes);
    all.into_iter().map(|(_, variant)| variant).collect()
}

/// What was made before. Comparing addresses is enough: a dialect is loaded or compiled once.
static MADE: Mutex<Vec<Made>> = Mutex::new(Vec::new());

struct Made {
    base: &'static Dialect,
    dialect: &'static Dialect,
}

fn made(base: &'static Dialect, mti: DigitEncoding, bitmap: BitmapEncoding) -> &'static Dialect {
    let mut all = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let is_it = |made: &&Made| {
        std::ptr::eq(made.base, base) && made.dialect.mti_encoding() == mti && made.dialect.bitmap().encoding == bitmap
    };
    if let Some(made) = all.iter().find(is_it) {
        return made.dialect;
    }
    let bitmap = BitmapRule { encoding: bitmap, ..base.bitmap() };
    let dialect = Dialect::new(base.name(), base.title(), mti, bitmap, base.fields(), base.messages());
    let dialect = dialect.correlation(base.correlation_rules());
    let third_is_element = base.has_third_bitmap_as_element();
    let dialect = if third_is_element { dialect.third_bitmap_as_element() } else { dialect };
    let dialect = Box::leak(Box::new(dialect));
    all.push(Made { base, dialect });
    dialect
}
