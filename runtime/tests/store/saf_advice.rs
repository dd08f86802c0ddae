//! A queue that takes advices for its destination.

use crate::saf_common;

use isopace::dialects::iso93a;
use isopace::iso87a::DIALECT;
use isopace::saf::{AdviceError, Saf};
use isopace::store::EntryState;
use isopace::types::Text;
use isopace::{Dialect, Edit, Message};
use saf_common::{Peer, Scratch, builder, drained, policy, vault};

fn message(dialect: &'static Dialect, mti: &str, elements: &[(u8, &str)]) -> Message {
    let mut edit = Edit::build(dialect);
    edit.mti(mti);
    elements.iter().for_each(|(number, value)| _ = edit.set_leaf(&number.to_string(), value));
    Message::parse(dialect, edit.finish().unwrap()).unwrap()
}

const SALE: [(u8, &str); 5] = [(3, "000000"), (4, "000000002500"), (7, "1120072155"), (11, "000001"), (41, "TERM0001")];

fn code(answer: &Message) -> (String, String) {
    let code = answer.get::<Text<'_>>(39).unwrap().unwrap();
    (answer.mti().to_string(), code.as_str().to_owned())
}

async fn waiting(saf: &Saf) -> usize {
    saf.inspect(EntryState::Pending, 0, 100).await.unwrap().len()
}

#[tokio::test]
async fn an_advice_is_answered_when_it_is_kept_and_a_repeat_is_not_kept_again() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let peer = Peer::default();
    let saf = builder(&store).upstream(peer.clone()).build();
    let answer = saf.advise(&message(&DIALECT, "0220", &SALE)).await.unwrap();
    assert_eq!(code(&answer), ("0230".to_owned(), "00".to_owned()));
    assert_eq!(answer.get::<Text<'_>>(11).unwrap().unwrap().as_str(), "000001");
    for mti in ["0220", "0221"] {
        let again = saf.advise(&message(&DIALECT, mti, &SALE)).await.unwrap();
        assert_eq!((code(&again).1.as_str(), waiting(&saf).await), ("00", 1), "{mti}");
    }
    // What differs in what it says is another one, and is not lost.
    for (place, other) in [(0, "200000"), (1, "000000002501"), (2, "1120072156"), (3, "000002"), (4, "TERM0002")] {
        let mut sale = SALE;
        sale[place].1 = other;
        saf.advise(&message(&DIALECT, "0220", &sale)).await.unwrap();
        assert_eq!(waiting(&saf).await, 2 + place);
    }
    saf.advise(&message(&DIALECT, "0120", &SALE)).await.unwrap();
    saf.start().unwrap();
    drained(&saf).await;
    assert_eq!(peer.seen().len(), 7);
    saf.advise(&message(&DIALECT, "0221", &SALE)).await.unwrap();
    assert_eq!(waiting(&saf).await, 0, "what was delivered is known");
    saf.stop().await;
}

#[tokio::test]
async fn what_is_no_advice_or_cannot_be_known_again_is_refused() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let saf = builder(&store).build();
    for mti in ["0200", "0400", "0230", "0800"] {
        let refused = saf.advise(&message(&DIALECT, mti, &SALE)).await.unwrap_err();
        assert!(matches!(refused, AdviceError::NoAdvice(found) if found == mti), "{mti}: {refused}");
    }
    for (missing, said) in [(7, "7 at byte"), (11, "11 at byte")] {
        let rest: Vec<_> = SALE.into_iter().filter(|(number, _)| *number != missing).collect();
        let refused = saf.advise(&message(&DIALECT, "0220", &rest)).await.unwrap_err();
        assert!(refused.to_string().starts_with(said), "{refused}");
    }
    assert_eq!(waiting(&saf).await, 0);
}

#[tokio::test]
async fn the_edition_of_1993_is_answered_with_three_digits() {
    let scratch = Scratch::new();
    let store = scratch.store().await;
    let saf = Saf::builder("q", &iso93a::DIALECT, store, vault()).policy(policy()).build();
    let sale = [(3, "000000"), (4, "000000002500"), (11, "000001"), (12, "261120072155"), (41, "TERM0001")];
    let answer = saf.advise(&message(&iso93a::DIALECT, "1220", &sale)).await.unwrap();
    assert_eq!(code(&answer), ("1230".to_owned(), "000".to_owned()));
    let refused = saf.advise(&message(&iso93a::DIALECT, "1220", &sale[..3])).await.unwrap_err();
    assert!(refused.to_string().starts_with("12 at byte"), "{refused}");
}
