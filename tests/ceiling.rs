//! The hand-written codec that benchmarks measure against accepts, rejects and gives what the library does. Else it would
//! be no measure.

use isopace::iso87a::{FinancialRequest, Message};
use isopace::types::{Amount, Currency, MonthDay, MonthDayTime, Text, Time, YearMonth};
use isopace::{Bytes, Unlisted};
use isopace_tests::cases::{Traffic, cases};
use isopace_tests::ceiling::{Index, Owned, Wide, index, splice};
use isopace_tests::seeded::Seeded;
use isopace_tests::{AUTH_0200, oracle, traffic};

fn bytes(text: Text<'_>) -> &[u8] {
    text.as_bytes()
}

fn month_day(value: MonthDay) -> [u8; 2] {
    [value.month(), value.day()]
}

fn time(value: Time) -> [u8; 3] {
    [value.hour(), value.minute(), value.second()]
}

fn month_day_time(value: MonthDayTime) -> ([u8; 2], [u8; 3]) {
    (month_day(value.date()), time(value.time()))
}

fn year_month(value: YearMonth) -> [u8; 2] {
    [value.year(), value.month()]
}

/// Every field of one against the same of the other.
fn assert_equal(ours: &FinancialRequest<'_>, theirs: &Wide<'_>) {
    macro_rules! same {
        ($($field:ident $(($ours:ident => $value:expr))?,)*) => {$(
            same!(@ $field $(($ours => $value))?);
        )*};
        (@ $field:ident) => { assert_eq!(ours.$field, theirs.$field, stringify!($field)) };
        (@ $field:ident ($ours:ident => $value:expr)) => {{
            let $ours = &ours.$field;
            assert_eq!($value, theirs.$field, stringify!($field));
        }};
    }
    same! {
        pan(it => it.expose().as_bytes()), processing_code(it => it.digits()), amount(it => it.minor_units()),
        settlement_amount(it => it.map(Amount::minor_units)), billing_amount(it => it.map(Amount::minor_units)),
        transmission_date_time(it => month_day_time(*it)), settlement_conversion_rate(it => it.map(bytes)), billing_conversion_rate(it => it.map(bytes)),
        stan(it => it.get()), local_time(it => time(*it)), local_date(it => month_day(*it)),
        expiration_date(it => it.map(year_month)), settlement_date(it => it.map(month_day)),
        conversion_date(it => it.map(month_day)), capture_date(it => it.map(month_day)), merchant_type(it => it.map(bytes)),
        acquiring_country(it => it.map(bytes)), pan_extended_country(it => it.map(bytes)), forwarding_country(it => it.map(bytes)), pos_entry_mode(it => it.as_bytes()), card_sequence_number(it => it.map(bytes)),
        network_international_identifier(it => it.map(bytes)), pos_condition_code(it => *it.as_str().as_bytes()), pin_capture_code(it => it.map(bytes)),
        transaction_fee(it => it.map(|it| (it.is_debit(), it.amount().minor_units()))),
        transaction_processing_fee(it => it.map(|it| (it.is_debit(), it.amount().minor_units()))),
        acquiring_institution(it => it.map(bytes)), forwarding_institution(it => it.map(bytes)), pan_extended(it => it.as_ref().map(|it| it.expose().as_bytes())),
        track2(it => it.as_ref().map(|it| it.expose().as_bytes())), track3(it => it.as_ref().map(|it| it.expose().as_bytes())), rrn(it => it.map(bytes)),
        service_code(it => it.map(bytes)), terminal_id(it => it.as_bytes()), card_acceptor_id(it => it.as_bytes()), card_acceptor_name_location(it => it.map(bytes)),
        track1(it => it.as_ref().map(|it| it.expose().as_bytes())), additional_data_iso(it => it.map(bytes)), additional_data_national(it => it.map(bytes)),
        additional_data_private(it => it.map(bytes)), currency(it => it.numeric()), settlement_currency(it => it.map(Currency::numeric)),
        billing_currency(it => it.map(Currency::numeric)), pin_data(it => it.as_ref().map(|it| it.expose().try_into().unwrap())),
        security_control(it => it.as_ref().map(|it| it.expose().as_bytes())), additional_amounts(it => it.map(bytes)), reserved_private_60(it => it.map(bytes)),
        reserved_private_61(it => it.map(bytes)), reserved_private_62(it => it.map(bytes)), reserved_private_63(it => it.map(bytes)), mac, payee(it => it.map(bytes)), receiving_institution(it => it.map(bytes)),
        account_1(it => it.as_ref().map(|it| it.expose().as_bytes())), account_2(it => it.as_ref().map(|it| it.expose().as_bytes())), mac_2,
    }
}

/// What became of the messages of a test.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    /// Lengths and contents right, and a financial request.
    accepted: usize,
    /// Lengths right, contents not.
    indexed: usize,
    refused: usize,
}

/// Holds both to the same outcome for one message, by all ways through the ceiling.
fn compare(wire: &[u8], place: &mut Index, outcome: &mut Outcome) {
    let ours = Message::parse(Bytes::copy_from_slice(wire));
    let theirs = index::<false>(wire, place);
    assert_eq!(ours.is_ok(), theirs.is_some(), "{ours:?}");
    assert_eq!(Owned::parse::<false>(Bytes::copy_from_slice(wire)).valid, ours.is_ok());
    let Ok(message) = ours else {
        assert!(index::<true>(wire, place).is_none());
        outcome.refused += 1;
        return;
    };
    for number in 2..=128 {
        let end = message.span(number).map(|span| span.end);
        let theirs = place.has(usize::from(number)).then(|| usize::from(place.spans[usize::from(number)].1));
        assert_eq!(end, theirs, "end of {number}");
    }
    let mut out = Vec::new();
    splice(wire, place, b"0210", 1_999, b"51", &mut out).unwrap();
    assert_eq!(message.edit().mti("0210").untyped().set(4, &1_999u64).set(39, "51").finish().unwrap(), out);

    let ours = FinancialRequest::try_from(&message);
    let each = Wide::read::<false>(wire, place);
    assert_eq!(ours.is_ok(), each.is_some(), "{ours:?}");
    // The sweeps look at all elements, those too that are not in the struct.
    let swept = index::<true>(wire, place).and_then(|()| Wide::read::<true>(wire, place));
    assert_eq!(ours.is_ok() && oracle::check(wire).is_ok(), swept.is_some(), "{ours:?} {:?}", oracle::check(wire));
    let (Ok(mut ours), Some(each)) = (ours, each) else {
        outcome.indexed += 1;
        return;
    };
    outcome.accepted += 1;
    for theirs in [Some(&each), swept.as_ref()].into_iter().flatten() {
        assert_equal(&ours, theirs);
    }
    ours.unlisted = Unlisted::NONE;
    // A repeat of a request is packed as one by ours; theirs knows one message type.
    if wire.starts_with(b"0200") {
        assert_eq!(ours.pack().unwrap(), each.pack().unwrap());
    }
}

fn mutated(seeded: &mut Seeded, wire: &[u8]) -> Vec<u8> {
    let mut wire = wire.to_vec();
    match seeded.below(8) {
        0 => wire.truncate(seeded.below(wire.len())),
        1 => wire.insert(seeded.below(wire.len()), seeded.bits() as u8),
        2 => wire.push(*seeded.pick(b"0 A\x00")),
        _ => {
            for _ in 0..=seeded.below(3) {
                let at = seeded.below(wire.len());
                let near = wire[at] ^ 1 << seeded.below(8);
                wire[at] =
                    *seeded.pick(&[near, seeded.clone().bits() as u8, b'0', b'9', b' ', b'+', b'=', b'D', b'/', b':']);
            }
        }
    }
    wire
}

#[test]
fn agrees_on_valid_messages_and_on_mutations() {
    let mut seeded = Seeded::new(8583);
    let (mut place, mut outcome) = (Index::default(), Outcome::default());
    let mut wires = vec![AUTH_0200.to_vec()];
    wires.extend(traffic::mix(4, 4, 100));
    wires.extend(traffic::random(5, 300));
    for wire in &wires {
        compare(wire, &mut place, &mut outcome);
    }
    assert_eq!(outcome, Outcome { accepted: wires.len(), ..Outcome::default() });
    for wire in &wires {
        for _ in 0..150 {
            compare(&mutated(&mut seeded, wire), &mut place, &mut outcome);
        }
    }
    for end in 0..AUTH_0200.len() {
        compare(&AUTH_0200[..end], &mut place, &mut outcome);
    }
    for at in 0..AUTH_0200.len() {
        for byte in 0..=255 {
            let mut wire = AUTH_0200.to_vec();
            wire[at] = byte;
            compare(&wire, &mut place, &mut outcome);
        }
    }
    println!("{outcome:?}");
    assert!(outcome.accepted > 10_000 && outcome.indexed > 10_000 && outcome.refused > 10_000, "{outcome:?}");
}

/// What is measured gives the same bytes in all columns, and nobody refuses a message.
#[test]
fn every_case_of_the_benchmark_runs() {
    for traffic in Traffic::ALL {
        for mut case in cases(traffic).unwrap() {
            (case.pass)();
        }
    }
}
