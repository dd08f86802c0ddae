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
    /// By route, those without one last.
    routes: Vec<Route>,
    declines: [Counter; CauseKind::ALL.len()],
    pub(super) connections: Gauge,
    pub(super) in_flight: Gauge,
    /// Answers by response code, those that the dialect lists, in order.
    codes: Vec<(&'static str, Counter)>,
    /// Answers with another one, or with none.
    other: Counter,
}

struct Route {
    seconds: Histogram,
    response: Counter,
    sent: Counter,
    declined: [Counter; CauseKind::ALL.len()],
}

impl Metrics {
    /// With the recorder that is installed now.
    pub(super) fn new<'a>(gateway: &str, dialect: &Dialect, routes: impl Iterator<Item = &'a str>) -> Self {
        describe_counter!("isopace_gateway_requests_total", "Requests, by how they ended.");
        describe_histogram!("isopace_gateway_seconds", "Seconds from a request to its answer.");
        describe_counter!("isopace_gateway_declines_total", "Requests declined by the gateway itself.");
        describe_counter!("isopace_gateway_answers_total", "Answers given to clients, by response code (DE 39).");
        describe_gauge!("isopace_gateway_connections", "Links of clients.");
        describe_gauge!("isopace_gateway_in_flight", "Requests in flight.");
        let gateway = gateway.to_owned();
        let route = |route: &str| {
            let requests = |outcome: &'static str| {
                let (gateway, route) = (gateway.clone(), route.to_owned());
                counter!("isopace_gateway_requests_total", "gateway" => gateway, "route" => route, "outcome" => outcome)
            };
            Route {
                seconds: {
                    let (gateway, route) = (gateway.clone(), route.to_owned());
                    histogram!("isopace_gateway_seconds", "gateway" => gateway, "route" => route)
                },
                response: requests("response"),
                sent: requests("sent"),
                declined: CauseKind::ALL.map(|kind| requests(kind.name())),
            }
        };
        let decline = |kind: CauseKind| counter!("isopace_gateway_declines_total", "gateway" => gateway.clone(), "cause" => kind.name());
        let answers = |code: &'static str| counter!("isopace_gateway_answers_total", "gateway" => gateway.clone(), "code" => code);
        let listed = dialect.field(RESPONSE_CODE).map_or(&[][..], |field| field.values);
        let mut codes: Vec<_> = listed.iter().map(|(code, _)| (*code, answers(code))).collect();
        codes.sort_unstable_by_key(|(code, _)| *code);
        Metrics {
            codes,
            other: answers("other"),
            routes: routes.chain([NONE]).map(route).collect(),
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
    pub(super) fn ended(&self, route: Option<usize>, ended: Ended, after: Duration) {
        if let Ended::Declined(kind) = ended {
            self.declines[kind as usize].increment(1);
        }
        let none = self.routes.len().saturating_sub(1);
        let Some(route) = self.routes.get(route.unwrap_or(none)) else { return };
        route.seconds.record(after.as_secs_f64());
        match ended {
            Ended::Response => route.response.increment(1),
            Ended::Sent => route.sent.increment(1),
            Ended::Declined(kind) => route.declined[kind as usize].increment(1),
        }
    }
}
