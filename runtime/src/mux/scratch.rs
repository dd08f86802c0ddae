//! Where messages are written before they go into the buffer of their link: one buffer a thread, used again and again.

use std::cell::Cell;

thread_local! {
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// More than this is not kept for the next message.
const MOST: usize = 64 * 1024;

/// An empty buffer.
pub(super) fn take() -> Vec<u8> {
    let mut scratch = SCRATCH.take();
    scratch.clear();
    scratch
}

/// Keeps a buffer for the next one who takes it.
pub(super) fn keep(scratch: Vec<u8>) {
    if scratch.capacity() <= MOST {
        SCRATCH.set(scratch);
    }
}
