//! A pool over three hosts: each gets its share, and when one is gone the others take over.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use isopace::connector::{Connector, NetworkManagement};
use isopace::frame::{Framing, Header};
use isopace::iso87a::{DIALECT, Message};
use isopace::link::{Connect, Listen};
use isopace::mux::Inbound;
use isopace::pool::{Pool, Strategy};
use isopace::types::{Amount, Stan};

const FRAMING: Framing = Framing::new(Header::Binary2);

/// A host, and how many requests it has seen.
struct Host {
    connector: Connector,
    address: String,
    seen: Arc<AtomicUsize>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let hosts = [host().await?, host().await?, host().await?];

    let mut pool = Pool::builder()
        .strategy(Strategy::LeastInFlight)
        .min_connections(3)
        .reconnect_wait(Duration::from_millis(100))
        .max_in_flight(500);
    for (number, host) in (1..).zip(&hosts) {
        let connector = Connector::builder(&DIALECT)
            .name(format!("host {number}"))
            .dial(Connect::to(&host.address, FRAMING))
            .network(NetworkManagement::iso87());
        pool = pool.member(connector.build()?);
    }
    let pool = pool.start().await?;
    println!("{} of {} ready: {}", pool.status().ready, pool.status().members, pool.status().level.name());

    ask(&pool, 1..=300).await?;
    tell(&hosts);

    // One of them goes. What it would have got is shared by the others.
    let mut changes = pool.changes();
    hosts[1].connector.stop().await;
    if let Some(status) = changes.next().await {
        println!("{} of {} ready: {}", status.ready, status.members, status.level.name());
    }
    ask(&pool, 301..=600).await?;
    tell(&hosts);

    // It comes back; its member connects by itself.
    hosts[1].connector.start()?;
    if let Some(status) = changes.next().await {
        println!("{} of {} ready: {}", status.ready, status.members, status.level.name());
    }
    ask(&pool, 601..=900).await?;
    tell(&hosts);

    pool.close().await;
    for host in &hosts {
        host.connector.stop().await;
    }
    Ok(())
}

async fn host() -> Result<Host, Box<dyn Error>> {
    let listener = Listen::new(FRAMING).bind("127.0.0.1:0").await?;
    let address = listener.local_address().to_string();
    let seen = Arc::new(AtomicUsize::new(0));
    let service = {
        let seen = Arc::clone(&seen);
        move |inbound: Inbound| {
            seen.fetch_add(1, Ordering::Relaxed);
            async move {
                let Ok(mut reply) = inbound.message.reply() else { return };
                reply.set(39, "00");
                drop(inbound.replier.reply(&reply).await);
            }
        }
    };
    let connector = Connector::builder(&DIALECT).accept(listener).serve(service).start()?;
    Ok(Host { connector, address, seen })
}

/// Sends all of them at the same time and waits for the answers.
async fn ask(pool: &Pool, stans: std::ops::RangeInclusive<u32>) -> Result<(), Box<dyn Error>> {
    let mut asked = Vec::new();
    for stan in stans {
        let mut request = Message::build();
        request.mti("0200").amount(Amount::minor(1000)).stan(Stan::new(stan)?).terminal_id("TERM0001");
        let request = isopace::Message::parse(&DIALECT, request.finish()?)?;
        let pool = pool.clone();
        asked.push(tokio::spawn(async move { pool.request(&request).await.response().is_some() }));
    }
    let mut answered = 0;
    for asked in asked {
        answered += usize::from(asked.await?);
    }
    println!("{answered} answered");
    Ok(())
}

fn tell(hosts: &[Host]) {
    let seen: Vec<_> = hosts.iter().map(|host| host.seen.load(Ordering::Relaxed)).collect();
    println!("seen by the hosts so far: {seen:?}");
}
