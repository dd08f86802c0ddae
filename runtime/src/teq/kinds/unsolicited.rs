//! Messages of a peer that nobody waits for, put into the space of the host.

use std::sync::Arc;

use crate::connector::{self, Connector};
use crate::msg::Message;
use crate::mux::{Inbound, Unmatched};
use crate::space::Space;

/// Puts what nobody waits for under a key: requests and notices of the peer, and answers that came late or to nothing.
/// Nothing of it is answered. Where there is no room it is told in the log, as it is without this.
pub(super) struct Unsolicited {
    space: Space<Message>,
    key: Arc<str>,
}

impl Unsolicited {
    pub(super) fn new(space: &Space<Message>, key: &str) -> Self {
        Unsolicited { space: space.clone(), key: key.into() }
    }

    fn put(&self, connector: &Connector, message: Message) {
        let (name, queue, mti) = (connector.name(), &*self.key, message.mti());
        if self.space.try_out(queue, message).is_err() {
            metrics::counter!("isopace_unsolicited_lost_total", "name" => name.to_owned()).increment(1);
            tracing::warn!(name, queue, %mti, "a message that nobody waits for, and no room for it in its queue");
        }
    }
}

impl connector::Events for Unsolicited {
    async fn inbound(&self, connector: &Connector, inbound: Inbound) {
        self.put(connector, inbound.message);
    }

    async fn unmatched(&self, connector: &Connector, unmatched: &Unmatched) {
        self.put(connector, unmatched.message.clone());
    }
}
