//! Network management that we send: sign-on, key exchange, and what is taken for a yes.

use crate::connector_common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use connector_common::*;
use isopace::connector::{
    BuildError, Clock, Connector, Failure, NetworkError, NetworkManagement, Purpose, Session, Stans, State,
};
use isopace::link::Link;
use isopace::mux::Correlation;
use isopace::types::{CalendarDateTime, Mti, Stan};
use isopace::{Edit, Message, dialects, iso87a};
use tokio::time::{Instant, sleep};

fn clock() -> Clock {
    // 2026-11-20 07:21:55 UTC.
    Clock::new(|| CalendarDateTime::from_unix_seconds(1_795_159_315).unwrap()).local_offset(3600)
}

#[tokio::test(start_paused = true)]
async fn signed_on_before_anybody_may_send() {
    let (connector, mut net) = start(iso87().clock(clock()).stans(Stans::after(Stan::new(41).unwrap())));
    let mut peer = net.peer().await;
    let sign_on = peer.receive().await;
    assert_eq!(brief(&sign_on), "0800 001");
    let elements = [7, 11, 12, 13, 70].map(|number| text(&sign_on, number));
    assert_eq!(elements, ["1120072155", "000042", "082155", "1120", "001"]);
    sign_on.validate().unwrap();
    // Not before the answer.
    assert_eq!(connector.status().state, State::SigningOn);
    assert_eq!(ended(connector.request(purchase(1)).await), "not sent: not connected");
    assert!(connector.session().is_none());
    peer.send(&answer(&sign_on, "00")).await;
    assert!(connector.ready().await);
    let asked = ask(&connector, 1);
    peer.approve("0200 1").await;
    assert_eq!(asked.await.unwrap(), "00");
    let stats = connector.stats();
    assert_eq!((stats.attempts, stats.connected, stats.ready, stats.sign_ons, stats.not_connected), (1, 1, 1, 1, 1));
    assert_eq!((stats.links.requests, stats.links.responses), (2, 2));
}

/// What the peer does with a sign-on, how it ends, and after how many milliseconds.
#[tokio::test(start_paused = true)]
async fn what_is_no_yes_drops_the_link() {
    type Answer = fn(&Message) -> Option<isopace::Bytes>;
    let cases: [(&str, Answer, &str, u64); 13] = [
        ("refused", |request| Some(answer(request, "91")), "sign-on: refused with response code 91", 0),
        (
            "no code",
            |request| request.edit().mti("0810").finish().ok(),
            "sign-on: refused with response code (none)",
            0,
        ),
        (
            "another code",
            |request| {
                let mut edit = request.edit();
                edit.mti("0810").set(39, "00").set(70, "301");
                edit.finish().ok()
            },
            "sign-on: the answer has another network management code",
            0,
        ),
        ("late", |_| None, "sign-on: no answer in time", 3000),
        (
            "another type",
            |request| request.edit().mti("0210").set(39, "00").finish().ok(),
            "sign-on: answered with 0210, not 0810",
            0,
        ),
        (
            "another type of the class",
            |request| request.edit().mti("0830").set(39, "00").finish().ok(),
            "sign-on: answered with 0830, not 0810",
            0,
        ),
        (
            "another number",
            |request| request.edit().mti("0810").set(11, "999999").set(39, "00").finish().ok(),
            "sign-on: the answer has another data element 11, or lacks it",
            0,
        ),
        (
            "no number",
            |request| request.edit().mti("0810").remove(11).set(39, "00").finish().ok(),
            "sign-on: the answer has another data element 11, or lacks it",
            0,
        ),
        (
            "half a message",
            |request| Some(answer(request, "00").slice(..40)),
            "sign-on: the answer cannot be read: 7 at byte 36: needs 10 bytes, 4 left",
            0,
        ),
        (
            "no message",
            |_| Some("no message at all".into()),
            "sign-on: the answer cannot be read: mti at byte 0: the message type indicator is not four digits in its encoding",
            0,
        ),
        (
            "half a message of the peer's own",
            |request| Some(request.as_bytes().slice(..40)),
            "sign-on: no answer in time",
            3000,
        ),
        (
            "to another request",
            |request| request.edit().mti("0810").set(7, "1120072154").set(11, "999999").set(39, "00").finish().ok(),
            "sign-on: no answer in time",
            3000,
        ),
        (
            "to another purchase",
            |request| request.edit().mti("0210").set(7, "1120072154").set(39, "00").finish().ok(),
            "sign-on: no answer in time",
            3000,
        ),
    ];
    for (case, reply, expected, after) in cases {
        let (connector, mut net) = start(iso87());
        let mut peer = net.peer().await;
        let started = Instant::now();
        let sign_on = peer.receive().await;
        if let Some(reply) = reply(&sign_on) {
            peer.send(&reply).await;
        }
        state(&connector, State::Backoff).await;
        assert_eq!(started.elapsed().as_millis(), u128::from(after), "{case}");
        let status = connector.status();
        assert_eq!(status.failure.unwrap().to_string(), expected, "{case}");
        assert_eq!((status.attempts, connector.stats().sign_on_failures), (1, 1), "{case}");
        assert!(peer.next().await.is_none(), "{case}: the link is closed");
        // It comes again, and may be let in then.
        let mut peer = net.peer().await;
        peer.approve("0800 001").await;
        assert!(connector.ready().await, "{case}");
        assert_eq!(connector.status().attempts, 0, "{case}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_after_the_timeout_lets_nobody_in() {
    let (connector, mut net) = start(iso87());
    let mut peer = net.peer().await;
    let sign_on = peer.receive().await;
    sleep(2900 * MS).await;
    assert_eq!(connector.status().state, State::SigningOn);
    sleep(200 * MS).await;
    drop(peer.link.send(&answer(&sign_on, "00")).await);
    settle().await;
    assert_ne!(connector.status().state, State::Ready);
    assert!(matches!(connector.status().failure, Some(Failure::SignOn(NetworkError::TimedOut))));
}

#[tokio::test(start_paused = true)]
async fn without_a_sign_on_it_is_ready_at_once() {
    let (connector, mut net) = start(NetworkManagement::new());
    assert!(connector.ready().await);
    let peer = net.peer().await.approving();
    assert_eq!(ask(&connector, 7).await.unwrap(), "00");
    connector.stop().await;
    // And nothing is sent that nobody asked for.
    assert_eq!(peer.await.unwrap(), ["0200 7"]);
}

#[tokio::test(start_paused = true)]
async fn messages_are_changed_and_replaced_as_wished() {
    let network = iso87().set(32, "123456").customize(|purpose, edit: &mut Edit<'_>| match purpose {
        Purpose::SignOn => {
            edit.set(41, "TERM0001");
        }
        Purpose::Echo => {
            *edit = Edit::build(&iso87a::DIALECT);
            edit.mti("0820").set(7, "0101000000").set(11, "000777").set(70, "301");
        }
        Purpose::Answer => {
            edit.set(33, "654321");
        }
        _ => {}
    });
    let (connector, mut net) = start(network);
    let mut peer = net.peer().await;
    let sign_on = peer.approve("0800 001").await;
    assert_eq!([32, 41].map(|number| text(&sign_on, number)), ["123456", "TERM0001"]);
    assert!(connector.ready().await);
    peer.send(network_message(5).as_bytes()).await;
    let answered = peer.receive().await;
    assert_eq!((brief(&answered).as_str(), text(&answered, 33).as_str()), ("0810 301", "654321"));
    let echo = peer.receive().await;
    assert_eq!((brief(&echo).as_str(), text(&echo, 11).as_str()), ("0820 301", "000777"));
}

fn network_message(stan: u32) -> Message {
    network(stan, "301")
}

#[tokio::test(start_paused = true)]
async fn the_1993_edition() {
    let network = NetworkManagement::iso93().clock(clock());
    let (sender, mut links) = tokio::sync::mpsc::unbounded_channel();
    let connector = Connector::builder(&dialects::iso93a::DIALECT)
        .dial_with(move || {
            let sender = sender.clone();
            async move {
                let (ours, theirs) = tokio::io::duplex(4096);
                sender.send(Link::new(theirs, FRAMING)).unwrap();
                Ok(Link::new(ours, FRAMING))
            }
        })
        .network(network)
        .start()
        .unwrap();
    let mut link = links.recv().await.unwrap();
    let parse = |body| Message::parse(&dialects::iso93a::DIALECT, body).unwrap();
    let sign_on = parse(link.receive().await.unwrap().unwrap().body);
    assert_eq!(sign_on.mti(), "1804");
    assert_eq!([7, 12, 24].map(|number| text(&sign_on, number)), ["1120072155", "261120082155", "801"]);
    sign_on.validate().unwrap();
    let mut reply = sign_on.reply().unwrap();
    reply.set(39, "800");
    link.send(&reply.finish().unwrap()).await.unwrap();
    assert!(connector.ready().await);
    // The peer asks.
    link.send(&sign_on.edit().set(11, "000009").set(24, "831").finish().unwrap()).await.unwrap();
    let answered = parse(link.receive().await.unwrap().unwrap().body);
    assert_eq!((answered.mti().to_string().as_str(), text(&answered, 39).as_str()), ("1814", "800"));
    answered.validate().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_number_that_the_user_has_taken_is_passed_over() {
    let (connector, mut net) = start(iso87().no_sign_on().echo_when_idle(SECOND));
    assert!(connector.ready().await);
    let mut peer = net.peer().await;
    // The user's own 0800, with the number that the echo would have.
    let user = {
        let connector = connector.clone();
        tokio::spawn(async move { ended(connector.request(network(1, "101")).await) })
    };
    let first = peer.receive().await;
    assert_eq!(brief(&first), "0800 101");
    let echo = peer.approve("0800 301").await;
    assert_eq!(text(&echo, 11), "000002");
    peer.send(&answer(&first, "00")).await;
    assert_eq!(user.await.unwrap(), "00");
    assert_eq!(connector.status().state, State::Ready);
}

#[tokio::test(start_paused = true)]
async fn keys_are_exchanged_before_it_is_ready_and_on_demand() {
    let keys = Arc::new(AtomicUsize::new(0));
    let exchange = {
        let keys = Arc::clone(&keys);
        move |session: Session| {
            let keys = Arc::clone(&keys);
            async move {
                let answer = session
                    .exchange("161", |edit| {
                        edit.set(32, "123456");
                    })
                    .await?;
                assert_eq!(text(&answer, 70), "161");
                keys.fetch_add(1, Ordering::SeqCst);
                Ok::<(), NetworkError>(())
            }
        }
    };
    let mut net = Net::new();
    let connector = net.dial(builder()).network(iso87()).key_exchange(4 * SECOND, exchange).start().unwrap();
    assert!(connector.exchange_keys().await.is_err());
    let mut peer = net.peer().await;
    peer.approve("0800 001").await;
    let request = peer.receive().await;
    assert_eq!((brief(&request).as_str(), text(&request, 32).as_str()), ("0800 161", "123456"));
    assert_eq!(connector.status().state, State::SigningOn);
    peer.send(&answer(&request, "00")).await;
    assert!(connector.ready().await);
    let (exchanged, _) = tokio::join!(connector.exchange_keys(), peer.approve("0800 161"));
    exchanged.unwrap();
    assert_eq!(keys.load(Ordering::SeqCst), 2);
    // A no on demand leaves the link.
    let (exchanged, _) = tokio::join!(connector.exchange_keys(), async {
        let request = peer.receive().await;
        peer.send(&answer(&request, "63")).await;
    });
    assert_eq!(exchanged.unwrap_err().to_string(), "key exchange: refused with response code 63");
    assert_eq!(connector.status().state, State::Ready);
    // Before it is ready it does not; nor does an exchange that takes too long.
    drop(peer);
    let mut peer = net.peer().await;
    peer.approve("0800 001").await;
    let request = peer.receive().await;
    peer.send(&answer(&request, "63")).await;
    state(&connector, State::Backoff).await;
    let mut peer = net.peer().await;
    peer.approve("0800 001").await;
    peer.receive().await;
    let started = Instant::now();
    state(&connector, State::Backoff).await;
    assert_eq!(started.elapsed(), 4 * SECOND);
    let failure = connector.status().failure.unwrap();
    assert!(matches!(failure, Failure::KeyExchangeTimeout { .. } | Failure::KeyExchange(_)), "{failure:?}");
}

#[test]
fn what_cannot_work_is_found_when_it_is_built() {
    let net = Net::new();
    let build = |network| net.dial(builder()).network(network).build();
    assert!(matches!(builder().build(), Err(BuildError::NoSource)));
    let error = build(NetworkManagement::new().sign_on("0001")).unwrap_err();
    assert!(matches!(error, BuildError::Message { purpose: Purpose::SignOn, .. }), "{error}");
    let error = build(iso87().set(2, "letters")).unwrap_err();
    assert!(matches!(error, BuildError::Message { .. }), "{error}");
    // It lacks what the dialect says is mandatory.
    let bare = iso87().customize(|_, edit: &mut Edit<'_>| {
        edit.remove(7);
    });
    assert_eq!(build(bare).unwrap_err().to_string(), "SignOn message: 7 at byte 0: mandatory, but absent");
    let error = build(iso87().mti(Mti::new("0810").unwrap())).unwrap_err();
    assert!(matches!(error, BuildError::NoMessage), "{error}");
    let rule = |mux: isopace::mux::Builder<_>| mux.correlation(Correlation::new([[52]]));
    assert!(matches!(net.dial(builder()).mux(rule).build(), Err(BuildError::Correlation(_))));
    let connector = build(iso87()).unwrap();
    assert!(matches!(connector.start(), Err(isopace::connector::StartError::NoRuntime)));
}
