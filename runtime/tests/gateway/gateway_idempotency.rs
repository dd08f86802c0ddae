//! The same request twice: carried on once, answered alike.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use isopace::Message;
use isopace::gateway::{BuildError, CauseKind, Idempotency, Upstream, handler};
use isopace::iso87a::DIALECT;
use isopace::store::{Store, Vault};
use isopace::trace::{Recent, Sampling, Tracer};
use tokio::sync::Semaphore;
use tokio::time::sleep;

use crate::gateway_common::once::*;
use crate::gateway_common::*;
#[cfg(all(feature = "postgres", unix))]
use crate::postgres_common;

#[tokio::test]
async fn a_repeat_gets_the_answer_that_was_given_on_any_link_and_after_a_restart() {
    for answer in ["00", "51"] {
        let (scratch, recent) = (Scratch::new(), Recent::new(10));
        let store = scratch.store().await;
        let (route, seen, _) = Route::new(vec![code(answer), code("05")]);
        let tracer = Tracer::new(Sampling::ALL).sink(recent.clone());
        let gateway = once(&store).await.route("r", route).tracer(tracer).start().await.unwrap();
        let first = Peer::of(&gateway).await.ask(&timed(7)).await;
        assert_eq!(brief(&first), format!("0210 7 {answer}"));
        for mti in ["0200", "0201"] {
            let again = Peer::of(&gateway).await.ask(&of_type(mti, 7, "000000002500")).await;
            assert_eq!(again.as_bytes(), first.as_bytes());
        }
        assert_eq!((seen.load(Ordering::SeqCst), gateway.stats().replayed, gateway.stats().waited), (1, 2, 0));
        let traces = recent.list();
        let steps = |at: usize| format!("{:?}", traces[at].entries);
        let told = (0..traces.len()).filter(|at| steps(*at).contains("as before")).count();
        assert_eq!(told, 2, "{traces:?}");
        closed(&[&gateway], &store).await;
        let store = scratch.store().await;
        let (route, seen, _) = Route::new(vec![code("05")]);
        let gateway = once(&store).await.route("r", route).start().await.unwrap();
        let mut client = Peer::of(&gateway).await;
        assert_eq!(client.ask(&of_type("0201", 7, "000000002500")).await.as_bytes(), first.as_bytes());
        assert_eq!(brief(&client.ask(&timed(8)).await), "0210 8 05");
        assert_eq!(seen.load(Ordering::SeqCst), 1);
        closed(&[&gateway], &store).await;
        let stored: Vec<u8> = ["store.db", "store.db-wal"]
            .iter()
            .flat_map(|name| std::fs::read(scratch.0.join(name)).unwrap_or_default())
            .collect();
        assert!(!stored.windows(16).any(|bytes| bytes == b"4111111111111111"), "no card number in clear");
    }
}

async fn one_waits_for_the_other(store: &Arc<dyn Store>) {
    let (route, seen, gate) = Route::new(vec![code("00"), code("05")]);
    gate.forget_permits(Semaphore::MAX_PERMITS);
    let one = once(store).await.route("r", route).start().await.unwrap();
    let (route, elsewhere, _) = Route::new(vec![code("05")]);
    let other = once(store).await.route("r", route).start().await.unwrap();
    let (mut first, mut second, mut third) = (Peer::of(&one).await, Peer::of(&other).await, Peer::of(&one).await);
    first.send(timed(7).as_bytes()).await;
    while seen.load(Ordering::SeqCst) == 0 {
        sleep(MS).await;
    }
    second.send(of_type("0201", 7, "000000002500").as_bytes()).await;
    third.send(of_type("0201", 7, "000000002500").as_bytes()).await;
    while one.stats().waited + other.stats().waited < 2 {
        sleep(MS).await;
    }
    gate.add_permits(10);
    let answers = [first.receive().await, second.receive().await, third.receive().await];
    assert!(answers.iter().all(|answer| answer.as_bytes() == answers[0].as_bytes()));
    assert_eq!(brief(&answers[0]), "0210 7 00");
    assert_eq!((seen.load(Ordering::SeqCst), elsewhere.load(Ordering::SeqCst)), (1, 0));
    closed(&[&one, &other], store).await;
}

#[tokio::test]
async fn one_that_is_under_way_is_waited_for() {
    let scratch = Scratch::new();
    one_waits_for_the_other(&scratch.store().await).await;
}

#[cfg(all(feature = "postgres", unix))]
#[tokio::test]
async fn one_that_is_under_way_at_another_node_is_waited_for() {
    let Some(server) = postgres_common::Server::shared() else { return };
    let store = isopace::store::Postgres::connect(&server.config()).await.unwrap();
    one_waits_for_the_other(&(Arc::new(store) as Arc<dyn Store>)).await;
}

#[tokio::test]
async fn a_repeat_waits_no_longer_than_its_deadline() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let (route, seen, gate) = Route::new(vec![code("00")]);
    gate.forget_permits(Semaphore::MAX_PERMITS);
    let slow = once(&store).await.timeout(20 * SECOND).route("r", route).start().await.unwrap();
    let (route, elsewhere, _) = Route::new(vec![code("05")]);
    let told = Told::default();
    let quick = once(&store).await.timeout(SECOND).events(told.clone()).route("r", route).start().await.unwrap();
    let (mut first, mut second) = (Peer::of(&slow).await, Peer::of(&quick).await);
    first.send(timed(7).as_bytes()).await;
    while seen.load(Ordering::SeqCst) == 0 {
        sleep(MS).await;
    }
    assert_eq!(brief(&second.ask(&of_type("0201", 7, "000000002500")).await), "0210 7 09");
    told.until("declined in-flight false").await;
    gate.add_permits(10);
    assert_eq!(brief(&first.receive().await), "0210 7 00");
    assert_eq!(brief(&second.ask(&of_type("0201", 7, "000000002500")).await), "0210 7 00", "it asks again");
    assert_eq!((seen.load(Ordering::SeqCst), elsewhere.load(Ordering::SeqCst)), (1, 0));
    closed(&[&slow, &quick], &store).await;
}

#[tokio::test]
async fn what_is_no_repeat_is_not_taken_for_one() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let (route, seen) = remembering(&DIALECT, "00");
    let gateway = once(&store).await.route("r", route).start().await.unwrap();
    let mut client = Peer::of(&gateway).await;
    assert_eq!(brief(&client.ask(&timed(7)).await), "0210 7 00");
    assert_eq!(brief(&client.ask(&of_type("0200", 7, "000000009900")).await), "0210 7 94", "another amount");
    assert_eq!(gateway.stats().declined_for(CauseKind::Duplicate), 1);
    // A reversal of it, another STAN, another terminal, another second; and what has no key, and echo tests.
    let another = |number: u8, value: &str| {
        let purchase = timed(7);
        let mut edit = purchase.edit();
        edit.set_leaf(&number.to_string(), value);
        Message::parse(&DIALECT, edit.finish().unwrap()).unwrap()
    };
    let others = [
        of_type("0420", 7, "000000002500"),
        timed(8),
        another(41, "TERM0002"),
        another(7, "1120174501"),
        purchase(9),
        purchase(9),
    ];
    for other in &others {
        assert_eq!(text(&client.ask(other).await, 39), "00");
    }
    let echo = message(&DIALECT, "0800", |edit| {
        edit.set(7, "1120174500").set(11, &10_u32).set(70, "301");
    });
    for _ in 0..2 {
        client.ask(&echo).await;
    }
    assert_eq!((seen.all().len(), gateway.stats().replayed), (9, 0));
    assert_eq!(brief(&client.ask(&of_type("0421", 7, "000000002500")).await), "0430 7 00");
    assert_eq!((seen.all().len(), gateway.stats().replayed), (9, 1));
    closed(&[&gateway], &store).await;
}

#[tokio::test]
async fn what_cannot_be_is_not_built() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let build = async |idempotency: Idempotency| {
        let builder = builder().await.route("r", approving()).idempotency(idempotency);
        builder.build().map(|_| ()).unwrap_err()
    };
    let error = build(Idempotency::new(Arc::clone(&store), Vault::without_key())).await;
    assert!(matches!(error, BuildError::NoStorageKey), "{error}");
    for number in [2, 35, 52, 55] {
        let error = build(Idempotency::new(Arc::clone(&store), vault()).key(&[11, number])).await;
        assert!(matches!(error, BuildError::KeyElement(at) if at == number), "{error}");
    }
    assert!(matches!(build(Idempotency::new(store, vault()).key(&[])).await, BuildError::KeyElement(0)));
}

#[tokio::test]
async fn many_clients_that_repeat_are_each_answered_once() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let seen = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&seen);
    let route = handler(&DIALECT, move |request: Message| {
        counted.fetch_add(1, Ordering::SeqCst);
        async move {
            sleep(Duration::from_millis(5)).await;
            let mut reply = request.reply()?;
            reply.set(39, "00");
            reply.finish()
        }
    });
    let key = Idempotency::new(Arc::clone(&store), vault()).key(&[7, 11, 41]).most(30).scope("many");
    let gateway = builder().await.upstream(Upstream::new("r", route).own_stan()).idempotency(key);
    let gateway = gateway.start().await.unwrap();
    let mut tasks = Vec::new();
    for client in 0..8 {
        let mut link = Peer::of(&gateway).await;
        tasks.push(tokio::spawn(async move {
            // Each pair of clients sends the same.
            for stan in 0..20 {
                let answer = link.ask(&timed(client / 2 * 100 + stan + 1)).await;
                assert_eq!(text(&answer, 39), "00");
            }
        }));
    }
    for task in tasks {
        tokio::time::timeout(EVER, task).await.unwrap().unwrap();
    }
    assert_eq!((seen.load(Ordering::SeqCst), gateway.stats().replayed), (80, 80));
    closed(&[&gateway], &store).await;
}
