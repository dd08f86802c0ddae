//! Requests that are carried out once, over every store.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use isopace::store::{Answers, Begun, StorageKey, Vault};
use tokio::time::{Instant, sleep, timeout};

use super::Arced;

const MS: Duration = Duration::from_millis(1);
const EVER: Duration = Duration::from_secs(60);

/// A node that shares the store.
fn node(store: &Arc<Arced>) -> Answers {
    let vault = Vault::new(&StorageKey::new("answers", [7; 32]).unwrap(), &[]).unwrap();
    Answers::new(Arc::clone(store), vault, "gateway")
}

fn answer(begun: &Begun) -> Option<&[u8]> {
    match begun {
        Begun::Answered(answer) => Some(answer),
        _ => None,
    }
}

pub async fn a_request_is_carried_out_once_by_one_of_many_nodes(store: &Arc<Arced>) {
    let carried_out = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..40)
        .map(|task| {
            let (node, carried_out) = (node(store), Arc::clone(&carried_out));
            tokio::spawn(async move {
                let key = format!("k{}", task % 4);
                let attempt = node.attempt(&key);
                match node.begin_within(&attempt, Instant::now() + EVER).await.unwrap() {
                    Begun::Fresh => {
                        carried_out.fetch_add(1, Ordering::SeqCst);
                        sleep(30 * MS).await;
                        assert!(node.finish(&attempt, key.as_bytes()).await.unwrap());
                    }
                    begun => assert_eq!(answer(&begun), Some(key.as_bytes()), "{begun:?}"),
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(carried_out.load(Ordering::SeqCst), 4);
}

pub async fn a_repeat_waits_for_the_answer_and_no_longer_than_it_may(store: &Arc<Arced>) {
    let (one, other) = (node(store), node(store));
    let first = one.attempt("k");
    assert!(matches!(one.begin(&first).await.unwrap(), Begun::Fresh));
    let (repeat, asked) = (other.attempt("k"), Instant::now());
    let begun = timeout(EVER, other.begin_within(&repeat, asked + 60 * MS)).await.expect("it has an end").unwrap();
    assert!(matches!(begun, Begun::InFlight(_)), "{begun:?}");
    assert!(asked.elapsed() >= 60 * MS);
    // Nor does it free what another holds.
    assert!(!other.forget(&repeat).await.unwrap());
    let waits = tokio::spawn({
        let other = other.clone();
        async move { other.begin_within(&other.attempt("k"), Instant::now() + EVER).await.unwrap() }
    });
    sleep(30 * MS).await;
    assert!(one.finish(&first, b"approved").await.unwrap());
    assert_eq!(answer(&timeout(EVER, waits).await.unwrap().unwrap()), Some(&b"approved"[..]));
}

pub async fn what_a_node_left_behind_is_not_carried_out_again(store: &Arc<Arced>) {
    let (dead, other) = (node(store).lease(80 * MS), node(store));
    let left = dead.attempt("k");
    assert!(matches!(dead.begin(&left).await.unwrap(), Begun::Fresh));
    let repeat = other.attempt("k");
    let begun = timeout(EVER, other.begin_within(&repeat, Instant::now() + EVER)).await.unwrap().unwrap();
    assert!(matches!(begun, Begun::Unfinished), "{begun:?}");
    assert!(other.finish(&repeat, b"declined").await.unwrap());
    // It was not dead: what it says now comes too late.
    assert!(!dead.finish(&left, b"approved").await.unwrap());
    let begun = dead.begin(&dead.attempt("k")).await.unwrap();
    assert_eq!(answer(&begun), Some(&b"declined"[..]), "{begun:?}");
}

pub async fn an_answer_is_replaced_until_it_is_given_again(store: &Arc<Arced>) {
    let node = node(store);
    for (given, stands) in [(false, &b"declined"[..]), (true, b"approved")] {
        let key = if given { "given" } else { "not given" };
        let (first, repeat) = (node.attempt(key), node.attempt(key));
        node.begin(&first).await.unwrap();
        assert!(node.finish(&first, b"approved").await.unwrap());
        if given {
            assert!(answer(&node.begin(&repeat).await.unwrap()).is_some());
        }
        assert_eq!(node.replace(&first, b"declined").await.unwrap(), !given);
        assert_eq!(answer(&node.begin(&node.attempt(key)).await.unwrap()), Some(stands));
    }
}

pub async fn a_key_is_freed_and_answers_are_bounded(store: &Arc<Arced>) {
    let node = node(store).most(20);
    let attempt = node.attempt("k");
    assert!(matches!(node.begin(&attempt).await.unwrap(), Begun::Fresh));
    assert!(node.forget(&attempt).await.unwrap() && !node.forget(&attempt).await.unwrap());
    let mut given_up = 0;
    for number in 0..60 {
        let attempt = node.attempt(&format!("{number}"));
        assert!(matches!(node.begin(&attempt).await.unwrap(), Begun::Fresh));
        assert!(node.finish(&attempt, b"a").await.unwrap());
        given_up += node.trim().await.unwrap();
    }
    assert!((38..=40).contains(&given_up), "{given_up}");
    assert!(answer(&node.begin(&node.attempt("59")).await.unwrap()).is_some());
    assert!(matches!(node.begin(&node.attempt("0")).await.unwrap(), Begun::Fresh));
    let short = self::node(store).keep(MS);
    let attempt = short.attempt("short");
    short.begin(&attempt).await.unwrap();
    short.finish(&attempt, b"a").await.unwrap();
    sleep(20 * MS).await;
    assert!(matches!(short.begin(&short.attempt("short")).await.unwrap(), Begun::Fresh));
}
