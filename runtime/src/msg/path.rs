//! Where something is in a message: `mti`, `bitmap`, `2`, `55.9F26`.

use super::field::Key;

/// Levels below the element that a path keeps; deeper ones are shown as `...`.
const LEVELS: usize = 5;

/// The way to an element or into it, at most five levels deep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path {
    place: Place,
    /// Number of the element.
    number: u8,
    /// Levels below the element, those that are not kept included.
    depth: u8,
    keys: [Key; LEVELS],
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
    pub(crate) const MESSAGE: Path = Path::start(Place::Message, 0);
    /// The message type indicator.
    pub(crate) const MTI: Path = Path::start(Place::Mti, 0);
    /// The bitmaps.
    pub(crate) const BITMAP: Path = Path::start(Place::Bitmap, 0);

    const fn start(place: Place, number: u8) -> Self {
        Path { place, number, depth: 0, keys: [Key::Number(0); LEVELS] }
    }

    /// A data element.
    #[must_use]
    pub const fn element(number: u8) -> Self {
        Path::start(Place::Element, number)
    }

    /// One level further down.
    #[must_use]
    pub const fn child(mut self, key: Key) -> Self {
        if (self.depth as usize) < LEVELS {
            self.keys[self.depth as usize] = key;
        }
        self.depth = self.depth.saturating_add(1);
        self
    }

    /// The keys from the data element down, as many as are kept.
    pub fn keys(&self) -> impl Iterator<Item = Key> {
        let element = self.number().map(|number| Key::Number(u16::from(number)));
        element.into_iter().chain(self.keys.iter().take(self.depth.into()).copied())
    }

    /// The key of the last level below the element, unless it is too deep to be kept.
    pub(crate) fn last(&self) -> Option<Key> {
        self.keys.get(usize::from(self.depth).checked_sub(1)?).copied()
    }

    /// The data element, unless the path is that of the MTI, a bitmap or the whole message.
    #[must_use]
    pub const fn number(&self) -> Option<u8> {
        match self.place {
            Place::Element => Some(self.number),
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
            Place::Element => write!(f, "{}", self.number)?,
        }
        for key in self.keys.iter().take(self.depth.into()) {
            write!(f, ".{key}")?;
        }
        if self.depth as usize > LEVELS { f.write_str("...") } else { Ok(()) }
    }
}
