//! Finding out what bytes are: how they are framed, and by which dialect they read.
//!
//! Every framing in use is tried, and behind each that cuts the bytes at all every dialect given, with the message type
//! and the bitmaps in other encodings too. What comes out is ranked by how far it reads and how much of what it reads
//! makes sense. It is for tools: nothing is printed here, and a [`Reading`] shows content only through the masks of its
//! dialect.
//!
//! ```
//! use isopace::{doctor, load};
//!
//! let dialects = [load::shipped("iso87-a")?, load::shipped("iso87-b")?];
//! let diagnosis = doctor::examine(b"\x00\x2808002020000000800000000123000001TERM0001", &dialects)?;
//! let best = &diagnosis.readings[0];
//! assert!(best.fits);
//! assert_eq!((best.base.name(), best.framing.to_string().as_str()), ("iso87-a", "length2"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Work is bounded by [`MAX_BYTES`] and by the number of dialects. Dialects with another message type or bitmap are
//! made once each and kept until the process ends.

mod cut;
mod framings;
mod reading;
mod score;
mod told;
mod variant;

pub use reading::{Problem, Reading};

use crate::msg::Dialect;

/// Most bytes that are examined.
pub const MAX_BYTES: usize = 1 << 16;

/// Most readings that are given.
pub const MAX_READINGS: usize = 5;

/// More bytes than are examined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{found} bytes, at most {MAX_BYTES} are examined: the first messages are enough")]
pub struct TooLong {
    /// Bytes given.
    pub found: usize,
}

/// What bytes may be.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Diagnosis {
    /// The best first, at most [`MAX_READINGS`]. Those of which everything fits come before all others. None when the
    /// bytes begin with no message type wherever a frame could end.
    pub readings: Vec<Reading>,
}

impl Diagnosis {
    /// Whether there is a reading of which everything fits.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.readings.first().is_some_and(|best| best.fits)
    }
}

/// Reads bytes in every way there is. Among readings that are as good, the dialect that is given first is first.
///
/// # Errors
/// More than [`MAX_BYTES`].
pub fn examine(bytes: &[u8], dialects: &[&'static Dialect]) -> Result<Diagnosis, TooLong> {
    if bytes.len() > MAX_BYTES {
        return Err(TooLong { found: bytes.len() });
    }
    let mut readings: Vec<Reading> = Vec::new();
    for cut in framings::all(bytes) {
        for base in dialects {
            let variants = variant::all(base);
            readings.extend(variants.into_iter().filter_map(|variant| reading::read(bytes, &cut, variant)));
        }
    }
    // Stable, so that what was tried first stays first.
    readings.sort_by_key(|reading| std::cmp::Reverse(reading.score));
    Ok(Diagnosis { readings: reading::distinct(readings) })
}
