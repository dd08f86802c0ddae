//! `teq saf`: a queue looked into and taken in hand, masked.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use isopace::iso87a::DIALECT;
use isopace::saf::Saf;
use isopace::store::{Claim, Moment, Settled, Settlement, Sqlite, StorageKey, Store, Taken, Vault};
use isopace::{Edit, Message};

use crate::check::folder;
use crate::{Run, teq};

/// A store with a queue of two advices, the first of which was given up.
async fn filled(folder: &Path) -> PathBuf {
    let path = folder.join("queues.db");
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(&path).await.unwrap());
    let vault = Vault::new(&StorageKey::from_hex("k1", &"5a".repeat(32)).unwrap(), &[]).unwrap();
    let saf = Saf::builder("issuer", &DIALECT, Arc::clone(&store), vault).build();
    for stan in [1_u32, 2] {
        let mut edit = Edit::build(&DIALECT);
        edit.mti("0220").set_leaf("2", "4111111111111111").set(4, "000000002500").set(7, "1120174500").set(11, &stan);
        let advice = Message::parse(&DIALECT, edit.finish().unwrap()).unwrap();
        saf.accept(&format!("advice-{stan}"), &advice).await.unwrap();
    }
    let now = Moment::now();
    let claim = Claim { queue: "issuer", owner: "a", now, until: now };
    let Taken::Entry(first) = store.take(claim).await.unwrap() else { panic!("one waits") };
    let how = Settlement::Dead { reason: "answered with response code 12", sent: true };
    assert!(store.settle(Settled { queue: "issuer", seq: first.seq, owner: "a", how, now }).await.unwrap());
    store.close().await;
    path
}

fn saf(store: &Path, more: &[&str]) -> Run {
    let run = teq(&[&["saf", "--store", store.to_str().unwrap()], more].concat(), "");
    assert!(!format!("{}{}", run.out, run.err).contains("4111111111111111"), "a card number is shown");
    run
}

#[tokio::test]
async fn a_queue_is_looked_into_and_taken_in_hand() {
    let folder = folder("saf");
    let store = filled(&folder).await;
    let key = folder.join("store.hex");
    std::fs::write(&key, "5a".repeat(32)).unwrap();
    let opened = ["--key-id", "k1", "--key-file", key.to_str().unwrap()];
    let list = |more: &[&str]| {
        let run = saf(&store, &[more, &["list", "issuer"]].concat());
        assert_eq!((run.code, run.err.as_str()), (0, ""));
        run.out
    };

    let out = list(&opened);
    assert!(out.contains("1 wait") && out.contains("1 given up") && !out.contains("paused"), "{out}");
    assert!(out.contains("dead     0220") && out.contains("advice-1  answered with response code 12"), "{out}");
    // Without a key it is known what there is, and not what is in it.
    let out = list(&[]);
    assert!(out.contains("pending  -") && out.contains("advice-2"), "{out}");

    let run = saf(&store, &[&opened[..], &["show", "issuer", "2"]].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("411111") && run.out.contains("000002") && run.out.contains("0220"), "{}", run.out);
    assert_eq!(saf(&store, &["show", "issuer", "2"]).code, 2);
    // By another key, and the one that it was sealed by as an earlier one.
    let new = folder.join("new.hex");
    std::fs::write(&new, "a5".repeat(32)).unwrap();
    let (new, earlier) = (["--key-id", "k2", "--key-file", new.to_str().unwrap()], format!("k1={}", key.display()));
    assert_eq!(saf(&store, &[&new[..], &["show", "issuer", "2"]].concat()).code, 2);
    let run = saf(&store, &[&new[..], &["--earlier-key", &earlier, "show", "issuer", "2"]].concat());
    assert!(run.code == 0 && run.out.contains("000002"), "{}{}", run.out, run.err);
    for wrong in ["k1", "k2=none.hex", "a b=x"] {
        assert_eq!(saf(&store, &[&new[..], &["--earlier-key", wrong, "list", "issuer"]].concat()).code, 2, "{wrong}");
    }
    assert_eq!(saf(&store, &[&opened[..], &["show", "issuer", "9"]].concat()).code, 1);

    assert_eq!(saf(&store, &["pause", "issuer"]).code, 0);
    assert!(list(&[]).contains("paused"));
    assert_eq!(saf(&store, &["resume", "issuer"]).code, 0);
    assert_eq!((saf(&store, &["replay", "issuer", "2"]).code, saf(&store, &["replay", "issuer", "1"]).code), (1, 0));
    let out = list(&[]);
    assert!(out.contains("2 wait") && out.contains("0 given up") && !out.contains("paused"), "{out}");
    assert_eq!((saf(&store, &["drop", "issuer", "1"]).code, saf(&store, &["drop", "issuer", "1"]).code), (0, 1));
    assert!(list(&[]).contains("1 wait"));
}

#[test]
fn what_is_no_store_is_not_made_one() {
    let folder = folder("saf-none");
    let none = folder.join("none.db");
    assert_eq!((saf(&none, &["list", "issuer"]).code, none.exists()), (2, false));
    for more in [&["show", "issuer"][..], &["list", "issuer", "7"], &["empty", "issuer"], &["list"]] {
        assert_eq!(saf(&none, more).code, 2, "{more:?}");
    }
    assert_eq!(teq(&["saf", "list", "issuer"], "").code, 2);
}
