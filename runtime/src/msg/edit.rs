//! Changes over a message: an overlay, written out in one copy. A builder is an edit over nothing.

use smallvec::SmallVec;

use super::codec::Encode;
use super::composite::fillers;
use super::dialect::{Dialect, parse_key};
use super::elements::{bit_of, contains, insert};
use super::field::{Field, Key};
use super::message::Message;
use super::scratch::Scratch;
use super::{Error, Path, splice, third};
use crate::types::Mti;
use crate::wire::{Body, ErrorKind};

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
    pub(super) dialect: &'static Dialect,
    pub(super) base: Option<&'a Message>,
    pub(super) mti: Option<Mti>,
    /// Presence by map after all changes: what is not here and in the message is taken out.
    pub(super) bits: [u64; 3],
    /// Ascending by number.
    pub(super) changes: SmallVec<[Change; 8]>,
    /// Bytes of the changed elements, prefix included.
    pub(super) scratch: Scratch,
    /// Whether something was set child by child that must have all of its children: a composite of fixed length, a group.
    pub(super) piecemeal: bool,
    pub(super) error: Option<Error>,
}

/// A new value of an element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    pub(super) number: u8,
    pub(super) start: u32,
    pub(super) end: u32,
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
                let anew = splice::set(field, &inside, at, rest, value, &mut self.piecemeal)?;
                // The children after this one may be yet to come.
                let unfinished = field.rule.unfinished();
                self.piecemeal |= unfinished.is_some();
                let rule = unfinished.unwrap_or(field.rule);
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
            // What was taken out begins anew.
            (None, Some(base)) if contains(&self.bits, number) => match base.raw(number) {
                Some(raw) => raw,
                None => return Ok(Vec::new()),
            },
            (None, _) => return Ok(Vec::new()),
        };
        Ok(raw.binary().map_err(fail)?.into_owned())
    }

    /// Proves that nothing that was set child by child lacks any.
    #[cold]
    pub(super) fn complete(&self) -> Result<(), Error> {
        for change in self.changes.iter().filter(|change| contains(&self.bits, change.number)) {
            let Some(field) = self.dialect.field(change.number) else { continue };
            let rule = &field.rule;
            let found = (change.end - change.start).saturating_sub(rule.prefix_bytes() as u32);
            let min = rule.wire_bytes(rule.min());
            if found < min {
                return Err(Error::new(Path::element(change.number), 0, ErrorKind::TooShort { min, found }));
            }
            if field.composite.is_some() {
                splice::complete(field, &self.inside(field, change.number)?, Path::element(change.number))?;
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
        let mut kept = [0; 3];
        numbers.iter().for_each(|number| insert(&mut kept, *number));
        self.keep_set(&kept)
    }

    /// [`Edit::keep`] of a set of elements.
    #[inline]
    pub(super) fn keep_set(&mut self, kept: &[u64; 3]) -> &mut Self {
        self.bits.iter_mut().zip(kept).for_each(|(bits, kept)| *bits &= kept);
        self.changes.retain(|change| contains(kept, change.number));
        self
    }

    fn take_out(&mut self, number: u8) {
        if contains(&self.bits, number) {
            self.bits[(number as usize - 1) / 64] &= !bit_of(number);
            self.changes.retain(|change| change.number != number);
        }
    }

    /// Records what has been written to the scratch from `start` on.
    #[inline(always)]
    pub(super) fn change(&mut self, number: u8, start: usize) {
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
        number != third::NUMBER && contains(&self.bits, number)
    }
}

impl std::fmt::Debug for Edit<'_> {
    /// The numbers of the elements changed; no content.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let numbers: Vec<u8> = self.touched().collect();
        f.debug_struct("Edit").field("dialect", &self.dialect.name()).field("changed", &numbers).finish()
    }
}
