//! Whatever goes wrong, the client has an answer that says what, and whoever listens is told.

use crate::gateway_common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gateway_common::*;
use isopace::connector::Connector;
use isopace::dialects::{iso87b, iso93a};
use isopace::frame::Framing;
use isopace::gateway::{
    BoxFuture, CauseKind, Codes, Forwarder, Gateway, HookError, LateAnswers, Routes, Row, Upstream, handler,
};
use isopace::iso87a::DIALECT;
use isopace::link::{Connect, Link, Listen};
use isopace::mux::{NotSent, Outcome, SendError};
use isopace::{Dialect, Message};
use tokio::time::Instant;

/// A route that ends as it is told.
struct Ending(fn() -> Outcome);

impl Forwarder for Ending {
    fn dialect(&self) -> &'static Dialect {
        &DIALECT
    }

    fn request(&self, _: Message, _: Instant) -> BoxFuture<'_, Outcome> {
        Box::pin(async { (self.0)() })
    }

    fn send(&self, _: Message, _: Instant) -> BoxFuture<'_, Result<(), SendError>> {
        Box::pin(async { Err(NotSent::NotConnected.into()) })
    }
}

/// What one purchase is answered, and what is told of it.
async fn one(gateway: Gateway, told: &Told) -> (String, String) {
    let mut client = Peer::of(&gateway).await;
    let answer = client.ask(&purchase(7)).await;
    // The decline echoes what the spec says.
    assert_eq!((text(&answer, 4), text(&answer, 41)), ("000000002500".to_owned(), "TERM0001".to_owned()));
    told.until("declined").await;
    let line = told.lines().into_iter().find(|line| line.starts_with("declined")).unwrap();
    assert!(client.hears_nothing().await, "one answer is enough");
    gateway.stop().await;
    (brief(&answer), line)
}

#[tokio::test]
async fn every_end_of_a_route_has_its_code() {
    type End = fn() -> Outcome;
    let table: [(End, &str, &str); 5] = [
        (|| Outcome::NotSent(NotSent::NotConnected), "91", "not-sent false"),
        (|| Outcome::NotSent(NotSent::DuplicateKey), "91", "not-sent false"),
        (|| Outcome::TimedOut, "68", "timed-out true"),
        (|| Outcome::Unknown(isopace::mux::Lost::PeerClosed), "91", "unknown true"),
        (|| panic!("as told"), "96", "panicked true"),
    ];
    for (end, code, line) in table {
        let told = Told::default();
        let gateway = builder().await.route("host", Ending(end)).events(told.clone()).start().await.unwrap();
        assert_eq!(one(gateway, &told).await, (format!("0210 7 {code}"), format!("declined {line}")));
        let declined = told.declined.lock().unwrap();
        assert_eq!(declined[0].route.as_deref(), Some("host"));
        assert_eq!(declined[0].forwarded.as_ref().map(brief).as_deref(), Some("0200 7 "));
    }
}

#[tokio::test]
async fn no_route_and_codes_of_ones_own() {
    let told = Told::default();
    let routes = Routes::new(&DIALECT, [Row::to("host").mti("08xx")]).unwrap();
    let builder = builder().await.route("host", approving()).routes(routes).events(told.clone());
    let codes = Codes::of(&DIALECT).with(CauseKind::NoRoute, "15");
    let gateway = builder.codes(codes).start().await.unwrap();
    assert_eq!(one(gateway, &told).await, ("0210 7 15".to_owned(), "declined no-route false".to_owned()));
    let codes = Codes::of(&DIALECT).with(CauseKind::NoRoute, "908");
    let wrong = gateway_common::builder().await.route("host", approving()).codes(codes).build().unwrap_err();
    assert_eq!(wrong.to_string(), "the response code for no-route cannot be written in DE 39 of the dialect");
}

#[tokio::test]
async fn the_codes_of_1993_have_three_digits() {
    let told = Told::default();
    let stuck = handler(&iso93a::DIALECT, |_| std::future::pending());
    let gateway = builder_for(&iso93a::DIALECT).await.route("host", stuck).events(told.clone()).timeout(50 * MS);
    let gateway = gateway.start().await.unwrap();
    let mut client = Peer::of(&gateway).await;
    let request = message(&iso93a::DIALECT, "1200", |edit| {
        edit.set(11, "000007").set(41, "TERM0001");
    });
    assert_eq!(brief(&client.ask(&request).await), "1210 7 911");
    gateway.stop().await;
}

#[tokio::test]
async fn a_panic_in_any_hook_is_a_decline() {
    fn hook(at: &'static str, here: &'static str) -> bool {
        assert!(at != here, "as told");
        true
    }
    for at in ["before", "before async", "after", "after async", "route"] {
        let told = Told::default();
        let host = handler(&DIALECT, move |request: Message| {
            hook(at, "route");
            async move {
                let mut reply = request.reply()?;
                reply.set(39, "00").finish()
            }
        });
        let gateway = builder()
            .await
            .route("host", host)
            .before_request(move |_| hook(at, "before").then_some(()).ok_or_else(|| HookError::new("")))
            .before_request_async(move |_| {
                Box::pin(async move { hook(at, "before async").then_some(()).ok_or_else(|| HookError::new("")) })
            })
            .before_response(move |_| hook(at, "after").then_some(()).ok_or_else(|| HookError::new("")))
            .before_response_async(move |_| {
                Box::pin(async move { hook(at, "after async").then_some(()).ok_or_else(|| HookError::new("")) })
            })
            .events(told.clone())
            .start()
            .await
            .unwrap();
        let mut client = Peer::of(&gateway).await;
        assert_eq!(brief(&client.ask(&purchase(1)).await), "0210 1 96", "{at}");
        // The link, and all others, go on.
        assert_eq!(brief(&client.ask(&purchase(2)).await), "0210 2 96", "{at}");
        told.until("panicked").await;
        let acted = !at.starts_with("before");
        assert!(told.lines().contains(&format!("declined panicked {acted}")), "{at}: {:?}", told.lines());
        // An approval that the client has not seen is told with the decline.
        let answer = told.declined.lock().unwrap()[0].answer.as_ref().map(brief);
        assert_eq!(answer.as_deref(), at.starts_with("after").then_some("0210 1 00"), "{at}");
        assert_eq!(gateway.stats().panicked, 2);
        gateway.stop().await;
    }
}

#[tokio::test]
async fn an_approval_that_a_hook_spoils_is_told_of() {
    let told = Told::default();
    let gateway = builder()
        .await
        .route("host", approving())
        .before_response(|exchange| {
            Ok(exchange.edit_response(|edit| {
                edit.set(39, "far too long");
            })?)
        })
        .events(told.clone())
        .start()
        .await
        .unwrap();
    assert_eq!(one(gateway, &told).await, ("0210 7 96".to_owned(), "declined hook true".to_owned()));
    assert_eq!(told.declined.lock().unwrap()[0].answer.as_ref().map(brief).as_deref(), Some("0210 7 00"));
}

#[tokio::test]
async fn code_that_never_ends_is_given_up() {
    for hook in [false, true] {
        let told = Told::default();
        let mut builder = builder().await.route("host", silent()).events(told.clone()).timeout(50 * MS);
        if hook {
            builder = builder.before_request_async(|_| Box::pin(std::future::pending()));
        }
        let gateway = builder.start().await.unwrap();
        let line = format!("declined timed-out {}", !hook);
        assert_eq!(one(gateway, &told).await, ("0210 7 68".to_owned(), line));
    }
}

#[tokio::test]
async fn overload_is_declined_at_once() {
    for (client, all, route) in [(2, 100, 100), (100, 2, 100), (100, 100, 2)] {
        let open = Arc::new(AtomicBool::new(false));
        let host = {
            let open = Arc::clone(&open);
            handler(&DIALECT, move |request: Message| {
                let open = Arc::clone(&open);
                async move {
                    while !open.load(Ordering::SeqCst) {
                        tokio::time::sleep(5 * MS).await;
                    }
                    let mut reply = request.reply()?;
                    reply.set(39, "00").finish()
                }
            })
        };
        let told = Told::default();
        let gateway = builder()
            .await
            .upstream(Upstream::new("host", host).max_in_flight(route))
            .max_in_flight_per_client(client)
            .max_in_flight(all)
            .events(told.clone())
            .start()
            .await
            .unwrap();
        let mut peer = Peer::of(&gateway).await;
        for stan in 1..=5 {
            peer.send(purchase(stan).as_bytes()).await;
        }
        // Nothing waits for those in flight.
        let declined = [peer.receive().await, peer.receive().await, peer.receive().await];
        assert_eq!(declined.each_ref().map(brief), ["0210 3 91", "0210 4 91", "0210 5 91"]);
        assert_eq!((gateway.stats().in_flight, gateway.in_flight_on("host")), (2, Some(2)));
        // Another client has places of its own.
        let mut other = Peer::of(&gateway).await;
        other.send(purchase(9).as_bytes()).await;
        if client == 100 {
            assert_eq!(brief(&other.receive().await), "0210 9 91");
        }
        open.store(true, Ordering::SeqCst);
        let mut answered = [peer.receive().await, peer.receive().await].each_ref().map(brief);
        answered.sort();
        assert_eq!(answered, ["0210 1 00", "0210 2 00"]);
        assert_eq!(brief(&peer.ask(&purchase(6)).await), "0210 6 00");
        gateway.stop().await;
        assert_eq!(gateway.stats().in_flight, 0);
        let overload = told.lines().iter().filter(|line| *line == "declined overload false").count();
        assert_eq!(overload, if client == 100 { 4 } else { 3 });
    }
}

#[tokio::test]
async fn a_frame_that_is_no_message_is_declined_where_it_can_be() {
    let told = Told::default();
    let gateway = builder().await.route("host", approving()).events(told.clone()).start().await.unwrap();
    let mut client = Peer::of(&gateway).await;
    let whole = purchase(7);
    let wire = whole.as_bytes();
    // Bytes left over, and the last element cut short: STAN, amount and processing code are there.
    let trailing = [&wire[..], b"more"].concat();
    assert_eq!(brief(&client.ask_wire(&trailing).await), "0210 7 30");
    let answer = client.ask_wire(&wire[..wire.len() - 3]).await;
    assert_eq!(
        (brief(&answer), answer.has(41), text(&answer, 3)),
        ("0210 7 30".to_owned(), false, "000000".to_owned())
    );
    // Nobody could tell which request an answer would be to; a message that is not answered; no message at all.
    client.send(&wire[..30]).await;
    client.send(&[b"0210", &trailing[4..]].concat()).await;
    client.send(&[b"0140", &trailing[4..]].concat()).await;
    client.send(b"hello, world").await;
    client.send(b"020").await;
    // The link goes on.
    assert_eq!(brief(&client.ask(&purchase(8)).await), "0210 8 00");
    assert!(client.hears_nothing().await);
    let stats = gateway.stats();
    assert_eq!((stats.undecodable, stats.declined_for(CauseKind::Undecodable), stats.requests), (7, 2, 3));
    assert_eq!(told.lines().iter().filter(|line| line.starts_with("undecodable")).count(), 7);
    gateway.stop().await;
}

#[tokio::test]
async fn a_decline_of_what_cannot_be_read_goes_back_the_way_it_came() {
    // A transport header whose addresses are swapped in the answer.
    let framing = "length2,tpdu=6000010002".parse::<Framing>().unwrap();
    let listener = Listen::new(framing).bind("127.0.0.1:0").await.unwrap();
    let gateway = Gateway::builder("pos", &iso87b::DIALECT).listen(listener);
    let gateway = gateway.route("host", answering(&iso87b::DIALECT, "00")).start().await.unwrap();
    let address = gateway.local_address().unwrap().to_string();
    let mut link = Connect::to(address, "length2,tpdu=6000020001".parse::<Framing>().unwrap()).open().await.unwrap();
    let request = message(&iso87b::DIALECT, "0200", |edit| {
        edit.set(11, "000007").set(41, "TERM0001");
    });
    for (wire, code) in [(request.as_bytes().to_vec(), "00"), ([&request.as_bytes()[..], b"x"].concat(), "30")] {
        link.send(&wire).await.unwrap();
        let frame = tokio::time::timeout(EVER, link.receive()).await.unwrap().unwrap().unwrap();
        assert_eq!(frame.header[..], [0x60, 0x00, 0x01, 0x00, 0x02]);
        assert_eq!(brief(&Message::parse(&iso87b::DIALECT, frame.body).unwrap()), format!("0210 7 {code}"));
    }
    gateway.stop().await;
}

#[tokio::test]
async fn a_late_answer_of_a_route_is_told_of() {
    let listener = Listen::new(FRAMING).bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_address().to_string();
    let late = LateAnswers::new();
    let connector =
        Connector::builder(&DIALECT).dial(Connect::to(address, FRAMING)).events(late.clone()).start().unwrap();
    let mut host: Link = listener.accept().await.open().await.unwrap();
    assert!(connector.ready().await);
    let told = Told::default();
    let upstream = Upstream::new("issuer", connector.clone()).own_stan().late_answers(&late);
    let gateway = builder().await.upstream(upstream).events(told.clone()).timeout(50 * MS).start().await.unwrap();
    let mut client = Peer::of(&gateway).await;
    assert_eq!(brief(&client.ask(&purchase(77)).await), "0210 77 68");
    let request = Message::parse(&DIALECT, host.receive().await.unwrap().unwrap().body).unwrap();
    let mut reply = request.reply().unwrap();
    host.send(&reply.set(39, "00").finish().unwrap()).await.unwrap();
    // With the STAN of the route: the same as that of what was told to be declined.
    told.until("late issuer 0210 1 00").await;
    let forwarded = told.declined.lock().unwrap()[0].forwarded.clone().unwrap();
    assert_eq!(brief(&forwarded), "0200 1 ");
    assert_eq!(gateway.stats().late, 1);
    assert!(client.hears_nothing().await, "the client has its answer");
    gateway.stop().await;
    connector.stop().await;
}

#[tokio::test]
async fn answers_to_nothing_are_told_of() {
    let told = Told::default();
    let gateway = builder().await.route("host", approving()).events(told.clone()).start().await.unwrap();
    let mut client = Peer::of(&gateway).await;
    let answer = message(&DIALECT, "0210", |edit| {
        edit.set(11, "000001").set(39, "00");
    });
    client.send(answer.as_bytes()).await;
    told.until("unmatched unmatched").await;
    assert_eq!(gateway.stats().unmatched, 1);
    gateway.stop().await;
}
