//! Which transactions are traced, and who gets the records.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::capture::Trace;
use super::record::Record;
use super::style::Style;

/// Which transactions are traced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampling {
    /// One of so many; 0 for none.
    every: u64,
    failures: bool,
}

impl Sampling {
    /// None.
    pub const NONE: Sampling = Sampling { every: 0, failures: false };
    /// Every one.
    pub const ALL: Sampling = Sampling { every: 1, failures: false };
    /// Those that failed. What happens is noted of all of them, which costs an allocation or two a step.
    pub const FAILURES: Sampling = Sampling { every: 0, failures: true };

    /// One of so many, the first one first; none for 0.
    #[must_use]
    pub const fn one_of(every: u64) -> Self {
        Sampling { every, failures: false }
    }

    /// And those that failed.
    #[must_use]
    pub const fn and_failures(mut self) -> Self {
        self.failures = true;
        self
    }
}

/// Takes records. It is called where a transaction ends, and should be quick.
///
/// Implemented for closures: `|record: &Arc<Record>| ..`.
pub trait Sink: Send + Sync + 'static {
    /// Takes one.
    fn take(&self, record: &Arc<Record>);
}

impl<F: Fn(&Arc<Record>) + Send + Sync + 'static> Sink for F {
    fn take(&self, record: &Arc<Record>) {
        self(record);
    }
}

/// A sink that tells each record as an event of `tracing`, target `isopace::trace`: identifier, microseconds and
/// outcome as fields, the block as text. Failed ones are warnings.
#[derive(Debug, Clone, Copy, Default)]
pub struct Log;

impl Sink for Log {
    fn take(&self, record: &Arc<Record>) {
        let total_us = u64::try_from(record.total.as_micros()).unwrap_or(u64::MAX);
        let text = || record.text(&Style::new().timestamps(false));
        if record.failed {
            tracing::warn!(target: "isopace::trace", id = record.id, total_us, failed = true, "{}", text());
        } else {
            tracing::info!(target: "isopace::trace", id = record.id, total_us, failed = false, "{}", text());
        }
    }
}

/// Decides which transactions are traced, and hands their records on.
pub struct Tracer {
    sampling: Sampling,
    raw: bool,
    count: AtomicU64,
    sinks: Vec<Box<dyn Sink>>,
}

impl Default for Tracer {
    fn default() -> Self {
        Tracer::new(Sampling::NONE)
    }
}

impl Tracer {
    /// Traces these.
    #[must_use]
    pub const fn new(sampling: Sampling) -> Self {
        Tracer { sampling, raw: false, count: AtomicU64::new(0), sinks: Vec::new() }
    }

    /// With one more sink.
    #[must_use]
    pub fn sink(mut self, sink: impl Sink) -> Self {
        self.sinks.push(Box::new(sink));
        self
    }

    /// Whether messages show the bytes of each value, as [`Trace::raw`].
    #[must_use]
    pub const fn raw(mut self, raw: bool) -> Self {
        self.raw = raw;
        self
    }

    /// The trace of the next transaction; one that is off, mostly. The identifier is made only if it is not.
    pub fn begin(&self, id: impl FnOnce() -> String) -> Trace {
        let Sampling { every, failures } = self.sampling;
        // With nobody to take it there is nothing to be traced.
        if self.sinks.is_empty() {
            return Trace::off();
        }
        let chosen = match every {
            0 => false,
            1 => true,
            every => self.count.fetch_add(1, Ordering::Relaxed).is_multiple_of(every),
        };
        match (chosen, failures) {
            (true, _) => Trace::new(id()).raw(self.raw),
            (false, true) => Trace::on_failure(id()).raw(self.raw),
            (false, false) => Trace::off(),
        }
    }

    /// Hands it to all sinks, if anything is left of it. A sink that panics is told of and passed over.
    pub fn end(&self, trace: Trace) {
        let Some(record) = trace.finish().map(Arc::new) else { return };
        for sink in &self.sinks {
            if catch_unwind(AssertUnwindSafe(|| sink.take(&record))).is_err() {
                tracing::error!("a sink for traces panicked");
            }
        }
    }
}

impl fmt::Debug for Tracer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracer")
            .field("sampling", &self.sampling)
            .field("sinks", &self.sinks.len())
            .finish_non_exhaustive()
    }
}
