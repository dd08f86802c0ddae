//! The data elements of ISO 8583:1987 in ASCII, written down a second time and in another form than the spec of this
//! project, so that a slip in one of them shows.

/// Which characters stand in an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// `n`: digits.
    N,
    /// `an`: letters and digits.
    An,
    /// `ans`: printable characters.
    Ans,
    /// `ns`: digits and special characters.
    Ns,
    /// `z`: the code set of tracks 2 and 3, with `D` as well as `=`.
    Z,
    /// `x+n`: C or D, then digits.
    Xn,
    /// `b`, two hex characters a byte.
    Hex,
    /// `b`, as raw bytes.
    Raw,
}

/// How long an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// So many characters, no prefix.
    Fixed(usize),
    /// Two length digits and at most so many characters.
    Ll(usize),
    /// Three length digits and at most so many characters.
    Lll(usize),
}

/// What the characters mean, where that narrows what may stand there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing more than the class.
    Plain,
    /// A card number: one digit at least.
    Pan,
    /// A track: one character at least.
    Track,
    /// MMDDhhmmss.
    MonthDayTime,
    /// MMDD.
    MonthDay,
    /// hhmmss.
    Time,
    /// YYMM.
    YearMonth,
    /// YYMMDD.
    Date,
    /// Three digits, though the class would allow letters.
    Currency,
    /// Objects by the basic encoding rules.
    BerTlv,
    /// Message type, STAN, date and time, acquirer, forwarder of the message reversed.
    OriginalElements,
}

/// One data element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element {
    /// Its characters.
    pub class: Class,
    /// Its length in characters; the characters of `Hex` are two a byte.
    pub length: Length,
    /// What it means.
    pub meaning: Meaning,
}

/// The element with this number; none for the bitmaps 1 and 65.
#[must_use]
pub const fn element(number: u8) -> Option<Element> {
    use Class::{An, Ans, Hex, N, Ns, Raw, Xn, Z};
    use Length::{Fixed, Ll, Lll};
    let (class, length) = match number {
        2 => (N, Ll(19)),
        3 | 11 | 12 | 73 => (N, Fixed(6)),
        4..=6 | 82..=85 => (N, Fixed(12)),
        7 | 74..=81 => (N, Fixed(10)),
        8..=10 => (N, Fixed(8)),
        13..=18 | 71 | 72 => (N, Fixed(4)),
        19..=24 | 68..=70 => (N, Fixed(3)),
        25 | 26 | 67 => (N, Fixed(2)),
        27 | 66 => (N, Fixed(1)),
        28..=31 => (Xn, Fixed(9)),
        32 | 33 | 99 | 100 => (N, Ll(11)),
        34 => (Ns, Ll(28)),
        35 => (Z, Ll(37)),
        36 => (Z, Lll(104)),
        37 => (An, Fixed(12)),
        38 => (An, Fixed(6)),
        39 | 92 => (An, Fixed(2)),
        40 | 49..=51 => (An, Fixed(3)),
        41 => (Ans, Fixed(8)),
        42 => (Ans, Fixed(15)),
        43 => (Ans, Fixed(40)),
        44 => (Ans, Ll(25)),
        45 => (Ans, Ll(76)),
        46..=48 | 56..=63 | 105..=127 => (Ans, Lll(999)),
        52 | 64 | 96 | 128 => (Hex, Fixed(16)),
        53 | 86..=89 => (N, Fixed(16)),
        54 => (An, Lll(120)),
        55 => (Raw, Lll(999)),
        90 => (N, Fixed(42)),
        91 => (An, Fixed(1)),
        93 => (An, Fixed(5)),
        94 => (An, Fixed(7)),
        95 => (An, Fixed(42)),
        97 => (Xn, Fixed(17)),
        98 => (Ans, Fixed(25)),
        101 => (Ans, Ll(17)),
        102 | 103 => (Ans, Ll(28)),
        104 => (Ans, Lll(100)),
        _ => return None,
    };
    Some(Element { class, length, meaning: meaning(number) })
}

const fn meaning(number: u8) -> Meaning {
    match number {
        2 => Meaning::Pan,
        7 => Meaning::MonthDayTime,
        12 => Meaning::Time,
        13 | 15..=17 => Meaning::MonthDay,
        14 => Meaning::YearMonth,
        35 | 45 => Meaning::Track,
        49..=51 => Meaning::Currency,
        55 => Meaning::BerTlv,
        73 => Meaning::Date,
        90 => Meaning::OriginalElements,
        _ => Meaning::Plain,
    }
}
