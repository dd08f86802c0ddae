//! One dialect as data: generated as a constant, or loaded at run time into the same shape.

use super::field::{Field, Key, find};
use super::key::{parse_number, parse_tag};
use super::message_rule::{CorrelationRule, MessageRule};
use super::step::{Step, StepPrefix};
use super::third;
use super::walk::{self, Known, Walk};
use crate::wire::{BitmapRule, DigitEncoding, bitmap_width};

/// What pairs a response with its request unless a dialect says otherwise: the audit number and the terminal, or the
/// audit number alone.
const DEFAULT_CORRELATION: &[CorrelationRule] = &[CorrelationRule::new(None, &[&[11, 41], &[11]])];

/// Highest data element number of three bitmaps.
pub(crate) const MAX_ELEMENT: usize = 192;

/// All that is known of one ISO 8583 dialect.
#[derive(Debug)]
pub struct Dialect {
    name: &'static str,
    title: &'static str,
    mti: DigitEncoding,
    bitmap: BitmapRule,
    /// How many of the bitmaps may stand before the elements: all of them, or two when the third is one of the elements.
    leading_maps: u8,
    fields: &'static [Field],
    messages: &'static [MessageRule],
    correlation: &'static [CorrelationRule],
    /// By bitmap and bit.
    steps: [[Step; 64]; 3],
    /// The walk compiled for this dialect; one that is loaded has none.
    walk: Option<Walk>,
}

impl PartialEq for Dialect {
    /// Whether all that is known is the same, however it came to be.
    fn eq(&self, other: &Self) -> bool {
        let known = |of: &Self| (of.name, of.title, of.mti, of.bitmap, of.fields, of.messages, of.correlation);
        known(self) == known(other) && self.leading_maps == other.leading_maps
    }
}

impl Eq for Dialect {}

impl Dialect {
    /// A dialect with these data elements, ascending by number.
    ///
    /// # Panics
    /// In a constant, so at compile time: a number out of 2 to 192, or more than 255 elements.
    #[must_use]
    pub const fn new(
        name: &'static str,
        title: &'static str,
        mti: DigitEncoding,
        bitmap: BitmapRule,
        fields: &'static [Field],
        messages: &'static [MessageRule],
    ) -> Self {
        let mut steps = [[Step::UNDEFINED; 64]; 3];
        assert!(fields.len() <= 191, "more data elements than three bitmaps have bits");
        let mut at = 0;
        while at < fields.len() {
            let Key::Number(number) = fields[at].key else { panic!("a data element is named by its number") };
            assert!(number >= 2 && number as usize <= MAX_ELEMENT, "data elements are 2 to 192");
            let bit = number as usize - 1;
            steps[bit / 64][bit % 64] = Step::of(&fields[at].rule, at as u8);
            at += 1;
        }
        let (leading_maps, correlation) = (bitmap.maps, DEFAULT_CORRELATION);
        Dialect { name, title, mti, bitmap, leading_maps, fields, messages, correlation, steps, walk: None }
    }

    /// With the third bitmap as DE 65, in its place among the elements, rather than behind the second one: bit 65 says that
    /// it is there. It is written as the others are.
    ///
    /// # Panics
    /// In a constant, so at compile time: there are not three bitmaps, or 65 is a data element.
    #[must_use]
    pub const fn third_bitmap_as_element(mut self) -> Self {
        assert!(self.bitmap.maps == 3, "there is no third bitmap");
        let bit = third::NUMBER as usize - 1;
        let step = &mut self.steps[bit / 64][bit % 64];
        assert!(matches!(step.prefix, StepPrefix::Undefined), "DE 65 is the third bitmap");
        *step = Step { prefix: StepPrefix::Bitmap, size: bitmap_width(self.bitmap.encoding) as u32, field: 0 };
        self.leading_maps = 2;
        self
    }

    /// With a walk compiled for it: what generated code does.
    #[must_use]
    pub const fn compiled<D: Known>(mut self) -> Self {
        self.walk = Some(walk::walk::<D>);
        self
    }

    /// With these rules for which response belongs to which request, the default first.
    #[must_use]
    pub const fn correlation(mut self, correlation: &'static [CorrelationRule]) -> Self {
        self.correlation = correlation;
        self
    }

    /// Name: `iso87-a`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// One line for people.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        self.title
    }

    /// How the message type indicator is written.
    #[must_use]
    pub const fn mti_encoding(&self) -> DigitEncoding {
        self.mti
    }

    /// The bitmaps of a message.
    #[must_use]
    pub const fn bitmap(&self) -> BitmapRule {
        self.bitmap
    }

    /// Whether the third bitmap is DE 65, in its place among the elements.
    #[must_use]
    pub const fn has_third_bitmap_as_element(&self) -> bool {
        self.leading_maps < self.bitmap.maps
    }

    /// How many of the bitmaps may stand before the elements.
    #[inline(always)]
    pub(crate) const fn leading_maps(&self) -> u8 {
        self.leading_maps
    }

    /// The data elements, ascending by number.
    #[must_use]
    pub const fn fields(&self) -> &'static [Field] {
        self.fields
    }

    /// The messages.
    #[must_use]
    pub const fn messages(&self) -> &'static [MessageRule] {
        self.messages
    }

    /// Which response belongs to which request: the default first, then those of a class of messages.
    #[must_use]
    pub const fn correlation_rules(&self) -> &'static [CorrelationRule] {
        self.correlation
    }

    /// The data element with this number.
    #[must_use]
    #[inline]
    pub const fn field(&self, number: u8) -> Option<&'static Field> {
        let step = self.step(number);
        match step.prefix {
            StepPrefix::Undefined | StepPrefix::Bitmap => None,
            _ => Some(&self.fields[step.field as usize]),
        }
    }

    /// The message with this message type indicator, or of which it is the repeat.
    #[must_use]
    pub fn message(&self, mti: crate::types::Mti) -> Option<&'static MessageRule> {
        let original = mti.original();
        self.messages.iter().find(|message| original == *message.mti)
    }

    /// The field that a dotted path names: `2`, `55.9F26`, `54.2.5`. At compile time too.
    #[must_use]
    pub const fn resolve(&self, path: &str) -> Option<&'static Field> {
        let (head, mut tail) = split(path.as_bytes());
        let Some(key) = parse_number(head) else { return None };
        let Some(mut field) = find(self.fields, key) else { return None };
        while let Some(rest) = tail {
            let Some(composite) = &field.composite else { return None };
            let (head, after) = split(rest);
            let Some((_, child)) = composite.named(head) else { return None };
            (field, tail) = (child, after);
        }
        Some(field)
    }

    /// The steps of the elements of one bitmap, by bit.
    #[inline(always)]
    pub(crate) const fn steps(&self) -> &[[Step; 64]; 3] {
        &self.steps
    }

    /// The walk compiled for this dialect.
    #[inline(always)]
    pub(super) const fn walk(&self) -> Option<Walk> {
        self.walk
    }

    #[inline(always)]
    pub(crate) const fn step(&self, number: u8) -> Step {
        let bit = (number as usize).wrapping_sub(1);
        if bit < MAX_ELEMENT { self.steps[bit / 64][bit % 64] } else { Step::UNDEFINED }
    }
}

/// What stands before the first dot, and after it.
const fn split(path: &[u8]) -> (&[u8], Option<&[u8]>) {
    let mut at = 0;
    while at < path.len() {
        if path[at] == b'.' {
            let (head, tail) = path.split_at(at);
            return (head, Some(tail.split_at(1).1));
        }
        at += 1;
    }
    (path, None)
}

/// A key as it stands in a path: decimal, or hex within a TLV composite.
pub(crate) const fn parse_key(text: &[u8], in_tlv: bool) -> Option<Key> {
    if in_tlv { parse_tag(text) } else { parse_number(text) }
}
