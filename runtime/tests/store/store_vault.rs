//! What is stored of a message: never authentication data, never a PAN in clear, and all else as it was.

use crate::common;

use common::dialects;
use common::planted::{message, needles, printed};
use common::secrets::PANS;
use isopace::iso87a;
use isopace::msg::{Child, Composite, Field, Sensitivity, View};
use isopace::store::{BadKey, OpenError, Place, Sealed, StorageKey, Vault};
use isopace::types::Pan;
use isopace::{Dialect, Edit, Message};
use proptest::prelude::*;

const PLACE: Place<'_> = Place { kind: "queue", name: "issuer", id: "1" };

fn key(id: &str, byte: u8) -> StorageKey {
    StorageKey::new(id, [byte; 32]).unwrap()
}

fn vault() -> Vault {
    Vault::new(&key("k1", 1), &[]).unwrap()
}

fn secret(sensitivity: Sensitivity) -> bool {
    matches!(sensitivity, Sensitivity::Sad | Sensitivity::Key)
}

fn has(field: &Field, is: fn(Sensitivity) -> bool) -> bool {
    let inside = |composite: Composite| composite.fields.iter().any(|field| has(field, is));
    is(field.sensitivity) || field.composite.is_some_and(inside)
}

/// How many values are of this kind; what cannot be looked into and may have one counts for one.
fn count(message: &Message, is: fn(Sensitivity) -> bool) -> usize {
    let elements = message.numbers().filter_map(|number| message.dialect().field(number));
    elements.map(|field| count_in(field, message.view(field).ok().flatten(), is)).sum()
}

fn count_in(field: &Field, view: Option<View<'_>>, is: fn(Sensitivity) -> bool) -> usize {
    match view {
        _ if is(field.sensitivity) => 1,
        None => usize::from(has(field, is)),
        Some(view) => {
            let children = view.children().filter_map(Result::ok);
            let count = |child: Child<'_>| match child.field() {
                Some(field) => count_in(field, child.view().ok().flatten(), is),
                None => 0,
            };
            children.map(count).sum()
        }
    }
}

fn stored(vault: &Vault, message: &Message) -> Message {
    let sealed = vault.seal(PLACE, message).unwrap();
    vault.open(PLACE, &sealed, message.dialect()).unwrap().message
}

/// What holds for every message of a dialect.
fn holds(dialect: &'static Dialect, wire: &[u8]) -> Result<(), TestCaseError> {
    let Ok(message) = Message::parse(dialect, wire.to_vec()) else { return Ok(()) };
    let left = stored(&vault(), &message);
    prop_assert_eq!(count(&left, secret), 0);
    prop_assert_eq!(left.mti(), message.mti());
    for number in message.numbers() {
        let field = dialect.field(number).unwrap();
        let (before, after) = (message.raw(number).unwrap(), left.raw(number).map(|raw| raw.bytes()));
        if !has(field, secret) {
            prop_assert_eq!(after, Some(before.bytes()), "{}", number);
        } else if secret(field.sensitivity) {
            prop_assert_eq!(after, None, "{}", number);
        }
    }
    let again = stored(&vault(), &left);
    prop_assert_eq!(again.as_bytes(), left.as_bytes(), "there is nothing more to leave out");
    if count(&message, secret) == 0 && left.as_bytes() != message.as_bytes() {
        // Only what cannot be looked into may be gone.
        let unread = |number| message.view(dialect.field(number).unwrap()).is_err();
        prop_assert!(message.numbers().all(|number| left.has(number) || unread(number)));
    }
    let vault = Vault::without_key();
    let sealed = vault.seal(PLACE, &message).unwrap();
    let opened = vault.open(PLACE, &sealed, dialect).unwrap();
    let pan = |sensitivity| sensitivity == Sensitivity::Pan;
    prop_assert_eq!(count(&opened.message, |sensitivity| secret(sensitivity) || sensitivity == Sensitivity::Pan), 0);
    prop_assert_eq!(opened.without_pan, count(&message, pan) > 0);
    Ok(())
}

#[test]
fn of_no_dialect_is_kept_what_may_not_be() {
    for dialect in dialects::all().into_iter().chain([common::loaded::layouts(), common::loaded::tagged()]) {
        let mut runner = proptest::test_runner::TestRunner::new(common::cases(40));
        let sample = common::messages::message(dialect);
        runner
            .run(&sample, |sample| holds(dialect, &sample.wire))
            .unwrap_or_else(|error| panic!("{}: {error}", dialect.name()));
    }
}

#[test]
fn what_is_planted_is_not_in_what_is_stored() {
    for pan in PANS {
        let message = message(&iso87a::DIALECT, pan);
        let vault = vault();
        let sealed = vault.seal(PLACE, &message).unwrap();
        // Bytes are searched as the characters they would be.
        let shown: String = sealed.as_bytes().iter().map(|byte| char::from(*byte)).collect();
        assert!(!needles(pan).found_in(&shown));
        assert!(!needles(pan).found_in(&printed(&(&sealed, &vault, key("k1", 1)))));
        let opened = vault.open(PLACE, &sealed, &iso87a::DIALECT).unwrap();
        assert!(!needles(pan).found_in(&printed(&opened)));
        assert_eq!(opened.message.get::<Pan<'_>>(2).unwrap().unwrap().expose(), pan);
        for gone in [35, 36, 45, 52] {
            assert!(message.has(gone) && !opened.message.has(gone), "{gone}");
        }
        for (path, kept) in [("55.57", false), ("55.56", false), ("55.9F26", true), ("55.5A", true)] {
            let element = iso87a::DIALECT.field(55).unwrap();
            let view = opened.message.view(element).unwrap().unwrap();
            let found = view.children().any(|child| child.unwrap().path().to_string() == path);
            assert_eq!(found, kept, "{path}");
        }
    }
}

#[test]
fn behind_a_bitmap_the_others_stay() {
    let dialect = &isopace::dialects::postilion::DIALECT;
    let mut edit = Edit::build(dialect);
    edit.mti("0200").set_leaf("127.2", "SWITCHKEY01").set_leaf("127.10", "123").set_leaf("127.20", "20261120");
    let message = Message::parse(dialect, edit.finish().unwrap()).unwrap();
    let mut expected = Edit::build(dialect);
    expected.mti("0200").set_leaf("127.2", "SWITCHKEY01").set_leaf("127.20", "20261120");
    assert_eq!(stored(&vault(), &message).as_bytes(), &expected.finish().unwrap());
}

#[test]
fn opens_only_where_and_how_it_was_sealed() {
    let message = message(&iso87a::DIALECT, PANS[0]);
    let sealed = vault().seal(PLACE, &message).unwrap();
    let elsewhere = [
        Place { kind: "journal", ..PLACE },
        Place { name: "issue", ..PLACE },
        Place { id: "2", ..PLACE },
        Place { name: "issuer1", id: "", ..PLACE },
        Place { name: "", id: "issuer1", ..PLACE },
    ];
    for place in elsewhere {
        assert_eq!(vault().open(place, &sealed, &iso87a::DIALECT).unwrap_err(), OpenError::Forged);
    }
    let other = Vault::new(&key("k2", 1), &[]).unwrap();
    let no_key = OpenError::NoKey { id: "k1".to_owned() };
    assert_eq!(other.open(PLACE, &sealed, &iso87a::DIALECT).unwrap_err(), no_key);
    assert_eq!(Vault::without_key().open(PLACE, &sealed, &iso87a::DIALECT).unwrap_err(), no_key);
    let same_name = Vault::new(&key("k1", 2), &[]).unwrap();
    assert_eq!(same_name.open(PLACE, &sealed, &iso87a::DIALECT).unwrap_err(), OpenError::Forged);
    let dialect = vault().open(PLACE, &sealed, &isopace::dialects::iso87b::DIALECT).unwrap_err();
    assert_eq!(dialect, OpenError::Dialect { expected: "iso87-b" });
    for changed in 0..sealed.as_bytes().len() {
        let mut bytes = sealed.as_bytes().to_vec();
        bytes[changed] ^= 0x10;
        assert!(vault().open(PLACE, &Sealed::from_stored(bytes), &iso87a::DIALECT).is_err(), "byte {changed}");
    }
    for length in 0..sealed.as_bytes().len() {
        let cut = Sealed::from_stored(sealed.as_bytes().slice(..length));
        assert!(vault().open(PLACE, &cut, &iso87a::DIALECT).is_err(), "{length} bytes");
    }
}

#[test]
fn earlier_keys_open_and_the_new_one_seals() {
    let message = message(&iso87a::DIALECT, PANS[1]);
    let old = vault().seal(PLACE, &message).unwrap();
    let both = Vault::new(&key("k2", 2), &[key("k1", 1)]).unwrap();
    both.open(PLACE, &old, &iso87a::DIALECT).unwrap();
    let new = both.seal(PLACE, &message).unwrap();
    assert_eq!(vault().open(PLACE, &new, &iso87a::DIALECT).unwrap_err(), OpenError::NoKey { id: "k2".to_owned() });
    assert_ne!(both.seal(PLACE, &message).unwrap(), new, "each has a nonce of its own");
    assert_eq!(Vault::new(&key("k1", 2), &[key("k1", 1)]).unwrap_err(), BadKey::Twice);
    let bytes = both.seal_bytes(PLACE, b"state 7").unwrap();
    assert_eq!(both.open_bytes(PLACE, &bytes).unwrap().as_slice(), b"state 7");
}

#[test]
fn keys_are_checked() {
    assert!(StorageKey::from_hex("2026-11", &"aF".repeat(32)).is_ok());
    for id in ["", "a b", "ä", &"x".repeat(65)] {
        assert_eq!(StorageKey::new(id, [0; 32]).unwrap_err(), BadKey::Id);
    }
    for hex in ["", &"a".repeat(63), &"g".repeat(64), &"+1".repeat(32), &"é".repeat(32)] {
        assert_eq!(StorageKey::from_hex("k", hex).unwrap_err(), BadKey::Hex);
    }
}
