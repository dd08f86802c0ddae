//! Which member gets the next request.

/// Which member gets the next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Strategy {
    /// The one with the least requests in flight; of equals, in turn. A slow member gets less.
    #[default]
    LeastInFlight,
    /// Each in turn. The share of a member that is not ready goes to all others.
    RoundRobin,
    /// The first one in the order of the members, as long as it is ready: the others are its backups.
    Primary,
}

/// A member that is ready.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) at: usize,
    pub(super) in_flight: usize,
    /// Whether it may have more in flight.
    pub(super) room: bool,
}

/// The number of a member; nothing when there is none that has room.
pub(super) fn choose(strategy: Strategy, candidates: &[Candidate], turn: usize) -> Option<usize> {
    let with_room = || candidates.iter().filter(|candidate| candidate.room);
    let chosen = match strategy {
        Strategy::Primary => candidates.first().filter(|first| first.room),
        Strategy::RoundRobin => match with_room().count() {
            0 => None,
            count => with_room().nth(turn % count),
        },
        Strategy::LeastInFlight => {
            let least = with_room().map(|candidate| candidate.in_flight).min()?;
            let equals = || with_room().filter(|candidate| candidate.in_flight == least);
            equals().nth(turn % equals().count().max(1))
        }
    };
    chosen.map(|candidate| candidate.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(strategy: Strategy, members: &[(usize, bool)]) -> Vec<usize> {
        let candidates = |at: usize, &(in_flight, room): &(usize, bool)| Candidate { at, in_flight, room };
        let candidates: Vec<_> = members.iter().enumerate().map(|(at, member)| candidates(at, member)).collect();
        let mut shares = vec![0; members.len()];
        for turn in 0..600 {
            if let Some(at) = choose(strategy, &candidates, turn) {
                shares[at] += 1;
            }
        }
        shares
    }

    #[test]
    fn shares_by_strategy() {
        use Strategy::{LeastInFlight, Primary, RoundRobin};
        for (strategy, members, expected) in [
            (LeastInFlight, &[(0, true), (0, true), (0, true)][..], &[200, 200, 200][..]),
            (LeastInFlight, &[(3, true), (1, true), (1, true)], &[0, 300, 300]),
            (LeastInFlight, &[(3, true), (1, false), (5, true)], &[600, 0, 0]),
            (RoundRobin, &[(9, true), (0, true), (5, true)], &[200, 200, 200]),
            (RoundRobin, &[(9, true), (0, false), (5, true)], &[300, 0, 300]),
            (Primary, &[(9, true), (0, true)], &[600, 0]),
            // A backup is for when the primary is not ready, not for when it is busy.
            (Primary, &[(9, false), (0, true)], &[0, 0]),
            (RoundRobin, &[(9, false)], &[0]),
            (LeastInFlight, &[(9, false)], &[0]),
            (LeastInFlight, &[], &[]),
        ] {
            assert_eq!(shares(strategy, members), expected, "{strategy:?} {members:?}");
        }
    }
}
