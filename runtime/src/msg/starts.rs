//! Where the index writes down the starts of elements: memory that is reused from message to message.
//!
//! A message is parsed, read and dropped hundreds of thousands of times a second. Memory of its own for each would be
//! allocated or, kept within the message, cleared and moved about; either costs more than the walk that fills it. So
//! a thread keeps a few spare pieces. They hold offsets, nothing of a message's content.

use std::cell::{Cell, RefCell};

use super::dialect::MAX_ELEMENT;

/// Elements of two bitmaps.
const NEAR: usize = 128;

/// Spare pieces that a thread keeps: 16 KiB.
const SPARE: usize = 64;

thread_local! {
    /// The piece given back last: the only one that a thread needs which handles a message at a time.
    static LAST: Cell<Option<Box<[u16]>>> = const { Cell::new(None) };
    /// Those given back before it.
    static POOL: RefCell<Vec<Box<[u16]>>> = const { RefCell::new(Vec::new()) };
}

/// Start of each element by number less one. What was not set is left over from another message: presence is not
/// known here.
#[derive(Default)]
pub(crate) struct Starts {
    /// Of messages of up to 64 KiB with up to two bitmaps; empty for others.
    near: Box<[u16]>,
    /// Of the others.
    far: Box<[u32]>,
}

impl Starts {
    /// For a message of so many bytes and bitmaps.
    #[inline(always)]
    pub(crate) fn new(bytes: usize, maps: u8) -> Self {
        if bytes > u16::MAX as usize || maps > 2 {
            return Starts { near: Box::default(), far: Box::new([0; MAX_ELEMENT]) };
        }
        let last = LAST.try_with(Cell::take).unwrap_or_default();
        Starts { near: last.unwrap_or_else(another), far: Box::default() }
    }

    /// The starts to write to, in the form that there is.
    #[inline(always)]
    pub(crate) fn near(&mut self) -> Option<&mut [u16; NEAR]> {
        self.near.as_mut().try_into().ok()
    }

    /// The starts to write to of a message that is not near.
    pub(crate) fn far(&mut self) -> &mut [u32] {
        &mut self.far
    }

    /// Start of the element in this place: its number less one.
    #[inline(always)]
    pub(crate) fn get(&self, place: usize) -> usize {
        match self.near.get(place) {
            Some(&start) => usize::from(start),
            None => self.far.get(place).map_or(0, |&start| start as usize),
        }
    }
}

impl Drop for Starts {
    #[inline]
    fn drop(&mut self) {
        let near = std::mem::take(&mut self.near);
        if near.is_empty() {
            return;
        }
        // A thread that is ending has no place for it any more: the piece is freed.
        if let Ok(Some(before)) = LAST.try_with(|last| last.replace(Some(near))) {
            keep(before);
        }
    }
}

/// A piece that was given back before the last one, or a new one.
#[cold]
fn another() -> Box<[u16]> {
    let spare = POOL.try_with(|pool| pool.try_borrow_mut().ok()?.pop()).ok().flatten();
    spare.unwrap_or_else(|| Box::new([0; NEAR]))
}

#[cold]
fn keep(piece: Box<[u16]>) {
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
        if self.near.is_empty() {
            return Starts { near: Box::default(), far: self.far.clone() };
        }
        let mut starts = Starts::new(0, 0);
        starts.near.copy_from_slice(&self.near);
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
