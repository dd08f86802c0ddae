//! The resolved spec: every default written out, every parent merged in.
//!
//! This is what the lints read and what every printer (Rust code, and the run-time loader of the `isopace`
//! package) starts from. It holds no spans and no TOML: those end in `source`.

mod composite;
mod field;
mod message;
mod wire;

pub use composite::{Composite, CompositeKind, Covers, ObjectLength, TagEncoding, TagRule, Tagged, Unknown};
pub use field::{Field, Key, Kind, Sensitivity, Value};
pub use message::{Correlation, Message, Reply};
pub use wire::{
    Bitmap, BitmapEncoding, Class, Counts, DigitEncoding, Encoding, Length, Pad, Policy, PrefixEncoding, Side,
    ThirdBitmap,
};

use std::path::PathBuf;

/// One dialect, resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// Name in lower-case kebab case, as `teq --spec` takes it: `iso87-a`.
    pub name: String,
    /// One line for people: `ISO 8583:1987, ASCII`.
    pub title: String,
    /// Longer description, Markdown, possibly empty.
    pub doc: String,
    /// The spec file followed by every parent it extends, nearest first. What a build script must watch.
    pub files: Vec<PathBuf>,
    /// How the four digits of the message type indicator stand on the wire.
    pub mti: DigitEncoding,
    /// The bitmaps after the message type indicator.
    pub bitmap: Bitmap,
    /// Where the third of them stands, if there is one.
    pub third_bitmap: ThirdBitmap,
    /// The data elements in ascending order of number.
    pub fields: Vec<Field>,
    /// What a response and its request have in common: the default first, then classes of messages with a rule of
    /// their own, ascending. Never empty.
    pub correlation: Vec<Correlation>,
    /// The messages in the order of the file.
    pub messages: Vec<Message>,
}

impl Spec {
    /// The data element with this number.
    #[must_use]
    pub fn field(&self, number: u16) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == Key::Number(number))
    }

    /// The message with this name (`financial-request`).
    #[must_use]
    pub fn message(&self, name: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.name == name)
    }
}
