//! Law 5 over HTTP: whatever is asked, and by whatever spec a message is looked into, no answer and no line of the
//! log shows a card number, a track, a PIN block or a verification value, in any encoding.
#![cfg(feature = "admin")]

mod admin_common;
mod common;

use std::fmt::{Debug, Write as _};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use admin_common::{Answer, Switch, get_with, hex, post, post_with, purchase, raw, started};
use common::planted::{message, needles};
use common::secrets::Needles;
use isopace::admin::Admin;
use isopace::host::Component;
use isopace::load;
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Without the card that is mostly zeros: bitmaps and amounts are, too.
const PANS: [&str; 2] = ["4012345678909", "4111111111111111"];

/// Keeps all that is logged.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<String>>);

impl Visit for Logged {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        _ = write!(self.0.lock().unwrap(), " {field}={value:?}");
    }
}

impl Subscriber for Logged {
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

fn clean(needles: &Needles, what: &str, answer: &Answer) {
    needles.absent_from(what, &answer.head);
    needles.absent_from(what, &answer.body);
}

async fn look(address: SocketAddr, needles: &Needles, what: &str, spec: &str, framing: &str, wire: &[u8]) {
    let body = json!({ "spec": spec, "framing": framing, "hex": hex(wire) }).to_string();
    let answer = post(address, "/inspect", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    clean(needles, &format!("{what}, by {spec} in {framing}"), &answer);
}

#[tokio::test]
async fn nothing_of_a_message_by_its_own_spec() {
    let logged = Logged::default();
    let _logging = tracing::subscriber::set_default(logged.clone());
    let (admin, address) = started(Admin::builder(Switch::new())).await;
    for pan in PANS {
        let needles = needles(pan);
        for spec in ["iso87-a", "iso87-b", "iso87-c"] {
            let dialect = load::shipped(spec).unwrap();
            let wire = message(dialect, pan).into_bytes();
            look(address, &needles, "a good message", spec, "none", &wire).await;
            for place in (0..wire.len()).step_by(wire.len() / 20) {
                look(address, &needles, "a message cut short", spec, "none", &wire[..place]).await;
                let mut spoilt = wire.to_vec();
                spoilt[place] = 0x07;
                look(address, &needles, "a spoilt message", spec, "none", &spoilt).await;
            }
        }
        needles.absent_from("the log", &logged.0.lock().unwrap());
    }
    admin.stop().await;
}

#[tokio::test]
async fn nothing_of_a_message_by_another_spec_or_framing() {
    let (admin, address) = started(Admin::builder(Switch::new())).await;
    let pan = PANS[0];
    let needles = needles(pan);
    for own in ["iso87-a", "iso87-b", "iso87-c"] {
        let wire = message(load::shipped(own).unwrap(), pan).into_bytes();
        for other in load::shipped_names() {
            look(address, &needles, own, other, "none", &wire).await;
            look(address, &needles, "a shifted message", other, "none", &wire[1..]).await;
        }
        for framing in
            ["length2", "length4", "ascii4", "ascii8", "bcd2", "hex4", "length2-inclusive", "none,trailer=03"]
        {
            look(address, &needles, own, own, framing, &wire).await;
        }
        // From every byte on that a number may begin at.
        for place in (1..wire.len()).step_by(wire.len() / 40) {
            look(address, &needles, "the rest of a message", own, "ascii4", &wire[place..]).await;
        }
        let answer = post(address, "/doctor", &json!({ "hex": hex(&wire) }).to_string()).await;
        assert_eq!(answer.status, 200);
        clean(&needles, "a diagnosis", &answer);
    }
    admin.stop().await;
}

#[tokio::test]
async fn nothing_of_a_message_that_is_read_from_the_wrong_byte() {
    let (admin, address) = started(Admin::builder(Switch::new())).await;
    let needles = Needles::pan(PANS[0])
        .and(Needles::secret("28122010000012345"))
        .and(Needles::bytes(b"\x01\x23\x45\x67\x89\xAB\xCD\xEF"));
    let wire = purchase();
    // Message type, bitmap and the lengths of card number and track: all that decides where elements stand.
    let track = wire.windows(2).rposition(|window| window == b"31").unwrap();
    for place in (0..22).chain([track, track + 1]) {
        for byte in *b"0123456789ABCDEF" {
            let mut changed = wire.clone();
            changed[place] = byte;
            look(address, &needles, "a message with another byte", "iso87-a", "none", &changed).await;
        }
    }
    for place in 0..wire.len() {
        look(
            address,
            &needles,
            "a message without a byte",
            "iso87-a",
            "none",
            &[&wire[..place], &wire[place + 1..]].concat(),
        )
        .await;
        look(
            address,
            &needles,
            "a message with a byte more",
            "iso87-a",
            "none",
            &[&wire[..place], b"0", &wire[place..]].concat(),
        )
        .await;
    }
    admin.stop().await;
}

#[tokio::test]
async fn nothing_of_what_stands_in_a_request() {
    let logged = Logged::default();
    let _logging = tracing::subscriber::set_default(logged.clone());
    let (admin, address) = started(Admin::builder(Switch::new()).token("4111111111111111-token")).await;
    for pan in PANS {
        let needles = Needles::pan(pan);
        let line = format!("Authorization: Bearer {pan}{pan}\r\nX-Card: {pan}\r\nCookie: {pan}\r\n");
        for path in ["/", "/healthz", "/readyz", "/metrics", "/info", "/components", "/traces", "/specs"] {
            clean(&needles, path, &get_with(address, path, &line).await);
            clean(&needles, path, &get_with(address, &format!("{path}?limit={pan}"), &line).await);
            clean(&needles, path, &get_with(address, &format!("{path}/{pan}"), &line).await);
        }
        let lines = format!("Content-Type: application/{pan}\r\n");
        clean(&needles, "a body", &post_with(address, "/inspect", &lines, pan).await);
        let request = format!("{pan} /{pan} HTTP/1.1\r\nHost: {pan}\r\nConnection: close\r\n\r\n");
        clean(&needles, "a method", &raw(address, request.as_bytes()).await);
        needles.absent_from("the log", &logged.0.lock().unwrap());
        needles.absent_from("its own words", &format!("{admin:?} {:?}", admin.status()));
    }
    admin.stop().await;
}
