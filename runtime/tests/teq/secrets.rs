//! Nothing sensitive comes out unless --reveal asks for it.

use isopace::{Edit, iso87a};

use crate::{Run, decode, encode, hex, teq};

/// Secrets and where they stand.
pub(crate) const PLANTED: [(&str, &str); 11] = [
    ("2", "4012345678909"),
    ("34", "5399410000000000"),
    ("35", "4111111111111111=28122010000012345"),
    ("36", "4111111111111111=28122010000098765"),
    ("45", "B4111111111111111^DOE/JANE^28122010000012345"),
    ("48", "CARD 4012345678909 CVV 123"),
    ("52", "0123456789ABCDEF"),
    ("55.57", "4111111111111111D2812201000001234F"),
    ("55.5A", "4012345678909"),
    ("102", "4012345678909"),
    ("127", "4111111111111111"),
];

/// What of the secrets must not be seen: the middle of the PANs, in characters and in the hex of characters, and the
/// PIN block.
fn marks() -> Vec<String> {
    let digits = ["2345678", "3456789", "11111111", "9410000000", "0123456789ABCDEF", "28122010000", "DOE"];
    digits.iter().flat_map(|mark| [(*mark).to_owned(), hex(mark)]).collect()
}

pub(crate) fn message() -> String {
    let mut edit = Edit::build(&iso87a::DIALECT);
    edit.mti("0200");
    for (path, value) in PLANTED {
        edit.set_leaf(path, value);
    }
    hex(edit.finish().unwrap())
}

pub(crate) fn assert_clean(run: &Run, what: &str) {
    for mark in marks() {
        for channel in [&run.out, &run.err] {
            assert!(!channel.to_uppercase().contains(&mark), "{what} shows {mark}:\n{channel}");
        }
    }
}

#[test]
fn nothing_is_shown_of_a_good_message() {
    let wire = message();
    for options in [&[][..], &["--json"]] {
        let run = decode(&wire, options);
        assert_eq!(run.code, 0, "{}", run.err);
        assert_clean(&run, "a good message");
    }
    // The marks are there to be found.
    let revealed = decode(&wire, &["--json", "--reveal"]).out;
    for mark in ["2345678", "11111111", "9410000000", "0123456789ABCDEF", "28122010000", "DOE"] {
        assert!(revealed.contains(mark), "{mark}");
    }
}

#[test]
fn nothing_is_shown_of_a_broken_one() {
    let wire = message();
    for bytes in (0..wire.len() / 2).step_by(23) {
        for options in [&[][..], &["--json"]] {
            assert_clean(&decode(&wire[..2 * bytes], options), "a truncated message");
        }
    }
    // Every other byte spoilt, by something that no class allows.
    for bytes in (36..wire.len() / 2).step_by(29) {
        let spoilt = format!("{}07{}", &wire[..2 * bytes], &wire[2 * bytes + 2..]);
        assert_clean(&decode(&spoilt, &[]), "a spoilt message");
        assert_clean(&decode(&spoilt, &["--json"]), "a spoilt message");
    }
    assert_clean(&decode(&wire[1..], &["--json"]), "a shifted message");
    for frame in ["length2", "ascii4", "bcd2", "hex4", "length4"] {
        assert_clean(&decode(&wire, &["--frame", frame]), "a message that is not framed");
    }
}

#[test]
fn wrong_input_is_not_repeated() {
    let pan = "4012345678909";
    let wire = message();
    for line in [
        &["decode", "--spec", pan, "30"][..],
        &["decode", "--spec", &wire, "30"],
        &["decode", "--spec", "iso87-a", "--frame", pan],
        &["decode", "--spec", "iso87-a", &format!("--frame={wire}")],
        &["decode", "--spec", "iso87-a", &format!("--{pan}")],
        &["decode", "--spec", "iso87-a", &format!("x{pan}")],
        &["encode", "--spec", "iso87-a", &format!("{{\"mti\":\"0200\",\"fields\":{{\"2\":\"{pan}\"}}}}")],
        &["encode", "--spec", "iso87-a", "-", pan],
        &[pan],
        &[&wire],
    ] {
        let run = teq(line, "");
        assert_ne!(run.code, 0, "{line:?}");
        assert_clean(&run, "a wrong command line");
    }
    for input in [
        r#"{"mti":"0200","fields":{"2":4012345678909}}"#,
        r#"{"mti":"0200","fields":{"2":"4012345678909X"}}"#,
        r#"{"mti":"0200","fields":{"4012345678909":"1"}}"#,
        r#"{"mti":"4012345678909","fields":{}}"#,
        r#"{"mti":"0200","fields":"4012345678909"}"#,
        r#"{"mti":"0200","4012345678909":{}}"#,
        r#"{"mti":"0200","fields":{"2.4012345678909":"401234*8909"}}"#,
        r#"{"mti":"0200","fields":{"2":"4012345678909""#,
        "4012345678909",
    ] {
        let run = encode(input);
        assert_eq!(run.code, 1, "{input}");
        assert_clean(&run, "wrong JSON");
    }
}

/// Who reads from the wrong byte takes digits of a card number for bitmaps, dates and amounts.
#[test]
fn nothing_is_shown_of_a_card_number_at_the_wrong_place() {
    // In place of both bitmaps; behind them nothing, so that the message cannot be read to its end.
    let bitmaps = hex("0200C0000000000000004111111111111111");
    // As amount and trace number, at the end of which something is missing.
    let amount = hex("020010200000000000004012345678909000");
    for wire in [bitmaps, amount] {
        for options in [&[][..], &["--json"]] {
            let run = decode(&wire, options);
            assert_eq!(run.code, 1, "{}", run.out);
            assert_clean(&run, "a card number at the wrong place");
        }
        assert!(decode(&wire, &["--reveal"]).out.contains('1'), "it is there to be found");
    }
}
