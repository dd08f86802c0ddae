//! Every byte that goes over a link, as its end under test sees it.

use std::time::Duration;

use super::asks::{Model, number_of};
use super::{Fate, State, Truth};
use crate::wire::{Frames, Text};

/// So many frames of one read are looked at at once; others run before those behind them are.
const BATCH: usize = 32;

/// A frame that came in.
#[derive(Debug)]
pub(crate) struct Came {
    pub(crate) body: Vec<u8>,
    pub(crate) number: Option<String>,
    /// What may become of it.
    pub(crate) may: Vec<Fate>,
    /// What has.
    pub(crate) became: Vec<Fate>,
    pub(crate) is_request: bool,
    pub(crate) is_owed: bool,
    /// It came with so many others that it is not looked at at once.
    pub(crate) is_behind: bool,
}

/// A link.
#[derive(Debug, Default)]
pub(crate) struct LinkTruth {
    /// Frames given to the link, whether it took them or not.
    offers: Frames,
    offered: u64,
    /// The first byte of the frame that comes next.
    next: u64,
    /// Bytes that the link has taken.
    pub(crate) accepted: u64,
    reads: Frames,
    pub(crate) came: Vec<Came>,
    /// Why it is gone, or may be from now on.
    pub(crate) over: Option<&'static str>,
    pub(super) over_at: Option<u64>,
    /// Messages of the peer may be left over when it ends.
    pub(crate) serves: bool,
    /// Messages of the peer may hold up what is behind them.
    pub(crate) tight: bool,
    /// A frame that is no message ends it.
    pub(crate) strict: bool,
    /// What a host has told about it.
    pub(crate) signed_on: bool,
    /// Nothing comes over it any more, and by then it has to be given up.
    silent_until: Option<u64>,
    /// Its end under test has let it go.
    pub(crate) closed: bool,
}

impl Truth {
    /// One more link.
    pub(crate) fn link(&self) -> usize {
        let mut state = self.lock();
        state.links.push(LinkTruth::default());
        let link = state.links.len() - 1;
        state.note(format_args!("link {link}"));
        link
    }

    /// The writer has these bytes, from the first one on that the link has not taken.
    pub(crate) fn offered(&self, link: usize, bytes: &[u8]) {
        let mut state = self.lock();
        let own = &mut state.links[link];
        let known = (own.offered - own.accepted) as usize;
        let Some(new) = bytes.get(known..).filter(|new| !new.is_empty()) else { return };
        own.offered += new.len() as u64;
        for body in own.offers.push(new) {
            let start = state.links[link].next;
            state.links[link].next += 2 + body.len() as u64;
            state.given(link, start, &body);
        }
    }

    /// The link took so many of them.
    pub(crate) fn accepted(&self, link: usize, count: usize) {
        self.lock().links[link].accepted += count as u64;
    }

    /// The end under test reads these bytes.
    pub(crate) fn read(&self, link: usize, bytes: &mut [u8]) {
        let mut state = self.lock();
        for (at, body) in state.links[link].reads.push(bytes).into_iter().enumerate() {
            state.comes(link, body, at >= BATCH);
        }
        if state.tampers {
            state.tamper(link, bytes);
        }
    }

    /// The link may be gone from now on.
    pub(crate) fn broken(&self, link: usize, why: &'static str) {
        let mut state = self.lock();
        if state.links[link].over.is_none() {
            let now = state.now();
            (state.links[link].over, state.links[link].over_at) = (Some(why), Some(now));
            state.note(format_args!("link {link}: {why}"));
        }
    }

    /// From now on the link is dead, and nobody is told.
    pub(crate) fn silent(&self, link: usize, within: Duration) {
        let mut state = self.lock();
        let until = state.now() + within.as_micros() as u64;
        state.note(format_args!("link {link}: silent"));
        let own = &mut state.links[link];
        own.silent_until = own.silent_until.or_else(|| (!own.closed).then_some(until));
    }

    /// All links are to be closed, which may take so long.
    pub(crate) fn stopping(&self, within: Duration) {
        let mut state = self.lock();
        state.note(format_args!("stop"));
        state.stopping = Some(state.now() + within.as_micros() as u64);
    }

    /// Its end under test has let it go.
    pub(crate) fn closed(&self, link: usize) {
        self.broken(link, "let go");
        let mut state = self.lock();
        state.links[link].closed = true;
        state.check_silence(link);
    }

    /// A host has got a frame.
    pub(crate) fn reached(&self, link: usize, message: &Text) {
        let mut state = self.lock();
        let Some(ask) = number_of(message) else { return };
        state.note(format_args!("link {link}: ask {ask} reached the host"));
        state.asks[ask].reached = true;
        if matches!(state.asks[ask].end, Some(super::End::NotSent(_))) {
            state.violate("not sent, but sent", format_args!("ask {ask} reached the host"));
        }
    }

    /// What has become of a frame, known by its content.
    pub(crate) fn told(&self, link: usize, body: &[u8], fate: Fate) {
        let mut state = self.lock();
        if !state.follows {
            return;
        }
        let frame = state.links[link].came.iter().position(|frame| frame.body == body);
        match frame {
            Some(at) => state.became(link, at, fate),
            None => state.violate("message that nobody sent", format_args!("{fate:?}")),
        }
    }
}

impl State {
    /// Whether a link that is dead has been given up in time.
    pub(super) fn check_silence(&mut self, link: usize) {
        let (now, stopping) = (self.now(), self.stopping.unwrap_or(0));
        if let Some(until) = self.links[link].silent_until.take_if(|until| now > stopping.max(*until) + 1000) {
            self.violate("half-open peer not found", format_args!("link {link}, {} us too late", now - until));
        }
    }

    pub(super) fn came(&self, link: usize, number: &str) -> Option<usize> {
        self.links[link].came.iter().position(|frame| frame.number.as_deref() == Some(number))
    }

    pub(super) fn became(&mut self, link: usize, at: usize, fate: Fate) {
        if !self.follows {
            return;
        }
        let frame = &mut self.links[link].came[at];
        frame.became.push(fate);
        *self.tallies.entry(fate.name()).or_default() += 1;
        let name = frame.number.clone().unwrap_or_default();
        if frame.became.len() > 1 {
            let became = frame.became.clone();
            return self.violate("delivered twice", format_args!("{name} on link {link}: {became:?}"));
        }
        let mut may = frame.may.clone();
        if let [Fate::Caller(ask)] = may[..]
            && matches!(self.asks[ask].end, Some(super::End::Cancelled))
        {
            // It came, and its caller went away before it looked.
            may.push(Fate::Late);
        }
        self.note(format_args!("link {link}: {name} went to {fate:?}"));
        if !may.contains(&fate) {
            self.violate("delivered wrongly", format_args!("{name} on link {link}: {fate:?} and not {may:?}"));
        }
    }

    /// A frame is in the hands of the writer.
    fn given(&mut self, link: usize, start: u64, body: &[u8]) {
        let Some(message) = Text::read(body) else {
            return self.violate("sent what nobody asked", format_args!("link {link}"));
        };
        let Some(ask) = number_of(&message).filter(|_| !message.is_answer()) else { return };
        if ask >= self.asks.len() {
            return self.violate("sent what nobody asked", format_args!("ask {ask}"));
        }
        self.note(format_args!("link {link}: ask {ask} given to the writer"));
        let took = |(before, start): &(usize, u64)| *before == link || self.links[*before].accepted > *start;
        if self.asks[ask].offered.iter().any(took) {
            self.violate("sent twice", format_args!("ask {ask} on link {link}"));
        }
        if matches!(self.asks[ask].end, Some(super::End::NotSent(_))) {
            self.violate("not sent, but sent", format_args!("ask {ask} given to the writer"));
        }
        self.asks[ask].offered.push((link, start));
        if !self.follows {
            return;
        }
        let now = self.now();
        for twin in 0..self.asks.len() {
            let (own, other) = (&self.asks[ask], &self.asks[twin]);
            if twin == ask || !other.is_sent(link) || !own.same_key(other) || other.model == Model::Replaced {
                continue;
            }
            if other.end.is_none() && other.model == Model::Pending && !other.open && other.deadline > now {
                self.violate("two with one key", format_args!("asks {twin} and {ask}"));
            }
            // The same transaction once more.
            self.asks[twin].model = Model::Replaced;
        }
    }

    /// A frame is in the hands of the reader.
    fn comes(&mut self, link: usize, body: Vec<u8>, is_behind: bool) {
        let message = Text::read(&body);
        let is_request = message.as_ref().is_some_and(|message| !message.is_answer());
        let is_owed = is_request && message.as_ref().is_some_and(|message| message.answer_type().is_some());
        let may = match &message {
            _ if !self.follows => Vec::new(),
            None => vec![Fate::Undecodable],
            Some(_) if is_request => vec![Fate::Service, Fate::Unserved],
            Some(answer) if is_behind || self.is_held_up(link) => self.any_fate(answer),
            Some(answer) => self.fates(link, answer),
        };
        let of = |number: u8| message.as_ref().and_then(|message| message.get(number)).unwrap_or("-");
        let mti = message.as_ref().map_or("junk", |message| message.mti.as_str());
        self.note(format_args!("link {link}: {} comes in, {mti} {} {}: {may:?}", of(48), of(11), of(41)));
        let number = message.and_then(|message| message.get(48).map(str::to_owned));
        self.links[link].came.push(Came { body, number, may, became: Vec::new(), is_request, is_owed, is_behind });
    }
}
