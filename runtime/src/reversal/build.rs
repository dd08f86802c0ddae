//! The reversal of a request, from the request itself or from its answer.

use super::rules::Rules;
use crate::msg::{Dialect, Edit, Error, Field, Kind, Message};
use crate::store::Moment;
use crate::types::{CalendarDateTime, MonthDay, MonthDayTime, Mti, Track2, Version};

/// What names the transaction of a message, of a request and of its answer alike: version and class, and the elements
/// of the rules. Nothing when the message lacks one of them.
pub(super) fn identity(rules: &Rules, message: &Message) -> Option<String> {
    let mti = message.mti();
    let mut identity = format!("{}{}", mti.version().digit(), mti.class().digit());
    for element in rules.identity_of(mti.version()) {
        let text = message.raw(*element)?.text().ok()?.into_owned();
        // What is separated does not run together.
        identity.push('.');
        identity.push_str(text.trim_end());
    }
    Some(identity)
}

/// The type of the request that this answers, or is.
pub(super) fn request_of(mti: Mti) -> Mti {
    if !mti.is_response() {
        return mti.original();
    }
    let [version, class, function, origin] = mti.original().digits();
    Mti::from_digits(&[version, class, function - 1, origin]).unwrap_or(mti)
}

/// The type of the reversal of such a request: 0200 to 0420, or to 0400.
fn reversal_of(mti: Mti, advice: bool) -> Mti {
    let [version, ..] = mti.digits();
    Mti::from_digits(&[version, b'4', if advice { b'2' } else { b'0' }, b'0']).unwrap_or(mti)
}

/// The reversal of the request that this is, or of which this is the answer.
pub(super) fn reversal(rules: &Rules, of: &Message, now: Moment) -> Result<Message, Error> {
    let dialect = of.dialect();
    let original = request_of(of.mti());
    let mti = reversal_of(original, rules.advice);
    let mut edit = of.edit();
    edit.message_type(mti);
    let listed = dialect.message(mti);
    let allowed = |number: u8| match (&rules.echo, listed) {
        (Some(echo), _) => echo.contains(&number),
        (None, Some(rule)) => {
            [rule.mandatory, rule.conditional, rule.optional].iter().any(|list| list.contains(&number))
        }
        (None, None) => true,
    };
    for number in of.numbers().filter(|number| !allowed(*number)) {
        edit.remove(number);
    }
    // A request by the track alone: the track is not kept, its card number is.
    let track = of.get::<Track2<'_>>(35).ok().flatten();
    if !of.has(2)
        && allowed(2)
        && dialect.field(2).is_some_and(|field| field.kind == Kind::Pan)
        && let Some(pan) = track.as_ref().and_then(Track2::pan)
    {
        edit.set(2, &pan);
    }
    originals(&mut edit, dialect, of, original);
    for (path, value) in &rules.fixed {
        edit.set_leaf(path, value);
    }
    numbered(rules, &mut edit, dialect, allowed(7) || of.has(7), now);
    Message::parse(dialect, edit.finish()?)
}

/// The same reversal with a number and a time of now: of one that was written down a while ago.
pub(super) fn anew(rules: &Rules, reversal: &Message, now: Moment) -> Result<Message, Error> {
    let mut edit = reversal.edit();
    numbered(rules, &mut edit, reversal.dialect(), reversal.has(7), now);
    Message::parse(reversal.dialect(), edit.finish()?)
}

/// A number of its own (DE 11), and the time it is sent (DE 7).
fn numbered(rules: &Rules, edit: &mut Edit<'_>, dialect: &'static Dialect, timed: bool, now: Moment) {
    edit.set(11, &(rules.stan)());
    let seconds = i64::try_from(now.millis() / 1000).unwrap_or_default();
    if let Some(clock) = CalendarDateTime::from_unix_seconds(seconds)
        && let Ok(day) = MonthDay::new(clock.date().month(), clock.date().day())
        && timed
        && dialect.field(7).is_some_and(|field| field.kind == Kind::MonthDayTime)
    {
        edit.set(7, &MonthDayTime::new(day, clock.time()));
    }
}

/// Which message is reversed: DE 90 in the edition of 1987, DE 56 in later ones.
fn originals(edit: &mut Edit<'_>, dialect: &'static Dialect, of: &Message, original: Mti) {
    let text = |number: u8| of.raw(number).and_then(|raw| raw.text().ok().map(|text| text.trim_end().to_owned()));
    // What has more digits than there is room for is left out rather than cut.
    let filled = |number: u8, width: usize| {
        let text = text(number).filter(|text| text.len() <= width && text.bytes().all(|byte| byte.is_ascii_digit()));
        format!("{:0>width$}", text.unwrap_or_default())
    };
    let (number, parts) = if original.version() == Version::V1987 {
        (90, vec![original.to_string(), filled(11, 6), filled(7, 10), filled(32, 11), filled(33, 11)])
    } else {
        let acquirer = text(32).unwrap_or_default();
        (56, vec![original.to_string(), filled(11, 6), filled(12, 12), acquirer])
    };
    match dialect.field(number) {
        // The digits of DE 90 have fixed places; DE 56 ends with a length of its own.
        Some(Field { composite: Some(_), .. }) if number == 56 => {
            // It is of the reversal, not of what it reverses.
            edit.remove(number);
            for (at, part) in parts.iter().enumerate() {
                edit.set_leaf(&format!("{number}.{}", at + 1), part);
            }
        }
        Some(_) => _ = edit.set_leaf(&number.to_string(), &parts.concat()),
        None => {}
    }
}
