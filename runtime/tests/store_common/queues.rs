//! What every store does with queues.

use std::sync::Arc;
use std::time::Duration;

use isopace::store::{EntryState, Moment, NewEntry, QueueStatus, Sealed, Settlement, Taken};

use super::{Arced, NOW, at, body, entry, put, settle, take, taken};

pub async fn messages_come_out_in_the_order_they_went_in(store: &Arc<Arced>) {
    let ids: Vec<String> = (0..20).map(|number| format!("m{number}")).collect();
    for id in &ids {
        assert!(put(store, "q", id).await.is_new());
    }
    put(store, "other", "m0").await;
    for id in &ids {
        let entry = taken(store, "q", "n1", NOW).await;
        assert_eq!((&entry.id, &entry.body, entry.sent, entry.tries), (id, &body(id), 1, 1));
        assert_eq!((entry.state, entry.accepted, entry.due), (EntryState::Pending, NOW, NOW));
        assert!(settle(store, "q", entry.seq, "n1", Settlement::Done).await);
        assert!(!settle(store, "q", entry.seq, "n1", Settlement::Done).await);
    }
    assert!(matches!(take(store, "q", "n1", NOW).await, Taken::Empty));
    assert!(matches!(take(store, "unheard of", "n1", NOW).await, Taken::Empty));
}

pub async fn an_id_goes_in_once(store: &Arc<Arced>) {
    let first = put(store, "q", "a").await;
    let mut again = entry("q", "a");
    again.body = body("something else");
    let again = store.append(again).await.unwrap();
    assert!(first.is_new() && !again.is_new());
    assert_eq!(first.seq(), again.seq());
    assert!(put(store, "another", "a").await.is_new());
    let entry = taken(store, "q", "n1", NOW).await;
    assert_eq!(entry.body, body("a"));
    settle(store, "q", entry.seq, "n1", Settlement::Done).await;
    assert!(!put(store, "q", "a").await.is_new(), "it is remembered when it is done");
    assert!(matches!(take(store, "q", "n1", NOW).await, Taken::Empty));
}

pub async fn an_id_goes_in_once_whoever_is_first(store: &Arc<Arced>) {
    let tasks: Vec<_> = (0..48)
        .map(|task| {
            let store = Arc::clone(store);
            tokio::spawn(async move { put(&store, "q", &format!("m{}", task % 6)).await })
        })
        .collect();
    let mut new = 0;
    for task in tasks {
        new += usize::from(task.await.unwrap().is_new());
    }
    assert_eq!(new, 6);
    let entries = store.entries("q", EntryState::Pending, 0, 100).await.unwrap();
    assert_eq!(entries.len(), 6);
    assert!(entries.is_sorted_by(|one, next| one.seq < next.seq));
}

pub async fn what_is_first_holds_up_what_is_behind(store: &Arc<Arced>) {
    put(store, "q", "a").await;
    put(store, "q", "b").await;
    let first = taken(store, "q", "n1", NOW).await;
    let retry = Settlement::Retry { due: at(60), sent: true };
    assert!(settle(store, "q", first.seq, "n1", retry).await);
    for now in [NOW, at(59)] {
        assert!(matches!(take(store, "q", "n1", now).await, Taken::Later(due) if due == at(60)));
    }
    let again = taken(store, "q", "n1", at(60)).await;
    assert_eq!((again.seq, again.sent, again.tries, again.due), (first.seq, 2, 2, at(60)));
    settle(store, "q", again.seq, "n1", Settlement::Dead { reason: "enough", sent: false }).await;
    assert_eq!(store.entries("q", EntryState::Dead, 0, 1).await.unwrap()[0].sent, 1, "it was not sent once more");
    assert_eq!(taken(store, "q", "n1", NOW).await.id, "b");
}

pub async fn one_owner_has_a_queue(store: &Arc<Arced>) {
    put(store, "q", "a").await;
    put(store, "q", "b").await;
    let first = taken(store, "q", "n1", NOW).await;
    assert!(matches!(take(store, "q", "n2", at(29)).await, Taken::Busy(until) if until == at(30)));
    // What comes in meanwhile changes nothing.
    put(store, "q", "c").await;
    assert!(matches!(take(store, "q", "n2", at(29)).await, Taken::Busy(_)));
    let taken_over = taken(store, "q", "n2", at(30)).await;
    assert_eq!((taken_over.seq, taken_over.sent), (first.seq, 2));
    assert!(!settle(store, "q", first.seq, "n1", Settlement::Done).await, "it is no longer the first one's");
    assert!(!settle(store, "q", first.seq + 1, "n2", Settlement::Done).await, "it has another message");
    assert!(settle(store, "q", first.seq, "n2", Settlement::Done).await);
    assert_eq!(taken(store, "q", "n1", NOW).await.id, "b");
}

pub async fn an_owner_that_comes_back_gets_what_it_had(store: &Arc<Arced>) {
    put(store, "q", "a").await;
    let first = taken(store, "q", "n1", NOW).await;
    let again = taken(store, "q", "n1", at(1)).await;
    assert_eq!((again.seq, again.sent, again.tries), (first.seq, 2, 2));
    // Late, and nobody else has taken it since: it still counts.
    assert!(settle(store, "q", again.seq, "n1", Settlement::Done).await);
}

pub async fn attempts_are_counted_before_they_are_made(store: &Arc<Arced>) {
    put(store, "q", "a").await;
    let seq = taken(store, "q", "n1", NOW).await.seq;
    let stored = store.entries("q", EntryState::Pending, 0, 1).await.unwrap();
    assert_eq!((stored[0].sent, stored[0].tries), (1, 1));
    let unsent = Settlement::Retry { due: NOW, sent: false };
    assert!(settle(store, "q", seq, "n1", unsent).await);
    let again = taken(store, "q", "n1", NOW).await;
    assert_eq!((again.sent, again.tries), (1, 1), "what was not sent is not counted");
    assert!(settle(store, "q", seq, "n1", Settlement::Retry { due: NOW, sent: true }).await);
    assert_eq!(taken(store, "q", "n1", NOW).await.sent, 2);
}

pub async fn what_is_dead_is_kept_looked_at_and_put_back(store: &Arc<Arced>) {
    let mut old = entry("q", "a");
    old.expires = Some(at(10));
    store.append(old).await.unwrap();
    put(store, "q", "b").await;
    let first = taken(store, "q", "n1", NOW).await;
    assert_eq!(first.expires, Some(at(10)));
    assert!(!store.replay("q", first.seq, NOW).await.unwrap(), "it is not dead");
    assert!(settle(store, "q", first.seq, "n1", Settlement::Dead { reason: "refused: 30", sent: true }).await);
    let dead = store.entries("q", EntryState::Dead, 0, 10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!((dead[0].reason.as_deref(), &dead[0].body), (Some("refused: 30"), &body("a")));
    assert!(!store.replay("another", first.seq, NOW).await.unwrap());
    assert!(store.replay("q", first.seq, NOW).await.unwrap());
    let again = taken(store, "q", "n1", NOW).await;
    assert_eq!((again.seq, again.sent, again.tries), (first.seq, 2, 1), "it goes to its old place");
    assert_eq!((again.expires, again.reason), (None, None));
}

pub async fn what_is_discarded_is_gone(store: &Arc<Arced>) {
    let seq = put(store, "q", "a").await.seq();
    let done = put(store, "q", "b").await.seq();
    assert!(!store.discard("another", seq).await.unwrap());
    assert!(store.discard("q", seq).await.unwrap());
    assert!(!store.discard("q", seq).await.unwrap());
    // While it is on its way.
    let entry = taken(store, "q", "n1", NOW).await;
    assert_eq!(entry.seq, done);
    assert!(store.discard("q", done).await.unwrap());
    assert!(!settle(store, "q", done, "n1", Settlement::Done).await);
    put(store, "q", "c").await;
    let entry = taken(store, "q", "n2", NOW).await;
    assert_eq!(entry.id, "c", "the queue is free again");
    settle(store, "q", entry.seq, "n2", Settlement::Done).await;
    assert!(!store.discard("q", entry.seq).await.unwrap(), "what was delivered is remembered");
}

pub async fn a_pause_holds(store: &Arc<Arced>) {
    put(store, "q", "a").await;
    put(store, "r", "a").await;
    for _ in 0..2 {
        store.pause("q", true).await.unwrap();
    }
    assert!(matches!(take(store, "q", "n1", NOW).await, Taken::Paused));
    assert!(store.queue_status("q").await.unwrap().paused);
    taken(store, "r", "n1", NOW).await;
    put(store, "q", "b").await;
    store.pause("q", false).await.unwrap();
    let entry = taken(store, "q", "n1", NOW).await;
    store.pause("q", true).await.unwrap();
    assert!(settle(store, "q", entry.seq, "n1", Settlement::Done).await, "what is on its way ends");
    store.pause("never used", true).await.unwrap();
    assert!(matches!(take(store, "never used", "n1", NOW).await, Taken::Paused));
}

pub async fn a_queue_tells_how_it_is(store: &Arc<Arced>) {
    let empty = store.queue_status("q").await.unwrap();
    assert_eq!(empty, QueueStatus::default());
    for (number, id) in ["a", "b", "c", "d"].into_iter().enumerate() {
        let mut entry = entry("q", id);
        entry.accepted = at(number as u64);
        store.append(entry).await.unwrap();
    }
    let first = taken(store, "q", "n1", NOW).await;
    settle(store, "q", first.seq, "n1", Settlement::Done).await;
    let second = taken(store, "q", "n1", NOW).await;
    settle(store, "q", second.seq, "n1", Settlement::Dead { reason: "", sent: true }).await;
    let status = store.queue_status("q").await.unwrap();
    assert_eq!((status.pending, status.dead, status.oldest, status.paused), (2, 1, Some(at(2)), false));
}

pub async fn only_what_is_done_is_purged(store: &Arc<Arced>) {
    for id in ["done", "dead", "waits"] {
        put(store, "q", id).await;
    }
    for how in [Settlement::Done, Settlement::Dead { reason: "", sent: true }] {
        let entry = taken(store, "q", "n1", NOW).await;
        settle(store, "q", entry.seq, "n1", how).await;
    }
    assert_eq!(store.purge(NOW, NOW).await.unwrap().entries, 0, "not before");
    assert_eq!(store.entries("q", EntryState::Done, 0, 10).await.unwrap()[0].body, Sealed::empty());
    assert_eq!(store.purge(at(1), NOW).await.unwrap().entries, 1);
    let status = store.queue_status("q").await.unwrap();
    assert_eq!((status.pending, status.dead), (1, 1));
    assert!(put(store, "q", "done").await.is_new());
}

pub async fn two_owners_deliver_everything_once_and_in_order(store: &Arc<Arced>) {
    const COUNT: usize = 60;
    let delivered = Arc::new(std::sync::Mutex::new(Vec::new()));
    let owner = |name: &'static str| {
        let (store, delivered) = (Arc::clone(store), Arc::clone(&delivered));
        tokio::spawn(async move {
            loop {
                match take(&store, "q", name, NOW).await {
                    Taken::Entry(entry) => {
                        delivered.lock().unwrap().push(entry.seq);
                        assert_eq!(entry.sent, 1);
                        assert!(settle(&store, "q", entry.seq, name, Settlement::Done).await);
                    }
                    _ if delivered.lock().unwrap().len() == COUNT => return,
                    _ => tokio::time::sleep(Duration::from_millis(1)).await,
                }
            }
        })
    };
    let owners = [owner("n1"), owner("n2")];
    for number in 0..COUNT {
        put(store, "q", &format!("m{number}")).await;
    }
    for owner in owners {
        owner.await.unwrap();
    }
    assert!(delivered.lock().unwrap().is_sorted_by(|one, next| one < next));
}

pub async fn anything_can_be_stored(store: &Arc<Arced>) {
    let names = ["", "'; DROP TABLE entry; --", "ÄÖ\u{1F4B3}", &"x".repeat(400)];
    let bodies =
        [Sealed::empty(), Sealed::from_stored(vec![0; 100_000]), Sealed::from_stored((0..=255).collect::<Vec<u8>>())];
    let last = Moment::from_millis(u64::MAX);
    for name in names {
        for (number, body) in bodies.iter().enumerate() {
            let id = format!("{name}{number}");
            let (body, expires) = (body.clone(), Some(last));
            store.append(NewEntry { queue: name, id: &id, body, accepted: last, due: NOW, expires }).await.unwrap();
        }
        for (number, body) in bodies.iter().enumerate() {
            let entry = taken(store, name, name, NOW).await;
            assert_eq!((entry.id, &entry.body), (format!("{name}{number}"), body));
            assert_eq!((entry.accepted, entry.expires), (last, Some(last)));
            settle(store, name, entry.seq, name, Settlement::Dead { reason: name, sent: true }).await;
        }
        let dead = store.entries(name, EntryState::Dead, 0, 2).await.unwrap();
        assert_eq!(dead.len(), 2, "no more than asked for");
        let rest = store.entries(name, EntryState::Dead, dead[1].seq, 2).await.unwrap();
        assert_eq!(rest.len(), 1);
        assert_eq!(rest[0].reason.as_deref(), Some(name));
    }
}
