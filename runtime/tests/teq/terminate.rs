//! `teq run` ended under load: what it has accepted is answered.
#![cfg(unix)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use isopace::Message;
use isopace::connector::Connector;
use isopace::frame::{Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::Connect;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::check::folder;
use crate::host_common::{Issuer, MS, SECOND, connector, ended, eventually, free_port, purchase, text};
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

/// What one client has written whole, and what it was told, by STAN.
#[derive(Default)]
struct Told {
    written: Mutex<Vec<u32>>,
    answers: Mutex<Vec<(u32, String)>>,
}

/// Writes one purchase after another without waiting for answers, and reads those, until the other side hangs up.
async fn pour(port: u16, first: u32, told: Arc<Told>) {
    let (mut from, mut to) = TcpStream::connect(("127.0.0.1", port)).await.unwrap().into_split();
    let counts = Arc::clone(&told);
    let writes = tokio::spawn(async move {
        for stan in first.. {
            let request = purchase(stan);
            let wire = request.as_bytes();
            let frame = [&(wire.len() as u16).to_be_bytes()[..], wire].concat();
            if to.write_all(&frame).await.is_err() {
                return;
            }
            counts.written.lock().unwrap().push(stan);
            sleep(2 * MS).await;
        }
    });
    while let Ok(length) = from.read_u16().await {
        let mut wire = vec![0; usize::from(length)];
        if from.read_exact(&mut wire).await.is_err() {
            break;
        }
        let answer = Message::parse(&DIALECT, wire).unwrap();
        assert_eq!(answer.mti().to_string(), "0210");
        told.answers.lock().unwrap().push((answer.get::<u32>(11).unwrap().unwrap(), text(&answer, 39)));
    }
    writes.abort();
    _ = writes.await;
}

/// Several clients that do not wait for answers: each request that was written when the signal came has its one answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_written_when_it_was_terminated_is_answered_once() {
    let folder = folder("terminate-pour");
    let issuer = Issuer::start(50 * MS).await;
    let port = free_port();
    let pos = format!(
        "name = \"pos\"\ntype = \"gateway\"\nenabled = true\n[config]\naddr = \"127.0.0.1:{port}\"\nroute_to = \"isw\"\n"
    );
    write(&folder, "pos.toml", &pos);
    write(&folder, "isw.toml", &connector("isw", &issuer.address, ""));
    let mut daemon = Daemon::start(&folder, &["--shutdown", "20s"]);
    daemon.until("health=\"up\"");
    eventually("the switch is up", || issuer.connector.status().is_ready()).await;
    let told: Vec<Arc<Told>> = (0..6).map(|_| Arc::default()).collect();
    let clients: Vec<_> = (0..)
        .zip(&told)
        .map(|(number, told)| tokio::spawn(pour(port, 1 + number * 100_000, Arc::clone(told))))
        .collect();
    let busy = || told.iter().all(|told| told.answers.lock().unwrap().len() > 50);
    eventually("there is load on each", busy).await;

    let before: Vec<Vec<u32>> = told.iter().map(|told| told.written.lock().unwrap().clone()).collect();
    let answered = || told.iter().map(|told| told.answers.lock().unwrap().len()).sum::<usize>();
    let open = before.iter().map(Vec::len).sum::<usize>().saturating_sub(answered());
    daemon.signal("-TERM");
    let code = tokio::task::spawn_blocking(move || daemon.ended()).await.unwrap();
    assert_eq!(code, 0);
    for client in clients {
        timeout(60 * SECOND, client).await.unwrap().unwrap();
    }
    assert!(open > 0, "nothing was in flight");

    let seen: BTreeSet<u32> = issuer.seen.lock().unwrap().iter().copied().collect();
    for (told, before) in told.iter().zip(before) {
        let answers = told.answers.lock().unwrap().clone();
        let once: BTreeMap<u32, String> = answers.iter().cloned().collect();
        assert_eq!(once.len(), answers.len(), "some were answered twice");
        let missing: Vec<_> = before.iter().filter(|stan| !once.contains_key(stan)).collect();
        assert!(missing.is_empty(), "written before the signal and not answered: {missing:?} of {}", before.len());
        let written = told.written.lock().unwrap().clone();
        let untold: Vec<_> = written
            .iter()
            .filter(|stan| seen.contains(stan) && once.get(stan).is_none_or(|code| code != "00"))
            .collect();
        assert!(untold.is_empty(), "approved and not told: {untold:?}");
    }
    issuer.connector.stop().await;
}
