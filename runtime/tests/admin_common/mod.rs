//! A switch that is only told of, an admin that shows it, and a client that speaks HTTP by hand.
#![allow(dead_code)]

pub(crate) mod browser;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use isopace::admin::{Admin, Builder, Source};
use isopace::host::{Component, Health, Status};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A generous end for whatever is waited for.
pub(crate) const END: Duration = Duration::from_secs(60);

pub(crate) const TOKEN: &str = "test-token-0123456789abcdef";

/// A switch as a test would have it.
#[derive(Clone, Default)]
pub(crate) struct Switch(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    #[cfg(feature = "store")]
    queues: Vec<isopace::saf::Saf>,
    components: Vec<(String, &'static str, Status)>,
    traces: Vec<String>,
}

impl Switch {
    /// Two connectors, a pool over them, a gateway; all is well.
    pub(crate) fn new() -> Self {
        let switch = Switch::default();
        switch.set("front", "gateway", Health::Up, "12 clients at 0.0.0.0:8583", 18);
        switch.set("upstream", "pool", Health::Up, "2 of 2 members ready", 18);
        switch.set("host-a", "connector", Health::Up, "signed on to 10.1.0.11:7000", 11);
        switch.set("host-b", "connector", Health::Up, "signed on to 10.1.0.12:7000", 7);
        switch
    }

    pub(crate) fn set(&self, name: &str, kind: &'static str, health: Health, detail: &str, in_flight: u64) {
        let status = Status::new(health, detail).figure("in_flight", in_flight).figure("times_ready_total", 3);
        let mut state = self.0.lock().unwrap();
        match state.components.iter_mut().find(|(known, ..)| known == name) {
            Some(component) => component.2 = status,
            None => state.components.push((name.to_owned(), kind, status)),
        }
    }

    #[cfg(feature = "store")]
    pub(crate) fn queue(&self, saf: &isopace::saf::Saf) {
        self.0.lock().unwrap().queues.push(saf.clone());
    }

    /// The newest first.
    pub(crate) fn traces(&self, traces: Vec<String>) {
        self.0.lock().unwrap().traces = traces;
    }
}

impl Source for Switch {
    fn components(&self) -> Vec<(String, &'static str, Status)> {
        self.0.lock().unwrap().components.clone()
    }

    fn traces(&self, limit: usize) -> Vec<String> {
        self.0.lock().unwrap().traces.iter().take(limit).cloned().collect()
    }

    #[cfg(feature = "store")]
    fn queues(&self) -> Vec<isopace::saf::Saf> {
        self.0.lock().unwrap().queues.clone()
    }

    fn info(&self) -> Vec<(String, String)> {
        vec![("node".to_owned(), "one".to_owned())]
    }
}

pub(crate) async fn started(builder: Builder) -> (Arc<Admin>, SocketAddr) {
    let admin = Arc::new(builder.listen("127.0.0.1:0").build().unwrap());
    admin.start().await.unwrap();
    let address = admin.local_address().unwrap();
    (admin, address)
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    fn of(bytes: &[u8]) -> Self {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no HTTP: {text}"));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The value of a line of the head.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// Sends these bytes and takes all that comes until the server closes.
pub(crate) async fn raw(address: SocketAddr, request: &[u8]) -> Answer {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request).await.unwrap();
        let mut bytes = Vec::new();
        // A server that refuses the rest of a request may break off after its answer.
        _ = stream.read_to_end(&mut bytes).await;
        bytes
    };
    Answer::of(&timeout(END, exchange).await.expect("an answer in time"))
}

pub(crate) async fn get(address: SocketAddr, path: &str) -> Answer {
    get_with(address, path, "").await
}

/// With these lines in the head, each with its end.
pub(crate) async fn get_with(address: SocketAddr, path: &str, lines: &str) -> Answer {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{lines}\r\n");
    raw(address, request.as_bytes()).await
}

pub(crate) async fn post(address: SocketAddr, path: &str, body: &str) -> Answer {
    post_with(address, path, "Content-Type: application/json\r\n", body).await
}

pub(crate) async fn post_with(address: SocketAddr, path: &str, lines: &str, body: &str) -> Answer {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n{lines}\r\n"
    );
    raw(address, format!("{head}{body}").as_bytes()).await
}

pub(crate) fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02X}")).collect()
}

/// A purchase in ASCII with a card of the tests.
pub(crate) fn purchase() -> Vec<u8> {
    let mut edit = isopace::Edit::build(&isopace::iso87a::DIALECT);
    edit.mti("0200");
    for (path, value) in [
        ("2", "4012345678909"),
        ("3", "000000"),
        ("4", "000000002500"),
        ("7", "1120072155"),
        ("11", "123456"),
        ("12", "072155"),
        ("13", "1120"),
        ("22", "051"),
        ("25", "00"),
        ("35", "4012345678909=28122010000012345"),
        ("37", "632407123456"),
        ("41", "TERM0001"),
        ("42", "MERCHANT0000001"),
        ("49", "840"),
        ("52", "0123456789ABCDEF"),
    ] {
        edit.set_leaf(path, value);
    }
    edit.finish().unwrap().to_vec()
}
