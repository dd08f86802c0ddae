//! Messages accepted for store-and-forward in a second, each on the disk before it is confirmed, beside what the engine
//! does by itself; a gateway with what it keeps on and off; a flow by its journal.
//!
//! `store [saf|gateway|flow]... [--seconds N] [postgres CONFIG]`. SQLite writes to the directory for temporary files: set `TMPDIR` to the
//! disk in question.

mod flow;
mod gateway;
mod raw;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use isopace::iso87a::DIALECT;
use isopace::saf::Saf;
use isopace::store::{Postgres, Sqlite, StorageKey, Store, Vault};
use isopace::{Edit, Message};

type Failed = Box<dyn std::error::Error + Send + Sync>;

const PRODUCERS: [usize; 2] = [1, 64];

/// A directory of its own, removed in the end.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let after = |name: &str| words.iter().position(|word| word == name).and_then(|at| words.get(at + 1));
    let seconds = after("--seconds").and_then(|word| word.parse().ok()).unwrap_or(3);
    let (time, config) = (Duration::from_secs(seconds), after("postgres").map(String::as_str));
    let known = ["saf", "gateway", "flow"];
    let named: Vec<&str> = known.into_iter().filter(|name| words.iter().any(|word| word == name)).collect();
    match measure(if named.is_empty() { &known } else { &named }, time, config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(what: &[&str], time: Duration, config: Option<&str>) -> Result<(), Failed> {
    let scratch = Scratch(std::env::temp_dir().join(format!("isopace-store-bench-{}", std::process::id())));
    std::fs::create_dir_all(&scratch.0)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    if what.contains(&"saf") {
        accepted(&runtime, &scratch.0, time, config)?;
    }
    if what.contains(&"gateway") {
        runtime.block_on(gateway::measure(&scratch.0, config, time))?;
    }
    if what.contains(&"flow") {
        runtime.block_on(flow::measure(&scratch.0, time))?;
    }
    Ok(())
}

fn accepted(
    runtime: &tokio::runtime::Runtime,
    scratch: &Path,
    time: Duration,
    config: Option<&str>,
) -> Result<(), Failed> {
    println!("accepted in a second     producers      saf      raw   share");
    for producers in PRODUCERS {
        let file = |name: &str| scratch.join(format!("{name}-{producers}.db"));
        let raw = raw::sqlite(&file("raw"), producers, time)?;
        let saf = runtime.block_on(sqlite(&file("saf"), producers, time))?;
        line("SQLite", producers, saf, raw);
    }
    if let Some(config) = config {
        for producers in PRODUCERS {
            let raw = runtime.block_on(raw::postgres(config, producers, time))?;
            let saf = runtime
                .block_on(async { accepts(Arc::new(Postgres::connect(config).await?), producers, time).await })?;
            line("PostgreSQL", producers, saf, raw);
        }
    }
    Ok(())
}

fn line(engine: &str, producers: usize, saf: f64, raw: f64) {
    println!("{engine:<24}{producers:>10}{saf:>9.0}{raw:>9.0}{:>7.0} %", saf / raw * 100.0);
}

async fn sqlite(path: &Path, producers: usize, time: Duration) -> Result<f64, Failed> {
    accepts(Arc::new(Sqlite::open(path).await?), producers, time).await
}

/// What is accepted: an advice of the size of a purchase.
fn advice() -> Result<Message, isopace::Error> {
    let mut edit = Edit::build(&DIALECT);
    edit.mti("0220").set_leaf("2", "4111111111111111").set_leaf("3", "000000").set_leaf("4", "000000002500");
    edit.set_leaf("7", "1120072155").set_leaf("11", "123456").set_leaf("12", "072155").set_leaf("13", "1120");
    edit.set_leaf("22", "051").set_leaf("25", "00").set_leaf("32", "12345").set_leaf("37", "000000123456");
    edit.set_leaf("41", "TERM0001").set_leaf("42", "MERCHANT0000001").set_leaf("49", "840");
    edit.set_leaf("43", "ACME SUPERMARKET 0042  SPRINGFIELD  ILUS").set_leaf("63", &"PRIVATE DATA ".repeat(30));
    Message::parse(&DIALECT, edit.finish()?)
}

async fn accepts(store: Arc<dyn Store>, producers: usize, time: Duration) -> Result<f64, Failed> {
    let vault = Vault::new(&StorageKey::new("bench", [3; 32])?, &[])?;
    let saf = Saf::builder("bench", &DIALECT, Arc::clone(&store), vault).build();
    let (stop, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let message = advice()?;
    let start = Instant::now();
    let run = std::process::id();
    let tasks: Vec<_> = (0..producers)
        .map(|producer| {
            let (saf, stop, count, message) = (saf.clone(), Arc::clone(&stop), Arc::clone(&count), message.clone());
            tokio::spawn(async move {
                for number in 0u64.. {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    saf.accept(&format!("{run}-{producers}-{producer}-{number}"), &message).await?;
                    count.fetch_add(1, Ordering::Relaxed);
                }
                Ok::<(), isopace::saf::AcceptError>(())
            })
        })
        .collect();
    tokio::time::sleep(time).await;
    let rate = count.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await??;
    }
    store.close().await;
    Ok(rate)
}
