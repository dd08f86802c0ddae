//! Test hosts from descriptors; and the deployment that is shipped, running.

use crate::host_common;

use std::path::Path;

use host_common::{Folder, MS, SECOND, ended, free_port, purchase};
use isopace::Edit;
use isopace::connector::Connector;
use isopace::frame::{Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::Connect;
use isopace::mux::Outcome;
use isopace::teq::{DescriptorError, Registry, Teq, check};
use tokio::time::timeout;

fn simulator(more: &str) -> String {
    format!("name = \"host\"\ntype = \"simulator\"\nenabled = true\n[config]\n{more}\n")
}

#[test]
fn what_is_wrong_with_a_test_host() {
    let folder = Folder::new("simulator");
    folder.write("scenarios/bad.toml", "colour = 1\n");
    for (more, expected) in [
        ("", "host.toml: `listen`: a simulator listens (`listen`) or dials (`addr`)"),
        ("listen = \"127.0.0.1\"", "host.toml:5: `listen`: an address is `host:port`"),
        ("addr = \"127.0.0.1:1\"\nlisten = \"127.0.0.1:1\"", "host.toml:6: `listen`: a simulator listens"),
        ("listen = \"127.0.0.1:0\"\nscenario = \"scenarios/none.toml\"", "host.toml:6: `scenario`: "),
        (
            "listen = \"127.0.0.1:0\"\nscenario = \"scenarios/bad.toml\"",
            "host.toml:6: `scenario`: \nscenarios/bad.toml:1:1: ",
        ),
        ("listen = \"127.0.0.1:0\"\nlimits = 5", "host.toml:6: unknown key `limits`; did you mean `limit`?"),
    ] {
        folder.write("host.toml", &simulator(more));
        let checked = check(&folder.0, &Registry::standard());
        let lines: Vec<String> = checked.problems.iter().flat_map(DescriptorError::lines).collect();
        let told = folder.without(&lines.join("\n"));
        assert!(told.starts_with(expected), "{more}\nsays\n{told}\nand not\n{expected}");
    }
}

async fn client(port: u16) -> Connector {
    let connect = Connect::to(format!("127.0.0.1:{port}"), Framing::new(Header::Binary2));
    let client = Connector::builder(&DIALECT).name("client").dial(connect).start().unwrap();
    assert!(timeout(30 * SECOND, client.ready()).await.unwrap());
    client
}

#[tokio::test]
async fn a_test_host_and_its_scenario() {
    let (folder, port) = (Folder::new("scenario"), free_port());
    folder.write("host.toml", &simulator(&format!("listen = \"127.0.0.1:{port}\"\nlimit = 2000")));
    let teq = Teq::builder().deploy_dir(&folder.0).scan_interval(600 * SECOND).build();
    teq.start().await.unwrap();
    let one = client(port).await;
    assert_eq!(ended(one.request(purchase(1)).await), "51 000001");
    folder.write("host.toml", &simulator(&format!("listen = \"127.0.0.1:{port}\"\nlimit = 5000")));
    assert_eq!(timeout(30 * SECOND, teq.scan()).await.unwrap().unwrap().replaced, ["host"]);
    one.stop().await;
    let other = client(port).await;
    assert_eq!(ended(other.request(purchase(2)).await), "00 000002");
    other.stop().await;
    teq.stop().await.unwrap();
}

/// As it is, but for the ports, which may be taken on this machine.
#[tokio::test]
async fn the_deployment_that_is_shipped_runs() {
    let folder = Folder::new("shipped");
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/deploy");
    let ports: Vec<(&str, String)> =
        ["9000", "8583", "8584"].into_iter().map(|port| (port, free_port().to_string())).collect();
    for place in ["", "specs"] {
        for file in std::fs::read_dir(shipped.join(place)).unwrap() {
            let path = file.unwrap().path();
            if path.is_file() {
                let text = std::fs::read_to_string(&path).unwrap();
                let text = ports
                    .iter()
                    .fold(text, |text, (port, other)| text.replace(&format!(":{port}"), &format!(":{other}")));
                folder.write(Path::new(place).join(path.file_name().unwrap()).to_str().unwrap(), &text);
            }
        }
    }
    let teq = Teq::builder().deploy_dir(&folder.0).scan_interval(600 * SECOND).build();
    teq.start().await.unwrap();
    assert_eq!(teq.deployer().unwrap().last_scan().unwrap().problems, [""; 0]);
    let readiness = teq.host().ready_within(60 * SECOND).await;
    assert!(readiness.ready, "{:?}", teq.components());
    let port: u16 = ports[0].1.parse().unwrap();
    let terminal = client(port).await;
    // Cards that begin with 5 go to the host with the lower limit.
    for (stan, card, amount, code) in [
        (1, "4012345678909", "000000007500", "00"),
        (2, "5399410000000000", "000000007500", "51"),
        (3, "5399410000000000", "000000002500", "00"),
        (4, "4111111111111111", "000000017500", "51"),
    ] {
        let mut request = Edit::build(&DIALECT);
        request.mti("0200").set(2, card).set(3, "000000").set(4, amount).set(7, "1120072155").set(11, &(stan as u32));
        request.set(12, "072155").set(13, "1120").set(22, "012").set(25, "00").set(41, "TERM0001");
        request.set(42, "MERCHANT0000001").set(49, "840");
        let outcome: Outcome = terminal.request(&request).await;
        assert_eq!(ended(outcome), format!("{code} {stan:06}"));
    }
    tokio::time::sleep(MS).await;
    terminal.stop().await;
    teq.stop().await.unwrap();
}
