//! A gateway of descriptors with and without what it keeps: answers for repeats, and what it sends before it sends it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use isopace::connector::Connector;
use isopace::frame::{Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::{Connect, Listen};
use isopace::mux::{Inbound, Outcome};
use isopace::teq::Teq;
use isopace::{Edit, Message};

use crate::Failed;

const FRAMING: Framing = Framing::new(Header::Binary2);

/// What the gateway keeps.
#[derive(Debug, Clone, Copy)]
struct Keeps {
    name: &'static str,
    answers: bool,
    ahead: bool,
}

const KEEPS: [Keeps; 4] = [
    Keeps { name: "nothing", answers: false, ahead: false },
    Keeps { name: "answers", answers: true, ahead: false },
    Keeps { name: "what it sends", answers: false, ahead: true },
    Keeps { name: "both", answers: true, ahead: true },
];

/// Measures each, with so many requests in flight.
pub(crate) async fn measure(scratch: &Path, postgres: Option<&str>, time: Duration) -> Result<(), Failed> {
    println!("\nthrough a gateway that keeps    in flight   requests/s   p50 us   p99 us");
    let engines = [Some(("SQLite", "store = \"store.db\"".to_owned()))];
    let postgres = postgres.map(|config| ("PostgreSQL", format!("postgres = \"{config}\"")));
    for (engine, storage) in engines.into_iter().chain([postgres]).flatten() {
        for in_flight in [1, 64, 512] {
            for keeps in KEEPS {
                let folder = scratch.join(format!("{engine}-{}-{in_flight}", keeps.name.replace(' ', "-")));
                std::fs::create_dir_all(&folder)?;
                let (rate, times) = run(&folder, &storage, keeps, in_flight, time).await?;
                let what = format!("{} ({engine})", keeps.name);
                let [half, most] = [0.5, 0.99].map(|part| times.value_at_quantile(part));
                println!("{what:<32}{in_flight:>9}{rate:>13.0}{half:>9}{most:>9}");
            }
        }
    }
    Ok(())
}

async fn run(
    folder: &Path,
    storage: &str,
    keeps: Keeps,
    in_flight: u32,
    time: Duration,
) -> Result<(f64, Histogram<u64>), Failed> {
    let listener = Listen::new(FRAMING).bind("127.0.0.1:0").await?;
    let issuer = listener.local_address().to_string();
    let server = Connector::builder(&DIALECT)
        .accept(listener)
        .mux(|mux| mux.concurrency(1024))
        .serve(|inbound: Inbound| async move {
            if let Ok(mut reply) = inbound.message.reply() {
                reply.set(39, "00");
                _ = inbound.replier.reply(&reply).await;
            }
        })
        .start()?;
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    deploy(folder, &issuer, port, storage, keeps)?;
    let teq = Teq::builder().deploy_dir(folder).scan_interval(Duration::from_secs(600)).build();
    teq.start().await?;
    if !teq.host().ready_within(Duration::from_secs(30)).await.ready {
        return Err("the gateway is not ready".into());
    }
    let connect = Connect::to(format!("127.0.0.1:{port}"), FRAMING);
    let client = Connector::builder(&DIALECT).dial(connect).mux(|mux| mux.max_in_flight(4096)).start()?;
    client.ready().await;
    let (stop, numbers, start) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)), Instant::now());
    let tasks: Vec<_> = (0..in_flight)
        .map(|_| {
            let (client, stop, numbers) = (client.clone(), Arc::clone(&stop), Arc::clone(&numbers));
            tokio::spawn(async move {
                let mut times = Histogram::<u64>::new(3)?;
                while !stop.load(Ordering::Relaxed) {
                    let request = purchase(numbers.fetch_add(1, Ordering::Relaxed))?;
                    let asked = Instant::now();
                    match client.request(&request).await {
                        Outcome::Response(_) => {
                            times.record(u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX))?;
                        }
                        other => return Err(format!("a request ends as {}", other.name()).into()),
                    }
                }
                Ok::<_, Failed>(times)
            })
        })
        .collect();
    tokio::time::sleep(time).await;
    stop.store(true, Ordering::Relaxed);
    let (elapsed, mut all) = (start.elapsed(), Histogram::<u64>::new(3)?);
    for task in tasks {
        all.add(task.await??)?;
    }
    client.stop().await;
    teq.stop().await?;
    server.stop().await;
    Ok((all.len() as f64 / elapsed.as_secs_f64(), all))
}

fn deploy(folder: &Path, issuer: &str, port: u16, storage: &str, keeps: Keeps) -> std::io::Result<()> {
    let storage = format!("{storage}\nkey_id = \"bench\"\nkey_file = \"key.hex\"\n");
    let head = |name: &str, kind: &str| format!("name = \"{name}\"\ntype = \"{kind}\"\nenabled = true\n[config]\n");
    std::fs::write(folder.join("key.hex"), "03".repeat(32))?;
    let connector = format!("{}addr = \"{issuer}\"\nmax_in_flight = 4096\n", head("issuer", "connector"));
    std::fs::write(folder.join("issuer.toml"), connector)?;
    let mut pos = format!(
        "{}addr = \"127.0.0.1:{port}\"\nroute_to = \"issuer\"\nmax_in_flight_per_client = 4096\n\
         trace = {{ one_of = 0 }}\n",
        head("pos", "gateway")
    );
    if keeps.ahead {
        let queue = format!("{}upstream = \"issuer\"\nnode = \"bench\"\n{storage}", head("queue", "store-and-forward"));
        std::fs::write(folder.join("queue.toml"), queue)?;
        pos.push_str("reversals = \"queue\"\n");
    }
    if keeps.answers {
        pos.push_str(&format!("[config.idempotency]\n{storage}"));
    }
    std::fs::write(folder.join("pos.toml"), pos)
}

/// A purchase of the usual size; no two are the same, also of two runs over one database.
fn purchase(number: u32) -> Result<Message, isopace::Error> {
    let run = std::process::id();
    let (day, hour) = (number / 999_999 % 24, run % 3600);
    let mut edit = Edit::build(&DIALECT);
    edit.mti("0200").set_leaf("2", "4111111111111111").set_leaf("3", "000000").set_leaf("4", "000000002500");
    edit.set_leaf("7", &format!("1120{day:02}{:02}{:02}", hour / 60, hour % 60)).set(11, &(number % 999_999 + 1));
    edit.set_leaf("12", "072155").set_leaf("13", "1120").set_leaf("22", "051").set_leaf("25", "00");
    edit.set_leaf("32", "12345").set_leaf("37", "000000123456").set_leaf("41", "TERM0001");
    edit.set_leaf("42", "MERCHANT0000001").set_leaf("49", "840");
    Message::parse(&DIALECT, edit.finish()?)
}
