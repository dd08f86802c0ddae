//! Two nodes over one PostgreSQL, of which either is killed: the other one takes over.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use isopace_tests::seeded::Seeded;

use crate::judge::Judge;
use crate::peer::Peer;
use crate::{Running, drain, postgres_common, start, told};

/// Most that a takeover may take: far more than it is configured to.
const TAKEOVER: Duration = Duration::from_secs(60);

struct Nodes {
    store: String,
    peer: Peer,
    judge: Judge,
    /// Of both, in the places of their names.
    running: [Option<Running>; 2],
    runs: u64,
}

const NAMES: [&str; 2] = ["n1", "n2"];

impl Nodes {
    fn arguments(&mut self, node: usize, what: &str) -> [String; 5] {
        self.runs += 1;
        let words = [&self.store, &self.peer.address, &self.runs.to_string(), what, NAMES[node]];
        words.map(str::to_owned)
    }

    fn start(&mut self, node: usize) -> Result<(), String> {
        let arguments = self.arguments(node, "load");
        let running = start(&arguments);
        let ready = running.ready.recv_timeout(Duration::from_secs(60));
        self.running[node] = Some(running);
        ready.map_err(|_| format!("{} does not start", NAMES[node]))
    }

    fn kill(&mut self, node: usize) -> Result<(), String> {
        let Some(mut running) = self.running[node].take() else { return Ok(()) };
        let killed = running.child.kill().and_then(|()| running.child.wait());
        killed.map_err(|error| format!("{} cannot be killed: {error}", NAMES[node]))?;
        self.judge.said(&running.said.join().unwrap_or_default());
        Ok(())
    }

    /// Kills one, and waits until the other delivers. Gives how long that took.
    fn lose(&mut self, node: usize) -> Result<Duration, String> {
        let killed = Instant::now();
        self.kill(node)?;
        // What it has sent is read.
        std::thread::sleep(Duration::from_millis(30));
        let before = self.peer.of_queue();
        while self.peer.of_queue() == before {
            if killed.elapsed() > TAKEOVER {
                return Err(format!("{} was killed, and nobody takes over", NAMES[node]));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(killed.elapsed())
    }
}

impl Drop for Nodes {
    fn drop(&mut self) {
        for running in self.running.iter_mut().flatten() {
            _ = running.child.kill();
            _ = running.child.wait();
        }
    }
}

pub(crate) fn run(kills: u64, seed: u64) -> ExitCode {
    let Some(server) = postgres_common::Server::start() else { return ExitCode::SUCCESS };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime can be built");
    let peer = runtime.block_on(Peer::start(seed));
    let store = format!("postgres:{}", server.config());
    let mut nodes = Nodes { store, peer, judge: Judge::default(), running: [None, None], runs: 0 };
    let takeovers = match rounds(&mut nodes, kills, &mut Seeded::new(seed)) {
        Ok(takeovers) => takeovers,
        Err(what) => {
            eprintln!("{what}");
            return ExitCode::FAILURE;
        }
    };
    runtime.block_on(nodes.peer.quiet());
    nodes.peer.be_kind();
    let mut drained = true;
    for node in [0, 1] {
        let arguments = nodes.arguments(node, "drain");
        drained &= drain(&arguments, &mut nodes.judge);
    }
    runtime.block_on(nodes.peer.quiet());
    println!("{}", summary(takeovers));
    told("two nodes", kills, &nodes.judge, &nodes.peer.log(), drained)
}

fn rounds(nodes: &mut Nodes, kills: u64, chance: &mut Seeded) -> Result<Vec<Duration>, String> {
    nodes.start(0)?;
    nodes.start(1)?;
    let mut takeovers = Vec::new();
    for round in 0..kills {
        std::thread::sleep(Duration::from_millis(chance.below(350) as u64));
        let node = chance.below(2);
        takeovers.push(nodes.lose(node)?);
        nodes.start(node)?;
        if round % 100 == 99 {
            eprintln!("{} kills, {} confirmed", round + 1, nodes.judge.confirmed());
        }
    }
    nodes.kill(0)?;
    nodes.kill(1)?;
    Ok(takeovers)
}

fn summary(mut takeovers: Vec<Duration>) -> String {
    takeovers.sort_unstable();
    let (Some(least), Some(most)) = (takeovers.first(), takeovers.last()) else { return String::new() };
    let half = takeovers[takeovers.len() / 2];
    format!(
        "takeover, from the kill to the next message: {} ms at least, half within {} ms, {} ms at most",
        least.as_millis(),
        half.as_millis(),
        most.as_millis()
    )
}
