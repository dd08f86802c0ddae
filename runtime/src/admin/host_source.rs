//! A host as a [`Source`].

use super::{Check, Source};
use crate::host::{Host, Status};
use crate::msg::Dialect;
use crate::trace::Recent;

/// What a [`Host`] knows of its components, with the latest records of its transactions.
///
/// The host is ready when it runs and every required component is ready. Messages can be looked into by the dialect of
/// every component that requests are sent by.
///
/// ```
/// use isopace::admin::{Admin, HostSource};
/// use isopace::host::Host;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let host = Host::new();
/// // The first to be started is the last to be stopped: it shows how the others are until the end.
/// host.register(Admin::builder(HostSource::new(&host).info("node", "one")).build()?)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct HostSource {
    host: Host,
    recent: Recent,
    info: Vec<(String, String)>,
    dialects: Vec<(String, &'static Dialect)>,
}

impl HostSource {
    /// Of this host.
    #[must_use]
    pub fn new(host: &Host) -> Self {
        HostSource { host: host.clone(), recent: host.traces().clone(), info: Vec::new(), dialects: Vec::new() }
    }

    /// With the records that are kept here, instead of [those of the host](Host::traces).
    #[must_use]
    pub fn traces(mut self, recent: &Recent) -> Self {
        self.recent = recent.clone();
        self
    }

    /// With something else that there is to know.
    #[must_use]
    pub fn info(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.info.push((name.into(), value.into()));
        self
    }

    /// With one more dialect that messages can be looked into by.
    #[must_use]
    pub fn dialect(mut self, name: impl Into<String>, dialect: &'static Dialect) -> Self {
        self.dialects.push((name.into(), dialect));
        self
    }
}

impl Source for HostSource {
    fn components(&self) -> Vec<(String, &'static str, Status)> {
        let shown = |listed: crate::host::Listed| {
            let mut status = listed.status;
            if let Some(fault) = listed.fault.filter(|_| !status.health.is_ready()) {
                let between = if status.detail.is_empty() { "" } else { "; " };
                status.detail = format!("{}{between}{fault}", status.detail);
            }
            (listed.name.to_string(), listed.kind, status.figure("restarts_total", listed.restarts))
        };
        self.host.components().into_iter().map(shown).collect()
    }

    fn traces(&self, limit: usize) -> Vec<String> {
        let all = self.recent.list();
        all.iter().take(limit).map(|record| record.json()).collect()
    }

    fn info(&self) -> Vec<(String, String)> {
        self.info.clone()
    }

    fn checks(&self) -> Vec<Check> {
        let mut checks = Vec::new();
        if !self.host.is_running() {
            checks.push(Check::failed("host", "not-running", "the host starts or stops"));
        }
        let required = self.host.components().into_iter().filter(|listed| listed.required);
        checks.extend(required.map(|listed| Check::of(listed.name.to_string(), &listed.status)));
        checks
    }

    fn dialects(&self) -> Vec<(String, &'static Dialect)> {
        let mut all = self.dialects.clone();
        for listed in self.host.components() {
            let dialect = self.host.get(&listed.name).and_then(|component| component.dialect());
            if let Some(dialect) = dialect.filter(|dialect| !all.iter().any(|(name, _)| name == dialect.name())) {
                all.push((dialect.name().to_owned(), dialect));
            }
        }
        all
    }

    #[cfg(feature = "store")]
    fn queues(&self) -> Vec<crate::saf::Saf> {
        let listed = self.host.components().into_iter();
        listed.filter_map(|listed| self.host.get(&listed.name).and_then(|component| component.queue())).collect()
    }
}
