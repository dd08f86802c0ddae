//! What a mux counts.

/// Counters of a mux since its start, and what it holds now. A snapshot: all of it of one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Requests given a place and put in the buffer.
    pub requests: u64,
    /// Requests answered.
    pub responses: u64,
    /// Requests refused or lost before a byte went out.
    pub not_sent: u64,
    /// Requests without an answer at their deadline.
    pub timed_out: u64,
    /// Requests under way when the link was lost.
    pub unknown: u64,
    /// Requests ended by [`Mux::reject`](super::Mux::reject).
    pub rejected: u64,
    /// Requests whose caller went away.
    pub cancelled: u64,
    /// Answers that came after their request had timed out or been cancelled.
    pub late: u64,
    /// Answers to requests that had been answered.
    pub duplicate: u64,
    /// Answers that could be to more than one request.
    pub ambiguous: u64,
    /// Answers to nothing that is remembered.
    pub unmatched: u64,
    /// Messages of the peer that are not answers.
    pub inbound: u64,
    /// Of these, those that nobody served.
    pub unserved: u64,
    /// Answers of ours put in the buffer.
    pub replies: u64,
    /// Messages that expect an answer and whose [`Replier`](super::Replier) was dropped without one.
    pub unanswered: u64,
    /// Services that panicked.
    pub panicked: u64,
    /// Frames that are no message of the dialect.
    pub undecodable: u64,
    /// Messages that a filter of the link did not take.
    pub refused: u64,
    /// Messages put in the buffer that expect no answer.
    pub sends: u64,
    /// Bytes written to the link.
    pub written: u64,
    /// Requests that wait for their answer now.
    pub in_flight: usize,
    /// Bytes that wait in the buffer now.
    pub buffered: usize,
}

impl Stats {
    /// Both together, of two links for one.
    #[must_use]
    pub const fn plus(self, other: Stats) -> Stats {
        Stats {
            requests: self.requests + other.requests,
            responses: self.responses + other.responses,
            not_sent: self.not_sent + other.not_sent,
            timed_out: self.timed_out + other.timed_out,
            unknown: self.unknown + other.unknown,
            rejected: self.rejected + other.rejected,
            cancelled: self.cancelled + other.cancelled,
            late: self.late + other.late,
            duplicate: self.duplicate + other.duplicate,
            ambiguous: self.ambiguous + other.ambiguous,
            unmatched: self.unmatched + other.unmatched,
            inbound: self.inbound + other.inbound,
            unserved: self.unserved + other.unserved,
            replies: self.replies + other.replies,
            unanswered: self.unanswered + other.unanswered,
            panicked: self.panicked + other.panicked,
            undecodable: self.undecodable + other.undecodable,
            refused: self.refused + other.refused,
            sends: self.sends + other.sends,
            written: self.written + other.written,
            in_flight: self.in_flight + other.in_flight,
            buffered: self.buffered + other.buffered,
        }
    }
}
