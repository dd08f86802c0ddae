//! Taking advices in for somebody else: they are answered when they are on the disk.

use std::fmt::Write;

use super::{AcceptError, Saf};
use crate::msg::{Edit, Message};
use crate::mux::NotSent;
use crate::types::{Function, Mti, Version};
use crate::wire::Length;
use crate::{msg, wire};

/// What tells an advice from others, beside its message type without the mark of a repeat: kind of transaction and amount,
/// who sends, reference number and what it is about. Not all of them are sent by everybody.
const ABOUT: [u8; 9] = [3, 4, 32, 33, 37, 41, 42, 56, 90];

/// System trace audit number.
const STAN: u8 = 11;

/// Why an advice was not taken.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum AdviceError {
    /// It is no advice: whoever sends it waits for somebody to decide.
    #[error("{0} is no advice: nobody decides here")]
    NoAdvice(Mti),
    /// It lacks what it is told from others by, or there is no answer to it in the dialect.
    #[error(transparent)]
    Message(#[from] msg::Error),
    /// It was not accepted.
    #[error(transparent)]
    Accept(#[from] AcceptError),
}

impl From<AdviceError> for NotSent {
    /// It may be sent again: what was accepted all the same is known again.
    fn from(error: AdviceError) -> Self {
        match error {
            AdviceError::NoAdvice(mti) => NotSent::NoAdvice(mti),
            AdviceError::Message(error) | AdviceError::Accept(AcceptError::Message(error)) => error.into(),
            AdviceError::Accept(AcceptError::NoAnswer(mti)) => NotSent::NoAnswer(mti),
            AdviceError::Accept(_) => NotSent::NotConnected,
        }
    }
}

impl Saf {
    /// Accepts an advice (0120, 0220, 0420: what was done already) and gives the answer to it, response code 00 (000 from
    /// the edition of 1993 on): when this has ended without an error it is on the disk, and will be delivered.
    ///
    /// A repeat gets the same answer, and is not kept again. It is known by its message type, the STAN (DE 11) and date and time (DE 7, from
    /// 1993 on DE 12), which have to be there, and by DE 3, 4, 32, 33, 37, 41, 42 and the original data elements as far as they
    /// are.
    ///
    /// # Errors
    /// It is no advice, lacks an element that it is known by, or was not accepted. It may be sent again then.
    pub async fn advise(&self, advice: &Message) -> Result<Message, AdviceError> {
        let mti = advice.mti();
        if mti.function() != Function::Advice {
            return Err(AdviceError::NoAdvice(mti));
        }
        // Before it is accepted: what cannot be answered is not taken.
        let answer = answer(advice)?;
        self.accept(&id(advice)?, advice).await?;
        Ok(answer)
    }
}

fn answer(advice: &Message) -> Result<Message, msg::Error> {
    let mut reply: Edit<'_> = advice.reply()?;
    let three = advice.dialect().field(39).is_some_and(|field| field.rule.length == Length::Fixed(3));
    reply.set(39, if three { "000" } else { "00" });
    Message::parse(advice.dialect(), reply.finish()?)
}

/// What the advice is called in the queue.
fn id(advice: &Message) -> Result<String, msg::Error> {
    let mti = advice.mti().original();
    let when = if mti.version() == Version::V1987 { 7 } else { 12 };
    let mut id = format!("advice.{mti}");
    for number in [STAN, when].into_iter().chain(ABOUT) {
        let text = match advice.raw(number) {
            Some(raw) => raw.leaf().map_err(|fault| msg::message::wrong(number, at(advice, number), fault))?,
            None if ABOUT.contains(&number) => String::new(),
            None => {
                let end = advice.as_bytes().len();
                return Err(msg::Error::new(msg::Path::element(number), end, wire::ErrorKind::Missing));
            }
        };
        id.push('.');
        for character in text.trim_end().chars() {
            // Nothing runs together, and any store takes it.
            match character {
                'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' => id.push(character),
                other => _ = write!(id, "%{:X}", u32::from(other)),
            }
        }
    }
    Ok(id)
}

fn at(message: &Message, number: u8) -> usize {
    message.span(number).map_or(0, |span| span.start)
}
