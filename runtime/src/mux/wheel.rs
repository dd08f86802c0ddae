//! One timer wheel for all requests of a connection: putting a deadline in and taking it out cost the same however many
//! there are. Seven levels of 64 places, a millisecond at the lowest.

const BITS: u32 = 6;
const PLACES: usize = 1 << BITS;
const LEVELS: usize = 7;
/// The last millisecond it knows, some 139 years on.
const LAST: u64 = (1 << (BITS * LEVELS as u32)) - 1;
const NONE: u32 = u32::MAX;
const NOWHERE: u16 = u16::MAX;

/// Deadlines in milliseconds, each known by a number that the caller chooses, from 0 and dense.
#[derive(Debug)]
pub(super) struct Wheel {
    now: u64,
    /// Which places of a level have anything in them.
    occupied: [u64; LEVELS],
    heads: [[u32; PLACES]; LEVELS],
    timers: Vec<Timer>,
}

#[derive(Debug, Clone)]
struct Timer {
    when: u64,
    previous: u32,
    next: u32,
    place: u16,
}

impl Wheel {
    pub(super) fn new() -> Self {
        Wheel { now: 0, occupied: [0; LEVELS], heads: [[NONE; PLACES]; LEVELS], timers: Vec::new() }
    }

    /// Puts a deadline in; one of the past is due at the next millisecond.
    pub(super) fn insert(&mut self, timer: usize, when: u64) {
        if self.timers.len() <= timer {
            self.timers.resize(timer + 1, Timer { when: 0, previous: NONE, next: NONE, place: NOWHERE });
        }
        self.remove(timer);
        self.timers[timer].when = when.clamp(self.now + 1, LAST);
        self.link(timer);
    }

    /// Takes a deadline out. One that is not in it is left alone.
    pub(super) fn remove(&mut self, timer: usize) {
        let Some(found) = self.timers.get_mut(timer) else { return };
        let (previous, next, place) = (found.previous, found.next, found.place);
        if place == NOWHERE {
            return;
        }
        found.place = NOWHERE;
        let (level, slot) = (place as usize / PLACES, place as usize % PLACES);
        match previous {
            NONE => self.heads[level][slot] = next,
            previous => self.timers[previous as usize].next = next,
        }
        if next != NONE {
            self.timers[next as usize].previous = previous;
        }
        if self.heads[level][slot] == NONE {
            self.occupied[level] &= !(1 << slot);
        }
    }

    fn link(&mut self, timer: usize) {
        let when = self.timers[timer].when;
        // The highest digit in which it differs from now says how soon it has to be looked at.
        let level = (63 - ((when ^ self.now) | 1).leading_zeros()) / BITS;
        let slot = (when >> (level * BITS)) as usize % PLACES;
        let level = level as usize;
        let head = self.heads[level][slot];
        let place = &mut self.timers[timer];
        (place.previous, place.next, place.place) = (NONE, head, (level * PLACES + slot) as u16);
        if head != NONE {
            self.timers[head as usize].previous = timer as u32;
        }
        self.heads[level][slot] = timer as u32;
        self.occupied[level] |= 1 << slot;
    }

    /// When the wheel has to be turned next: never later than the first deadline.
    pub(super) fn next(&self) -> Option<u64> {
        self.first().map(|(when, _, _)| when)
    }

    fn first(&self) -> Option<(u64, usize, usize)> {
        let level = self.occupied.iter().position(|&places| places != 0)?;
        let slot = self.occupied[level].trailing_zeros();
        let shift = BITS * level as u32;
        // All places of a level lie in the block of the next higher level that now is in.
        let block = self.now >> (shift + BITS) << (shift + BITS);
        Some((block | u64::from(slot) << shift, level, slot as usize))
    }

    /// Turns the wheel; what is due is taken out and given to `due`.
    pub(super) fn advance(&mut self, now: u64, mut due: impl FnMut(usize)) {
        while let Some((when, level, slot)) = self.first()
            && when <= now
        {
            self.now = self.now.max(when);
            let mut at = std::mem::replace(&mut self.heads[level][slot], NONE);
            self.occupied[level] &= !(1 << slot);
            while at != NONE {
                let timer = at as usize;
                at = self.timers[timer].next;
                if self.timers[timer].when <= self.now {
                    self.timers[timer].place = NOWHERE;
                    due(timer);
                } else {
                    self.link(timer);
                }
            }
        }
        self.now = self.now.max(now.min(LAST));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Like a list of deadlines, none early, none late, over spans from milliseconds to years.
        #[test]
        fn like_a_list(steps in prop::collection::vec((0..50usize, 0..40u32, any::<u64>(), 0..4u8), 0..300)) {
            let mut wheel = Wheel::new();
            let mut list: Vec<(usize, u64)> = Vec::new();
            let mut now = 0u64;
            for (timer, shift, bits, kind) in steps {
                let span = bits & ((1 << shift) - 1);
                match kind {
                    0 | 1 => {
                        list.retain(|(other, _)| *other != timer);
                        list.push((timer, (now + span).max(now + 1)));
                        wheel.insert(timer, now + span);
                    }
                    2 => {
                        list.retain(|(other, _)| *other != timer);
                        wheel.remove(timer);
                    }
                    _ => {
                        now += span >> 2;
                        let mut due = Vec::new();
                        wheel.advance(now, |timer| due.push(timer));
                        let mut expected: Vec<usize> =
                            list.iter().filter(|(_, when)| *when <= now).map(|(timer, _)| *timer).collect();
                        list.retain(|(_, when)| *when > now);
                        due.sort_unstable();
                        expected.sort_unstable();
                        prop_assert_eq!(due, expected);
                    }
                }
                let first = list.iter().map(|(_, when)| *when).min();
                match wheel.next() {
                    None => prop_assert_eq!(first, None),
                    Some(next) => prop_assert!(first.is_some_and(|first| next <= first) && next > now),
                }
            }
        }
    }

    #[test]
    fn a_deadline_far_off_is_looked_at_a_few_times_only() {
        let mut wheel = Wheel::new();
        wheel.insert(0, 30_000);
        let mut turns = 0;
        let mut fired = None;
        while let Some(next) = wheel.next() {
            turns += 1;
            wheel.advance(next, |_| fired = Some(next));
        }
        assert_eq!(fired, Some(30_000));
        assert!(turns <= LEVELS, "{turns}");
    }
}
