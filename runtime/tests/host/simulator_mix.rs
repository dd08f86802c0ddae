//! Mixes: a seed repeats them, weights and bounds hold, every message is good in every shipped dialect.

use isopace::dialects::{iso87a, iso87b, iso87c, iso93a, iso93b, postilion};
use isopace::simulator::{Mix, fill};
use isopace::types::{Amount, Stan, Text};
use isopace::{Dialect, Edit, Message};

const MIX: &str = r#"
seed = 3

[[message]]
name = "a"
weight = 90
mti = "0200"
set = { 2 = ["4012345678909", "4111111111111111"], 4 = { from = 100, to = 199 }, 37 = { sequence = 999999999998 }, 41 = "TERM0001" }

[[message]]
name = "never"
weight = 0
mti = "0420"

[[message]]
mti = "0800"
fill = false
set = { 70 = "301", 7 = { now = true }, 55 = "9F3602001D" }
weight = 10
"#;

fn written(mix: &mut Mix, dialect: &'static Dialect, count: u32) -> Vec<(usize, Message)> {
    let write = |stan| {
        let mut out = b"before".to_vec();
        let kind = mix.write(Stan::new(stan).unwrap(), &mut out).unwrap();
        let message = Message::parse(dialect, out.split_off(6)).unwrap();
        message.validate().unwrap();
        (kind, message)
    };
    (1..=count).map(write).collect()
}

#[test]
fn weights_bounds_and_sequences_hold() {
    let mut mix = Mix::parse(&iso87a::DIALECT, "t", MIX).unwrap();
    assert_eq!(mix.names().collect::<Vec<_>>(), ["a", "never", "message 3"]);
    assert!(!mix.fills_stans());
    let all = written(&mut mix, &iso87a::DIALECT, 2000);
    let count = |kind| all.iter().filter(|(at, _)| *at == kind).count();
    assert!((1750..1850).contains(&count(0)) && count(1) == 0, "{} {}", count(0), count(1));
    let mut rrns = Vec::new();
    for (at, (kind, message)) in all.iter().enumerate() {
        if *kind == 0 {
            let amount = message.get::<Amount>(4).unwrap().unwrap().minor_units();
            assert!((100..=199).contains(&amount));
            assert_eq!(message.get::<Stan>(11).unwrap().unwrap().get() as usize, at + 1);
            assert!(message.has(7) && message.has(12) && message.has(13));
            rrns.push(message.get::<Text<'_>>(37).unwrap().unwrap().as_str().to_owned());
        } else {
            assert!(!message.has(11) && message.has(7) && message.has(55));
        }
    }
    // Beyond the last number it begins anew.
    assert_eq!(rrns[..3], ["999999999998", "999999999999", "999999999998"]);
}

#[test]
fn a_seed_repeats_a_mix() {
    let draw = |toml: &str| {
        let mut mix = Mix::parse(&iso87a::DIALECT, "t", toml).unwrap();
        let all = written(&mut mix, &iso87a::DIALECT, 300);
        all.into_iter().map(|(kind, message)| (kind, amount(&message))).collect::<Vec<_>>()
    };
    assert_eq!(draw(MIX), draw(MIX));
    assert_ne!(draw(MIX), draw(&MIX.replace("seed = 3", "seed = 4")));
}

fn amount(message: &Message) -> Option<u64> {
    message.get::<Amount>(4).unwrap().map(Amount::minor_units)
}

#[test]
fn the_built_in_purchase_is_good_in_every_dialect() {
    for dialect in
        [&iso87a::DIALECT, &iso87b::DIALECT, &iso87c::DIALECT, &iso93a::DIALECT, &iso93b::DIALECT, &postilion::DIALECT]
    {
        let mut mix = Mix::purchases(dialect).unwrap_or_else(|error| panic!("{}: {error}", dialect.name()));
        assert!(mix.fills_stans());
        mix.renew_time();
        for (at, (_, message)) in written(&mut mix, dialect, 50).iter().enumerate() {
            assert_eq!(message.get::<Stan>(11).unwrap().unwrap().get() as usize, at + 1, "{}", dialect.name());
        }
    }
}

#[test]
fn what_is_wrong_with_a_mix_is_told() {
    let table = [
        ("", "t:1:1: there is no [[message]]"),
        ("[[message]]\n", "t:1:1: `mti` is missing"),
        ("[[message]]\nmti = \"0200\"\nweight = 0\n", "t:1:1: no message has a weight"),
        ("[[message]]\nmti = \"0200\"\nset = { 2 = [] }\n", "t:3:13: expected 1 to 100000 values"),
        ("[[message]]\nmti = \"0200\"\nset = { 4 = { from = 1, to = 9999999999999 } }\n", "t:3:13: 4: "),
        (
            "[[message]]\nmti = \"0200\"\nset = { 52 = { sequence = 1 } }\n",
            "t:3:14: this element holds bytes, no numbers",
        ),
        ("[[message]]\nmti = \"0200\"\nset = { 2 = [\"4012345678909\", \"x\"] }\n", "t:3:13: 2: "),
    ];
    for (toml, expected) in table {
        let told = Mix::parse(&iso87a::DIALECT, "t", toml).expect_err(toml).to_string();
        assert!(told.starts_with(expected), "{toml}\n{told}");
    }
}

#[test]
fn filling_in_leaves_what_is_there() {
    let mut edit = Edit::build(&iso87a::DIALECT);
    edit.mti("0200").set(7, "0101000000").set(41, "TERM0001");
    let message = Message::parse(&iso87a::DIALECT, edit.finish().unwrap()).unwrap();
    let filled = fill(&message, Stan::new(5).unwrap()).finish().unwrap();
    let filled = Message::parse(&iso87a::DIALECT, filled).unwrap();
    assert_eq!(filled.numbers().collect::<Vec<_>>(), [7, 11, 12, 13, 41]);
    assert_eq!(filled.get::<Stan>(11).unwrap().unwrap().get(), 5);
    assert_eq!(filled.span(7).map(|span| filled.as_bytes().slice(span)), Some("0101000000".into()));
    let again = fill(&filled, Stan::new(6).unwrap()).finish().unwrap();
    assert_eq!(&again, filled.as_bytes());
}
