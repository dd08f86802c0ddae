//! Network management: sign-on, echo test, sign-off, and the answers to those of the peer.

mod answer;
mod awaited;
mod compiled;
mod exchange;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub(super) use answer::Told;
pub(super) use awaited::Awaited;
pub(super) use compiled::Network;

use super::clock::{Clock, Stans};
use crate::msg::{Edit, Message};
use crate::types::Mti;

/// What a network management message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// To sign on.
    SignOn,
    /// To sign off.
    SignOff,
    /// To ask for a sign of life.
    Echo,
    /// Something else, like a key exchange: what is sent through a [`Session`](super::Session).
    Other,
    /// The answer to a message of the peer.
    Answer,
}

/// What becomes of a network management message of the peer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reply {
    /// It is answered as accepted.
    Accept,
    /// It is answered with this response code.
    Refuse(String),
    /// It goes to the service, as all other messages of the peer do.
    Serve,
}

type Customize = dyn Fn(Purpose, &mut Edit<'_>) + Send + Sync;
type Judge = dyn Fn(&Message) -> Reply + Send + Sync;

/// The network management messages of a connector: which ones it sends, with which codes, and what it takes for a yes.
///
/// They are written by the rules of the dialect: its request of class 8 (0800, 1804) with the time in DE 7, 12 and 13 as far as
/// the dialect has them in this message, an audit number of their own in DE 11, and the code in DE 70, or in DE 24 where the message has
/// no DE 70. What the partner wants besides goes in by [`set`](NetworkManagement::set) and
/// [`customize`](NetworkManagement::customize).
///
/// ```
/// use std::time::Duration;
///
/// use isopace::connector::NetworkManagement;
///
/// let network = NetworkManagement::iso87()
///     .set(32, "123456")
///     .echo_when_idle(Duration::from_secs(60))
///     .echo_timeout(Duration::from_secs(10));
/// ```
#[derive(Clone)]
pub struct NetworkManagement {
    pub(super) sign_on: Option<String>,
    pub(super) sign_off: Option<String>,
    pub(super) echo: Option<String>,
    /// Codes of the peer that are answered here.
    pub(super) answered: Vec<String>,
    pub(super) peer_sign_on: Option<(Vec<String>, Duration)>,
    pub(super) peer_sign_off: Vec<String>,
    pub(super) accepted: Vec<String>,
    pub(super) mti: Option<Mti>,
    pub(super) code_element: Option<u8>,
    pub(super) elements: Vec<(u8, String)>,
    pub(super) sign_on_timeout: Duration,
    pub(super) sign_off_timeout: Duration,
    pub(super) echo_every: Duration,
    pub(super) echo_on_idle: bool,
    pub(super) echo_timeout: Duration,
    pub(super) clock: Clock,
    pub(super) stans: Stans,
    pub(super) customize: Option<Arc<Customize>>,
    pub(super) judge: Option<Arc<Judge>>,
}

impl Default for NetworkManagement {
    /// As [`NetworkManagement::new`].
    fn default() -> Self {
        NetworkManagement::new()
    }
}

impl NetworkManagement {
    /// Sends nothing of its own accord, and answers the usual sign-on, sign-off and echo test of a peer.
    #[must_use]
    pub fn new() -> Self {
        NetworkManagement {
            sign_on: None,
            sign_off: None,
            echo: None,
            answered: ["001", "002", "301", "801", "802", "831"].map(str::to_owned).into(),
            peer_sign_on: None,
            peer_sign_off: ["002", "802"].map(str::to_owned).into(),
            accepted: ["00", "800"].map(str::to_owned).into(),
            mti: None,
            code_element: None,
            elements: Vec::new(),
            sign_on_timeout: Duration::from_secs(30),
            sign_off_timeout: Duration::from_secs(5),
            echo_every: Duration::from_secs(60),
            echo_on_idle: true,
            echo_timeout: Duration::from_secs(10),
            clock: Clock::system(),
            stans: Stans::default(),
            customize: None,
            judge: None,
        }
    }

    /// With the codes of most networks of the 1987 edition (DE 70): 001 to sign on, 002 to sign off, 301 for the echo test; 00 is a
    /// yes.
    #[must_use]
    pub fn iso87() -> Self {
        NetworkManagement::new().sign_on("001").sign_off("002").echo("301").accept(["00"])
    }

    /// With the function codes of the 1993 edition (DE 24): 801 to sign on, 802 to sign off, 831 for the echo test; action code 800 is
    /// a yes.
    #[must_use]
    pub fn iso93() -> Self {
        NetworkManagement::new().sign_on("801").sign_off("802").echo("831").accept(["800"])
    }

    /// Signs on with this code before the link is ready.
    #[must_use]
    pub fn sign_on(mut self, code: &str) -> Self {
        self.sign_on = Some(code.to_owned());
        self
    }

    /// Does not sign on.
    #[must_use]
    pub fn no_sign_on(mut self) -> Self {
        self.sign_on = None;
        self
    }

    /// Signs off with this code before the link is closed.
    #[must_use]
    pub fn sign_off(mut self, code: &str) -> Self {
        self.sign_off = Some(code.to_owned());
        self
    }

    /// Does not sign off.
    #[must_use]
    pub fn no_sign_off(mut self) -> Self {
        self.sign_off = None;
        self
    }

    /// Asks for a sign of life with this code.
    #[must_use]
    pub fn echo(mut self, code: &str) -> Self {
        self.echo = Some(code.to_owned());
        self
    }

    /// Asks for no sign of life. A peer that is gone without a word is noticed late then, or never.
    #[must_use]
    pub fn no_echo(mut self) -> Self {
        self.echo = None;
        self
    }

    /// The link is not ready before the peer has signed on with one of these codes, and no longer when it has signed off. It has so
    /// long for it; then the link is dropped.
    #[must_use]
    pub fn await_sign_on<C: Into<String>>(mut self, codes: impl IntoIterator<Item = C>, timeout: Duration) -> Self {
        self.peer_sign_on = Some((codes.into_iter().map(Into::into).collect(), timeout));
        self
    }

    /// The codes that a peer signs off with. 002 and 802 without this.
    #[must_use]
    pub fn peer_sign_off<C: Into<String>>(mut self, codes: impl IntoIterator<Item = C>) -> Self {
        self.peer_sign_off = codes.into_iter().map(Into::into).collect();
        self
    }

    /// The response codes (DE 39) that are a yes; the first one of them that the dialect can write is the one that
    /// messages of the peer are answered with. 00 and 800 without this.
    #[must_use]
    pub fn accept<C: Into<String>>(mut self, codes: impl IntoIterator<Item = C>) -> Self {
        self.accepted = codes.into_iter().map(Into::into).collect();
        self
    }

    /// The codes of the peer that are answered here; messages with others go to the service. Without this 001, 002, 301, 801, 802
    /// and 831, and those that the connector itself sends.
    #[must_use]
    pub fn answer<C: Into<String>>(mut self, codes: impl IntoIterator<Item = C>) -> Self {
        self.answered = codes.into_iter().map(Into::into).collect();
        self
    }

    /// Decides about each network management message of the peer, instead of [`NetworkManagement::answer`].
    #[must_use]
    pub fn judge(mut self, judge: impl Fn(&Message) -> Reply + Send + Sync + 'static) -> Self {
        self.judge = Some(Arc::new(judge));
        self
    }

    /// Sends this message type. Without this the first request of class 8 that the dialect has: 0800, 1804.
    #[must_use]
    pub const fn mti(mut self, mti: Mti) -> Self {
        self.mti = Some(mti);
        self
    }

    /// Puts the code into this element. DE 70, or DE 24 where the message has none, without this.
    #[must_use]
    pub const fn code_element(mut self, number: u8) -> Self {
        self.code_element = Some(number);
        self
    }

    /// One more element in every message that is sent.
    #[must_use]
    pub fn set(mut self, number: u8, value: &str) -> Self {
        self.elements.push((number, value.to_owned()));
        self
    }

    /// Changes each message before it goes out, answers to the peer included; it may put another message in the place of the
    /// [`Edit`]. Where the connector is built it is called for a trial.
    #[must_use]
    pub fn customize(mut self, customize: impl Fn(Purpose, &mut Edit<'_>) + Send + Sync + 'static) -> Self {
        self.customize = Some(Arc::new(customize));
        self
    }

    /// How long the peer may take to answer the sign-on. 30 seconds without this.
    #[must_use]
    pub const fn sign_on_timeout(mut self, timeout: Duration) -> Self {
        self.sign_on_timeout = timeout;
        self
    }

    /// How long the peer may take to answer the sign-off. 5 seconds without this.
    #[must_use]
    pub const fn sign_off_timeout(mut self, timeout: Duration) -> Self {
        self.sign_off_timeout = timeout;
        self
    }

    /// Sends an echo test when nothing has come in for so long. 60 seconds without this.
    #[must_use]
    pub const fn echo_when_idle(mut self, after: Duration) -> Self {
        (self.echo_every, self.echo_on_idle) = (after, true);
        self
    }

    /// Sends an echo test at this interval, whatever comes in.
    #[must_use]
    pub const fn echo_every(mut self, interval: Duration) -> Self {
        (self.echo_every, self.echo_on_idle) = (interval, false);
        self
    }

    /// How long the peer may take to answer an echo test; then the link is dropped. A peer that is gone without a word is noticed
    /// after the interval and this time at the latest. 10 seconds without this.
    #[must_use]
    pub const fn echo_timeout(mut self, timeout: Duration) -> Self {
        self.echo_timeout = timeout;
        self
    }

    /// What time it is. That of the system, UTC, without this.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Where the audit numbers come from. A source of its own, from 1 on, without this.
    #[must_use]
    pub fn stans(mut self, stans: Stans) -> Self {
        self.stans = stans;
        self
    }
}

impl fmt::Debug for NetworkManagement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetworkManagement")
            .field("sign_on", &self.sign_on)
            .field("sign_off", &self.sign_off)
            .field("echo", &self.echo)
            .field("echo_every", &self.echo_every)
            .field("accepted", &self.accepted)
            .finish_non_exhaustive()
    }
}
