//! Gateways from descriptors: Isopace's own, routes by rows, what is wrong with them, redeploys under the traffic of clients.

use crate::host_common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use host_common::{Folder, Issuer, MS, SECOND, connector, ended, eventually, free_port, purchase};
use isopace::connector::Connector;
use isopace::frame::{Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::Connect;
use isopace::teq::{DescriptorError, Registry, Teq, check};
use tokio::time::{sleep, timeout};

/// A descriptor of a gateway at this port.
fn gateway(port: u16, more: &str) -> String {
    format!("name = \"pos\"\ntype = \"gateway\"\nenabled = true\n[config]\naddr = \"127.0.0.1:{port}\"\n{more}\n")
}

/// A client of it, which connects again by itself.
fn client(port: u16) -> Connector {
    let connect = Connect::to(format!("127.0.0.1:{port}"), Framing::new(Header::Binary2));
    let backoff = isopace::connector::Backoff::new(10 * MS, 50 * MS);
    Connector::builder(&DIALECT).name("client").dial(connect).backoff(backoff).wait_until_ready(true).start().unwrap()
}

fn teq(folder: &Folder) -> Teq {
    Teq::builder().deploy_dir(&folder.0).scan_interval(600 * SECOND).build()
}

async fn scan(teq: &Teq) -> isopace::teq::Scan {
    timeout(60 * SECOND, teq.scan()).await.unwrap().unwrap()
}

/// Isopace's `pos.json`, as it is, beside its `isw.json` and `up.json`.
#[test]
fn the_sample_of_isopace_works_as_it_is() {
    let folder = Folder::new("pos");
    folder.write(
        "pos.json",
        r#"{ "name": "pos", "type": "gateway", "enabled": true,
             "config": { "network": "tcp", "addr": "127.0.0.1:9000", "packager": "iso87-a", "framer": "length2",
                         "route_to": "isw", "timeout_ms": 30000 } }"#,
    );
    folder.write(
        "isw.json",
        r#"{ "name": "isw", "type": "connector", "enabled": true,
             "config": { "addr": "127.0.0.1:8583", "header": { "41": "TERM0001" },
                         "sign_on": { "mti": "0800", "nmic": "001" },
                         "echo": { "mti": "0800", "nmic": "301", "interval_ms": 15000 } } }"#,
    );
    folder.write(
        "up.json",
        r#"{ "name": "up", "type": "connector", "enabled": true, "config": { "addr": "127.0.0.1:8584" } }"#,
    );
    let checked = check(&folder.0, &Registry::standard());
    assert!(checked.problems.is_empty(), "{:?}", checked.problems);
    let names: Vec<_> = checked.components.iter().map(|(name, kind, _)| format!("{name}:{kind}")).collect();
    assert_eq!(names, ["isw:connector", "pos:gateway", "up:connector"]);
}

#[test]
fn what_is_wrong_with_a_gateway() {
    let told = |more: &str| {
        let folder = Folder::new("wrong");
        folder.write("pos.toml", &gateway(9000, more));
        folder.write("isw.toml", &connector("isw", "127.0.0.1:1", ""));
        folder.write("pst.toml", &connector("pst", "127.0.0.1:1", "dialect = \"postilion\""));
        let checked = check(&folder.0, &Registry::standard());
        let lines: Vec<String> = checked.problems.iter().flat_map(DescriptorError::lines).collect();
        folder.without(&lines.join("\n"))
    };
    assert_eq!(told("route_to = \"isw\""), "");
    assert_eq!(
        told(
            "route_to = \"pst\"\n[config.upstream.pst]\nrequests = { drop_rest = true }\nanswers = { drop_rest = true }"
        ),
        ""
    );
    for (more, expected) in [
        ("", "pos.toml: `route_to`: it is missing"),
        ("route_to = \"isx\"", "pos.toml:6: `route_to`: there is no component called `isx`; did you mean `isw`?"),
        ("route_to = \"pos\"", "pos.toml:6: `route_to`: `pos` sends to this one in turn"),
        ("route_to = \"pst\"", "pos.toml: `requests`: requests to `pst`: "),
        ("rout_to = \"isw\"", "pos.toml:6: unknown key `rout_to`; did you mean `route_to`?"),
        (
            "routes = [{ to = \"isw\", pan_prefix = \"4\" }]",
            "pos.toml:6: unknown key `pan_prefix`; did you mean `pan_prefixes`?",
        ),
        ("routes = [{ to = \"isw\" }, { to = \"isw\" }]", "pos.toml:6: `routes`: "),
        ("routes = [{ to = \"isw\", mti = \"abcd\" }]", "pos.toml:6: `routes`: "),
        ("route_to = \"isw\"\nallow = [\"10.1.0.0/99\"]", "pos.toml:7: `allow`: a network is an address"),
        ("route_to = \"isw\"\nallow = []", "pos.toml:7: `allow`: an empty list"),
        ("route_to = \"isw\"\nmax_clients = 0", "pos.toml:7: `max_clients`: at least 1"),
        ("route_to = \"isw\"\ntls = true", "pos.toml:7: `tls`: who listens needs `cert` and `key`"),
        (
            "route_to = \"isw\"\nnetwork = { preset = \"iso87\" }",
            "pos.toml:7: `network`: network management of clients",
        ),
        ("route_to = \"isw\"\nupstream = { up = {} }", "pos.toml:7: `upstream`: nothing is routed to `up`"),
    ] {
        let told = told(more);
        assert!(told.starts_with(expected), "{more}\nsays\n{told}\nand not\n{expected}");
    }
}

#[tokio::test]
async fn requests_go_where_the_rows_say() {
    let folder = Folder::new("rows");
    let (one, other) = (Issuer::start(Duration::ZERO).await, Issuer::start(Duration::ZERO).await);
    let port = free_port();
    folder.write(
        "a-pos.toml",
        &gateway(
            port,
            "route_to = \"one\"\nroutes = [{ to = \"other\", mti = \"02xx\", amount_from = 2500, amount_to = 2500 }]",
        ),
    );
    folder.write("one.toml", &connector("one", &one.address, ""));
    folder.write("other.toml", &connector("other", &other.address, ""));
    let teq = teq(&folder);
    teq.start().await.unwrap();
    assert_eq!(teq.names().iter().map(|name| &**name).collect::<Vec<_>>(), ["deployer", "other", "one", "pos"]);
    assert!(teq.host().ready_within(30 * SECOND).await.ready, "{:?}", teq.components());
    let client = client(port);
    assert_eq!(ended(client.request(purchase(1)).await), "00 000001");
    let second = purchase(2);
    let mut cheap = second.edit();
    cheap.set(4, "000000000100");
    assert_eq!(ended(client.request(&cheap).await), "00 000002");
    assert_eq!((one.seen.lock().unwrap().clone(), other.seen.lock().unwrap().clone()), (vec![2], vec![1]));
    // Nobody there: declined, and the gateway is not restarted for that.
    other.connector.stop().await;
    eventually("it is down", || !teq.to("other").unwrap().is_ready()).await;
    assert_eq!(ended(client.request(purchase(3)).await), "91 000003");
    assert_eq!(teq.components()[3].restarts, 0);
    client.stop().await;
    teq.stop().await.unwrap();
}

/// While the one before ends what it has in flight, the next one lets clients in already.
#[tokio::test]
async fn a_gateway_hands_its_port_over() {
    let folder = Folder::new("hand-over");
    let issuer = Issuer::start(Duration::ZERO).await;
    issuer.answers.send_replace(false);
    let port = free_port();
    folder.write("pos.toml", &gateway(port, "route_to = \"isw\""));
    folder.write("isw.toml", &connector("isw", &issuer.address, ""));
    let teq = teq(&folder);
    teq.start().await.unwrap();
    assert!(teq.host().ready_within(30 * SECOND).await.ready);
    let (first, second) = (client(port), client(port));
    let ask = |client: &Connector, stan| {
        let client = client.clone();
        tokio::spawn(async move { ended(client.request(purchase(stan)).await) })
    };
    let slow = ask(&first, 1);
    eventually("it is on its way", || issuer.seen.lock().unwrap().len() == 1).await;
    folder.write("pos.toml", &gateway(port, "route_to = \"isw\"\n# changed"));
    let changing = teq.clone();
    let changing = tokio::spawn(async move { changing.scan().await.unwrap() });
    second.stop().await;
    let late = client(port);
    let other = ask(&late, 2);
    eventually("it is let in", || issuer.seen.lock().unwrap().len() == 2).await;
    issuer.answers.send_replace(true);
    assert_eq!(slow.await.unwrap(), "00 000001");
    assert_eq!(other.await.unwrap(), "00 000002");
    assert_eq!(changing.await.unwrap().replaced, ["pos"]);
    first.stop().await;
    late.stop().await;
    teq.stop().await.unwrap();
}

/// Clients go on while the gateway, and the connector behind it, are redeployed again and again: what was accepted is answered.
#[tokio::test]
async fn redeploys_under_the_traffic_of_clients() {
    let folder = Folder::new("gateway-churn");
    let issuer = Issuer::start(MS).await;
    let port = free_port();
    let pos = |round: usize| gateway(port, &format!("route_to = \"isw\"\n# {round}"));
    let isw = |round: usize| connector("isw", &issuer.address, &format!("# {round}"));
    folder.write("pos.toml", &pos(0));
    folder.write("isw.toml", &isw(0));
    let teq = teq(&folder);
    teq.start().await.unwrap();
    assert!(teq.host().ready_within(30 * SECOND).await.ready);
    let (end, stan) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(1)));
    let call = |_| {
        let (end, stan, client) = (Arc::clone(&end), Arc::clone(&stan), client(port));
        tokio::spawn(async move {
            let mut results = Vec::new();
            while !end.load(Ordering::SeqCst) {
                let stan = stan.fetch_add(1, Ordering::SeqCst);
                results.push((stan, ended(client.request(purchase(stan)).await)));
            }
            client.stop().await;
            results
        })
    };
    let callers: Vec<_> = (0..4).map(call).collect();
    for round in 1..=20 {
        folder.write("isw.toml", &isw(round));
        if round % 2 == 0 {
            folder.write("pos.toml", &pos(round));
        }
        let scan = scan(&teq).await;
        assert_eq!(scan.problems.as_slice(), &[] as &[String]);
        assert_eq!(scan.replaced.len(), 1 + usize::from(round % 2 == 0));
        sleep(5 * MS).await;
    }
    end.store(true, Ordering::SeqCst);
    let mut results = BTreeMap::new();
    for caller in callers {
        results.extend(timeout(60 * SECOND, caller).await.unwrap().unwrap());
    }
    teq.stop().await.unwrap();
    // A request that came in while the gateway was on its way out is declined, or was not read: never left without an end.
    let answered: BTreeSet<u32> =
        results.iter().filter(|(stan, result)| **result == format!("00 {stan:06}")).map(|(stan, _)| *stan).collect();
    let others: Vec<_> = results.iter().filter(|(stan, _)| !answered.contains(stan)).collect();
    assert!(answered.len() > 100, "{} of {}", answered.len(), results.len());
    for (stan, result) in &others {
        assert!(
            **result == "unknown" || **result == format!("91 {stan:06}") || **result == format!("96 {stan:06}"),
            "{stan}: {result}"
        );
    }
    // What was approved at the issuer was told to its client.
    let seen = issuer.seen.lock().unwrap().clone();
    let each: BTreeSet<u32> = seen.iter().copied().collect();
    assert_eq!(seen.len(), each.len(), "some were sent twice");
    let lost: Vec<_> = each.difference(&answered).collect();
    assert!(lost.is_empty(), "approved and not told: {lost:?}, {others:?}");
    issuer.connector.stop().await;
}
