//! Advices of clients that a queue takes, from descriptors.

use crate::host_common;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use host_common::{Folder, MS, SECOND, connector, ended, eventually, free_port, text};
use isopace::connector::Connector;
use isopace::frame::{Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::{Connect, Listen};
use isopace::mux::{Inbound, Mux};
use isopace::teq::{Registry, Teq, check};
use isopace::{Edit, Message};

fn message(mti: &str, stan: u32) -> Message {
    let mut edit = Edit::build(&DIALECT);
    edit.mti(mti).set_leaf("2", "4111111111111111").set(3, "000000").set(4, "000000002500");
    edit.set(7, "1120174500").set(11, &stan).set(41, "TERM0001");
    Message::parse(&DIALECT, edit.finish().unwrap()).unwrap()
}

fn deploy(folder: &Folder, issuer: &str, port: u16, rows: &str) {
    folder.write("issuer.toml", &connector("issuer", issuer, ""));
    folder.write("keys/store.hex", &"5a".repeat(32));
    folder.write(
        "advices.toml",
        "name = \"advices\"\ntype = \"store-and-forward\"\nenabled = true\n[config]\nupstream = \"issuer\"\n\
         store = \"queues.db\"\nkey_id = \"2026-11\"\nkey_file = \"keys/store.hex\"\nmin_backoff_ms = 50\n\
         max_backoff_ms = 200\n",
    );
    folder.write(
        "pos.toml",
        &format!(
            "name = \"pos\"\ntype = \"gateway\"\nenabled = true\n[config]\naddr = \"127.0.0.1:{port}\"\n{rows}\n\
             timeout_ms = 2000\n"
        ),
    );
}

/// An issuer that comes up when it is told, and what it has seen.
async fn issuer(address: String, seen: Arc<Mutex<Vec<String>>>, up: Arc<AtomicBool>) {
    while !up.load(Ordering::SeqCst) {
        tokio::time::sleep(10 * MS).await;
    }
    let listener = Listen::new(Framing::new(Header::Binary2)).bind(&address).await.unwrap();
    loop {
        let Ok(link) = listener.accept().await.open().await else { continue };
        let seen = Arc::clone(&seen);
        let serve = move |inbound: Inbound| {
            let seen = Arc::clone(&seen);
            async move {
                let what = format!("{} {}", inbound.message.mti(), text(&inbound.message, 11));
                seen.lock().unwrap().push(what);
                let mut reply = inbound.message.reply().unwrap();
                reply.set(39, "00");
                _ = inbound.replier.reply(&reply).await;
            }
        };
        let (_, driver) = Mux::builder(&DIALECT).serve(serve).start(link).unwrap();
        tokio::spawn(driver);
    }
}

#[tokio::test]
async fn an_advice_is_taken_while_the_issuer_is_away_and_delivered_when_it_is_back() {
    let (folder, port, far) = (Folder::new("advices"), free_port(), free_port());
    let (seen, up): (Arc<Mutex<Vec<String>>>, _) = (Arc::default(), Arc::new(AtomicBool::new(false)));
    let far = format!("127.0.0.1:{far}");
    let serving = tokio::spawn(issuer(far.clone(), Arc::clone(&seen), Arc::clone(&up)));
    deploy(&folder, &far, port, "route_to = \"issuer\"\nroutes = [{ to = \"advices\", mti = \"022x\" }]");
    let teq = Teq::builder().deploy_dir(&folder.0).scan_interval(600 * SECOND).build();
    teq.start().await.unwrap();
    let connect = Connect::to(format!("127.0.0.1:{port}"), Framing::new(Header::Binary2));
    let client = Connector::builder(&DIALECT).name("client").dial(connect).wait_until_ready(true).start().unwrap();
    // A purchase needs somebody who decides.
    assert_eq!(ended(client.request(&message("0200", 1)).await), "91 000001");
    for (mti, stan) in [("0220", 2), ("0221", 2), ("0220", 3)] {
        assert_eq!(ended(client.request(&message(mti, stan)).await), format!("00 {stan:06}"), "{mti}");
    }
    assert!(seen.lock().unwrap().is_empty());
    up.store(true, Ordering::SeqCst);
    eventually("both are delivered", || seen.lock().unwrap().len() >= 2).await;
    assert_eq!(*seen.lock().unwrap(), ["0220 000002", "0220 000003"]);
    client.stop().await;
    teq.stop().await.unwrap();
    serving.abort();
}

#[test]
fn a_queue_is_no_place_for_what_somebody_has_to_decide() {
    for (rows, right) in [
        ("route_to = \"advices\"", false),
        ("route_to = \"issuer\"\nroutes = [{ to = \"advices\" }]", false),
        ("route_to = \"issuer\"\nroutes = [{ to = \"advices\", mti = \"02xx\" }]", false),
        (
            "route_to = \"issuer\"\nroutes = [{ to = \"advices\", mti = \"0220\" }, { to = \"advices\", mti = \"0200\" }]",
            false,
        ),
        ("route_to = \"issuer\"\nroutes = [{ to = \"advices\", mti = \"xx2x\" }]", true),
        // It needs nothing reversed.
        ("reversals = \"advices\"\nroute_to = \"issuer\"\nroutes = [{ to = \"advices\", mti = \"0220\" }]", true),
    ] {
        let folder = Folder::new("advices-check");
        deploy(&folder, "127.0.0.1:9", free_port(), rows);
        let told: Vec<String> =
            check(&folder.0, &Registry::default()).problems.iter().map(ToString::to_string).collect();
        let told = told.join("\n");
        assert_eq!(told.is_empty(), right, "{rows}: {told}");
        assert!(right || told.contains("takes advices: say so with `mti`, such as \"0220\""), "{rows}: {told}");
    }
}
