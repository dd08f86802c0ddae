//! A gateway that adds a fee on the way there and a stamp on the way back, between clients and a host.

use std::sync::Arc;

use isopace::connector::Connector;
use isopace::gateway::{self, CauseKind, Codes, Exchange, Gateway, HookError};
use isopace::iso87a::DIALECT;
use isopace::link::{Connect, Listen};
use isopace::trace::{Record, Sampling, Style, Tracer};
use isopace::types::Amount;

use crate::connection::FRAMING;

/// Added to the amount of each request, in minor units.
pub const FEE: u64 = 1000;
/// DE 32 of what is carried on.
pub const ACQUIRER: &str = "99001";
/// DE 48 of what is given back.
pub const STAMP: &str = "ROUTED-VIA-TEQ";

/// A gateway and the connector to its host.
#[derive(Debug)]
pub struct Switch {
    /// The gateway.
    pub gateway: Gateway,
    host: Connector,
}

/// Why there is no switch.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot listen.
    #[error("{0}")]
    Listen(#[from] isopace::link::Error),
    /// There is no connector to the host.
    #[error("{0}")]
    Host(String),
    /// There is no gateway.
    #[error("{0}")]
    Gateway(#[from] gateway::Error),
}

impl Switch {
    /// Listens at `address` and carries what comes in on to `host`. Each transaction is given to `show` as a block of
    /// text.
    ///
    /// # Errors
    /// It cannot listen there, or nobody answers at the address of the host.
    pub async fn start(address: &str, host: &str, show: fn(&str)) -> Result<Self, Error> {
        let host = Connector::builder(&DIALECT)
            .name("host")
            .dial(Connect::to(host, FRAMING))
            .start()
            .map_err(|error| Error::Host(error.to_string()))?;
        if !host.ready().await {
            return Err(Error::Host("the connector was stopped".to_owned()));
        }
        let show = move |record: &Arc<Record>| show(&record.text(&Style::new()));
        // Whatever goes wrong, the client hears the same.
        let codes = CauseKind::ALL.into_iter().fold(Codes::of(&DIALECT), |codes, kind| codes.with(kind, "91"));
        let gateway = Gateway::builder("teqswitch", &DIALECT)
            .listen(Listen::new(FRAMING).bind(address).await?)
            .route("host", host.clone())
            .before_request(apply_fee)
            .before_response(stamp)
            .codes(codes)
            .tracer(Tracer::new(Sampling::ALL).sink(show))
            .start()
            .await?;
        Ok(Switch { gateway, host })
    }

    /// Stops in order: what is in flight ends first.
    pub async fn stop(&self) {
        self.gateway.stop().await;
        self.host.stop().await;
    }
}

fn apply_fee(exchange: &mut Exchange) -> Result<(), HookError> {
    let amount: Option<Amount> = exchange.request().get(4)?;
    let Some(amount) = amount.and_then(|amount| amount.checked_add(Amount::minor(FEE))) else {
        return Err(HookError::new("no amount, or one that leaves no room for the fee"));
    };
    exchange.edit_request(|edit| {
        edit.set(4, &amount).set(32, ACQUIRER);
    })?;
    let amount = amount.minor_units();
    exchange.trace().step("apply fee", &[("amount", &amount), ("fee", &FEE), ("acquirer", &ACQUIRER)]);
    Ok(())
}

fn stamp(exchange: &mut Exchange) -> Result<(), HookError> {
    exchange.edit_response(|edit| {
        edit.set(48, STAMP);
    })?;
    exchange.trace().step("stamp response", &[("de48", &STAMP)]);
    Ok(())
}
