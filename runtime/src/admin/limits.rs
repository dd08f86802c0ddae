//! The bounds of an [`Admin`](super::Admin).

use std::time::Duration;

/// The bounds of an [`Admin`](super::Admin): what one client may take of it, and all together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Connections at a time. When there are as many, the one that has been there longest and asks for nothing makes
    /// room for the next; where all are being answered, the next one waits.
    pub connections: usize,
    /// Time for the head of a request, from the end of the one before it: idle connections end after this, too.
    pub head: Duration,
    /// Time for a request, its body and its answer included.
    pub request: Duration,
    /// Bytes of a body.
    pub body: usize,
    /// Time of a connection. After this it ends with the request that it is at; a client that does not take the
    /// answer is cut off when the time for a request is over, too.
    pub connection: Duration,
    /// Time that requests have to end when it is stopped.
    pub grace: Duration,
    /// Inspections at a time.
    pub inspections: usize,
}

impl Default for Limits {
    /// 64 connections of at most a minute, 5 seconds for a head, 10 for a request, bodies of 512 KiB, 2 seconds to
    /// stop.
    fn default() -> Self {
        Limits {
            connections: 64,
            head: Duration::from_secs(5),
            request: Duration::from_secs(10),
            body: 512 << 10,
            connection: Duration::from_secs(60),
            grace: Duration::from_secs(2),
            inspections: 2,
        }
    }
}

impl Limits {
    /// With another bound on the connections at a time; at least 1.
    #[must_use]
    pub const fn connections(mut self, connections: usize) -> Self {
        self.connections = if connections == 0 { 1 } else { connections };
        self
    }

    /// With another bound on the time for the head of a request.
    #[must_use]
    pub const fn head(mut self, time: Duration) -> Self {
        self.head = time;
        self
    }

    /// With another bound on the time for a request.
    #[must_use]
    pub const fn request(mut self, time: Duration) -> Self {
        self.request = time;
        self
    }

    /// With another bound on the bytes of a body.
    #[must_use]
    pub const fn body(mut self, bytes: usize) -> Self {
        self.body = bytes;
        self
    }

    /// With another bound on the time of a connection.
    #[must_use]
    pub const fn connection(mut self, time: Duration) -> Self {
        self.connection = time;
        self
    }

    /// With another bound on the time that requests have to end when it is stopped.
    #[must_use]
    pub const fn grace(mut self, time: Duration) -> Self {
        self.grace = time;
        self
    }
}
