//! What a typed struct and a reply promise beside the laws: all violations at once, nothing lost.

use crate::common;

use common::chip::{authorization, over, with_chip};
use common::{AUTHORIZATION, told};
use isopace::Message;
use isopace::iso87a::{self, FinancialRequest, FinancialRequestMandatory, FinancialResponse, ResponseCode};
use isopace::types::{Amount, Currency, MonthDay, MonthDayTime, Mti, Pan, ProcessingCode, Stan, Time};

fn mandatory() -> FinancialRequestMandatory<'static> {
    FinancialRequestMandatory {
        pan: Pan::new("4012345678909").unwrap(),
        processing_code: ProcessingCode::new("000000").unwrap(),
        amount: Amount::minor(2500),
        transmission_date_time: MonthDayTime::from_digits(b"1120072155").unwrap(),
        stan: Stan::new(123_456).unwrap(),
        local_time: Time::new(7, 21, 55).unwrap(),
        local_date: MonthDay::new(11, 20).unwrap(),
        pos_entry_mode: "051".into(),
        pos_condition_code: iso87a::PosConditionCode::new("00").unwrap(),
        terminal_id: "TERM0001".into(),
        card_acceptor_id: "MERCHANT0000001".into(),
        currency: Currency::USD,
    }
}

#[test]
fn a_typed_message_is_packed_as_it_came() {
    for message in [authorization(), with_chip()] {
        let request = FinancialRequest::try_from(&message).unwrap();
        assert_eq!(request.pan.expose(), "4012345678909");
        assert_eq!((request.amount, request.stan), (Amount::minor(2500), Stan::new(123_456).unwrap()));
        assert_eq!(request.unlisted.numbers().count(), 0);
        assert_eq!(request.pack().unwrap(), message.as_bytes());
        let mut behind = b"before".to_vec();
        request.pack_into(&mut behind).unwrap();
        assert_eq!(behind[6..], message.as_bytes()[..]);
    }
}

#[test]
fn a_typed_message_from_nothing_is_the_same() {
    let mut request = FinancialRequest::new(mandatory());
    let original = authorization();
    let received = FinancialRequest::try_from(&original).unwrap();
    request.expiration_date = received.expiration_date;
    request.merchant_type = Some("5411".into());
    request.acquiring_institution = Some("99001".into());
    request.track2 = received.track2.clone();
    request.rrn = Some("000000123456".into());
    request.card_acceptor_name_location = received.card_acceptor_name_location;
    assert_eq!(request.pack().unwrap(), AUTHORIZATION.as_bytes());
}

#[test]
fn all_violations_at_once() {
    let message = authorization();
    let wire = message.edit().remove(11).remove(41).remove(49).finish().unwrap();
    let text = String::from_utf8(wire.to_vec()).unwrap();
    // A letter in the amount and a month of thirteen.
    let text = text.replacen("000000002500", "00000000X500", 1).replacen("0721551120", "0721551320", 1);
    let broken = iso87a::Message::parse(text.into_bytes()).unwrap();
    let violations = FinancialRequest::try_from(&broken).unwrap_err();
    let found: Vec<String> =
        violations.iter().map(|error| format!("{}: {}", error.path(), error.kind().name())).collect();
    assert_eq!(found, ["4: value", "11: missing", "13: value", "41: missing", "49: missing"]);
    assert!(violations.to_string().split("; ").count() == 5);
}

#[test]
fn another_message_type_is_a_violation_and_a_repeat_is_not() {
    let message = authorization();
    let other = iso87a::Message::parse(message.edit().mti("0100").finish().unwrap()).unwrap();
    let violations = FinancialRequest::try_from(&other).unwrap_err();
    assert_eq!(violations.iter().map(told).collect::<Vec<_>>(), ["mti at 0: message-type"]);
    let repeat = iso87a::Message::parse(message.edit().mti("0201").finish().unwrap()).unwrap();
    let request = FinancialRequest::try_from(&repeat).unwrap();
    assert_eq!(request.mti, Mti::new("0201").unwrap());
    assert_eq!(request.pack().unwrap(), repeat.as_bytes());
}

#[test]
fn elements_that_the_message_type_does_not_list_are_kept() {
    let message = authorization();
    let mut edit = over(&message);
    // DE 39, 44 and 120 are of no financial request.
    edit.set_leaf("39", "00").set_leaf("44", "A").set_leaf("120", "PRIVATE");
    let message = iso87a::Message::parse(edit.finish().unwrap()).unwrap();
    let mut request = FinancialRequest::try_from(&message).unwrap();
    assert_eq!(request.unlisted.numbers().collect::<Vec<_>>(), [39, 44, 120]);
    assert_eq!(request.unlisted.get::<&str>(120), Ok(Some("PRIVATE")));
    assert_eq!(request.unlisted.get::<&str>(41), Ok(None));
    assert_eq!(request.pack().unwrap(), message.as_bytes());
    request.stan = Stan::new(654_321).unwrap();
    request.rrn = None;
    let changed = iso87a::Message::parse(request.pack().unwrap()).unwrap();
    assert_eq!(changed.stan(), Ok(Some(Stan::new(654_321).unwrap())));
    assert_eq!((changed.rrn().unwrap().is_none(), changed.get::<&str>(120)), (true, Ok(Some("PRIVATE"))));
}

#[test]
fn a_reply_is_what_the_spec_says() {
    let message = authorization();
    let wire = message.reply().unwrap().response_code(ResponseCode::APPROVED).finish().unwrap();
    let reply = iso87a::Message::parse(wire).unwrap();
    assert_eq!(reply.mti(), "0210");
    assert_eq!(reply.numbers().collect::<Vec<_>>(), [2, 3, 4, 7, 11, 12, 13, 32, 37, 39, 41, 42, 49]);
    for number in reply.numbers().filter(|number| *number != 39) {
        let (was, is) = (message.raw(number).unwrap(), reply.raw(number).unwrap());
        assert_eq!(was.bytes(), is.bytes(), "{number}");
    }
    let response = FinancialResponse::try_from(&reply).unwrap();
    assert_eq!(response.response_code, ResponseCode::APPROVED);
    // A repeat is answered like its original; an answer is not answered.
    let repeat = iso87a::Message::parse(message.edit().mti("0201").finish().unwrap()).unwrap();
    assert_eq!(repeat.reply().unwrap().finish().unwrap()[..4], *b"0210");
    assert_eq!(told(&reply.reply().map(drop).unwrap_err()), "mti at 0: no-message");
}

#[test]
fn a_reply_has_no_empty_bitmap() {
    let message = authorization();
    let request = iso87a::Message::parse(
        over(&message).set(102, &isopace::types::SecretText::new("1").unwrap()).finish().unwrap(),
    )
    .unwrap();
    let reply = request.reply().unwrap().response_code(ResponseCode::APPROVED).finish().unwrap();
    assert_eq!(reply, message.reply().unwrap().response_code(ResponseCode::APPROVED).finish().unwrap());
}

#[test]
fn an_element_of_the_second_bitmap_brings_it_and_takes_nothing_away() {
    let message = authorization();
    let wire = over(&message).set(100, "12345").finish().unwrap();
    assert_eq!(wire.len(), AUTHORIZATION.len() + 16 + 7);
    let with = iso87a::Message::parse(wire).unwrap();
    assert_eq!(with.receiving_institution().unwrap().unwrap(), "12345");
    let without = Message::parse(&iso87a::DIALECT, with.edit().remove(100).finish().unwrap()).unwrap();
    assert_eq!(without.numbers().collect::<Vec<_>>(), message.numbers().collect::<Vec<_>>());
}
