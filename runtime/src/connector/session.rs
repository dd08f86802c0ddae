//! One link of a connector, for whoever has to do with the link rather than with requests.

use std::sync::Arc;

use tokio::time::Instant;

use super::error::NetworkError;
use super::network::{Awaited, Network, Purpose};
use crate::link::bounded;
use crate::msg::Edit;
use crate::mux::{Mux, Response};

/// One link of a connector: its mux, and network management messages over it. What a key exchange is given.
#[derive(Debug, Clone)]
pub struct Session {
    pub(super) mux: Mux,
    pub(super) network: Arc<Network>,
    pub(super) awaited: Arc<Awaited>,
    /// When whatever is done with it has to be done.
    pub(super) until: Option<Instant>,
}

impl Session {
    /// The mux of the link.
    #[must_use]
    pub const fn mux(&self) -> &Mux {
        &self.mux
    }

    /// A network management message with this code, to be completed and sent.
    ///
    /// # Errors
    /// The dialect has none.
    pub fn message(&self, code: &str) -> Result<Edit<'static>, NetworkError> {
        self.network.edit(code)
    }

    /// Sends a network management message with this code and waits for a yes: an answer of the right message type, with the same
    /// code, and a response code that is among the accepted ones.
    ///
    /// ```
    /// # use isopace::connector::{NetworkError, Session};
    /// # async fn exchange(session: Session) -> Result<(), NetworkError> {
    /// // A new key, under the one that both have: it comes in DE 53 or 96 of the answer.
    /// let answer = session.exchange("161", |edit| { edit.set(32, "123456"); }).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// It cannot be written or sent, there is no answer in time, or the answer is no yes.
    pub async fn exchange(
        &self,
        code: &str,
        change: impl Fn(&mut Edit<'_>) + Send + Sync,
    ) -> Result<Response, NetworkError> {
        let until = self.until.unwrap_or_else(|| Instant::now() + bounded(self.network.config.sign_on_timeout));
        self.network.exchange(self, None, Purpose::Other, code, &change, until).await
    }
}
