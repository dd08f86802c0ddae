//! The walk over a message: one pass that proves the bitmaps and every length, and records where each element is.
//!
//! One piece of code for all dialects; what differs is the table it walks by. Content is not looked at.

use super::dialect::Dialect;
use super::elements::{Elements, bit_of, contains, insert};
use super::starts::{Near, Starts};
use super::step::{Step, StepPrefix};
use super::{Error, Path, third};
use crate::types::Mti;
use crate::wire::{ErrorKind, bitmap_width, decode_bitmap, decode_digits4, read_prefix};

/// The first bit of a bitmap: another one follows.
const CONTINUATION: u64 = 1 << 63;

/// The third bitmap. None can follow it, so that its first bit is an element like any other: DE 129.
const LAST: u8 = 2;

/// Message type of an index that found none.
const NO_MTI: Mti = match Mti::new("0000") {
    Ok(mti) => mti,
    Err(_) => panic!("four digits"),
};

/// Which elements there are and where. Offsets, not pointers; keyed by element number.
#[derive(Clone)]
pub(crate) struct Index {
    /// Presence by map, without the continuation bits. A third bitmap that is one of the elements is there as such.
    bits: [u64; 3],
    /// How many bitmaps there are, wherever they stand.
    maps: u8,
    mti: Mti,
    /// Where the first element starts: after the bitmaps.
    body: u32,
    /// Where the last element ends.
    end: u32,
    /// Start of each element (of its prefix).
    starts: Starts,
}

impl Index {
    /// Walks over a message. On an error, left in `error`, the index holds what came before it.
    #[inline(always)]
    pub(crate) fn of(dialect: &Dialect, wire: &[u8], error: &mut Option<Error>) -> Self {
        let mut index = Index { bits: [0; 3], maps: 0, mti: NO_MTI, body: 0, end: 0, starts: Starts::default() };
        if let Err(wrong) = index.walk(dialect, wire) {
            *error = Some(wrong);
            index.in_part();
        }
        index
    }

    #[inline(always)]
    fn walk(&mut self, dialect: &Dialect, wire: &[u8]) -> Result<(), Error> {
        if wire.len() > u32::MAX as usize {
            return Err(Error::new(Path::MESSAGE, 0, ErrorKind::TooLong { max: u32::MAX, found: u32::MAX }));
        }
        let at = self.header(dialect, wire)?;
        (self.body, self.end) = (at as u32, at as u32);
        self.starts = Starts::new(wire.len(), self.maps);
        let [first, second, _] = self.bits;
        if let (Some(near), Some(walk)) = (self.starts.near(), dialect.walk())
            && let Some(end) = walk(wire, at, [first, second], near)
        {
            self.end = end as u32;
            return Ok(());
        }
        let walked = match self.starts.near() {
            Some(near) => near_by(dialect, wire, at, self.bits, near),
            None if contains(&self.bits, third::NUMBER) => {
                with_third(dialect, wire, at, &mut self.bits, self.starts.far())
            }
            None => far(dialect, wire, at, self.bits, self.starts.far()),
        };
        match walked {
            Ok(end) => {
                self.end = end as u32;
                Ok(())
            }
            Err(error) => {
                self.cut_short(&error);
                Err(error)
            }
        }
    }

    /// Marks an index of a part of a message: over it nothing can be written.
    #[cold]
    fn in_part(&mut self) {
        self.maps = 0;
        if self.body == 0 {
            // Not even the bitmaps are whole.
            self.bits = [0; 3];
        }
    }

    /// Leaves only the elements that come before an error.
    #[cold]
    fn cut_short(&mut self, error: &Error) {
        self.end = error.offset() as u32;
        if let Some(failed) = error.path().number() {
            for number in Elements::new(self.bits).filter(|&number| number >= failed) {
                self.bits[(number as usize - 1) / 64] &= !bit_of(number);
            }
        }
    }

    /// Message type and bitmaps; gives where the first element starts.
    #[inline(always)]
    fn header(&mut self, dialect: &Dialect, wire: &[u8]) -> Result<usize, Error> {
        let (mti, mut at) =
            decode_digits4(dialect.mti_encoding(), wire).map_err(|kind| Error::new(Path::MTI, 0, kind))?;
        self.mti = Mti::from_digits(&mti).map_err(|_| Error::new(Path::MTI, 0, ErrorKind::Mti))?;
        let rule = dialect.bitmap();
        let width = bitmap_width(rule.encoding);
        loop {
            let map = self.maps;
            if map >= dialect.leading_maps() {
                return self.no_further(dialect, at);
            }
            let Some(text) = wire.get(at..at + width) else {
                let kind = ErrorKind::Truncated { needed: width as u32, left: (wire.len() - at) as u32 };
                return Err(Error::new(Path::BITMAP, at, kind));
            };
            let Some(bits) = decode_bitmap(rule.encoding, text) else {
                return Err(Error::new(Path::BITMAP, at, ErrorKind::Hex));
            };
            self.maps += 1;
            at += width;
            if map == LAST {
                self.bits[LAST as usize] = bits;
                return Ok(at);
            }
            self.bits[map as usize % 3] = bits & !CONTINUATION;
            if bits & CONTINUATION == 0 {
                return Ok(at);
            }
        }
    }

    /// What follows where another bitmap is announced and none may stand here: the elements, one of them a bitmap.
    #[cold]
    fn no_further(&mut self, dialect: &Dialect, at: usize) -> Result<usize, Error> {
        let maps = dialect.bitmap().maps;
        if self.maps >= maps {
            let kind = ErrorKind::Continuation { map: self.maps + 1, maps };
            return Err(Error::new(Path::BITMAP, at, kind));
        }
        self.maps += 1;
        insert(&mut self.bits, third::NUMBER);
        Ok(at)
    }

    /// The message type.
    #[inline]
    pub(crate) const fn mti(&self) -> Mti {
        self.mti
    }

    /// How many bitmaps the message has; none when only a part of it could be read.
    pub(crate) const fn maps(&self) -> u8 {
        self.maps
    }

    /// Presence by map, the continuation bits clear; 65 is there where the third bitmap is one of the elements.
    #[inline]
    pub(crate) const fn bits(&self) -> [u64; 3] {
        self.bits
    }

    /// Start of an element (of its prefix).
    #[inline(always)]
    pub(crate) fn start(&self, number: u8) -> Option<usize> {
        contains(&self.bits, number).then(|| self.starts.get(number as usize - 1))
    }

    /// Where the first element starts: after the bitmaps.
    #[inline]
    pub(crate) const fn body(&self) -> usize {
        self.body as usize
    }

    /// Where the first element after this one starts, or the end of the last one.
    #[inline]
    pub(crate) fn after(&self, number: u8) -> usize {
        let mut map = number as usize / 64;
        let mut later = self.bits.get(map).map_or(0, |bits| bits & (u64::MAX >> (number % 64)));
        while later == 0 {
            map += 1;
            match self.bits.get(map) {
                Some(&bits) => later = bits,
                None => return self.end as usize,
            }
        }
        self.start((map * 64) as u8 + later.leading_zeros() as u8 + 1).unwrap_or(self.end as usize)
    }

    /// Start and end of an element, its length prefix included.
    #[inline]
    pub(crate) fn span(&self, number: u8) -> Option<(usize, usize)> {
        Some((self.start(number)?, self.after(number)))
    }
}

/// The walk over a message of a dialect that is loaded, or in which something is wrong.
#[inline(never)]
fn near_by(dialect: &Dialect, wire: &[u8], at: usize, present: [u64; 3], starts: &mut Near) -> Result<usize, Error> {
    elements(dialect, wire, at, present, |place, start| starts[place & 127] = start as u16)
}

/// The walk over a message that is not near: seldom, so kept out of the way.
#[inline(never)]
fn far(dialect: &Dialect, wire: &[u8], at: usize, present: [u64; 3], starts: &mut [u32]) -> Result<usize, Error> {
    elements(dialect, wire, at, present, |place, start| {
        if let Some(entry) = starts.get_mut(place) {
            *entry = start as u32;
        }
    })
}

/// The walk over a message whose third bitmap is one of the elements: what it announces comes after the others.
#[cold]
fn with_third(
    dialect: &Dialect,
    wire: &[u8],
    at: usize,
    present: &mut [u64; 3],
    starts: &mut [u32],
) -> Result<usize, Error> {
    let mut record = |place: usize, start: usize| {
        if let Some(entry) = starts.get_mut(place) {
            *entry = start as u32;
        }
    };
    let [first, second, _] = *present;
    let at = part(dialect, wire, at, [first, second & CONTINUATION, 0], &mut record)?;
    let encoding = dialect.bitmap().encoding;
    let start = at - bitmap_width(encoding);
    present[LAST as usize] =
        third::read(encoding, &wire[start..]).map_err(|kind| Error::new(Path::element(third::NUMBER), start, kind))?;
    elements(dialect, wire, at, [0, second & !CONTINUATION, present[LAST as usize]], &mut record)
}

/// Walks over the elements to the end of the message, recording the start of each; gives where the last one ends.
#[inline(always)]
fn elements(
    dialect: &Dialect,
    wire: &[u8],
    at: usize,
    present: [u64; 3],
    record: impl FnMut(usize, usize),
) -> Result<usize, Error> {
    let at = part(dialect, wire, at, present, record)?;
    let bytes = wire.len() - at;
    if bytes > 0 {
        return Err(Error::new(Path::MESSAGE, at, ErrorKind::Trailing { bytes: bytes as u32 }));
    }
    Ok(at)
}

/// Walks over some of the elements.
#[inline(always)]
fn part(
    dialect: &Dialect,
    wire: &[u8],
    mut at: usize,
    present: [u64; 3],
    mut record: impl FnMut(usize, usize),
) -> Result<usize, Error> {
    let mut rest = &wire[at..];
    for (map, (steps, mut bits)) in dialect.steps().iter().zip(present).enumerate() {
        while bits != 0 {
            let bit = bits.leading_zeros() as usize & 63;
            bits ^= CONTINUATION >> bit;
            let place = map * 64 + bit;
            let size = match size(dialect, steps[bit], place, rest) {
                Ok(size) => size,
                Err(kind) => return Err(wrong(place, at, kind)),
            };
            let Some((_, tail)) = rest.split_at_checked(size) else {
                let kind = ErrorKind::Truncated { needed: size as u32, left: rest.len() as u32 };
                return Err(wrong(place, at, kind));
            };
            record(place, at);
            at += size;
            rest = tail;
        }
    }
    Ok(at)
}

/// What is wrong with the element in this place.
#[cold]
fn wrong(place: usize, at: usize, kind: ErrorKind) -> Error {
    Error::new(Path::element(place as u8 + 1), at, kind)
}

/// Bytes of an element, prefix included.
#[inline(always)]
fn size(dialect: &Dialect, step: Step, place: usize, wire: &[u8]) -> Result<usize, ErrorKind> {
    let digit = |byte: u8| usize::from(byte.wrapping_sub(b'0'));
    match (step.prefix, wire) {
        (StepPrefix::Fixed | StepPrefix::Bitmap, _) => Ok(step.size as usize),
        (StepPrefix::Ll, &[a, b, ..]) if digit(a) <= 9 && digit(b) <= 9 => {
            let units = digit(a) * 10 + digit(b);
            if units <= step.size as usize { Ok(units + 2) } else { Err(too_long(step.size, units)) }
        }
        (StepPrefix::Lll, &[a, b, c, ..]) if digit(a) <= 9 && digit(b) <= 9 && digit(c) <= 9 => {
            let units = digit(a) * 100 + digit(b) * 10 + digit(c);
            if units <= step.size as usize { Ok(units + 3) } else { Err(too_long(step.size, units)) }
        }
        (StepPrefix::Undefined, _) => Err(ErrorKind::Undefined),
        // Other prefixes, and the errors of those above.
        _ => general(dialect, place as u8 + 1, wire),
    }
}

#[cold]
const fn too_long(max: u32, units: usize) -> ErrorKind {
    ErrorKind::TooLong { max, found: units as u32 }
}

#[inline(never)]
fn general(dialect: &Dialect, number: u8, wire: &[u8]) -> Result<usize, ErrorKind> {
    let rule = &dialect.field(number).ok_or(ErrorKind::Undefined)?.rule;
    Ok(rule.prefix_bytes() + read_prefix(rule, wire)?.bytes as usize)
}
