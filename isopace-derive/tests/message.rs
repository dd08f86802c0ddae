//! Derived messages of the shipped dialect: the same bytes as the generated structs, and all that is wrong at once.

use isopace::iso87a::{self, FinancialRequest, FinancialRequestMandatory, IccData, PosConditionCode};
use isopace::types::{Amount, Currency, MonthDay, MonthDayTime, Mti, Pan, ProcessingCode, Stan, Text, Time, Track2};
use isopace::{Bytes, Iso8583, Unlisted};

const PAN: &str = "4111111111111111";

#[derive(Iso8583, Debug)]
#[iso8583(dialect = iso87a, mti = "0200")]
struct Purchase<'a> {
    // Not in the order of the wire, on purpose.
    #[iso8583(49)]
    currency: Currency,
    #[iso8583(2)]
    pan: Pan<'a>,
    #[iso8583(3)]
    processing_code: ProcessingCode,
    #[iso8583(4)]
    amount: u64,
    #[iso8583(7)]
    sent_at: MonthDayTime,
    #[iso8583(11)]
    stan: Stan,
    #[iso8583(12)]
    local_time: Time,
    #[iso8583(13)]
    local_date: MonthDay,
    #[iso8583(22)]
    entry_mode: Text<'a>,
    #[iso8583(25)]
    condition: PosConditionCode,
    #[iso8583("35")]
    track2: Option<Track2<'a>>,
    #[iso8583(41)]
    terminal: &'a str,
    #[iso8583(42)]
    acceptor: std::borrow::Cow<'a, str>,
    #[iso8583("55.9F26")]
    cryptogram: Option<[u8; 8]>,
    #[iso8583("55.95")]
    verification: Option<&'a [u8]>,
    #[iso8583(unlisted)]
    rest: Unlisted<'a>,
}

fn mandatory() -> FinancialRequestMandatory<'static> {
    FinancialRequestMandatory {
        pan: Pan::new(PAN).unwrap(),
        processing_code: "000000".parse().unwrap(),
        amount: Amount::minor(2500),
        transmission_date_time: MonthDayTime::from_digits(b"1120101530").unwrap(),
        stan: Stan::new(123_456).unwrap(),
        local_time: Time::from_digits(b"101530").unwrap(),
        local_date: MonthDay::from_digits(b"1120").unwrap(),
        pos_entry_mode: "051".into(),
        pos_condition_code: PosConditionCode::NORMAL_PRESENTMENT,
        terminal_id: "TERM0001".into(),
        card_acceptor_id: "ACCEPTOR0000001".into(),
        currency: Currency::from_digits(b"978").unwrap(),
    }
}

fn generated() -> FinancialRequest<'static> {
    let mut request = FinancialRequest::new(mandatory());
    let icc = [&[0x95, 5, 0, 0, 4, 0x80, 0][..], &[0x9F, 0x26, 8, 1, 2, 3, 4, 5, 6, 7, 8]].concat();
    request.icc_data = Some(IccData::from_bytes(icc).unwrap());
    request
}

fn derived() -> Purchase<'static> {
    let mandatory = mandatory();
    Purchase {
        currency: mandatory.currency,
        pan: mandatory.pan,
        processing_code: mandatory.processing_code,
        amount: mandatory.amount.minor_units(),
        sent_at: mandatory.transmission_date_time,
        stan: mandatory.stan,
        local_time: mandatory.local_time,
        local_date: mandatory.local_date,
        entry_mode: mandatory.pos_entry_mode,
        condition: mandatory.pos_condition_code,
        track2: None,
        terminal: mandatory.terminal_id.as_str(),
        acceptor: mandatory.card_acceptor_id.as_str().into(),
        cryptogram: Some([1, 2, 3, 4, 5, 6, 7, 8]),
        verification: Some(&[0, 0, 4, 0x80, 0]),
        rest: Unlisted::NONE,
    }
}

#[test]
fn the_bytes_are_those_of_the_generated_struct() {
    assert_eq!(derived().pack().unwrap(), generated().pack().unwrap());
    let mut out = b"head".to_vec();
    derived().pack_into(&mut out).unwrap();
    assert_eq!(out, [b"head", &generated().pack().unwrap()[..]].concat());
    assert_eq!(Purchase::MTI, "0200");
}

#[test]
fn a_round_trip_gives_equal_values() {
    let message = iso87a::Message::parse(derived().pack().unwrap()).unwrap();
    let read = Purchase::try_from(&message).unwrap();
    assert_eq!(format!("{read:?}").replace("rest: []", ""), format!("{:?}", derived()).replace("rest: []", ""));
    assert_eq!(read.verification, derived().verification);
    assert_eq!(read.pan.expose(), PAN);
    assert_eq!(read.pack().unwrap(), *message.as_bytes());
}

#[test]
fn what_is_optional_may_be_absent() {
    let mut purchase = derived();
    purchase.cryptogram = None;
    let message = iso87a::Message::parse(purchase.pack().unwrap()).unwrap();
    let read = Purchase::try_from(&message).unwrap();
    assert_eq!((read.cryptogram, read.verification), (None, purchase.verification));
    purchase.verification = None;
    let message = iso87a::Message::parse(purchase.pack().unwrap()).unwrap();
    assert!(!message.has(55), "no value inside, no element");
    let read = Purchase::try_from(&message).unwrap();
    assert_eq!((read.cryptogram, read.verification), (None, None));
}

#[test]
fn the_rest_of_the_message_is_forwarded() {
    let mut request = generated();
    request.rrn = Some("123456789012".into());
    request.pin_capture_code = Some("04".into());
    request.mac_2 = Some([7; 8]);
    let wire = request.pack().unwrap();
    let message = iso87a::Message::parse(wire.clone()).unwrap();
    let mut read = Purchase::try_from(&message).unwrap();
    assert_eq!(read.rest.numbers().collect::<Vec<_>>(), [26, 37, 128]);
    assert_eq!(read.rest.get::<&str>(37).unwrap(), Some("123456789012"));
    assert_eq!(read.pack().unwrap(), wire);
    read.terminal = "TERM0002";
    request.terminal_id = "TERM0002".into();
    assert_eq!(read.pack().unwrap(), request.pack().unwrap());
}

/// The generated request with other text at the place of an element.
fn damaged(number: u8, content: &[u8]) -> Vec<u8> {
    let message = iso87a::Message::parse(generated().pack().unwrap()).unwrap();
    let span = message.span(number).unwrap();
    let mut wire = message.as_bytes().to_vec();
    wire[span.end - content.len()..span.end].copy_from_slice(content);
    wire
}

fn wrong(wire: impl Into<Bytes>) -> Vec<(String, &'static str)> {
    let message = iso87a::Message::parse(wire).unwrap();
    let violations = Purchase::try_from(&message).unwrap_err();
    violations.iter().map(|error| (error.path().to_string(), error.kind().name())).collect()
}

fn told(expected: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    expected.iter().map(|(path, kind)| ((*path).to_owned(), *kind)).collect()
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let message = iso87a::Message::parse(damaged(4, b"x00000002500")).unwrap();
    let edited = message.edit().mti("0100").remove(2).remove(41).finish().unwrap();
    let expected = [("mti", "message-type"), ("2", "missing"), ("4", "character"), ("41", "missing")];
    assert_eq!(wrong(edited), told(&expected));
}

#[test]
fn a_broken_inside_is_told_once() {
    // The last tag is one byte longer than the element.
    let wire = damaged(55, &[9, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(wrong(wire), told(&[("55.9F26", "truncated")]));
}

#[test]
fn a_wrong_value_inside_is_told_with_its_path_and_offset() {
    let icc = [0x9F, 0x26, 3, 1, 2, 3];
    let mut request = generated();
    request.icc_data = Some(IccData::from_bytes(&icc[..]).unwrap());
    let message = iso87a::Message::parse(request.pack().unwrap()).unwrap();
    let violations = Purchase::try_from(&message).unwrap_err();
    let error = violations.first().unwrap();
    assert_eq!(error.path().to_string(), "55.9F26");
    assert_eq!(error.offset(), message.span(55).unwrap().start + 3 + 3);
}

#[test]
fn the_repeat_is_accepted_and_others_are_not() {
    for (mti, accepted) in [("0200", true), ("0201", true), ("0210", false), ("0202", false), ("1200", false)] {
        let message = iso87a::Message::parse(derived().pack().unwrap()).unwrap();
        let message = iso87a::Message::parse(message.edit().mti(mti).finish().unwrap()).unwrap();
        assert_eq!(Purchase::try_from(&message).is_ok(), accepted, "{mti}");
    }
}

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0800")]
struct Echo {
    #[iso8583(mti)]
    message: Mti,
    #[iso8583(7)]
    gather: MonthDayTime,
    #[iso8583(11)]
    value: Stan,
    #[iso8583(70)]
    r#type: Option<String>,
}

#[test]
fn a_struct_that_owns_all_keeps_the_message_type() {
    let echo = Echo {
        message: Mti::new("0801").unwrap(),
        gather: MonthDayTime::from_digits(b"1120101530").unwrap(),
        value: Stan::new(7).unwrap(),
        r#type: Some("301".to_owned()),
    };
    let read = {
        let message = iso87a::Message::parse(echo.pack().unwrap()).unwrap();
        assert_eq!(message.mti(), "0801");
        Echo::try_from(&message).unwrap()
    };
    assert_eq!((read.message, read.value, read.r#type.as_deref()), (echo.message, echo.value, Some("301")));
    assert_eq!(read.gather, echo.gather);
}

#[test]
fn what_does_not_fit_is_told_with_its_path() {
    let mut purchase = derived();
    purchase.terminal = "MUCH TOO LONG";
    assert_eq!(purchase.pack().unwrap_err().path().to_string(), "41");
    let mut purchase = derived();
    purchase.verification = Some(&[1, 2, 3]);
    let error = purchase.pack().unwrap_err();
    assert_eq!((error.path().to_string(), error.kind().name()), ("55.95".to_owned(), "too-short"));
    let mut purchase = derived();
    purchase.amount = 1_000_000_000_000;
    assert_eq!(purchase.pack().unwrap_err().path().to_string(), "4");
}

#[test]
fn debug_of_the_user_shows_no_card_number() {
    let shown = format!("{:?}", derived());
    assert!(!shown.contains(PAN) && shown.contains("411111******1111"), "{shown}");
}
