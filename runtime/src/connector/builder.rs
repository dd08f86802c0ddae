//! Setting a connector up.

use std::error::Error as StdError;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument;

use super::Connector;
use super::backoff::Backoff;
use super::error::{BuildError, Failure};
use super::events::{Events, Listener as EventListener, Nobody};
use super::inner::{ExchangeKeys, Parts};
use super::machine::{Echo, Plan, Read, Role};
use super::network::{Network, NetworkManagement};
use super::session::Session;
use super::source::{Dial, Source};
use super::supervisor::{self, Setup};
use crate::link::bounded;
use crate::link::{Connect, Error, Link, Listener};
use crate::msg::Dialect;
use crate::mux::{self, Mux, Service, Unserved};

/// Closing the link is given up after this time; the mux has its own, shorter bound.
const CLOSE: Duration = Duration::from_secs(3);

/// Nothing happens more often than this.
const LEAST: Duration = Duration::from_millis(1);

/// What becomes of a second link of the peer while the first one is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum SecondLink {
    /// It takes the place of the first one: a peer that connects anew has mostly lost it, and we do not know yet.
    #[default]
    Replaces,
    /// It is closed, and the first one is asked for a sign of life, if echo tests are configured. When it is dead the peer
    /// gets in with its next attempt.
    Refused,
}

/// Settings of a [`Connector`].
#[must_use = "nothing runs before `start`"]
pub struct Builder<S> {
    settings: Settings,
    service: Option<S>,
}

/// All but the service.
struct Settings {
    dialect: &'static Dialect,
    name: Option<String>,
    dials: Vec<Dial>,
    accepts: Option<Option<Listener>>,
    second: SecondLink,
    network: NetworkManagement,
    listener: Box<dyn EventListener>,
    mux: Box<dyn Fn(mux::Builder<Unserved>) -> mux::Builder<Unserved> + Send + Sync>,
    keys: Option<(Box<ExchangeKeys>, Duration)>,
    backoff: Backoff,
    timeout: Duration,
    waits: bool,
    drain: Duration,
    idle: Option<Duration>,
    read: Option<Read>,
}

impl Builder<Unserved> {
    pub(super) fn new(dialect: &'static Dialect) -> Self {
        let settings = Settings {
            dialect,
            name: None,
            dials: Vec::new(),
            accepts: None,
            second: SecondLink::default(),
            network: NetworkManagement::new(),
            listener: Box::new(Nobody),
            mux: Box::new(|builder| builder),
            keys: None,
            backoff: Backoff::default(),
            timeout: Duration::from_secs(30),
            waits: false,
            drain: Duration::from_secs(30),
            idle: None,
            read: None,
        };
        Builder { settings, service: None }
    }
}

impl<S: Service> Builder<S> {
    /// A name for logs. That of the dialect without this.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.settings.name = Some(name.into());
        self
    }

    /// We dial. Called again, an alternate: each attempt tries them in turn until one can be reached; after a link that did not
    /// get ready it begins with the one after that, otherwise with the first.
    pub fn dial(mut self, connect: Connect) -> Self {
        self.settings.dials.push(Dial::Connect(Box::new(connect)));
        self
    }

    /// As [`Builder::dial`], for links of another kind: over a stream in memory, through a proxy. An attempt takes no longer than
    /// [`Connect::DEADLINE`].
    pub fn dial_with<F>(mut self, open: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Link, Error>> + Send + 'static,
    {
        self.settings.dials.push(Dial::With(Box::new(move || Box::pin(open())), Connect::DEADLINE));
        self
    }

    /// The peer dials: its links are accepted here, as long as the connector runs. There is no waiting between a lost link and the next
    /// one then.
    pub fn accept(mut self, listener: Listener) -> Self {
        self.settings.accepts = Some(Some(listener));
        self
    }

    /// The peer dials, and its links are accepted elsewhere and [offered](Connector::offer): where one listener serves several peers,
    /// told apart by address or certificate.
    pub fn accept_offered(mut self) -> Self {
        self.settings.accepts = Some(None);
        self
    }

    /// What becomes of a second link of the peer while the first one is ready. One that is not ready yet is always replaced.
    pub const fn second_link(mut self, second: SecondLink) -> Self {
        self.settings.second = second;
        self
    }

    /// Sign-on, echo test, sign-off. Without this [`NetworkManagement::new`].
    pub fn network(mut self, network: NetworkManagement) -> Self {
        self.settings.network = network;
        self
    }

    /// Who serves messages of the peer, except network management that is answered by the connector. Without this they go to
    /// [`Events::inbound`].
    pub fn serve<T: Service>(self, service: T) -> Builder<T> {
        Builder { settings: self.settings, service: Some(service) }
    }

    /// Who listens.
    pub fn events(mut self, events: impl Events) -> Self {
        self.settings.listener = Box::new(events);
        self
    }

    /// Settings of the mux of each link: correlation, most in flight, and so on. Listener, service and timeout are those of the
    /// connector.
    pub fn mux(
        mut self,
        settings: impl Fn(mux::Builder<Unserved>) -> mux::Builder<Unserved> + Send + Sync + 'static,
    ) -> Self {
        self.settings.mux = Box::new(settings);
        self
    }

    /// What is done after the sign-on and before the link is ready, within this time: a key exchange, or whatever the partner wants
    /// first. When it fails the link is dropped. [`Connector::exchange_keys`] does it once more.
    pub fn key_exchange<F, E>(
        mut self,
        timeout: Duration,
        exchange: impl Fn(Session) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>> + 'static,
    {
        let exchange: Box<ExchangeKeys> = Box::new(move |session| {
            let exchange = exchange(session);
            Box::pin(async move { exchange.await.map_err(|error| Failure::KeyExchange(error.into().into())) })
        });
        self.settings.keys = Some((exchange, bounded(timeout)));
        self
    }

    /// The waits between attempts. [`Backoff::default`] without this.
    pub const fn backoff(mut self, backoff: Backoff) -> Self {
        self.settings.backoff = backoff;
        self
    }

    /// The deadline of whatever is not given one of its own. 30 seconds without this.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = bounded(timeout);
        self
    }

    /// Whether requests wait, up to their deadline, for a link that is ready. Without this they end at once as not sent.
    pub const fn wait_until_ready(mut self, wait: bool) -> Self {
        self.settings.waits = wait;
        self
    }

    /// How long what is in flight is waited for when it stops. 30 seconds without this.
    pub const fn drain_timeout(mut self, timeout: Duration) -> Self {
        self.settings.drain = bounded(timeout);
        self
    }

    /// Tells [`Events::idle`] when nothing was received or sent for so long. It does not without this.
    pub const fn idle(mut self, after: Duration) -> Self {
        self.settings.idle = Some(at_least(after));
        self
    }

    /// Tells [`Events::read_timeout`] when nothing was received for so long; the link stays. It does not without this.
    pub const fn read_timeout(mut self, after: Duration) -> Self {
        self.settings.read = Some(Read { after: at_least(after), drop: false });
        self
    }

    /// As [`Builder::read_timeout`], and drops the link.
    pub const fn drop_after_silence(mut self, after: Duration) -> Self {
        self.settings.read = Some(Read { after: at_least(after), drop: true });
        self
    }

    /// A connector that does nothing yet.
    ///
    /// # Errors
    /// There is nothing to connect to; the correlation does not fit the dialect; a network management message cannot be
    /// written.
    pub fn build(self) -> Result<Connector, BuildError> {
        let Builder { settings, service } = self;
        let Settings { dialect, name, dials, accepts, second, network, listener, mux, keys, .. } = settings;
        let Settings { backoff, timeout, waits, drain, idle, read, .. } = settings;
        let source = match accepts {
            Some(listener) => Source::Accepts(listener),
            None if dials.is_empty() => return Err(BuildError::NoSource),
            None => Source::Dials(dials.into()),
        };
        mux(Mux::builder(dialect)).check()?;
        let accepts = matches!(source, Source::Accepts(_));
        let replace = second == SecondLink::Replaces;
        let plan = Plan {
            role: if accepts { Role::Accepts { replace } } else { Role::Dials },
            sign_on: network.sign_on.as_ref().map(|_| bounded(network.sign_on_timeout)),
            peer_sign_on: network.peer_sign_on.as_ref().map(|(_, timeout)| bounded(*timeout)),
            keys: keys.as_ref().map(|(_, timeout)| *timeout),
            sign_off: network.sign_off.as_ref().map(|_| bounded(network.sign_off_timeout)),
            drain,
            close: CLOSE,
            echo: network.echo.as_ref().map(|_| Echo {
                every: at_least(network.echo_every),
                timeout: bounded(network.echo_timeout),
                on_idle: network.echo_on_idle,
            }),
            idle,
            read,
            backoff,
        };
        let name = name.unwrap_or_else(|| dialect.name().to_owned());
        let network = Network::new(dialect, network)?;
        let setup = Arc::new(Setup { plan, source, network, user: service.map(Arc::new), mux });
        let launch = Box::new(move |inner: Arc<super::inner::Inner>, teller| {
            let span = tracing::info_span!("connector", name = inner.parts.name, dialect = inner.parts.dialect.name());
            Box::pin(supervisor::run(inner, Arc::clone(&setup), teller).instrument(span)) as _
        });
        let parts = Parts { name, dialect, timeout, waits, drain, listener, keys, launch };
        Ok(Connector::new(parts, backoff, accepts))
    }

    /// Builds it and starts it.
    ///
    /// # Errors
    /// As [`Builder::build`], and as [`Connector::start`].
    pub fn start(self) -> Result<Connector, BuildError> {
        let connector = self.build()?;
        connector.start()?;
        Ok(connector)
    }
}

const fn at_least(duration: Duration) -> Duration {
    if duration.as_nanos() < LEAST.as_nanos() { LEAST } else { bounded(duration) }
}

impl<S> std::fmt::Debug for Builder<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("name", &self.settings.name)
            .field("dialect", &self.settings.dialect.name())
            .field("network", &self.settings.network)
            .field("backoff", &self.settings.backoff)
            .finish_non_exhaustive()
    }
}
