//! The metrics of connectors and pools, for the recorder of the [`metrics`] facade that the process has installed.
//!
//! Install it before connectors are built: what they count is registered then, once. Without a recorder nothing is
//! counted here; [`Connector::stats`](crate::connector::Connector::stats) counts in any case. Labels take few values:
//! names that you give to connectors and pools, and words from the lists below. Nothing of a message gets into them.
//!
//! | name | kind | labels | what |
//! |---|---|---|---|
//! | [`CONNECTOR_STATE`] | gauge | `connector`, `state` | 1 for the state the connector is in, 0 for the others: `stopped`, `connecting`, `signing-on`, `ready`, `draining`, `backoff` |
//! | [`REQUESTS`] | counter | `connector`, `outcome` | requests that have ended: `response`, `not-sent`, `timed-out`, `unknown`, `rejected`; `cancelled` when the caller went away. Over a pool each attempt counts for its member |
//! | [`REQUEST_SECONDS`] | histogram | `connector` | how long answered requests took; of those that begin within one millisecond the first one is recorded |
//! | [`IN_FLIGHT`] | gauge | `connector` | requests that wait for their answer on the link, sign-on and echo test included |
//! | [`UNMATCHED`] | counter | `connector`, `reason` | messages given to nobody: `late`, `duplicate`, `ambiguous`, `unmatched`, `unserved` |
//! | [`UNDECODABLE`] | counter | `connector` | frames that are no message of the dialect |
//! | [`REFUSED`] | counter | `connector` | messages that a filter of the link did not take |
//! | [`LINKS`] | counter | `connector` | links there have been |
//! | [`RECONNECTS`] | counter | `connector` | links there have been after the first one |
//! | [`LINK_FAILURES`] | counter | `connector`, `failure` | attempts and links that have failed, by [`Failure::name`](crate::connector::Failure::name) |
//! | [`LINK_BYTES`] | counter | `connector`, `direction` | bytes of the link, `in` and `out`; under TLS those within it |
//! | [`LINK_FRAMES`] | counter | `connector`, `direction` | frames of the link, `in` and `out`; out counts what was given to the connection |
//! | [`POOL_READY`] | gauge | `pool` | members that are ready |
//! | [`POOL_MEMBERS`] | gauge | `pool` | all members |

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// 1 for the state that a connector is in.
pub const CONNECTOR_STATE: &str = "isopace_connector_state";
/// Requests that have ended.
pub const REQUESTS: &str = "isopace_requests_total";
/// How long answered requests took.
pub const REQUEST_SECONDS: &str = "isopace_request_seconds";
/// Requests that wait for their answer.
pub const IN_FLIGHT: &str = "isopace_in_flight";
/// Messages given to nobody.
pub const UNMATCHED: &str = "isopace_unmatched_total";
/// Frames that are no message of the dialect.
pub const UNDECODABLE: &str = "isopace_undecodable_total";
/// Messages that a filter did not take.
pub const REFUSED: &str = "isopace_refused_total";
/// Links there have been.
pub const LINKS: &str = "isopace_links_total";
/// Links there have been after the first one.
pub const RECONNECTS: &str = "isopace_reconnects_total";
/// Attempts and links that have failed.
pub const LINK_FAILURES: &str = "isopace_link_failures_total";
/// Bytes of links.
pub const LINK_BYTES: &str = "isopace_link_bytes_total";
/// Frames of links.
pub const LINK_FRAMES: &str = "isopace_link_frames_total";
/// Members of a pool that are ready.
pub const POOL_READY: &str = "isopace_pool_ready";
/// Members of a pool.
pub const POOL_MEMBERS: &str = "isopace_pool_members";

/// Tells the recorder what each metric is and what it counts in.
pub fn describe() {
    describe_gauge!(CONNECTOR_STATE, "1 for the state that the connector is in");
    describe_counter!(REQUESTS, "Requests that have ended, by outcome");
    describe_histogram!(REQUEST_SECONDS, Unit::Seconds, "How long answered requests took");
    describe_gauge!(IN_FLIGHT, "Requests that wait for their answer");
    describe_counter!(UNMATCHED, "Messages given to nobody, by reason");
    describe_counter!(UNDECODABLE, "Frames that are no message of the dialect");
    describe_counter!(REFUSED, "Messages that a filter of the link did not take");
    describe_counter!(LINKS, "Links there have been");
    describe_counter!(RECONNECTS, "Links there have been after the first one");
    describe_counter!(LINK_FAILURES, "Attempts and links that have failed");
    describe_counter!(LINK_BYTES, Unit::Bytes, "Bytes of the link, by direction");
    describe_counter!(LINK_FRAMES, "Frames of the link, by direction");
    describe_gauge!(POOL_READY, "Members that are ready");
    describe_gauge!(POOL_MEMBERS, "Members of the pool");
}
