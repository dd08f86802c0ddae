//! The same request twice: what the second one gets when the first one has ended otherwise than well.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use isopace::gateway::{CauseKind, HookError};
use isopace::mux::{Lost, NotSent, Outcome};
use isopace::store::{Answers, Begun};
use tokio::sync::Semaphore;
use tokio::time::sleep;

use crate::gateway_common::once::*;
use crate::gateway_common::*;

#[tokio::test]
async fn what_nobody_acted_on_may_come_again_and_what_somebody_may_have_does_not() {
    let cases = [
        ("not sent", End::Is(|| Outcome::NotSent(NotSent::NotConnected)), "91", 2),
        ("timed out", End::Is(|| Outcome::TimedOut), "68", 1),
        ("unknown", End::Is(|| Outcome::Unknown(Lost::Closed)), "91", 1),
        ("panicked", End::Is(|| panic!("as it was told")), "96", 1),
    ];
    for (name, end, decline, carried_on) in cases {
        let scratch = Scratch::new();
        let store = scratch.store().await;
        let (route, seen, _) = Route::new(vec![end, code("00")]);
        let gateway = once(&store).await.route("r", route).start().await.unwrap();
        let mut client = Peer::of(&gateway).await;
        assert_eq!(brief(&client.ask(&timed(7)).await), format!("0210 7 {decline}"), "{name}");
        let again = brief(&client.ask(&of_type("0201", 7, "000000002500")).await);
        let expected = if carried_on == 2 { "0210 7 00".to_owned() } else { format!("0210 7 {decline}") };
        assert_eq!(again, expected, "{name}");
        assert_eq!(seen.load(Ordering::SeqCst), carried_on, "{name}");
        closed(&[&gateway], &store).await;
    }
}

#[tokio::test]
async fn hooks_are_called_once_and_what_they_refuse_may_come_again() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let before = move |_: &mut isopace::gateway::Exchange| match counted.fetch_add(1, Ordering::SeqCst) {
        0 => Err(HookError::new("not now").response_code("57")),
        _ => Ok(()),
    };
    let (route, seen, _) = Route::new(vec![code("00")]);
    let builder = once(&store).await.route("r", route).before_request(before).before_response(|exchange| {
        Ok(exchange.edit_response(|edit| {
            edit.set(37, "000000000042");
        })?)
    });
    let gateway = builder.start().await.unwrap();
    let mut client = Peer::of(&gateway).await;
    let mut given = Vec::new();
    for _ in 0..3 {
        let answer = client.ask(&timed(7)).await;
        given.push(format!("{} {}", text(&answer, 39), text(&answer, 37)));
    }
    assert_eq!(given, ["57 ", "00 000000000042", "00 000000000042"]);
    assert_eq!((calls.load(Ordering::SeqCst), seen.load(Ordering::SeqCst)), (2, 1));
    closed(&[&gateway], &store).await;
}

#[tokio::test]
async fn what_a_dead_node_left_is_declined_and_never_carried_on() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let dead = Answers::new(Arc::clone(&store), vault(), "gateway.pos").lease(5 * SECOND);
    let left = dead.attempt("0200.1120174500.000007..TERM0001");
    assert!(matches!(dead.begin(&left).await.unwrap(), Begun::Fresh));
    let (route, seen, _) = Route::new(vec![code("00")]);
    let told = Told::default();
    let gateway = once(&store).await.timeout(SECOND).events(told.clone()).route("r", route).start().await.unwrap();
    let mut client = Peer::of(&gateway).await;
    assert_eq!(brief(&client.ask(&of_type("0201", 7, "000000002500")).await), "0210 7 09");
    sleep(5 * SECOND).await;
    for _ in 0..2 {
        assert_eq!(brief(&client.ask(&of_type("0201", 7, "000000002500")).await), "0210 7 68");
    }
    told.until("declined unfinished false").await;
    assert_eq!((seen.load(Ordering::SeqCst), gateway.stats().declined_for(CauseKind::Unfinished)), (0, 1));
    assert_eq!(gateway.stats().replayed, 1);
    closed(&[&gateway], &store).await;
}

#[tokio::test]
async fn an_answer_that_nobody_got_is_taken_back_unless_it_was_asked_for_again() {
    for asked_again in [false, true] {
        let scratch = Scratch::new();
        let store = scratch.store().await;
        let (route, seen, gate) = Route::new(vec![code("00")]);
        gate.forget_permits(Semaphore::MAX_PERMITS);
        let told = Told::default();
        let gateway = once(&store).await.route("r", route).events(told.clone()).start().await.unwrap();
        let mut first = tokio::net::TcpStream::connect(gateway.local_address().unwrap()).await.unwrap();
        let mut framed = Vec::new();
        FRAMING.encode(timed(7).as_bytes(), &mut framed).unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut first, &framed).await.unwrap();
        while seen.load(Ordering::SeqCst) == 0 {
            sleep(MS).await;
        }
        let mut waits = Peer::of(&gateway).await;
        if asked_again {
            waits.send(of_type("0201", 7, "000000002500").as_bytes()).await;
            while gateway.stats().waited == 0 {
                sleep(MS).await;
            }
        }
        socket2::SockRef::from(&first).set_linger(Some(Duration::ZERO)).unwrap();
        drop(first);
        told.until("closed").await;
        gate.add_permits(10);
        if asked_again {
            let answer = waits.receive().await;
            told.until("undelivered").await;
            let given = brief(&answer);
            let reversed = told.undelivered.lock().unwrap()[0].forwarded.is_some();
            // Whoever was first: an approval that is given is not reversed, one that is reversed is not given.
            assert!((given == "0210 7 00" && !reversed) || (given == "0210 7 68" && reversed), "{given} {reversed}");
        } else {
            told.until("undelivered 0210 7 00").await;
            assert!(told.undelivered.lock().unwrap()[0].forwarded.is_some(), "it is to be reversed");
            assert_eq!(brief(&waits.ask(&of_type("0201", 7, "000000002500")).await), "0210 7 68");
        }
        assert_eq!(seen.load(Ordering::SeqCst), 1);
        closed(&[&gateway], &store).await;
    }
}

#[tokio::test]
async fn without_its_store_nothing_is_carried_on() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let (route, seen, _) = Route::new(vec![code("00")]);
    let gateway = once(&store).await.route("r", route).start().await.unwrap();
    store.close().await;
    let mut client = Peer::of(&gateway).await;
    assert_eq!(brief(&client.ask(&timed(7)).await), "0210 7 96");
    assert_eq!((seen.load(Ordering::SeqCst), gateway.stats().declined_for(CauseKind::Store)), (0, 1));
    gateway.stop().await;
}
