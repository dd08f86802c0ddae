//! Metrics, by the facade of the `metrics` crate. All labels are names from the configuration or of this module.

use std::time::Duration;

use ::metrics::{
    Counter, Gauge, Histogram, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};

use super::cause::CauseKind;
use crate::msg::{Dialect, Message};
use crate::types::Text;

/// How a request ended, as a label.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ended {
    Response,
    Sent,
    Declined(CauseKind),
}

/// The data element of response codes (ISO 8583:1987 and 1993, DE 39).
const RESPONSE_CODE: u8 = 39;

/// The name of the route of requests that have none.
const NONE: &str = "none";

/// Handles, registered once.
pub(super) struct Metrics {
    /// Of requests without a route.
    none: RouteMetrics,
    declines: [Counter; CauseKind::ALL.len()],
    pub(super) connections: Gauge,
    pub(super) in_flight: Gauge,
    /// Answers by response code, those that the dialect lists, in order.
    codes: Vec<(&'static str, Counter)>,
    /// Answers with another one, or with none.
    other: Counter,
}

/// Those of one route.
pub(super) struct RouteMetrics {
    seconds: Histogram,
    response: Counter,
    sent: Counter,
    declined: [Counter; CauseKind::ALL.len()],
}

impl RouteMetrics {
    /// With the recorder that is installed now.
    pub(super) fn new(gateway: &str, route: &str) -> Self {
        let names = || (gateway.to_owned(), route.to_owned());
        let requests = |outcome: &'static str| {
            let (gateway, route) = names();
            counter!("isopace_gateway_requests_total", "gateway" => gateway, "route" => route, "outcome" => outcome)
        };
        let (owner, own) = names();
        RouteMetrics {
            seconds: histogram!("isopace_gateway_seconds", "gateway" => owner, "route" => own),
            response: requests("response"),
            sent: requests("sent"),
            declined: CauseKind::ALL.map(|kind| requests(kind.name())),
        }
    }
}

impl std::fmt::Debug for RouteMetrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RouteMetrics")
    }
}

impl Metrics {
    /// With the recorder that is installed now.
    pub(super) fn new(gateway: &str, dialect: &Dialect) -> Self {
        describe_counter!("isopace_gateway_requests_total", "Requests, by how they ended.");
        describe_histogram!("isopace_gateway_seconds", "Seconds from a request to its answer.");
        describe_counter!("isopace_gateway_declines_total", "Requests declined by the gateway itself.");
        describe_counter!("isopace_gateway_answers_total", "Answers given to clients, by response code (DE 39).");
        describe_gauge!("isopace_gateway_connections", "Links of clients.");
        describe_gauge!("isopace_gateway_in_flight", "Requests in flight.");
        let (none, gateway) = (RouteMetrics::new(gateway, NONE), gateway.to_owned());
        let decline = |kind: CauseKind| counter!("isopace_gateway_declines_total", "gateway" => gateway.clone(), "cause" => kind.name());
        let answers = |code: &'static str| counter!("isopace_gateway_answers_total", "gateway" => gateway.clone(), "code" => code);
        let listed = dialect.field(RESPONSE_CODE).map_or(&[][..], |field| field.values);
        let mut codes: Vec<_> = listed.iter().map(|(code, _)| (*code, answers(code))).collect();
        codes.sort_unstable_by_key(|(code, _)| *code);
        Metrics {
            codes,
            other: answers("other"),
            none,
            declines: CauseKind::ALL.map(decline),
            connections: gauge!("isopace_gateway_connections", "gateway" => gateway.clone()),
            in_flight: gauge!("isopace_gateway_in_flight", "gateway" => gateway.clone()),
        }
    }

    /// A client is given this answer.
    pub(super) fn answered(&self, answer: &Message) {
        let code = answer.get::<Text<'_>>(RESPONSE_CODE).ok().flatten();
        self.answered_with(code.map_or("", |code| code.as_str()));
    }

    /// A client is given an answer with this response code.
    pub(super) fn answered_with(&self, code: &str) {
        let at = self.codes.binary_search_by(|(listed, _)| (*listed).cmp(code));
        at.map_or(&self.other, |at| &self.codes[at].1).increment(1);
    }

    /// A request has ended.
    pub(super) fn ended(&self, route: Option<&RouteMetrics>, ended: Ended, after: Duration) {
        if let Ended::Declined(kind) = ended {
            self.declines[kind as usize].increment(1);
        }
        let route = route.unwrap_or(&self.none);
        route.seconds.record(after.as_secs_f64());
        match ended {
            Ended::Response => route.response.increment(1),
            Ended::Sent => route.sent.increment(1),
            Ended::Declined(kind) => route.declined[kind as usize].increment(1),
        }
    }
}
