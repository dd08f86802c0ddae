//! Requests that a client sends again while the first one is under way.
//!
//! They are neither carried on, which would be a second transaction, nor declined: the client would take that for the
//! answer to the first, which may be approved a moment later. The answer to the first is the answer to both.

use std::collections::HashSet;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::quality::RandomState;

use super::decline::correlation;
use crate::msg::Message;

/// What a repeat has in common with its original besides what answers are paired by: PAN, processing code, amount,
/// track 2.
const SAME: [u8; 4] = [2, 3, 4, 35];

/// The requests of one link that are under way, each as two hashes with keys of their own: nothing of it is kept in
/// clear, and two that differ are not taken for the same.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    under_way: Mutex<HashSet<[u64; 2], RandomState>>,
    hashers: [RandomState; 2],
}

/// A request under way; it is no longer when dropped.
#[derive(Debug)]
pub(super) struct UnderWay(Option<(Arc<Repeats>, [u64; 2])>);

impl Repeats {
    fn lock(&self) -> MutexGuard<'_, HashSet<[u64; 2], RandomState>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a request in. Nothing where it is a repeat of one that is under way.
    pub(super) fn enter(self: &Arc<Self>, request: &Message) -> Option<UnderWay> {
        let element = |number: &u8| request.span(*number).and_then(|span| request.as_bytes().get(span));
        let all_there = |elements: &&&[u8]| elements.iter().all(|number| request.has(*number));
        let pairing = correlation(request.dialect(), request.mti()).iter().find(all_there).copied().unwrap_or(&[]);
        let hash = |hasher: &RandomState| {
            let mut state = hasher.build_hasher();
            std::hash::Hash::hash(&request.mti().original(), &mut state);
            for number in pairing.iter().chain(&SAME) {
                std::hash::Hash::hash(&element(number), &mut state);
            }
            std::hash::Hasher::finish(&state)
        };
        // What cannot be paired with an answer, or is not answered, has no answer in common either.
        if pairing.is_empty() || request.mti().response().is_none() {
            return Some(UnderWay(None));
        }
        let key = [hash(&self.hashers[0]), hash(&self.hashers[1])];
        self.lock().insert(key).then(|| UnderWay(Some((Arc::clone(self), key))))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if let Some((repeats, key)) = &self.0 {
            repeats.lock().remove(key);
        }
    }
}
