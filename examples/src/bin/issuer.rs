//! An issuer on a TCP port: `issuer -addr 127.0.0.1:8583 -limit 0`. Ctrl-C stops it.

use std::process::ExitCode;

use isopace_examples::flags::{Flags, Stop};
use isopace_examples::issuer::Issuer;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    let (address, limit) = match flags() {
        Ok(flags) => flags,
        Err(stop) => return stop.tell(),
    };
    let bound = match TcpListener::bind(&address).await {
        Ok(listener) => listener.local_addr().map(|bound| (listener, bound)),
        Err(error) => Err(error),
    };
    let (listener, bound) = match bound {
        Ok(bound) => bound,
        Err(error) => {
            eprintln!("issuer: cannot listen on {address}: {error}");
            return ExitCode::FAILURE;
        }
    };
    eprintln!("issuer listening on {bound} (approve limit {limit} minor units)");
    let interrupted = async {
        // Without a handler for Ctrl-C the system ends the process by itself.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        eprintln!("issuer shutting down");
    };
    Issuer::new(limit).serve(listener, interrupted).await;
    ExitCode::SUCCESS
}

fn flags() -> Result<(String, u64), Stop> {
    let flags = Flags::read("issuer", &[("addr", "127.0.0.1:8583"), ("limit", "0")])?;
    Ok((flags.get("addr")?, flags.get("limit")?))
}
