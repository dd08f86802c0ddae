//! Law 3 for what bytes look like: every class in every encoding with every prefix, against an encoder of its own.

use crate::common;

use common::one::{LEFT_ZERO, START, ambiguous, dialect, encodings, message, prefixes, there_and_back, untold, value};
use common::reference;
use common::told;
use isopace::wire::{Class, Encoding, Prefix, PrefixEncoding, Rule, Side};
use isopace::{Edit, Message};

use Class::{A, An, Anp, Ans, As, B, N, Ns, Xn, Z};

#[test]
fn every_variable_length_in_every_encoding() {
    for class in [N, A, An, As, Ns, Anp, Ans, Z, Xn, B] {
        for encoding in encodings(class) {
            let unit_is_byte = !matches!(encoding, Encoding::Bcd { .. } | Encoding::Hex | Encoding::EbcdicHex);
            for prefix in prefixes(unit_is_byte) {
                for max in [19, 20] {
                    let rule = Rule::variable(class, max, encoding, prefix);
                    let least = usize::from(class == Xn);
                    for units in [0, 1, 2, 7, 8, max as usize - 1, max as usize] {
                        if units >= least && !untold(&rule, units) && !ambiguous(&rule) {
                            there_and_back(rule, units);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn every_fixed_length_in_every_encoding() {
    for class in [N, A, An, As, Ns, Anp, Ans, Z, Xn, B] {
        for encoding in encodings(class) {
            for units in [1, 2, 3, 8, 11, 12, 42] {
                there_and_back(Rule::fixed(class, units, encoding), units as usize);
                there_and_back(Rule::fixed(class, units, encoding).unpadded(), units as usize);
            }
        }
    }
}

#[test]
fn long_values() {
    for encoding in [Encoding::Ascii, Encoding::Cp037, Encoding::Utf8] {
        for units in [999, 9_999, 99_999, 999_999] {
            there_and_back(Rule::variable(Ans, 999_999, encoding, Prefix::ascii(6)), units);
        }
    }
    for encoding in encodings(B) {
        there_and_back(Rule::variable(B, 70_000, encoding, Prefix::new(PrefixEncoding::BinaryBe, 3)), 70_000);
    }
}

#[test]
fn one_unit_more_than_the_most_is_refused_both_ways() {
    for class in [N, A, An, As, Ns, Anp, Ans, Z, Xn, B] {
        for encoding in encodings(class) {
            for prefix in prefixes(false) {
                let rule = Rule::variable(class, 20, encoding, prefix);
                let long = value(&rule, 21);
                let written = Edit::build(dialect(rule)).mti("0200").set_leaf("48", &long.leaf()).finish();
                assert_eq!(told(&written.unwrap_err()), "48 at 0: too-long", "{rule:?}");
                let wide = Rule::variable(class, 30, encoding, prefix);
                let wire = message(&reference::element(&wide, &value(&wide, 23)));
                let read = Message::parse(dialect(rule), wire);
                assert_eq!(told(&read.unwrap_err()), format!("48 at {START}: too-long"), "{rule:?}");
            }
            let rule = Rule::fixed(class, 8, encoding);
            let written = Edit::build(dialect(rule)).mti("0200").set_leaf("48", &value(&rule, 9).leaf()).finish();
            assert_eq!(told(&written.unwrap_err()), "48 at 0: too-long", "{rule:?}");
        }
    }
}

#[test]
fn one_unit_less_than_the_least_is_refused_both_ways() {
    for class in [N, A, An, As, Ns, Anp, Ans, Z, Xn, B] {
        for encoding in encodings(class) {
            for prefix in prefixes(false) {
                let rule = Rule::variable(class, 20, encoding, prefix).at_least(6);
                let short = value(&rule, 3);
                let written = Edit::build(dialect(rule)).mti("0200").set_leaf("48", &short.leaf()).finish();
                assert_eq!(told(&written.unwrap_err()), "48 at 0: too-short", "{rule:?}");
                let wide = Rule::variable(class, 20, encoding, prefix);
                let wire = message(&reference::element(&wide, &value(&wide, 3)));
                let read = Message::parse(dialect(rule), wire);
                assert_eq!(told(&read.unwrap_err()), format!("48 at {START}: too-short"), "{rule:?}");
            }
        }
    }
}

#[test]
fn a_number_too_large_for_its_prefix_is_refused() {
    for (prefix, most) in [
        (Prefix::ascii(2), 99),
        (Prefix::new(PrefixEncoding::Ebcdic, 2), 99),
        (Prefix::new(PrefixEncoding::Bcd, 2), 99),
        (Prefix::new(PrefixEncoding::Bcd, 3), 999),
        (Prefix::new(PrefixEncoding::BinaryBe, 1), 255),
        (Prefix::new(PrefixEncoding::BinaryLe, 1), 255),
        (Prefix::new(PrefixEncoding::Hex, 2), 255),
    ] {
        there_and_back(Rule::variable(Ans, 5000, Encoding::Ascii, prefix), most);
        for prefix in [prefix, prefix.inclusive(), prefix.counting_bytes()] {
            let rule = Rule::variable(Ans, 5000, Encoding::Ascii, prefix);
            let text = "A".repeat(most + 1);
            let written = Edit::build(dialect(rule)).mti("0200").set_leaf("48", &text).finish();
            assert_eq!(told(&written.unwrap_err()), "48 at 0: too-long", "{prefix:?}");
        }
    }
}

#[test]
fn packed_digits_counted_in_bytes_tell_an_odd_count_by_a_filler_that_is_no_digit() {
    for side in [Side::Left, Side::Right] {
        let rule =
            Rule::variable(N, 20, Encoding::Bcd { pad_side: side, pad_nibble: 0xF }, Prefix::ascii(2).counting_bytes());
        for units in 0..=20 {
            there_and_back(rule, units);
        }
    }
    // An odd maximum is odd, whatever fills it.
    there_and_back(Rule::variable(N, 19, LEFT_ZERO, Prefix::ascii(2).counting_bytes()), 19);
}
