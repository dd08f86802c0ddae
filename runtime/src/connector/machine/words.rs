//! The words that the state machine of a connector is spoken to in, and those it answers in.

use std::time::Duration;

use smallvec::SmallVec;
use tokio::time::Instant;

use crate::connector::backoff::Backoff;

/// How far a connector is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// Nothing is under way and nothing will be until it is started.
    Stopped,
    /// It dials, or waits for the peer to.
    Connecting,
    /// There is a link, and it is not ready yet: sign-on, key exchange.
    SigningOn,
    /// Requests are taken.
    Ready,
    /// No new requests are taken; those in flight are waited for, then comes the sign-off.
    Draining,
    /// It waits before the next attempt.
    Backoff,
}

impl State {
    pub(in crate::connector) const ALL: [State; 6] =
        [State::Stopped, State::Connecting, State::SigningOn, State::Ready, State::Draining, State::Backoff];

    /// A stable name for programs and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            State::Stopped => "stopped",
            State::Connecting => "connecting",
            State::SigningOn => "signing-on",
            State::Ready => "ready",
            State::Draining => "draining",
            State::Backoff => "backoff",
        }
    }
}

/// Who opens the link, and what becomes of a second one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::connector) enum Role {
    Dials,
    Accepts { replace: bool },
}

/// What is configured.
#[derive(Debug, Clone, Copy)]
pub(in crate::connector) struct Plan {
    pub(in crate::connector) role: Role,
    /// How long each may take; nothing where it is not done.
    pub(in crate::connector) sign_on: Option<Duration>,
    pub(in crate::connector) peer_sign_on: Option<Duration>,
    pub(in crate::connector) keys: Option<Duration>,
    pub(in crate::connector) sign_off: Option<Duration>,
    pub(in crate::connector) drain: Duration,
    pub(in crate::connector) close: Duration,
    pub(in crate::connector) echo: Option<Echo>,
    /// After how long without traffic it is told.
    pub(in crate::connector) idle: Option<Duration>,
    pub(in crate::connector) read: Option<Read>,
    pub(in crate::connector) backoff: Backoff,
}

/// When the peer is asked for a sign of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::connector) struct Echo {
    pub(in crate::connector) every: Duration,
    pub(in crate::connector) timeout: Duration,
    /// Whether only when nothing has come in for that long.
    pub(in crate::connector) on_idle: bool,
}

/// What happens when nothing comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::connector) struct Read {
    pub(in crate::connector) after: Duration,
    pub(in crate::connector) drop: bool,
}

/// What has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::connector) enum Input {
    Start,
    /// Stop in order.
    Stop,
    /// As the first half of stopping.
    Drain,
    /// Stop at once.
    Abort,
    /// There is a link.
    Connected,
    NotConnected,
    /// What was under way is done: sign-on, key exchange, draining, sign-off, closing.
    Done,
    /// What was under way failed.
    Failed,
    EchoAnswered,
    EchoFailed,
    /// The link has ended.
    Lost,
    /// There is one more link.
    Second,
    PeerSignedOn,
    PeerSignedOff,
    /// Time has passed. When something came in last, and when something went out.
    Tick {
        heard: Instant,
        spoke: Instant,
    },
}

/// Why a link is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::connector) enum Why {
    /// Whoever gave the input knows.
    Told,
    SignOnTimeout,
    PeerSignOnTimeout,
    KeysTimeout,
    EchoTimeout,
    ReadTimeout(Duration),
    Replaced,
    Stopped,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::connector) enum Action {
    Connect,
    StopConnecting,
    /// Make a session of the link that has come.
    Open,
    SignOn {
        until: Instant,
    },
    ExchangeKeys {
        until: Instant,
    },
    /// Let requests in.
    Publish,
    /// Let no more requests in.
    Withdraw,
    Echo {
        until: Instant,
    },
    Drain {
        until: Instant,
    },
    SignOff {
        until: Instant,
    },
    Close,
    /// End the link and all that is under way on it.
    Drop(Why),
    /// Close the second link.
    Refuse,
    TellIdle,
    TellReadTimeout,
    /// The next attempt comes then.
    Wait {
        until: Instant,
    },
    Stopped,
}

pub(in crate::connector) type Actions = SmallVec<[Action; 4]>;
