//! What every store does with outcomes by key.

use std::sync::Arc;

use isopace::store::{Completion, Moment, Reservation, Reserved};

use super::{Arced, NOW, at, body};

async fn reserve(store: &Arc<Arced>, key: &str, owner: &str, now: Moment) -> Reserved {
    let until = now.after(std::time::Duration::from_secs(30));
    store.reserve(Reservation { scope: "s", key, owner, now, until }).await.unwrap()
}

async fn complete(store: &Arc<Arced>, key: &str, owner: &str) -> bool {
    let outcome = body(owner);
    store.complete(Completion { scope: "s", key, owner, outcome, keep_until: at(3600) }).await.unwrap()
}

pub async fn work_is_reserved_once(store: &Arc<Arced>) {
    assert!(matches!(reserve(store, "k", "a", NOW).await, Reserved::Fresh));
    for owner in ["a", "b"] {
        assert!(matches!(reserve(store, "k", owner, at(29)).await, Reserved::InFlight(until) if until == at(30)));
    }
    assert!(matches!(reserve(store, "another", "b", NOW).await, Reserved::Fresh));
    let elsewhere = Reservation { scope: "t", key: "k", owner: "b", now: NOW, until: at(30) };
    assert!(matches!(store.reserve(elsewhere).await.unwrap(), Reserved::Fresh));
    assert!(!complete(store, "k", "b").await);
    assert!(complete(store, "k", "a").await);
    assert!(!complete(store, "k", "a").await, "an outcome does not change");
    for owner in ["a", "b"] {
        assert!(matches!(reserve(store, "k", owner, at(3599)).await, Reserved::Done(outcome) if outcome == body("a")));
    }
    assert!(!store.release("s", "k", "a").await.unwrap(), "what was done stays");
}

pub async fn work_is_reserved_once_whoever_is_first(store: &Arc<Arced>) {
    for now in [NOW, at(30)] {
        let tasks: Vec<_> = (0..24)
            .map(|task| {
                let store = Arc::clone(store);
                tokio::spawn(
                    async move { matches!(reserve(&store, "k", &format!("{task}"), now).await, Reserved::Fresh) },
                )
            })
            .collect();
        let mut fresh = 0;
        for task in tasks {
            fresh += usize::from(task.await.unwrap());
        }
        assert_eq!(fresh, 1);
    }
}

pub async fn work_that_was_left_lying_is_fresh_again(store: &Arc<Arced>) {
    assert!(matches!(reserve(store, "k", "a", NOW).await, Reserved::Fresh));
    assert!(matches!(reserve(store, "k", "b", at(30)).await, Reserved::Fresh));
    assert!(!complete(store, "k", "a").await, "it is another's now");
    assert!(!store.release("s", "k", "a").await.unwrap());
    assert!(store.release("s", "k", "b").await.unwrap());
    assert!(matches!(reserve(store, "k", "c", at(31)).await, Reserved::Fresh));
}

pub async fn an_outcome_is_remembered_as_long_as_it_is_said(store: &Arc<Arced>) {
    reserve(store, "k", "a", NOW).await;
    complete(store, "k", "a").await;
    reserve(store, "in flight", "a", NOW).await;
    assert_eq!(store.purge(at(9999), at(29)).await.unwrap().outcomes, 0);
    assert_eq!(store.purge(NOW, at(3599)).await.unwrap().outcomes, 1, "what was in flight is not any more");
    assert!(matches!(reserve(store, "k", "b", at(3599)).await, Reserved::Done(_)));
    assert!(matches!(reserve(store, "k", "b", at(3600)).await, Reserved::Fresh));
    assert!(complete(store, "k", "b").await);
    assert_eq!(store.purge(NOW, at(9999)).await.unwrap().outcomes, 1);
    assert!(matches!(reserve(store, "k", "c", NOW).await, Reserved::Fresh));
}
