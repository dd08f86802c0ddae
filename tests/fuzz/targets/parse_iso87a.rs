//! Any bytes as a message: nothing panics, whatever is asked of it; what is accepted is written as it was read; and an
//! independent checker says the same of it.
#![no_main]

#[path = "../../src/elements.rs"]
#[allow(dead_code)]
mod elements;
#[path = "../../src/oracle.rs"]
mod oracle;

use std::borrow::Cow;

use isopace::iso87a::{self, DIALECT, FinancialRequest};
use isopace::types::{Amount, Currency, KeyData, Pan, PinBlock, SecretText, Track1, Track2};
use isopace::{Bytes, Message};
use libfuzzer_sys::fuzz_target;

/// Everything that can be asked of a message.
fn ask(message: &Message) {
    let shown = format!("{message:?} {:?} {:?}", message.mti(), message.rule());
    assert!(!shown.is_empty());
    message.leaves(|leaf| match leaf {
        Ok(leaf) => {
            let _ = (leaf.name(), leaf.masked(), leaf.expose(), leaf.field());
            assert!(leaf.span().end <= message.as_bytes().len());
            let _ = message.at::<Cow<'_, str>>(leaf.path());
            let _ = message.at::<Vec<u8>>(leaf.path());
            let _ = message.at::<SecretText<'_>>(leaf.path());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    });
    for number in message.numbers() {
        let _ = message.get::<Cow<'_, str>>(number);
        let _ = message.get::<Cow<'_, [u8]>>(number);
        let _ = message.get::<SecretText<'_>>(number);
        let _ = message.get::<KeyData<'_>>(number);
        let _ = message.get::<u64>(number);
        let _ = message.get::<Amount>(number);
        let _ = message.get::<Currency>(number);
        let _ = message.get::<Pan<'_>>(number);
        let _ = message.get::<Track1<'_>>(number);
        let _ = message.get::<Track2<'_>>(number);
        let _ = message.get::<PinBlock<'_>>(number);
    }
    if let Ok(reply) = message.reply() {
        let reply = reply.finish().expect("elements that were there can be echoed");
        Message::parse(&DIALECT, reply).expect("a reply is a message");
    }
}

/// The message as a typed struct, shown and packed again. One function of its own: these two are large.
#[inline(never)]
fn typed(message: &iso87a::Message) -> Option<Bytes> {
    let request = FinancialRequest::try_from(message).ok()?;
    assert!(!format!("{request:?}").is_empty());
    Some(request.pack().expect("values that were read can be written"))
}

fuzz_target!(|data: &[u8]| {
    let wire = Bytes::copy_from_slice(data);
    let (partial, error) = Message::parse_partial(&DIALECT, wire.clone());
    // What there is of a message that is cut short can be shown.
    partial.leaves(|leaf| drop(leaf.map(|leaf| leaf.masked())));
    assert!(!format!("{partial:?} {error:?}").is_empty());
    let parsed = iso87a::Message::parse(wire.clone());
    assert_eq!(parsed.is_err(), error.is_some());
    let expected = oracle::check(data);
    let Ok(message) = parsed else {
        assert!(expected.is_err(), "refused, but right");
        return;
    };
    ask(&message);
    assert_eq!(message.edit().finish().expect("nothing was changed"), wire);
    let mti = message.mti();
    assert_eq!(message.edit().mti(mti.as_str()).finish().expect("nothing else"), wire);
    let valid = message.validate();
    // The checker knows tags and lengths of DE 55, the library values as well.
    if message.has(55) {
        assert!(valid.is_err() || expected.is_ok(), "accepted, but wrong: {expected:?}");
    } else {
        assert_eq!(valid.is_ok(), expected.is_ok(), "{valid:?} {expected:?}");
    }
    if let Some(packed) = typed(&message) {
        let again = iso87a::Message::parse(packed.clone()).expect("what was packed is a message");
        assert_eq!(typed(&again).expect("of the same type"), packed);
    }
});
