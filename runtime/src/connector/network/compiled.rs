//! Writing network management messages.

use std::sync::Arc;

use super::{NetworkManagement, Purpose};
use crate::connector::clock::FIRST;
use crate::connector::error::{BuildError, NetworkError};
use crate::msg::{Dialect, Edit, Error, Message, Path};
use crate::types::{Function, MessageClass, Mti, Stan, Text};
use crate::wire::{ErrorKind, Length};

/// The messages of a connector, ready to be written in its dialect.
#[derive(Debug)]
pub(in crate::connector) struct Network {
    pub(super) dialect: &'static Dialect,
    pub(in crate::connector) config: NetworkManagement,
    /// Nothing where the dialect has no such message.
    pub(super) mti: Option<Mti>,
    pub(super) code_element: u8,
    /// Elements of date and time that the message has.
    times: Vec<u8>,
    /// What the peer is answered with.
    pub(super) yes: Option<String>,
}

impl Network {
    pub(in crate::connector) fn new(
        dialect: &'static Dialect,
        config: NetworkManagement,
    ) -> Result<Arc<Self>, BuildError> {
        let rule = match config.mti {
            Some(mti) => dialect.message(mti),
            None => dialect.messages().iter().find(|rule| {
                let mti = Mti::new(rule.mti).ok();
                mti.is_some_and(|mti| {
                    mti.class() == MessageClass::NetworkManagement && mti.function() == Function::Request
                })
            }),
        };
        let mti = config.mti.or_else(|| rule.and_then(|rule| Mti::new(rule.mti).ok()));
        let has = |number: u8| {
            rule.is_some_and(|rule| rule.mandatory.contains(&number) || rule.conditional.contains(&number))
        };
        let code_element = config.code_element.unwrap_or(if has(70) || !has(24) { 70 } else { 24 });
        let times = [7, 12, 13].into_iter().filter(|&number| has(number)).collect();
        let writes = |code: &&String| {
            let mut edit = Edit::build(dialect);
            edit.mti("0800").set(39, code.as_str());
            edit.finish().is_ok()
        };
        let yes = config.accepted.iter().find(writes).cloned();
        let network = Network { dialect, config, mti, code_element, times, yes };
        network.prove()?;
        Ok(Arc::new(network))
    }

    /// Writes each message once, so that what cannot be written is found before anything is connected.
    fn prove(&self) -> Result<(), BuildError> {
        let NetworkManagement { sign_on, sign_off, echo, .. } = &self.config;
        for (purpose, code) in [(Purpose::SignOn, sign_on), (Purpose::Echo, echo), (Purpose::SignOff, sign_off)] {
            let Some(code) = code else { continue };
            let wrong = |source| BuildError::Message { purpose, source };
            // A number of the source is not spent on it.
            let message = self.message(purpose, code, FIRST, &|_| {}).map_err(|error| match error {
                NetworkError::Build(error) => wrong(error.into()),
                _ => BuildError::NoMessage,
            })?;
            if message.mti().response().is_none() {
                return Err(BuildError::NoMessage);
            }
            message.validate().map_err(wrong)?;
            let mandatory = message.rule().map_or(&[][..], |rule| rule.mandatory);
            if let Some(&missing) = mandatory.iter().find(|&&number| !message.has(number)) {
                return Err(wrong(Error::new(Path::element(missing), 0, ErrorKind::Missing).into()));
            }
        }
        Ok(())
    }

    /// A message with this code, not yet written.
    pub(in crate::connector) fn edit(&self, code: &str) -> Result<Edit<'static>, NetworkError> {
        self.edit_with(code, self.config.stans.next())
    }

    fn edit_with(&self, code: &str, stan: Stan) -> Result<Edit<'static>, NetworkError> {
        let mti = self.mti.ok_or(NetworkError::NoMessage)?;
        let mut edit = Edit::build(self.dialect);
        edit.message_type(mti).set(11, &stan);
        let (utc, local) = (self.config.clock.utc(), self.config.clock.local());
        for &number in &self.times {
            let fixed = self.dialect.field(number).map(|field| field.rule.length);
            let moment = if number == 7 { utc } else { local };
            let (year, month, day) = (moment.date().year() % 100, moment.date().month(), moment.date().day());
            let date = format!("{month:02}{day:02}");
            let time = String::from_utf8_lossy(&moment.time().digits()).into_owned();
            let value = match (number, fixed) {
                (7, _) => date + &time,
                // In the 1993 edition DE 12 has the date as well.
                (12, Some(Length::Fixed(12))) => format!("{year:02}{date}{time}"),
                (12, _) => time,
                (_, Some(Length::Fixed(6))) => format!("{year:02}{date}"),
                _ => date,
            };
            edit.set(number, value.as_str());
        }
        edit.set(self.code_element, code);
        for (number, value) in &self.config.elements {
            edit.set(*number, value.as_str());
        }
        Ok(edit)
    }

    pub(super) fn message(
        &self,
        purpose: Purpose,
        code: &str,
        stan: Stan,
        change: &dyn Fn(&mut Edit<'_>),
    ) -> Result<Message, NetworkError> {
        let mut edit = self.edit_with(code, stan)?;
        change(&mut edit);
        if let Some(customize) = &self.config.customize {
            customize(purpose, &mut edit);
        }
        Ok(Message::parse(self.dialect, edit.finish()?)?)
    }
}

/// The value of an element that holds a code.
pub(super) fn code_of(message: &Message, number: u8) -> Option<String> {
    message.get::<Text<'_>>(number).ok().flatten().map(|text| text.as_str().to_owned())
}
