//! Answering network management messages of the peer, by the rule for replies that the dialect has.

use super::compiled::{Network, code_of};
use super::{Purpose, Reply};
use crate::Bytes;
use crate::msg::Message;
use crate::types::MessageClass;

/// What the peer has told with a message that was answered as accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::connector) enum Told {
    SignedOn,
    SignedOff,
    Other,
}

impl Network {
    /// The answer to a message of the peer, if it is one that is answered here.
    pub(in crate::connector) fn answer(&self, message: &Message) -> Option<(Bytes, Told)> {
        if message.mti().class() != MessageClass::NetworkManagement || message.rule()?.reply.is_none() {
            return None;
        }
        let code = code_of(message, self.code_element)
            .or_else(|| code_of(message, if self.code_element == 70 { 24 } else { 70 }));
        let config = &self.config;
        let among = |codes: &[String]| code.as_ref().is_some_and(|code| codes.contains(code));
        let expected = config.peer_sign_on.as_ref().is_some_and(|(codes, _)| among(codes));
        let reply = match &config.judge {
            Some(judge) => judge(message),
            None => {
                let own = [&config.sign_on, &config.sign_off, &config.echo];
                let known = among(&config.answered) || expected || own.contains(&&code) && code.is_some();
                if known { Reply::Accept } else { Reply::Serve }
            }
        };
        let (answer, told) = match reply {
            Reply::Serve => return None,
            Reply::Refuse(code) => (code, Told::Other),
            Reply::Accept => {
                let signed_on = expected || code.is_some() && code == config.sign_on;
                let told = match () {
                    () if among(&config.peer_sign_off) => Told::SignedOff,
                    () if signed_on || among(&["001".to_owned(), "801".to_owned()]) => Told::SignedOn,
                    () => Told::Other,
                };
                (self.yes.clone()?, told)
            }
        };
        let mut edit = message.reply().ok()?;
        edit.set(39, answer.as_str());
        if let Some(customize) = &config.customize {
            customize(Purpose::Answer, &mut edit);
        }
        match edit.finish() {
            Ok(answer) => Some((answer, told)),
            Err(error) => {
                tracing::warn!(%error, "a network management message of the peer cannot be answered");
                None
            }
        }
    }
}
