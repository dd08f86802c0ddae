//! The task of a connector: it does what the state machine says, and tells it what has come of that.

mod link;
mod wait;

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, PoisonError};

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::error::{Failure, NetworkError};
use super::events::{Event, Teller, Trouble};
use super::inner::{Inner, Wish};
use super::machine::{Action, Input, Machine, Plan, State, Why};
use super::network::{Network, Purpose};
use super::session::Session;
use super::source::{Source, dial};
use crate::link::{Error, Link};
use crate::mux::{self, Service, Unserved};
use link::Live;

/// What all runs of a connector are made of.
pub(super) struct Setup<S> {
    pub(super) plan: Plan,
    pub(super) source: Source,
    pub(super) network: Arc<Network>,
    pub(super) user: Option<Arc<S>>,
    pub(super) mux: Box<dyn Fn(mux::Builder<Unserved>) -> mux::Builder<Unserved> + Send + Sync>,
}

/// Something under way; empty when nothing is.
type Slot<T> = Option<Pin<Box<dyn Future<Output = T> + Send>>>;

/// What was under way on the link.
enum Finished {
    SignOn(Result<(), NetworkError>),
    Keys(Result<(), Failure>),
    Other,
}

struct Supervisor<S> {
    inner: Arc<Inner>,
    setup: Arc<Setup<S>>,
    machine: Machine,
    teller: Teller,
    wish: watch::Receiver<Wish>,
    /// The peer has signed on or off.
    told: (mpsc::Sender<Input>, mpsc::Receiver<Input>),
    connecting: Slot<Result<(usize, Link), Error>>,
    /// Links of the peer that are being opened.
    arrivals: JoinSet<Result<Link, Error>>,
    /// A link that has come and that the machine has not decided on yet.
    incoming: Option<Link>,
    live: Option<Live>,
    task: Slot<Finished>,
    echo: Slot<Result<(), NetworkError>>,
    /// Why, for the input that comes next.
    cause: Option<Failure>,
    /// An input that comes before all others.
    pending: Option<Input>,
    /// Where the next attempt begins among the addresses, and which one was used last.
    from: usize,
    used: usize,
}

/// Runs a connector until it has stopped.
pub(super) async fn run<S: Service>(inner: Arc<Inner>, setup: Arc<Setup<S>>, teller: Teller) {
    let backoff = *inner.backoff.lock().unwrap_or_else(PoisonError::into_inner);
    let shared = Arc::clone(&inner);
    let mut offered = shared.offered.lock().await;
    let wish = inner.wish.subscribe();
    let mut supervisor = Supervisor {
        machine: Machine::new(Plan { backoff, ..setup.plan }),
        inner,
        setup,
        teller,
        wish,
        told: mpsc::channel(16),
        connecting: None,
        arrivals: JoinSet::new(),
        incoming: None,
        live: None,
        task: None,
        echo: None,
        cause: None,
        pending: None,
        from: 0,
        used: 0,
    };
    // What was wished before is not taken for unchanged.
    supervisor.wish.mark_changed();
    supervisor.feed(Input::Start);
    while supervisor.machine.state() != State::Stopped {
        let input = supervisor.next(&mut offered).await;
        supervisor.feed(input);
    }
    // Nobody takes these any more.
    while offered.try_recv().is_ok() {}
}

impl<S: Service> Supervisor<S> {
    fn feed(&mut self, input: Input) {
        let before = self.machine.state();
        let actions = self.machine.handle(Instant::now(), input);
        for action in actions {
            self.act(action);
        }
        self.cause = None;
        self.incoming = None;
        let state = self.machine.state();
        let peer = self.live.as_ref().and_then(|live| live.peer);
        if state != before {
            tracing::info!(state = state.name(), "connector");
            self.inner.meters.state(state);
        }
        // That it has stopped is told when it really has.
        if state != State::Stopped {
            self.inner.status.send_if_modified(|status| {
                let changed = status.state != state || status.peer != peer;
                if status.state != state {
                    status.since = Instant::now();
                }
                (status.state, status.peer) = (state, peer);
                changed
            });
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Connect => self.connect(),
            Action::StopConnecting => self.stop_connecting(),
            Action::Open => self.open(),
            Action::SignOn { until } => self.sign_on(until),
            Action::ExchangeKeys { until } => self.exchange_keys(until),
            Action::Publish => self.publish(),
            Action::Withdraw => {
                self.inner.publish(None);
                self.echo = None;
            }
            Action::Echo { until } => {
                self.inner.counters.echoes.add();
                let code = self.setup.network.config.echo.clone();
                self.echo = self.session().zip(code).map(|(session, code)| {
                    Box::pin(async move {
                        let network = &session.network;
                        network.exchange(&session, None, Purpose::Echo, &code, &|_| {}, until).await.map(drop)
                    }) as _
                });
            }
            Action::Drain { until } => {
                self.task = self.session().map(|session| {
                    Box::pin(async move {
                        session.mux.drain().idle(until.saturating_duration_since(Instant::now())).await;
                        Finished::Other
                    }) as _
                });
            }
            Action::SignOff { until } => self.sign_off(until),
            Action::Close => {
                self.task = self.session().map(|session| {
                    Box::pin(async move {
                        session.mux.close(std::time::Duration::ZERO).await;
                        Finished::Other
                    }) as _
                });
            }
            Action::Drop(why) => self.drop_link(why),
            Action::Refuse => {
                self.inner.counters.seconds_refused.add();
                self.teller.tell(Event::Trouble(Trouble::Second));
            }
            Action::TellIdle => self.teller.tell(Event::Idle),
            Action::TellReadTimeout => {
                self.inner.counters.read_timeouts.add();
                self.teller.tell(Event::ReadTimeout);
            }
            Action::Wait { until } => self.inner.status.send_modify(|status| status.next_attempt = Some(until)),
            Action::Stopped => {
                self.stop_connecting();
                self.teller.tell(Event::Stopped);
            }
        }
    }

    fn session(&self) -> Option<Session> {
        self.live.as_ref().map(|live| live.session.clone())
    }

    fn connect(&mut self) {
        self.inner.counters.attempts.add();
        self.inner.status.send_modify(|status| status.next_attempt = None);
        if let Source::Dials(dials) = &self.setup.source {
            self.connecting = Some(Box::pin(dial(Arc::clone(dials), self.from)));
        }
    }

    fn stop_connecting(&mut self) {
        self.connecting = None;
        self.arrivals.abort_all();
    }

    fn open(&mut self) {
        let Some(link) = self.incoming.take() else { return };
        let peer: Option<SocketAddr> = link.peer();
        // Whatever the last link's peer has told is over.
        self.told = mpsc::channel(16);
        match Live::start(&self.inner, &self.setup, &self.teller, self.told.0.clone(), link) {
            Ok(live) => {
                self.live = Some(live);
                self.inner.meters.connected(self.inner.counters.connected.get());
                self.inner.counters.connected.add();
                self.teller.tell(Event::Established(peer));
            }
            Err(error) => {
                tracing::error!(%error, "the mux cannot be started");
                self.pending = Some(Input::Lost);
            }
        }
    }

    fn sign_on(&mut self, until: Instant) {
        let code = self.setup.network.config.sign_on.clone();
        self.task = self.session().zip(code).map(|(session, code)| {
            Box::pin(async move {
                let network = &session.network;
                let done = network.exchange(&session, None, Purpose::SignOn, &code, &|_| {}, until).await;
                Finished::SignOn(done.map(drop))
            }) as _
        });
    }

    fn sign_off(&mut self, until: Instant) {
        let code = self.setup.network.config.sign_off.clone();
        self.task = self.session().zip(code).map(|(session, code)| {
            Box::pin(async move {
                let drain = session.mux.drain();
                let network = &session.network;
                let done = network.exchange(&session, Some(&drain), Purpose::SignOff, &code, &|_| {}, until).await;
                if let Err(error) = done {
                    tracing::warn!(error = error.name(), "the sign-off was not accepted");
                }
                Finished::Other
            }) as _
        });
    }

    fn exchange_keys(&mut self, until: Instant) {
        let inner = Arc::clone(&self.inner);
        self.task = self.session().map(|session| {
            Box::pin(async move {
                let Some((exchange, _)) = &inner.parts.keys else { return Finished::Keys(Ok(())) };
                Finished::Keys(exchange(Session { until: Some(until), ..session }).await)
            }) as _
        });
    }

    fn publish(&mut self) {
        let Some(live) = &mut self.live else { return };
        live.ready = true;
        self.task = None;
        self.inner.publish(Some(live.session.clone()));
        self.inner.counters.ready.add();
        self.inner.status.send_modify(|status| {
            status.attempts = 0;
            status.times_ready += 1;
        });
        self.teller.tell(Event::Ready);
    }

    /// An attempt or a link has failed.
    fn fail(&mut self, failure: Failure) {
        tracing::warn!(failure = failure.name(), "connector");
        self.inner.meters.failed(&failure);
        self.inner.status.send_modify(|status| {
            status.attempts += 1;
            status.failure = Some(failure.clone());
        });
        self.teller.tell(Event::Failed(failure));
    }

    fn drop_link(&mut self, why: Why) {
        let config = &self.setup.network.config;
        let failure = match why {
            Why::Told => self.cause.take(),
            Why::SignOnTimeout => Some(Failure::SignOn(NetworkError::TimedOut)),
            Why::PeerSignOnTimeout => {
                config.peer_sign_on.as_ref().map(|(_, after)| Failure::PeerSignOn { after: *after })
            }
            Why::KeysTimeout => {
                self.inner.parts.keys.as_ref().map(|(_, after)| Failure::KeyExchangeTimeout { after: *after })
            }
            Why::EchoTimeout => Some(Failure::Echo(NetworkError::TimedOut)),
            Why::ReadTimeout(after) => Some(Failure::ReadTimeout { after }),
            Why::Replaced => Some(Failure::Replaced),
            Why::Stopped => None,
        };
        (self.task, self.echo) = (None, None);
        let Some(live) = self.live.take() else { return };
        let counters = &self.inner.counters;
        match (&failure, live.ready) {
            (None, _) => {}
            (Some(Failure::Replaced), _) => counters.replaced.add(),
            (Some(_), true) => counters.losses.add(),
            (Some(_), false) => counters.sign_on_failures.add(),
        }
        if matches!(failure, Some(Failure::Echo(_))) {
            counters.echo_failures.add();
        }
        // After a link that was ready the first address is the one to go to; after one that was not, the next.
        self.from = if live.ready { 0 } else { self.used + 1 };
        if let Some(failure) = failure {
            self.fail(failure);
        }
        let lost = live.end(&self.inner);
        self.teller.tell(Event::Closed(lost));
    }
}
