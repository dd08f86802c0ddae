//! Why a gateway cannot be built or started.

use super::cause::CauseKind;
use super::routes::RouteErrors;
use crate::link;
use crate::mux::CorrelationError;

/// Why a gateway cannot be built.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// It does not know where to listen.
    #[error("a gateway needs a listener, or an address to listen at")]
    NoListener,
    /// It has no routes.
    #[error("a gateway needs at least one route")]
    NoRoutes,
    /// Two routes of one name.
    #[error("there are two routes called {0:?}")]
    SameName(String),
    /// The rows of its routes cannot be.
    #[error("routes: {0}")]
    Routes(#[from] RouteErrors),
    /// A route speaks another dialect than the clients, and nothing says what becomes of messages between them.
    #[error("route {route:?} speaks {found}, and the clients {expected}: it needs a mapping")]
    Unmapped {
        /// The route.
        route: String,
        /// The dialect of the clients.
        expected: &'static str,
        /// That of the route.
        found: &'static str,
    },
    /// A mapping is not between the two dialects of its leg.
    #[error("route {route:?}: a mapping from {from} to {to} is not what lies between the clients and the route")]
    Mapping {
        /// The route.
        route: String,
        /// Where the mapping is from.
        from: &'static str,
        /// Where it leads to.
        to: &'static str,
    },
    /// A route is to have STANs of the gateway's own, and one of the dialects has no STAN (DE 11).
    #[error("route {0:?} cannot have STANs of the gateway's own: DE 11 is no STAN in both dialects")]
    NoStan(String),
    /// A response code cannot be written in the dialect of the clients.
    #[error("the response code for {} cannot be written in DE 39 of the dialect", .0.name())]
    Code(CauseKind),
    /// Answers are to be kept for repeats, and the vault has no key: without their PANs they could not be given again.
    #[error("answers that are kept for repeats need a key of the vault: they have PANs")]
    NoStorageKey,
    /// Repeats are to be known by an element that is not in the dialect, or that may not be stored in clear.
    #[error("repeats cannot be known by data element {0}: it is not in the dialect, has parts, or may not be stored")]
    KeyElement(u8),
    /// The clients cannot be served.
    #[error("{0}")]
    Correlation(#[from] CorrelationError),
}

/// Why a gateway cannot be started.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// It runs.
    #[error("it runs already")]
    Running,
    /// It was given a listener, which went with the run before: give it an address to start it again.
    #[error("its listener is gone; one that is to be started again needs an address to listen at")]
    NoListener,
    /// It cannot listen.
    #[error("{0}")]
    Bind(#[from] link::Error),
}
