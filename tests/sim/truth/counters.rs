//! Whether what is counted is what has happened, and whether anything is left.

use isopace::mux::Stats as Counted;

use super::{End, Fate, LinkTruth, State, Truth};

impl Truth {
    /// All requests have ended; a link's frames have been given to somebody.
    pub(crate) fn settle(&self) {
        let mut state = self.lock();
        for ask in 0..state.asks.len() {
            state.prove_links(ask);
            match state.asks[ask].end {
                None => state.violate("never ended", format_args!("ask {ask}")),
                Some(End::NotSent(_)) => state.prove_not_sent(ask),
                Some(_) => {}
            }
        }
        if state.follows {
            for link in 0..state.links.len() {
                state.settle_link(link);
            }
        }
    }

    /// The counters of the only link that there was.
    pub(crate) fn count(&self, counted: &Counted, serves: bool) {
        self.lock().count(counted, serves);
    }
}

impl State {
    fn settle_link(&mut self, link: usize) {
        let LinkTruth { came, serves, strict, .. } = &self.links[link];
        // Behind what ends a link nothing is looked at.
        let last = came.iter().position(|frame| *strict && frame.may == [Fate::Undecodable]);
        let came = &came[..last.map_or(came.len(), |last| last + 1)];
        // Messages of the peer are served in order, and those that wait when the link ends are not served.
        let served = came.iter().rposition(|frame| frame.is_request && !frame.became.is_empty());
        let lost = |(at, frame): &(usize, &super::links::Came)| {
            frame.became.is_empty()
                && !frame.is_behind
                && !(*serves && frame.is_request && served.is_none_or(|served| *at > served))
        };
        let lost: Vec<String> = came
            .iter()
            .enumerate()
            .filter(lost)
            .map(|(_, frame)| frame)
            .map(|frame| format!("{:?} {:?}", frame.number, frame.may))
            .collect();
        // Behind a message that waits to be served nothing is looked at.
        let held_up = self.is_held_up(link);
        if !held_up && !lost.is_empty() {
            self.violate("dropped silently", format_args!("on link {link}: {lost:?}"));
        }
    }

    fn count(&mut self, counted: &Counted, serves: bool) {
        let came: Vec<Fate> = self.links[0].came.iter().filter_map(|frame| frame.became.first()).copied().collect();
        let of = |fate: Fate| came.iter().filter(|became| **became == fate).count() as u64;
        let ends =
            |is: fn(&End) -> bool| self.asks.iter().filter(|ask| ask.end.as_ref().is_some_and(is)).count() as u64;
        let gone = ends(|end| matches!(end, End::Cancelled));
        let taken = came.iter().filter(|became| matches!(became, Fate::Service)).count() as u64;
        let owed = self.links[0].came.iter().filter(|frame| frame.is_owed).count() as u64;
        let served = self.links[0].came.iter().filter(|frame| frame.is_owed && !frame.became.is_empty()).count() as u64;
        let mut wrong = Vec::new();
        let mut exactly = |name: &str, counted: u64, seen: u64| {
            if counted != seen {
                wrong.push(format!("{name}: {counted} counted, {seen} seen"));
            }
        };
        exactly("late", counted.late, of(Fate::Late));
        exactly("duplicate", counted.duplicate, of(Fate::Duplicate));
        exactly("ambiguous", counted.ambiguous, of(Fate::Ambiguous));
        exactly("unmatched", counted.unmatched, of(Fate::Unmatched));
        exactly("undecodable", counted.undecodable, of(Fate::Undecodable));
        exactly("unserved", counted.unserved, of(Fate::Unserved));
        exactly("in flight", counted.in_flight as u64, 0);
        exactly("buffered", counted.buffered as u64, 0);
        exactly("panicked", counted.panicked, 0);
        let mut about = |name: &str, counted: u64, seen: u64, more: u64| {
            if counted < seen || counted > seen + more {
                wrong.push(format!("{name}: {counted} counted, {seen} seen and up to {more} more"));
            }
        };
        // A caller that goes away may do so when its request has ended, and not know how.
        about("responses", counted.responses, ends(|end| matches!(end, End::Answered(_))), gone);
        about("not sent", counted.not_sent, ends(|end| matches!(end, End::NotSent(_))), gone);
        about("timed out", counted.timed_out, ends(|end| matches!(end, End::TimedOut)), gone);
        about("unknown", counted.unknown, ends(|end| matches!(end, End::Unknown(_))), gone);
        about("rejected", counted.rejected, ends(|end| matches!(end, End::Rejected)), gone);
        about("cancelled", counted.cancelled, 0, gone);
        let Counted { responses, not_sent, timed_out, unknown, rejected, cancelled, .. } = *counted;
        let all = responses + not_sent + timed_out + unknown + rejected + cancelled;
        let asked = self.asks.iter().filter(|ask| ask.deadline > 0).count() as u64;
        about("all", all, asked - gone, gone);
        if serves {
            about(
                "inbound",
                counted.inbound,
                taken,
                self.links[0].came.iter().filter(|frame| frame.is_request).count() as u64,
            );
            about("replies and unanswered", counted.replies + counted.unanswered, served, owed - served);
        }
        if !wrong.is_empty() {
            self.violate("counted wrongly", format_args!("{wrong:?}"));
        }
    }
}
