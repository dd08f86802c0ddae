//! A test host: what a partner does, good and bad, without the partner.
//!
//! A [`Simulator`] takes connections, or dials, and answers every request by the reply rules of the dialect: amounts up to a limit are
//! approved with a code of a sequence, others declined, network management is answered. A [`Scenario`] changes that, message by
//! message: answers that are slow, late, missing, given twice, in reverse, corrupted; connections that are closed or reset; messages
//! sent unasked; recorded traffic. All chance comes from a seed, so that a run repeats exactly as long as the same messages come in
//! the same order.
//!
//! A [`Mix`] makes the messages for the other side: load.
//!
//! It is no host for production: it keeps no accounts, checks no PIN and no MAC, and sends what is wrong if told to.
//!
//! ```
//! use isopace::host::Component;
//! use isopace::iso87a::DIALECT;
//! use isopace::link::Listen;
//! use isopace::frame::{Framing, Header};
//! use isopace::simulator::{Scenario, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let scenario = Scenario::parse(&DIALECT, "lossy", r#"
//!     [[rule]]
//!     match = { mti = "0200" }
//!     every = 3
//!     drop = true
//! "#)?;
//! let listen = Listen::new(Framing::new(Header::Binary2));
//! let host = Simulator::builder(&DIALECT).listen(listen, "127.0.0.1:0").scenario(scenario).build()?;
//! host.start().await?;
//! println!("listening at {:?}", host.local_address());
//! host.stop().await;
//! println!("{:?}", host.stats());
//! # Ok(())
//! # }
//! ```
//!
//! # Scenarios
//!
//! A scenario is a TOML file. At the top:
//!
//! | key | what |
//! |---|---|
//! | `seed` | for all chance; 0 without it |
//! | `limit` | amounts (DE 4) above are declined, in minor units |
//! | `otherwise` | `"answer"` or `"drop"`: what becomes of messages that no rule is for |
//!
//! Rules (`[[rule]]`) are tried in order; the first one that applies decides:
//!
//! | key | what |
//! |---|---|
//! | `name` | for logs and figures |
//! | `match` | `mti` (`"0200"`, `"0x00"`, or a list) and elements by path: a value, a list of values, `{ prefix = ".." }`, `{ from = 1, to = 9 }`, `{ present = true }` |
//! | `times` | at most so often |
//! | `every` | only every n-th message that it matches |
//! | `probability` | 0.0 to 1.0 |
//!
//! and what it does; without any of these it answers as without a rule:
//!
//! | key | what |
//! |---|---|
//! | `code` | the response code (DE 39) |
//! | `set` | elements of the answer, by path: values as in a [`Mix`] |
//! | `echo`, `remove` | elements copied beside those of the reply rule; left out |
//! | `mti` | another message type |
//! | `delay` | milliseconds, or `{ from, to }` |
//! | `late` | milliseconds: a delay that is meant to be too long |
//! | `duplicate` | sent again after so many milliseconds |
//! | `hold` | answers are kept until there are so many, and sent in reverse; after `hold-most` milliseconds (1000) in any case |
//! | `corrupt` | `"flip"` a byte, another `"stan"`, `"truncate"` the frame and end, `"garbage"` in a frame |
//! | `drop` | no answer |
//! | `close`, `reset` | end the connection, `"before"` the answer or `"after"` it |
//!
//! Messages sent unasked (`[[send]]`) have `name`, `mti`, `set`, `fill` (audit number, date and time; true without it), `after` and
//! `every` in milliseconds from the start of each connection, and `times`. Answers from a recording (`[replay]`) have `file` and
//! `timing` (`"recorded"` or `"at-once"`); a recording has a line `milliseconds in|out hex` for each message, as seen by the host and
//! without the frame. Answers are found by what the dialect pairs them by, each is given once, and rules come first.

mod action;
mod answer;
mod builder;
mod client;
mod condition;
mod event;
mod handle;
mod inner;
mod judge;
mod mix;
mod moment;
mod problem;
mod random;
mod reader;
mod recording;
mod scenario;
mod session;
mod stats;
mod template;
mod value;

pub use answer::is_approval;
pub use builder::Builder;
pub use event::Event;
pub use handle::Simulator;
pub use mix::Mix;
pub use problem::ScenarioError;
pub use recording::Recorder;
pub use scenario::Scenario;
pub use stats::Stats;
pub use template::fill;
