//! Clients that come and go, take nothing or are not let in; starting, stopping, stopping under load.

use crate::gateway_common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use gateway_common::*;
use isopace::Message;
use isopace::gateway::{Forwarder, Gateway, StartError, handler};
use isopace::iso87a::DIALECT;
use isopace::link::{Listen, Settings};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

/// Approves when it is told to.
fn when_told() -> (impl Forwarder, Arc<Notify>) {
    let told = Arc::new(Notify::new());
    let wait = Arc::clone(&told);
    let host = handler(&DIALECT, move |request: Message| {
        let wait = Arc::clone(&wait);
        async move {
            wait.notified().await;
            let mut reply = request.reply()?;
            reply.set(39, "00").finish()
        }
    });
    (host, told)
}

async fn until(what: &str, met: impl Fn() -> bool) {
    let met = async {
        while !met() {
            tokio::time::sleep(5 * MS).await;
        }
    };
    assert!(timeout(EVER, met).await.is_ok(), "{what}");
}

/// Approves after a moment.
fn slow() -> impl Forwarder {
    handler(&DIALECT, |request: Message| async move {
        tokio::time::sleep(20 * MS).await;
        let mut reply = request.reply()?;
        reply.set(39, "00").finish()
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_under_load_leaves_no_request_without_an_answer() {
    let told = Told::default();
    let gateway = builder().await.route("host", slow()).events(told.clone()).start().await.unwrap();
    let (approved, declined) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut clients = Vec::new();
    for number in 0..4u32 {
        let mut peer = Peer::of(&gateway).await;
        let (approved, declined) = (Arc::clone(&approved), Arc::clone(&declined));
        clients.push(tokio::spawn(async move {
            // Up to twenty in flight, for as long as the link is there.
            let (mut sent, mut got) = (0u32, 0u32);
            loop {
                while sent < got + 20 {
                    sent += 1;
                    if peer.link.send(purchase(100_000 * number + sent).as_bytes()).await.is_err() {
                        break;
                    }
                }
                let Some(answer) = peer.next().await else { return };
                got += 1;
                let counter = if text(&answer, 39) == "00" { &approved } else { &declined };
                counter.fetch_add(1, Ordering::SeqCst);
            }
        }));
    }
    until("requests", || gateway.stats().responses > 200).await;
    let began = Instant::now();
    gateway.stop().await;
    assert!(began.elapsed() < 5 * SECOND, "nothing takes longer than its time");
    for client in clients {
        timeout(EVER, client).await.expect("links are closed").unwrap();
    }
    let stats = gateway.stats();
    assert_eq!(stats.requests, stats.responses + stats.all_declined());
    assert_eq!(stats.undelivered, 0);
    // Whatever was carried on and approved was seen. Of the declines, those that came when the link was being closed
    // may not have been; none of these was carried on.
    assert_eq!(approved.load(Ordering::SeqCst) as u64, stats.responses);
    assert!(declined.load(Ordering::SeqCst) as u64 <= stats.all_declined());
    assert!(told.declined.lock().unwrap().iter().all(|declined| !declined.may_have_been_acted_on()));
    assert_eq!((stats.in_flight, stats.clients), (0, 0));
}

#[tokio::test]
async fn what_is_in_flight_at_the_end_of_the_grace_is_declined() {
    let told = Told::default();
    let builder = builder().await.route("host", silent()).events(told.clone());
    let gateway = builder.timeout(100 * SECOND).grace(100 * MS).start().await.unwrap();
    let mut client = Peer::of(&gateway).await;
    client.send(purchase(1).as_bytes()).await;
    until("in flight", || gateway.stats().in_flight == 1).await;
    let stopping = {
        let gateway = gateway.clone();
        tokio::spawn(async move { gateway.stop().await })
    };
    until("stopping", || !gateway.is_running()).await;
    // What comes now is declined at once, and what is in flight at the end.
    client.send(purchase(2).as_bytes()).await;
    assert_eq!(brief(&client.receive().await), "0210 2 91");
    assert_eq!(brief(&client.receive().await), "0210 1 91");
    assert!(client.next().await.is_none());
    timeout(EVER, stopping).await.unwrap().unwrap();
    assert!(told.lines().contains(&"declined stopping true".to_owned()));
    assert!(told.lines().contains(&"declined stopping false".to_owned()));
}

#[tokio::test]
async fn no_client_comes_in_while_it_stops() {
    let (host, answer) = when_told();
    let gateway = builder().await.route("host", host).start().await.unwrap();
    let address = gateway.local_address().unwrap();
    let mut client = Peer::of(&gateway).await;
    client.send(purchase(1).as_bytes()).await;
    until("in flight", || gateway.stats().in_flight == 1).await;
    let stopping = {
        let gateway = gateway.clone();
        tokio::spawn(async move { gateway.stop().await })
    };
    until("the port is closed", || std::net::TcpStream::connect(address).is_err()).await;
    answer.notify_one();
    assert_eq!(brief(&client.receive().await), "0210 1 00");
    assert!(client.next().await.is_none());
    drop(client);
    timeout(EVER, stopping).await.unwrap().unwrap();
}

#[tokio::test]
async fn an_answer_that_its_client_does_not_get_is_told_with_its_request() {
    let (host, answer) = when_told();
    let told = Told::default();
    let listener = Listen::new(Settings::new(FRAMING).write_deadline(200 * MS)).bind("127.0.0.1:0").await.unwrap();
    let gateway = Gateway::builder("pos", &DIALECT).listen(listener).route("host", host).events(told.clone());
    let gateway = gateway.timeout(5 * SECOND).start().await.unwrap();
    let address = gateway.local_address().unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let mut framed = Vec::new();
    FRAMING.encode(purchase(7).as_bytes(), &mut framed).unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stream, &framed).await.unwrap();
    until("in flight", || gateway.stats().in_flight == 1).await;
    socket2::SockRef::from(&stream).set_linger(Some(std::time::Duration::ZERO)).unwrap();
    drop(stream);
    told.until("closed").await;
    answer.notify_one();
    told.until("undelivered 0210 7 00").await;
    let undelivered = told.undelivered.lock().unwrap()[0].clone();
    assert_eq!(undelivered.route.as_deref(), Some("host"));
    assert_eq!([brief(&undelivered.request), brief(undelivered.forwarded.as_ref().unwrap())], ["0200 7 ", "0200 7 "]);
    assert_eq!(gateway.stats().undelivered, 1);
    gateway.stop().await;
}

#[tokio::test]
async fn a_client_that_closes_its_side_gets_its_answers() {
    let (host, answer) = when_told();
    let gateway = builder().await.route("host", host).start().await.unwrap();
    let mut stream = tokio::net::TcpStream::connect(gateway.local_address().unwrap()).await.unwrap();
    let mut framed = Vec::new();
    FRAMING.encode(purchase(7).as_bytes(), &mut framed).unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stream, &framed).await.unwrap();
    tokio::io::AsyncWriteExt::shutdown(&mut stream).await.unwrap();
    until("in flight", || gateway.stats().in_flight == 1).await;
    tokio::time::sleep(50 * MS).await;
    answer.notify_one();
    let mut got = Vec::new();
    timeout(EVER, tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut got)).await.unwrap().unwrap();
    assert_eq!(brief(&Message::parse(&DIALECT, got[2..].to_vec()).unwrap()), "0210 7 00");
    gateway.stop().await;
}

#[tokio::test]
async fn a_client_that_takes_nothing_holds_up_nobody() {
    let told = Told::default();
    let listener = Listen::new(Settings::new(FRAMING).write_deadline(300 * MS)).bind("127.0.0.1:0").await.unwrap();
    let gateway = Gateway::builder("pos", &DIALECT)
        .listen(listener)
        .route("host", approving())
        .events(told.clone())
        .max_in_flight(64)
        .start()
        .await
        .unwrap();
    let (mut greedy, mut other) = (Peer::of(&gateway).await, Peer::of(&gateway).await);
    let stop = Arc::new(AtomicBool::new(false));
    let flood = {
        let stop = Arc::clone(&stop);
        tokio::spawn(async move {
            // Until it is cut off.
            let mut stan = 1000;
            while !stop.load(Ordering::SeqCst) && greedy.link.send(purchase(stan).as_bytes()).await.is_ok() {
                stan += 1;
            }
            greedy
        })
    };
    for stan in 0..20 {
        assert_eq!(brief(&other.ask(&purchase(stan + 10)).await), format!("0210 {} 00", stan + 10));
        tokio::time::sleep(10 * MS).await;
    }
    told.until("closed failed").await;
    stop.store(true, Ordering::SeqCst);
    drop(timeout(EVER, flood).await.unwrap());
    // What was approved and did not get there is told, each of them.
    until("nothing in flight", || gateway.stats().in_flight == 0).await;
    told.until("undelivered").await;
    assert_eq!(brief(&other.ask(&purchase(99)).await), "0210 99 00");
    gateway.stop().await;
    let stats = gateway.stats();
    assert_eq!(stats.undelivered, told.undelivered.lock().unwrap().len() as u64);
    assert_eq!(stats.requests, stats.responses + stats.all_declined());
}

#[tokio::test]
async fn who_may_connect_and_how_many() {
    let told = Told::default();
    let gateway = builder().await.route("host", approving()).events(told.clone());
    let gateway =
        gateway.allow(["10.0.0.0/8".parse().unwrap(), "192.168.1.7/32".parse().unwrap()]).start().await.unwrap();
    assert!(Peer::of(&gateway).await.next().await.is_none());
    told.until("refused not-allowed").await;
    gateway.stop().await;

    let told = Told::default();
    let gateway = builder().await.route("host", approving()).events(told.clone()).max_clients(1);
    let gateway = gateway.allow(["127.0.0.0/8".parse().unwrap()]).start().await.unwrap();
    let mut first = Peer::of(&gateway).await;
    assert_eq!(brief(&first.ask(&purchase(1)).await), "0210 1 00");
    assert!(Peer::of(&gateway).await.next().await.is_none());
    told.until("refused full").await;
    drop(first);
    told.until("closed").await;
    until("a place", || gateway.stats().clients == 0).await;
    assert_eq!(brief(&Peer::of(&gateway).await.ask(&purchase(2)).await), "0210 2 00");
    assert_eq!((gateway.stats().connections, gateway.stats().refused), (2, 1));
    gateway.stop().await;
}

#[tokio::test]
async fn a_client_that_is_silent_for_too_long_is_cut_off() {
    let told = Told::default();
    let listener = Listen::new(Settings::new(FRAMING).idle_deadline(50 * MS)).bind("127.0.0.1:0").await.unwrap();
    let gateway = Gateway::builder("pos", &DIALECT).listen(listener).route("host", approving()).events(told.clone());
    let gateway = gateway.start().await.unwrap();
    assert!(Peer::of(&gateway).await.next().await.is_none());
    told.until("closed failed").await;
    gateway.stop().await;
}

#[tokio::test]
async fn it_can_be_started_again_where_it_has_an_address() {
    let gateway = builder().await.route("host", approving()).build().unwrap();
    assert!(!gateway.is_running() && gateway.local_address().is_none());
    // Nothing to stop.
    gateway.stop().await;
    gateway.start().await.unwrap();
    assert!(matches!(gateway.start().await, Err(StartError::Running)));
    gateway.stop().await;
    gateway.stop().await;
    assert!(matches!(gateway.start().await, Err(StartError::NoListener)));

    let listen = Listen::new(FRAMING);
    let gateway = Gateway::builder("pos", &DIALECT).listen_at(listen.clone(), "127.0.0.1:0").route("host", approving());
    let gateway = gateway.start().await.unwrap();
    for round in 1..=3 {
        assert!(gateway.is_running());
        assert!(matches!(gateway.start().await, Err(StartError::Running)));
        assert_eq!(brief(&Peer::of(&gateway).await.ask(&purchase(round)).await), format!("0210 {round} 00"));
        gateway.stop().await;
        assert!(!gateway.is_running());
        gateway.start().await.unwrap();
    }
    // A port that somebody has.
    let taken = gateway.local_address().unwrap().to_string();
    let second = Gateway::builder("pos", &DIALECT).listen_at(listen, taken).route("host", approving()).build().unwrap();
    assert!(matches!(second.start().await, Err(StartError::Bind(_))));
    gateway.stop().await;
    second.start().await.unwrap();
    second.stop().await;
}

#[tokio::test]
async fn it_stops_by_itself_when_nobody_holds_it() {
    let gateway = builder().await.route("host", approving()).start().await.unwrap();
    let mut client = Peer::of(&gateway).await;
    assert_eq!(brief(&client.ask(&purchase(1)).await), "0210 1 00");
    let address = gateway.local_address().unwrap();
    drop(gateway);
    assert!(client.next().await.is_none());
    until("the port is closed", || std::net::TcpStream::connect(address).is_err()).await;
}
