//! Which STAN a request went out with, for what refers to it later: its repeat, and its reversal.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

use crate::msg::{Dialect, Message};
use crate::types::{Mti, Stan};

/// Requests that are remembered.
const MOST: usize = 64 * 1024;

/// Where the STAN stands in the text of the original data elements (DE 90, from 1993 on DE 56): behind the message
/// type.
pub(in crate::gateway) const STAN_DIGITS: std::ops::Range<usize> = 4..10;

/// A request as its client knows it: message type, STAN, terminal and acquirer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::gateway) struct Original {
    mti: Mti,
    stan: u32,
    /// Of terminal and acquirer. Not taken for equal to the like of another run.
    origin: u64,
}

#[derive(Debug, Default)]
pub(super) struct Memory {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    stans: HashMap<Original, Stan>,
    order: VecDeque<Original>,
}

impl Original {
    /// A request.
    pub(super) fn of(request: &Message, stan: Stan) -> Self {
        Original { mti: request.mti().original(), stan: stan.get(), origin: origin(request) }
    }

    /// The request that another one refers to, from the same terminal: by the text of its original data elements.
    pub(in crate::gateway) fn referred(request: &Message, text: &str) -> Option<Self> {
        let mti = Mti::from_digits(text.as_bytes().get(..STAN_DIGITS.start)?).ok()?;
        let stan = Stan::from_digits(text.as_bytes().get(STAN_DIGITS)?).ok()?;
        Some(Original { mti: mti.original(), stan: stan.get(), origin: origin(request) })
    }
}

fn origin(request: &Message) -> u64 {
    static HASHER: std::sync::LazyLock<RandomState> = std::sync::LazyLock::new(RandomState::new);
    let element = |number: u8| request.span(number).and_then(|span| request.as_bytes().get(span));
    HASHER.hash_one((element(32), element(41), element(42)))
}

/// The element of a dialect that says which message another one refers to.
pub(in crate::gateway) fn references(dialect: &'static Dialect) -> Option<u8> {
    let refers = |number: &u8| dialect.field(*number).is_some_and(|field| field.ident == "original_data_elements");
    [90, 56].into_iter().find(refers)
}

impl Memory {
    pub(super) fn remember(&self, original: Original, stan: Stan) {
        // Nothing that runs under the lock leaves it half done.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.stans.insert(original, stan).is_none() {
            known.order.push_back(original);
        }
        if known.order.len() > MOST
            && let Some(oldest) = known.order.pop_front()
        {
            known.stans.remove(&oldest);
        }
    }

    pub(super) fn find(&self, original: &Original) -> Option<Stan> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).stans.get(original).copied()
    }
}
