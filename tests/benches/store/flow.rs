//! What a flow takes for each transaction and each of its stages, by its journal.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use isopace::flow::{Budget, Builder, Failure, Flow, Journal, MemoryJournal, Next, Step, StoredJournal};
use isopace::store::{Sqlite, StorageKey, Vault};

use crate::Failed;

const STAGES: [usize; 3] = [1, 4, 16];

type Stage = Step<fn(&mut u64) -> Result<Next, Failure>>;

fn count(context: &mut u64) -> Result<Next, Failure> {
    *context += 1;
    Ok(Next::Continue)
}

fn flow(stages: usize) -> Builder<u64> {
    let mut builder = Flow::builder("bench").group("all");
    for number in 0..stages {
        builder = builder.stage(Stage::new(format!("s{number}"), count));
    }
    builder
}

/// Measures flows of stages that do nothing.
pub(crate) async fn measure(scratch: &Path, time: Duration) -> Result<(), Failed> {
    println!("\na flow over                stages   us each   us a stage more");
    let vault = Vault::new(&StorageKey::new("bench", [3; 32])?, &[])?;
    for name in ["nothing", "a journal in memory", "a journal in SQLite"] {
        let mut before: Option<(usize, f64)> = None;
        for stages in STAGES {
            let journal: Option<Arc<dyn Journal>> = match name {
                "a journal in memory" => Some(Arc::new(MemoryJournal::new(1000))),
                "a journal in SQLite" => {
                    let store = Sqlite::open(scratch.join(format!("flow-{stages}.db"))).await?;
                    Some(Arc::new(StoredJournal::new(Arc::new(store), vault.clone(), "bench")))
                }
                _ => None,
            };
            let flow = match journal {
                Some(journal) => flow(stages).journal(journal),
                None => flow(stages),
            };
            let flow = flow.build()?;
            let (start, mut transactions) = (Instant::now(), 0_u32);
            while start.elapsed() < time {
                let budget = Budget::within(Duration::from_secs(30));
                let ended = flow.run(format!("t{transactions}"), 0, budget).await?;
                if !ended.outcome.is_committed() {
                    return Err(format!("a transaction ends as {}", ended.outcome.name()).into());
                }
                transactions += 1;
            }
            let each = start.elapsed().as_secs_f64() * 1e6 / f64::from(transactions);
            let more = before.map(|(fewer, least)| format!("{:.1}", (each - least) / (stages - fewer) as f64));
            println!("{name:<27}{stages:>6}{each:>10.1}{:>18}", more.unwrap_or_default());
            before = Some((stages, each));
        }
    }
    Ok(())
}
