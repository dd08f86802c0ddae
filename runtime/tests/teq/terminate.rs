//! `teq run` ended under load: what it has accepted is answered.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use isopace::connector::Connector;
use isopace::frame::{Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::Connect;
use tokio::time::timeout;

use crate::check::folder;
use crate::host_common::{Issuer, MS, SECOND, connector, ended, eventually, free_port, purchase};
use crate::run::{Daemon, write};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn terminated_under_load_no_accepted_request_is_lost() {
    let folder = folder("terminate");
    let issuer = Issuer::start(20 * MS).await;
    let port = free_port();
    let pos = format!(
        "name = \"pos\"\ntype = \"gateway\"\nenabled = true\n[config]\naddr = \"127.0.0.1:{port}\"\nroute_to = \"isw\"\n"
    );
    write(&folder, "pos.toml", &pos);
    write(&folder, "isw.toml", &connector("isw", &issuer.address, ""));
    let mut daemon = Daemon::start(&folder, &["--shutdown", "20s"]);
    daemon.until("health=\"up\"");

    let connect = Connect::to(format!("127.0.0.1:{port}"), Framing::new(Header::Binary2));
    let client = Connector::builder(&DIALECT).name("client").dial(connect).start().unwrap();
    assert!(timeout(30 * SECOND, client.ready()).await.unwrap());
    eventually("the switch is up", || issuer.connector.status().is_ready()).await;
    let (stan, results) = (Arc::new(AtomicU32::new(1)), Arc::new(Mutex::new(Vec::<(u32, String)>::new())));
    let call = |_| {
        let (stan, results, client) = (Arc::clone(&stan), Arc::clone(&results), client.clone());
        tokio::spawn(async move {
            // Until the daemon is gone.
            loop {
                let stan = stan.fetch_add(1, Ordering::SeqCst);
                let result = ended(client.request(purchase(stan)).await);
                let gone = result.starts_with("not sent") || result == "unknown";
                results.lock().unwrap().push((stan, result));
                if gone {
                    return;
                }
            }
        })
    };
    let callers: Vec<_> = (0..32).map(call).collect();
    let approved = |(stan, result): &(u32, String)| *result == format!("00 {stan:06}");
    eventually("there is load", || results.lock().unwrap().iter().filter(|result| approved(result)).count() > 300)
        .await;
    daemon.signal("-TERM");
    let code = tokio::task::spawn_blocking(move || daemon.ended()).await.unwrap();
    assert_eq!(code, 0);
    for caller in callers {
        timeout(60 * SECOND, caller).await.unwrap().unwrap();
    }
    client.stop().await;

    let results = results.lock().unwrap().clone();
    let answered: BTreeSet<u32> = results.iter().filter(|result| approved(result)).map(|(stan, _)| *stan).collect();
    let seen = issuer.seen.lock().unwrap().clone();
    let each: BTreeSet<u32> = seen.iter().copied().collect();
    assert_eq!(seen.len(), each.len(), "some were sent twice");
    // What the issuer has approved its client was told; the rest was declined, or never read.
    let lost: Vec<_> = results.iter().filter(|(stan, _)| each.contains(stan) && !answered.contains(stan)).collect();
    assert!(lost.is_empty(), "approved and not told: {lost:?}");
    assert!(each.is_subset(&answered) && !answered.is_empty());
}
