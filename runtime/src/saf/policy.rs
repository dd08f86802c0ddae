//! When a message counts as delivered, when it is sent again, and when it is given up.

use std::time::Duration;

use crate::connector::Backoff;
use crate::msg::Message;
use crate::mux::{NotSent, Outcome};

/// When a message counts as delivered, when it is sent again, and when it is given up.
#[derive(Debug, Clone)]
pub struct Policy {
    pub(super) timeout: Duration,
    pub(super) backoff: Backoff,
    pub(super) tries: u32,
    pub(super) expire: Option<Duration>,
    pub(super) accepted: Vec<String>,
    pub(super) retried: Vec<String>,
    pub(super) other: Other,
    pub(super) poll: Duration,
    pub(super) grace: Duration,
    pub(super) margin: Duration,
    pub(super) most: u64,
}

/// What becomes of a message whose answer has a code that is in no list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Other {
    /// It is given up.
    Dead,
    /// It is sent again.
    Retry,
}

impl Default for Policy {
    /// 30 seconds for an answer; waits from one second to five minutes; given up after 1000 tries or 3 days; delivered
    /// by response code 00, 000 or 400, sent again for codes that say that the peer cannot do it now (19, 22, 68, 91,
    /// 96; 907, 909, 911, 912, 923), given up for all others; a million messages at most.
    fn default() -> Self {
        let codes = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
        Policy {
            timeout: Duration::from_secs(30),
            backoff: Backoff::new(Duration::from_secs(1), Duration::from_secs(300)),
            tries: 1000,
            expire: Some(Duration::from_secs(3 * 24 * 3600)),
            accepted: codes(&["00", "000", "400"]),
            retried: codes(&["19", "22", "68", "91", "96", "907", "909", "911", "912", "923"]),
            other: Other::Dead,
            poll: Duration::from_secs(1),
            grace: Duration::from_secs(5),
            margin: Duration::from_secs(30),
            most: 1_000_000,
        }
    }
}

impl Policy {
    /// The default.
    #[must_use]
    pub fn new() -> Self {
        Policy::default()
    }

    /// How long a link that is ready, and then an answer, is waited for.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long to wait before the next try; it begins anew when one is delivered. While nothing can be sent at all it
    /// is no longer than 10 seconds.
    #[must_use]
    pub const fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// After how many tries that may have been sent a message is given up; at least one.
    #[must_use]
    pub const fn tries(mut self, most: u32) -> Self {
        self.tries = if most == 0 { 1 } else { most };
        self
    }

    /// How long after it was accepted a message is given up; never, with nothing.
    #[must_use]
    pub const fn expire_after(mut self, expire: Option<Duration>) -> Self {
        self.expire = expire;
        self
    }

    /// The response codes (DE 39) of a message that is delivered.
    #[must_use]
    pub fn accepted(mut self, codes: &[&str]) -> Self {
        self.accepted = codes.iter().map(|code| (*code).to_owned()).collect();
        self
    }

    /// The response codes of a message that is sent again.
    #[must_use]
    pub fn retried(mut self, codes: &[&str]) -> Self {
        self.retried = codes.iter().map(|code| (*code).to_owned()).collect();
        self
    }

    /// What becomes of a message whose answer has another code, or none.
    #[must_use]
    pub const fn other(mut self, other: Other) -> Self {
        self.other = other;
        self
    }

    /// How often to look for messages that another node has accepted, or that it has let go.
    #[must_use]
    pub const fn poll(mut self, every: Duration) -> Self {
        self.poll = every;
        self
    }

    /// How long stopping waits for the answer that is awaited then.
    #[must_use]
    pub const fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// When another node takes the queue over from one that is gone with a message in its hands: after twice the timeout,
    /// and this, 30 seconds unless told otherwise. It covers what the store may take to say how the message has ended, and
    /// what the clocks of the nodes differ by: a node that is slower than that, and not gone, may send a message at the same
    /// time as the one that took it over, which sends it as a repeat.
    #[must_use]
    pub const fn takeover_margin(mut self, margin: Duration) -> Self {
        self.margin = margin;
        self
    }

    /// About how many messages may wait; further ones are refused. Reversals never are: there are no more of them than
    /// requests that were sent.
    #[must_use]
    pub const fn most(mut self, most: u64) -> Self {
        self.most = most;
        self
    }

    /// What an outcome means for the message.
    pub(super) fn verdict(&self, outcome: &Outcome) -> Verdict {
        match outcome {
            Outcome::Response(response) => {
                let code = response.raw(39).and_then(|raw| raw.text().ok());
                self.by_code(code.as_deref())
            }
            Outcome::NotSent(
                NotSent::Invalid(_) | NotSent::Link(_) | NotSent::NoAnswer(_) | NotSent::NoAdvice(_) | NotSent::NoKey,
            ) => Verdict::Dead { reason: "it cannot be sent".to_owned(), sent: false },
            Outcome::NotSent(_) => Verdict::Unsent,
            Outcome::TimedOut | Outcome::Unknown(_) => Verdict::Retry,
            Outcome::Rejected(_) => Verdict::Dead { reason: "rejected by the peer".to_owned(), sent: true },
        }
    }

    fn by_code(&self, code: Option<&str>) -> Verdict {
        let code = code.map(str::trim);
        let listed = |codes: &[String]| code.is_some_and(|code| codes.iter().any(|listed| listed == code));
        if listed(&self.accepted) {
            return Verdict::Delivered;
        }
        if listed(&self.retried) || self.other == Other::Retry {
            return Verdict::Retry;
        }
        Verdict::Dead { reason: answered(code), sent: true }
    }

    /// That this answer does not mean that a message is delivered.
    pub(super) fn answered(response: &Message) -> String {
        let code = response.raw(39).and_then(|raw| raw.text().ok());
        answered(code.as_deref().map(str::trim))
    }
}

fn answered(code: Option<&str>) -> String {
    // A response code is clear in every dialect; anything longer than one is not kept.
    let shown = code.filter(|code| code.len() <= 3 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    format!("answered with response code {}", shown.unwrap_or("(none)"))
}

/// What an attempt has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The peer has taken it.
    Delivered,
    /// The peer may have it, and is to have it again.
    Retry,
    /// The peer has not got a byte of it.
    Unsent,
    /// It is given up.
    Dead { reason: String, sent: bool },
}
