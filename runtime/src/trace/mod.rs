//! What happened to one transaction, in the order in which it happened: steps, messages as they may be shown, and how
//! it failed.
//!
//! A [`Trace`] is carried through the handling of one transaction and written to by whoever has a part in it. Finished,
//! it is a [`Record`]: text alone, masked when it was captured, which may be kept, printed or sent on. A [`Tracer`]
//! decides which transactions are traced at all and hands records to [`Sink`]s, such as [`Recent`], which keeps the
//! last ones.
//!
//! A trace that is [off](Trace::off) costs nothing: no method of it formats or allocates.
//!
//! ```
//! use isopace::iso87a::DIALECT;
//! use isopace::trace::{Style, Trace};
//!
//! let wire = b"02007020000000800000164111111111111111000000000000001099000123TERM0001";
//! let message = isopace::Message::parse(&DIALECT, &wire[..])?;
//! let mut trace = Trace::new("pos-1");
//! trace.step("received", &[("bytes", &message.as_bytes().len())]);
//! trace.message("request", &message);
//! let record = trace.finish().expect("it is on");
//! let text = record.text(&Style::new().timestamps(false));
//! assert!(text.contains("411111******1111"));
//! # Ok::<(), isopace::Error>(())
//! ```

mod capture;
mod described;
mod guard;
mod json;
mod recent;
mod record;
mod style;
mod text;
mod tracer;

pub use capture::Trace;
pub use described::{Described, Value};
pub use recent::Recent;
pub use record::{Entry, Record, What};
pub use style::{Style, TimeLayout};
pub use tracer::{Log, Sampling, Sink, Tracer};

pub(crate) use guard::shown;
