//! What a test host tells while it runs.

use std::net::SocketAddr;

use crate::msg::{Error, Message};

/// Something that has happened on a connection. Messages print masked.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A connection has begun.
    Connected {
        /// Its number, from 1.
        client: u64,
        /// Who it is with.
        peer: Option<SocketAddr>,
    },
    /// A message has come in.
    Received {
        /// Over which connection.
        client: u64,
        /// The message.
        message: &'a Message,
        /// The rule of the scenario that decides on it.
        rule: Option<&'a str>,
    },
    /// A frame has come in that is no message of the dialect.
    Undecodable {
        /// Over which connection.
        client: u64,
        /// Its length.
        bytes: usize,
        /// What is wrong with it.
        error: Error,
    },
    /// A frame goes out.
    Sent {
        /// Over which connection.
        client: u64,
        /// The message; nothing where it is none any more, being corrupted.
        message: Option<&'a Message>,
        /// Its length.
        bytes: usize,
    },
    /// A connection has ended.
    Ended {
        /// Which.
        client: u64,
        /// How, in a word or two: `closed by the peer`, `reset by the scenario`.
        how: &'a str,
    },
}
