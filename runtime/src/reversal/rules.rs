//! Which requests are reversed, and how.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::store::Moment;
use crate::types::{Function, MessageClass, Mti, Stan, Version};

type Which = Arc<dyn Fn(Mti) -> bool + Send + Sync>;
type Numbers = Arc<dyn Fn() -> Stan + Send + Sync>;
type Approved = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// Which requests are reversed, and how.
#[derive(Clone)]
pub struct Rules {
    pub(super) which: Which,
    pub(super) advice: bool,
    pub(super) stan: Numbers,
    pub(super) approved: Approved,
    pub(super) echo: Option<Vec<u8>>,
    pub(super) identity: Option<Vec<u8>>,
    pub(super) fixed: Vec<(String, String)>,
    pub(super) node: Option<String>,
}

impl Default for Rules {
    /// Authorization and financial requests (0100, 0200 and their repeats), by an advice (0420), with the elements that
    /// the spec gives that message; numbered from the time of day on.
    fn default() -> Self {
        let day = Moment::now().millis() / 1000 % 86_400;
        // Ten a second, so that a restart goes on with numbers that were not used of late.
        let last = AtomicU32::new(u32::try_from(day * 10).unwrap_or_default());
        Rules {
            which: Arc::new(|mti| {
                matches!(mti.class(), MessageClass::Authorization | MessageClass::Financial)
                    && matches!(mti.function(), Function::Request)
            }),
            advice: true,
            stan: Arc::new(move || {
                let number = last.fetch_add(1, Ordering::Relaxed) % 999_999 + 1;
                Stan::new(number).unwrap_or(FIRST)
            }),
            approved: Arc::new(|code| match code.len() {
                2 => matches!(code, "00" | "08" | "10" | "11" | "16"),
                3 => code.starts_with('0'),
                _ => false,
            }),
            echo: None,
            identity: None,
            fixed: Vec::new(),
            node: None,
        }
    }
}

const FIRST: Stan = match Stan::new(1) {
    Ok(stan) => stan,
    Err(_) => panic!("a number of six digits"),
};

impl Rules {
    /// The default.
    #[must_use]
    pub fn new() -> Self {
        Rules::default()
    }

    /// Which requests are reversed, by their message type. Reversals and network management never are.
    #[must_use]
    pub fn which(mut self, which: impl Fn(Mti) -> bool + Send + Sync + 'static) -> Self {
        self.which = Arc::new(which);
        self
    }

    /// By a request (0400) and not by an advice (0420).
    #[must_use]
    pub const fn by_request(mut self) -> Self {
        self.advice = false;
        self
    }

    /// Where the audit numbers (DE 11) of reversals come from: those of whoever sends them.
    #[must_use]
    pub fn stan(mut self, next: impl Fn() -> Stan + Send + Sync + 'static) -> Self {
        self.stan = Arc::new(next);
        self
    }

    /// Which response codes (DE 39) are approvals: 00, 08, 10, 11, 16, and 0xx of three digits without this.
    #[must_use]
    pub fn approved(mut self, approved: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.approved = Arc::new(approved);
        self
    }

    /// The elements that a reversal has from its original. Without this those that the spec lists for it.
    #[must_use]
    pub fn echo(mut self, elements: &[u8]) -> Self {
        self.echo = Some(elements.to_vec());
        self
    }

    /// The elements that tell one transaction from any other, and that its answer has too. Without this DE 7 and 11,
    /// and from the edition of 1993 on DE 11 and 12.
    #[must_use]
    pub fn identity(mut self, elements: &[u8]) -> Self {
        self.identity = Some(elements.to_vec());
        self
    }

    /// Sets an element of every reversal, such as a reason: `("25", "4021")`. In the form of JSON: text, or hex for
    /// bytes.
    #[must_use]
    pub fn set(mut self, path: &str, value: &str) -> Self {
        self.fixed.push((path.to_owned(), value.to_owned()));
        self
    }

    /// Writes down what is sent before it is sent ([`Reverser::note_sent`](super::Reverser::note_sent)): what has no
    /// answer when the program ends is then reversed when it begins again. For this the node has a name of its own, the
    /// same after a restart.
    #[must_use]
    pub fn write_ahead(mut self, node: &str) -> Self {
        self.node = Some(node.to_owned());
        self
    }

    pub(super) fn reverses(&self, mti: Mti) -> bool {
        let never = matches!(mti.class(), MessageClass::Reversal | MessageClass::NetworkManagement);
        !never && mti.response().is_some() && (self.which)(mti)
    }

    pub(super) fn identity_of(&self, version: Version) -> &[u8] {
        match (&self.identity, version) {
            (Some(elements), _) => elements,
            (None, Version::V1987) => &[7, 11],
            (None, _) => &[11, 12],
        }
    }
}

impl std::fmt::Debug for Rules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rules")
            .field("advice", &self.advice)
            .field("echo", &self.echo)
            .field("identity", &self.identity)
            .field("node", &self.node)
            .finish_non_exhaustive()
    }
}
