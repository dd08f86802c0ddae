//! What was seen: how requests ended, what went wrong, and the memory that it took.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use isopace::mux;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::resident;

/// Memory may grow by so much between the first and the last part of a soak: what allocators keep.
const GROWTH: u64 = 8 << 20;

/// From when to when all is warm, in hundredths of the time, and how long it has to go on for that.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Warm {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) at_least: Duration,
}

impl Default for Warm {
    fn default() -> Self {
        Warm { from: 20, to: 40, at_least: Duration::from_secs(60) }
    }
}

/// The resident set, sampled twice a second.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    samples: Vec<u64>,
    warm: Warm,
}

impl Memory {
    /// The least of a part of the samples, in hundredths of all.
    fn least(&self, from: usize, to: usize) -> Option<u64> {
        let (from, to) = (self.samples.len() * from / 100, self.samples.len() * to / 100);
        self.samples.get(from..to)?.iter().copied().min()
    }

    /// Memory when all is warm, and at the end.
    #[must_use]
    pub fn growth(&self) -> Option<(u64, u64)> {
        self.least(self.warm.from, self.warm.to).zip(self.least(80, 100))
    }

    pub(crate) fn prove(&self, time: Duration) -> Result<(), String> {
        // What is short is all warming up.
        match self.growth() {
            Some((warm, end)) if end > warm + GROWTH && time >= self.warm.at_least => {
                Err(format!("memory has grown from {} KiB to {} KiB", warm >> 10, end >> 10))
            }
            _ => Ok(()),
        }
    }
}

/// Samples memory until it is stopped.
pub(crate) struct Watch {
    stop: oneshot::Sender<()>,
    task: JoinHandle<Memory>,
}

impl Watch {
    pub(crate) fn start(warm: Warm) -> Self {
        let (stop, mut stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let mut memory = Memory { samples: Vec::new(), warm };
            while tokio::time::timeout(Duration::from_millis(500), &mut stopped).await.is_err() {
                memory.samples.extend(resident());
            }
            memory
        });
        Watch { stop, task }
    }

    pub(crate) async fn stop(self) -> Memory {
        _ = self.stop.send(());
        self.task.await.unwrap_or_default()
    }
}

/// What a soak gave.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// Requests by the way they ended.
    pub ended: Vec<(&'static str, u64)>,
    /// Faults by their kind.
    pub faults: BTreeMap<&'static str, u32>,
    /// What all links have counted together.
    pub stats: mux::Stats,
    /// Links that connectors have had, those of clients that came and went excepted.
    pub connected: u64,
    /// Clients that have come and left.
    pub clients: u32,
    /// The memory of the process.
    pub memory: Memory,
    /// How long stopping took.
    pub stopped_in: Duration,
}

impl Report {
    /// How many requests ended in this way.
    #[must_use]
    pub fn count(&self, way: &str) -> u64 {
        self.ended.iter().find(|(name, _)| *name == way).map_or(0, |(_, count)| *count)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: u64 = self.ended.iter().map(|(_, count)| count).sum();
        let join = |list: Vec<String>| list.join(", ");
        writeln!(f, "requests  {all}: {}", join(self.ended.iter().map(|(way, n)| format!("{way} {n}")).collect()))?;
        let faults: u32 = self.faults.values().sum();
        writeln!(
            f,
            "faults    {faults}: {}",
            join(self.faults.iter().map(|(name, n)| format!("{name} {n}")).collect())
        )?;
        let mux::Stats { late, duplicate, ambiguous, unmatched, undecodable, refused, .. } = self.stats;
        writeln!(
            f,
            "answers   late {late}, duplicate {duplicate}, ambiguous {ambiguous}, unmatched {unmatched}; \
             undecodable {undecodable}, refused {refused}"
        )?;
        writeln!(f, "links     {} of connectors, {} clients came and left", self.connected, self.clients)?;
        if let Some((warm, end)) = self.memory.growth() {
            writeln!(f, "memory    {} KiB when warm, {} KiB at the end", warm >> 10, end >> 10)?;
        }
        write!(f, "stopped   in {:.1} s, no task left", self.stopped_in.as_secs_f64())
    }
}
