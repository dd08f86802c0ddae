//! A hash table of keys whose entries several requests may share. Chained through the entries themselves, so that
//! nothing is allocated once there are as many entries as there ever were at a time.

use super::key::{Bytes, Part};

const NONE: u32 = u32::MAX;

/// Entries by key. An entry is known by a number that the caller chooses, from 0 and dense.
#[derive(Debug)]
pub(super) struct Table {
    /// First entry of each chain; as many as a power of two.
    heads: Vec<u32>,
    entries: Vec<Entry>,
    used: usize,
}

#[derive(Debug, Clone)]
struct Entry {
    hash: u64,
    next: u32,
    key: Bytes,
}

impl Table {
    pub(super) fn new() -> Self {
        Table { heads: vec![NONE; 64], entries: Vec::new(), used: 0 }
    }

    fn bucket(&self, hash: u64) -> usize {
        hash as usize & (self.heads.len() - 1)
    }

    /// Puts an entry in that is not in it.
    pub(super) fn insert(&mut self, entry: usize, part: &Part) {
        if self.used == self.heads.len() {
            self.grow();
        }
        if self.entries.len() <= entry {
            self.entries.resize(entry + 1, Entry { hash: 0, next: NONE, key: Bytes::new() });
        }
        let bucket = self.bucket(part.hash);
        let place = &mut self.entries[entry];
        (place.hash, place.next) = (part.hash, self.heads[bucket]);
        place.key.clear();
        place.key.extend_from_slice(&part.bytes);
        self.heads[bucket] = entry as u32;
        self.used += 1;
    }

    /// Takes an entry out. One that is not in it is left alone.
    pub(super) fn remove(&mut self, entry: usize) {
        let Some(found) = self.entries.get(entry) else { return };
        let (bucket, next) = (self.bucket(found.hash), found.next);
        let mut at = self.heads[bucket];
        if at == entry as u32 {
            self.heads[bucket] = next;
            self.used -= 1;
            return;
        }
        while at != NONE {
            let after = self.entries[at as usize].next;
            if after == entry as u32 {
                self.entries[at as usize].next = next;
                self.used -= 1;
                return;
            }
            at = after;
        }
    }

    /// The entries with this key.
    pub(super) fn find<'a>(&'a self, part: &'a Part) -> impl Iterator<Item = usize> + 'a {
        let mut at = self.heads[self.bucket(part.hash)];
        std::iter::from_fn(move || {
            while at != NONE {
                let (found, entry) = (at as usize, &self.entries[at as usize]);
                at = entry.next;
                if entry.hash == part.hash && entry.key == part.bytes {
                    return Some(found);
                }
            }
            None
        })
    }

    /// How many entries there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.used
    }

    #[cold]
    fn grow(&mut self) {
        let old = std::mem::take(&mut self.heads);
        self.heads = vec![NONE; old.len() * 2];
        for mut at in old {
            while at != NONE {
                let bucket = self.bucket(self.entries[at as usize].hash);
                let next = std::mem::replace(&mut self.entries[at as usize].next, self.heads[bucket]);
                self.heads[bucket] = at;
                at = next;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Like a list of pairs, with hashes so bad that chains are long.
        #[test]
        fn like_a_list(steps in prop::collection::vec((0..200usize, 0..40u8), 0..600)) {
            let mut table = Table::new();
            let mut list: Vec<(usize, u8)> = Vec::new();
            let part = |key: u8| Part { alternative: 0, hash: u64::from(key % 7), bytes: Bytes::from_slice(&[key]) };
            for (entry, key) in steps {
                match list.iter().position(|(other, _)| *other == entry) {
                    Some(at) => {
                        list.remove(at);
                        table.remove(entry);
                        table.remove(entry);
                    }
                    None => {
                        list.push((entry, key));
                        table.insert(entry, &part(key));
                    }
                }
                prop_assert_eq!(table.len(), list.len());
                let mut found: Vec<usize> = table.find(&part(key)).collect();
                let mut expected: Vec<usize> = list.iter().filter(|pair| pair.1 == key).map(|pair| pair.0).collect();
                found.sort_unstable();
                expected.sort_unstable();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
