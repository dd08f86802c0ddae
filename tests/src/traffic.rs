//! Valid messages from a seed: single ones, and mixes of shapes as a switch sees them.
//!
//! A shape is a set of elements. Card numbers are the test numbers of this project and no others.

use crate::AUTH_0200;
use crate::elements::{Class, Element, Length, Meaning, element};
use crate::seeded::Seeded;

/// The mandatory elements of a financial request.
const MANDATORY: [u8; 12] = [2, 3, 4, 7, 11, 12, 13, 22, 25, 41, 42, 49];

/// What comes with them now and then, in the first bitmap and in the second. No raw bytes: messages of only ASCII
/// are what other libraries can read too.
const OPTIONAL: [u8; 28] =
    [5, 6, 9, 14, 15, 18, 19, 23, 24, 26, 28, 32, 33, 35, 37, 38, 40, 43, 44, 46, 48, 50, 51, 52, 54, 60, 62, 64];
const SECONDARY: [u8; 10] = [66, 70, 90, 94, 95, 98, 100, 102, 103, 128];

const PANS: [&str; 3] = ["4012345678909", "4111111111111111", "5399410000000000"];

/// So many messages of the shape of [`AUTH_0200`] and of its lengths, each with values of its own.
#[must_use]
pub fn one_shape(count: usize) -> Vec<Vec<u8>> {
    let mut seeded = Seeded::new(18);
    (0..count)
        .map(|_| {
            let mut message = AUTH_0200.to_vec();
            let mut digits = |at: usize, count: usize| {
                message[at..at + count].iter_mut().for_each(|place| *place = b'0' + seeded.below(10) as u8);
            };
            digits(45, 8); // low digits of DE 4
            digits(63, 6); // DE 11
            digits(134, 12); // DE 37
            message
        })
        .collect()
}

/// So many messages of so many shapes, in random order. With many shapes every second one has a second bitmap.
#[must_use]
pub fn mix(seed: u64, shapes: usize, count: usize) -> Vec<Vec<u8>> {
    let mut seeded = Seeded::new(seed);
    let shapes: Vec<Vec<u8>> = (0..shapes).map(|nth| shape(&mut seeded, shapes > 4 && nth % 2 == 0)).collect();
    (0..count)
        .map(|_| {
            let shape = seeded.pick(&shapes).clone();
            message(&mut seeded, *b"0200", &shape)
        })
        .collect()
}

/// So many messages, each of a shape of its own.
#[must_use]
pub fn random(seed: u64, count: usize) -> Vec<Vec<u8>> {
    let mut seeded = Seeded::new(seed);
    (0..count)
        .map(|_| {
            let secondary = seeded.one_in(2);
            let shape = shape(&mut seeded, secondary);
            message(&mut seeded, *b"0200", &shape)
        })
        .collect()
}

fn shape(seeded: &mut Seeded, secondary: bool) -> Vec<u8> {
    let mut numbers = MANDATORY.to_vec();
    numbers.extend(OPTIONAL.iter().filter(|_| seeded.below(10) < 3));
    if secondary {
        let sure = *seeded.pick(&SECONDARY);
        numbers.extend(SECONDARY.iter().filter(|&&number| number == sure || seeded.one_in(4)));
    }
    numbers.sort_unstable();
    numbers
}

/// A valid message of just these elements, ascending, with random values.
#[must_use]
pub fn message(seeded: &mut Seeded, mti: [u8; 4], numbers: &[u8]) -> Vec<u8> {
    let mut bits = numbers.iter().fold(0u128, |bits, number| bits | 1 << (128 - number));
    let mut wire = mti.to_vec();
    if bits as u64 == 0 {
        wire.extend_from_slice(format!("{:016X}", (bits >> 64) as u64).as_bytes());
    } else {
        bits |= 1 << 127;
        wire.extend_from_slice(format!("{bits:032X}").as_bytes());
    }
    for &number in numbers {
        let Some(element) = element(number) else { continue };
        let value = value(seeded, element);
        match element.length {
            Length::Fixed(_) => {}
            Length::Ll(_) => wire.extend_from_slice(format!("{:02}", value.len()).as_bytes()),
            Length::Lll(_) => wire.extend_from_slice(format!("{:03}", value.len()).as_bytes()),
        }
        wire.extend_from_slice(&value);
    }
    wire
}

fn value(seeded: &mut Seeded, element: Element) -> Vec<u8> {
    let two = |seeded: &mut Seeded, limit: usize, from: usize| format!("{:02}", from + seeded.below(limit));
    let month_day = |seeded: &mut Seeded| two(seeded, 12, 1) + &two(seeded, 28, 1);
    let time = |seeded: &mut Seeded| two(seeded, 24, 0) + &two(seeded, 60, 0) + &two(seeded, 60, 0);
    let text = match element.meaning {
        Meaning::Pan => (*seeded.pick(&PANS)).to_owned(),
        Meaning::Track if element.class == Class::Z => {
            let discretionary = seeded.below(10);
            format!("{}=2812201{}", seeded.pick(&PANS), &"0123456789"[..discretionary])
        }
        Meaning::Track => format!("B{}^CARDHOLDER/TEST^2812201", seeded.pick(&PANS)),
        Meaning::MonthDayTime => month_day(seeded) + &time(seeded),
        Meaning::MonthDay => month_day(seeded),
        Meaning::Time => time(seeded),
        Meaning::YearMonth => two(seeded, 100, 0) + &two(seeded, 12, 1),
        Meaning::Date => two(seeded, 100, 0) + &month_day(seeded),
        Meaning::Currency => (*seeded.pick(&["840", "978", "566", "710"])).to_owned(),
        Meaning::OriginalElements => {
            format!("0200{:06}{}{}{:022}", seeded.below(1_000_000), month_day(seeded), time(seeded), 99_001)
        }
        Meaning::BerTlv => return icc_data(seeded),
        Meaning::Plain => return plain(seeded, element),
    };
    text.into_bytes()
}

fn plain(seeded: &mut Seeded, element: Element) -> Vec<u8> {
    let (length, variable) = match element.length {
        Length::Fixed(length) => (length, false),
        // Long enough to cross chunks of a check, short enough for real traffic.
        Length::Ll(most) | Length::Lll(most) => (1 + seeded.below(most.min(40)), true),
    };
    let from: &[u8] = match element.class {
        Class::N | Class::Xn | Class::Z => b"0123456789",
        Class::Hex => b"0123456789ABCDEF",
        Class::Ns => b"0123456789 -/.",
        Class::An => b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        Class::Ans | Class::Raw => b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz  .,-/#&",
    };
    let mut value: Vec<u8> = (0..length).map(|_| *seeded.pick(from)).collect();
    match element.class {
        Class::Xn => value[0] = *seeded.pick(b"CD"),
        // Names are padded on the right.
        Class::Ans if !variable && seeded.one_in(2) => value[length / 2..].fill(b' '),
        _ => {}
    }
    value
}

/// A few EMV objects.
fn icc_data(seeded: &mut Seeded) -> Vec<u8> {
    let mut bytes = vec![0x9F, 0x26, 8];
    bytes.extend_from_slice(&seeded.bits().to_be_bytes());
    bytes.extend_from_slice(&[0x82, 2, 0x58, 0, 0x95, 5, 0x80, 0, 4, 0x80, 0]);
    bytes.extend_from_slice(&[0x9F, 0x02, 6, 0, 0, 0, 0, 0x25, 0, 0x5F, 0x2A, 2, 0x08, 0x40]);
    if seeded.one_in(2) {
        // A tag that no spec lists, twice.
        bytes.extend_from_slice(&[0xDF, 0x01, 1, 7, 0xDF, 0x01, 2, 1, 2]);
    }
    bytes
}
