//! One way to read the bytes, and what came of it.

use bytes::Bytes;

use super::cut::Cut;
use super::variant::Variant;
use super::{MAX_READINGS, score};
use crate::frame::{self, Framing};
use crate::msg::{Dialect, Error, Hint, Message, Path, Violations};
use crate::wire::ErrorKind;

/// Most problems that are kept of a reading.
const PROBLEMS: usize = 16;
/// Messages in a row that make no sense, after which the rest is not looked at.
const PATIENCE: usize = 3;

/// One way to read the bytes, and what came of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reading {
    /// How the bytes were cut into messages.
    pub framing: Framing,
    /// The dialect that was given.
    pub base: &'static Dialect,
    /// The dialect that it was read by: the one given, or that one with message type or bitmaps in another encoding.
    pub dialect: &'static Dialect,
    /// Others of those given by which the bytes read just so, element by element.
    pub alike: Vec<&'static Dialect>,
    /// Whether all of it fits: to the last byte, and every value is what the dialect says.
    pub fits: bool,
    /// Messages, the last one counted if it is cut short.
    pub messages: usize,
    /// Bytes up to what is wrong, over all messages.
    pub read: usize,
    /// Data elements that were read.
    pub elements: usize,
    /// Those of them with content that the dialect allows.
    pub valid: usize,
    /// What is wrong, the first things first; not all of it, where there is much.
    pub problems: Vec<Problem>,
    /// The first message, as far as it could be read.
    pub first: Message,
    pub(super) score: i32,
}

/// What is wrong with a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// Of a message.
    Message {
        /// Which message, counted from 1.
        message: usize,
        /// What is wrong; its offset is within the message.
        error: Error,
        /// What to change.
        hint: Option<Hint>,
    },
    /// Of the framing.
    Frame {
        /// Where the frame starts.
        position: u64,
        /// What is wrong.
        error: frame::Error,
    },
}

impl Reading {
    /// Whether the dialect that was given had to be changed.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        !std::ptr::eq(self.base, self.dialect)
    }

    /// Whether another says the same of the same bytes: the same elements at the same places.
    fn is_like(&self, other: &Reading) -> bool {
        let places = |reading: &Reading| {
            reading.first.numbers().map(|number| (number, reading.first.span(number))).collect::<Vec<_>>()
        };
        self.framing == other.framing
            && (self.fits, self.messages, self.is_changed()) == (other.fits, other.messages, other.is_changed())
            && places(self) == places(other)
    }
}

/// Reads the messages of a cut; nothing when the first does not even begin with a message type.
pub(super) fn read(bytes: &[u8], cut: &Cut, variant: Variant) -> Option<Reading> {
    let first = cut.bodies.first().or(cut.piece.as_ref())?;
    if !score::is_message_type(variant.dialect.mti_encoding(), first) {
        return None;
    }
    let (first, _) = Message::parse_partial(variant.dialect, first.clone());
    let mut reading = Reading {
        framing: cut.framing,
        base: variant.base,
        dialect: variant.dialect,
        alike: Vec::new(),
        fits: false,
        messages: cut.count + usize::from(cut.piece.is_some()),
        read: 0,
        elements: 0,
        valid: 0,
        problems: Vec::new(),
        first,
        score: 0,
    };
    // What stands around the messages counts as read with them.
    let mut unread = match cut.stopped {
        Some((position, _)) => bytes.len().saturating_sub(usize::try_from(position).unwrap_or(usize::MAX)),
        None => 0,
    };
    let mut plausible = 0;
    let mut bad_in_a_row = 0;
    let mut any_good = false;
    for (place, body) in cut.bodies.iter().enumerate() {
        if bad_in_a_row >= PATIENCE {
            unread += body.len();
            continue;
        }
        let taken = reading.take(place + 1, body);
        bad_in_a_row = if taken.is_good { 0 } else { bad_in_a_row + 1 };
        any_good |= taken.is_good;
        unread += taken.left;
        plausible += taken.points;
    }
    let count = i32::try_from(cut.bodies.len() + usize::from(cut.piece.is_some())).unwrap_or(i32::MAX).max(1);
    if let Some(piece) = &cut.piece {
        let taken = reading.take(cut.count + 1, piece);
        unread = unread.saturating_sub(piece.len().saturating_sub(taken.left));
        plausible += taken.points;
    }
    if let Some((position, error)) = cut.stopped {
        reading.problem(Problem::Frame { position, error });
    }
    // Frames beyond those that are looked into are taken to be as these are.
    reading.fits = reading.problems.is_empty();
    reading.read = bytes.len().saturating_sub(unread);
    let share = reading.read * score::READ / bytes.len().max(1);
    reading.score = if reading.fits { score::FITS } else { i32::try_from(share).unwrap_or(0) };
    if cut.stopped.is_some() && cut.count > 0 && !any_good {
        reading.score += score::ASTRAY;
    }
    reading.score += score::of_cut(cut) + score::of_variant(variant) + plausible / count;
    Some(reading)
}

/// What came of one message.
struct Taken {
    /// Whether all of it makes sense.
    is_good: bool,
    /// Bytes that are left after what could be made sense of.
    left: usize,
    /// What speaks for it.
    points: i32,
}

impl Reading {
    /// Reads one message.
    fn take(&mut self, place: usize, body: &Bytes) -> Taken {
        let (message, stopped) = Message::parse_partial(self.dialect, body.clone());
        let hint = stopped.and_then(|error| error.hint());
        if !score::is_message_type(self.dialect.mti_encoding(), body) || score::is_misread(hint) {
            // Whatever else it says is by chance.
            let error = stopped.unwrap_or_else(|| Error::new(Path::MTI, 0, ErrorKind::Mti));
            self.problem(Problem::Message { message: place, error, hint });
            return Taken { is_good: false, left: body.len(), points: 0 };
        }
        let violations = message.validate().err();
        let wrong: Vec<&Error> = violations.iter().flat_map(Violations::iter).collect();
        let mut doubtful: Vec<u8> = wrong.iter().filter_map(|error| error.path().number()).collect();
        doubtful.dedup();
        let elements = message.numbers().count();
        self.elements += elements;
        self.valid += elements - doubtful.len().min(elements);
        for error in wrong.iter().copied().chain(&stopped) {
            self.problem(Problem::Message { message: place, error: *error, hint: message.hint(error) });
        }
        let reach = wrong.iter().copied().chain(&stopped).map(Error::offset).min();
        let left = reach.map_or(0, |reach| body.len().saturating_sub(reach));
        let explained = match stopped.map(|error| error.kind()) {
            Some(_) if hint.is_some() => score::EXPLAINED,
            Some(ErrorKind::Truncated { .. }) if wrong.is_empty() => score::CUT,
            _ => 0,
        };
        Taken { is_good: reach.is_none(), left, points: score::of_message(&message) + explained }
    }

    fn problem(&mut self, problem: Problem) {
        if self.problems.len() < PROBLEMS {
            self.problems.push(problem);
        }
    }
}

/// The best of them, those put together that say the same; where there are some that fit, only those.
pub(super) fn distinct(readings: Vec<Reading>) -> Vec<Reading> {
    let any_fits = readings.first().is_some_and(|best| best.fits);
    // A change that gets no further than a dialect as it was given explains nothing.
    let unchanged = readings.iter().filter(|reading| !reading.is_changed()).map(|reading| (reading.fits, reading.read));
    let unchanged = unchanged.max().unwrap_or_default();
    let explains = |reading: &Reading| !reading.is_changed() || (reading.fits, reading.read) > unchanged;
    let mut best: Vec<Reading> = Vec::new();
    for reading in readings.into_iter().filter(|reading| reading.fits || !any_fits).filter(explains) {
        let same_base = |kept: &Reading| std::ptr::eq(kept.base, reading.base);
        let known = |kept: &Reading| kept.is_like(&reading) || same_base(kept) && kept.framing == reading.framing;
        let place = best.iter().position(known);
        match place.and_then(|place| best.get_mut(place)) {
            Some(kept) => {
                if kept.fits && !std::ptr::eq(kept.base, reading.base) {
                    kept.alike.push(reading.base);
                }
            }
            None => best.push(reading),
        }
        if best.len() > MAX_READINGS {
            best.truncate(MAX_READINGS);
        }
    }
    best
}
