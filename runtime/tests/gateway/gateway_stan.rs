//! STANs of the gateway's own: two clients that send the same ones do not get in each other's way.

use crate::gateway_common;

use gateway_common::*;
use isopace::connector::{Connector, Stans};
use isopace::gateway::Upstream;
use isopace::iso87a::DIALECT;
use isopace::link::{Connect, Link, Listen};
use isopace::types::Stan;
use isopace::{Edit, Message};

/// A connector to a host by hand.
async fn host() -> (Connector, Link) {
    let listener = Listen::new(FRAMING).bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_address().to_string();
    let connector = Connector::builder(&DIALECT).dial(Connect::to(address, FRAMING)).start().unwrap();
    let host = listener.accept().await.open().await.unwrap();
    assert!(connector.ready().await);
    (connector, host)
}

async fn receive(host: &mut Link) -> Message {
    let frame = tokio::time::timeout(EVER, host.receive()).await.unwrap().unwrap().unwrap();
    Message::parse(&DIALECT, frame.body).unwrap()
}

async fn approve(host: &mut Link, request: &Message, change: impl FnOnce(&mut Edit<'_>)) {
    let mut reply = request.reply().unwrap();
    change(reply.set(39, "00"));
    host.send(&reply.finish().unwrap()).await.unwrap();
}

#[tokio::test]
async fn the_same_stan_and_terminal_twice_at_once() {
    // Without a STAN of its own the second one would be the same request: nobody could tell the answers apart.
    for own in [false, true] {
        let (connector, mut host) = host().await;
        let mut upstream = Upstream::new("issuer", connector.clone());
        if own {
            upstream = upstream.own_stan_from(Stans::after(Stan::new(499).unwrap()));
        }
        let gateway = builder().await.upstream(upstream).start().await.unwrap();
        let (mut one, mut two) = (Peer::of(&gateway).await, Peer::of(&gateway).await);
        one.send(purchase(7).as_bytes()).await;
        let first = receive(&mut host).await;
        two.send(
            purchase_of(7, |edit| {
                edit.set(4, "000000009900");
            })
            .as_bytes(),
        )
        .await;
        if !own {
            assert_eq!(brief(&first), "0200 7 ");
            assert_eq!(brief(&two.receive().await), "0210 7 91");
        } else {
            let second = receive(&mut host).await;
            assert_eq!([brief(&first), brief(&second)], ["0200 500 ", "0200 501 "]);
            // All else is as it was.
            let back = first.edit().set(11, &7u32).finish().unwrap();
            assert_eq!(&back[..], &purchase(7).as_bytes()[..]);
            // Answered the other way round, each gets its own.
            approve(&mut host, &second, |_| {}).await;
            let answer = two.receive().await;
            assert_eq!((brief(&answer).as_str(), text(&answer, 4).as_str()), ("0210 7 00", "000000009900"));
        }
        approve(&mut host, &first, |_| {}).await;
        let answer = one.receive().await;
        assert_eq!((brief(&answer).as_str(), text(&answer, 4).as_str()), ("0210 7 00", "000000002500"));
        gateway.stop().await;
        connector.stop().await;
    }
}

#[tokio::test]
async fn what_refers_to_a_request_refers_to_what_went_out() {
    let (connector, mut host) = host().await;
    let upstream = Upstream::new("issuer", connector.clone()).own_stan_from(Stans::after(Stan::new(99).unwrap()));
    let gateway = builder().await.upstream(upstream).start().await.unwrap();
    let mut client = Peer::of(&gateway).await;
    client.send(purchase(7).as_bytes()).await;
    let request = receive(&mut host).await;
    approve(&mut host, &request, |_| {}).await;
    assert_eq!(brief(&client.receive().await), "0210 7 00");

    // Its reversal, and the repeat of that: one STAN, and the original's in DE 90.
    let original = |stan: &str| format!("0200{stan}11200721550000009900100000000000");
    for mti in ["0420", "0421"] {
        let reversal = message(&DIALECT, mti, |edit| {
            edit.set(4, "000000002500").set(11, "000008").set(41, "TERM0001").set_leaf("90", &original("000007"));
        });
        client.send(reversal.as_bytes()).await;
        let seen = receive(&mut host).await;
        assert_eq!((brief(&seen), text(&seen, 90)), (format!("{mti} 101 "), original("000100")));
        approve(&mut host, &seen, |reply| {
            reply.set_leaf("90", &original("000100"));
        })
        .await;
        let answer = client.receive().await;
        assert_eq!((brief(&answer).as_str(), text(&answer, 90)), ("0430 8 00", original("000007")));
    }
    // One that refers to what did not come this way, or comes from another terminal, is carried on as it is.
    for (terminal, stan) in [("TERM0001", "000009"), ("TERM0002", "000007")] {
        let reversal = message(&DIALECT, "0420", |edit| {
            edit.set(11, "000010").set(41, terminal).set_leaf("90", &original(stan));
        });
        client.send(reversal.as_bytes()).await;
        let seen = receive(&mut host).await;
        assert_eq!(text(&seen, 90), original(stan));
        approve(&mut host, &seen, |_| {}).await;
        assert_eq!(brief(&client.receive().await), "0430 10 00");
    }
    gateway.stop().await;
    connector.stop().await;
}

#[tokio::test]
async fn what_is_sent_again_while_it_is_under_way_has_one_answer() {
    for own in [false, true] {
        let (connector, mut host) = host().await;
        let mut upstream = Upstream::new("issuer", connector.clone());
        if own {
            upstream = upstream.own_stan();
        }
        let told = Told::default();
        let gateway = builder().await.upstream(upstream).events(told.clone()).start().await.unwrap();
        let mut client = Peer::of(&gateway).await;
        let repeat = purchase(7).edit().mti("0201").finish().unwrap();
        client.send(purchase(7).as_bytes()).await;
        let request = receive(&mut host).await;
        // Once more as it was, and as a repeat.
        client.send(purchase(7).as_bytes()).await;
        client.send(&repeat).await;
        told.until("repeated 0201 7 ").await;
        assert_eq!(gateway.stats().repeated, 2);
        assert!(client.hears_nothing().await, "a decline would be taken for the answer to the first");
        approve(&mut host, &request, |_| {}).await;
        assert_eq!(brief(&client.receive().await), "0210 7 00");
        assert!(client.hears_nothing().await);
        // Now it is a repeat like any other, and has the STAN of its original.
        client.send(&repeat).await;
        let again = receive(&mut host).await;
        assert_eq!((again.mti().to_string().as_str(), text(&again, 11)), ("0201", text(&request, 11)));
        // Over another link it is declined while that is under way.
        let mut other = Peer::of(&gateway).await;
        other.send(&repeat).await;
        assert_eq!(brief(&other.receive().await), "0210 7 91");
        approve(&mut host, &again, |_| {}).await;
        assert_eq!(brief(&client.receive().await), "0210 7 00");
        drop((client, other));
        gateway.stop().await;
        connector.stop().await;
    }
}

#[tokio::test]
async fn a_stan_that_is_none_is_a_format_error_and_none_is_none() {
    let (forwarder, seen) = remembering(&DIALECT, "00");
    let gateway = builder().await.upstream(Upstream::new("host", forwarder).own_stan()).start().await.unwrap();
    let mut client = Peer::of(&gateway).await;
    client.send(b"0200302000000080000000000000000000250000x007TERM0001").await;
    let answer = client.receive().await;
    assert_eq!((answer.mti().to_string().as_str(), text(&answer, 39).as_str()), ("0210", "30"));
    assert!(seen.all().is_empty());
    client.send(b"02003000000000800000000000000000002500TERM0001").await;
    let answer = client.receive().await;
    assert_eq!((text(&answer, 39).as_str(), answer.has(11), seen.last().has(11)), ("00", false, false));
    gateway.stop().await;
}
