//! A client, a gateway that changes what goes through it, and a host, in one program; every transaction shown as a
//! trace. `teqswitch -serve true -addr 127.0.0.1:9000` goes on until Ctrl-C.

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use isopace::connector::Connector;
use isopace::iso87a::{self, DIALECT};
use isopace::link::Connect;
use isopace::types::{Amount, Currency, Pan, ProcessingCode, Stan};
use isopace_examples::connection::FRAMING;
use isopace_examples::flags::{Flags, Stop};
use isopace_examples::issuer::Issuer;
use isopace_examples::switch::Switch;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// The host approves up to this, in minor units.
const LIMIT: u64 = 5000;
/// Naira, numeric.
const CURRENCY: u16 = 566;

#[tokio::main]
async fn main() -> ExitCode {
    let (serve, address) = match flags() {
        Ok(flags) => flags,
        Err(stop) => return stop.tell(),
    };
    match run(serve, &address).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("teqswitch: {error}");
            ExitCode::FAILURE
        }
    }
}

fn flags() -> Result<(bool, String), Stop> {
    let flags = Flags::read("teqswitch", &[("serve", "false"), ("addr", "127.0.0.1:0")])?;
    Ok((flags.get("serve")?, flags.get("addr")?))
}

async fn run(serve: bool, address: &str) -> Result<(), Box<dyn Error>> {
    println!("== Isopace teqswitch demo: routing + transforming gateway ==");
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let host = listener.local_addr()?.to_string();
    let (stop, stopped) = oneshot::channel::<()>();
    let issuer = tokio::spawn(Issuer::new(LIMIT).serve(listener, async { _ = stopped.await }));
    let switch = Switch::start(address, &host, |block| print!("{block}")).await?;
    let bound = switch.gateway.local_address().ok_or("the gateway does not run")?.to_string();
    println!("client -> gateway({bound}) -> host");

    let mut lines = Vec::new();
    for (stan, amount) in [(1, 3000), (2, 4500)] {
        lines.push(purchase(&bound, stan, amount).await?);
    }
    println!();
    for line in lines {
        println!("{line}");
    }
    if serve {
        println!("send more: acquirer -addr {bound} -n 1 -amount 2000; Ctrl-C stops");
        // Without a handler for Ctrl-C the system ends the process by itself.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
    switch.stop().await;
    drop(stop);
    issuer.await?;
    Ok(())
}

/// Sends a purchase and tells of its answer in one line.
async fn purchase(address: &str, stan: u32, amount: u64) -> Result<String, Box<dyn Error>> {
    let client = Connector::builder(&DIALECT).dial(Connect::to(address, FRAMING)).start()?;
    client.ready().await;
    let wire = iso87a::Message::build()
        .mti("0200")
        .pan(&Pan::new("4012345678909")?)
        .processing_code(ProcessingCode::new("000000")?)
        .amount(Amount::minor(amount))
        .stan(Stan::new(stan)?)
        .terminal_id("TERM0001")
        .currency(Currency::new(CURRENCY)?)
        .finish()?;
    let request = isopace::Message::parse(&DIALECT, wire)?;
    let outcome = client.request(&request).timeout(Duration::from_secs(5)).await;
    let line = match outcome.response() {
        None => format!("stan {stan} sent={amount} -> no answer"),
        Some(answer) => {
            let value = |path: &str| answer.at::<&str>(path).map(|value| value.unwrap_or_default().to_owned());
            let (code, approval, stamp) = (value("39")?, value("38")?, value("48")?);
            format!("stan {stan} sent={amount} -> {} rc={code} auth={approval:?} de48={stamp:?}", answer.mti())
        }
    };
    client.stop().await;
    Ok(line)
}
