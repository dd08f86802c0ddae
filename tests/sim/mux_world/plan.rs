//! What is drawn for a run of one link.

use isopace_tests::seeded::Seeded;

use crate::truth::Memory;

/// What is drawn for a run.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(super) in_flight: usize,
    pub(super) buffered: usize,
    pub(super) timeout: u64,
    pub(super) write_deadline: u64,
    pub(super) memory: Memory,
    pub(super) coalesce: bool,
    pub(super) strict: bool,
    pub(super) service: Option<Serves>,
    pub(super) callers: usize,
    pub(super) times: usize,
    pub(super) end: Ending,
    pub(super) after: u64,
    pub(super) cut: Option<(u64, Cut)>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Serves {
    pub(super) concurrency: usize,
    pub(super) waiting: usize,
    pub(super) slow: usize,
    pub(super) never: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Close { grace: u64 },
    Abort,
    DropDriver,
    DropHandles,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Cut {
    Reset,
    Silence,
    Hold(u64),
}

impl Plan {
    pub(crate) fn random(random: &mut Seeded) -> Self {
        let small = random.one_in(4);
        let memory = Memory {
            unanswered: if small { random.below(6) } else { 4096 },
            answered: if small { random.below(6) } else { 4096 },
            age: *random.pick(&[100, 5000, 300_000, 300_000]),
        };
        let tight = random.one_in(3);
        let serves = Serves {
            concurrency: *random.pick(&[1, 1, 4]),
            waiting: if tight { 1 } else { 256 },
            slow: *random.pick(&[0, 0, 20, 2000]),
            never: *random.pick(&[5, 1000]),
        };
        let lives = *random.pick(&[50, 3000, 20_000]);
        Plan {
            in_flight: *random.pick(&[1, 3, 16, 4096, 4096]),
            buffered: *random.pick(&[1, 100, 1000, 262_144, 262_144]),
            timeout: *random.pick(&[500, 5000, 30_000]),
            write_deadline: *random.pick(&[300, 4000, 15_000]),
            memory,
            coalesce: !random.one_in(3),
            strict: random.one_in(8),
            service: (!random.one_in(4)).then_some(serves),
            callers: 1 + random.below(12),
            times: 1 + random.below(6),
            end: match random.below(5) {
                0 => Ending::Abort,
                1 => Ending::DropDriver,
                2 => Ending::DropHandles,
                _ => Ending::Close { grace: *random.pick(&[0, 100, 5000]) },
            },
            after: random.below(lives) as u64,
            cut: match random.below(12) {
                0 => Some(Cut::Reset),
                1 => Some(Cut::Silence),
                2 => Some(Cut::Hold(random.below(5000) as u64)),
                _ => None,
            }
            .map(|cut| (random.below(5000) as u64, cut)),
        }
    }
}

impl Plan {
    pub(crate) const fn memory(&self) -> Memory {
        self.memory
    }
}
