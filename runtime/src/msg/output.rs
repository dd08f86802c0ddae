//! Writing an edit out: spans of the message as they stand, and between them what has been changed.

use bytes::Bytes;

use super::dialect::Dialect;
use super::edit::Edit;
use super::elements::{Elements, insert};
use super::message::Message;
use super::{Error, Path};
use crate::wire::{DigitEncoding, ErrorKind, bitmap_width, encode_bitmap, encode_digits4};

impl Edit<'_> {
    /// Writes the message out: one copy, one allocation.
    ///
    /// # Errors
    /// The first thing that went wrong while setting; no message type; an element beyond the dialect's bitmaps; a
    /// message of which only a part could be read.
    #[inline]
    pub fn finish(&self) -> Result<Bytes, Error> {
        if let (Some(base), None, None, true) = (self.base, &self.error, self.mti, self.changes.is_empty())
            && self.bits == base.index().bits()
        {
            return Ok(base.as_bytes().clone());
        }
        let size = self.size();
        let mut out = Vec::with_capacity(size);
        self.finish_into(&mut out)?;
        Ok(Bytes::from(out))
    }

    /// Appends the message to a buffer.
    ///
    /// # Errors
    /// As [`Edit::finish`].
    #[inline]
    pub fn finish_into(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        if let Some(error) = self.error {
            return Err(error);
        }
        if self.piecemeal {
            self.complete()?;
        }
        if let Some(base) = self.base
            && base.index().maps() == 0
        {
            return Err(Error::new(Path::MESSAGE, base.as_bytes().len(), ErrorKind::Partial));
        }
        if self.dialect.has_third_bitmap_as_element() {
            return self.with_third().write(out);
        }
        self.write(out)
    }

    /// Appends the message: the edit is whole.
    #[inline]
    fn write(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let start = out.len();
        if let Err(error) = self.header(out) {
            out.truncate(start);
            return Err(error);
        }
        let Some(base) = self.base else {
            for change in &self.changes {
                out.extend_from_slice(&self.scratch[change.start as usize..change.end as usize]);
            }
            return Ok(());
        };
        let (wire, index) = (base.as_bytes(), base.index());
        let mut copied = index.body();
        if self.taken_out() == [0; 3] {
            for change in &self.changes {
                let (start, end) = index.span(change.number).unwrap_or_else(|| {
                    let at = index.after(change.number);
                    (at, at)
                });
                out.extend_from_slice(&wire[copied..start]);
                out.extend_from_slice(&self.scratch[change.start as usize..change.end as usize]);
                copied = end;
            }
            out.extend_from_slice(&wire[copied..]);
            return Ok(());
        }
        let mut changes = self.changes.iter().peekable();
        for number in self.touched() {
            let (start, end) = index.span(number).unwrap_or_else(|| {
                let at = index.after(number);
                (at, at)
            });
            // Elements taken out often stand side by side.
            if copied < start {
                out.extend_from_slice(&wire[copied..start]);
            }
            if let Some(change) = changes.next_if(|change| change.number == number) {
                out.extend_from_slice(&self.scratch[change.start as usize..change.end as usize]);
            }
            copied = end;
        }
        out.extend_from_slice(&wire[copied..]);
        Ok(())
    }

    /// The elements of the message that are taken out.
    #[inline]
    fn taken_out(&self) -> [u64; 3] {
        let there = self.base.map_or([0; 3], |base| base.index().bits());
        std::array::from_fn(|map| there[map] & !self.bits[map])
    }

    /// The elements that are set or taken out, ascending.
    pub(super) fn touched(&self) -> Elements {
        let mut touched = self.taken_out();
        self.changes.iter().for_each(|change| insert(&mut touched, change.number));
        Elements::new(touched)
    }

    /// Bytes that the message will have.
    fn size(&self) -> usize {
        let bitmaps = bitmap_width(self.dialect.bitmap().encoding) * self.maps() as usize;
        let header = mti_width(self.dialect.mti_encoding()) + bitmaps;
        let changed: usize = self.changes.iter().map(|change| (change.end - change.start) as usize).sum();
        let Some(base) = self.base else { return header + changed };
        let mut replaced: usize = self.changes.iter().map(|change| index_len(base, change.number)).sum();
        let taken_out = self.taken_out();
        if taken_out != [0; 3] {
            replaced += Elements::new(taken_out).map(|number| index_len(base, number)).sum::<usize>();
        }
        header + changed + base.as_bytes().len() - base.index().body() - replaced
    }

    /// How many bitmaps the message will have: as many as its last element needs. A message that came with more, the
    /// last of them empty, keeps them.
    fn maps(&self) -> u8 {
        let needed = maps_for(&self.bits);
        match self.base.map(Message::index) {
            Some(index) if index.maps() > maps_for(&index.bits()) => needed.max(index.maps()),
            _ => needed,
        }
    }

    #[inline(always)]
    fn header(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let mti = match (self.mti, self.base) {
            (Some(mti), _) => mti,
            (None, Some(base)) => base.mti(),
            (None, None) => return Err(Error::new(Path::MTI, 0, ErrorKind::Missing)),
        };
        encode_digits4(self.dialect.mti_encoding(), mti.digits(), out);
        match self.base {
            // Bitmaps that stay as they are keep their letter case too.
            Some(base) if base.index().bits() == self.bits => {
                let bitmaps = mti_width(self.dialect.mti_encoding())..base.index().body();
                out.extend_from_slice(&base.as_bytes()[bitmaps]);
                Ok(())
            }
            // A third one that stands among the elements is a change like any other.
            _ => write_bitmaps(self.dialect, self.bits, self.maps(), out).map(drop),
        }
    }
}

fn index_len(base: &Message, number: u8) -> usize {
    base.index().span(number).map_or(0, |(start, end)| end - start)
}

/// Bytes of a message type.
pub(crate) const fn mti_width(encoding: DigitEncoding) -> usize {
    match encoding {
        DigitEncoding::Bcd => 2,
        DigitEncoding::Ascii | DigitEncoding::Ebcdic => 4,
    }
}

/// How many bitmaps these elements need.
#[inline(always)]
pub(crate) const fn maps_for(bits: &[u64; 3]) -> u8 {
    if bits[2] != 0 {
        3
    } else if bits[1] != 0 {
        2
    } else {
        1
    }
}

/// Appends so many bitmaps, with their continuation bits; gives the third one when it is still to come, among the elements.
#[inline(always)]
pub(crate) fn write_bitmaps(
    dialect: &Dialect,
    bits: [u64; 3],
    maps: u8,
    out: &mut Vec<u8>,
) -> Result<Option<u64>, Error> {
    let (encoding, mut leading, mut later) = (dialect.bitmap().encoding, maps, None);
    if maps > dialect.leading_maps() {
        let most = dialect.bitmap().maps;
        if maps > most {
            return Err(Error::new(Path::BITMAP, 0, ErrorKind::Continuation { map: maps, maps: most }));
        }
        (leading, later) = (dialect.leading_maps(), Some(bits[2]));
    }
    for map in 0..leading {
        let more = if map + 1 < maps { 1 << 63 } else { 0 };
        encode_bitmap(encoding, bits[map as usize] | more, out);
    }
    Ok(later)
}
