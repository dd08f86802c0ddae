//! A space beside a plain reference that serves everybody at once: the same results, in the same order, and nobody
//! sleeps on.

use crate::space_common;

use std::time::Duration;

use isopace::space::{OutError, Space, TryOutError};
use proptest::prelude::*;
use space_common::{Ended, Waits};

const KEYS: [&str; 3] = ["a", "b", "c"];
const MS: Duration = Duration::from_millis(1);

#[derive(Debug, Clone)]
enum Op {
    Out(usize, Option<u64>),
    TryOut(usize, Option<u64>),
    Take(usize),
    TryTake(usize),
    Read(usize),
    TryRead(usize),
    /// Drops one of those who wait.
    Drop(prop::sample::Index),
    Pass(u64),
    Close,
}

fn op() -> impl Strategy<Value = Op> {
    let key = || 0..KEYS.len();
    let keep = || prop::option::weighted(0.3, 1..20_u64);
    prop_oneof![
        6 => (key(), keep()).prop_map(|(key, keep)| Op::Out(key, keep)),
        3 => (key(), keep()).prop_map(|(key, keep)| Op::TryOut(key, keep)),
        5 => key().prop_map(Op::Take),
        3 => key().prop_map(Op::TryTake),
        2 => key().prop_map(Op::Read),
        1 => key().prop_map(Op::TryRead),
        3 => any::<prop::sample::Index>().prop_map(Op::Drop),
        2 => (1..15_u64).prop_map(Op::Pass),
    ]
}

#[derive(Debug)]
enum Waiting {
    Out(usize, u32, Option<u64>),
    Take(usize),
    Read(usize),
}

/// All of it in lists.
#[derive(Debug, Default)]
struct Reference {
    most: usize,
    most_per_key: usize,
    /// Key, value, and until when.
    values: Vec<(usize, u32, Option<u64>)>,
    waiting: Vec<(usize, Waiting)>,
    ended: Vec<(usize, Ended)>,
    now: u64,
    closed: bool,
}

impl Reference {
    fn len(&self, key: usize) -> usize {
        self.values.iter().filter(|(of, ..)| *of == key).count()
    }

    fn has_room(&self, key: usize) -> bool {
        self.values.len() < self.most && self.len(key) < self.most_per_key
    }

    fn put(&mut self, key: usize, value: u32, keep: Option<u64>) {
        self.values.push((key, value, keep.map(|keep| self.now + keep)));
        let reads = |(_, waiting): &(usize, Waiting)| matches!(waiting, Waiting::Read(of) if *of == key);
        for (number, _) in self.waiting.extract_if(.., |waiting| reads(waiting)) {
            self.ended.push((number, Ended::Read(value)));
        }
    }

    fn take(&mut self, key: usize) -> Option<u32> {
        let at = self.values.iter().position(|(of, ..)| *of == key)?;
        Some(self.values.remove(at).1)
    }

    fn first(&self, key: usize) -> Option<u32> {
        self.values.iter().find(|(of, ..)| *of == key).map(|(_, value, _)| *value)
    }

    /// Serves the first of those who wait that can be served, until none can be.
    fn serve(&mut self) {
        self.values.retain(|(.., until)| until.is_none_or(|until| until > self.now));
        loop {
            let can = |(_, waiting): &(usize, Waiting)| match waiting {
                _ if self.closed => true,
                Waiting::Out(key, ..) => self.has_room(*key),
                Waiting::Take(key) => self.len(*key) > 0,
                Waiting::Read(_) => false,
            };
            let Some(at) = self.waiting.iter().position(can) else { return };
            let (number, waiting) = self.waiting.remove(at);
            let ended = match waiting {
                Waiting::Out(_, value, _) if self.closed => Ended::Back(value),
                Waiting::Take(key) => self.take(key).map_or(Ended::Closed, Ended::Took),
                Waiting::Read(_) => Ended::Closed,
                Waiting::Out(key, value, keep) => {
                    self.put(key, value, keep);
                    Ended::Put
                }
            };
            self.ended.push((number, ended));
        }
    }

    /// What is asked for at once, or a wait.
    fn wait(&mut self, number: usize, waiting: Waiting) {
        if let Waiting::Read(key) = waiting
            && let Some(value) = self.first(key)
        {
            return self.ended.push((number, Ended::Read(value)));
        }
        self.waiting.push((number, waiting));
    }
}

async fn out(space: &Space<u32>, key: usize, value: u32, keep: Option<u64>) -> Ended {
    let put = match keep {
        Some(keep) => space.out_for(KEYS[key], value, keep as u32 * MS).await,
        None => space.out(KEYS[key], value).await,
    };
    put.map_or_else(|OutError(value)| Ended::Back(value), |()| Ended::Put)
}

async fn compare(ops: Vec<Op>, most: usize, most_per_key: usize) -> Result<(), TestCaseError> {
    let space = Space::with_most_per_key(most, most_per_key);
    let mut waits = Waits::default();
    let mut reference = Reference { most, most_per_key, ..Reference::default() };
    for (number, op) in ops.into_iter().enumerate() {
        let value = number as u32;
        let at_once = match op.clone() {
            Op::Out(key, keep) => {
                reference.wait(number, Waiting::Out(key, value, keep));
                waits.begin(number, out(&space, key, value, keep))
            }
            Op::Take(key) => {
                reference.wait(number, Waiting::Take(key));
                let space = &space;
                waits.begin(number, async move { space.take(KEYS[key]).await.map_or(Ended::Closed, Ended::Took) })
            }
            Op::Read(key) => {
                reference.wait(number, Waiting::Read(key));
                let space = &space;
                waits.begin(number, async move { space.read(KEYS[key]).await.map_or(Ended::Closed, Ended::Read) })
            }
            Op::TryOut(key, keep) => {
                let put = match keep {
                    Some(keep) => space.try_out_for(KEYS[key], value, keep as u32 * MS),
                    None => space.try_out(KEYS[key], value),
                };
                let expected = if reference.closed {
                    Err(TryOutError::Closed(value))
                } else if reference.has_room(key) {
                    reference.put(key, value, keep);
                    Ok(())
                } else {
                    Err(TryOutError::Full(value))
                };
                prop_assert!(put == expected, "{op:?}: {put:?}");
                None
            }
            Op::TryTake(key) => {
                prop_assert_eq!(space.try_take(KEYS[key]), reference.take(key));
                None
            }
            Op::TryRead(key) => {
                prop_assert_eq!(space.try_read(KEYS[key]), reference.first(key));
                None
            }
            Op::Drop(index) => {
                if !reference.waiting.is_empty() {
                    let (dropped, _) = reference.waiting.remove(index.index(reference.waiting.len()));
                    waits.drop_one(dropped);
                }
                None
            }
            Op::Pass(time) => {
                tokio::time::advance(time as u32 * MS).await;
                reference.now += time;
                None
            }
            Op::Close => {
                space.close();
                reference.closed = true;
                None
            }
        };
        reference.serve();
        let mut ended = waits.poll_all();
        ended.extend(at_once.map(|ended| (number, ended)));
        // Who ended, and with what; in which order they were polled is no matter.
        ended.sort_by_key(|(number, _)| *number);
        reference.ended.sort_by_key(|(number, _)| *number);
        prop_assert_eq!(&ended, &std::mem::take(&mut reference.ended), "after {:?}, number {}", op, number);
        prop_assert_eq!(waits.numbers(), reference.waiting.iter().map(|(number, _)| *number).collect::<Vec<_>>());
        for (key, name) in KEYS.iter().enumerate() {
            prop_assert_eq!(space.len_of(name), reference.len(key));
        }
        prop_assert_eq!(space.len(), reference.values.len());
    }
    // Nothing is left of keys that nobody needs.
    drop(waits);
    for key in KEYS {
        while space.try_take(key).is_some() {}
    }
    prop_assert!(format!("{space:?}").contains("values: 0, keys: 0"), "{space:?}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn as_the_reference_says(
        mut ops in prop::collection::vec(op(), 1..60),
        close in prop::option::of(any::<prop::sample::Index>()),
        (most, most_per_key) in (1..5_usize, 1..4_usize),
    ) {
        if let Some(close) = close {
            ops.insert(close.index(ops.len()), Op::Close);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(compare(ops, most, most_per_key))?;
    }
}
