//! What holds for every type: reading and writing undo each other, no bytes panic, no secret prints.

use std::fmt::{Debug, Display};

use proptest::prelude::*;

use super::*;

/// Reads bytes as every type there is and hands each result on: type, what is written back, and what prints.
fn every_type(bytes: &[u8], mut check: impl FnMut(&str, Result<Vec<u8>, ValueError>, &dyn Fn() -> String)) {
    fn print(value: &(impl Debug + Display)) -> String {
        format!("{value} {value:?} {value:#?}")
    }
    macro_rules! check {
        ($name:expr, $read:expr, |$value:ident| $write:expr) => {
            match $read {
                Ok($value) => check($name, Ok($write), &|| print(&$value)),
                Err(error) => check($name, Err(error), &|| print(&error)),
            }
        };
    }
    macro_rules! digits {
        ($($type:ident)*) => {
            $(check!(stringify!($type), $type::from_digits(bytes), |value| value.digits().to_vec());)*
        };
    }
    macro_rules! codes {
        ($($type:ident)*) => {
            $(check!(stringify!($type), $type::from_chars(bytes), |value| value.as_str().into());)*
        };
    }
    macro_rules! secrets {
        ($($type:ident $read:ident)*) => {$(
            let read = $type::$read(bytes);
            check!(stringify!($type), read.clone(), |value| AsRef::<[u8]>::as_ref(value.expose()).to_vec());
            check!(stringify!($type), read.map($type::into_owned), |value| AsRef::<[u8]>::as_ref(value.expose()).to_vec());
        )*};
    }
    digits!(Currency Date DateTime MonthDay MonthDayTime Mti ProcessingCode Stan Time YearMonth);
    codes!(AccountType TransactionType);
    secrets!(KeyData from_bytes Pan from_digits PinBlock from_bytes SecretText from_chars Track1 from_chars Track2 from_chars);
    let mut out = vec![0; bytes.len()];
    check!("Amount", Amount::from_digits(bytes), |value| value.write(&mut out).map(|()| out).unwrap());
    let mut out = vec![0; bytes.len()];
    check!("SignedAmount", SignedAmount::from_chars(bytes), |value| value.write(&mut out).map(|()| out).unwrap());
}

/// Bytes that are nearly values: right characters, right lengths, and now and then something else.
fn nearly_values() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        "[0-9]{0,22}".prop_map(String::into_bytes),
        "[CD][0-9]{1,20}".prop_map(String::into_bytes),
        "[0-9]{12,19}[=D][0-9]{7,16}".prop_map(String::into_bytes),
        "B?[0-9]{12,19}\\^[A-Z/ ]{2,26}\\^[0-9]{7,20}".prop_map(String::into_bytes),
        // Dates and times.
        "((0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8]))?([01][0-9][0-5][0-9][0-5][0-9])?".prop_map(String::into_bytes),
        "[ -~]{0,12}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..100),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// What is read is written back to the byte, and what is not is refused without panic.
    #[test]
    fn accepted_bytes_come_back(bytes in nearly_values()) {
        every_type(&bytes, |name, written, _| {
            if let Ok(written) = written {
                assert_eq!(written, bytes, "{name}");
            }
        });
    }

    /// No account number, track, block or key, and no part of them beyond what masking leaves, gets into print.
    #[test]
    fn no_secret_prints(bytes in nearly_values()) {
        every_type(&bytes, |name, written, printed| {
            let shown = match (name, &written) {
                // What these say is no secret.
                ("Pan" | "SecretText" | "Track1" | "Track2" | "PinBlock" | "KeyData", _) | (_, Err(_)) => 6,
                _ => return,
            };
            let printed = printed();
            for window in bytes.windows(shown + 1) {
                if window.iter().all(u8::is_ascii_digit) {
                    let window = std::str::from_utf8(window).unwrap();
                    assert!(!printed.contains(window), "{name}");
                }
            }
        });
    }
}

/// A value of each type, and every byte at every place of it.
#[test]
fn every_byte_at_every_place() {
    let values: [&[u8]; 14] = [
        b"4012345678909",
        b"4012345678909=30122010000000",
        b"B4012345678909^DOE/JANE^30122010000000",
        b"C00000100",
        b"000000002500",
        b"1120072155",
        b"261120072155",
        b"261120",
        b"072155",
        b"1120",
        b"840",
        b"00",
        b"\x5A\x5A\x5A\x5A\x5A\x5A\x5A\x5A",
        b"",
    ];
    let mut accepted = std::collections::BTreeSet::new();
    for value in values {
        for place in 0..value.len() {
            for byte in 0..=u8::MAX {
                let mut bytes = value.to_vec();
                bytes[place] = byte;
                every_type(&bytes, |name, written, _| {
                    if let Ok(written) = written {
                        accepted.insert(name.to_owned());
                        assert_eq!(written, bytes, "{name}");
                    }
                });
            }
        }
        // Cut off at every place.
        for end in 0..value.len() {
            every_type(&value[..end], |name, written, _| {
                if let Ok(written) = written {
                    assert_eq!(written, value[..end], "{name}");
                }
            });
        }
    }
    // The table has something for everyone, or the laws say nothing.
    assert_eq!(accepted.len(), 20, "{accepted:?}");
}

/// Planted in every secret type, looked for in everything that prints.
#[test]
fn planted_secrets() {
    const PAN: &str = "4111111111111111";
    let pan = Pan::new(PAN).unwrap();
    let track2 = format!("{PAN}=30122011234567890");
    let track2 = Track2::new(&track2).unwrap();
    let track1 = format!("B{PAN}^DOE/JANE^30122011234567890");
    let track1 = Track1::new(&track1).unwrap();
    let key = KeyData::from_bytes(PAN.as_bytes()).unwrap();
    let text = SecretText::new(PAN).unwrap();
    let block = PinBlock::from_bytes(PAN.as_bytes()).unwrap();
    let printed = [
        format!("{pan} {pan:?} {} {:?}", pan.masked(), Some(track2.pan())),
        format!("{track2} {track2:?} {:?}", track2.discretionary_data()),
        format!("{track1} {track1:?} {:?} {:?}", track1.discretionary_data(), track1.name()),
        format!("{key} {key:?} {block} {block:?} {text} {text:?}"),
        format!("{:?}", pan.clone().into_owned()),
        format!("{:?}", (track2.clone().into_owned(), track1.clone().into_owned())),
        format!("{:?}", (key.clone().into_owned(), block.clone().into_owned())),
        format!("{:?} {:?}", Pan::new("4111111111111111x"), Mti::new(PAN)),
        format!("{:?}", Amount::parse_major("4111111111111111x", Currency::USD)),
    ];
    for text in printed {
        for secret in ["4111111", "11111111", "1234567890", "3012201", "DOE", "JANE", "31313131", "49, 49"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

/// One line each, so that the `Debug` of a message reads well.
#[test]
fn debug_is_short() {
    let table = [
        (format!("{:?}", Stan::new(123).unwrap()), "Stan(000123)"),
        (format!("{:?}", Mti::new("0200").unwrap()), "Mti(0200)"),
        (format!("{:?}", Amount::minor(2500)), "Amount(2500)"),
        (format!("{:?}", SignedAmount::minor(-150)), "SignedAmount(D150)"),
        (format!("{:?}", Time::MIDNIGHT), "Time(00:00:00)"),
        (format!("{:?}", YearMonth::new(30, 12).unwrap()), "YearMonth(30-12)"),
        (format!("{:?}", MonthDay::new(11, 20).unwrap()), "MonthDay(11-20)"),
        (format!("{:?}", MonthDayTime::from_digits(b"1120072155").unwrap()), "MonthDayTime(11-20 07:21:55)"),
        (format!("{:?}", Date::new(26, 11, 20).unwrap()), "Date(26-11-20)"),
        (format!("{:?}", DateTime::from_digits(b"261120072155").unwrap()), "DateTime(26-11-20 07:21:55)"),
        (format!("{:?}", CalendarDate::new(2026, 11, 20).unwrap()), "CalendarDate(2026-11-20)"),
        (format!("{:?}", ProcessingCode::new("012000").unwrap()), "ProcessingCode(012000)"),
    ];
    for (shown, wanted) in table {
        assert_eq!(shown, wanted);
    }
}
