//! Setting a pool up.

use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, timeout_at};

use super::{Inner, Member, Policy, Pool, Strategy, any, meters};
use crate::connector::{self, Backoff, Connector, State};
use crate::link::bounded;

/// Settings of a [`Pool`].
#[must_use = "nothing runs before `start`"]
pub struct Builder {
    name: String,
    members: Vec<Connector>,
    policy: Policy,
    min_connections: usize,
    connect_timeout: Duration,
    reconnect_wait: Option<Duration>,
    max_reconnect_wait: Option<Duration>,
}

impl Builder {
    pub(super) fn new() -> Self {
        Builder {
            name: "pool".to_owned(),
            members: Vec::new(),
            policy: Policy {
                strategy: Strategy::default(),
                filter: None,
                most: 4096,
                timeout: Duration::from_secs(30),
                waits: false,
            },
            min_connections: 1,
            connect_timeout: Duration::from_secs(30),
            reconnect_wait: None,
            max_reconnect_wait: None,
        }
    }

    /// A name for logs and metrics. `pool` without this.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// One more member, built and mostly not started. Several may have the same address.
    pub fn member(mut self, connector: Connector) -> Self {
        self.members.push(connector);
        self
    }

    /// More members.
    pub fn members(mut self, connectors: impl IntoIterator<Item = Connector>) -> Self {
        self.members.extend(connectors);
        self
    }

    /// Which member gets the next request. [`Strategy::LeastInFlight`] without this.
    pub const fn strategy(mut self, strategy: Strategy) -> Self {
        self.policy.strategy = strategy;
        self
    }

    /// Which members are used at all; the others count as not ready. It is asked for each request, and has to be quick.
    pub fn filter(mut self, filter: impl Fn(&Connector) -> bool + Send + Sync + 'static) -> Self {
        self.policy.filter = Some(Box::new(filter));
        self
    }

    /// How many members have to be ready for the start to succeed; with 0 it does at once. 1 without this.
    pub const fn min_connections(mut self, members: usize) -> Self {
        self.min_connections = members;
        self
    }

    /// How long the start waits for them. 30 seconds without this.
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long a member waits before it connects again: always so long, unless there is a
    /// [most](Builder::max_reconnect_wait). Without this each member keeps its own waits.
    pub const fn reconnect_wait(mut self, wait: Duration) -> Self {
        self.reconnect_wait = Some(wait);
        self
    }

    /// The wait before connecting again doubles up to this one, and is shortened by chance.
    pub const fn max_reconnect_wait(mut self, wait: Duration) -> Self {
        self.max_reconnect_wait = Some(wait);
        self
    }

    /// Most requests of the pool in flight on each member. 4096 without this.
    pub const fn max_in_flight(mut self, requests: usize) -> Self {
        self.policy.most = if requests == 0 { 1 } else { requests };
        self
    }

    /// The deadline of requests that are not given one of their own. 30 seconds without this.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.policy.timeout = timeout;
        self
    }

    /// Whether requests wait, up to their deadline, for a member that is ready. Without this they end at once as not sent.
    pub const fn wait_until_ready(mut self, wait: bool) -> Self {
        self.policy.waits = wait;
        self
    }

    /// Starts all members, and waits until as many are ready as have to be: no longer than until all others have failed once.
    ///
    /// # Errors
    /// Too few of them are: all are stopped then. Or this is not within a tokio runtime.
    pub async fn start(self) -> Result<Pool, StartError> {
        let Builder { name, members, policy, .. } = self;
        let backoff = match (self.reconnect_wait, self.max_reconnect_wait) {
            (None, None) => None,
            (Some(wait), None) => Some(Backoff::constant(wait)),
            (wait, Some(most)) => Some(Backoff::new(wait.unwrap_or(Duration::from_secs(5)).min(most), most)),
        };
        for member in &members {
            if let Some(backoff) = backoff {
                member.set_backoff(backoff);
            }
            match member.start() {
                Ok(()) | Err(connector::StartError::Running) => {}
                Err(connector::StartError::NoRuntime) => return Err(StartError::NoRuntime),
            }
        }
        let members = members.into_iter().map(|connector| Member { connector, in_flight: AtomicUsize::new(0) });
        let (open, closed) = oneshot::channel();
        let pool = Pool {
            inner: Arc::new(Inner {
                name,
                members: members.collect(),
                policy,
                turn: AtomicUsize::new(0),
                freed: Notify::new(),
                closed: AtomicBool::new(false),
                open: Mutex::new(Some(open)),
            }),
        };
        tokio::spawn(meters::tell(&pool.inner, closed));
        let needed = self.min_connections;
        let waiting = pool.enough(needed);
        let enough = timeout_at(Instant::now() + bounded(self.connect_timeout), waiting).await.unwrap_or(false);
        if !enough {
            let ready = pool.status().ready;
            pool.close().await;
            return Err(StartError::TooFew { ready, needed });
        }
        Ok(pool)
    }
}

impl Pool {
    /// Waits until so many members are ready; `false` when that will not be.
    async fn enough(&self, needed: usize) -> bool {
        let members = || self.inner.members.iter().map(|member| &member.connector);
        let mut changes: Vec<_> = members().map(Connector::changes).collect();
        loop {
            let ready = members().filter(|member| self.inner.takes(member)).count();
            if ready >= needed {
                return true;
            }
            let hopeful = |member: &&Connector| {
                let status = member.status();
                !status.is_ready() && status.attempts == 0 && status.state != State::Stopped
            };
            if ready + members().filter(hopeful).count() < needed {
                return false;
            }
            any(changes.iter_mut().map(connector::Changes::next)).await;
        }
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("name", &self.name)
            .field("members", &self.members.len())
            .field("strategy", &self.policy.strategy)
            .field("min_connections", &self.min_connections)
            .finish_non_exhaustive()
    }
}

/// Why a pool was not started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Too few members are ready.
    #[error("{ready} members are ready, {needed} have to be")]
    TooFew {
        /// Members that are ready.
        ready: usize,
        /// Members that have to be.
        needed: usize,
    },
    /// There is no tokio runtime here.
    #[error("not within a tokio runtime")]
    NoRuntime,
}
