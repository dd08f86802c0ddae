//! What happens to a request that is answered: routes, hooks, traces, and the bytes on both sides.

use crate::gateway_common;

use gateway_common::*;
use isopace::connector::Connector;
use isopace::gateway::{Gateway, HookError, Routes, Row, Upstream};
use isopace::iso87a::DIALECT;
use isopace::link::{Connect, Listen};
use isopace::mux::Inbound;
use isopace::pool::Pool;
use isopace::trace::{Recent, Sampling, Style, Tracer};

/// A host over TCP that approves everything, and a connector to it.
async fn host() -> (Connector, Connector) {
    let listener = Listen::new(FRAMING).bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_address().to_string();
    let approve = |inbound: Inbound| async move {
        let Ok(mut reply) = inbound.message.reply() else { return };
        reply.set(39, "00");
        drop(inbound.replier.reply(&reply).await);
    };
    let host = Connector::builder(&DIALECT).accept(listener).serve(approve).start().unwrap();
    let connector = Connector::builder(&DIALECT).dial(Connect::to(address, FRAMING)).start().unwrap();
    assert!(connector.ready().await);
    (host, connector)
}

#[tokio::test]
async fn over_a_connector_and_over_a_pool() {
    let (host, connector) = host().await;
    let pool = Pool::builder().member(connector.clone()).start().await.unwrap();
    let routes = [Row::to("pool").processing_code("01"), Row::to("connector")];
    let builder = builder().await.route("connector", connector.clone()).route("pool", pool);
    let gateway = builder.routes(Routes::new(&DIALECT, routes).unwrap()).start().await.unwrap();
    let mut client = Peer::of(&gateway).await;
    assert_eq!(brief(&client.ask(&purchase(1)).await), "0210 1 00");
    let cash = purchase_of(2, |edit| {
        edit.set(3, "010000");
    });
    assert_eq!(brief(&client.ask(&cash).await), "0210 2 00");
    assert_eq!(gateway.routes(), [("connector".to_owned(), true), ("pool".to_owned(), true)]);
    connector.stop().await;
    assert_eq!(brief(&client.ask(&purchase(3)).await), "0210 3 91");
    assert_eq!(gateway.routes(), [("connector".to_owned(), false), ("pool".to_owned(), false)]);
    let stats = gateway.stats();
    assert_eq!((stats.requests, stats.responses, stats.all_declined()), (3, 2, 1));
    gateway.stop().await;
    host.stop().await;
}

#[tokio::test]
async fn what_is_not_changed_goes_through_bit_for_bit() {
    let (forwarder, seen) = remembering(&DIALECT, "00");
    let gateway = builder().await.route("host", forwarder).start().await.unwrap();
    let mut client = Peer::of(&gateway).await;
    // An empty second bitmap, bitmaps in lower case, a tag that the spec does not list with a length longer than need
    // be.
    let wire = b"0200b0200000008002000000000000000000000000000000000000000017TERM0001009\xDF\x5A\x81\x02ab\x9A\x01\x25";
    client.send(wire).await;
    assert_eq!(brief(&client.receive().await), "0210 17 00");
    assert_eq!(&seen.last().as_bytes()[..], wire);
    gateway.stop().await;
}

#[tokio::test]
async fn hooks_change_route_and_refuse_in_order() {
    let (first, at_first) = remembering(&DIALECT, "00");
    let (second, at_second) = remembering(&DIALECT, "51");
    let recent = Recent::new(10);
    let gateway = builder()
        .await
        .route("first", first)
        .route("second", second)
        .before_request(|exchange| {
            exchange.trace().step("apply fee", &[("fee", &1000)]);
            exchange.edit_request(|edit| {
                edit.set(4, "000000003500").set(32, "99001");
            })?;
            if exchange.outgoing().get::<u32>(11)? == Some(2) {
                exchange.set_route("second")?;
            }
            Ok(())
        })
        .before_request_async(|exchange| {
            Box::pin(async move {
                tokio::task::yield_now().await;
                // It sees what the hook before it did.
                assert_eq!(text(exchange.outgoing(), 32), "99001");
                match exchange.outgoing().get::<u32>(11)? {
                    Some(3) => Err(HookError::new("card is on the list").response_code("43")),
                    Some(4) => {
                        let mut reply = exchange.request().reply()?;
                        let wire = reply.set(39, "08").finish()?;
                        Ok(exchange.respond(wire)?)
                    }
                    _ => Ok(()),
                }
            })
        })
        .before_response(|exchange| {
            exchange.trace().step("stamp response", &[]);
            Ok(exchange.edit_response(|edit| {
                edit.set(48, "ROUTED");
            })?)
        })
        .before_response_async(|exchange| {
            Box::pin(async move {
                assert_eq!(exchange.response().map(|response| text(response, 48)).as_deref(), Some("ROUTED"));
                Ok(())
            })
        })
        .tracer(Tracer::new(Sampling::ALL).sink(recent.clone()))
        .start()
        .await
        .unwrap();
    let mut client = Peer::of(&gateway).await;
    let answers = [client.ask(&purchase(1)).await, client.ask(&purchase(2)).await];
    assert_eq!(answers.each_ref().map(brief), ["0210 1 00", "0210 2 51"]);
    assert!(answers.iter().all(|answer| text(answer, 48) == "ROUTED"));
    // Refused, and answered by a hook: not carried on, and no hook sees an answer.
    let answers = [client.ask(&purchase(3)).await, client.ask(&purchase(4)).await];
    assert_eq!(answers.each_ref().map(brief), ["0210 3 43", "0210 4 08"]);
    assert!(answers.iter().all(|answer| !answer.has(48)));
    assert_eq!((at_first.all().len(), at_second.all().len()), (1, 1));
    let sent = at_first.last();
    assert_eq!((text(&sent, 4).as_str(), text(&sent, 32).as_str()), ("000000003500", "99001"));
    gateway.stop().await;

    let records = recent.list();
    let labels = |at: usize| records[at].labels().collect::<Vec<_>>();
    let ids: Vec<&str> = records.iter().map(|record| record.id.as_str()).collect();
    assert_eq!(ids, ["pos-4", "pos-3", "pos-2", "pos-1"]);
    let whole = [
        "received",
        "request",
        "route",
        "apply fee",
        "forwarded",
        "forwarded",
        "stamp response",
        "response",
        "replied",
    ];
    assert_eq!(labels(3), whole);
    // Another route is told after the hooks.
    assert_eq!(labels(2)[..5], ["received", "request", "route", "apply fee", "route"]);
    assert_eq!(labels(1), ["received", "request", "route", "apply fee", "error", "declined", "replied"]);
    assert_eq!(labels(0), ["received", "request", "route", "apply fee", "response", "replied"]);
    let text = records[2].text(&Style::new().timestamps(false));
    assert!(
        text.contains("\nroute           dest=first\n") && text.contains("\nroute           dest=second\n"),
        "{text}"
    );
}

#[tokio::test]
async fn an_unchanged_request_is_not_traced_twice() {
    let recent = Recent::new(10);
    let tracer = Tracer::new(Sampling::ALL).sink(recent.clone());
    let gateway = builder().await.route("host", approving()).tracer(tracer).start().await.unwrap();
    let mut client = Peer::of(&gateway).await;
    client.ask(&purchase(1)).await;
    gateway.stop().await;
    let record = recent.find("pos-1").unwrap();
    assert_eq!(
        record.labels().collect::<Vec<_>>(),
        ["received", "request", "route", "forwarded", "response", "replied"]
    );
}

#[tokio::test]
async fn advices_are_answered_and_notifications_carried_on() {
    let (forwarder, seen) = remembering(&DIALECT, "00");
    let gateway = builder().await.upstream(Upstream::new("host", forwarder).own_stan()).start().await.unwrap();
    let mut client = Peer::of(&gateway).await;
    let of = |mti: &str, stan: u32| {
        message(&DIALECT, mti, |edit| {
            edit.set(11, &stan).set(41, "TERM0001");
        })
    };
    for (mti, answer) in [("0120", "0130"), ("0220", "0230"), ("0420", "0430"), ("0421", "0430"), ("0800", "0810")] {
        assert_eq!(client.ask(&of(mti, 5)).await.mti(), answer, "{mti}");
    }
    // Nothing is owed for this one.
    client.send(of("0140", 6).as_bytes()).await;
    assert!(client.hears_nothing().await);
    assert_eq!(seen.last().mti(), "0140");
    let stats = gateway.stats();
    assert_eq!((stats.requests, stats.responses, stats.sent, stats.in_flight), (6, 5, 1, 0));
    gateway.stop().await;
}

#[tokio::test]
async fn many_clients_at_once_each_get_their_own_answers() {
    let gateway = builder().await.route("host", approving()).start().await.unwrap();
    let clients = (0..8).map(|client: u32| {
        let gateway: Gateway = gateway.clone();
        tokio::spawn(async move {
            let mut peer = Peer::of(&gateway).await;
            for stan in 0..50 {
                peer.send(purchase(1000 * client + stan + 1).as_bytes()).await;
            }
            let mut answered = Vec::new();
            for _ in 0..50 {
                answered.push(peer.receive().await.get::<u32>(11).unwrap().unwrap());
            }
            answered.sort_unstable();
            assert_eq!(answered, (1..51).map(|stan| 1000 * client + stan).collect::<Vec<_>>());
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
    let stats = gateway.stats();
    assert_eq!((stats.requests, stats.responses, stats.all_declined(), stats.connections), (400, 400, 0, 8));
    gateway.stop().await;
}
