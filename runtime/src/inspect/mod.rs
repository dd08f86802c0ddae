//! Looking into a message: where each element stands, its name, its value as it may be shown, and all that is wrong.
//!
//! For tools that show messages: the program `teq`, the operator's page. Nothing is printed here, and what is given is
//! masked as the dialect says.
//!
//! ```
//! use isopace::inspect::{self, Inspection};
//! use isopace::iso87a::DIALECT;
//!
//! let wire = inspect::hex("30 38 30 30 30303230303030303030303030303030 303030303031").unwrap();
//! let seen = Inspection::new(&DIALECT, wire);
//! assert!(seen.is_good());
//! let stan = &seen.elements()[0];
//! assert_eq!((stan.path.as_str(), stan.value.as_str(), stan.span.clone()), ("11", "000001", 20..26));
//! ```

mod bitmap;
mod dump;
mod element;
mod meaning;
mod report;

pub use bitmap::Bitmaps;
pub use dump::{bytes, hex};
pub use element::Element;
pub use meaning::{of_leaf, of_message_type};
pub use report::Report;

use bytes::Bytes;

use crate::msg::{Dialect, Message, Violations};
use crate::types::Mti;

/// A message as far as it could be read, and all that is wrong with it.
#[derive(Debug, Clone)]
pub struct Inspection {
    message: Message,
    errors: Vec<Report>,
    is_whole: bool,
    has_mti: bool,
    has_bitmap: bool,
}

impl Inspection {
    /// Reads these bytes by this dialect, as far as can be, and proves the content of every element.
    #[must_use]
    pub fn new(dialect: &'static Dialect, wire: impl Into<Bytes>) -> Self {
        let (message, stopped) = Message::parse_partial(dialect, wire);
        let violations = message.validate().err();
        let violations = violations.iter().flat_map(Violations::iter);
        let place = stopped.as_ref().map(|error| error.path().to_string());
        Inspection {
            errors: stopped.iter().chain(violations).map(|error| Report::message(dialect, error)).collect(),
            is_whole: stopped.is_none(),
            has_mti: place.as_deref() != Some("mti"),
            has_bitmap: !matches!(place.as_deref(), Some("mti" | "bitmap")),
            message,
        }
    }

    /// The message, as far as it could be read.
    #[must_use]
    pub const fn message(&self) -> &Message {
        &self.message
    }

    /// What is wrong. What stopped the reading comes first, then content that is not what the spec says.
    #[must_use]
    pub fn errors(&self) -> &[Report] {
        &self.errors
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        self.errors.is_empty()
    }

    /// Whether it could be read to its end: bitmaps and all lengths agree with the bytes. If not, what was read may
    /// have been read from the wrong byte, and a value may be anything.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// The message type, if there is one.
    #[must_use]
    pub fn mti(&self) -> Option<Mti> {
        self.has_mti.then(|| self.message.mti())
    }

    /// The bitmaps, if they could be read.
    #[must_use]
    pub fn bitmaps(&self) -> Option<Bitmaps> {
        self.has_bitmap.then(|| Bitmaps::of(&self.message))
    }

    /// Every value that could be read, composites opened, in the order of the wire; masked.
    ///
    /// Who reads by the wrong spec, or from the wrong byte, takes for harmless what is not. So of a message that cannot be read to its
    /// end only the lengths of values are told, and of one whose content is wrong no long run of digits is.
    #[must_use]
    pub fn elements(&self) -> Vec<Element> {
        let mut elements = elements(&self.message);
        if !self.is_whole() {
            elements.iter_mut().for_each(Element::hide);
        } else if !self.is_good() {
            elements.iter_mut().for_each(Element::hide_card_number);
        }
        elements
    }
}

/// Every value of a message, composites opened, in the order of the wire; masked.
#[must_use]
pub fn elements(message: &Message) -> Vec<Element> {
    let mut elements = Vec::new();
    message.leaves(|leaf| {
        if let Ok(leaf) = leaf {
            elements.push(Element::of(&leaf));
        }
    });
    elements
}
