//! Changes over a message: an overlay, written out in one copy. A builder is an edit over nothing.

use bytes::Bytes;
use smallvec::SmallVec;

use super::codec::Encode;
use super::composite::fillers;
use super::dialect::{Dialect, parse_key};
use super::field::{Field, Key};
use super::index::{Elements, bit_of, contains, insert};
use super::message::Message;
use super::scratch::Scratch;
use super::{Error, Path, splice};
use crate::types::Mti;
use crate::wire::{BitmapRule, Body, ErrorKind, Length, bitmap_width, encode_bitmap, encode_digits4};

/// Changes over a message, or over nothing. What is not changed is copied as it stands, bit for bit.
///
/// Setters can be chained, and nothing is written before [`Edit::finish`]; it also tells the first thing that went
/// wrong while setting.
///
/// ```
/// # use isopace::iso87a;
/// # fn demo(message: &isopace::Message) -> Result<(), isopace::Error> {
/// let reply = message.edit().mti("0210").set(39, "00").finish()?;
///
/// let mut edit = message.edit();
/// if !message.has(38) {
///     edit.set(38, "000001");
/// }
/// let forwarded = edit.finish()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Edit<'a> {
    dialect: &'static Dialect,
    base: Option<&'a Message>,
    mti: Option<Mti>,
    /// Presence by map after all changes.
    bits: [u64; 3],
    /// Ascending by number.
    changes: SmallVec<[Change; 8]>,
    /// Bytes of the changed elements, prefix included.
    scratch: Scratch,
    /// Whether a composite of fixed length was set child by child, so that some may be missing yet.
    piecemeal: bool,
    error: Option<Error>,
}

/// A new value of an element, or its removal (an empty range).
#[derive(Debug, Clone, Copy)]
struct Change {
    number: u8,
    start: u32,
    end: u32,
}

impl<'a> Edit<'a> {
    /// A message from nothing.
    #[inline]
    pub fn build(dialect: &'static Dialect) -> Self {
        Edit::new(dialect, None, [0; 3])
    }

    /// Changes over a message.
    #[inline]
    pub fn over(message: &'a Message) -> Self {
        Edit::new(message.dialect(), Some(message), message.index().bits())
    }

    #[inline]
    fn new(dialect: &'static Dialect, base: Option<&'a Message>, bits: [u64; 3]) -> Self {
        let (changes, scratch) = (SmallVec::new(), Scratch::new());
        Edit { dialect, base, mti: None, bits, changes, scratch, piecemeal: false, error: None }
    }

    #[cold]
    fn fail(&mut self, error: Error) {
        self.error.get_or_insert(error);
    }

    /// Sets the message type: four digits.
    #[inline]
    pub fn mti(&mut self, digits: &str) -> &mut Self {
        match Mti::new(digits) {
            Ok(mti) => self.mti = Some(mti),
            Err(error) => self.fail(Error::new(Path::MTI, 0, ErrorKind::Value(error))),
        }
        self
    }

    /// Sets the message type.
    #[inline]
    pub fn message_type(&mut self, mti: Mti) -> &mut Self {
        self.mti = Some(mti);
        self
    }

    /// Sets an element.
    #[inline]
    pub fn set<T: Encode + ?Sized>(&mut self, number: u8, value: &T) -> &mut Self {
        match self.field(number) {
            Ok(field) => self.put(field, value),
            Err(error) => {
                self.fail(error);
                self
            }
        }
    }

    /// Sets an element of a field known to be of this dialect: what generated code calls.
    #[inline(always)]
    pub fn put<T: Encode + ?Sized>(&mut self, field: &'static Field, value: &T) -> &mut Self {
        let super::field::Key::Number(number) = field.key else { return self };
        let start = self.scratch.len();
        match value.encode(Body::new(&field.rule, &mut self.scratch)) {
            Ok(()) => self.change(number as u8, start),
            Err(fault) => self.fail(Error::within(Path::element(number as u8), 0, fault)),
        }
        self
    }

    /// Sets the value at a dotted path from its form in JSON: text as it stands, hex for bytes. Inside a composite a
    /// tag that is not there yet comes last; `55.DF01#2` is the second object of a tag.
    pub fn set_leaf(&mut self, path: &str, value: &str) -> &mut Self {
        if let Err(error) = self.try_set_leaf(path, value) {
            self.fail(error);
        }
        self
    }

    fn try_set_leaf(&mut self, path: &str, value: &str) -> Result<(), Error> {
        let no_path = || Error::new(Path::MESSAGE, 0, ErrorKind::Path);
        let (head, rest) = path.split_once('.').map_or((path, None), |(head, rest)| (head, Some(rest)));
        // Digits only: `u8::from_str` takes a plus sign.
        let Some(Key::Number(number)) = parse_key(head.as_bytes(), false) else { return Err(no_path()) };
        let number = u8::try_from(number).map_err(|_| no_path())?;
        let field = self.field(number)?;
        let at = Path::element(number);
        let start = self.scratch.len();
        let written = match rest {
            None => Body::new(&field.rule, &mut self.scratch).leaf(value),
            Some(rest) => {
                let inside = self.inside(field, number)?;
                let anew = splice::set(field, &inside, at, rest, value)?;
                let mut rule = field.rule;
                if let Length::Fixed(max) = rule.length {
                    // The children after this one may be yet to come.
                    rule.length = Length::Rest { max };
                    self.piecemeal = true;
                }
                let fillers = field.composite.map_or(0, |composite| fillers(composite, &rule, &anew));
                Body::new(&rule, &mut self.scratch).with_fillers(fillers).inside(&anew)
            }
        };
        written.map_err(|fault| Error::within(at, 0, fault))?;
        self.change(number, start);
        Ok(())
    }

    /// What a composite element holds by now, its prefix aside and hex undone.
    fn inside(&self, field: &'static Field, number: u8) -> Result<Vec<u8>, Error> {
        let fail = |fault| Error::within(Path::element(number), 0, fault);
        let changed = self.changes.iter().find(|change| change.number == number);
        let raw = match (changed, self.base) {
            (Some(change), _) => {
                let bytes = &self.scratch[change.start as usize..change.end as usize];
                let content = bytes.get(field.rule.prefix_bytes()..).unwrap_or_default();
                crate::wire::Raw::new(content, field.rule.units(bytes, 0, content.len()), &field.rule)
            }
            (None, Some(base)) => match base.raw(number) {
                Some(raw) => raw,
                None => return Ok(Vec::new()),
            },
            (None, None) => return Ok(Vec::new()),
        };
        Ok(raw.binary().map_err(fail)?.into_owned())
    }

    /// Proves that no child is missing at the end of a composite of fixed length.
    #[cold]
    fn complete(&self) -> Result<(), Error> {
        for change in self.changes.iter().filter(|change| contains(&self.bits, change.number)) {
            let Some(rule) = self.dialect.field(change.number).map(|field| &field.rule) else { continue };
            let found = change.end - change.start;
            if let Length::Fixed(units) = rule.length
                && found < rule.wire_bytes(units)
            {
                let kind = ErrorKind::TooShort { min: rule.wire_bytes(units), found };
                return Err(Error::new(Path::element(change.number), 0, kind));
            }
        }
        Ok(())
    }

    fn field(&self, number: u8) -> Result<&'static Field, Error> {
        let undefined = || Error::new(Path::element(number), 0, ErrorKind::Undefined);
        self.dialect.field(number).ok_or_else(undefined)
    }

    /// Takes an element out.
    #[inline]
    pub fn remove(&mut self, number: u8) -> &mut Self {
        self.take_out(number);
        self
    }

    /// Takes out every element that is not listed.
    pub fn keep(&mut self, numbers: &[u8]) -> &mut Self {
        for number in Elements::new(self.bits) {
            if !numbers.contains(&number) {
                self.take_out(number);
            }
        }
        self
    }

    fn take_out(&mut self, number: u8) {
        if contains(&self.bits, number) {
            let end = self.scratch.len();
            self.change(number, end);
            self.bits[(number as usize - 1) / 64] &= !bit_of(number);
        }
    }

    /// Records what has been written to the scratch from `start` on.
    #[inline(always)]
    fn change(&mut self, number: u8, start: usize) {
        let change = Change { number, start: start as u32, end: self.scratch.len() as u32 };
        insert(&mut self.bits, number);
        match self.changes.iter().position(|other| other.number >= number) {
            None => self.changes.push(change),
            Some(at) if self.changes[at].number == number => self.changes[at] = change,
            Some(at) => self.changes.insert(at, change),
        }
    }

    /// Whether the element will be there.
    #[must_use]
    pub fn has(&self, number: u8) -> bool {
        contains(&self.bits, number)
    }

    /// Writes the message out: one copy, one allocation.
    ///
    /// # Errors
    /// The first thing that went wrong while setting; no message type; an element beyond the dialect's bitmaps; a
    /// message of which only a part could be read.
    #[inline]
    pub fn finish(&self) -> Result<Bytes, Error> {
        if let (Some(base), None, None, true) = (self.base, &self.error, self.mti, self.changes.is_empty()) {
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
        Ok(())
    }

    /// Bytes that the message will have.
    fn size(&self) -> usize {
        let header = 4 + bitmap_width(self.dialect.bitmap().encoding) * self.maps() as usize;
        let (mut size, base) = match self.base {
            Some(base) => (header + base.as_bytes().len() - base.index().body(), base),
            None => {
                return header + self.changes.iter().map(|change| (change.end - change.start) as usize).sum::<usize>();
            }
        };
        for change in &self.changes {
            size += (change.end - change.start) as usize;
            size -= index_len(base, change.number);
        }
        if self.dialect.mti_encoding() == crate::wire::DigitEncoding::Bcd { size - 2 } else { size }
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

    #[inline]
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
                let start = if self.dialect.mti_encoding() == crate::wire::DigitEncoding::Bcd { 2 } else { 4 };
                out.extend_from_slice(&base.as_bytes()[start..base.index().body()]);
                Ok(())
            }
            _ => write_bitmaps(self.dialect.bitmap(), self.bits, self.maps(), out),
        }
    }
}

fn index_len(base: &Message, number: u8) -> usize {
    base.index().span(number).map_or(0, |(start, end)| end - start)
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

/// Appends so many bitmaps, with their continuation bits.
#[inline(always)]
pub(crate) fn write_bitmaps(rule: BitmapRule, bits: [u64; 3], maps: u8, out: &mut Vec<u8>) -> Result<(), Error> {
    if maps > rule.maps {
        return Err(Error::new(Path::BITMAP, 0, ErrorKind::Continuation { map: maps, maps: rule.maps }));
    }
    for map in 0..maps {
        let more = if map + 1 < maps { 1 << 63 } else { 0 };
        encode_bitmap(rule.encoding, bits[map as usize] | more, out);
    }
    Ok(())
}

impl std::fmt::Debug for Edit<'_> {
    /// The numbers of the elements changed; no content.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let numbers: Vec<u8> = self.changes.iter().map(|change| change.number).collect();
        f.debug_struct("Edit").field("dialect", &self.dialect.name()).field("changed", &numbers).finish()
    }
}
