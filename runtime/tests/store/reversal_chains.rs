//! Reversals: one for each request that may have been acted on in vain, and none for any other.

use crate::saf_common;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use isopace::frame::{Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::Link;
use isopace::mux::{Events, Inbound, Mux, NotSent, Outcome, Unmatched};
use isopace::reversal::{Chain, ReversalError, Reverser, Rules};
use isopace::saf::Saf;
use isopace::store::EntryState;
use isopace::types::{Pan, Stan};
use isopace::{Dialect, Edit, Message};
use saf_common::{PAN, Peer, Scratch, answer, builder, drained, stan, vault};

fn request_of(mti: &str, number: u32) -> Message {
    let mut edit = Edit::build(&DIALECT);
    edit.mti(mti).set_leaf("3", "000000").set_leaf("4", "000000002500").set_leaf("7", "1120072155").set(11, &number);
    edit.set_leaf("12", "072155").set_leaf("13", "1120").set_leaf("32", "12345").set_leaf("41", "TERM0001");
    edit.set_leaf("35", &format!("{PAN}=2812201123456789")).set_leaf("52", "0123456789ABCDEF").set_leaf("49", "840");
    Message::parse(&DIALECT, edit.finish().unwrap()).unwrap()
}

fn request(number: u32) -> Message {
    request_of("0200", number)
}

fn rules() -> Rules {
    let last = AtomicU32::new(900_000);
    Rules::new().stan(move || Stan::new(last.fetch_add(1, Ordering::SeqCst) + 1).unwrap())
}

async fn pending(saf: &Saf) -> Vec<Message> {
    let stored = saf.inspect(EntryState::Pending, 0, 100).await.unwrap();
    stored.into_iter().map(|stored| stored.message.unwrap().unwrap()).collect()
}

fn text(message: &Message, number: u8) -> String {
    message.raw(number).map(|raw| raw.text().unwrap().into_owned()).unwrap_or_default()
}

#[tokio::test]
async fn a_reversal_names_its_original_and_has_no_secrets() {
    let scratch = Scratch::new();
    let saf = builder(&scratch.store().await).build();
    let reverser = Reverser::new(saf.clone(), rules());
    let repeat = request_of("0201", 123_456);
    assert!(matches!(reverser.settled(&repeat, &Outcome::TimedOut).await.unwrap(), Chain::Begun(_)));
    let [reversal] = &pending(&saf).await[..] else { panic!("one reversal") };
    assert_eq!(reversal.mti(), "0420");
    assert_eq!(text(reversal, 90), "020012345611200721550000001234500000000000");
    assert_eq!(stan(reversal), 900_001);
    assert_ne!(text(reversal, 7), "1120072155");
    // The card number of the track, without the track.
    assert_eq!(reversal.get::<Pan<'_>>(2).unwrap().unwrap().expose(), PAN);
    assert!(!reversal.has(35) && !reversal.has(52));
    for echoed in [3, 4, 12, 13, 32, 41, 49] {
        assert_eq!(text(reversal, echoed), text(&repeat, echoed), "{echoed}");
    }
    reversal.validate().unwrap();
}

#[tokio::test]
async fn every_dialect_that_has_reversals_can_write_them() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    use isopace::dialects::{iso87a, iso87b, iso87c, iso93a, iso93b, postilion};
    let dialects: [&'static Dialect; 6] =
        [&iso87a::DIALECT, &iso87b::DIALECT, &iso87c::DIALECT, &iso93a::DIALECT, &iso93b::DIALECT, &postilion::DIALECT];
    for dialect in dialects {
        let later = dialect.name().starts_with("iso93");
        let mut edit = Edit::build(dialect);
        edit.mti(if later { "1100" } else { "0100" }).set_leaf("2", PAN).set_leaf("4", "000000002500");
        edit.set_leaf("7", "1120072155").set(11, &42u32).set_leaf("32", "12345");
        edit.set_leaf("12", if later { "261120072155" } else { "072155" });
        let request = Message::parse(dialect, edit.finish().unwrap()).unwrap();
        let saf = Saf::builder(dialect.name(), dialect, store.clone(), vault()).build();
        for (rules, function) in [(rules(), "420"), (rules().by_request(), "400")] {
            let written = rules.identity(if function == "420" { &[11] } else { &[11, 4] });
            let begun = Reverser::new(saf.clone(), written).settled(&request, &Outcome::TimedOut).await;
            assert!(matches!(begun.unwrap(), Chain::Begun(_)), "{}", dialect.name());
        }
        let reversals = pending(&saf).await;
        let version = if later { '1' } else { '0' };
        assert_eq!(reversals[0].mti(), format!("{version}420").as_str());
        assert_eq!(reversals[1].mti(), format!("{version}400").as_str());
        for reversal in &reversals {
            reversal.validate().unwrap_or_else(|wrong| panic!("{}: {wrong}", dialect.name()));
            let originals = dialect.field(if later { 56 } else { 90 }).unwrap();
            let view = reversal.view(originals).unwrap().unwrap();
            let parts = view.children().map(|part| part.unwrap().raw().unwrap().text().unwrap().into_owned());
            let parts: Vec<String> = parts.collect();
            let expected = match later {
                true => "110000004226112007215512345",
                false => "010000004211200721550000001234500000000000",
            };
            // How many pieces the last ones are is a matter of the dialect.
            assert_eq!(parts.concat(), expected, "{}", dialect.name());
        }
    }
}

#[tokio::test]
async fn which_outcomes_of_which_requests_are_reversed() {
    let scratch = Scratch::new();
    let saf = builder(&scratch.store().await).build();
    let reverser = Reverser::new(saf.clone(), rules());
    let mut number = 0;
    let mut next = |mti: &str| {
        number += 1;
        request_of(mti, number)
    };
    for mti in ["0100", "0101", "0200", "0201"] {
        assert!(matches!(reverser.settled(&next(mti), &Outcome::TimedOut).await.unwrap(), Chain::Begun(_)), "{mti}");
    }
    for mti in ["0120", "0220", "0400", "0420", "0421", "0500", "0600", "0800", "0140"] {
        assert_eq!(reverser.settled(&next(mti), &Outcome::TimedOut).await.unwrap(), Chain::NotNeeded, "{mti}");
    }
    let lost = Outcome::Unknown(isopace::mux::Lost::PeerClosed);
    assert!(matches!(reverser.settled(&next("0200"), &lost).await.unwrap(), Chain::Begun(_)));
    let unsent = Outcome::NotSent(NotSent::NotConnected);
    assert_eq!(reverser.settled(&next("0200"), &unsent).await.unwrap(), Chain::NotNeeded);
    for code in ["00", "05", "91"] {
        let request = next("0200");
        let answered = answer(&request, code);
        assert_eq!(reverser.settled(&request, &answered).await.unwrap(), Chain::NotNeeded);
        let response = answered.response().unwrap().message;
        let begun = reverser.undelivered(&request, &response).await.unwrap();
        assert_eq!(matches!(begun, Chain::Begun(_)), code == "00", "{code}");
    }
    let unnamed = Edit::build(&DIALECT).mti("0200").set(11, &1u32).finish().unwrap();
    let unnamed = Message::parse(&DIALECT, unnamed).unwrap();
    let refused = reverser.settled(&unnamed, &Outcome::TimedOut).await;
    assert!(matches!(refused, Err(ReversalError::NoIdentity)));
    let all = Reverser::new(saf, rules().which(|_| true));
    assert_eq!(all.settled(&next("0800"), &Outcome::TimedOut).await.unwrap(), Chain::NotNeeded);
    assert_eq!(all.settled(&next("0420"), &Outcome::TimedOut).await.unwrap(), Chain::NotNeeded);
    assert!(matches!(all.settled(&next("0220"), &Outcome::TimedOut).await.unwrap(), Chain::Begun(_)));
}

/// Keeps what nobody waits for.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<Unmatched>>>);

impl Events for Kept {
    fn unmatched(&self, unmatched: Unmatched) {
        self.0.lock().unwrap().push(unmatched);
    }
}

/// A request that times out, and its answer that comes late, with this code.
async fn late(request: &Message, code: &'static str) -> Unmatched {
    let framing = Framing::new(Header::Binary2);
    let (ours, theirs) = tokio::io::duplex(4096);
    let slow = move |inbound: Inbound| async move {
        tokio::time::sleep(Duration::from_millis(150)).await;
        let mut reply = inbound.message.reply().unwrap();
        reply.set(39, code);
        inbound.replier.reply(&reply).await.unwrap();
    };
    let kept = Kept::default();
    let (_host, driver) = Mux::builder(&DIALECT).serve(slow).start(Link::new(theirs, framing)).unwrap();
    tokio::spawn(driver);
    let (mux, driver) = Mux::builder(&DIALECT).events(kept.clone()).start(Link::new(ours, framing)).unwrap();
    tokio::spawn(driver);
    let outcome = mux.request(request).timeout(Duration::from_millis(30)).await;
    assert!(matches!(outcome, Outcome::TimedOut));
    for _ in 0..5_000 {
        if let Some(unmatched) = kept.0.lock().unwrap().first() {
            return unmatched.clone();
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    panic!("no answer came");
}

#[tokio::test]
async fn a_timeout_and_a_late_approval_are_one_chain_in_either_order() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let peer = Peer::default();
    let saf = builder(&store).upstream(peer.clone()).build();
    let reverser = Reverser::new(saf.clone(), rules());
    let (first, second, third) = (request(1), request(2), request(3));
    let (first_late, second_late) = (late(&first, "00").await, late(&second, "00").await);
    let seq = match reverser.settled(&first, &Outcome::TimedOut).await.unwrap() {
        Chain::Begun(seq) => seq,
        other => panic!("{other:?}"),
    };
    assert_eq!(reverser.late(&first_late).await.unwrap(), Chain::Known(seq));
    // The client that would have told of the timeout was gone.
    let seq = match reverser.late(&second_late).await.unwrap() {
        Chain::Begun(seq) => seq,
        other => panic!("{other:?}"),
    };
    assert_eq!(reverser.settled(&second, &Outcome::TimedOut).await.unwrap(), Chain::Known(seq));
    assert_eq!(reverser.settled(&second, &Outcome::TimedOut).await.unwrap(), Chain::Known(seq));
    assert_eq!(reverser.late(&late(&third, "05").await).await.unwrap(), Chain::NotNeeded, "it was declined");
    let reversals = pending(&saf).await;
    assert_eq!(reversals.len(), 2);
    assert_eq!(text(&reversals[1], 90), "020000000211200721550000001234500000000000");
    saf.start().unwrap();
    drained(&saf).await;
    // What is delivered is remembered too.
    assert!(matches!(reverser.late(&first_late).await.unwrap(), Chain::Known(_)));
    assert_eq!(peer.seen().len(), 2);
    saf.stop().await;
}

#[tokio::test]
async fn all_who_tell_of_one_request_begin_one_chain() {
    let scratch = Scratch::new();
    let saf = builder(&scratch.store().await).build();
    let reverser = Reverser::new(saf.clone(), rules().write_ahead("n1"));
    reverser.note_sent(&request(1)).await.unwrap();
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let reverser = reverser.clone();
            tokio::spawn(async move { reverser.settled(&request(1), &Outcome::TimedOut).await.unwrap() })
        })
        .collect();
    let mut begun = 0;
    for task in tasks {
        begun += usize::from(matches!(task.await.unwrap(), Chain::Begun(_)));
    }
    assert_eq!((begun, pending(&saf).await.len()), (1, 1));
}

#[tokio::test]
async fn what_was_sent_and_not_settled_is_reversed_after_a_restart() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let saf = builder(&store).build();
    let before = Reverser::new(saf.clone(), rules().write_ahead("n1"));
    for number in 1..=4 {
        before.note_sent(&request(number)).await.unwrap();
    }
    before.note_sent(&request_of("0800", 5)).await.unwrap();
    before.settled(&request(1), &answer(&request(1), "00")).await.unwrap();
    before.settled(&request(2), &Outcome::TimedOut).await.unwrap();
    before.settled(&request(3), &Outcome::NotSent(NotSent::NotConnected)).await.unwrap();
    assert_eq!(before.recover().await.unwrap(), 0, "these are its own");
    let other = Reverser::new(saf.clone(), rules().write_ahead("n2"));
    assert_eq!(other.recover().await.unwrap(), 0, "these are of another node");
    store.close().await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    let store = scratch.store().await;
    let saf = builder(&store).build();
    let after = Reverser::new(saf.clone(), rules().write_ahead("n1"));
    assert_eq!(after.recover().await.unwrap(), 1);
    assert_eq!(after.recover().await.unwrap(), 0);
    let reversals = pending(&saf).await;
    let originals: Vec<_> = reversals.iter().map(|reversal| text(reversal, 90)[4..10].to_owned()).collect();
    assert_eq!(originals, ["000002", "000004"]);
    assert_eq!(reversals[1].get::<Pan<'_>>(2).unwrap().unwrap().expose(), PAN);
    reversals[1].validate().unwrap();
    assert!(matches!(after.late(&late(&request(4), "00").await).await.unwrap(), Chain::Known(_)));
    let third = Reverser::new(saf, rules());
    assert_eq!(third.take_over("n1").await.unwrap(), 0);
}

#[tokio::test]
async fn a_queue_that_is_full_takes_reversals_all_the_same() {
    let scratch = Scratch::new();
    let saf = builder(&scratch.store().await).policy(saf_common::policy().most(1)).build();
    saf_common::accept(&saf, 1).await;
    assert!(saf.accept("m2", &saf_common::advice(2)).await.is_err());
    let reverser = Reverser::new(saf.clone(), rules());
    assert!(matches!(reverser.settled(&request(3), &Outcome::TimedOut).await.unwrap(), Chain::Begun(_)));
}

#[tokio::test]
async fn nothing_of_a_reversal_prints_a_card_number() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let saf = builder(&store).build();
    let reverser = Reverser::new(saf.clone(), rules().write_ahead("n1"));
    reverser.note_sent(&request(1)).await.unwrap();
    let noted = store.unfinished("reversal.issuer.n1", 0, 10).await.unwrap();
    assert_eq!(noted.len(), 1);
    store.close().await;
    let failed = reverser.settled(&request(2), &Outcome::TimedOut).await.unwrap_err();
    let shown = format!("{saf:?} {reverser:?} {noted:?} {failed} {failed:?} {:?}", rules());
    assert!(!shown.contains(PAN) && !shown.contains("411111111"), "{shown}");
    let file = std::fs::read(scratch.0.join("store.db")).unwrap();
    assert!(!file.windows(PAN.len()).any(|run| run == PAN.as_bytes()));
}
