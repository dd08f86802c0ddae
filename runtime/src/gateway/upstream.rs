//! One route: a forwarder, and how requests are made fit for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::forwarder::Forwarder;
use super::late::LateAnswers;
use super::mapping::Mapping;
use super::stan::OwnStans;
use crate::connector::Stans;

/// A route: where requests go, and how they are made fit for it.
pub struct Upstream {
    pub(super) name: String,
    pub(super) forwarder: Arc<dyn Forwarder>,
    /// Requests there, answers back.
    pub(super) mapping: Option<(Mapping, Mapping)>,
    pub(super) stans: Option<Arc<OwnStans>>,
    pub(super) late: Vec<LateAnswers>,
    most: usize,
    in_flight: Arc<AtomicUsize>,
}

impl Upstream {
    /// A route of this name. It speaks the dialect of the clients unless there is a [mapping](Upstream::mapping).
    #[must_use]
    pub fn new(name: impl Into<String>, forwarder: impl Forwarder) -> Self {
        Upstream {
            name: name.into(),
            forwarder: Arc::new(forwarder),
            mapping: None,
            stans: None,
            late: Vec::new(),
            most: usize::MAX,
            in_flight: Arc::default(),
        }
    }

    /// For a route that speaks another dialect: what becomes of requests on the way there, and of answers on the way
    /// back.
    #[must_use]
    pub fn mapping(mut self, requests: Mapping, answers: Mapping) -> Self {
        self.mapping = Some((requests, answers));
        self
    }

    /// Gives requests a STAN (DE 11) of the gateway's own, one that nothing else in flight on this route has, and puts
    /// the client's back into the answer. Needed where several clients may send the same STAN from what looks like the
    /// same terminal.
    ///
    /// A repeat (0201, 0421) gets the STAN of the request that it repeats, and the original data elements (DE 90, from
    /// 1993 on DE 56) of a reversal the STAN that its original went out with, as long as the gateway remembers it: the
    /// last 65 536 requests since it was built. After that, and where such a request came by way of another gateway,
    /// they go out as they came.
    #[must_use]
    pub fn own_stan(self) -> Self {
        self.own_stan_from(Stans::default())
    }

    /// As [`Upstream::own_stan`], with the next numbers from here: say from where the last run ended, or together with
    /// the network management of the connector.
    #[must_use]
    pub fn own_stan_from(mut self, stans: Stans) -> Self {
        self.stans = Some(Arc::new(OwnStans::new(stans)));
        self
    }

    /// Most requests in flight on this route; further ones are declined. Without this the bounds of the gateway are all
    /// there is.
    #[must_use]
    pub const fn max_in_flight(mut self, requests: usize) -> Self {
        self.most = requests;
        self
    }

    /// Tells [`Events::late`](super::Events::late) of late answers that this hears of.
    #[must_use]
    pub fn late_answers(mut self, late: &LateAnswers) -> Self {
        self.late.push(late.clone());
        self
    }

    /// A place among those in flight.
    pub(super) fn place(&self) -> Option<Place> {
        Place::take(&self.in_flight, self.most)
    }

    /// Requests in flight.
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }
}

impl std::fmt::Debug for Upstream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upstream")
            .field("name", &self.name)
            .field("dialect", &self.forwarder.dialect().name())
            .field("mapping", &self.mapping)
            .field("own_stan", &self.stans.is_some())
            .finish_non_exhaustive()
    }
}

/// A place among so many; free again when dropped.
#[derive(Debug)]
pub(super) struct Place(Arc<AtomicUsize>);

impl Place {
    pub(super) fn take(count: &Arc<AtomicUsize>, most: usize) -> Option<Self> {
        let one_more = |now| (now < most).then_some(now + 1);
        count.fetch_update(Ordering::AcqRel, Ordering::Relaxed, one_more).ok()?;
        Some(Place(Arc::clone(count)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
