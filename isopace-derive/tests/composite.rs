//! Structs for what is inside an element: every kind of composite, nested, as hex, and by single values.

mod dialects;

use dialects::tiny;
use isopace::iso87a;
use isopace::msg::{View, typed};
use isopace::types::{MonthDayTime, Pan, Stan};
use isopace::{Edit, Iso8583, Unlisted};

#[derive(Iso8583, Debug, Clone, PartialEq)]
#[iso8583(dialect = tiny, composite = "127.25")]
struct Icc<'a> {
    #[iso8583("9F26")]
    cryptogram: [u8; 8],
    #[iso8583("95")]
    verification: Option<[u8; 5]>,
    #[iso8583("9F10")]
    application: Option<&'a [u8]>,
}

#[derive(Iso8583, Debug, Clone, PartialEq)]
#[iso8583(dialect = tiny, composite = 127)]
struct Private<'a> {
    #[iso8583(25)]
    icc: Option<Icc<'a>>,
    #[iso8583(1)]
    flag: Option<&'a str>,
    #[iso8583(2)]
    switch_key: Option<&'a str>,
}

/// Owns all, so that its element may stand as hex.
#[derive(Iso8583, Debug, Clone, PartialEq)]
#[iso8583(dialect = tiny, composite = "60")]
struct HexIcc {
    #[iso8583("9F26")]
    cryptogram: [u8; 8],
    #[iso8583("9F10")]
    application: Option<Vec<u8>>,
}

#[derive(Iso8583, Debug, Clone, PartialEq)]
#[iso8583(dialect = tiny, composite = "48")]
struct Positions<'a> {
    #[iso8583(2)]
    second: u16,
    #[iso8583(1)]
    first: &'a str,
    #[iso8583(3)]
    third: Option<&'a str>,
}

#[derive(Iso8583, Debug, Clone, PartialEq)]
#[iso8583(dialect = tiny, mti = "0100")]
struct Nested<'a> {
    #[iso8583(11)]
    stan: Stan,
    #[iso8583(48)]
    positions: Option<Positions<'a>>,
    #[iso8583(60)]
    hex: Option<HexIcc>,
    #[iso8583(127)]
    private: Private<'a>,
}

/// The same values, each by its path.
#[derive(Iso8583, Debug)]
#[iso8583(dialect = tiny, mti = "0100")]
struct Flat<'a> {
    #[iso8583("127.25.9F10")]
    application: Option<&'a [u8]>,
    #[iso8583("127.25.9F26")]
    cryptogram: Option<[u8; 8]>,
    #[iso8583("127.25.95")]
    verification: Option<[u8; 5]>,
    #[iso8583("127.2")]
    switch_key: Option<&'a str>,
    #[iso8583("127.1")]
    flag: Option<String>,
    #[iso8583("127.3")]
    holder: Option<&'a str>,
    #[iso8583("60.9F26")]
    hex_cryptogram: Option<[u8; 8]>,
    #[iso8583("60.9F10")]
    hex_application: Option<Vec<u8>>,
    #[iso8583("48.1")]
    first: Option<&'a str>,
    #[iso8583("48.2")]
    second: Option<u16>,
    #[iso8583("48.3")]
    third: Option<&'a str>,
    #[iso8583(11)]
    stan: Stan,
    #[iso8583(unlisted)]
    rest: Unlisted<'a>,
}

fn icc() -> Icc<'static> {
    Icc { cryptogram: [1, 2, 3, 4, 5, 6, 7, 8], verification: Some([0, 0, 4, 0x80, 0]), application: Some(&[6, 1]) }
}

fn nested() -> Nested<'static> {
    Nested {
        stan: Stan::new(1).unwrap(),
        positions: Some(Positions { second: 42, first: "07", third: Some("abc") }),
        hex: Some(HexIcc { cryptogram: [9; 8], application: Some(vec![0xAB, 0xCD]) }),
        private: Private { icc: Some(icc()), flag: Some("Y"), switch_key: Some("key 1") },
    }
}

/// Every combination of what may be absent.
fn all() -> impl Iterator<Item = Nested<'static>> {
    (0..256).map(|bits: u32| {
        let has = |bit: u32| bits & 1 << bit != 0;
        let mut value = nested();
        value.positions = value.positions.filter(|_| has(0));
        value.hex = value.hex.filter(|_| has(1));
        if let Some(positions) = &mut value.positions {
            positions.third = positions.third.filter(|_| has(2));
        }
        if let Some(hex) = &mut value.hex {
            hex.application = hex.application.take().filter(|_| has(3));
        }
        value.private.flag = value.private.flag.filter(|_| has(4));
        value.private.switch_key = value.private.switch_key.filter(|_| has(5));
        value.private.icc = value.private.icc.filter(|_| has(6));
        if let Some(icc) = &mut value.private.icc {
            icc.verification = icc.verification.filter(|_| has(7));
            icc.application = icc.application.filter(|_| has(2));
        }
        value
    })
}

#[test]
fn every_combination_makes_the_round_trip() {
    for value in all() {
        let wire = value.pack().unwrap();
        let message = tiny::Message::parse(wire.clone()).unwrap();
        message.validate().unwrap();
        assert_eq!(Nested::try_from(&message).unwrap(), value);
        // The same values by their paths; an inside without values is left out there.
        let flat = Flat::try_from(&message).unwrap();
        assert_eq!(flat.switch_key, value.private.switch_key);
        assert_eq!(flat.flag.as_deref(), value.private.flag);
        assert_eq!(flat.cryptogram, value.private.icc.as_ref().map(|icc| icc.cryptogram));
        assert_eq!(flat.hex_cryptogram, value.hex.as_ref().map(|hex| hex.cryptogram));
        assert_eq!(flat.second, value.positions.as_ref().map(|positions| positions.second));
        let has_private =
            value.private.icc.is_some() || value.private.flag.is_some() || value.private.switch_key.is_some();
        if has_private {
            assert_eq!(flat.pack().unwrap(), wire);
        } else {
            assert!(!tiny::Message::parse(flat.pack().unwrap()).unwrap().has(127));
        }
    }
}

#[test]
fn one_allocation_of_the_right_size() {
    for value in all() {
        let mut out = Vec::new();
        value.pack_into(&mut out).unwrap();
        assert_eq!(out.capacity(), out.len(), "{value:?}");
    }
}

#[test]
fn the_bytes_are_those_of_an_edit_by_paths() {
    let mut edit = Edit::build(&tiny::DIALECT);
    edit.mti("0100").set(11, &Stan::new(1).unwrap());
    edit.set_leaf("48.1", "07").set_leaf("48.2", "0042").set_leaf("48.3", "abc");
    edit.set_leaf("60.9F10", "ABCD").set_leaf("60.9F26", "0909090909090909");
    edit.set_leaf("127.1", "Y").set_leaf("127.2", "key 1").set_leaf("127.25.95", "0000048000");
    edit.set_leaf("127.25.9F10", "0601").set_leaf("127.25.9F26", "0102030405060708");
    assert_eq!(nested().pack().unwrap(), edit.finish().unwrap());
}

#[test]
fn a_struct_for_an_inside_is_a_value_and_comes_from_a_view() {
    let hex = HexIcc { cryptogram: [9; 8], application: None };
    let wire = Edit::build(&tiny::DIALECT).mti("0100").set(60, &hex).finish().unwrap();
    let message = tiny::Message::parse(wire).unwrap();
    let view = message.view(message.dialect().field(60).unwrap()).unwrap().unwrap();
    assert_eq!(HexIcc::try_from(&view).unwrap(), hex);

    let message = tiny::Message::parse(nested().pack().unwrap()).unwrap();
    let private = tiny::DIALECT.resolve("127").unwrap();
    let view = message.view(private).unwrap().unwrap();
    assert_eq!(Private::try_from(&view).unwrap(), nested().private);
}

#[test]
fn a_view_of_another_composite_is_an_error_and_no_panic() {
    let message = tiny::Message::parse(nested().pack().unwrap()).unwrap();
    for number in [48, 60, 127] {
        let view = message.view(tiny::DIALECT.field(number).unwrap()).unwrap().unwrap();
        assert!(Icc::try_from(&view).is_err() || number == 60);
    }
}

fn paths(violations: &isopace::Violations) -> Vec<(String, &'static str)> {
    violations.iter().map(|error| (error.path().to_string(), error.kind().name())).collect()
}

#[test]
fn all_that_is_wrong_inside_is_told_at_once() {
    let mut edit = Edit::build(&tiny::DIALECT);
    edit.mti("0120").set_leaf("48.1", "07").set_leaf("127.1", "Y").set_leaf("127.25.95", "0000048000");
    let message = tiny::Message::parse(edit.set_leaf("60.9F10", "AB").finish().unwrap()).unwrap();
    let expected = [
        ("mti", "message-type"),
        ("11", "missing"),
        ("48.2", "missing"),
        ("60.9F26", "missing"),
        ("127.25.9F26", "missing"),
    ];
    let expected = expected.map(|(path, kind)| (path.to_owned(), kind));
    assert_eq!(paths(&Nested::try_from(&message).unwrap_err()), expected);
    let view = message.view(tiny::DIALECT.field(127).unwrap()).unwrap().unwrap();
    assert_eq!(paths(&Private::try_from(&view).unwrap_err()), [expected[4].clone()]);
}

#[derive(Iso8583, Debug)]
#[iso8583(dialect = tiny, mti = "0100")]
struct Strict<'a> {
    #[iso8583("127.25.9F26")]
    cryptogram: [u8; 8],
    #[iso8583("127.25.9F10")]
    application: &'a [u8],
    #[iso8583(60)]
    view: Option<View<'a>>,
}

#[test]
fn values_that_must_be_there_are_told_wherever_the_path_ends() {
    let missing = [("127.25.9F10".to_owned(), "missing"), ("127.25.9F26".to_owned(), "missing")];
    let mut edit = Edit::build(&tiny::DIALECT);
    edit.mti("0100");
    let message = tiny::Message::parse(edit.clone().finish().unwrap()).unwrap();
    assert_eq!(paths(&Strict::try_from(&message).unwrap_err()), missing);
    let message = tiny::Message::parse(edit.clone().set_leaf("127.1", "Y").finish().unwrap()).unwrap();
    assert_eq!(paths(&Strict::try_from(&message).unwrap_err()), missing);
    // A broken inside is told once, not for each value in it.
    edit.set(127, &[0u8, 0, 0, 0x80][..]).set_leaf("60.9F26", "0102030405060708");
    let message = tiny::Message::parse(edit.finish().unwrap()).unwrap();
    assert_eq!(paths(&Strict::try_from(&message).unwrap_err()), [("127".to_owned(), "truncated")]);
}

#[test]
fn a_view_is_forwarded_as_it_stands() {
    let application = [6, 1, 2];
    let value = Strict { cryptogram: [1; 8], application: &application, view: None };
    let mut edit = Edit::build(&tiny::DIALECT);
    edit.mti("0100").set_leaf("60.DF01", "77").set_leaf("60.9F26", "0102030405060708");
    let other = tiny::Message::parse(edit.finish().unwrap()).unwrap();
    let view = other.view(tiny::DIALECT.field(60).unwrap()).unwrap();
    let message = tiny::Message::parse(Strict { view, ..value }.pack().unwrap()).unwrap();
    assert_eq!(message.raw(60).unwrap().bytes(), other.raw(60).unwrap().bytes());
    let read = Strict::try_from(&message).unwrap();
    assert_eq!((read.cryptogram, read.application), ([1; 8], &application[..]));
    assert_eq!(read.view.unwrap().children().count(), 2);
}

#[test]
fn what_does_not_fit_is_told_with_its_whole_path() {
    let error = |value: &Nested<'_>| {
        let error = value.pack().unwrap_err();
        (error.path().to_string(), error.kind().name())
    };
    let long = [0; 33];
    let mut value = nested();
    value.private.icc = Some(Icc { application: Some(&long), ..icc() });
    assert_eq!(error(&value), ("127.25.9F10".to_owned(), "too-long"));
    let mut value = nested();
    value.private.switch_key = Some("a key of more than thirty-two characters");
    assert_eq!(error(&value), ("127.2".to_owned(), "too-long"));
    let mut value = nested();
    value.positions = Some(Positions { second: 10_000, first: "07", third: None });
    assert_eq!(error(&value), ("48.2".to_owned(), "value"));
    let message = tiny::Message::parse(nested().pack().unwrap()).unwrap();
    let mut flat = Flat::try_from(&message).unwrap();
    flat.application = Some(&long);
    assert_eq!(flat.pack().unwrap_err().path().to_string(), "127.25.9F10");
}

#[test]
fn a_position_cannot_be_skipped() {
    let message = tiny::Message::parse(nested().pack().unwrap()).unwrap();
    let mut flat = Flat::try_from(&message).unwrap();
    flat.second = None;
    let error = flat.pack().unwrap_err();
    assert_eq!((error.path().to_string(), error.kind().name()), ("48.3".to_owned(), "gap"));
}

/// Printed by the spec, as generated structs are.
struct Printed<'a>(Flat<'a>);

impl std::fmt::Debug for Printed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        typed::debug("Flat", Flat::MTI, &self.0, &Unlisted::NONE, f)
    }
}

#[test]
fn what_prints_by_the_spec_masks_inside_too() {
    let message = tiny::Message::parse(nested().pack().unwrap()).unwrap();
    let mut message = Flat::try_from(&message).unwrap();
    message.holder = Some("A. Cardman");
    let shown = format!("{:?}", Printed(message));
    assert!(shown.contains("holder: [PII len=10]"), "{shown}");
    assert!(!shown.contains("Cardman"), "{shown}");
}

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, composite = "90")]
struct Original<'a> {
    #[iso8583(1)]
    mti: &'a str,
    #[iso8583(2)]
    stan: Stan,
    #[iso8583(3)]
    sent_at: &'a str,
    #[iso8583(4)]
    acquirer: &'a str,
    #[iso8583(5)]
    forwarder: &'a str,
}

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0420")]
struct Reversal<'a> {
    #[iso8583(2)]
    pan: Pan<'a>,
    #[iso8583(3)]
    processing_code: &'a str,
    #[iso8583(4)]
    amount: &'a str,
    #[iso8583(7)]
    sent_at: MonthDayTime,
    #[iso8583(11)]
    stan: Stan,
    #[iso8583(41)]
    terminal: &'a str,
    #[iso8583(42)]
    acceptor: &'a str,
    #[iso8583(49)]
    currency: &'a str,
    #[iso8583(90)]
    original: Original<'a>,
}

#[test]
fn positions_of_digits_in_the_shipped_dialect() {
    let reversal = Reversal {
        pan: Pan::new("4012345678909").unwrap(),
        processing_code: "000000",
        amount: "000000002500",
        sent_at: MonthDayTime::from_digits(b"1120101530").unwrap(),
        stan: Stan::new(2).unwrap(),
        terminal: "TERM0001",
        acceptor: "ACCEPTOR0000001",
        currency: "978",
        original: Original {
            mti: "0200",
            stan: Stan::new(1).unwrap(),
            sent_at: "1120101500",
            acquirer: "00000123456",
            forwarder: "00000000000",
        },
    };
    let message = iso87a::Message::parse(reversal.pack().unwrap()).unwrap();
    assert_eq!(message.raw(90).unwrap().bytes(), b"020000000111201015000000012345600000000000");
    let read = Reversal::try_from(&message).unwrap();
    assert_eq!((read.original.mti, read.original.stan), ("0200", reversal.original.stan));
    assert_eq!(read.pack().unwrap(), *message.as_bytes());
}
