//! Messages made to a pattern: what stands is written once, what differs is set for each.

use super::judge::NONE;
use super::moment::Moment;
use super::value::{Set, Source};
use crate::msg::{Dialect, Edit, Error, Field, Message};
use crate::types::{Mti, Stan};

/// Elements that hold date or time and are filled in where a message must have them.
const TIMES: [u8; 3] = [7, 12, 13];

/// The elements of date and time that a message of this type must have.
fn times(dialect: &'static Dialect, mti: Mti) -> impl Iterator<Item = (u8, &'static Field)> {
    let rule = dialect.message(mti);
    let wanted = move |number: &u8| {
        rule.is_some_and(|rule| rule.mandatory.contains(number) || rule.conditional.contains(number))
    };
    let field = |number| Some((number, dialect.field(number).filter(|field| Moment::fits(field))?));
    TIMES.into_iter().filter(wanted).filter_map(field)
}

/// A message with what is missing filled in: this audit number (DE 11), and date and time (DE 7, 12 and 13, UTC) where the dialect
/// has them as mandatory or conditional. What is there stays.
#[must_use]
pub fn fill(message: &Message, stan: Stan) -> Edit<'_> {
    let (dialect, moment) = (message.dialect(), Moment::now());
    let mut edit = message.edit();
    if !message.has(11) && dialect.field(11).is_some() {
        edit.set(11, &stan);
    }
    for (number, field) in times(dialect, message.mti()).filter(|(number, _)| !message.has(*number)) {
        if let Some(digits) = moment.digits(field.kind) {
            edit.set(number, digits);
        }
    }
    edit
}

/// A message with elements that are made anew each time.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    base: Message,
    /// Elements that differ.
    made: Vec<Set>,
    /// Whether the audit number is filled in.
    stan: bool,
}

impl Template {
    /// Of these elements. With `fill`, the audit number and those of date and time that the dialect has as mandatory or conditional
    /// are filled in, unless they are given.
    ///
    /// # Errors
    /// A value does not fit its element.
    pub(crate) fn new(dialect: &'static Dialect, mti: Mti, sets: Vec<Set>, fill: bool) -> Result<Self, Error> {
        let given = |number: u8| sets.iter().any(|set| set.element() == Some(number));
        let rule = dialect.message(mti);
        let wanted =
            |number: &u8| rule.is_some_and(|rule| rule.mandatory.contains(number) || rule.conditional.contains(number));
        let times = TIMES.into_iter().filter(|number| fill && wanted(number) && !given(*number));
        let times: Vec<Set> = times
            .filter_map(|number| Some((number, dialect.field(number).filter(|field| Moment::fits(field))?)))
            .map(|(number, field)| Set::now(number, field))
            .collect();
        let stan = fill && !given(11) && dialect.field(11).is_some();
        let mut base = Edit::build(dialect);
        base.message_type(mti);
        let mut source = Source::new(0);
        let (mut standing, mut made): (Vec<Set>, Vec<Set>) = sets.into_iter().partition(Set::stands);
        standing.iter_mut().for_each(|set| set.apply(&mut base, &mut source));
        made.extend(times);
        let base = Message::parse(dialect, base.finish()?)?;
        let template = Template { base, made, stan };
        // Once for a trial, so that what cannot be written is found before anything is sent.
        let mut trial = Vec::new();
        template.clone().write(&mut source, NONE, &mut trial)?;
        Ok(template)
    }

    /// Appends the next message.
    ///
    /// # Errors
    /// A value does not fit its element.
    pub(crate) fn write(&mut self, source: &mut Source, stan: Stan, out: &mut Vec<u8>) -> Result<(), Error> {
        let mut edit = self.base.edit();
        if self.stan {
            edit.set(11, &stan);
        }
        for set in &mut self.made {
            set.apply(&mut edit, source);
        }
        edit.finish_into(out)
    }

    /// Whether the audit number is filled in.
    pub(crate) const fn fills_stan(&self) -> bool {
        self.stan
    }
}
