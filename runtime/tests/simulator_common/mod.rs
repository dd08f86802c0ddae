//! What the tests of the test host share: a host on a free port, and a connector that calls it.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use isopace::connector::{Backoff, Connector, Events};
use isopace::frame::{Framing, Header};
use isopace::host::Component;
use isopace::iso87a::DIALECT;
use isopace::link::{Connect, Listen};
use isopace::mux::{Outcome, Unmatched};
use isopace::simulator::{Scenario, Simulator};
use isopace::types::{Stan, Text};
use isopace::{Edit, Message};

pub const FRAMING: Framing = Framing::new(Header::Binary2);
pub const END: Duration = Duration::from_secs(20);

/// A purchase with this audit number and amount.
pub fn purchase(stan: u32, amount: u64) -> Message {
    let mut edit = Edit::build(&DIALECT);
    edit.mti("0200").set(3, "000000").set(4, &amount).set(11, &Stan::new(stan).unwrap()).set(41, "TERM0001");
    Message::parse(&DIALECT, edit.finish().unwrap()).unwrap()
}

pub fn text(message: &Message, number: u8) -> String {
    message.get::<Text<'_>>(number).unwrap().map(|text| text.as_str().to_owned()).unwrap_or_default()
}

pub fn stan(message: &Message) -> u32 {
    message.get::<Stan>(11).unwrap().unwrap().get()
}

/// A host with this scenario on a free port.
pub async fn host(scenario: &str) -> Simulator {
    let scenario = Scenario::parse(&DIALECT, "test", scenario).unwrap();
    started(
        Simulator::builder(&DIALECT).listen(Listen::new(FRAMING), "127.0.0.1:0").scenario(scenario).build().unwrap(),
    )
    .await
}

pub async fn started(host: Simulator) -> Simulator {
    host.start().await.unwrap();
    host
}

/// What the connector told that nobody waits for: reasons and audit numbers.
#[derive(Clone, Default)]
pub struct Told(pub Arc<Mutex<Vec<(&'static str, String)>>>);

impl Events for Told {
    async fn unmatched(&self, _: &Connector, unmatched: &Unmatched) {
        let stan = unmatched.message.get::<Stan>(11).ok().flatten().map_or_else(String::new, |stan| stan.to_string());
        self.0.lock().unwrap().push((unmatched.reason.name(), stan));
    }
}

impl Told {
    pub fn reasons(&self) -> Vec<&'static str> {
        self.0.lock().unwrap().iter().map(|(reason, _)| *reason).collect()
    }

    /// Waits until so much has been told.
    pub async fn wait(&self, count: usize) {
        until(|| self.0.lock().unwrap().len() >= count).await;
    }
}

/// Waits until something holds.
pub async fn until(mut holds: impl FnMut() -> bool) {
    let holds = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(END, holds).await.expect("it never held");
}

/// A connector to the host that is ready.
pub async fn connect(host: &Simulator) -> (Connector, Told) {
    let told = Told::default();
    let address = host.local_address().unwrap().to_string();
    let connector = Connector::builder(&DIALECT)
        .dial(Connect::to(address, FRAMING))
        .backoff(Backoff::constant(Duration::from_millis(20)))
        .events(told.clone())
        .timeout(END)
        .wait_until_ready(true)
        .start()
        .unwrap();
    assert!(connector.ready().await);
    (connector, told)
}

/// The code of an answer, or how the request ended.
pub fn ended(outcome: Outcome) -> String {
    let name = outcome.name();
    outcome.response().map_or_else(|| name.to_owned(), |answer| text(&answer, 39))
}

/// Sends a purchase and gives how it ended.
pub async fn ask(connector: &Connector, stan: u32, amount: u64) -> String {
    ended(connector.request(&purchase(stan, amount)).await)
}

pub async fn stop(host: &Simulator, connector: &Connector) {
    tokio::time::timeout(END, connector.stop()).await.expect("the connector stops");
    tokio::time::timeout(END, host.stop()).await.expect("the host stops");
    assert_eq!(host.clients(), 0);
}
