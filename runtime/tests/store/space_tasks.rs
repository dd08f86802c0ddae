//! A space in use by many tasks: nothing lost, nothing twice, everybody served.

use crate::space_common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use isopace::space::{Closed, OutError, Space, TryOutError};
use proptest::prelude::*;
use space_common::{Ended, Waits};
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};

const MS: Duration = Duration::from_millis(1);
/// The end of waits that should not be needed.
const LONG: Duration = Duration::from_secs(60);

/// Waits that are polled at some time after they were woken, and dropped at any time.
fn at_random_times(steps: &[(u8, u8)], most: usize, most_per_key: usize) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let _inside = runtime.enter();
    let space = Space::with_most_per_key(most, most_per_key);
    let mut waits = Waits::default();
    let (mut put, mut taken) = (BTreeSet::new(), Vec::new());
    let mut note = |number: usize, ended: Ended, taken: &mut Vec<u32>| match ended {
        Ended::Put => _ = put.insert(number as u32),
        Ended::Took(value) => taken.push(value),
        other => panic!("{other:?}"),
    };
    let mut dropped = BTreeSet::new();
    for (number, (what, which)) in steps.iter().copied().enumerate() {
        let which = usize::from(which);
        let space = &space;
        let ended = match what % 6 {
            0 | 1 => waits.begin(number, async move {
                space.out("k", number as u32).await.unwrap();
                Ended::Put
            }),
            2 => waits.begin(number, async move { Ended::Took(space.take("k").await.unwrap()) }),
            3 => {
                taken.extend(space.try_take("k"));
                None
            }
            4 => {
                if let Some((number, Some(ended))) = waits.poll_one(which) {
                    note(number, ended, &mut taken);
                }
                None
            }
            _ => {
                if let Some(number) = waits.numbers().get(which).copied() {
                    waits.drop_one(number);
                    dropped.insert(number as u32);
                }
                None
            }
        };
        if let Some(ended) = ended {
            note(number, ended, &mut taken);
        }
    }
    for (number, ended) in waits.poll_all() {
        note(number, ended, &mut taken);
    }
    // Nobody sleeps on what is there for them.
    let (mut takers, mut outs) = (0, 0);
    for number in waits.numbers() {
        if steps[number].0 % 6 == 2 { takers += 1 } else { outs += 1 }
    }
    prop_assert!(takers == 0 || space.is_empty(), "{takers} wait, {space:?}");
    prop_assert!(outs == 0 || space.len() == most.min(most_per_key), "{outs} wait, {space:?}");
    drop(waits);
    while let Some(value) = space.try_take("k") {
        taken.push(value);
    }
    // In the order in which they were put, each once, and none that was not.
    prop_assert!(taken.is_sorted_by(|a, b| a < b), "{taken:?}");
    let taken: BTreeSet<u32> = taken.into_iter().collect();
    prop_assert!(put.is_subset(&taken), "lost: {:?}", put.difference(&taken));
    // Who was dropped after the value had found room has put it; who was not has not.
    prop_assert!(taken.difference(&put).all(|value| dropped.contains(value)));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn polled_and_dropped_at_random_times(
        steps in prop::collection::vec((any::<u8>(), 0..6_u8), 1..80),
        (most, most_per_key) in (1..6_usize, 1..6_usize),
    ) {
        at_random_times(&steps, most, most_per_key)?;
    }
}

#[test]
fn many_tasks_over_few_keys_and_little_room() {
    const KEYS: [&str; 3] = ["a", "b", "c"];
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(async {
        let space = Space::with_most_per_key(7, 3);
        let done = Arc::new(AtomicBool::new(false));
        let producers: Vec<_> = (0..24)
            .map(|producer: u32| {
                let space = space.clone();
                tokio::spawn(async move {
                    for number in 0..200_u32 {
                        let (key, mut value) = (KEYS[(producer % 3) as usize], producer * 1000 + number);
                        loop {
                            // Some are refused, some wait, some give up and try again.
                            value = match space.try_out(key, value) {
                                Ok(()) => break,
                                Err(refused) => refused.into_inner(),
                            };
                            if number % 3 == 0 {
                                yield_now().await;
                            } else {
                                timeout(LONG, space.out(key, value)).await.unwrap().unwrap();
                                break;
                            }
                        }
                    }
                })
            })
            .collect();
        let taken = Arc::new(AtomicUsize::new(0));
        let consumers: Vec<_> = (0..24_usize)
            .map(|consumer| {
                let (space, taken, done) = (space.clone(), Arc::clone(&taken), Arc::clone(&done));
                tokio::spawn(async move {
                    let mut mine = Vec::new();
                    while !done.load(Ordering::SeqCst) {
                        let value = match consumer % 4 {
                            0 => space.try_take(KEYS[consumer % 3]),
                            // Gives up now and then.
                            1 => timeout(MS / 10, space.take(KEYS[consumer % 3])).await.ok().and_then(Result::ok),
                            _ => space.take(KEYS[consumer % 3]).await.ok(),
                        };
                        match value {
                            Some(value) => {
                                mine.push(value);
                                taken.fetch_add(1, Ordering::SeqCst);
                            }
                            None => yield_now().await,
                        }
                    }
                    mine
                })
            })
            .collect();
        for producer in producers {
            timeout(LONG, producer).await.unwrap().unwrap();
        }
        timeout(LONG, async {
            while taken.load(Ordering::SeqCst) < 24 * 200 {
                yield_now().await;
            }
        })
        .await
        .unwrap();
        done.store(true, Ordering::SeqCst);
        space.close();
        let mut all = Vec::new();
        for consumer in consumers {
            let mine = timeout(LONG, consumer).await.unwrap().unwrap();
            // What one took of one producer is in the order in which it was put.
            let mut last = BTreeMap::new();
            for value in &mine {
                let before = last.insert(value / 1000, *value);
                assert!(before.is_none_or(|before| before < *value), "{mine:?}");
            }
            all.extend(mine);
        }
        all.sort_unstable();
        let expected: Vec<u32> = (0..24).flat_map(|producer| (0..200).map(move |n| producer * 1000 + n)).collect();
        assert_eq!(all, expected);
    });
}

#[tokio::test(start_paused = true)]
async fn whoever_came_first_is_served_first() {
    let space = Space::new(4);
    let served = Arc::new(std::sync::Mutex::new(Vec::new()));
    for number in 0..50 {
        let (space, served) = (space.clone(), Arc::clone(&served));
        tokio::spawn(async move {
            let value = space.take("k").await.unwrap();
            served.lock().unwrap().push((number, value));
        });
        yield_now().await;
    }
    for value in 0..50 {
        // A probe does not get what somebody waits for.
        space.out("k", value).await.unwrap();
        assert_eq!(space.try_take("k"), None);
        yield_now().await;
    }
    sleep(MS).await;
    assert_eq!(*served.lock().unwrap(), (0..50).map(|number| (number, number)).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_reader_sees_what_a_taker_takes_at_once() {
    let space = Space::new(4);
    let reader = tokio::spawn({
        let space = space.clone();
        async move { space.read("k").await }
    });
    yield_now().await;
    let taker = tokio::spawn({
        let space = space.clone();
        async move { space.take("k").await }
    });
    yield_now().await;
    space.try_out("k", 7).unwrap();
    assert_eq!((taker.await.unwrap(), reader.await.unwrap()), (Ok(7), Ok(7)));
    assert!(space.is_empty());
}

#[tokio::test(start_paused = true)]
async fn room_arises_when_a_value_is_past_its_time() {
    let space = Space::new(1);
    space.out_for("a", 1, 500 * MS).await.unwrap();
    let began = tokio::time::Instant::now();
    // Nobody comes by but the one who waits, under another key.
    timeout(LONG, space.out_for("b", 2, 10 * MS)).await.unwrap().unwrap();
    assert!(began.elapsed() >= 500 * MS && began.elapsed() < 510 * MS);
    assert_eq!((space.try_read("a"), space.try_read("b")), (None, Some(2)));
    // The time of a value begins when it is put, not when it began to wait.
    sleep(8 * MS).await;
    assert_eq!(space.keys(), ["b".into()]);
    sleep(3 * MS).await;
    assert!(space.is_empty() && space.keys().is_empty());
    // One that ends sooner is put while somebody waits for one that ends later.
    let space = Space::with_most_per_key(2, 1);
    space.out_for("a", 1, 500 * MS).await.unwrap();
    let began = tokio::time::Instant::now();
    let (waited, ()) = tokio::join!(timeout(LONG, space.out("b", 3)), async {
        space.try_out("b", 2).unwrap_err();
    });
    assert!(waited.is_ok() && began.elapsed() < MS, "b has room of its own");
    let (waited, ()) = tokio::join!(timeout(LONG, space.out("b", 4)), async {
        sleep(100 * MS).await;
        assert_eq!(space.try_take("a"), Some(1));
        space.try_out_for("c", 5, 50 * MS).unwrap();
        assert_eq!(space.try_take("b"), Some(3));
    });
    assert!(waited.is_ok());
}

#[tokio::test(start_paused = true)]
async fn closed_ends_all_waits_and_leaves_what_is_there() {
    let space = Space::with_most_per_key(2, 1);
    space.out("full", 1).await.unwrap();
    let spawn = |what: &'static str| {
        let space = space.clone();
        tokio::spawn(async move {
            match what {
                "out" => space.out("full", 2).await.map_err(|OutError(value)| assert_eq!(value, 2)).is_err(),
                "take" => space.take("empty").await == Err(Closed),
                _ => space.read("empty").await == Err(Closed),
            }
        })
    };
    let tasks = ["out", "take", "read", "out", "take"].map(spawn);
    sleep(MS).await;
    space.close();
    for task in tasks {
        assert!(timeout(LONG, task).await.unwrap().unwrap());
    }
    assert!(space.is_closed());
    assert!(matches!(space.try_out("new", 3), Err(TryOutError::Closed(3))));
    assert!(space.out("new", 3).await.is_err_and(|OutError(value)| value == 3));
    assert_eq!((space.read("full").await, space.take("full").await), (Ok(1), Ok(1)));
    assert_eq!((space.take("full").await, space.read("full").await), (Err(Closed), Err(Closed)));
}

#[test]
fn no_value_is_printed() {
    let space = Space::new(1);
    space.try_out("k", "4012345678909").unwrap();
    let refused = space.try_out("k", "4012345678909").unwrap_err();
    for text in [format!("{space:?} {refused:?} {refused}"), format!("{:?}", OutError("4012345678909"))] {
        assert!(!text.contains("4012345678909"), "{text}");
    }
}
