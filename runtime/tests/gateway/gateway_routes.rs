//! The table of routes: against a scan of the rows, what is refused, and that it is looked up without allocation.

use crate::gateway_common;

use gateway_common::*;
use isopace::dialects::{iso87a, iso87b, iso87c, iso93a};
use isopace::gateway::{RouteError, Routes, Row};
use isopace::{Dialect, Message};
use proptest::prelude::*;
use proptest::sample::select;

/// What a request is made of.
#[derive(Debug, Clone)]
struct Sample {
    mti: &'static str,
    pan: Option<String>,
    processing_code: Option<String>,
    amount: Option<u64>,
    currency: Option<&'static str>,
    merchant_type: Option<String>,
    /// Where the PAN stands.
    place: u8,
}

/// Few different digits, so that rows and requests meet.
fn digits(len: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = String> {
    prop::collection::vec(select(vec!['1', '2']), len).prop_map(|digits| digits.into_iter().collect())
}

fn sample() -> impl Strategy<Value = Sample> {
    let mti = select(vec!["0100", "0200", "0220", "0420", "0800"]);
    let currency = prop::option::of(select(vec!["840", "978"]));
    let amount = prop::option::of(0..8u64);
    (
        mti,
        prop::option::of(digits(13..=14)),
        prop::option::of(digits(6..=6)),
        amount,
        currency,
        prop::option::of(digits(4..=4)),
        select(vec![2u8, 35, 45]),
    )
        .prop_map(|(mti, pan, processing_code, amount, currency, merchant_type, place)| Sample {
            mti,
            pan,
            processing_code,
            amount,
            currency,
            merchant_type,
            place,
        })
}

fn row() -> impl Strategy<Value = Row> {
    let mti = prop::option::of(select(vec!["0xxx", "02xx", "0200", "xxxx", "04x0", "x1xx"]));
    let currency = prop::option::of(select(vec!["840", "EUR"]));
    let rare = |strategy| prop::option::weighted(0.3, strategy);
    (
        prop::collection::vec(digits(1..=5), 0..3),
        mti,
        rare(digits(1..=3)),
        prop::option::of((0..8u64, 0..8u64)),
        currency,
        rare(digits(1..=3)),
        0..4u8,
    )
        .prop_map(|(prefixes, mti, processing_code, amount, currency, merchant_type, to)| {
            let mut row = Row::to(format!("route-{to}"));
            row.pan_prefixes = prefixes;
            row.mti = mti.map(str::to_owned);
            row.processing_code = processing_code;
            (row.amount_from, row.amount_to) = match amount {
                Some((from, to)) if to % 3 == 0 => (Some(from), None),
                Some((from, to)) => (Some(from.min(to)), Some(from.max(to))),
                None => (None, None),
            };
            row.currency = currency.map(str::to_owned);
            row.merchant_type = merchant_type;
            row
        })
}

fn request(dialect: &'static Dialect, sample: &Sample) -> Message {
    message(dialect, sample.mti, |edit| {
        edit.set(11, "000001");
        match (&sample.pan, sample.place) {
            (Some(pan), 35) => edit.set_leaf("35", &format!("{pan}=30122010000000")),
            (Some(pan), 45) => edit.set_leaf("45", &format!("B{pan}^NAME^3012")),
            (Some(pan), _) => edit.set_leaf("2", pan),
            (None, _) => edit,
        };
        if let Some(code) = &sample.processing_code {
            edit.set_leaf("3", code);
        }
        if let Some(amount) = sample.amount {
            edit.set_leaf("4", &format!("{amount:012}"));
        }
        if let Some(currency) = sample.currency {
            edit.set_leaf("49", currency);
        }
        if let Some(merchant_type) = &sample.merchant_type {
            edit.set_leaf("18", merchant_type);
        }
    })
}

/// The rule as it is told: of all rows that are met, the longest prefix, and the first of these.
fn scan<'a>(rows: &'a [Row], sample: &Sample) -> Option<&'a str> {
    let begins = |own: &Option<String>, found: &Option<String>| {
        own.as_ref().is_none_or(|own| found.as_ref().is_some_and(|found| found.starts_with(own)))
    };
    let mut best: Option<(usize, &str)> = None;
    for row in rows {
        let mti = row
            .mti
            .as_ref()
            .is_none_or(|own| own.chars().zip(sample.mti.chars()).all(|(own, found)| own == 'x' || own == found));
        let amount = (row.amount_from.is_none() && row.amount_to.is_none())
            || sample.amount.is_some_and(|amount| {
                row.amount_from.unwrap_or(0) <= amount && amount <= row.amount_to.unwrap_or(u64::MAX)
            });
        let numeric = |code: &str| if code == "EUR" { "978".to_owned() } else { code.to_owned() };
        let currency =
            row.currency.as_ref().is_none_or(|own| sample.currency.is_some_and(|found| numeric(own) == found));
        let others =
            begins(&row.processing_code, &sample.processing_code) && begins(&row.merchant_type, &sample.merchant_type);
        let prefix = match &sample.pan {
            _ if row.pan_prefixes.is_empty() => Some(0),
            Some(pan) => row.pan_prefixes.iter().filter(|prefix| pan.starts_with(*prefix)).map(String::len).max(),
            None => None,
        };
        if let Some(prefix) = prefix.filter(|_| mti && amount && currency && others)
            && best.is_none_or(|(longest, _)| prefix > longest)
        {
            best = Some((prefix, &row.to));
        }
    }
    best.map(|(_, to)| to)
}

/// Without those that cannot be reached.
fn reachable(dialect: &'static Dialect, rows: Vec<Row>) -> (Vec<Row>, Routes) {
    let mut kept: Vec<Row> = Vec::new();
    for row in rows {
        kept.push(row);
        if Routes::new(dialect, kept.clone()).is_err() {
            kept.pop();
        }
    }
    let routes = Routes::new(dialect, kept.clone()).unwrap();
    (kept, routes)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_table_finds_what_a_scan_finds(rows in prop::collection::vec(row(), 1..12), samples in prop::collection::vec(sample(), 1..20)) {
        for dialect in [&iso87a::DIALECT, &iso87b::DIALECT, &iso87c::DIALECT] {
            let (rows, routes) = reachable(dialect, rows.clone());
            for sample in &samples {
                prop_assert_eq!(routes.find(&request(dialect, sample)), scan(&rows, sample), "{:?}", sample);
            }
        }
    }

    #[test]
    fn a_row_that_is_refused_as_unreachable_changes_nothing(rows in prop::collection::vec(row(), 2..8), samples in prop::collection::vec(sample(), 1..40)) {
        if let Err(errors) = Routes::new(&iso87a::DIALECT, rows.clone()) {
            for error in errors.iter() {
                let RouteError::Unreachable { row, .. } = *error else { panic!("{error}") };
                // Where one of its prefixes cannot be reached, that one takes nothing away from the rows before.
                if rows[row - 1].pan_prefixes.len() <= 1 {
                    let mut without = rows.clone();
                    without.remove(row - 1);
                    for sample in &samples {
                        prop_assert_eq!(scan(&rows, sample), scan(&without, sample));
                    }
                }
            }
        }
    }
}

#[test]
fn what_cannot_be_is_refused_all_at_once() {
    let rows = [
        Row::to(""),
        Row::to("a").pan_prefix("4x"),
        Row::to("a").pan_prefix("4012345678909"),
        Row::to("a").mti("02"),
        Row::to("a").mti("02x?"),
        Row::to("a").processing_code("0000000"),
        Row::to("a").currency("EURO"),
        Row::to("a").merchant_type(""),
        Row::to("a").amount_from(2).amount_to(1),
        Row::to("a").pan_prefix("4"),
        Row::to("b").pan_prefix("4").mti("02xx"),
        Row::to("b"),
        Row::to("b").amount_from(1),
    ];
    let errors = Routes::new(&iso87a::DIALECT, rows).unwrap_err();
    let expected = [
        "row 1: to is to be the name of a route",
        "row 2: pan_prefixes is to be 1 to 12 digits each",
        "row 3: pan_prefixes is to be 1 to 12 digits each",
        "row 4: mti is to be four digits, x for any",
        "row 5: mti is to be four digits, x for any",
        "row 6: processing_code is to be 1 to 6 digits",
        "row 7: currency is to be three digits or letters of ISO 4217",
        "row 8: merchant_type is to be 1 to 4 digits",
        "row 9: amount_to is to be no less than amount_from",
        "row 11 is never reached: row 10 takes all that it would",
        "row 13 is never reached: row 12 takes all that it would",
    ];
    assert_eq!(errors.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
    // Nothing of what was written in them is shown: somebody may have put a card there.
    assert!(!errors.to_string().contains("40123"));
    let none = Routes::new(&iso87a::DIALECT, []).unwrap_err();
    assert_eq!(none.to_string(), "there are no rows: nothing would be routed");
    let small = Box::leak(Box::new(Dialect::new(
        "small",
        "Two elements",
        iso87a::DIALECT.mti_encoding(),
        iso87a::DIALECT.bitmap(),
        &iso87a::DIALECT.fields()[9..10],
        &[],
    )));
    let rows = [Row::to("a").pan_prefix("4"), Row::to("a").currency("EUR"), Row::to("a").merchant_type("5")];
    let errors = Routes::new(small, rows).unwrap_err();
    assert_eq!(errors.iter().filter(|error| matches!(error, RouteError::NoElement { .. })).count(), 3);
}

#[test]
fn the_kind_of_business_stands_elsewhere_from_1993_on() {
    let routes = Routes::new(&iso93a::DIALECT, [Row::to("fuel").merchant_type("55")]).unwrap();
    let of = |number: u8| {
        routes
            .find(&message(&iso93a::DIALECT, "1200", |edit| {
                edit.set(number, "5541");
            }))
            .is_some()
    };
    assert_eq!((of(26), of(18)), (true, false));
}

#[test]
fn content_that_is_not_what_the_spec_says_meets_no_condition() {
    let rows = [Row::to("amount").amount_from(0), Row::to("code").processing_code("0"), Row::to("rest")];
    let routes = Routes::new(&iso87a::DIALECT, rows).unwrap();
    let parse = |wire: &'static [u8]| Message::parse(&iso87a::DIALECT, wire).unwrap();
    assert_eq!(routes.find(&parse(b"02003000000000000000000000000000002500")), Some("amount"));
    assert_eq!(routes.find(&parse(b"0200300000000000000000000000000000x500")), Some("code"));
    assert_eq!(routes.find(&parse(b"0200300000000000000000x0000000000x2500")), Some("rest"));
}

#[test]
fn a_look_up_takes_no_memory() {
    let rows =
        (1..100).map(|row| Row::to(format!("{row}")).pan_prefix(format!("4{row:03}")).mti("02xx").amount_to(9999));
    for dialect in [&iso87a::DIALECT, &iso87b::DIALECT, &iso87c::DIALECT] {
        let routes = Routes::new(dialect, rows.clone().chain([Row::to("rest")])).unwrap();
        let sample = Sample {
            mti: "0200",
            pan: Some("4012345678909".to_owned()),
            processing_code: Some("000000".to_owned()),
            amount: Some(5000),
            currency: Some("840"),
            merchant_type: Some("5411".to_owned()),
            place: 2,
        };
        let request = request(dialect, &sample);
        let mut found = None;
        let taken = allocation_counter::measure(|| found = std::hint::black_box(routes.find(&request)));
        assert_eq!((found, taken.count_total), (Some("12"), 0), "{}", dialect.name());
    }
}

#[tokio::test]
async fn rows_are_replaced_while_it_runs_all_or_none() {
    let (first, second) = (answering(&iso87a::DIALECT, "00"), answering(&iso87a::DIALECT, "51"));
    let gateway = builder().await.route("first", first).route("second", second).start().await.unwrap();
    let mut client = Peer::of(&gateway).await;
    assert_eq!(brief(&client.ask(&purchase(1)).await), "0210 1 00");
    let to = |name: &str| Routes::new(&iso87a::DIALECT, [Row::to("first").mti("08xx"), Row::to(name)]).unwrap();
    gateway.set_routes(to("second")).unwrap();
    assert_eq!(brief(&client.ask(&purchase(2)).await), "0210 2 51");
    let errors = gateway.set_routes(to("third")).unwrap_err();
    assert_eq!(errors.to_string(), "rows lead to \"third\", and there is no such route");
    let other = Routes::new(&iso87b::DIALECT, [Row::to("first")]).unwrap();
    let errors = gateway.set_routes(other).unwrap_err();
    assert_eq!(errors.to_string(), "rows for the dialect iso87-b, and the clients speak iso87-a");
    assert_eq!(brief(&client.ask(&purchase(3)).await), "0210 3 51");
    gateway.stop().await;
}
