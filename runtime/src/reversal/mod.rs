//! Reversals: what may have been done at the peer, and nobody knows or nobody took, is undone.
//!
//! A request that timed out, or whose link was lost while it was under way; an approval that came late; an approval
//! whose client was gone: each leads to exactly one reversal, built from the request by the rules of its dialect (DE 90
//! in the edition of 1987, DE 56 from 1993 on), and put into a [`Saf`](crate::saf::Saf), which delivers it however long
//! that takes. However many of these happen to one request, in whatever order, its reversal is one: the queue knows it
//! by the elements that name the transaction. So delivered messages must be [remembered](crate::store::Retention)
//! longer than any answer can be late.
//!
//! It decides nothing about money: what was answered in time is not touched, and whether a partial amount is to be
//! reversed is not its business.
//!
//! ```
//! # use isopace::mux::Outcome;
//! use isopace::Message;
//! use isopace::connector::Connector;
//! use isopace::reversal::{ReversalError, Reverser};
//!
//! async fn forward(issuer: &Connector, reverser: &Reverser, request: &Message) -> Result<Outcome, ReversalError> {
//!     reverser.note_sent(request).await?;
//!     let outcome = issuer.request(request).await;
//!     reverser.settled(request, &outcome).await?;
//!     Ok(outcome)
//! }
//! ```

mod build;
mod error;
mod reverser;
mod rules;

pub use error::ReversalError;
pub use reverser::{Chain, Reverser};
pub use rules::Rules;
