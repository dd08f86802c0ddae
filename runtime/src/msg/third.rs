//! A third bitmap that stands among the elements, as DE 65, and not behind the second one.
//!
//! It is no data: nobody sets it. An element beyond 128 brings it, and it goes with the last of them. A message that came
//! with one that announces nothing keeps it.

use super::edit::Edit;
use super::elements::{contains, insert};
use crate::wire::{ErrorKind, bitmap_width, decode_bitmap, encode_bitmap};

/// The number that it has as an element.
pub(crate) const NUMBER: u8 = 65;

/// Its bits, where it begins these bytes.
pub(crate) fn read(encoding: crate::wire::BitmapEncoding, wire: &[u8]) -> Result<u64, ErrorKind> {
    let text = wire.get(..bitmap_width(encoding)).unwrap_or_default();
    decode_bitmap(encoding, text).ok_or(ErrorKind::Hex)
}

impl Edit<'_> {
    /// The edit with the third bitmap as a change like any other: there where it must be, and with the bits that it must have.
    #[cold]
    pub(super) fn with_third(&self) -> Self {
        let mut edit = self.clone();
        let before = self.base.map_or([0; 3], |base| base.index().bits());
        let was_there = contains(&before, NUMBER);
        let is_kept_empty = was_there && before[2] == 0;
        edit.remove(NUMBER);
        if self.bits[2] == 0 && !is_kept_empty {
            return edit;
        }
        if was_there && before[2] == self.bits[2] {
            insert(&mut edit.bits, NUMBER);
            return edit;
        }
        let start = edit.scratch.len();
        encode_bitmap(self.dialect.bitmap().encoding, self.bits[2], &mut edit.scratch);
        edit.change(NUMBER, start);
        edit
    }
}
