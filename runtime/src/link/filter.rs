//! Filters: what is done to the exact bytes of every message on its way, a MAC for one.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use super::{Direction, Error};

/// Works on the bytes of a message, which are exactly those on the wire: without frame and transport header.
///
/// Of several filters, the first one given sees an outgoing message first and an incoming one last.
///
/// ```
/// use isopace::Bytes;
/// use isopace::link::{Filter, Refused};
///
/// /// One byte behind each message: the exclusive or of the others.
/// struct Parity;
///
/// impl Filter for Parity {
///     fn outgoing(&self, body: &mut Vec<u8>) -> Result<(), Refused> {
///         body.push(body.iter().fold(0, |sum, byte| sum ^ byte));
///         Ok(())
///     }
///
///     fn incoming(&self, body: Bytes) -> Result<Bytes, Refused> {
///         match body.split_last() {
///             Some((parity, rest)) if rest.iter().fold(0, |sum, byte| sum ^ byte) == *parity => {
///                 Ok(body.slice(..rest.len()))
///             }
///             _ => Err(Refused::new("the parity is wrong")),
///         }
///     }
/// }
/// ```
pub trait Filter: Send + Sync {
    /// Changes a message that goes out.
    ///
    /// # Errors
    /// The message must not be sent.
    fn outgoing(&self, body: &mut Vec<u8>) -> Result<(), Refused>;

    /// Proves or changes a message that has come in. Give back a slice where that will do: nothing is copied then.
    ///
    /// # Errors
    /// The message must not be taken.
    fn incoming(&self, body: Bytes) -> Result<Bytes, Refused>;
}

/// Why a filter refuses a message. The text is part of the program, so that it cannot hold content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused(&'static str);

impl Refused {
    /// With a reason: "the MAC does not match".
    #[must_use]
    pub const fn new(reason: &'static str) -> Self {
        Refused(reason)
    }

    /// The reason.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Refused {}

/// Filters in the order of outgoing messages.
#[derive(Clone)]
pub(super) struct Filters(Vec<Arc<dyn Filter>>);

impl Filters {
    pub(super) const NONE: Filters = Filters(Vec::new());

    pub(super) fn add(&mut self, filter: impl Filter + 'static) {
        self.0.push(Arc::new(filter));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn outgoing(&self, body: &mut Vec<u8>) -> Result<(), Error> {
        let refused = |refused| Error::Filter { direction: Direction::Outgoing, refused };
        self.0.iter().try_for_each(|filter| filter.outgoing(body)).map_err(refused)
    }

    pub(super) fn incoming(&self, body: Bytes) -> Result<Bytes, Error> {
        let refused = |refused| Error::Filter { direction: Direction::Incoming, refused };
        self.0.iter().rev().try_fold(body, |body, filter| filter.incoming(body)).map_err(refused)
    }
}

impl fmt::Debug for Filters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} filters", self.0.len())
    }
}
