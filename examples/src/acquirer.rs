//! An acquirer: sends purchases over a connection, one after the other, and waits for each answer.

use std::time::Duration;

use isopace::iso87a::Message;
use isopace::types::{Amount, Currency, Pan, ProcessingCode, Stan, ValueError};
use isopace::{Bytes, Violations};
use tokio::time::timeout;

use crate::connection::{self, Connection};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

const PAN: &str = "4012345678909";
const TERMINAL: &str = "TERM0001";

/// Sends purchases over one connection.
#[derive(Debug)]
pub struct Acquirer {
    connection: Connection,
}

/// A purchase and its answer.
#[derive(Debug)]
pub struct Purchase {
    /// What was sent.
    pub request: Message,
    /// What came back.
    pub reply: Message,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// No answer, or the request could not be sent. Whether the issuer has seen it is not known.
    #[error("request failed: {0}")]
    Request(String),
    /// Something came back that is no message.
    #[error("decode failed: {0}")]
    Decode(#[from] Violations),
}

impl Acquirer {
    /// Connects to an issuer.
    ///
    /// # Errors
    /// Nobody answers there.
    pub async fn connect(address: &str) -> Result<Self, connection::Error> {
        Ok(Acquirer { connection: Connection::open(address).await? })
    }

    /// Sends a purchase over so many minor units of US dollars and waits for the answer with the same STAN and terminal.
    ///
    /// # Errors
    /// No such answer in time, or one that cannot be read.
    pub async fn purchase(&mut self, stan: u32, amount: u64) -> Result<Purchase, Failure> {
        let request = request(stan, amount)?;
        let reply = match timeout(PATIENCE, self.exchange(&request)).await {
            Ok(reply) => reply?,
            Err(_) => return Err(Failure::Request("timed out".to_owned())),
        };
        Ok(Purchase { request, reply })
    }

    async fn exchange(&mut self, request: &Message) -> Result<Message, Failure> {
        self.connection.send(request.as_bytes()).await?;
        loop {
            let Some(bytes) = self.connection.receive().await? else {
                return Err(Failure::Request("the connection was closed".to_owned()));
            };
            let reply = decode(bytes)?;
            // Anything else is not for us: a late answer to a request that has been given up, say.
            if request.mti().matches_response(reply.mti()) && key(request)? == key(&reply)? {
                return Ok(reply);
            }
        }
    }
}

impl Purchase {
    /// In one line: `stan 1 -> 0210 rc=00 auth="000001"`.
    ///
    /// # Errors
    /// An element of the answer is not what the spec says.
    pub fn line(&self) -> Result<String, Failure> {
        let reply = &self.reply;
        let stan = self.request.stan().map_err(Violations::from)?.map_or(0, Stan::get);
        let code = reply.response_code().map_err(Violations::from)?;
        let code = code.as_ref().map_or("", |code| code.as_str());
        let approval = reply.approval_code().map_err(Violations::from)?.unwrap_or_default();
        Ok(format!("stan {stan} -> {} rc={code} auth={:?}", reply.mti(), approval.as_str()))
    }
}

/// A purchase of a test card.
fn request(stan: u32, amount: u64) -> Result<Message, Failure> {
    let value = |error: ValueError| Failure::Request(error.to_string());
    let wire = Message::build()
        .mti("0200")
        .pan(&Pan::new(PAN).map_err(value)?)
        .processing_code(ProcessingCode::new("000000").map_err(value)?)
        .amount(Amount::minor(amount))
        .stan(Stan::new(stan).map_err(value)?)
        .terminal_id(TERMINAL)
        .currency(Currency::USD)
        .finish()
        .map_err(|error| Failure::Request(error.to_string()))?;
    decode(wire)
}

fn decode(wire: Bytes) -> Result<Message, Failure> {
    let message = Message::parse(wire).map_err(Violations::from)?;
    message.validate()?;
    Ok(message)
}

/// What a request and its answer have in common: STAN and terminal.
fn key(message: &Message) -> Result<(Option<Stan>, Option<&str>), Failure> {
    let stan = message.stan().map_err(Violations::from)?;
    let terminal = message.terminal_id().map_err(Violations::from)?;
    Ok((stan, terminal.map(Into::into)))
}

impl From<connection::Error> for Failure {
    fn from(error: connection::Error) -> Self {
        Failure::Request(error.to_string())
    }
}
