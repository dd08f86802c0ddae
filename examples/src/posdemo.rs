//! A point of sale in a few types: a request for authorisation and its answer, with the wire behind them.
//!
//! The types are a program's own; which data element each field is stands here once. [`Issuer`](crate::issuer::Issuer) is the other
//! end.

use isopace::iso87a::Message;
use isopace::types::{Amount, Currency, Pan, ProcessingCode, Stan, ValueError};
use isopace::{Bytes, Violations};

/// A request for authorisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthRequest {
    /// The card. It prints masked.
    pub pan: Pan<'static>,
    /// What is asked for, in minor units of US dollars.
    pub amount: u64,
    /// The number of the transaction, unique within the day of the terminal.
    pub stan: Stan,
    /// The terminal, up to eight characters.
    pub terminal: String,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthResponse {
    /// The number of the request.
    pub stan: Stan,
    /// The response code: 00 is a yes.
    pub code: String,
    /// The approval code; nothing when it was declined.
    pub approval: Option<String>,
}

/// Why a message is not what it should be. It shows no content.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be written, or cannot be read.
    #[error("{0}")]
    Message(#[from] Violations),
    /// A value is none of its kind.
    #[error("{0}")]
    Value(#[from] ValueError),
    /// It lacks a data element.
    #[error("data element {0} is missing")]
    Missing(u8),
}

impl From<isopace::Error> for Error {
    fn from(error: isopace::Error) -> Self {
        Error::Message(error.into())
    }
}

impl AuthRequest {
    /// The message: 0200 with DE 2, 3, 4, 11, 41 and 49.
    ///
    /// # Errors
    /// A value does not fit its element: a terminal of more than eight characters, an amount of more than twelve digits.
    pub fn encode(&self) -> Result<Bytes, Error> {
        let message = Message::build()
            .mti("0200")
            .pan(&self.pan)
            .processing_code(ProcessingCode::new("000000")?)
            .amount(Amount::minor(self.amount))
            .stan(self.stan)
            .terminal_id(self.terminal.as_str())
            .currency(Currency::USD)
            .finish();
        Ok(message?)
    }

    /// From a message.
    ///
    /// # Errors
    /// It cannot be read, or lacks one of the elements.
    pub fn decode(wire: Bytes) -> Result<Self, Error> {
        let message = Message::parse(wire)?;
        message.validate()?;
        Ok(AuthRequest {
            pan: message.pan()?.ok_or(Error::Missing(2))?.into_owned(),
            amount: message.amount()?.ok_or(Error::Missing(4))?.minor_units(),
            stan: message.stan()?.ok_or(Error::Missing(11))?,
            terminal: message.terminal_id()?.ok_or(Error::Missing(41))?.as_str().to_owned(),
        })
    }
}

impl AuthResponse {
    /// From a message.
    ///
    /// # Errors
    /// It cannot be read, or lacks the number or the code.
    pub fn decode(wire: Bytes) -> Result<Self, Error> {
        let message = Message::parse(wire)?;
        message.validate()?;
        let stan = message.stan()?.ok_or(Error::Missing(11))?;
        let code = message.response_code()?.ok_or(Error::Missing(39))?;
        let approval = message.approval_code()?.map(|code| code.as_str().to_owned());
        Ok(AuthResponse { stan, code: code.as_str().to_owned(), approval })
    }

    /// Whether it is a yes.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        self.code == "00"
    }
}
