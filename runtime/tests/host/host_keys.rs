//! Descriptors that change the key of a queue, and that give a node STANs of its own.

use crate::host_common;

use std::time::Duration;

use host_common::{Folder, Issuer, SECOND, connector, eventually, free_port, purchase};
use isopace::connector::Connector;
use isopace::frame::{Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::Connect;
use isopace::saf::Saf;
use isopace::store::{EntryState, OpenError};
use isopace::teq::{DescriptorError, Registry, Teq, check};
use isopace::{Edit, Message};

fn queue(key: &str, more: &str) -> String {
    format!(
        "name = \"advices\"\ntype = \"store-and-forward\"\nenabled = true\n[config]\nupstream = \"issuer\"\n\
         store = \"queues.db\"\nkey_id = \"{key}\"\nkey_file = \"keys/{key}.hex\"\nmin_backoff_ms = 20\n\
         max_backoff_ms = 100\n{more}\n"
    )
}

const EARLIER: &str = "earlier_keys = [{ id = \"k1\", file = \"keys/k1.hex\" }]";

fn deployed(issuer: &str) -> Folder {
    let folder = Folder::new("keys");
    folder.write("issuer.toml", &connector("issuer", issuer, ""));
    for (key, digits) in [("k1", "5a"), ("k2", "a5")] {
        folder.write(&format!("keys/{key}.hex"), &digits.repeat(32));
    }
    folder
}

async fn teq(folder: &Folder) -> (Teq, Saf) {
    let teq = Teq::builder().deploy_dir(&folder.0).scan_interval(600 * SECOND).build();
    teq.start().await.unwrap();
    let queue = teq.get("advices").unwrap().queue().unwrap();
    (teq, queue)
}

fn advice(stan: u32) -> Message {
    let mut edit = Edit::build(&DIALECT);
    edit.mti("0220").set_leaf("2", "4111111111111111").set(4, "000000002500").set(7, "1120174500").set(11, &stan);
    Message::parse(&DIALECT, edit.finish().unwrap()).unwrap()
}

async fn opened(queue: &Saf) -> Vec<Result<String, OpenError>> {
    let waiting = queue.inspect(EntryState::Pending, 0, 10).await.unwrap();
    waiting.into_iter().map(|stored| stored.message.map(|message| message.unwrap().mti().to_string())).collect()
}

/// Which key has sealed what is in the store, by the ids that stand before what is encrypted.
fn sealed_by(folder: &Folder, key: &str) -> usize {
    let store = rusqlite::Connection::open(folder.0.join("queues.db")).unwrap();
    let bodies = store
        .prepare("SELECT body FROM entry WHERE state = 0")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<Vec<Vec<u8>>, _>>()
        .unwrap();
    bodies.iter().filter(|body| body[3..].starts_with(key.as_bytes())).count()
}

#[tokio::test]
async fn a_new_key_seals_and_both_open() {
    let issuer = Issuer::start(Duration::ZERO).await;
    let folder = deployed(&issuer.address);
    folder.write("advices.toml", &queue("k1", ""));
    let (first, advices) = teq(&folder).await;
    advices.pause().await.unwrap();
    advices.accept("m1", &advice(1)).await.unwrap();
    first.stop().await.unwrap();
    drop((first, advices));

    // A key that is gone is waited for: nothing is given up.
    folder.write("advices.toml", &queue("k2", ""));
    let (without, advices) = teq(&folder).await;
    assert!(matches!(&opened(&advices).await[..], [Err(OpenError::NoKey { id })] if id == "k1"));
    advices.resume().await.unwrap();
    advices.accept("m2", &advice(2)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let status = advices.status().await.unwrap();
    assert_eq!((status.pending, status.dead, issuer.seen.lock().unwrap().len()), (2, 0, 0));
    advices.pause().await.unwrap();
    without.stop().await.unwrap();
    drop((without, advices));

    folder.write("advices.toml", &queue("k2", EARLIER));
    let (both, advices) = teq(&folder).await;
    advices.accept("m3", &advice(3)).await.unwrap();
    assert_eq!(opened(&advices).await, ["0220", "0220", "0220"].map(|mti| Ok(mti.to_owned())));
    assert_eq!((sealed_by(&folder, "k1"), sealed_by(&folder, "k2")), (1, 2));
    advices.resume().await.unwrap();
    eventually("all are delivered", || issuer.seen.lock().unwrap().len() == 3).await;
    assert!(advices.drained(30 * SECOND).await);
    assert_eq!(*issuer.seen.lock().unwrap(), [1, 2, 3]);
    both.stop().await.unwrap();
    issuer.connector.stop().await;
}

fn gateway(port: u16, own_stan: &str) -> String {
    format!(
        "name = \"pos\"\ntype = \"gateway\"\nenabled = true\n[config]\naddr = \"127.0.0.1:{port}\"\ntimeout_ms = 700\n\
         route_to = \"issuer\"\nreversals = \"advices\"\n[config.upstream.issuer]\nown_stan = {own_stan}\n"
    )
}

#[tokio::test]
async fn what_a_node_sends_has_numbers_of_its_range() {
    let (issuer, port) = (Issuer::start(Duration::ZERO).await, free_port());
    let folder = deployed(&issuer.address);
    folder.write("advices.toml", &queue("k1", "timeout_ms = 400"));
    folder.write("pos.toml", &gateway(port, "{ from = 500000, to = 500004 }"));
    let (teq, _) = teq(&folder).await;
    assert!(teq.host().ready_within(30 * SECOND).await.ready, "{:?}", teq.components());
    let connect = Connect::to(format!("127.0.0.1:{port}"), Framing::new(Header::Binary2));
    let client = Connector::builder(&DIALECT).name("client").dial(connect).wait_until_ready(true).start().unwrap();
    let ask = async |stan| {
        let request = purchase(stan);
        let request = request.edit().set(7, "1120174500").finish().unwrap();
        let request = Message::parse(&DIALECT, request).unwrap();
        client.request(&request).await
    };
    for stan in 1..=3 {
        assert_eq!(host_common::ended(ask(stan).await), format!("00 00000{stan}"));
    }
    // It is reversed, and the reversal has a number of the range too.
    issuer.answers.send_replace(false);
    _ = ask(4).await;
    eventually("the reversal arrives", || issuer.seen.lock().unwrap().len() >= 5).await;
    let seen: Vec<u32> = issuer.seen.lock().unwrap()[..5].to_vec();
    let mut sorted = seen.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [500_000, 500_001, 500_002, 500_003, 500_004], "{seen:?}");
    issuer.answers.send_replace(true);
    client.stop().await;
    teq.stop().await.unwrap();
    issuer.connector.stop().await;
}

#[test]
fn what_is_wrong_with_keys_and_numbers() {
    let folder = deployed("127.0.0.1:1");
    folder.write("keys/short.hex", "5a");
    let told = |queue: &str, own_stan: &str| {
        folder.write("advices.toml", queue);
        folder.write("pos.toml", &gateway(9000, own_stan));
        let checked = check(&folder.0, &Registry::standard());
        let lines: Vec<String> = checked.problems.iter().flat_map(DescriptorError::lines).collect();
        folder.without(&lines.join("\n"))
    };
    for own_stan in ["true", "false", "{ from = 1, to = 499999 }", "{ from = 7, to = 7 }"] {
        assert_eq!(told(&queue("k2", EARLIER), own_stan), "");
    }
    for (earlier, expected) in [
        (EARLIER.replace("k1\"", "k2\""), "advices.toml:11: `earlier_keys`: two keys have the same id"),
        (EARLIER.replace("\"k1\"", "\"a b\""), "advices.toml:11: `earlier_keys`: the id of a key"),
        (EARLIER.replace("k1.hex", "none.hex"), "advices.toml:11: `earlier_keys`: keys/none.hex cannot be read"),
        (EARLIER.replace("k1.hex", "short.hex"), "advices.toml:11: `earlier_keys`: a key is 32 bytes"),
    ] {
        let told = told(&queue("k2", &earlier), "true");
        assert!(told.starts_with(expected), "{earlier} says\n{told}");
    }
    for (own_stan, expected) in [
        ("{ from = 0, to = 9 }", "the first STAN is 1"),
        ("{ from = 1, to = 1000000 }", "the last STAN is 999999"),
        ("{ from = 9, to = 8 }", "`from` is more than `to`"),
        ("{ from = 9 }", ""),
        ("7", ""),
    ] {
        let told = told(&queue("k2", ""), own_stan);
        assert!(told.contains("pos.toml:") && told.contains(expected), "{own_stan} says\n{told}");
    }
}
