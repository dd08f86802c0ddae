//! The tests that every store passes, and what they share.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

pub mod answers;
pub mod outcomes;
pub mod queues;
pub mod transactions;

use std::sync::Arc;
use std::time::Duration;

use isopace::store::{Appended, Claim, Entry, Moment, NewEntry, Sealed, Settled, Settlement, Store, Taken};

/// A test of each of these functions over a store that a function opens: with it lives what has to outlive the store.
macro_rules! suite {
    ($open:path: $($module:ident { $($test:ident)* })*) => {$($(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            let Some((store, _keep)) = $open().await else { return };
            let all = store_common::$module::$test(&store);
            tokio::time::timeout(std::time::Duration::from_secs(120), all).await.expect("the test has ended");
            store.close().await;
        }
    )*)*};
}

/// All tests.
macro_rules! every_store {
    ($open:path) => {
        store_common::suite! { $open:
            queues {
                messages_come_out_in_the_order_they_went_in
                an_id_goes_in_once
                an_id_goes_in_once_whoever_is_first
                what_is_first_holds_up_what_is_behind
                one_owner_has_a_queue
                an_owner_that_comes_back_gets_what_it_had
                attempts_are_counted_before_they_are_made
                what_is_dead_is_kept_looked_at_and_put_back
                what_is_discarded_is_gone
                a_pause_holds
                a_queue_tells_how_it_is
                only_what_is_done_is_purged
                two_owners_deliver_everything_once_and_in_order
                anything_can_be_stored
            }
            outcomes {
                work_is_reserved_once
                work_is_reserved_once_whoever_is_first
                work_that_was_left_lying_is_fresh_again
                an_outcome_is_remembered_as_long_as_it_is_said
                work_that_was_begun_and_left_is_told_to_be
                an_outcome_changes_until_it_is_asked_for
                no_more_outcomes_are_kept_than_there_may_be
                an_outcome_finishes_a_transaction_with_it
            }
            answers {
                a_request_is_carried_out_once_by_one_of_many_nodes
                a_repeat_waits_for_the_answer_and_no_longer_than_it_may
                what_a_node_left_behind_is_not_carried_out_again
                an_answer_is_replaced_until_it_is_given_again
                a_key_is_freed_and_answers_are_bounded
            }
            transactions {
                a_step_is_written_once
                what_is_not_finished_is_found
                what_is_finished_does_not_begin_again
                journals_know_nothing_of_each_other
            }
        }
    };
}
pub(crate) use {every_store, suite};

/// A store that tasks share.
pub type Arced = dyn Store;

pub const NOW: Moment = Moment::from_millis(1_700_000_000_000);

pub fn at(seconds: u64) -> Moment {
    NOW.after(Duration::from_secs(seconds))
}

pub fn body(text: &str) -> Sealed {
    Sealed::from_stored(text.as_bytes().to_vec())
}

pub fn entry<'a>(queue: &'a str, id: &'a str) -> NewEntry<'a> {
    NewEntry { queue, id, body: body(id), accepted: NOW, due: NOW, expires: None }
}

pub async fn put(store: &Arc<Arced>, queue: &str, id: &str) -> Appended {
    store.append(entry(queue, id)).await.unwrap()
}

pub fn claim<'a>(queue: &'a str, owner: &'a str, now: Moment) -> Claim<'a> {
    Claim { queue, owner, now, until: now.after(Duration::from_secs(30)) }
}

pub async fn take(store: &Arc<Arced>, queue: &str, owner: &str, now: Moment) -> Taken {
    store.take(claim(queue, owner, now)).await.unwrap()
}

/// The entry that is there to be taken.
pub async fn taken(store: &Arc<Arced>, queue: &str, owner: &str, now: Moment) -> Entry {
    match take(store, queue, owner, now).await {
        Taken::Entry(entry) => entry,
        other => panic!("not taken: {other:?}"),
    }
}

pub async fn settle(store: &Arc<Arced>, queue: &str, seq: u64, owner: &str, how: Settlement<'_>) -> bool {
    store.settle(Settled { queue, seq, owner, how, now: NOW }).await.unwrap()
}
