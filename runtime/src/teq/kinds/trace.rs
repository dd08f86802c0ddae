//! Which transactions of a gateway are traced.

use serde::Deserialize;

use crate::trace::{Log, Recent, Sampling, Tracer};

/// The table `trace` of a gateway.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Config {
    /// One of so many; 0 for none.
    one_of: Option<u64>,
    /// And all that failed.
    failures: Option<bool>,
    /// Whether the log has them too.
    log: Option<bool>,
    /// Whether messages show the bytes of each value, as far as they may be shown.
    raw: Option<bool>,
}

/// Without a table: enough to look at, and next to nothing where there is much to do.
const ONE_OF: u64 = 100;

impl Config {
    /// A tracer whose records are kept here.
    pub(super) fn tracer(&self, recent: &Recent) -> Result<Tracer, &'static str> {
        let mut sampling = Sampling::one_of(self.one_of.unwrap_or(ONE_OF));
        if self.failures == Some(true) {
            sampling = sampling.and_failures();
        } else if self.one_of == Some(0) && self.log == Some(true) {
            return Err("there is nothing to log: it traces none");
        }
        let mut tracer = Tracer::new(sampling).raw(self.raw == Some(true)).sink(recent.clone());
        if self.log == Some(true) {
            tracer = tracer.sink(Log);
        }
        Ok(tracer)
    }
}
