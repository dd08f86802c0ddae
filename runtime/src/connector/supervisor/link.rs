//! The link that there is.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tracing::Instrument;

use super::Setup;
use crate::connector::events::{Relay, Teller};
use crate::connector::inner::Inner;
use crate::connector::machine::Input;
use crate::connector::network::Awaited;
use crate::connector::service::Serving;
use crate::connector::session::Session;
use crate::link::Link;
use crate::mux::{CorrelationError, Lost, Mux, Service};

/// The link that there is. Its driver ends with it.
pub(super) struct Live {
    pub(super) session: Session,
    pub(super) driver: JoinHandle<Lost>,
    pub(super) peer: Option<SocketAddr>,
    /// Whether requests have been let in.
    pub(super) ready: bool,
}

impl Live {
    pub(super) fn start<S: Service>(
        inner: &Arc<Inner>,
        setup: &Setup<S>,
        teller: &Teller,
        told: mpsc::Sender<Input>,
        link: Link,
    ) -> Result<Self, CorrelationError> {
        let peer = link.peer();
        let serving = Serving {
            inner: Arc::clone(inner),
            network: Arc::clone(&setup.network),
            user: setup.user.clone(),
            teller: teller.clone(),
            told,
        };
        let builder = (setup.mux)(Mux::builder(inner.parts.dialect).timeout(inner.parts.timeout));
        let awaited = Arc::<Awaited>::default();
        let relay = Relay { teller: teller.clone(), awaited: Arc::clone(&awaited), dialect: inner.parts.dialect };
        let (mux, driver) = builder.events(relay).meters(inner.meters.mux.clone()).serve(serving).start(link)?;
        let driver = tokio::spawn(driver.in_current_span());
        inner.counts(Some(mux.clone()));
        let session = Session { mux, network: Arc::clone(&setup.network), awaited, until: None };
        Ok(Live { session, driver, peer, ready: false })
    }

    /// Ends it at once, unless it has ended; gives why it has.
    pub(super) fn end(self, inner: &Inner) -> Lost {
        let mux = &self.session.mux;
        mux.abort();
        inner.counts(None);
        mux.lost().unwrap_or(Lost::Aborted)
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.driver.abort();
    }
}
