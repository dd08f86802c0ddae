//! Setting a test host up.

use std::sync::Arc;

use super::Simulator;
use super::event::Event;
use super::inner::{Inner, Role, Watch};
use super::judge::Judge;
use super::problem::ScenarioError;
use super::recording::Recorder;
use super::scenario::Scenario;
use crate::frame::{Framing, Header};
use crate::link::{Connect, Listen};
use crate::msg::Dialect;

/// Settings of a [`Simulator`].
#[must_use = "nothing runs before the simulator is started"]
pub struct Builder {
    dialect: &'static Dialect,
    name: String,
    role: Role,
    scenario: Option<Scenario>,
    limit: Option<u64>,
    seed: Option<u64>,
    watch: Option<Watch>,
    recorder: Option<Arc<Recorder>>,
}

impl Builder {
    pub(super) fn new(dialect: &'static Dialect) -> Self {
        let listen = Listen::new(Framing::new(Header::Binary2));
        Builder {
            dialect,
            name: "simulator".to_owned(),
            role: Role::Listens(Box::new(listen), "127.0.0.1:8583".to_owned()),
            scenario: None,
            limit: None,
            seed: None,
            watch: None,
            recorder: None,
        }
    }

    /// A name for logs and among the components of a host. `simulator` without this.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Listens at this address; port 0 is one that is free. 127.0.0.1:8583 with a length of two bytes without this.
    pub fn listen(mut self, listen: Listen, address: impl Into<String>) -> Self {
        self.role = Role::Listens(Box::new(listen), address.into());
        self
    }

    /// Dials instead, and dials again a little later when the connection has ended or could not be had.
    pub fn dial(mut self, connect: Connect) -> Self {
        self.role = Role::Dials(Box::new(connect));
        self
    }

    /// What it does. Without this it answers everything.
    pub fn scenario(mut self, scenario: Scenario) -> Self {
        self.scenario = Some(scenario);
        self
    }

    /// Approves amounts up to this one in minor units, and declines others for lack of funds. Without this the limit of the
    /// scenario, or none.
    pub const fn limit(mut self, minor_units: u64) -> Self {
        self.limit = Some(minor_units);
        self
    }

    /// Another seed than that of the scenario.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Who is told of each event, on the task of the connection: what takes long holds that up.
    pub fn watch(mut self, watch: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        self.watch = Some(Box::new(watch));
        self
    }

    /// Records all traffic as it is, card data included.
    pub fn record(mut self, recorder: Recorder) -> Self {
        self.recorder = Some(Arc::new(recorder));
        self
    }

    /// A test host that does nothing yet.
    ///
    /// # Errors
    /// The scenario is for another dialect.
    pub fn build(self) -> Result<Simulator, ScenarioError> {
        let Builder { dialect, name, role, scenario, limit, seed, watch, recorder } = self;
        let scenario = scenario.unwrap_or_else(|| Scenario::empty(dialect));
        if scenario.dialect() != dialect {
            let what = format!("read for {}, used with {}", scenario.dialect().name(), dialect.name());
            return Err(ScenarioError::whole("the scenario", what));
        }
        let judge = Judge::new(scenario, limit, seed);
        Ok(Simulator::new(Inner::new(name, dialect, role, judge, watch, recorder)))
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("dialect", &self.dialect.name())
            .field("name", &self.name)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}
