//! Several futures as one task that polls them in their order.
//!
//! Whoever waits for the status of a connector is woken in an order that tokio draws by chance. In one task the order of
//! the wakes is of no account, and a seed gives the same events.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

pub(crate) type Part = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Ends when all have.
pub(crate) struct Together(pub(crate) Vec<Part>);

impl Future for Together {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.0.retain_mut(|part| part.as_mut().poll(context).is_pending());
        if self.0.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    }
}
