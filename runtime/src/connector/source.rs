//! Where links come from: we dial, or the peer does.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::link::{Connect, Error, Link, Listener};

pub(super) type Opening = Pin<Box<dyn Future<Output = Result<Link, Error>> + Send>>;

/// How to open one link.
pub(super) enum Dial {
    Connect(Box<Connect>),
    With(Box<dyn Fn() -> Opening + Send + Sync>, Duration),
}

impl Dial {
    async fn open(&self) -> Result<Link, Error> {
        match self {
            Dial::Connect(connect) => connect.open().await,
            Dial::With(open, deadline) => {
                let late = |_| Error::ConnectTimeout { address: "the peer".to_owned(), after: *deadline };
                tokio::time::timeout(*deadline, open()).await.map_err(late)?
            }
        }
    }
}

/// Where links come from.
pub(super) enum Source {
    Dials(Arc<[Dial]>),
    /// Links come from here, or are offered.
    Accepts(Option<Listener>),
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Source::Dials(dials) => write!(f, "Dials({})", dials.len()),
            Source::Accepts(listener) => f.debug_tuple("Accepts").field(listener).finish(),
        }
    }
}

/// Opens a link to the first that can be reached, in turn from this one on; gives which one it is.
pub(super) async fn dial(dials: Arc<[Dial]>, from: usize) -> Result<(usize, Link), Error> {
    let mut last = Error::Configuration { what: "no address to connect to".to_owned() };
    for at in (0..dials.len()).map(|at| (from + at) % dials.len()) {
        match dials[at].open().await {
            Ok(link) => return Ok((at, link)),
            Err(error) => last = error,
        }
    }
    Err(last)
}
