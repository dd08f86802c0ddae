//! Where something is in a message: `mti`, `bitmap`, `2`, `55.9F26`.

use super::field::Key;

/// Levels that a path keeps; deeper ones are shown as `...`.
const LEVELS: usize = 6;

/// The way to an element, at most six levels of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path {
    place: Place,
    keys: [Key; LEVELS],
    length: u8,
}

/// What a path starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Message,
    Mti,
    Bitmap,
    Element,
}

impl Path {
    /// The message as a whole.
    pub(crate) const MESSAGE: Path = Path::start(Place::Message);
    /// The message type indicator.
    pub(crate) const MTI: Path = Path::start(Place::Mti);
    /// The bitmaps.
    pub(crate) const BITMAP: Path = Path::start(Place::Bitmap);

    const fn start(place: Place) -> Self {
        Path { place, keys: [Key::Number(0); LEVELS], length: 0 }
    }

    /// A data element.
    #[must_use]
    pub const fn element(number: u8) -> Self {
        let mut path = Path::start(Place::Element);
        path.keys[0] = Key::Number(number as u16);
        path.length = 1;
        path
    }

    /// One level further down.
    #[must_use]
    pub const fn child(mut self, key: Key) -> Self {
        if (self.length as usize) < LEVELS {
            self.keys[self.length as usize] = key;
        }
        self.length = self.length.saturating_add(1);
        self
    }

    /// The keys from the data element down, as many as are kept.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.keys[..(self.length as usize).min(LEVELS)]
    }

    /// The data element, unless the path is that of the MTI, a bitmap or the whole message.
    #[must_use]
    pub const fn number(&self) -> Option<u8> {
        match (self.place, self.keys[0]) {
            (Place::Element, Key::Number(number)) => Some(number as u8),
            _ => None,
        }
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.place {
            Place::Message => return f.write_str("message"),
            Place::Mti => return f.write_str("mti"),
            Place::Bitmap => return f.write_str("bitmap"),
            Place::Element => {}
        }
        for (level, key) in self.keys().iter().enumerate() {
            if level > 0 {
                f.write_str(".")?;
            }
            write!(f, "{key}")?;
        }
        if self.length as usize > LEVELS { f.write_str("...") } else { Ok(()) }
    }
}
