//! A gateway of descriptors that is to reverse writes down what it sends before it sends it: what the process before had
//! under way when it ended is reversed. One test to a process, which remembers when it began.
#![cfg(all(feature = "host", feature = "store"))]

mod host_common;

use std::sync::Arc;
use std::time::Duration;

use host_common::{Folder, SECOND, connector, ended, eventually, free_port, text};
use isopace::connector::Connector;
use isopace::frame::{Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::{Connect, Listen};
use isopace::mux::{Inbound, NotSent, Outcome};
use isopace::reversal::{Reverser, Rules};
use isopace::saf::Saf;
use isopace::store::{Sqlite, StorageKey, Store, Vault};
use isopace::teq::Teq;
use isopace::{Edit, Message};
use tokio::sync::mpsc;

const KEY: &str = "5a";
const JOURNAL: &str = "reversal.reversals.local";

fn vault() -> Vault {
    Vault::new(&StorageKey::from_hex("2026-11", &KEY.repeat(32)).unwrap(), &[]).unwrap()
}

fn deploy(folder: &Folder, issuer: &str, port: u16) {
    folder.write("issuer.toml", &connector("issuer", issuer, ""));
    folder.write("keys/store.hex", &KEY.repeat(32));
    let storage = "store = \"queues.db\"\nkey_id = \"2026-11\"\nkey_file = \"keys/store.hex\"\n";
    folder.write(
        "reversals.toml",
        &format!(
            "name = \"reversals\"\ntype = \"store-and-forward\"\nenabled = true\n[config]\nupstream = \"issuer\"\n\
             {storage}min_backoff_ms = 50\nmax_backoff_ms = 200\n"
        ),
    );
    folder.write(
        "pos.toml",
        &format!(
            "name = \"pos\"\ntype = \"gateway\"\nenabled = true\n[config]\naddr = \"127.0.0.1:{port}\"\n\
             route_to = \"issuer\"\ntimeout_ms = 3000\nreversals = \"reversals\"\nreversal_key = [7, 11, 41]\n\
             [config.idempotency]\n{storage}"
        ),
    );
}

fn purchase(stan: u32) -> Message {
    let mut edit = Edit::build(&DIALECT);
    edit.mti("0200").set_leaf("2", "4111111111111111").set(3, "000000").set(4, "000000002500");
    edit.set(7, "1120174500").set(11, &stan).set(41, "TERM0001");
    Message::parse(&DIALECT, edit.finish().unwrap()).unwrap()
}

/// How many requests are written down and not settled.
async fn open(folder: &Folder) -> Vec<String> {
    let store = Sqlite::open(folder.0.join("queues.db")).await.unwrap();
    let found = store.unfinished(JOURNAL, 0, 100).await.unwrap();
    store.close().await;
    found.into_iter().map(|transaction| transaction.id).collect()
}

#[tokio::test]
async fn what_was_under_way_when_the_process_before_ended_is_reversed_once() {
    let (folder, port) = (Folder::new("ahead"), free_port());
    // What another process has left: one request without an end, one with.
    std::fs::create_dir_all(&folder.0).unwrap();
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(folder.0.join("queues.db")).await.unwrap());
    let saf = Saf::builder("reversals", &DIALECT, Arc::clone(&store), vault()).build();
    let before = Reverser::new(saf, Rules::new().identity(&[7, 11, 41]).write_ahead("local"));
    for stan in [1, 2] {
        before.note_sent(&purchase(stan)).await.unwrap();
    }
    before.settled(&purchase(2), &Outcome::NotSent(NotSent::NotConnected)).await.unwrap();
    store.close().await;
    tokio::time::sleep(Duration::from_millis(10)).await;

    let (seen, mut reversals) = mpsc::unbounded_channel();
    let listener = Listen::new(Framing::new(Header::Binary2)).bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_address().to_string();
    let issuer = Connector::builder(&DIALECT).name("issuer").accept(listener).mux(|mux| mux.concurrency(8));
    let issuer = issuer
        .serve(move |inbound: Inbound| {
            let seen = seen.clone();
            async move {
                let stan = inbound.message.get::<u32>(11).unwrap().unwrap_or_default();
                if inbound.message.mti() == "0420" {
                    seen.send(text(&inbound.message, 90)).unwrap();
                } else if stan == 9 {
                    return tokio::time::sleep(6 * SECOND).await;
                }
                let mut reply = inbound.message.reply().unwrap();
                reply.set(39, if stan == 8 { "51" } else { "00" });
                _ = inbound.replier.reply(&reply).await;
            }
        })
        .start()
        .unwrap();
    deploy(&folder, &address, port);
    let teq = Teq::builder().deploy_dir(&folder.0).scan_interval(600 * SECOND).build();
    teq.start().await.unwrap();
    assert!(teq.host().ready_within(30 * SECOND).await.ready, "{:?}", teq.components());
    let first = tokio::time::timeout(30 * SECOND, reversals.recv()).await.unwrap().unwrap();
    assert!(first.starts_with("02000000011120174500"), "{first}");

    let connect = Connect::to(format!("127.0.0.1:{port}"), Framing::new(Header::Binary2));
    let client = Connector::builder(&DIALECT).dial(connect).wait_until_ready(true).start().unwrap();
    for (stan, code) in [(7, "00"), (8, "51"), (9, "68")] {
        for _ in 0..2 {
            assert_eq!(ended(client.request(purchase(stan)).await), format!("{code} {stan:06}"));
        }
    }
    let second = tokio::time::timeout(30 * SECOND, reversals.recv()).await.unwrap().unwrap();
    assert!(second.starts_with("02000000091120174500"), "{second}");
    // One without DE 7 can neither be reversed nor known again; it is carried on all the same.
    assert_eq!(ended(client.request(host_common::purchase(10)).await), "00 000010");
    eventually("nothing is owed", || {
        let status = teq.get("pos").unwrap().status();
        status.figures.contains(&("reversals_waiting", 0))
    })
    .await;
    client.stop().await;
    teq.stop().await.unwrap();
    issuer.stop().await;
    assert_eq!(open(&folder).await, [""; 0]);
    assert!(reversals.try_recv().is_err(), "each once");
}
