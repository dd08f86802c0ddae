//! What every store does with outcomes by key.

use std::sync::Arc;
use std::time::Duration;

use isopace::store::{Completion, Moment, NewRecord, Reservation, Reserved, TransactionId};

use super::{Arced, NOW, at, body};

async fn reserve(store: &Arc<Arced>, key: &str, owner: &str, now: Moment) -> Reserved {
    let until = now.after(Duration::from_secs(30));
    store.reserve(Reservation { scope: "s", key, owner, now, until, keep_until: until }).await.unwrap()
}

/// The same, remembered beyond its time.
async fn begin(store: &Arc<Arced>, key: &str, owner: &str, now: Moment) -> Reserved {
    let (until, keep_until) = (now.after(Duration::from_secs(30)), now.after(Duration::from_secs(300)));
    store.reserve(Reservation { scope: "s", key, owner, now, until, keep_until }).await.unwrap()
}

async fn complete(store: &Arc<Arced>, key: &str, owner: &str) -> bool {
    let outcome = body(owner);
    store.complete(Completion { scope: "s", key, owner, outcome, keep_until: at(3600), finishes: None }).await.unwrap()
}

pub async fn work_is_reserved_once(store: &Arc<Arced>) {
    assert!(matches!(reserve(store, "k", "a", NOW).await, Reserved::Fresh));
    for owner in ["a", "b"] {
        assert!(matches!(reserve(store, "k", owner, at(29)).await, Reserved::InFlight(until) if until == at(30)));
    }
    assert!(matches!(reserve(store, "another", "b", NOW).await, Reserved::Fresh));
    let elsewhere = Reservation { scope: "t", key: "k", owner: "b", now: NOW, until: at(30), keep_until: at(30) };
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

pub async fn work_that_was_begun_and_left_is_told_to_be(store: &Arc<Arced>) {
    assert!(matches!(begin(store, "k", "a", NOW).await, Reserved::Fresh));
    assert!(matches!(begin(store, "k", "b", at(29)).await, Reserved::InFlight(until) if until == at(30)));
    assert_eq!(store.purge(at(9999), at(299)).await.unwrap().outcomes, 0, "it is remembered");
    let tasks: Vec<_> = (0..12)
        .map(|task| {
            let store = Arc::clone(store);
            tokio::spawn(async move { begin(&store, "k", &format!("{task}"), at(30)).await })
        })
        .collect();
    let mut abandoned = 0;
    for task in tasks {
        match task.await.unwrap() {
            Reserved::Abandoned => abandoned += 1,
            Reserved::InFlight(until) => assert_eq!(until, at(60)),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(abandoned, 1, "one says what came of it");
    assert!(!complete(store, "k", "a").await && !store.release("s", "k", "a").await.unwrap());
    // Whoever was to say so may die too.
    assert!(matches!(begin(store, "k", "c", at(60)).await, Reserved::Abandoned));
    assert!(complete(store, "k", "c").await);
    assert!(matches!(begin(store, "k", "d", at(61)).await, Reserved::Done(outcome) if outcome == body("c")));
    // Beyond what is remembered nothing is known.
    assert!(matches!(begin(store, "j", "a", NOW).await, Reserved::Fresh));
    assert!(matches!(begin(store, "j", "b", at(300)).await, Reserved::Fresh));
    assert!(matches!(begin(store, "j", "c", at(330)).await, Reserved::Abandoned));
}

pub async fn an_outcome_changes_until_it_is_asked_for(store: &Arc<Arced>) {
    let amend = async |owner, text| {
        let completion =
            Completion { scope: "s", key: "k", owner, outcome: body(text), keep_until: at(3600), finishes: None };
        store.amend(completion).await.unwrap()
    };
    begin(store, "k", "a", NOW).await;
    assert!(!amend("a", "early").await, "there is nothing to change yet");
    assert!(complete(store, "k", "a").await);
    assert!(amend("a", "second").await && !amend("b", "another's").await);
    assert!(matches!(begin(store, "k", "b", at(1)).await, Reserved::Done(outcome) if outcome == body("second")));
    assert!(!amend("a", "too late").await);
    assert!(amend("b", "third").await);
    assert!(matches!(begin(store, "k", "a", at(2)).await, Reserved::Done(outcome) if outcome == body("third")));
}

pub async fn no_more_outcomes_are_kept_than_there_may_be(store: &Arc<Arced>) {
    for number in 0..10 {
        let (key, owner) = (format!("k{number}"), "a");
        begin(store, &key, owner, NOW).await;
        let completion = Completion {
            scope: "s",
            key: &key,
            owner,
            outcome: body(&key),
            keep_until: at(100 + number / 2),
            finishes: None,
        };
        assert!(store.complete(completion).await.unwrap());
    }
    begin(store, "in flight", "a", NOW).await;
    let elsewhere = Reservation { scope: "t", key: "k0", owner: "b", now: NOW, until: at(30), keep_until: at(30) };
    store.reserve(elsewhere).await.unwrap();
    assert_eq!(store.trim("s", 11, NOW).await.unwrap(), 0);
    assert_eq!(store.trim("s", 4, NOW).await.unwrap(), 7, "what is in flight counts");
    for number in 0..10 {
        let known = matches!(begin(store, &format!("k{number}"), "b", at(1)).await, Reserved::Done(_));
        assert_eq!(known, number >= 7, "{number}");
    }
    assert!(matches!(begin(store, "in flight", "b", at(1)).await, Reserved::InFlight(_)));
    assert!(matches!(store.reserve(elsewhere).await.unwrap(), Reserved::InFlight(_)));
    assert_eq!(store.trim("s", 0, at(1)).await.unwrap(), 3, "and stays");
    assert!(matches!(begin(store, "in flight", "b", at(1)).await, Reserved::InFlight(_)));
}

pub async fn an_outcome_finishes_a_transaction_with_it(store: &Arc<Arced>) {
    let id = TransactionId { journal: "j", id: "t" };
    let record = NewRecord { transaction: id, sequence: 0, kind: "sent", body: body("sent"), at: NOW };
    store.record(record).await.unwrap();
    begin(store, "k", "a", NOW).await;
    let finish = async |owner| {
        let completion =
            Completion { scope: "s", key: "k", owner, outcome: body("a"), keep_until: at(3600), finishes: Some(id) };
        store.complete(completion).await.unwrap()
    };
    assert!(!finish("b").await);
    assert_eq!(store.unfinished("j", 0, 10).await.unwrap().len(), 1, "it goes on");
    assert!(finish("a").await);
    assert!(store.unfinished("j", 0, 10).await.unwrap().is_empty());
    assert!(!store.finish(id, NOW).await.unwrap());
    // One that has ended before is no reason not to keep the outcome.
    begin(store, "l", "a", NOW).await;
    let completion =
        Completion { scope: "s", key: "l", owner: "a", outcome: body("a"), keep_until: at(3600), finishes: Some(id) };
    assert!(store.complete(completion).await.unwrap());
    assert!(matches!(begin(store, "l", "b", NOW).await, Reserved::Done(_)));
}
