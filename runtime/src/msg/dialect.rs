//! One dialect as data: generated as a constant, or loaded at run time into the same shape.

use super::field::{Field, Key, find};
use super::index::insert;
use super::key::{parse_number, parse_tag};
use super::third;
use super::walk::{self, Known, Walk};
use crate::wire::{BitmapRule, Class, Counts, DigitEncoding, Encoding, Length, PrefixEncoding, Rule, bitmap_width};

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

/// What the walk over a message needs of one element, ready to hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) prefix: StepPrefix,
    /// Most units; bytes on the wire when there is no prefix.
    pub(crate) size: u32,
    /// Place in the list of fields.
    pub(crate) field: u8,
}

/// The prefixes that the walk reads itself; all others go the general way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StepPrefix {
    Undefined,
    /// No data: the third bitmap where it is one of the elements.
    Bitmap,
    Fixed,
    Ll,
    Lll,
    General,
}

/// One message type: which elements it has and how it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct MessageRule {
    /// Name in kebab case: `financial-request`.
    pub name: &'static str,
    /// Message type indicator, four digits.
    pub mti: &'static str,
    /// Elements that are always there, ascending.
    pub mandatory: &'static [u8],
    /// Elements whose presence depends on the transaction, ascending.
    pub conditional: &'static [u8],
    /// Elements that may be there, ascending.
    pub optional: &'static [u8],
    /// How it is answered, when it is.
    pub reply: Option<ReplyRule>,
}

impl MessageRule {
    /// A message that is not answered.
    #[must_use]
    pub const fn new(
        name: &'static str,
        mti: &'static str,
        mandatory: &'static [u8],
        conditional: &'static [u8],
        optional: &'static [u8],
    ) -> Self {
        MessageRule { name, mti, mandatory, conditional, optional, reply: None }
    }

    /// Answered by this message type, with these elements copied.
    #[must_use]
    pub const fn reply(mut self, mti: &'static str, echo: &'static [u8]) -> Self {
        let mut set = [0; 3];
        let mut at = 0;
        while at < echo.len() {
            insert(&mut set, echo[at]);
            at += 1;
        }
        self.reply = Some(ReplyRule { mti, echo, set });
        self
    }
}

/// How a message is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplyRule {
    /// Message type indicator of the answer.
    pub mti: &'static str,
    /// Elements copied from the request as they stand, ascending.
    pub echo: &'static [u8],
    /// The same as a set.
    pub(super) set: [u64; 3],
}

/// Which elements a response shares with its request, beside version, class and function of the message type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CorrelationRule {
    /// The class of messages it is for: the second digit of the message type. Nothing for all that have no own rule.
    pub class: Option<u8>,
    /// Lists of elements; the first one of which both messages have all is compared.
    pub alternatives: &'static [&'static [u8]],
}

impl CorrelationRule {
    /// These alternatives for a class of messages, or for all that have no rule of their own.
    #[must_use]
    pub const fn new(class: Option<u8>, alternatives: &'static [&'static [u8]]) -> Self {
        CorrelationRule { class, alternatives }
    }
}

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

impl Step {
    const UNDEFINED: Step = Step { prefix: StepPrefix::Undefined, size: 0, field: 0 };

    const fn of(rule: &Rule, field: u8) -> Self {
        let plain = !matches!(rule.encoding, Encoding::Bcd { .. } | Encoding::Hex | Encoding::EbcdicHex)
            || matches!(rule.class, Class::B) && matches!(rule.encoding, Encoding::Raw);
        let (prefix, size) = match rule.length {
            Length::Fixed(units) => (StepPrefix::Fixed, rule.wire_bytes(units)),
            Length::Variable { prefix, min, max } => {
                let usual = matches!(prefix.encoding, PrefixEncoding::Ascii)
                    && matches!(prefix.counts, Counts::Units)
                    && !prefix.inclusive
                    && min == 0
                    && plain;
                match prefix.width {
                    2 if usual => (StepPrefix::Ll, max),
                    3 if usual => (StepPrefix::Lll, max),
                    _ => (StepPrefix::General, max),
                }
            }
            // A data element without a length of its own could only be the last one; the lints refuse it.
            Length::Rest { max } => (StepPrefix::General, max),
        };
        Step { prefix, size, field }
    }
}
