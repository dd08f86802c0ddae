//! Asking the peer, and what is taken for a yes.

use tokio::time::Instant;

use super::Purpose;
use super::awaited::Wrong;
use super::compiled::{Network, code_of};
use crate::connector::error::NetworkError;
use crate::connector::session::Session;
use crate::msg::{Edit, Message};
use crate::mux::{Drain, NotSent, Outcome, Response};

/// How often another audit number is tried when somebody else's request has the same key.
const ATTEMPTS: u32 = 8;

impl Network {
    /// Sends a message and waits for a yes; through this when the mux takes no other requests any more.
    pub(in crate::connector) async fn exchange(
        &self,
        session: &Session,
        drain: Option<&Drain>,
        purpose: Purpose,
        code: &str,
        change: &(dyn Fn(&mut Edit<'_>) + Sync),
        until: Instant,
    ) -> Result<Response, NetworkError> {
        let mut attempts = 0;
        loop {
            let message = self.message(purpose, code, self.config.stans.next(), &|edit| change(edit))?;
            let request = match drain {
                None => session.mux.request(&message),
                Some(drain) => drain.request(&message),
            };
            let mut awaited = session.awaited.add(&message, purpose);
            let outcome = tokio::select! {
                biased;
                outcome = request.deadline(until) => outcome,
                found = awaited.wrong() => return Err(match found {
                    Wrong::Message(answer) => wrong(session, &message, &answer),
                    Wrong::Undecodable(error) => NetworkError::Undecodable(Box::new(error)),
                }),
            };
            match outcome {
                Outcome::Response(response) => return self.accepts(&message, response),
                // Somebody else has sent one with this number.
                Outcome::NotSent(NotSent::DuplicateKey) if attempts < ATTEMPTS => attempts += 1,
                Outcome::NotSent(error) => return Err(NetworkError::NotSent(error)),
                Outcome::TimedOut => return Err(NetworkError::TimedOut),
                Outcome::Unknown(lost) => return Err(NetworkError::Lost(lost)),
                Outcome::Rejected(_) => return Err(NetworkError::Rejected),
            }
        }
    }

    /// Message type, code and response code have to be right. The type is what the mux has paired it by.
    fn accepts(&self, request: &Message, response: Response) -> Result<Response, NetworkError> {
        let raw = |message: &Message| message.span(self.code_element).map(|span| message.as_bytes().slice(span));
        if let (Some(sent), Some(back)) = (raw(request), raw(&response))
            && sent != back
        {
            return Err(NetworkError::OtherCode);
        }
        match code_of(&response, 39) {
            Some(code) if self.config.accepted.contains(&code) => Ok(response),
            code => Err(NetworkError::Refused { code }),
        }
    }
}

/// What is wrong with an answer that the mux could not pair.
fn wrong(session: &Session, request: &Message, answer: &Message) -> NetworkError {
    let found = answer.mti();
    match request.mti().response() {
        Some(expected) if expected.original() != found.original() => NetworkError::OtherType { expected, found },
        _ => {
            let elements =
                session.mux.paired_by(found.class()).iter().find(|list| list.iter().all(|&n| request.has(n)));
            let raw = |message: &Message, number| message.span(number).map(|span| message.as_bytes().slice(span));
            let differs = |&&number: &&u8| raw(request, number) != raw(answer, number);
            let element = elements.and_then(|elements| elements.iter().find(differs));
            NetworkError::OtherElement { element: element.copied().unwrap_or(11) }
        }
    }
}
