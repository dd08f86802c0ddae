//! The same request twice: carried out once, answered alike.

use crate::flow_common;

use std::sync::Arc;
use std::time::Duration;

use flow_common::*;
use isopace::flow::{
    Begin, Budget, Ended, Failure, Flow, Idempotency, IdempotencyError, Idempotent, MemoryAnswers, Next, Outcome, Step,
};
use tokio::time::sleep;

fn answers() -> MemoryAnswers {
    MemoryAnswers::new(1000, 60 * SECOND)
}

fn budget() -> Budget {
    Budget::within(10 * SECOND)
}

/// One of many requests that are the same.
async fn same(flow: &Flow<Job>, id: &str, world: &Arc<World>) -> Ended<Job> {
    let (world, points) = (Arc::clone(world), Points::tell(0));
    let job = Job { id: id.to_owned(), world, points, answer: Some(String::new()) };
    flow.run(id, job, budget()).await.unwrap()
}

#[test]
fn many_at_the_same_time_are_carried_out_once_and_answered_alike() {
    for (act, outcome, held) in [(Act::Continue, "committed", Held::Committed), (Act::Abort, "aborted", Held::Aborted)]
    {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let (world, points) = (Arc::new(World::default()), Points::tell(0));
            let flow = jobs(&world, &points, act).idempotency(Arc::new(answers())).build().unwrap();
            let one = |number: usize| {
                let (flow, world) = (flow.clone(), Arc::clone(&world));
                tokio::spawn(async move { same(&flow, &format!("t{number}"), &world).await })
            };
            let tasks: Vec<_> = (0..100).map(one).collect();
            let (mut first, mut replayed, mut texts) = (0, 0, Vec::new());
            for task in tasks {
                let ended = task.await.unwrap();
                match ended.outcome.name() {
                    "replayed" => replayed += 1,
                    name if name == outcome => first += 1,
                    name => panic!("{name}"),
                }
                texts.push(ended.context.answer.unwrap());
            }
            texts.dedup();
            assert_eq!((first, replayed, texts.len(), world.count(held)), (1, 99, 1, 3));
            assert!(texts[0].starts_with(outcome), "{texts:?}");
        });
    }
}

#[test]
fn declines_replay_as_approvals_do_and_what_was_not_decided_does_not() {
    for (act, second) in
        [(Act::Continue, "replayed"), (Act::Abort, "replayed"), (Act::Fail, "aborted"), (Act::Panic, "aborted")]
    {
        run(async {
            let (world, points) = (Arc::new(World::default()), Points::tell(0));
            let flow = jobs(&world, &points, act.clone()).idempotency(Arc::new(answers())).build().unwrap();
            let first = same(&flow, "t1", &world).await;
            assert_ne!(first.outcome.name(), "replayed");
            assert_eq!(same(&flow, "t2", &world).await.outcome.name(), second, "{act:?}");
        });
    }
}

/// Has no answer, whatever came of it.
struct Mute;

impl Idempotent for Mute {
    fn key(&self) -> Option<String> {
        Some("the same".to_owned())
    }

    fn answer(&mut self, _: &Outcome) -> Option<Vec<u8>> {
        None
    }

    fn replay(&mut self, _: &[u8]) -> Result<(), Failure> {
        Ok(())
    }
}

#[test]
fn what_was_committed_is_not_carried_out_again_for_lack_of_an_answer() {
    for (decline, second) in [(false, "idempotency"), (true, "declined")] {
        run(async {
            let step =
                Step::new("a", move |_: &mut Mute| if decline { Ok(Next::abort("no")) } else { Ok(Next::Continue) });
            let flow = Flow::builder("mute").stage(step).idempotency(Arc::new(answers())).build().unwrap();
            let first = flow.run("t1", Mute, budget()).await.unwrap().outcome;
            assert_eq!(first.is_committed(), !decline);
            let outcome = flow.run("t2", Mute, budget()).await.unwrap().outcome;
            assert_eq!(outcome.cause().unwrap().name(), second, "{outcome:?}");
        });
    }
}

#[test]
fn requests_without_a_key_are_carried_out_each() {
    run(async {
        let (world, points) = (Arc::new(World::default()), Points::tell(0));
        let flow = jobs(&world, &points, Act::Continue).idempotency(Arc::new(answers())).build().unwrap();
        for id in ["t1", "t2"] {
            let ended = job(&flow, id, &world, &points, budget()).await.unwrap();
            assert!(ended.outcome.is_committed());
        }
    });
}

#[test]
fn the_second_waits_no_longer_than_its_budget() {
    run(async {
        let answers = answers();
        let Begin::Fresh(first) = answers.begin("k", &budget()).await.unwrap() else { panic!("known") };
        let began = tokio::time::Instant::now();
        let second = answers.begin("k", &Budget::within(3 * SECOND)).await;
        assert_eq!(second.unwrap_err(), IdempotencyError::InFlight);
        assert!(began.elapsed() >= 3 * SECOND && began.elapsed() < 4 * SECOND);
        // Another key does not wait.
        assert!(matches!(answers.begin("l", &Budget::within(SECOND)).await, Ok(Begin::Fresh(_))));
        drop(first);
    });
}

#[test]
fn a_reservation_that_is_dropped_frees_the_key_for_one_of_those_who_wait() {
    run(async {
        let answers = answers();
        let Begin::Fresh(first) = answers.begin("k", &budget()).await.unwrap() else { panic!("known") };
        let waiting: Vec<_> = (0..20)
            .map(|_| {
                let answers = answers.clone();
                tokio::spawn(async move {
                    match answers.begin("k", &budget()).await.unwrap() {
                        Begin::Fresh(second) => {
                            sleep(SECOND).await;
                            second.complete(b"yes".to_vec()).await.unwrap();
                            true
                        }
                        Begin::Replay(answer) => {
                            assert_eq!(answer, b"yes");
                            false
                        }
                    }
                })
            })
            .collect();
        sleep(SECOND).await;
        drop(first);
        let mut fresh = 0;
        for one in waiting {
            fresh += usize::from(one.await.unwrap());
        }
        assert_eq!(fresh, 1);
    });
}

#[test]
fn answers_are_kept_for_their_time() {
    run(async {
        let answers = MemoryAnswers::new(10, 5 * SECOND);
        let Begin::Fresh(first) = answers.begin("k", &budget()).await.unwrap() else { panic!("known") };
        // The time begins when it has ended, not when it began.
        sleep(8 * SECOND).await;
        first.complete(b"yes".to_vec()).await.unwrap();
        sleep(Duration::from_millis(4990)).await;
        assert!(matches!(answers.begin("k", &budget()).await, Ok(Begin::Replay(answer)) if answer == b"yes"));
        sleep(Duration::from_millis(20)).await;
        assert!(answers.is_empty());
        assert!(matches!(answers.begin("k", &budget()).await, Ok(Begin::Fresh(_))));
        assert_eq!(answers.given_up(), 0);
    });
}

#[test]
fn no_more_are_kept_than_there_may_be_and_none_under_way_is_given_up() {
    run(async {
        let answers = MemoryAnswers::with_bytes(3, 40, 60 * SECOND);
        let mut fresh = Vec::new();
        for key in ["a", "b", "c"] {
            let Begin::Fresh(reservation) = answers.begin(key, &budget()).await.unwrap() else { panic!("known") };
            fresh.push(reservation);
        }
        assert_eq!(answers.begin("d", &budget()).await.unwrap_err(), IdempotencyError::Full);
        for reservation in fresh {
            reservation.complete(vec![0; 10]).await.unwrap();
        }
        // By number: the oldest answer goes.
        let Begin::Fresh(d) = answers.begin("d", &budget()).await.unwrap() else { panic!("known") };
        assert_eq!((answers.len(), answers.given_up()), (3, 1));
        // By bytes: two more go for a large one.
        d.complete(vec![0; 30]).await.unwrap();
        assert_eq!((answers.len(), answers.given_up()), (1, 3));
        // What is larger than everything there may be is not kept, and not carried out again either.
        let Begin::Fresh(e) = answers.begin("e", &budget()).await.unwrap() else { panic!("known") };
        assert_eq!(e.complete(vec![0; 40]).await, Err(IdempotencyError::TooLarge { length: 41, most: 40 }));
        assert_eq!(answers.begin("e", &budget()).await.unwrap_err(), IdempotencyError::Withheld);
        let Begin::Replay(d) = answers.begin("d", &budget()).await.unwrap() else { panic!("not known") };
        assert_eq!(d.len(), 30);
    });
}

#[test]
fn what_may_have_been_carried_out_is_withheld() {
    run(async {
        let answers = MemoryAnswers::new(10, 5 * SECOND);
        let Begin::Fresh(first) = answers.begin("k", &budget()).await.unwrap() else { panic!("known") };
        first.withhold().await.unwrap();
        assert_eq!(answers.begin("k", &budget()).await.unwrap_err(), IdempotencyError::Withheld);
        sleep(6 * SECOND).await;
        assert!(matches!(answers.begin("k", &budget()).await, Ok(Begin::Fresh(_))));
    });
}

#[test]
fn no_answer_is_printed() {
    run(async {
        let answers = answers();
        let Begin::Fresh(first) = answers.begin("k", &budget()).await.unwrap() else { panic!("known") };
        first.complete(b"4012345678909".to_vec()).await.unwrap();
        let text = format!("{answers:?}");
        assert!(!text.contains("52, 48, 49") && !text.contains("4012345678909"), "{text}");
    });
}
