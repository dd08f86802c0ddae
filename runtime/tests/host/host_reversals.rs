//! Store-and-forward from descriptors, and gateways that have reversed what their clients have not got.

use crate::host_common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use host_common::{Folder, SECOND, connector, eventually, free_port, text};
use isopace::Edit;
use isopace::Message;
use isopace::connector::Connector;
use isopace::frame::{Framing, Header};
use isopace::host::Health;
use isopace::iso87a::DIALECT;
use isopace::link::Connect;
use isopace::mux::Outcome;
use isopace::teq::{DescriptorError, Registry, Teq, check};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// What the issuer does with purchases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purchases {
    Approved,
    ApprovedAfter(Duration),
    /// It closes the link instead.
    Closed,
}

/// An issuer by hand, which takes every reversal; what it got, by message type and the elements 11 and 90.
#[derive(Clone)]
struct Issuer {
    address: String,
    purchases: Arc<Mutex<Purchases>>,
    seen: Arc<Mutex<Vec<(String, String, String)>>>,
}

impl Issuer {
    async fn start(purchases: Purchases) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let issuer = Issuer { address, purchases: Arc::new(Mutex::new(purchases)), seen: Arc::default() };
        let serving = issuer.clone();
        tokio::spawn(async move {
            while let Ok((link, _)) = listener.accept().await {
                tokio::spawn(serving.clone().serve(link));
            }
        });
        issuer
    }

    async fn serve(self, mut link: TcpStream) {
        while let Ok(length) = link.read_u16().await {
            let mut body = vec![0; usize::from(length)];
            link.read_exact(&mut body).await.unwrap();
            let message = Message::parse(&DIALECT, body).unwrap();
            let mti = message.mti().to_string();
            let original = if mti.starts_with("04") { text(&message, 90) } else { String::new() };
            self.seen.lock().unwrap().push((mti.clone(), text(&message, 11), original));
            let purchases = *self.purchases.lock().unwrap();
            match purchases {
                Purchases::Closed if mti == "0200" => return,
                Purchases::ApprovedAfter(time) if mti == "0200" => sleep(time).await,
                _ => {}
            }
            let mut reply = message.reply().unwrap();
            reply.set(39, "00");
            let reply = reply.finish().unwrap();
            link.write_u16(u16::try_from(reply.len()).unwrap()).await.unwrap();
            if link.write_all(&reply).await.is_err() {
                return;
            }
        }
    }

    fn seen(&self, mti: &str) -> Vec<(String, String, String)> {
        self.seen.lock().unwrap().iter().filter(|(seen, ..)| seen.starts_with(mti)).cloned().collect()
    }
}

/// An issuer, a queue to it, and a gateway that has reversed what goes there.
fn deploy(folder: &Folder, issuer: &str, port: u16) {
    folder.write("issuer.toml", &connector("issuer", issuer, ""));
    folder.write("keys/store.hex", &format!("{}\n", "5a".repeat(32)));
    folder.write("reversals.toml", &queue(""));
    folder.write(
        "pos.toml",
        &format!(
            "name = \"pos\"\ntype = \"gateway\"\nenabled = true\n[config]\naddr = \"127.0.0.1:{port}\"\n\
             route_to = \"issuer\"\ntimeout_ms = 500\nreversals = \"reversals\"\n"
        ),
    );
}

fn queue(more: &str) -> String {
    format!(
        "name = \"reversals\"\ntype = \"store-and-forward\"\nenabled = true\n[config]\nupstream = \"issuer\"\n\
         store = \"queues.db\"\nkey_id = \"2026-11\"\nkey_file = \"keys/store.hex\"\nmin_backoff_ms = 50\n\
         max_backoff_ms = 200\n{more}\n"
    )
}

fn teq(folder: &Folder) -> Teq {
    Teq::builder().deploy_dir(&folder.0).scan_interval(600 * SECOND).build()
}

async fn client(port: u16) -> Connector {
    let connect = Connect::to(format!("127.0.0.1:{port}"), Framing::new(Header::Binary2));
    Connector::builder(&DIALECT).name("client").dial(connect).wait_until_ready(true).start().unwrap()
}

fn purchase(stan: u32) -> Message {
    let mut edit = Edit::build(&DIALECT);
    edit.mti("0200").set_leaf("2", "4111111111111111").set(3, "000000").set(4, "000000002500");
    edit.set(7, "1120174500").set(11, &stan).set(41, "TERM0001");
    Message::parse(&DIALECT, edit.finish().unwrap()).unwrap()
}

fn figure(teq: &Teq, name: &str, figure: &str) -> u64 {
    let status = teq.get(name).unwrap().status();
    status.figures.iter().find(|(name, _)| *name == figure).unwrap_or_else(|| panic!("{figure}: {status:?}")).1
}

/// Exactly one reversal of the purchase with this STAN reaches the issuer, and none follows.
async fn reversed_once(issuer: &Issuer, stan: &str) {
    eventually("it is reversed", || !issuer.seen("04").is_empty()).await;
    // Long enough for a second one, and for what comes late.
    sleep(2 * SECOND).await;
    let reversals = issuer.seen("04");
    assert_eq!(reversals.len(), 1, "{reversals:?}");
    assert_eq!(reversals[0].0, "0420");
    assert!(reversals[0].2.starts_with(&format!("0200{stan}1120174500")), "{reversals:?}");
}

/// A reversal that went elsewhere would undo nothing: a queue that sends to another component is no queue for this gateway any more.
#[tokio::test]
async fn a_queue_that_leads_elsewhere_is_told() {
    let (folder, port) = (Folder::new("elsewhere"), free_port());
    let issuer = Issuer::start(Purchases::Approved).await;
    deploy(&folder, &issuer.address, port);
    folder.write("other.toml", &connector("other", &issuer.address, ""));
    let teq = teq(&folder);
    teq.start().await.unwrap();
    let scan = teq.deployer().unwrap().last_scan().unwrap();
    assert!(scan.problems.is_empty(), "{scan:?}");
    folder.write("reversals.toml", &queue("").replace("\"issuer\"", "\"other\""));
    let told = teq.scan().await.unwrap().problems.join("\n");
    assert!(told.contains("none of these sends to `issuer`"), "{told}");
    folder.write("reversals.toml", &queue(""));
    let scan = teq.scan().await.unwrap();
    assert!(scan.problems.is_empty(), "{scan:?}");
    teq.stop().await.unwrap();
}

#[tokio::test]
async fn what_is_answered_late_is_reversed_once() {
    let (folder, port) = (Folder::new("late"), free_port());
    let issuer = Issuer::start(Purchases::ApprovedAfter(Duration::from_millis(1200))).await;
    deploy(&folder, &issuer.address, port);
    let teq = teq(&folder);
    teq.start().await.unwrap();
    assert!(teq.host().ready_within(30 * SECOND).await.ready, "{:?}", teq.components());
    let client = client(port).await;
    let Outcome::Response(answer) = client.request(purchase(7)).await else { panic!("it is declined") };
    assert_ne!(text(&answer, 39), "00");
    reversed_once(&issuer, "000007").await;
    eventually("nothing waits", || figure(&teq, "reversals", "pending") == 0).await;
    assert_eq!((figure(&teq, "reversals", "dead"), figure(&teq, "pos", "reversals_waiting")), (0, 0));
    client.stop().await;
    teq.stop().await.unwrap();
}

#[tokio::test]
async fn what_was_under_way_when_the_link_was_lost_is_reversed_once() {
    let (folder, port) = (Folder::new("closed"), free_port());
    let issuer = Issuer::start(Purchases::Closed).await;
    deploy(&folder, &issuer.address, port);
    let teq = teq(&folder);
    teq.start().await.unwrap();
    assert!(teq.host().ready_within(30 * SECOND).await.ready, "{:?}", teq.components());
    let client = client(port).await;
    let Outcome::Response(answer) = client.request(purchase(8)).await else { panic!("it is declined") };
    assert_ne!(text(&answer, 39), "00");
    reversed_once(&issuer, "000008").await;
    client.stop().await;
    teq.stop().await.unwrap();
}

#[tokio::test]
async fn an_approval_whose_client_is_gone_is_reversed_and_others_are_not() {
    let (folder, port) = (Folder::new("gone"), free_port());
    let issuer = Issuer::start(Purchases::Approved).await;
    deploy(&folder, &issuer.address, port);
    let teq = teq(&folder);
    teq.start().await.unwrap();
    assert!(teq.host().ready_within(30 * SECOND).await.ready, "{:?}", teq.components());
    let client = client(port).await;
    let Outcome::Response(answer) = client.request(purchase(9)).await else { panic!("it is approved") };
    assert_eq!(text(&answer, 39), "00");
    client.stop().await;

    *issuer.purchases.lock().unwrap() = Purchases::ApprovedAfter(Duration::from_millis(250));
    let mut gone = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request = purchase(10);
    gone.write_u16(u16::try_from(request.as_bytes().len()).unwrap()).await.unwrap();
    gone.write_all(request.as_bytes()).await.unwrap();
    eventually("the issuer has it", || issuer.seen("0200").len() == 2).await;
    socket2::SockRef::from(&gone).set_linger(Some(Duration::ZERO)).unwrap();
    drop(gone);
    reversed_once(&issuer, "000010").await;
    teq.stop().await.unwrap();
}

/// The issuer is away when the reversal is due, the switch is stopped and started anew: it arrives all the same, once.
#[tokio::test]
async fn a_reversal_outlives_the_switch() {
    let (folder, port) = (Folder::new("outlives"), free_port());
    let issuer = Issuer::start(Purchases::ApprovedAfter(3 * SECOND)).await;
    deploy(&folder, &issuer.address, port);
    let teq = teq(&folder);
    teq.start().await.unwrap();
    assert!(teq.host().ready_within(30 * SECOND).await.ready, "{:?}", teq.components());
    let paused = teq.get("reversals").unwrap().queue().unwrap();
    paused.pause().await.unwrap();
    drop(paused);
    let client = client(port).await;
    _ = client.request(purchase(11)).await;
    client.stop().await;
    eventually("it waits", || figure(&teq, "reversals", "pending") == 1).await;
    assert_eq!(teq.get("reversals").unwrap().status().health, Health::Degraded);
    teq.stop().await.unwrap();
    drop(teq);
    assert_eq!(issuer.seen("04"), []);

    let again = self::teq(&folder);
    again.start().await.unwrap();
    eventually("its age is seen", || figure(&again, "reversals", "oldest_age_ms") > 0).await;
    again.get("reversals").unwrap().queue().unwrap().resume().await.unwrap();
    reversed_once(&issuer, "000011").await;
    again.stop().await.unwrap();
}

#[test]
fn what_is_wrong_with_queues_and_reversals() {
    let told = |file: &str, text: &str| {
        let folder = Folder::new("wrong-queue");
        deploy(&folder, "127.0.0.1:1", 9000);
        folder.write("other.toml", &connector("other", "127.0.0.1:2", ""));
        folder.write("keys/short.hex", "5a");
        folder.write(file, text);
        let checked = check(&folder.0, &Registry::standard());
        assert!(!folder.0.join("queues.db").exists(), "nothing is opened");
        let lines: Vec<String> = checked.problems.iter().flat_map(DescriptorError::lines).collect();
        folder.without(&lines.join("\n"))
    };
    assert_eq!(
        told("reversals.toml", &queue("timeout_ms = 20000\nattempts = 5\nexpire_ms = 0\naccept = [\"00\"]")),
        ""
    );
    let without = |line: &str, instead: &str| queue("").replace(line, instead);
    for (text, expected) in [
        (queue("attempts = 0"), "reversals.toml:11: `attempts`: at least 1"),
        (queue("accept = []"), "reversals.toml:11: `accept`: a list of response codes"),
        (queue("acept = []"), "reversals.toml:11: unknown key `acept`; did you mean `accept`?"),
        (queue("postgres = \"host=x\""), "reversals.toml:6: `store`: messages are kept in a file"),
        (without("queues.db", "no/such/queues.db"), "reversals.toml:6: `store`: a file is expected"),
        (without("store.hex", "short.hex"), "reversals.toml:8: `key_file`: a key is 32 bytes"),
        (without("store.hex", "none.hex"), "reversals.toml:8: `key_file`: keys/none.hex cannot be read"),
        (without("2026-11", "a b"), "reversals.toml:7: `key_id`: the id of a key"),
        (without("\"issuer\"", "\"issuerr\""), "reversals.toml:5: `upstream`: there is no component called"),
        (without("\"issuer\"", "\"reversals\""), "reversals.toml:5: `upstream`: `reversals` sends to this one"),
    ] {
        let told = told("reversals.toml", &text);
        assert!(told.contains(expected), "{text}\nsays\n{told}\nand not\n{expected}");
    }
    let pos = |more: &str| {
        format!("name = \"pos\"\ntype = \"gateway\"\nenabled = true\n[config]\naddr = \"127.0.0.1:9000\"\n{more}\n")
    };
    for (text, expected) in [
        (pos("route_to = \"issuer\"\nreversals = [\"reversals\"]"), ""),
        (
            pos("route_to = \"other\"\nreversals = \"reversals\""),
            "pos.toml:7: `reversals`: none of these sends to `other`",
        ),
        (
            pos("route_to = \"issuer\"\nreversals = \"reversal\""),
            "pos.toml:7: `reversals`: there is no component called `reversal`; did you mean `reversals`?",
        ),
        (
            pos("route_to = \"issuer\"\nreversals = \"other\""),
            "pos.toml:7: `reversals`: `other` is a connector and no store-and-forward",
        ),
        (
            pos("route_to = \"reversals\""),
            "pos.toml:6: `route_to`: `reversals` is a store-and-forward and takes advices",
        ),
    ] {
        let told = told("pos.toml", &text);
        assert!(told.starts_with(expected) && (!expected.is_empty() || told.is_empty()), "{text}\nsays\n{told}");
    }
}
