//! What a connector writes to the log: names from short lists, and nothing of the messages.
#![cfg(feature = "net")]

mod connector_common;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use connector_common::*;
use isopace::Message;
use isopace::connector::State;
use isopace::iso87a::DIALECT;
use tokio::time::sleep;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

const PAN: &str = "5399410000000000";

/// Keeps all values by the name of their field.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<BTreeMap<String, BTreeSet<String>>>>);

impl Visit for Kept {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let mut text = String::new();
        write!(text, "{value:?}").unwrap();
        self.0.lock().unwrap().entry(field.name().to_owned()).or_default().insert(text);
    }
}

impl Subscriber for Kept {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test(start_paused = true)]
async fn nothing_of_a_message_is_written_to_the_log() {
    let kept = Kept::default();
    let _guard = tracing::subscriber::set_default(kept.clone());
    let mut net = Net::new();
    let connector = net.dial(builder()).network(iso87().echo_when_idle(SECOND)).start().unwrap();
    let mut request = purchase(1).edit().set(2, PAN).set(45, "B5399410000000000^X^3012").finish().unwrap();
    request = Message::parse(&DIALECT, request).unwrap().into_bytes();
    let request = Message::parse(&DIALECT, request).unwrap();
    for round in 0..4 {
        let mut peer = net.peer().await;
        let sign_on = peer.receive().await;
        if round == 0 {
            peer.send(&answer(&sign_on, "91")).await;
            continue;
        }
        peer.send(&answer(&sign_on, "00")).await;
        assert!(connector.ready().await);
        let asked = {
            let (connector, request) = (connector.clone(), request.clone());
            tokio::spawn(async move { ended(connector.request(&request).timeout(500 * MS).await) })
        };
        let got = peer.receive().await;
        // Late, twice, cut short; a purchase that nobody serves; and then silence.
        sleep(600 * MS).await;
        for bytes in
            [answer(&got, "00"), answer(&got, "00"), request.as_bytes().slice(..70), request.as_bytes().clone()]
        {
            peer.send(&bytes).await;
        }
        assert_eq!(asked.await.unwrap(), "timed-out");
        state(&connector, State::Backoff).await;
    }
    connector.abort();
    connector.stopped().await;
    settle().await;
    let kept = kept.0.lock().unwrap();
    let all = format!("{kept:?}");
    assert!(all.contains("signing-on") && all.contains("unmatched") && all.contains("undecodable"), "{all}");
    for secret in [PAN, "539941", "B5399", "0000000000^", "TERM0001B"] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
    // Each label has a few values only, but for messages to people and keys.
    for (name, values) in kept.iter().filter(|(name, _)| !matches!(name.as_str(), "message" | "key" | "error")) {
        assert!(values.len() <= 8, "{name}: {values:?}");
    }
}
