//! What every store does with its journal.

use std::sync::Arc;

use isopace::store::{Appended, NewRecord, TransactionId};

use super::{Arced, NOW, at, body};

const fn id(id: &str) -> TransactionId<'_> {
    TransactionId { journal: "j", id }
}

async fn record(store: &Arc<Arced>, transaction: TransactionId<'_>, sequence: u32, kind: &str) -> Appended {
    store.record(NewRecord { transaction, sequence, kind, body: body(kind), at: NOW }).await.unwrap()
}

pub async fn a_step_is_written_once(store: &Arc<Arced>) {
    let first = record(store, id("a"), 1, "sent").await;
    assert!(first.is_new());
    assert_eq!(record(store, id("a"), 1, "other").await, Appended::Known(first.seq()));
    assert_eq!(record(store, id("a"), 0, "begun").await, Appended::New(first.seq()));
    let found = store.unfinished("j", 0, 10).await.unwrap();
    assert_eq!((found.len(), found[0].number, found[0].id.as_str(), found[0].began), (1, first.seq(), "a", NOW));
    let steps: Vec<_> = found[0].records.iter().map(|step| (step.sequence, step.kind.as_str(), step.at)).collect();
    assert_eq!(steps, [(0, "begun", NOW), (1, "sent", NOW)]);
    assert_eq!(found[0].records[1].body, body("sent"));
}

pub async fn what_is_not_finished_is_found(store: &Arc<Arced>) {
    let names: Vec<String> = (0..7).map(|number| format!("t{number}")).collect();
    for name in &names {
        record(store, id(name), 0, "sent").await;
    }
    assert!(store.finish(id("t2"), NOW).await.unwrap());
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let page = store.unfinished("j", after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.number;
        found.extend(page.into_iter().map(|transaction| transaction.id));
    }
    assert_eq!(found, ["t0", "t1", "t3", "t4", "t5", "t6"]);
}

pub async fn what_is_finished_does_not_begin_again(store: &Arc<Arced>) {
    record(store, id("a"), 0, "sent").await;
    assert!(store.finish(id("a"), NOW).await.unwrap());
    assert!(!store.finish(id("a"), NOW).await.unwrap());
    assert!(!record(store, id("a"), 1, "reversed").await.is_new());
    assert!(store.finish(id("never begun"), NOW).await.unwrap());
    assert!(!record(store, id("never begun"), 0, "sent").await.is_new());
    assert!(store.unfinished("j", 0, 10).await.unwrap().is_empty());
    record(store, id("b"), 0, "sent").await;
    assert_eq!(store.purge(NOW, NOW).await.unwrap().transactions, 0);
    assert_eq!(store.purge(at(1), NOW).await.unwrap().transactions, 2);
    assert!(record(store, id("a"), 0, "sent").await.is_new());
    assert_eq!(store.unfinished("j", 0, 10).await.unwrap().len(), 2);
}

pub async fn journals_know_nothing_of_each_other(store: &Arc<Arced>) {
    record(store, id("a"), 0, "sent").await;
    let other = TransactionId { journal: "k", id: "a" };
    assert!(record(store, other, 0, "sent").await.is_new());
    assert!(store.finish(other, NOW).await.unwrap());
    assert_eq!(store.unfinished("j", 0, 10).await.unwrap().len(), 1);
    assert!(store.unfinished("k", 0, 10).await.unwrap().is_empty());
}
