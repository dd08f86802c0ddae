//! The container: a whole switch from a directory of descriptors.
//!
//! A [`Teq`] runs components that the program gives it, and those that descriptors in a directory describe: one file each, JSON or
//! TOML. It keeps what runs as the directory says ([`Deployer`]), and gives out names to send requests to that stay good when what
//! stands behind them is replaced. `teq run` is this as a program; [`check()`] proves a directory without running it.
//!
//! ```toml
//! # deploy/isw.toml
//! name = "isw"
//! type = "connector"
//! enabled = true
//!
//! [config]
//! addr = "10.0.0.1:8583"
//! dialect = "iso87-a"            # or the path of a spec: "specs/partner.toml"
//! framing = "length2"
//! timeout_ms = 20000
//!
//! [config.network]
//! preset = "iso87"               # sign-on 001, sign-off 002, echo test 301
//! echo_when_idle_ms = 60000
//! elements = { 41 = "TERM0001" }
//!
//! [config.tls]
//! ca = "tls/partner-ca.pem"      # relative to this file
//! cert = "tls/us.pem"
//! key = "tls/us.key"
//! ```
//!
//! # A descriptor
//!
//! | key | meaning |
//! |---|---|
//! | `name` | unique in the deployment; what others name it by |
//! | `type` | `connector`, `pool`, `gateway`, `simulator`, `store-and-forward`, or one that the program has [registered](Teq::register) |
//! | `enabled` | without `true` it is not deployed |
//! | `required` | whether the switch counts as ready only with it; `true` unless it says otherwise |
//! | `config` | below, by type |
//!
//! A key that is not known is an error. Times are milliseconds. Descriptors of Isopace work as they are.
//!
//! A descriptor that has changed is redeployed, and so is one that names a spec (or one that this extends), a PEM file or a scenario
//! which has; a gateway of which only the routes have changed takes them while it runs. What is being written is left alone until it
//! stands still. Keys of stores are not looked at: what was stored under the one before could not be read any more.
//!
//! # `type = "connector"`
//!
//! | key | without it | meaning |
//! |---|---|---|
//! | `addr`, or `addresses` | | where it dials, `host:port`; several are alternates |
//! | `listen` | | the peer dials, to this address of ours |
//! | `dialect` (`packager`) | `iso87-a` | a shipped dialect, or the path of a spec |
//! | `framing` (`framer`) | `length2` | as [`Framing`](crate::frame::Framing) is parsed |
//! | `tls` | none | `true`: authorities of the system; or a table of `ca`, `cert`, `key`, `server_name` |
//! | `correlation`, or `correlation_des` | that of the dialect | alternatives of elements, `[[11, 41], [11]]`, also by message class |
//! | `timeout_ms` | 30000 | the deadline of a request; 0 is as without it |
//! | `connect_timeout_ms`, `write_timeout_ms` | 10000, 15000 | |
//! | `idle_timeout_ms` | none | the link ends when nothing comes in for so long |
//! | `drop_after_silence_ms` | none | the same while it is ready |
//! | `drain_timeout_ms` | 30000 | how long what is in flight is waited for when it stops |
//! | `min_backoff_ms`, `max_backoff_ms`, `backoff_jitter` | 250, 30000, true | waits between attempts to connect |
//! | `max_in_flight` | 4096 | further requests wait |
//! | `wait_until_ready` | false | requests wait for a link |
//! | `second_link` | `replaces` | or `refused`: a second link of a peer that dials |
//! | `unsolicited_queue` | the log | a key of [`Teq::space`]: messages of the peer that nobody waits for are put there, unanswered, 4096 at most |
//! | `network` | | a table: `preset` (`iso87`, `iso93`, `none`), `sign_on`, `sign_off`, `echo` (codes), `echo_interval_ms` or `echo_when_idle_ms`, `echo_timeout_ms`, `sign_on_timeout_ms`, `sign_off_timeout_ms`, `await_sign_on` (codes) and `await_sign_on_ms`, `accept` (response codes), `answer` (codes), `mti`, `code_element`, `elements` |
//! | `sign_on`, `echo`, `header` | | as in Isopace: `{mti, nmic}`, `{mti, nmic, interval_ms}`, `{"41": "TERM0001"}` |
//!
//! # `type = "pool"`
//!
//! | key | without it | meaning |
//! |---|---|---|
//! | `members` | | names of connectors that have descriptors of their own, which the pool runs then; or tables of `name` and `config`. They dial or `listen` |
//! | `strategy` | `least-in-flight` | or `round-robin`, `primary` |
//! | `timeout_ms`, `max_in_flight`, `wait_until_ready` | 30000, 4096, false | as of a connector; most in flight on each member |
//! | `min_ready`, `connect_timeout_ms` | 0, 30000 | how many members its start waits for, and how long |
//! | `min_backoff_ms`, `max_backoff_ms` | those of the members | |
//!
//! A member that is not enabled is left out.
//!
//! # `type = "gateway"`
//!
//! | key | without it | meaning |
//! |---|---|---|
//! | `addr` | | where clients connect, `host:port` |
//! | `route_to` | | the component that takes what no row of `routes` does |
//! | `routes` | | [rows](crate::gateway::Row): `to`, `pan_prefixes`, `mti`, `processing_code`, `amount_from`, `amount_to`, `currency`, `merchant_type`. To a `store-and-forward` go advices (`mti = "0220"`): it answers them when they are on the disk |
//! | `dialect`, `framing`, `tls`, `idle_timeout_ms`, `write_timeout_ms`, `connect_timeout_ms` | | of the clients, as of a connector |
//! | `timeout_ms`, `grace_ms` | 30000, 30000 | when a client has its answer; how long what is in flight may take when it stops |
//! | `allow` | everybody | networks of the clients, `["10.1.0.0/16"]` |
//! | `max_clients`, `max_in_flight`, `max_in_flight_per_client` | 1024, 16384, 1024 | what is beyond is refused. A client takes a file of the system: `ulimit -n`, `LimitNOFILE` |
//! | `reversals` | none | a `store-and-forward`, or a list, one for each component that is routed to: requests that timed out or whose link was lost, and approvals that have not reached their client, are reversed through it (0420). Where the queue has a `node` (a file has one), requests are written down before they are sent, in its store: what a process that ends has under way is reversed by the next one |
//! | `reversal_key` | `[7, 11]`, from the edition of 1993 on `[11, 12]` | the elements that tell requests apart that are to be reversed, and that answers have too: two that agree in them are reversed once. Where clients choose their own STANs say `[7, 11, 41]`, or give them STANs of the gateway's (`own_stan`). One that lacks some is neither written down nor reversed |
//! | `idempotency` | none | a table: what is sent again is carried on once, and gets the answer that was given (below) |
//! | `trace` | one of 100 | a table: `one_of` (0 for none), `failures`, `raw`, `log`: which transactions [the host](crate::host::Host::traces) keeps traces of, and the log |
//! | `upstream` | | a table by component: `own_stan` (`true`, or `{ from = 1, to = 499999 }`: the range of this node, of reversals too), `max_in_flight`, and for one that speaks another dialect `requests` and `answers`, tables of `same`, `path`, `drop`, `drop_rest`, `message_type` ([`Mapping`](crate::gateway::Mapping)) |
//!
//! ## Repeats
//!
//! The table `idempotency` of a gateway (features `store`, `postgres`): see `isopace::gateway::Idempotency`. Gateways of one name that share a store,
//! on however many nodes, are one for this. Where there are `reversals` too, they have the same store.
//!
//! | key | without it | meaning |
//! |---|---|---|
//! | `store`, or `postgres`; `tls`, `store_timeout_ms`, `key_id`, `key_file`, `earlier_keys` | | where answers are kept, and the key that they are encrypted with, as of a `store-and-forward` |
//! | `key` | `[7, 11, 32, 41]`, from the edition of 1993 on `[11, 12, 32, 41]` | the elements that a request and its repeats have in common; those that say who sends (32, 33, 41, 42) may be missing |
//! | `ttl_ms` | 86400000 | how long an answer is kept |
//! | `max` | 1000000 | most answers; beyond it the oldest are given up |
//! | `scope` | the name of the gateway | what the answers are called in the store |
//!
//! # `type = "store-and-forward"`
//!
//! A durable queue to another component (features `store`, `postgres`), under its own name: see `isopace::saf`. `teq saf` looks into it.
//!
//! | key | without it | meaning |
//! |---|---|---|
//! | `upstream` | | the connector or pool that messages are delivered to; it gives the dialect |
//! | `store`, or `postgres` | | a file, relative to this one, of one process at a time; or a connection, `postgresql://...`. Descriptors that name the same one share it |
//! | `tls` | none | of the connection to PostgreSQL, as of a connector: `true`, or a table of `ca`, `cert`, `key`, `server_name`. The server has to have a certificate of these authorities with its name; nothing is sent before |
//! | `store_timeout_ms` | 30000 | how long an answer of PostgreSQL may take, and how long it waits for a node that is cut off in the midst of a change |
//! | `key_id`, `key_file` | | the name of the key that messages are encrypted with, and a file with its 64 hex digits |
//! | `earlier_keys` | none | a list of `{ id = "2025-11", file = "keys/2025-11.hex" }`: keys that only open what they have sealed |
//! | `node` | `local` for a file, by chance for PostgreSQL | the name of this node, the same after a restart, and of no other node that shares the store |
//! | `timeout_ms` | 30000 | how long an answer is waited for |
//! | `min_backoff_ms`, `max_backoff_ms` | 1000, 300000 | waits between attempts |
//! | `attempts`, `expire_ms` | 1000, 259200000 | when a message is given up; 0 for no expiry |
//! | `accept`, `retry` | below | response codes of what is delivered, and of what is sent again |
//! | `takeover_margin_ms` | 30000 | after twice `timeout_ms` and this another node takes the queue over from one that is gone in the midst of a message; more than the clocks of the nodes differ by |
//! | `max_waiting` | 1000000 | what is beyond is refused; reversals never are |
//!
//! As a route of a gateway it takes advices (0120, 0220, 0420): the client is answered (0230, 00) when one is on the disk, a repeat is
//! answered and not kept again, and the issuer gets it when it can.
//!
//! Its figures are `pending`, `dead` (given up) and `oldest_age_ms` (of what waits). What was delivered is remembered for a week.
//!
//! ## Delivery
//!
//! 00, 000 and 400 mean delivered, 19, 22, 68, 91, 96, 907, 909, 911, 912 and 923 send a message again; any other code gives it up.
//!
//! # `type = "simulator"`
//!
//! | key | without it | meaning |
//! |---|---|---|
//! | `listen`, or `addr` | | where it listens, or dials |
//! | `dialect`, `framing`, `tls` | | as of a connector |
//! | `scenario` | everything is answered | the path of a [scenario](crate::simulator::Scenario), relative to this file |
//! | `limit`, `seed` | those of the scenario | the largest amount that is approved, in minor units; the seed of its chances |

mod apply;
mod builder;
mod check;
mod container;
mod context;
mod deployer;
mod descriptor;
mod kinds;
mod plan;
mod registry;
mod rerouting;
mod scan;
mod settling;
mod signals;

pub use builder::Builder;
pub use check::{Checked, check};
pub use container::{Teq, TeqError};
pub use context::{Context, Target};
pub use deployer::{Deployer, Scan};
pub use descriptor::{Descriptor, DescriptorError};
pub use registry::{Factory, Registry};
