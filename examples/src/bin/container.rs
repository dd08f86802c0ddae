//! A container with two switches, each a link that heals itself, found by name.

use std::error::Error;
use std::future::pending;
use std::time::Duration;

use isopace::connector::Connector;
use isopace::frame::{Framing, Header};
use isopace::iso87a::{DIALECT, Message};
use isopace::link::Connect;
use isopace::teq::Teq;
use isopace::types::{Amount, Currency, Pan, ProcessingCode, Stan};
use isopace_examples::issuer::Issuer;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    println!("== Isopace teq demo: container with self-healing switch links ==");
    // Two hosts: one approves up to 100.00, the other up to 50.00.
    let (isw, up) = (host(10_000).await?, host(5_000).await?);

    let teq = Teq::new();
    teq.switch(switch("isw", &isw)?)?.switch(switch("up", &up)?)?;
    teq.start().await?;
    let readiness = teq.host().ready_within(Duration::from_secs(10)).await;
    if !readiness.ready {
        return Err(format!("not ready: {:?}", readiness.waiting_for).into());
    }
    let names: Vec<String> = teq.switches().iter().map(ToString::to_string).collect();
    println!("switches up: [{}]", names.join(" "));

    for (stan, name, amount) in [(1, "isw", 4000), (2, "up", 7500), (3, "up", 2000)] {
        let switch = teq.to(name).ok_or("no such switch")?;
        let outcome = switch.request(&purchase(stan, amount)?).await;
        let ended = outcome.name();
        let answer = outcome.response().ok_or_else(|| format!("stan {stan} via {name}: {ended}"))?;
        let code: String = answer.at::<&str>("39")?.unwrap_or_default().to_owned();
        let approval = answer.at::<&str>("38")?.unwrap_or_default();
        println!("stan {stan} via {name:<3} -> {} rc={code} auth={approval:?}", answer.mti());
    }
    teq.stop().await?;
    println!("stopped: what was in flight has ended, and both links are closed");
    Ok(())
}

/// A host that approves up to this amount in minor units, for as long as the program runs.
async fn host(limit: u64) -> Result<String, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    tokio::spawn(Issuer::new(limit).serve(listener, pending()));
    Ok(address)
}

/// A link that heals itself, under this name.
fn switch(name: &str, address: &str) -> Result<Connector, Box<dyn Error>> {
    let connect = Connect::to(address, Framing::new(Header::Binary2));
    Ok(Connector::builder(&DIALECT).name(name).dial(connect).build()?)
}

/// A purchase of a test card.
fn purchase(stan: u32, amount: u64) -> Result<Message, Box<dyn Error>> {
    let wire = Message::build()
        .mti("0200")
        .pan(&Pan::new("4012345678909")?)
        .processing_code(ProcessingCode::new("000000")?)
        .amount(Amount::minor(amount))
        .stan(Stan::new(stan)?)
        .terminal_id("TERM0001")
        .currency(Currency::USD)
        .finish()?;
    Ok(Message::parse(wire)?)
}
