//! Gateways of descriptors that carry the same request on once.

use std::time::Duration;

use crate::host_common::{Folder, Issuer, SECOND, connector, ended, free_port};
use isopace::connector::Connector;
use isopace::frame::{Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::Connect;
use isopace::teq::{DescriptorError, Registry, Teq, check};
use isopace::{Edit, Message};

fn gateway(port: u16, table: &str) -> String {
    format!(
        "name = \"pos\"\ntype = \"gateway\"\nenabled = true\n[config]\naddr = \"127.0.0.1:{port}\"\n\
         route_to = \"issuer\"\n[config.idempotency]\n{table}\n"
    )
}

const TABLE: &str = "store = \"answers.db\"\nkey_id = \"2026-11\"\nkey_file = \"keys/store.hex\"\n";

fn deploy(folder: &Folder, issuer: &str, port: u16) {
    folder.write("issuer.toml", &connector("issuer", issuer, ""));
    folder.write("keys/store.hex", &format!("{}\n", "5a".repeat(32)));
    folder.write("pos.toml", &gateway(port, &format!("{TABLE}key = [7, 11, 41]\nttl_ms = 3600000\nmax = 1000")));
}

fn purchase(mti: &str, stan: u32) -> Message {
    let mut edit = Edit::build(&DIALECT);
    edit.mti(mti).set_leaf("2", "4111111111111111").set(3, "000000").set(4, "000000002500");
    edit.set(7, "1120174500").set(11, &stan).set(41, "TERM0001");
    Message::parse(&DIALECT, edit.finish().unwrap()).unwrap()
}

async fn ask(port: u16, mti: &str, stan: u32) -> String {
    let connect = Connect::to(format!("127.0.0.1:{port}"), Framing::new(Header::Binary2));
    let client = Connector::builder(&DIALECT).dial(connect).wait_until_ready(true).start().unwrap();
    let answer = ended(client.request(purchase(mti, stan)).await);
    client.stop().await;
    answer
}

#[tokio::test]
async fn a_repeat_is_answered_from_the_store_also_by_the_next_run() {
    let (folder, port) = (Folder::new("repeats"), free_port());
    let issuer = Issuer::start(Duration::ZERO).await;
    deploy(&folder, &issuer.address, port);
    for run in 0..2 {
        let teq = Teq::builder().deploy_dir(&folder.0).scan_interval(600 * SECOND).build();
        teq.start().await.unwrap();
        assert!(teq.host().ready_within(30 * SECOND).await.ready, "{:?}", teq.components());
        for mti in ["0200", "0201"] {
            assert_eq!(ask(port, mti, 7).await, "00 000007");
        }
        assert_eq!(ask(port, "0200", 8 + run).await, format!("00 {:06}", 8 + run));
        let status = teq.get("pos").unwrap().status();
        assert!(status.figures.contains(&("replayed_total", u64::from(1 + run))), "{status:?}");
        teq.stop().await.unwrap();
    }
    assert_eq!(*issuer.seen.lock().unwrap(), [7, 8, 9]);
}

#[test]
fn what_is_wrong_with_the_table() {
    for (table, expected) in [
        (TABLE.to_owned(), ""),
        (format!("{TABLE}max = 0"), "pos.toml:11: `max`: at least 1"),
        (format!("{TABLE}key = [2, 11]"), "pos.toml:11: `key`: repeats cannot be known by data element 2"),
        (format!("{TABLE}keys = [11]"), "pos.toml:11: unknown key `keys`; did you mean `key`?"),
        (TABLE.replace("answers.db", "no/such/answers.db"), "pos.toml:8: `store`: a file is expected"),
        (TABLE.replace("store.hex", "none.hex"), "pos.toml:10: `key_file`: keys/none.hex cannot be read"),
    ] {
        let folder = Folder::new("wrong-table");
        deploy(&folder, "127.0.0.1:1", 9000);
        folder.write("pos.toml", &gateway(9000, &table));
        let checked = check(&folder.0, &Registry::standard());
        assert!(!folder.0.join("answers.db").exists(), "nothing is opened");
        let lines: Vec<String> = checked.problems.iter().flat_map(DescriptorError::lines).collect();
        let told = folder.without(&lines.join("\n"));
        assert!(told.starts_with(expected) && (!expected.is_empty() || told.is_empty()), "{table}\nsays\n{told}");
    }
}
