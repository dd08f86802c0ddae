//! More clients than a listener has places for when nobody says how many: the bound of the gateway is what holds.

use std::env;
use std::process::Command;

use crate::gateway_common::*;
use isopace::gateway::Gateway;
use isopace::iso87a::DIALECT;
use isopace::link::Listen;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

const CLIENTS: usize = Listen::LIMIT + 76;
/// Set where there are files enough.
const FILES: &str = "ISOPACE_TEST_HAS_FILES";

/// Two files for each client are more than a process often has, unless it asks for them.
#[test]
fn as_many_clients_as_it_was_told() {
    if env::var_os(FILES).is_none() {
        let test = env::current_exe().unwrap();
        let again = Command::new("sh")
            .args(["-c", "ulimit -n 4096 && exec \"$0\" --exact gateway_crowd::as_many_clients_as_it_was_told"])
            .arg(test)
            .env(FILES, "1")
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&[again.stdout, again.stderr].concat()).into_owned();
        assert!(again.status.success() && told.contains("1 passed"), "{told}");
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = Listen::new(FRAMING).bind("127.0.0.1:0").await.unwrap();
        crowded(Gateway::builder("bound", &DIALECT).listen(listener)).await;
        crowded(Gateway::builder("at", &DIALECT).listen_at(Listen::new(FRAMING), "127.0.0.1:0")).await;
    });
}

async fn crowded(builder: isopace::gateway::Builder) {
    let told = Told::default();
    let gateway = builder.route("host", approving()).events(told.clone()).max_clients(CLIENTS).start().await.unwrap();
    let address = gateway.local_address().unwrap();
    let mut clients = Vec::new();
    for _ in 1..CLIENTS {
        clients.push(TcpStream::connect(address).await.unwrap());
    }
    let mut last = Peer::of(&gateway).await;
    assert_eq!(brief(&timeout(EVER, last.ask(&purchase(1))).await.unwrap()), "0210 1 00");
    assert_eq!((gateway.stats().clients, gateway.stats().refused), (CLIENTS, 0));
    // Who is too many hears of it at once, and does not sit in the way of others later.
    assert!(timeout(EVER, Peer::of(&gateway).await.next()).await.unwrap().is_none());
    told.until("refused full").await;
    drop(last);
    let left = async {
        while gateway.stats().clients == CLIENTS {
            sleep(5 * MS).await;
        }
    };
    timeout(EVER, left).await.unwrap();
    assert_eq!(brief(&timeout(EVER, Peer::of(&gateway).await.ask(&purchase(2))).await.unwrap()), "0210 2 00");
    drop(clients);
    gateway.stop().await;
}
