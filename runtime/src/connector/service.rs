//! What a connector puts before the service of its user: network management of the peer is answered here.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::Connector;
use super::events::{Event, Teller};
use super::inner::Inner;
use super::machine::Input;
use super::network::{Network, Told};
use crate::mux::{Inbound, Service, Wire};

/// The service of one link.
pub(super) struct Serving<S> {
    pub(super) inner: Arc<Inner>,
    pub(super) network: Arc<Network>,
    pub(super) user: Option<Arc<S>>,
    pub(super) teller: Teller,
    /// To the state machine: the peer has signed on or off.
    pub(super) told: mpsc::Sender<Input>,
}

impl<S: Service> Service for Serving<S> {
    async fn call(&self, inbound: Inbound) {
        if let Some((answer, told)) = self.network.answer(&inbound.message) {
            if inbound.replier.reply(Wire(&answer)).await.is_ok() {
                self.inner.counters.answered.add();
                self.tell(told).await;
            }
            return;
        }
        match &self.user {
            Some(user) => user.call(inbound).await,
            None => self.inner.parts.listener.inbound(&Connector::inside(Arc::clone(&self.inner)), inbound).await,
        }
    }
}

impl<S: Sync> Serving<S> {
    async fn tell(&self, told: Told) {
        let (event, input) = match told {
            Told::SignedOn => (Event::PeerSignedOn, Input::PeerSignedOn),
            Told::SignedOff => (Event::PeerSignedOff, Input::PeerSignedOff),
            Told::Other => return,
        };
        self.teller.tell(event);
        // Nobody is told when the link has just ended.
        _ = self.told.send(input).await;
    }
}
