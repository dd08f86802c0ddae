//! Where the index writes down the starts of elements: memory that is reused from message to message.
//!
//! A message is parsed, read and dropped hundreds of thousands of times a second. Memory of its own for each would be
//! allocated or, kept within the message, cleared and moved about; either costs more than the walk that fills it. So
//! a thread keeps a few spare pieces. They hold offsets, nothing of a message's content.

use std::cell::{Cell, RefCell};

use super::dialect::MAX_ELEMENT;

/// Starts of the elements of two bitmaps.
pub(super) type Near = [u16; 128];

/// Spare pieces that a thread keeps: 16 KiB.
const SPARE: usize = 64;

/// Pieces are handed out by pointer, not moved.
type Pieces = Vec<Box<Near>>;

thread_local! {
    /// The piece given back last: the only one that a thread needs which handles a message at a time.
    static LAST: Cell<Option<Box<Near>>> = const { Cell::new(None) };
    /// Those given back before it.
    static POOL: RefCell<Pieces> = const { RefCell::new(Vec::new()) };
}

/// Start of each element by number less one. What was not set is left over from another message: presence is not
/// known here.
#[derive(Default)]
pub(crate) struct Starts {
    /// Of messages of up to 64 KiB with up to two bitmaps.
    near: Option<Box<Near>>,
    /// Of the others.
    far: Option<Box<[u32; MAX_ELEMENT]>>,
}

impl Starts {
    /// For a message of so many bytes and bitmaps.
    #[inline(always)]
    pub(crate) fn new(bytes: usize, maps: u8) -> Self {
        if bytes > u16::MAX as usize || maps > 2 {
            return Starts { near: None, far: Some(Box::new([0; MAX_ELEMENT])) };
        }
        let last = LAST.try_with(Cell::take).unwrap_or_default();
        Starts { near: Some(last.unwrap_or_else(another)), far: None }
    }

    /// The starts to write to, in the form that there is.
    #[inline(always)]
    pub(crate) fn near(&mut self) -> Option<&mut Near> {
        self.near.as_deref_mut()
    }

    /// The starts to write to of a message that is not near.
    pub(crate) fn far(&mut self) -> &mut [u32] {
        self.far.as_deref_mut().map_or(&mut [], |far| far)
    }

    /// Start of the element in this place: its number less one.
    #[inline(always)]
    pub(crate) fn get(&self, place: usize) -> usize {
        match &self.near {
            Some(near) => usize::from(near[place & 127]),
            None => self.far.as_ref().and_then(|far| far.get(place)).map_or(0, |&start| start as usize),
        }
    }
}

impl Drop for Starts {
    #[inline]
    fn drop(&mut self) {
        let Some(near) = self.near.take() else { return };
        // A thread that is ending has no place for it any more: the piece is freed.
        if let Ok(Some(before)) = LAST.try_with(|last| last.replace(Some(near))) {
            keep(before);
        }
    }
}

/// A piece that was given back before the last one, or a new one.
#[cold]
fn another() -> Box<Near> {
    let spare = POOL.try_with(|pool| pool.try_borrow_mut().ok()?.pop()).ok().flatten();
    spare.unwrap_or_else(|| Box::new([0; 128]))
}

#[cold]
fn keep(piece: Box<Near>) {
    _ = POOL.try_with(|pool| {
        if let Ok(mut pool) = pool.try_borrow_mut()
            && pool.len() < SPARE
        {
            pool.push(piece);
        }
    });
}

impl Clone for Starts {
    fn clone(&self) -> Self {
        let Some(near) = &self.near else { return Starts { near: None, far: self.far.clone() } };
        let mut starts = Starts::new(0, 0);
        if let Some(copy) = starts.near() {
            copy.copy_from_slice(&near[..]);
        }
        starts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_reused_and_bounded() {
        let spare = || {
            let last = LAST.take();
            let there = usize::from(last.is_some());
            LAST.set(last);
            POOL.with(|pool| pool.borrow().len()) + there
        };
        let many: Vec<Starts> = (0..2 * SPARE).map(|_| Starts::new(100, 1)).collect();
        assert_eq!(spare(), 0);
        drop(many);
        assert_eq!(spare(), SPARE + 1);
        let two = [Starts::new(100, 2), Starts::new(100, 2)];
        assert_eq!(spare(), SPARE - 1);
        drop(two);
        drop(Starts::new(70_000, 1));
        drop(Starts::new(100, 3));
        assert_eq!(spare(), SPARE + 1);
    }

    #[test]
    fn a_clone_is_a_copy() {
        let mut starts = Starts::new(100, 1);
        starts.near().unwrap()[3] = 7;
        let clone = starts.clone();
        starts.near().unwrap()[3] = 9;
        assert_eq!((clone.get(3), starts.get(3)), (7, 9));
        let mut far = Starts::new(100_000, 1);
        far.far()[191] = 70_000;
        assert_eq!(far.clone().get(191), 70_000);
    }
}
