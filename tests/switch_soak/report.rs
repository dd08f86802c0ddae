//! What was seen.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::soak::Memory;

/// What a soak of a switch gave.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// Requests by the way they ended: the response code, or why there was no answer.
    pub ended: BTreeMap<String, u64>,
    /// Faults on the links to the hosts, by their kind.
    pub faults: BTreeMap<&'static str, u32>,
    /// Changes of the descriptors, by their kind.
    pub changes: BTreeMap<&'static str, u32>,
    /// How often something was found wrong with the directory, as far as was looked at.
    pub problems: u32,
    /// Connections of idle clients.
    pub idle: u64,
    /// Connections of clients that meant harm.
    pub hostile: u64,
    /// The most clients that the gateway had at a time, as far as was looked at.
    pub clients: u64,
    /// Requests in a row that were approved when nothing was wrong any more.
    pub approved: u32,
    /// The memory of the process.
    pub memory: Memory,
    /// How long stopping took.
    pub stopped_in: Duration,
}

impl Report {
    /// How many requests ended in this way.
    #[must_use]
    pub fn count(&self, way: &str) -> u64 {
        self.ended.get(way).copied().unwrap_or_default()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { problems, idle, hostile, clients, approved, .. } = self;
        writeln!(f, "requests  {}: {}", self.ended.values().sum::<u64>(), list(&self.ended))?;
        writeln!(f, "changes   {}: {}", self.changes.values().sum::<u32>(), list(&self.changes))?;
        writeln!(f, "problems  {problems} times something was wrong with the directory")?;
        writeln!(f, "faults    {}: {}", self.faults.values().sum::<u32>(), list(&self.faults))?;
        writeln!(f, "clients   {clients} at most; connections: idle {idle}, hostile {hostile}")?;
        writeln!(f, "after it  {approved} requests in a row approved")?;
        if let Some((warm, end)) = self.memory.growth() {
            writeln!(f, "memory    {} KiB when warm, {} KiB at the end", warm >> 10, end >> 10)?;
        }
        write!(f, "stopped   in {:.1} s, no task left", self.stopped_in.as_secs_f64())
    }
}

fn list<K: fmt::Display, V: fmt::Display>(counts: &BTreeMap<K, V>) -> String {
    counts.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}
