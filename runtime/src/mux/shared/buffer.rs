//! The buffer of what is to be written, and where in the stream each message stands.
//!
//! Places in the stream count the bytes that were put into the buffer. What is cut out of it is counted too, so that the
//! place of a message never changes.

use std::ops::Range;

/// What is to be written.
#[derive(Debug, Default)]
pub(in crate::mux) struct Buffer {
    bytes: Vec<u8>,
    /// Messages in it.
    messages: u64,
    /// Where in the stream the next message starts.
    queued: u64,
    /// The part of the stream that the writer has taken. It may write it at any moment.
    handed: u64,
    /// The part of the stream that has been written.
    written: u64,
    /// What was cut out before the writer took it, in order.
    cuts: Vec<Range<u64>>,
}

impl Buffer {
    pub(in crate::mux) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) const fn handed(&self) -> u64 {
        self.handed
    }

    pub(super) const fn written(&self) -> u64 {
        self.written
    }

    /// Appends a message; on an error the buffer is as before.
    pub(super) fn append<E>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Result<Range<u64>, E> {
        let before = self.bytes.len();
        if let Err(error) = write(&mut self.bytes) {
            self.bytes.truncate(before);
            return Err(error);
        }
        let start = self.queued;
        self.queued += (self.bytes.len() - before) as u64;
        self.messages += 1;
        Ok(start..self.queued)
    }

    /// Takes back what was appended last.
    pub(super) fn take_back(&mut self, part: &Range<u64>) {
        self.bytes.truncate(self.bytes.len() - (part.end - part.start) as usize);
        self.queued = part.start;
        self.messages -= 1;
    }

    /// Gives all of it to the writer; how many messages that are.
    pub(super) fn hand_over(&mut self, load: impl FnOnce(&mut Vec<u8>)) -> u64 {
        load(&mut self.bytes);
        self.handed = self.queued;
        std::mem::take(&mut self.messages)
    }

    /// So many bytes have been written since the start.
    pub(super) fn wrote(&mut self, bytes: u64) {
        let skip = |at: u64, cut: &Range<u64>| if at >= cut.start { at + (cut.end - cut.start) } else { at };
        self.written = self.cuts.iter().fold(bytes, skip);
    }

    /// Takes messages out that the writer has not taken. To be called once: nothing is cut out of what comes later.
    pub(super) fn cut(&mut self, mut messages: Vec<Range<u64>>) {
        messages.retain(|message| message.start >= self.handed);
        messages.sort_unstable_by_key(|message| message.start);
        let mut kept = Vec::with_capacity(self.bytes.len());
        let mut at = self.handed;
        for Range { start, end } in messages.iter().cloned().chain(std::iter::once(self.queued..self.queued)) {
            kept.extend_from_slice(&self.bytes[(at - self.handed) as usize..(start - self.handed) as usize]);
            at = end;
        }
        self.bytes = kept;
        self.messages -= messages.len() as u64;
        self.cuts = messages;
    }

    /// Nothing more is written; so far it may have been.
    pub(super) fn end(&mut self, sent: u64) {
        self.handed = sent;
        self.bytes = Vec::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(buffer: &mut Buffer, bytes: &[u8]) -> Range<u64> {
        let written = buffer.append(|out| {
            out.extend_from_slice(bytes);
            Ok::<(), ()>(())
        });
        written.unwrap()
    }

    fn handed(buffer: &mut Buffer) -> Vec<u8> {
        let mut all = Vec::new();
        buffer.hand_over(|bytes| all.append(bytes));
        all
    }

    #[test]
    fn what_is_cut_out_moves_nothing() {
        for cut in 0..16_u32 {
            let mut buffer = Buffer::default();
            put(&mut buffer, b"first");
            assert_eq!(handed(&mut buffer), b"first");
            let parts = [&b"aa"[..], b"bbb", b"c", b"dd"].map(|bytes| (put(&mut buffer, bytes), bytes));
            let is_cut = |at: usize| cut & 1 << at != 0;
            buffer.cut((0..4).filter(|at| is_cut(*at)).map(|at| parts[at].0.clone()).rev().collect());
            let later = put(&mut buffer, b"later");
            let mut all = Vec::new();
            assert_eq!(buffer.hand_over(|bytes| all.append(bytes)), 5 - u64::from(cut.count_ones()));
            let mut expected = Vec::new();
            let mut sent = 5;
            for (at, (part, bytes)) in parts.iter().enumerate().filter(|(at, _)| !is_cut(*at)) {
                expected.extend_from_slice(bytes);
                buffer.wrote(sent + bytes.len() as u64 - 1);
                assert!(buffer.written() < part.end, "{cut:04b}: {at} is not all written yet");
                sent += bytes.len() as u64;
                buffer.wrote(sent);
                assert!(buffer.written() >= part.end && buffer.written() <= later.start, "{cut:04b}: {at}");
            }
            expected.extend_from_slice(b"later");
            assert_eq!(all, expected, "{cut:04b}");
            buffer.wrote(5 + all.len() as u64);
            assert_eq!(buffer.written(), later.end, "{cut:04b}");
        }
    }

    #[test]
    fn what_fails_leaves_nothing() {
        let mut buffer = Buffer::default();
        put(&mut buffer, b"first");
        let failed = buffer.append(|out| {
            out.extend_from_slice(b"half");
            Err(())
        });
        assert_eq!((failed, buffer.len()), (Err(()), 5));
        let part = put(&mut buffer, b"second");
        buffer.take_back(&part);
        assert_eq!(put(&mut buffer, b"third"), 5..10);
        assert_eq!(handed(&mut buffer), b"firstthird");
    }
}
