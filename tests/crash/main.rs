//! Kills a program that stores and forwards, again and again, wherever it stands, and holds what its peer has seen
//! against what it has confirmed.
//!
//! `crash sqlite|postgres|nodes [--kills N] [--seed N]`, 1000 kills without a number; `nodes` are two at a time over one
//! PostgreSQL, of which either is killed. `crash switch sqlite|postgres ...` is the same for a switch from descriptors
//! whose clients ask until they are answered. Or `crash full`, a disk that fills up.

mod child;
mod clients;
mod crowd;
mod full;
mod judge;
mod nodes;
mod peer;
#[path = "../../runtime/tests/postgres_common/mod.rs"]
mod postgres_common;
mod switch;

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use isopace_tests::seeded::Seeded;
use judge::Judge;
use peer::Peer;

/// A child, and what it says.
struct Running {
    child: Child,
    said: std::thread::JoinHandle<Vec<String>>,
    ready: std::sync::mpsc::Receiver<()>,
}

fn start(arguments: &[String]) -> Running {
    start_as("child", arguments)
}

/// This program, as what it is for.
fn start_as(what: &str, arguments: &[String]) -> Running {
    let program = std::env::current_exe().expect("this program has a path");
    let child = Command::new(program).arg(what).args(arguments).stdout(Stdio::piped()).spawn();
    let mut child = child.expect("a child can be started");
    let stdout = child.stdout.take().expect("its output is piped");
    let (tell, ready) = std::sync::mpsc::channel();
    let said = std::thread::spawn(move || {
        let mut said = Vec::new();
        // A line that the kill has cut is none.
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if line == "ready" {
                _ = tell.send(());
            }
            said.push(line);
        }
        said
    });
    Running { child, said, ready }
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.first().map(String::as_str) {
        Some("child") => child::main(&words[1..]),
        Some("serve") => switch::main(&words[1..]),
        Some("fill") => full::fill(&words[1..]),
        Some("full") => full::main(),
        Some("switch") => match words.get(1).map(String::as_str) {
            Some(engine @ ("sqlite" | "postgres")) => counted(&words, |kills, seed| crowd::run(engine, kills, seed)),
            _ => usage(),
        },
        Some(engine @ ("sqlite" | "postgres" | "nodes")) => {
            counted(
                &words,
                |kills, seed| if engine == "nodes" { nodes::run(kills, seed) } else { run(engine, kills, seed) },
            )
        }
        _ => usage(),
    }
}

/// With the numbers that were given, or the usual ones.
fn counted(words: &[String], run: impl FnOnce(u64, u64) -> ExitCode) -> ExitCode {
    let number = |name: &str, other: u64| {
        let at = words.iter().position(|word| word == name);
        at.and_then(|at| words.get(at + 1)).map_or(Some(other), |word| word.parse().ok())
    };
    match (number("--kills", 1000), number("--seed", 1)) {
        (Some(kills), Some(seed)) => run(kills, seed),
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    eprintln!("crash sqlite|postgres|nodes|switch sqlite|switch postgres [--kills N] [--seed N], or crash full");
    ExitCode::from(2)
}

/// A directory of its own, removed in the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("isopace-crash-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a directory can be made");
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

fn run(engine: &str, kills: u64, seed: u64) -> ExitCode {
    let scratch = Scratch::new();
    let server = (engine == "postgres").then(postgres_common::Server::start);
    let store = match &server {
        None => format!("sqlite:{}", scratch.0.join("store.db").display()),
        Some(Some(server)) => format!("postgres:{}", server.config()),
        Some(None) => return ExitCode::SUCCESS,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime can be built");
    let mut chance = Seeded::new(seed);
    let peer = runtime.block_on(Peer::start(seed));
    let mut judge = Judge::default();
    let arguments =
        |run: u64, what: &str| [store.clone(), peer.address.clone(), run.to_string(), what.to_owned(), "n1".to_owned()];
    for run in 0..kills {
        let mut running = start(&arguments(run, "load"));
        if running.ready.recv_timeout(Duration::from_secs(60)).is_err() {
            eprintln!("run {run}: the child does not start");
            _ = running.child.kill();
            return ExitCode::FAILURE;
        }
        std::thread::sleep(Duration::from_millis(chance.below(350) as u64));
        running.child.kill().expect("it can be killed");
        running.child.wait().expect("it has ended");
        judge.said(&running.said.join().unwrap_or_default());
        // What it has sent is read to the end before the next one begins.
        runtime.block_on(peer.quiet());
        if run % 100 == 99 {
            eprintln!("{} kills, {} confirmed", run + 1, judge.confirmed());
        }
    }
    peer.be_kind();
    let drained = drain(&arguments(kills, "drain"), &mut judge);
    runtime.block_on(peer.quiet());
    told(engine, kills, &judge, &peer.log(), drained)
}

/// Delivers what waits yet; gives whether all of it was.
fn drain(arguments: &[String], judge: &mut Judge) -> bool {
    let mut last = start(arguments);
    let deadline = Instant::now() + Duration::from_secs(600);
    while last.child.try_wait().expect("it can be waited for").is_none() {
        if Instant::now() > deadline {
            _ = last.child.kill();
            eprintln!("the queue is not empty after ten minutes");
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let said = last.said.join().unwrap_or_default();
    judge.said(&said);
    said.iter().any(|line| line == "drained")
}

/// Says what is wrong, if anything is.
fn told(engine: &str, kills: u64, judge: &Judge, log: &[peer::Seen], drained: bool) -> ExitCode {
    let wrong = judge.judge(log);
    if !drained {
        eprintln!("the queue was not drained");
    }
    for wrong in wrong.iter().take(20) {
        eprintln!("WRONG: {wrong}");
    }
    println!("{engine}: {kills} kills, {}; {} wrong", judge.summary(log), wrong.len());
    if drained && wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
