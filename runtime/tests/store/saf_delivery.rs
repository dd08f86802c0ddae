//! Store and forward: in order, at least once, repeats marked, over restarts.

use crate::saf_common;

use std::time::Duration;

use isopace::iso87a::DIALECT;
use isopace::saf::{AcceptError, Other, Saf, StartError};
use isopace::store::{EntryState, Vault};
use isopace::types::Pan;
use isopace::{Edit, Message};
use saf_common::{Act, PAN, Peer, Scratch, accept, advice, builder, drained, policy, started, vault};

fn seen(list: &[(&str, u32)]) -> Vec<(String, u32)> {
    list.iter().map(|(mti, stan)| ((*mti).to_owned(), *stan)).collect()
}

#[tokio::test]
async fn delivers_in_order_whole_but_for_what_may_not_be_stored() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let peer = Peer::default();
    let saf = builder(&store).upstream(peer.clone()).build();
    for stan in 1..=5 {
        accept(&saf, stan).await;
    }
    assert!(!saf.accept("m1", &advice(1)).await.unwrap().is_new());
    saf.start().unwrap();
    assert_eq!(saf.start().unwrap_err(), StartError::Running);
    drained(&saf).await;
    assert_eq!(peer.seen(), seen(&[("0220", 1), ("0220", 2), ("0220", 3), ("0220", 4), ("0220", 5)]));
    let sent = peer.messages.lock().unwrap()[0].clone();
    assert_eq!(sent.get::<Pan<'_>>(2).unwrap().unwrap().expose(), PAN);
    assert!(!sent.has(35), "no track is kept");
    accept(&saf, 6).await;
    peer.saw(6).await;
    saf.stop().await;
    saf.stop().await;
    assert!(!saf.is_running());
    saf.start().unwrap();
    accept(&saf, 7).await;
    peer.saw(7).await;
    drained(&saf).await;
    assert!(!saf.accept("m1", &advice(1)).await.unwrap().is_new(), "what was delivered is remembered");
    saf.stop().await;
}

#[tokio::test]
async fn repeats_are_marked_and_hold_up_what_is_behind() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let acts =
        [Act::NotConnected, Act::NotConnected, Act::Silent, Act::NotConnected, Act::Answer("91"), Act::Answer("00")];
    let peer = Peer::doing(acts);
    let saf = started(&store, &peer).await;
    accept(&saf, 1).await;
    accept(&saf, 2).await;
    drained(&saf).await;
    assert_eq!(peer.seen(), seen(&[("0220", 1), ("0221", 1), ("0221", 1), ("0220", 2)]));
    saf.stop().await;
}

#[tokio::test]
async fn what_stands_in_the_way_is_told() {
    for (act, wanted) in [
        (Act::Answer("91"), "answered with response code 91"),
        (Act::Silent, "timed-out"),
        (Act::NotConnected, "not sent"),
        (Act::Answer("12"), "answered with response code 12"),
    ] {
        let scratch = Scratch::new();
        let store = scratch.store().await;
        let peer = Peer::doing(vec![act; 1000]);
        let saf = started(&store, &peer).await;
        assert_eq!(saf.trouble(), None);
        accept(&saf, 1).await;
        let told = async {
            while !saf.trouble().is_some_and(|trouble| trouble.starts_with(wanted)) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), told).await.unwrap_or_else(|_| panic!("{:?}", saf.trouble()));
        peer.acts.lock().unwrap().clear();
        accept(&saf, 2).await;
        drained(&saf).await;
        assert_eq!(saf.trouble(), None, "the next one was delivered");
        saf.stop().await;
    }
}

#[tokio::test]
async fn goes_where_a_gateway_goes() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let approve = isopace::gateway::handler(&DIALECT, |advice: Message| async move {
        let mut reply = advice.reply()?;
        reply.set(39, "00");
        reply.finish()
    });
    let saf = builder(&store).upstream(isopace::saf::Over(approve)).build();
    saf.start().unwrap();
    accept(&saf, 1).await;
    drained(&saf).await;
    assert_eq!(saf.status().await.unwrap().dead, 0);
    saf.stop().await;
}

#[tokio::test]
async fn what_is_refused_is_kept_and_can_be_put_back() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let peer = Peer::doing([Act::Answer("30"), Act::TooLong]);
    let saf = started(&store, &peer).await;
    let (first, second) = (accept(&saf, 1).await, accept(&saf, 2).await);
    accept(&saf, 3).await;
    drained(&saf).await;
    let dead = saf.inspect(EntryState::Dead, 0, 10).await.unwrap();
    let told: Vec<_> = dead.iter().map(|dead| (dead.seq, dead.sent, dead.reason.as_deref().unwrap())).collect();
    assert_eq!(told, [(first, 1, "answered with response code 30"), (second, 0, "it cannot be sent")]);
    let message = dead[0].message.as_ref().unwrap().as_ref().unwrap();
    assert_eq!(message.get::<Pan<'_>>(2).unwrap().unwrap().expose(), PAN);
    let shown = format!("{dead:?}");
    assert!(shown.contains("411111******1111") && !shown.contains(PAN));
    assert!(saf.replay(first).await.unwrap());
    assert!(saf.replay(second).await.unwrap());
    drained(&saf).await;
    // The first one may have been sent, the second was not.
    assert_eq!(peer.seen()[2..], seen(&[("0220", 3), ("0221", 1), ("0220", 2)]));
    assert!(!saf.discard(first).await.unwrap());
    saf.stop().await;
}

#[tokio::test]
async fn tries_and_time_are_bounded() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let peer = Peer::doing([Act::Silent, Act::Silent, Act::Silent]);
    let patient = builder(&store).policy(policy().tries(3).expire_after(None)).upstream(peer.clone()).build();
    accept(&patient, 1).await;
    patient.start().unwrap();
    drained(&patient).await;
    assert_eq!(peer.seen(), seen(&[("0220", 1), ("0221", 1), ("0221", 1)]));
    patient.stop().await;
    let hasty = builder(&store).policy(policy().expire_after(Some(Duration::ZERO))).upstream(peer.clone()).build();
    accept(&hasty, 2).await;
    hasty.start().unwrap();
    drained(&hasty).await;
    hasty.stop().await;
    let dead = hasty.inspect(EntryState::Dead, 0, 10).await.unwrap();
    let told: Vec<_> = dead.iter().map(|dead| (dead.sent, dead.reason.as_deref().unwrap())).collect();
    assert_eq!(told, [(3, "tried too often"), (0, "expired")]);
}

#[tokio::test]
async fn codes_mean_what_the_policy_says() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let peer =
        Peer::doing([Act::Answer("77"), Act::Answer("05"), Act::Answer("21"), Act::Answer("00"), Act::Answer("21")]);
    let policy = policy().accepted(&["21"]).retried(&["05"]).other(Other::Retry);
    let saf = builder(&store).policy(policy).upstream(peer.clone()).build();
    accept(&saf, 1).await;
    accept(&saf, 2).await;
    saf.start().unwrap();
    drained(&saf).await;
    saf.stop().await;
    assert_eq!(peer.seen().iter().map(|(_, stan)| *stan).collect::<Vec<_>>(), [1, 1, 1, 2, 2]);
    assert_eq!(saf.status().await.unwrap().dead, 0);
}

#[tokio::test]
async fn a_pause_holds_back_and_a_resume_goes_on() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let peer = Peer::default();
    let saf = started(&store, &peer).await;
    saf.pause().await.unwrap();
    let first = accept(&saf, 1).await;
    accept(&saf, 2).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(peer.seen(), []);
    assert!(saf.discard(first).await.unwrap());
    saf.resume().await.unwrap();
    drained(&saf).await;
    assert_eq!(peer.seen(), seen(&[("0220", 2)]));
    saf.stop().await;
}

#[tokio::test]
async fn stopping_ends_whatever_the_peer_does() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let peer = Peer::doing([Act::Hang, Act::Hang]);
    let patient = policy().timeout(Duration::from_secs(3600));
    let saf = builder(&store).policy(patient).upstream(peer.clone()).build();
    accept(&saf, 1).await;
    saf.start().unwrap();
    peer.saw(1).await;
    tokio::time::timeout(Duration::from_secs(30), saf.stop()).await.expect("it stops");
    let waiting = saf.inspect(EntryState::Pending, 0, 10).await.unwrap();
    assert_eq!((waiting.len(), waiting[0].sent), (1, 1));
    store.close().await;
    // After a restart it goes on at once, and knows that it may have been sent.
    let store = scratch.store().await;
    peer.acts.lock().unwrap().clear();
    let saf = started(&store, &peer).await;
    drained(&saf).await;
    assert_eq!(peer.seen(), seen(&[("0220", 1), ("0221", 1)]));
    saf.stop().await;
}

#[tokio::test]
async fn a_panic_of_what_sends_does_not_end_it() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let peer = Peer::doing([Act::Panic]);
    let saf = started(&store, &peer).await;
    accept(&saf, 1).await;
    drained(&saf).await;
    assert_eq!(peer.seen(), seen(&[("0220", 1), ("0221", 1)]));
    saf.stop().await;
}

#[tokio::test]
async fn a_missing_key_holds_the_queue() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let peer = Peer::default();
    accept(&builder(&store).build(), 1).await;
    let other = isopace::store::StorageKey::new("k2", [8; 32]).unwrap();
    let other = Vault::new(&other, &[]).unwrap();
    let saf = Saf::builder("issuer", &DIALECT, store.clone(), other).policy(policy()).upstream(peer.clone()).build();
    saf.start().unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    saf.stop().await;
    let status = saf.status().await.unwrap();
    assert_eq!((status.pending, status.dead, peer.seen().len()), (1, 0, 0));
    let saf = started(&store, &peer).await;
    drained(&saf).await;
    assert_eq!(peer.seen(), seen(&[("0220", 1)]), "it was never sent");
    saf.stop().await;
}

#[tokio::test]
async fn what_cannot_be_delivered_is_not_accepted() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let saf = builder(&store).policy(policy().most(1)).build();
    let notice = Edit::build(&DIALECT).mti("0230").set(11, &1u32).finish().unwrap();
    let notice = Message::parse(&DIALECT, notice).unwrap();
    assert!(matches!(saf.accept("a", &notice).await, Err(AcceptError::NoAnswer(_))));
    let packed = &isopace::dialects::iso87b::DIALECT;
    let other = Edit::build(packed).mti("0220").set(11, &1u32).finish().unwrap();
    let other = Message::parse(packed, other).unwrap();
    assert!(matches!(saf.accept("a", &other).await, Err(AcceptError::Dialect { .. })));
    accept(&saf, 1).await;
    assert!(matches!(saf.accept("b", &advice(2)).await, Err(AcceptError::Full { most: 1 })));
    let keyless = Saf::builder("other", &DIALECT, store.clone(), Vault::without_key()).build();
    assert!(matches!(keyless.accept("a", &advice(1)).await, Err(AcceptError::NoKey)));
    let echo = Edit::build(&DIALECT).mti("0800").set(11, &1u32).finish().unwrap();
    assert!(keyless.accept("a", &Message::parse(&DIALECT, echo).unwrap()).await.is_ok());
    store.close().await;
    assert!(matches!(keyless.accept("b", &advice(1)).await, Err(AcceptError::NoKey)));
    let saf = Saf::builder("third", &DIALECT, store, vault()).build();
    assert!(matches!(saf.accept("b", &advice(1)).await, Err(AcceptError::Store(_))));
}

#[cfg(feature = "host")]
#[tokio::test]
async fn is_a_part_of_a_switch() {
    use isopace::host::{Component, Health};
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let saf = builder(&store).upstream(Peer::default()).build();
    let part: &dyn Component = &saf;
    assert_eq!((part.name(), part.kind(), part.status().health), ("issuer", "saf", Health::Stopped));
    part.start().await.unwrap();
    assert!(part.start().await.is_err());
    assert_eq!(part.status().health, Health::Up);
    part.stop().await;
    part.stop().await;
    assert_eq!(part.status().health, Health::Stopped);
}
