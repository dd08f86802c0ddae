//! Trying causes out: the walk over the elements once more, with one thing taken to be otherwise.
//!
//! Nothing is allocated, and the work is bounded: a cause is given up at the first element that it makes no sense of,
//! and all of them once too many bytes have been looked at.

use std::cell::Cell;

use super::Hint;
use super::content::is_plausible;
use crate::msg::elements::Elements;
use crate::msg::output::mti_width;
use crate::msg::{Dialect, Error, third};
use crate::wire::{
    Class, Counts, DigitEncoding, Encoding, ErrorKind, Length, PrefixEncoding, Rule, Side, bitmap_width, decode_bitmap,
    read_prefix,
};

/// Longest message that is looked at.
const LONGEST: usize = 8192;
/// Bytes of content that are looked at in all.
const BUDGET: usize = 128 * 1024;
/// Elements before the error that are suspected one by one.
const SUSPECTS: usize = 12;

/// One thing that may be otherwise than the dialect says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    /// The prefix counts the other unit.
    Counts,
    /// The prefix counts itself, or does not.
    Inclusive,
    /// The prefix is written so.
    Prefix(PrefixEncoding),
    /// Digits are written so.
    Digits(DigitEncoding),
    /// Digits are written so, and their prefixes too.
    DigitsAndPrefix(DigitEncoding),
    /// Digits, text and prefixes are EBCDIC, or ASCII.
    Characters(DigitEncoding),
}

use Change::{Characters, Digits, DigitsAndPrefix, Inclusive, Prefix};

/// Tried one after the other; what comes first wins.
const CHANGES: [Change; 14] = [
    Characters(DigitEncoding::Ebcdic),
    Characters(DigitEncoding::Ascii),
    Change::Counts,
    Inclusive,
    Prefix(PrefixEncoding::Ascii),
    Prefix(PrefixEncoding::Ebcdic),
    Prefix(PrefixEncoding::Bcd),
    Prefix(PrefixEncoding::BinaryBe),
    Digits(DigitEncoding::Ascii),
    Digits(DigitEncoding::Bcd),
    Digits(DigitEncoding::Ebcdic),
    DigitsAndPrefix(DigitEncoding::Ascii),
    DigitsAndPrefix(DigitEncoding::Bcd),
    DigitsAndPrefix(DigitEncoding::Ebcdic),
];

/// The cause with which the message reads to its end, when there is just one.
pub(super) fn guess(dialect: &Dialect, wire: &[u8], error: &Error) -> Option<Hint> {
    let elements = Body::of(dialect, wire, dialect.bitmap().maps)?;
    let unchanged = elements.walk(|_, rule| Some(*rule));
    // All that is there makes sense: it was cut, or something was left behind it.
    let whole = matches!(error.kind(), ErrorKind::Truncated { .. } | ErrorKind::Trailing { .. });
    if whole && unchanged.doubtful.is_none() {
        return None;
    }
    for change in CHANGES {
        let mut touched = None;
        let mut many = false;
        let walked = elements.walk(|number, rule| match change.applied(rule) {
            None => Some(*rule),
            Some(changed) => {
                many |= touched.is_some();
                touched = Some(number);
                Some(changed)
            }
        });
        // Where only one prefix counts itself, it may as well be a wrong length.
        let enough = if change == Inclusive { many } else { touched.is_some() };
        if walked.fits && enough {
            return Some(change.hint(dialect, touched.filter(|_| !many)));
        }
    }
    // Beyond the first doubt nothing needs a cause of its own.
    let first = unchanged.doubtful.or(error.path().number());
    let last = first.unwrap_or(u8::MAX);
    let count = Elements::new(elements.bits).filter(|&number| number <= last).count();
    let suspects = Elements::new(elements.bits).filter(|&number| number <= last).skip(count.saturating_sub(SUSPECTS));
    let mut found = None;
    for suspect in suspects {
        let Some(field) = dialect.field(suspect) else { continue };
        for change in CHANGES.into_iter().filter(|change| change.is_of_one(&field.rule, first == Some(suspect))) {
            let mut touched = false;
            let walked = elements.walk(|number, rule| match change.applied(rule).filter(|_| number == suspect) {
                None => Some(*rule),
                Some(changed) => {
                    touched = true;
                    Some(changed)
                }
            });
            if touched && walked.fits {
                let hint = change.hint(dialect, Some(suspect));
                // Two causes are none.
                if found.is_some_and(|other| other != hint) {
                    return None;
                }
                found = Some(hint);
            }
        }
    }
    found
}

/// Whether the message makes sense with one bitmap more than the dialect has: its elements stand behind that one.
pub(super) fn another_map(dialect: &Dialect, wire: &[u8]) -> bool {
    let maps = dialect.bitmap().maps;
    let Some(mut elements) = Body::of(dialect, wire, maps + 1) else { return false };
    // What the map announces is not known, but what comes before that is.
    elements.open_end = true;
    elements.walk(|_, rule| Some(*rule)).fits
}

/// Elements that the bitmaps announce, and where they start.
struct Body<'a> {
    dialect: &'a Dialect,
    wire: &'a [u8],
    at: usize,
    bits: [u64; 3],
    /// Whether more may follow that is not known.
    open_end: bool,
    /// Bytes of content that may still be looked at.
    budget: Cell<usize>,
}

/// What came of a walk.
struct Walked {
    /// It came to the end, and everything made sense.
    fits: bool,
    /// The first element that made no sense.
    doubtful: Option<u8>,
}

impl<'a> Body<'a> {
    /// The elements of a message with at most so many bitmaps, of which the dialect knows the first ones.
    fn of(dialect: &'a Dialect, wire: &'a [u8], maps: u8) -> Option<Self> {
        if wire.len() > LONGEST {
            return None;
        }
        let encoding = dialect.bitmap().encoding;
        let width = bitmap_width(encoding);
        let mut at = mti_width(dialect.mti_encoding());
        let mut bits = [0; 3];
        for map in 0..=u8::MAX {
            let decoded = decode_bitmap(encoding, wire.get(at..at + width)?)?;
            at += width;
            let mut more = decoded >> 63 == 1;
            if map < dialect.bitmap().maps {
                let own = bits.get_mut(usize::from(map))?;
                *own = decoded & (u64::MAX >> 1);
                if more && map + 1 == dialect.leading_maps() && dialect.has_third_bitmap_as_element() {
                    (*own, more) = (decoded, false);
                }
            }
            if !more || map + 1 >= maps {
                // A map that announces nothing, or another one still, is none.
                let strange = map >= dialect.bitmap().maps && (more || decoded == 0);
                return (!more && !strange).then_some(Body {
                    dialect,
                    wire,
                    at,
                    bits,
                    open_end: false,
                    budget: Cell::new(BUDGET),
                });
            }
        }
        None
    }

    /// Walks by rules that may be changed.
    fn walk(&self, mut rule_of: impl FnMut(u8, &Rule) -> Option<Rule>) -> Walked {
        let mut rest = self.wire.get(self.at..).unwrap_or_default();
        let stopped = |number| Walked { fits: false, doubtful: number };
        let mut doubtful = None;
        let mut elements = Elements::new(self.bits);
        while let Some(number) = elements.next() {
            if number == third::NUMBER {
                let encoding = self.dialect.bitmap().encoding;
                let Ok(bits) = third::read(encoding, rest) else { return stopped(doubtful) };
                elements.announce(bits);
                rest = rest.get(bitmap_width(encoding)..).unwrap_or_default();
                continue;
            }
            let Some(field) = self.dialect.field(number) else { return stopped(doubtful) };
            let Some(rule) = rule_of(number, &field.rule) else { return stopped(doubtful) };
            let Ok(measured) = read_prefix(&rule, rest) else { return stopped(doubtful) };
            let (start, size) = (rule.prefix_bytes(), measured.bytes as usize);
            let Some((element, tail)) = rest.split_at_checked(start.saturating_add(size)) else {
                return stopped(doubtful);
            };
            let content = element.get(start..).unwrap_or_default();
            // An element without content is looked at too.
            let Some(budget) = self.budget.get().checked_sub(content.len().max(1)) else { return stopped(doubtful) };
            self.budget.set(budget);
            if doubtful.is_none() && !is_plausible(field, &rule, content, measured.units) {
                doubtful = Some(number);
                // Changed rules have to make sense everywhere.
                if rule != field.rule {
                    return stopped(doubtful);
                }
            }
            rest = tail;
        }
        Walked { fits: doubtful.is_none() && (rest.is_empty() || self.open_end), doubtful }
    }
}

impl Change {
    /// The rule with this change; nothing when it is so already, or has nothing that could be changed so.
    fn applied(self, rule: &Rule) -> Option<Rule> {
        let mut changed = *rule;
        match self {
            Change::Counts => {
                let packed = matches!(rule.encoding, Encoding::Bcd { .. } | Encoding::Hex | Encoding::EbcdicHex);
                let Length::Variable { prefix, .. } = &mut changed.length else { return None };
                prefix.counts = if prefix.counts == Counts::Units { Counts::Bytes } else { Counts::Units };
                return packed.then_some(changed);
            }
            Change::Inclusive => {
                let Length::Variable { prefix, .. } = &mut changed.length else { return None };
                prefix.inclusive = !prefix.inclusive;
            }
            Change::Prefix(encoding) => reprefix(&mut changed, encoding),
            Change::Digits(encoding) => digits(&mut changed, encoding),
            Change::DigitsAndPrefix(encoding) => {
                digits(&mut changed, encoding);
                if changed.encoding == rule.encoding && !matches!(rule.class, Class::N | Class::Z | Class::Xn) {
                    // Text goes with the digits in its prefix.
                    reprefix(&mut changed, prefix_like(encoding));
                    return (changed != *rule).then_some(changed);
                }
                reprefix(&mut changed, prefix_like(encoding));
            }
            Change::Characters(encoding) => {
                let ebcdic = encoding == DigitEncoding::Ebcdic;
                let from = if ebcdic { PrefixEncoding::Ascii } else { PrefixEncoding::Ebcdic };
                if let Length::Variable { prefix, .. } = rule.length
                    && prefix.encoding == from
                {
                    reprefix(&mut changed, prefix_like(encoding));
                }
                changed.encoding = match rule.encoding {
                    Encoding::Ascii | Encoding::Latin1 | Encoding::Utf8 if ebcdic => Encoding::Cp037,
                    Encoding::Cp037 | Encoding::Cp1047 if !ebcdic => Encoding::Ascii,
                    other => other,
                };
            }
        }
        (changed != *rule).then_some(changed)
    }

    /// Whether one element alone may well be so. Packed digits and binary lengths are no characters, so that they are
    /// seen where they stand; characters among packed digits are digits too, and are not seen at once.
    fn is_of_one(self, rule: &Rule, seen_here: bool) -> bool {
        let prefix = match rule.length {
            Length::Variable { prefix, .. } => Some(prefix.encoding),
            _ => None,
        };
        let packed = matches!(rule.encoding, Encoding::Bcd { .. });
        let written = matches!(prefix, Some(PrefixEncoding::Ascii | PrefixEncoding::Ebcdic | PrefixEncoding::Hex));
        match self {
            Change::Counts => true,
            Change::Prefix(_) => seen_here || !written,
            Change::Digits(_) | Change::DigitsAndPrefix(_) => seen_here || packed,
            // Hosts have that everywhere or nowhere; of one element it is rather a wrong length.
            Change::Inclusive => false,
            Change::Characters(_) => seen_here,
        }
    }

    /// What to say when it is so, of one element or of all.
    fn hint(self, dialect: &Dialect, number: Option<u8>) -> Hint {
        let mut fields = dialect.fields().iter().filter(|field| match number {
            Some(number) => field.key == crate::msg::Key::Number(number.into()),
            None => self.applied(&field.rule).is_some(),
        });
        let prefix = fields.find_map(|field| match field.rule.length {
            Length::Variable { prefix, .. } => Some(prefix),
            _ => None,
        });
        match self {
            Change::Counts if prefix.is_some_and(|prefix| prefix.counts == Counts::Bytes) => {
                Hint::PrefixCountsUnits(number)
            }
            Change::Counts => Hint::PrefixCountsBytes(number),
            Change::Inclusive if prefix.is_some_and(|prefix| prefix.inclusive) => Hint::PrefixExclusive(number),
            Change::Inclusive => Hint::PrefixInclusive(number),
            Change::Prefix(encoding) => Hint::PrefixEncoding(number, encoding),
            Change::Digits(DigitEncoding::Bcd) | Change::DigitsAndPrefix(DigitEncoding::Bcd) => {
                Hint::DigitsLookPacked(number)
            }
            Change::Digits(DigitEncoding::Ascii) | Change::DigitsAndPrefix(DigitEncoding::Ascii) => {
                Hint::DigitsLookAscii(number)
            }
            Change::Characters(DigitEncoding::Ascii) => Hint::ContentLooksAscii(number),
            Change::Digits(_) | Change::DigitsAndPrefix(_) | Change::Characters(_) => Hint::ContentLooksEbcdic(number),
        }
    }
}

const fn prefix_like(encoding: DigitEncoding) -> PrefixEncoding {
    match encoding {
        DigitEncoding::Ascii => PrefixEncoding::Ascii,
        DigitEncoding::Ebcdic => PrefixEncoding::Ebcdic,
        DigitEncoding::Bcd => PrefixEncoding::Bcd,
    }
}

/// Writes digits so; a class that is not made of digits stays as it is.
fn digits(rule: &mut Rule, encoding: DigitEncoding) {
    let are_digits = matches!(rule.class, Class::N | Class::Xn | Class::Z);
    let other = match (rule.encoding, encoding) {
        (_, _) if !are_digits => return,
        (Encoding::Bcd { .. }, DigitEncoding::Bcd) => return,
        (_, DigitEncoding::Bcd) => Encoding::Bcd { pad_side: Side::Left, pad_nibble: 0 },
        (_, DigitEncoding::Ascii) => Encoding::Ascii,
        (_, DigitEncoding::Ebcdic) => Encoding::Cp037,
    };
    rule.encoding = other;
}

/// Writes the prefix so, as wide as it must be for what it can have to say.
fn reprefix(rule: &mut Rule, encoding: PrefixEncoding) {
    let Length::Variable { prefix, max, .. } = &mut rule.length else { return };
    let decimal = |encoding| matches!(encoding, PrefixEncoding::Ascii | PrefixEncoding::Ebcdic | PrefixEncoding::Bcd);
    if prefix.encoding == encoding {
        return;
    }
    if !(decimal(prefix.encoding) && decimal(encoding)) {
        prefix.width = match encoding {
            PrefixEncoding::BinaryBe | PrefixEncoding::BinaryLe => {
                if *max > 255 {
                    2
                } else {
                    1
                }
            }
            _ => (max.checked_ilog10().unwrap_or(0) as u8 + 1).max(2),
        };
    }
    prefix.encoding = encoding;
}
