//! Messages: the index over received bytes, typed reads, edits, and typed structs.
//!
//! Four contracts, four types: [`Message`] (lengths proven), a typed getter (content proven, can fail), a typed struct
//! (presence and content proven), [`Edit`] (an overlay that is written out in one copy).

pub(crate) mod child;
pub(crate) mod children;
pub(crate) mod codec;
pub(crate) mod composite;
pub mod derived;
pub(crate) mod dialect;
mod dol;
pub(crate) mod edit;
pub(crate) mod elements;
pub(crate) mod error;
pub(crate) mod field;
pub(crate) mod hint;
mod holds;
pub(crate) mod index;
mod inside;
pub(crate) mod key;
pub(crate) mod layout;
pub(crate) mod leaf;
mod marks;
pub(crate) mod mask;
pub(crate) mod message;
mod message_rule;
mod object;
mod outgoing;
mod output;
mod pairs;
mod path;
pub(crate) mod place;
mod primitives;
mod scratch;
mod semantic;
mod splice;
mod starts;
mod step;
mod tagged;
mod third;
mod tlv;
pub mod typed;
mod typed_macro;
mod unfinished;
mod walk;
mod xml;
mod xml_form;
mod xml_splice;

pub use child::Child;
pub use children::Children;
pub use codec::{Code, Decode, Encode};
pub use composite::View;
pub use dialect::Dialect;
pub use dol::Dol;
pub use edit::Edit;
pub use error::{Error, Violations};
pub use field::{Composite, CompositeKind, Field, Key, Kind, Sensitivity};
pub use hint::Hint;
pub use holds::Holds;
pub use inside::Inside;
pub use layout::{Covers, TagEncoding, TaggedRule, Unknown};
pub use leaf::Leaf;
pub use message::Message;
pub use message_rule::{CorrelationRule, MessageRule, ReplyRule};
pub use outgoing::{Outgoing, Wire};
pub use path::Path;
pub use typed::Unlisted;
pub use walk::Known;

/// What a typed getter gives: the value, nothing when the element is absent, or what is wrong with it.
pub type Get<T> = Result<Option<T>, Error>;

impl Message {
    /// Every value in the order of the wire, composites opened: each to `each`, an error in place of one whose layout
    /// is wrong. For tools; a program reads the elements it wants.
    pub fn leaves(&self, each: impl FnMut(Result<Leaf<'_>, Error>)) {
        leaf::walk(self, each);
    }
}
