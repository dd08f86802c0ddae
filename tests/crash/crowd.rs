//! Kills a switch again and again, and holds what its clients were told against what its issuer has seen.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use isopace_tests::seeded::Seeded;

use crate::clients::Clients;
use crate::peer::Peer;
use crate::{Scratch, postgres_common, start_as, switch};

/// Kills a switch that clients send requests to.
pub(crate) fn run(engine: &str, kills: u64, seed: u64) -> ExitCode {
    let scratch = Scratch::new();
    let server = (engine == "postgres").then(postgres_common::Server::start);
    let storage = match &server {
        None => "store = \"store.db\"".to_owned(),
        Some(Some(server)) => format!("postgres = \"{}\"", server.config()),
        Some(None) => return ExitCode::SUCCESS,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime can be built");
    let mut chance = Seeded::new(seed);
    let peer = runtime.block_on(Peer::start(seed));
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let port = port.expect("a port can be had").port();
    switch::deploy(&scratch.0, &peer.address, port, &storage).expect("descriptors can be written");
    let folder = [scratch.0.display().to_string()];
    let clients = runtime.block_on(async { Clients::start(port, 8) });
    for run in 0..=kills {
        let mut running = start_as("serve", &folder);
        if running.ready.recv_timeout(Duration::from_secs(60)).is_err() {
            eprintln!("run {run}: the switch does not start");
            _ = running.child.kill();
            return ExitCode::FAILURE;
        }
        if run == kills {
            peer.be_kind();
            runtime.block_on(clients.settle(port));
            // What is owed is delivered soon: the peer takes everything.
            std::thread::sleep(Duration::from_secs(3));
            let deadline = Instant::now() + Duration::from_secs(120);
            while !clients.judge(&peer.log()).is_empty() && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(500));
            }
        } else {
            std::thread::sleep(Duration::from_millis(chance.below(350) as u64));
        }
        running.child.kill().expect("it can be killed");
        running.child.wait().expect("it has ended");
        _ = running.said.join();
        runtime.block_on(peer.quiet());
        if run % 100 == 99 {
            eprintln!("{} kills, {}", run + 1, clients.summary());
        }
    }
    let log = peer.log();
    let wrong = clients.judge(&log);
    for wrong in wrong.iter().take(20) {
        eprintln!("WRONG: {wrong}");
    }
    let reversals = log.iter().filter(|seen| seen.mti.starts_with("04")).count();
    let what = format!("{}, {reversals} reversals seen; {} wrong", clients.summary(), wrong.len());
    println!("switch on {engine}: {kills} kills, {what}");
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
