//! Answers by the rules of the dialect: which message type, which elements, which response code.

use super::action::Action;
use crate::msg::{Dialect, Edit, Message};
use crate::types::{Amount, MessageClass, Mti};

/// Elements that an answer shares with its request where the dialect does not say which.
const ECHO: [u8; 12] = [3, 4, 7, 11, 12, 13, 24, 32, 37, 41, 42, 70];

/// What a test host thinks of a request that no rule decides on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Approved,
    /// More than the limit.
    Declined,
    /// An element is not what the spec says.
    FormatError,
}

/// By the amount, up to a limit; all without one.
pub(super) fn verdict(message: &Message, limit: Option<u64>) -> Verdict {
    if message.validate().is_err() {
        return Verdict::FormatError;
    }
    match (limit, message.get::<Amount>(4)) {
        (Some(limit), Ok(Some(amount))) if is_financial(message.mti()) && amount.minor_units() > limit => {
            Verdict::Declined
        }
        _ => Verdict::Approved,
    }
}

/// Whether a message asks for money: authorisation or financial.
fn is_financial(mti: Mti) -> bool {
    matches!(mti.class(), MessageClass::Authorization | MessageClass::Financial)
}

/// The code for a verdict: DE 39 has two characters in the edition of 1987, and three digits, by class of message, in that of 1993.
pub(super) fn code(dialect: &'static Dialect, mti: Mti, verdict: Verdict) -> Option<&'static str> {
    let long = dialect.field(39)?.rule.max() == 3;
    Some(match (verdict, long) {
        (Verdict::Approved, false) => "00",
        (Verdict::Declined, false) => "51",
        (Verdict::FormatError, false) => "30",
        (Verdict::Declined, true) => "116",
        (Verdict::FormatError, true) => "904",
        (Verdict::Approved, true) => match mti.digits()[1] {
            b'3' => "300",
            b'4' => "400",
            b'5' => "500",
            b'6' => "600",
            b'7' => "700",
            b'8' => "800",
            _ => "000",
        },
    })
}

/// Whether a response code is a yes to a message of this type.
#[must_use]
pub fn is_approval(mti: Mti, code: &str) -> bool {
    let class = mti.digits()[1];
    match code.as_bytes() {
        b"00" | b"000" => true,
        [first, b'0', b'0'] => *first == class && class >= b'3',
        _ => false,
    }
}

/// The answer to a message, if it is one that is answered. Response code and elements of the action are not set yet.
pub(super) fn reply<'m>(message: &'m Message, action: &Action) -> Option<Edit<'m>> {
    let rule = message.rule().and_then(|rule| rule.reply);
    let mti = match (action.mti, rule) {
        (Some(mti), _) => mti,
        (None, Some(reply)) => Mti::new(reply.mti).ok()?,
        (None, None) => message.mti().response()?,
    };
    let echo = rule.map_or(&ECHO[..], |reply| reply.echo);
    let mut keep: Vec<u8> = echo.iter().chain(&action.echo).copied().collect();
    keep.retain(|number| !action.remove.contains(number));
    let mut edit = message.edit();
    edit.message_type(mti).keep(&keep);
    Some(edit)
}

/// Whether an approval of this type has an approval code (DE 38).
pub(super) fn has_approval_code(dialect: &'static Dialect, mti: Mti) -> bool {
    let listed = dialect.message(mti).is_none_or(|rule| {
        [rule.mandatory, rule.conditional, rule.optional].iter().any(|numbers| numbers.contains(&38))
    });
    is_financial(mti) && listed && dialect.field(38).is_some()
}
