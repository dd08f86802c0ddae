//! From one dialect to another, element by element.

mod apply;
mod builder;
mod error;
mod fit;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

pub use builder::MappingBuilder;
pub use error::{Gap, MapError, MappingError};

use crate::msg::Dialect;
use crate::types::Mti;

/// Text of one value to text of another; nothing where there is none.
pub(super) type Convert = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// How messages of one dialect become messages of another: one direction of a leg.
///
/// Elements of the same number, name and kind are carried over where every value of the one fits into the other; their
/// encoding is that of the new dialect (ASCII, EBCDIC, packed). All others are to be mapped or dropped by name: what
/// would be lost, or put where it means something else, is an error when the mapping is built.
///
/// The version digit of the message type becomes that of the new dialect: 0200 to 1200.
///
/// ```
/// use isopace::dialects::{iso87a, iso87b};
/// use isopace::gateway::Mapping;
///
/// // The same elements in ASCII and packed.
/// let request = Mapping::builder(&iso87a::DIALECT, &iso87b::DIALECT).build()?;
/// # Ok::<(), isopace::gateway::MappingError>(())
/// ```
#[derive(Clone)]
pub struct Mapping {
    from: &'static Dialect,
    to: &'static Dialect,
    version: Option<u8>,
    types: Vec<(Mti, Mti)>,
    /// By number of the element.
    elements: Vec<Rule>,
    /// By path, of elements that are mapped value by value.
    inside: HashMap<String, Rule>,
}

/// What becomes of a value.
#[derive(Clone, Default)]
enum Rule {
    /// It has no place in the new dialect.
    #[default]
    None,
    Drop,
    /// To this path, as it is.
    Copy(String),
    /// To this path, as something else.
    Convert(String, Convert),
    /// Value by value, as [`Mapping::inside`] says.
    Inside,
}

impl Mapping {
    /// From this dialect to that one.
    pub fn builder(from: &'static Dialect, to: &'static Dialect) -> MappingBuilder {
        MappingBuilder::new(from, to)
    }

    /// The dialect of the messages that it takes.
    #[must_use]
    pub const fn from(&self) -> &'static Dialect {
        self.from
    }

    /// The dialect of the messages that it gives.
    #[must_use]
    pub const fn to(&self) -> &'static Dialect {
        self.to
    }
}

impl fmt::Debug for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mapping").field("from", &self.from.name()).field("to", &self.to.name()).finish_non_exhaustive()
    }
}
