//! Why a request is declined by the gateway itself, and what the client is told.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::mapping::MapError;
use crate::msg::{Dialect, Edit, Error};
use crate::mux::{Lost, NotSent};
use crate::trace::shown;

/// Why a request was declined by the gateway itself.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// It is no message of the client's dialect.
    #[error("no message of the dialect: {0}")]
    Undecodable(Error),
    /// No row of the routes takes it.
    #[error("there is no route for it")]
    NoRoute,
    /// It cannot be carried over to the dialect of its route, or cannot be given another STAN.
    #[error("it cannot be carried on: {0}")]
    Unmappable(MapError),
    /// Its route did not send it.
    #[error("not sent: {0}")]
    NotSent(NotSent),
    /// No answer came in time. Whoever got it may have acted on it.
    #[error("no answer in time")]
    TimedOut,
    /// The link was lost when it had been sent. Whoever got it may have acted on it.
    #[error("sent, and no answer to be had: {0}")]
    Unknown(Lost),
    /// Whoever got it refused it by other means than an answer.
    #[error("rejected by the peer")]
    Rejected,
    /// There are as many requests in flight as there may be.
    #[error("too many requests in flight {0}")]
    Overload(Limit),
    /// A hook refused it.
    #[error("refused by a hook: {0}")]
    Hook(HookError),
    /// Code that handled it panicked.
    #[error("{0} panicked")]
    Panicked(Stage),
    /// Its answer cannot be carried back.
    #[error("the answer cannot be carried back: {0}")]
    BadAnswer(MapError),
    /// The gateway is stopping.
    #[error("the gateway is stopping")]
    Stopping,
    /// It is a repeat, and the first one has not ended in time.
    #[error("sent again, and the first one is under way")]
    InFlight,
    /// It is a repeat, and whoever carried the first one on has died before it ended. It may have been acted on.
    #[error("sent again, and nobody knows how the first one ended")]
    Unfinished,
    /// It has the key of another request that was for something else.
    #[error("another request has the same key")]
    Duplicate,
    /// The store failed, so that it is not known whether it is a repeat, or it could not be written down before it was
    /// sent; or that its answer was given could not be written down, and it is reversed.
    #[error("the store failed: {0}")]
    Store(Arc<str>),
}

/// [`Cause`] without what is particular: what response codes are chosen by and declines are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "as those of `Cause`")]
pub enum CauseKind {
    Undecodable,
    NoRoute,
    Unmappable,
    NotSent,
    TimedOut,
    Unknown,
    Rejected,
    Overload,
    Hook,
    Panicked,
    BadAnswer,
    Stopping,
    InFlight,
    Unfinished,
    Duplicate,
    Store,
}

impl CauseKind {
    /// All of them.
    pub const ALL: [CauseKind; 16] = [
        CauseKind::Undecodable,
        CauseKind::NoRoute,
        CauseKind::Unmappable,
        CauseKind::NotSent,
        CauseKind::TimedOut,
        CauseKind::Unknown,
        CauseKind::Rejected,
        CauseKind::Overload,
        CauseKind::Hook,
        CauseKind::Panicked,
        CauseKind::BadAnswer,
        CauseKind::Stopping,
        CauseKind::InFlight,
        CauseKind::Unfinished,
        CauseKind::Duplicate,
        CauseKind::Store,
    ];

    /// A stable name for programs and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            CauseKind::Undecodable => "undecodable",
            CauseKind::NoRoute => "no-route",
            CauseKind::Unmappable => "unmappable",
            CauseKind::NotSent => "not-sent",
            CauseKind::TimedOut => "timed-out",
            CauseKind::Unknown => "unknown",
            CauseKind::Rejected => "rejected",
            CauseKind::Overload => "overload",
            CauseKind::Hook => "hook",
            CauseKind::Panicked => "panicked",
            CauseKind::BadAnswer => "bad-answer",
            CauseKind::Stopping => "stopping",
            CauseKind::InFlight => "in-flight",
            CauseKind::Unfinished => "unfinished",
            CauseKind::Duplicate => "duplicate",
            CauseKind::Store => "store",
        }
    }
}

impl Cause {
    /// What it is, without what is particular.
    #[must_use]
    pub const fn kind(&self) -> CauseKind {
        match self {
            Cause::Undecodable(_) => CauseKind::Undecodable,
            Cause::NoRoute => CauseKind::NoRoute,
            Cause::Unmappable(_) => CauseKind::Unmappable,
            Cause::NotSent(_) => CauseKind::NotSent,
            Cause::TimedOut => CauseKind::TimedOut,
            Cause::Unknown(_) => CauseKind::Unknown,
            Cause::Rejected => CauseKind::Rejected,
            Cause::Overload(_) => CauseKind::Overload,
            Cause::Hook(_) => CauseKind::Hook,
            Cause::Panicked(_) => CauseKind::Panicked,
            Cause::BadAnswer(_) => CauseKind::BadAnswer,
            Cause::Stopping => CauseKind::Stopping,
            Cause::InFlight => CauseKind::InFlight,
            Cause::Unfinished => CauseKind::Unfinished,
            Cause::Duplicate => CauseKind::Duplicate,
            Cause::Store(_) => CauseKind::Store,
        }
    }

    /// Whether whoever got a request that ended so may have acted on it, if it was given to its route at all.
    pub(super) const fn may_have_been_acted_on(&self) -> bool {
        !matches!(self, Cause::NotSent(_) | Cause::Unmappable(_) | Cause::Rejected)
    }
}

/// Which bound was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// That of one client.
    Client,
    /// That of the gateway.
    Gateway,
    /// That of one route.
    Route,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Limit::Client => "of this client",
            Limit::Gateway => "in all",
            Limit::Route => "on its route",
        })
    }
}

/// Where a request was when something happened to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Routing, and hooks before it is carried on.
    BeforeRequest,
    /// It is carried on.
    Forward,
    /// Hooks before its answer is given back.
    BeforeResponse,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stage::BeforeRequest => "a hook before the request",
            Stage::Forward => "the forwarder",
            Stage::BeforeResponse => "a hook before the response",
        })
    }
}

/// Why a hook refuses a request, and with which response code.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{reason}")]
pub struct HookError {
    reason: Arc<str>,
    code: Option<Arc<str>>,
}

impl HookError {
    /// For this reason, which goes to traces and listeners; at most 200 characters are kept, and digits that could be a
    /// PAN are not.
    #[must_use]
    pub fn new(reason: impl fmt::Display) -> Self {
        HookError { reason: shown(&reason.to_string(), 200).into(), code: None }
    }

    /// With this response code (DE 39) instead of the one for hooks that fail.
    #[must_use]
    pub fn response_code(mut self, code: &str) -> Self {
        self.code = Some(code.into());
        self
    }

    pub(super) fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }
}

impl From<Error> for HookError {
    fn from(error: Error) -> Self {
        HookError::new(error)
    }
}

/// The response codes (DE 39) that the gateway declines with.
///
/// | cause | ISO 8583:1987 | from 1993 on |
/// |---|---|---|
/// | undecodable, unmappable | 30 format error | 904 format error |
/// | no route | 92 destination cannot be found for routing | 908 the same |
/// | not sent, unknown, rejected, stopping | 91 issuer or switch inoperative | 907 card issuer or switch inoperative |
/// | timed out, unfinished | 68 response received too late | 911 card issuer timed out |
/// | overload | 91 issuer or switch inoperative | 907 card issuer or switch inoperative |
/// | hook, panicked, bad answer, store | 96 system malfunction | 909 system malfunction |
/// | in flight | 09 request in progress | 923 request in progress |
/// | duplicate | 94 duplicate transmission | 913 duplicate transmission |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codes([Cow<'static, str>; CauseKind::ALL.len()]);

impl Codes {
    /// Those of the edition that a dialect follows, told by the length of its DE 39.
    #[must_use]
    pub fn of(dialect: &Dialect) -> Self {
        let first_edition = dialect.field(39).is_none_or(|field| field.rule.max() < 3);
        Codes(CauseKind::ALL.map(|kind| {
            let (first, later) = match kind {
                CauseKind::Undecodable | CauseKind::Unmappable => ("30", "904"),
                CauseKind::NoRoute => ("92", "908"),
                CauseKind::NotSent | CauseKind::Unknown | CauseKind::Rejected => ("91", "907"),
                CauseKind::Overload | CauseKind::Stopping => ("91", "907"),
                CauseKind::TimedOut | CauseKind::Unfinished => ("68", "911"),
                CauseKind::Hook | CauseKind::Panicked | CauseKind::BadAnswer => ("96", "909"),
                CauseKind::Store => ("96", "909"),
                CauseKind::InFlight => ("09", "923"),
                CauseKind::Duplicate => ("94", "913"),
            };
            Cow::Borrowed(if first_edition { first } else { later })
        }))
    }

    /// With another code for one cause.
    #[must_use]
    pub fn with(mut self, kind: CauseKind, code: impl Into<String>) -> Self {
        self.0[kind as usize] = Cow::Owned(code.into());
        self
    }

    /// The code for a cause.
    #[must_use]
    pub fn code(&self, kind: CauseKind) -> &str {
        &self.0[kind as usize]
    }

    /// The cause whose code a dialect cannot write.
    pub(super) fn misfit(&self, dialect: &'static Dialect) -> Option<CauseKind> {
        let fits = |kind: &CauseKind| {
            let mut edit = Edit::build(dialect);
            edit.mti("0210").set(39, self.code(*kind));
            edit.finish().is_ok()
        };
        CauseKind::ALL.into_iter().find(|kind| !fits(kind))
    }
}
