//! What a pool tells the metrics of the process: how many of its members are ready.

use std::sync::{Arc, Weak};

use metrics::{Gauge, gauge};
use tokio::sync::oneshot;

use super::{Inner, Status, any};
use crate::connector;
use crate::metrics_names as names;

/// Tells them as they change, until the pool is closed or gone. What a filter decides on is looked at only when a member
/// changes.
pub(super) fn tell(inner: &Arc<Inner>, open: oneshot::Receiver<()>) -> impl Future<Output = ()> + Send + use<> {
    let members: Vec<_> = inner.members.iter().map(|member| member.connector.changes()).collect();
    let ready = gauge!(names::POOL_READY, "pool" => inner.name.clone());
    gauge!(names::POOL_MEMBERS, "pool" => inner.name.clone()).set(members.len() as f64);
    // The pool ends with its last handle: this one does not count.
    let inner = Arc::downgrade(inner);
    async move {
        tokio::select! {
            _ = open => {}
            () = watch(inner, members, &ready) => {}
        }
        ready.set(0);
    }
}

async fn watch(inner: Weak<Inner>, mut members: Vec<connector::Changes>, ready: &Gauge) {
    while let Some(inner) = inner.upgrade() {
        ready.set(Status::of(&inner).ready as f64);
        drop(inner);
        any(members.iter_mut().map(connector::Changes::next)).await;
    }
}
