//! What a dialect says of messages as a whole: their elements, their replies, and which reply belongs to which request.

use super::elements::insert;

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
