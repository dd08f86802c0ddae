//! A pool as a component.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

use super::{BoxFuture, Component, Health, Sender, StartError, Status};
use crate::connector::Connector;
use crate::msg::Dialect;
use crate::pool::{Builder, Level, Pool};

type Settings = dyn Fn(Builder) -> Builder + Send + Sync;

/// A pool under a name, made of the same members each time it is started.
///
/// It is up while all members are ready and degraded while some are. Its start does not wait for them, unless the settings say so by
/// [`Builder::min_connections`].
pub struct PoolComponent {
    name: String,
    dialect: &'static Dialect,
    members: Vec<Connector>,
    settings: Box<Settings>,
    running: ArcSwapOption<Pool>,
}

impl PoolComponent {
    /// A pool of these members, built and not started.
    ///
    /// # Errors
    /// There are no members, or they do not speak the same dialect.
    pub fn new(name: impl Into<String>, members: impl IntoIterator<Item = Connector>) -> Result<Self, StartError> {
        let members: Vec<Connector> = members.into_iter().collect();
        let Some(dialect) = members.first().map(Connector::dialect) else {
            return Err(StartError::new("a pool without members"));
        };
        if let Some(other) = members.iter().find(|member| member.dialect() != dialect) {
            let (first, other) = (members[0].name(), other.name());
            return Err(StartError::new(format!("`{first}` and `{other}` do not speak the same dialect")));
        }
        let running = ArcSwapOption::empty();
        Ok(PoolComponent { name: name.into(), dialect, members, settings: Box::new(|builder| builder), running })
    }

    /// With other settings of the pool. The builder has the members and the name already.
    #[must_use]
    pub fn settings(mut self, settings: impl Fn(Builder) -> Builder + Send + Sync + 'static) -> Self {
        self.settings = Box::new(settings);
        self
    }

    /// The pool, while it runs.
    #[must_use]
    pub fn pool(&self) -> Option<Pool> {
        self.running.load().as_deref().cloned()
    }

    /// The members, running or not.
    #[must_use]
    pub fn members(&self) -> &[Connector] {
        &self.members
    }
}

impl Component for PoolComponent {
    fn name(&self) -> &str {
        &self.name
    }

    fn kind(&self) -> &'static str {
        "pool"
    }

    fn start(&self) -> BoxFuture<'_, Result<(), StartError>> {
        Box::pin(async {
            if self.running.load().is_some() {
                return Ok(());
            }
            let builder =
                Pool::builder().name(self.name.as_str()).members(self.members.iter().cloned()).min_connections(0);
            let pool = (self.settings)(builder).start().await.map_err(StartError::new)?;
            self.running.store(Some(Arc::new(pool)));
            Ok(())
        })
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            // It stays where it is until it has stopped, so that a second call waits too.
            let Some(pool) = self.pool() else { return };
            pool.close().await;
            self.running.store(None);
        })
    }

    fn status(&self) -> Status {
        let Some(pool) = self.pool() else { return Status::new(Health::Stopped, "stopped") };
        let now = pool.status();
        let failed = || self.members.iter().any(|member| member.status().failure.is_some());
        let health = match now.level {
            Level::Up => Health::Up,
            Level::Degraded => Health::Degraded,
            Level::Closed => Health::Stopped,
            Level::Down if failed() => Health::Down,
            Level::Down => Health::Starting,
        };
        let in_flight: usize = pool.in_flight().into_iter().sum();
        Status::new(health, format!("{} of {} members ready", now.ready, now.members))
            .figure("members", now.members as u64)
            .figure("members_ready", now.ready as u64)
            .figure("in_flight", in_flight as u64)
    }

    fn heals_itself(&self) -> bool {
        true
    }

    fn sender(&self) -> Option<Sender> {
        self.pool().map(|pool| Sender::Pool(pool, self.dialect))
    }

    fn dialect(&self) -> Option<&'static Dialect> {
        Some(self.dialect)
    }
}

impl std::fmt::Debug for PoolComponent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PoolComponent")
            .field("name", &self.name)
            .field("members", &self.members.len())
            .finish_non_exhaustive()
    }
}
