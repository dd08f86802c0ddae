//! What the examples share.
//!
//! Read them in this order; each is a program of its own under `src/bin`:
//!
//! | program | what it shows |
//! |---|---|
//! | `01_decode` | reading a received message: typed values, chip data, all values masked, errors that say which byte |
//! | `02_build` | writing a message from a struct whose mandatory elements cannot be forgotten |
//! | `03_edit_and_reply` | forwarding with a change, answering by the rules of the spec |
//! | `04_derive` | a struct of one's own over a message, checked against the dialect when it is compiled |
//! | `05_client_and_server` | connectors at both ends: many requests at a time, deadlines, stopping in order |
//! | `06_tls` | TLS and mTLS |
//! | `07_pool` | three hosts as one, of which one goes and comes back |
//! | `08_network_management` | sign-on, echo test, sign-off; the host begins; a host that is gone without a word |
//! | `09_reversals` | an acquirer whose host answers late, never, or hangs up: each such purchase is reversed once, repeated until it is answered |
//! | `switch` | a whole switch from `deploy/`: hosts, links, gateway, the operator's page, an acquirer; masked traces and latencies |
//! | `container` | a switch with two links, each found by its name |
//! | `runtimehost` | components from a directory of descriptors, changed while they run |
//! | `flowdemo` | purchases as transactions in two phases: holds, routes, a rollback, a request that comes again |
//! | `issuer`, `acquirer` | the two ends of a connection over TCP, each message behind a length of two bytes |
//! | `exchange` | both of them in one program, every message shown masked |
//! | `posdemo` | a request and its answer as types of one's own, over loopback |
//! | `playground` | a message from flags, packed, shown and unpacked; or one in hex, unpacked |
//!
//! `deploy/` beside this package is a directory of descriptors for `teq run`, with a unit for systemd and a Containerfile;
//! `nodes/` is one of two nodes over one PostgreSQL, with a script that runs, kills and cuts them in network namespaces;
//! `build-script/` beside this package compiles a spec of its own in `build.rs`.

pub mod acquirer;
pub mod connection;
pub mod flags;
pub mod issuer;
pub mod playground;
pub mod posdemo;
pub mod show;
pub mod switch;
pub mod till;
