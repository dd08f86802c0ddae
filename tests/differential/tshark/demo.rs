//! The traces of a switch held against a capture of its traffic: that of `examples/deploy`, with a relay before the
//! gateway and before each host. What the dissector reads in the capture, the traces have.

use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use isopace::Edit;
use isopace::connector::Connector;
use isopace::frame::{Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::Connect;
use isopace::mux::Outcome;
use isopace::teq::Teq;
use isopace::trace::{Described, Record, What};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::dissector::{self, Form, Seen};
use crate::peer::folder;

/// What is compared: the message type and these elements.
const ELEMENTS: [&str; 5] = ["3", "4", "11", "39", "41"];

/// They are sent one after another.
const PURCHASES: u32 = 40;

/// A message by its type and the elements that are compared.
type Known = (String, BTreeMap<String, String>);

/// Messages of both directions, in the order in which they came by.
type Tape = Arc<Mutex<Vec<Vec<u8>>>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn traces_agree_with_a_capture() {
    if !dissector::is_there() {
        return;
    }
    let (clients, hosts) = (Tape::default(), Tape::default());
    // Held until all addresses are chosen.
    let held = [(); 3].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
    let [gateway, isw, up] = held.each_ref().map(|listener| listener.local_addr().unwrap());
    let front = relay(gateway, Arc::clone(&clients)).await;
    let directory = folder("tshark").join("deploy");
    let addresses = [
        ("127.0.0.1:9000", gateway.to_string(), gateway.to_string()),
        ("127.0.0.1:8583", isw.to_string(), relay(isw, Arc::clone(&hosts)).await.to_string()),
        ("127.0.0.1:8584", up.to_string(), relay(up, Arc::clone(&hosts)).await.to_string()),
    ];
    deploy(&directory, &addresses);
    drop(held);
    let teq = Teq::builder().deploy_dir(&directory).build();
    teq.start().await.unwrap();
    let ready = teq.host().ready_within(Duration::from_secs(30)).await;
    assert!(ready.ready, "{ready:?}: {:?}", teq.deployer().and_then(|deployer| deployer.last_scan()));

    let framing = Framing::new(Header::Binary2);
    let till = Connector::builder(&DIALECT).dial(Connect::to(front.to_string(), framing)).start().unwrap();
    for number in 1..=PURCHASES {
        let answer = till.request(&purchase(number)).timeout(Duration::from_secs(20)).wait_until_ready(true).await;
        assert!(matches!(answer, Outcome::Response(_)), "{answer:?}");
    }
    till.stop().await;
    teq.stop().await.unwrap();
    // All of them have ended.
    let records = teq.host().traces().list();

    let traced = |record: &Record| [message(record, "request"), message(record, "response")];
    compare("clients.pcap", &clients, &["0200", "0210"], records.iter().flat_map(|record| traced(record)).collect());
    // What is carried on as it came in is not shown twice. Answers of hosts are traced as the client has them.
    let carried_on = |record: &Record| message(record, "forwarded").or_else(|| message(record, "request"));
    compare("hosts.pcap", &hosts, &["0200"], records.iter().map(|record| carried_on(record)).collect());
    let codes = records.iter().filter_map(|record| message(record, "response")?.1.remove("39"));
    let declined = codes.filter(|code| code == "51").count();
    assert!((10..40).contains(&declined), "{declined} were declined");
}

/// A purchase: every fourth one is more than one of the hosts approves.
fn purchase(number: u32) -> Edit<'static> {
    let cards = ["4012345678909", "4111111111111111", "5399410000000000"];
    let mut edit = Edit::build(&DIALECT);
    edit.mti("0200").set(2, cards[number as usize % cards.len()]).set(3, "000000");
    edit.set(4, &(if number.is_multiple_of(4) { 12_000 } else { 100 * number })).set(11, &number);
    edit.set(37, format!("{number:012}").as_str()).set(41, format!("TERM{number:04}").as_str());
    edit
}

/// The messages of these types in the capture are those that were traced, and each transaction has all of its own.
fn compare(file: &str, tape: &Tape, types: &[&str], traced: Vec<Option<Known>>) {
    let messages: Vec<Vec<u8>> = tape.lock().unwrap().clone();
    let mut captured: Vec<Option<Known>> = Vec::new();
    for (seen, wire) in dissector::read_into(file, Form::Ascii, &messages).into_iter().zip(&messages) {
        let Seen::Read { mti, values } = seen else { panic!("tshark cannot read a message of {} bytes", wire.len()) };
        // Sign-on and echo tests are no transactions.
        if types.contains(&mti.as_str()) {
            let values = values.into_iter().filter(|(path, _)| ELEMENTS.contains(&path.as_str()));
            captured.push(Some((mti, values.collect())));
        }
    }
    let mut traced = traced;
    captured.sort();
    traced.sort();
    assert_eq!(captured, traced, "{file}");
    assert_eq!(captured.len(), PURCHASES as usize * types.len(), "{file}");
}

/// What a trace has under this label.
fn message(record: &Record, label: &str) -> Option<Known> {
    record.entries.iter().find_map(|entry| match &entry.what {
        What::Message(message) if entry.label == label => Some(known(message)),
        _ => None,
    })
}

/// What a trace shows, as it is on the wire.
fn known(message: &Described) -> Known {
    let compared = message.values.iter().filter(|value| ELEMENTS.contains(&value.path.as_str()));
    let wire = |path: &str, value: &str| match path {
        // Without the zeros in front there.
        "4" => format!("{value:0>12}"),
        _ => value.trim_matches('"').to_owned(),
    };
    let values = compared.map(|value| (value.path.clone(), wire(&value.path, &value.value)));
    (message.mti.clone(), values.collect())
}

/// A copy of the example at these addresses: as it stands there, where it listens, where it is dialled.
fn deploy(directory: &Path, addresses: &[(&str, String, String)]) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/deploy");
    fs::create_dir_all(directory.join("specs")).unwrap();
    fs::copy(source.join("specs/up.toml"), directory.join("specs/up.toml")).unwrap();
    for name in ["pos.toml", "isw.json", "up.toml", "host-isw.toml", "host-up.toml"] {
        let mut text = fs::read_to_string(source.join(name)).unwrap();
        for (written, listens, dials) in addresses {
            text = text.replace(written, if name.starts_with("host") { listens } else { dials });
        }
        fs::write(directory.join(name), text).unwrap();
    }
}

/// Takes connections, passes on what comes in, and keeps each message. It ends with the runtime of the test.
async fn relay(to: SocketAddr, tape: Tape) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let Ok(server) = TcpStream::connect(to).await else { continue };
            let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
            tokio::spawn(pass(from_client, to_server, Arc::clone(&tape)));
            tokio::spawn(pass(from_server, to_client, Arc::clone(&tape)));
        }
    });
    address
}

/// Messages behind their length in two bytes.
async fn pass(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    tape: Tape,
) -> std::io::Result<()> {
    loop {
        let length = from.read_u16().await?;
        let mut message = vec![0; usize::from(length)];
        from.read_exact(&mut message).await?;
        tape.lock().unwrap().push(message.clone());
        to.write_u16(length).await?;
        to.write_all(&message).await?;
    }
}
