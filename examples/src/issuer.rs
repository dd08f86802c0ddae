//! An issuer: takes connections and answers whatever comes in.
//!
//! It decides by the amount alone. A real one looks at the card, the PIN and the account; what is shown here is how a
//! host stays up: a message that cannot be read is declined, a connection that fails takes nothing else with it.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use isopace::iso87a::{Message, ResponseCode};
use isopace::types::{Amount, Stan};
use isopace::{Bytes, Error};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::connection::{self, Connection};

/// Most connections at a time; more wait to be accepted.
const MOST_CONNECTIONS: usize = 1024;

/// Stands in the answer to a message that cannot be read.
const NO_STAN: Stan = match Stan::new(0) {
    Ok(stan) => stan,
    Err(_) => panic!("zero has no more than six digits"),
};

/// Decides on requests.
#[derive(Debug)]
pub struct Issuer {
    /// Largest amount approved, in minor units; zero approves all.
    limit: u64,
    /// Approvals so far.
    approvals: AtomicU32,
}

impl Issuer {
    /// Approves up to this amount in minor units; zero approves all.
    #[must_use]
    pub fn new(limit: u64) -> Self {
        Issuer { limit, approvals: AtomicU32::new(0) }
    }

    /// The answer to whatever has come in: 0210 with the STAN and the terminal of the request.
    ///
    /// # Errors
    /// The answer cannot be written.
    pub fn answer(&self, request: Bytes) -> Result<Bytes, Error> {
        let mut reply = Message::build();
        reply.mti("0210");
        let Ok(request) = Message::parse(request) else {
            return reply.stan(NO_STAN).response_code(ResponseCode::FORMAT_ERROR).finish();
        };
        if let Ok(Some(stan)) = request.stan() {
            reply.stan(stan);
        }
        if let Ok(Some(terminal)) = request.terminal_id() {
            reply.terminal_id(&terminal);
        }
        match request.amount() {
            _ if request.validate().is_err() => reply.response_code(ResponseCode::FORMAT_ERROR),
            Ok(Some(amount)) if self.limit > 0 && amount > Amount::minor(self.limit) => {
                reply.response_code(ResponseCode::NOT_SUFFICIENT_FUNDS)
            }
            _ => reply.response_code(ResponseCode::APPROVED).approval_code(&self.approval_code()),
        };
        reply.finish()
    }

    /// The next approval code; after 999999 they start again.
    fn approval_code(&self) -> String {
        let number = self.approvals.fetch_add(1, Ordering::Relaxed) % 999_999 + 1;
        format!("{number:06}")
    }

    /// Takes connections until `stop` is ready, then closes all of them.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()>) {
        let issuer = Arc::new(self);
        let mut connections = JoinSet::new();
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                // A connection is over, however it ended: its place is free.
                Some(_) = connections.join_next() => {}
                accepted = listener.accept(), if connections.len() < MOST_CONNECTIONS => match accepted {
                    Ok((stream, peer)) => _ = connections.spawn(issuer.clone().connection(stream, peer)),
                    // Out of file descriptors, most likely: some will be free again.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
            }
        }
        connections.shutdown().await;
    }

    async fn connection(self: Arc<Self>, stream: TcpStream, peer: SocketAddr) {
        if let Err(error) = self.converse(stream).await {
            eprintln!("issuer: connection from {peer}: {error}");
        }
    }

    async fn converse(&self, stream: TcpStream) -> Result<(), Failure> {
        let mut connection = Connection::new(stream)?;
        while let Some(request) = connection.receive().await? {
            let reply = self.answer(request)?;
            connection.send(&reply).await?;
        }
        Ok(())
    }
}

/// Why a connection ended other than by being closed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    Connection(#[from] connection::Error),
    #[error("{0}")]
    Reply(#[from] Error),
}
