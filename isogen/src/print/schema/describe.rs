//! The words of the language with what each stands for. Each `match` has no other arm, so that a word that is added to
//! the model does not compile until it is described here.

use crate::model::{
    Bitmap, BitmapEncoding, Class, CompositeKind, Counts, Covers, DigitEncoding, Encoding, Kind, ObjectLength, Policy,
    PrefixEncoding, Sensitivity, Side, TagEncoding, TagRule, Tagged, ThirdBitmap, Unknown,
};
use crate::print::words;

type Words = Vec<(&'static str, &'static str)>;

const BCD: Encoding = Encoding::Bcd { pad_side: Side::Left, pad_nibble: 0 };

/// Encodings of the message type.
pub(super) fn mti() -> Words {
    let bcd = DigitEncoding::Bcd { pad_side: Side::Left, pad_nibble: 0 };
    let all = [DigitEncoding::Ascii, DigitEncoding::Ebcdic, bcd];
    all.map(|one| {
        let meaning = match one {
            DigitEncoding::Ascii => "four ASCII characters",
            DigitEncoding::Ebcdic => "four EBCDIC characters",
            DigitEncoding::Bcd { .. } => "two bytes of two digits each",
        };
        (words::digits(one), meaning)
    })
    .into()
}

pub(super) fn bitmaps() -> Words {
    [BitmapEncoding::Binary, BitmapEncoding::Hex, BitmapEncoding::EbcdicHex]
        .map(|one| {
            let meaning = match one {
                BitmapEncoding::Binary => "eight bytes each",
                BitmapEncoding::Hex => "sixteen ASCII hex characters each",
                BitmapEncoding::EbcdicHex => "sixteen EBCDIC hex characters each",
            };
            (words::bitmap_encoding(one), meaning)
        })
        .into()
}

pub(super) fn third_bitmaps() -> Words {
    [ThirdBitmap::AfterSecond, ThirdBitmap::Element65]
        .map(|one| {
            let meaning = match one {
                ThirdBitmap::AfterSecond => "behind the second one, before all elements",
                ThirdBitmap::Element65 => "in its place among the elements, as DE 65",
            };
            (words::third_bitmap(one), meaning)
        })
        .into()
}

pub(super) fn prefixes() -> Words {
    use PrefixEncoding::{Ascii, Bcd, BinaryBe, BinaryLe, Ebcdic, Hex};
    [Ascii, Ebcdic, Bcd, BinaryBe, BinaryLe, Hex]
        .map(|one| {
            let meaning = match one {
                Ascii => "ASCII digits",
                Ebcdic => "EBCDIC digits",
                Bcd => "packed digits, right-aligned: LLL takes two bytes",
                BinaryBe => "an unsigned number, most significant byte first; the dots of a format count bytes",
                BinaryLe => "an unsigned number, least significant byte first; the dots of a format count bytes",
                Hex => "ASCII hex digits",
            };
            (words::prefix(one), meaning)
        })
        .into()
}

pub(super) fn counts() -> Words {
    [Counts::Units, Counts::Bytes]
        .map(|one| {
            let meaning = match one {
                Counts::Units => "digits, characters or (class b) bytes of the value",
                Counts::Bytes => "bytes on the wire",
            };
            (words::counts(one), meaning)
        })
        .into()
}

pub(super) fn composites() -> Words {
    let bitmap = Bitmap { encoding: BitmapEncoding::Binary, maps: 1 };
    let length = ObjectLength { prefix: PrefixEncoding::Ascii, width: 3, counts: Counts::Bytes, covers: Covers::Value };
    let rule = Tagged { tag: TagRule { encoding: TagEncoding::Ascii, width: 2 }, length };
    use CompositeKind::{BerTlv, Ltv, Pairs, Positional, Repeat, Tlv};
    [Positional, CompositeKind::Bitmap(bitmap), BerTlv, Tlv(rule), Ltv(rule), Pairs, Repeat { most: None }]
        .map(|one| {
            let meaning = match one {
                Positional => "one after the other; trailing ones may be missing",
                CompositeKind::Bitmap(_) => "a bitmap of its own, then those whose bit is set",
                BerTlv => "tag, length, value (EMV Book 3, annex B); keys are tags in hex",
                Tlv(_) => "tag, length, value, all tags and all lengths of one width",
                Ltv(_) => "length, tag, value, all lengths and all tags of one width",
                Pairs => "name and value, each behind a digit that says how many digits its length has, and its length",
                Repeat { .. } => "the children are one group, which repeats up to the end",
            };
            (words::composite_kind(one), meaning)
        })
        .into()
}

pub(super) fn tags() -> Words {
    [TagEncoding::Ascii, TagEncoding::Ebcdic, TagEncoding::Bcd, TagEncoding::Binary]
        .map(|one| {
            let meaning = match one {
                TagEncoding::Ascii => "ASCII characters",
                TagEncoding::Ebcdic => "EBCDIC characters",
                TagEncoding::Bcd => "packed digits, two a byte",
                TagEncoding::Binary => "bytes; keys are tags in hex",
            };
            (words::tag_encoding(one), meaning)
        })
        .into()
}

pub(super) fn covers() -> Words {
    [Covers::Value, Covers::TagValue, Covers::All]
        .map(|one| {
            let meaning = match one {
                Covers::Value => "the value alone",
                Covers::TagValue => "tag and value",
                Covers::All => "tag, length and value",
            };
            (words::covers(one), meaning)
        })
        .into()
}

pub(super) fn unknowns() -> Words {
    [Unknown::Keep, Unknown::Skip, Unknown::Reject]
        .map(|one| {
            let meaning = match one {
                Unknown::Keep => "they are kept and forwarded in their place",
                Unknown::Skip => "they are passed over, and left out when something in the composite changes",
                Unknown::Reject => "they are an error",
            };
            (words::unknown(one), meaning)
        })
        .into()
}

pub(super) fn sides(left: &'static str, right: &'static str) -> Words {
    [Side::Left, Side::Right]
        .map(|one| {
            let meaning = match one {
                Side::Left => left,
                Side::Right => right,
            };
            (words::side(one), meaning)
        })
        .into()
}

pub(super) fn policies() -> Words {
    [Policy::Strict, Policy::Lenient]
        .map(|one| {
            let meaning = match one {
                Policy::Strict => "every departure from class, padding and case is an error",
                Policy::Lenient => "content outside the class and odd filler nibbles are read as they stand",
            };
            (words::policy(one), meaning)
        })
        .into()
}

pub(super) fn sensitivities() -> Words {
    use Sensitivity::{Clear, Key, Opaque, Pan, Pii, Sad};
    [Clear, Pan, Sad, Key, Pii, Opaque]
        .map(|one| {
            let meaning = match one {
                Clear => "the value is shown",
                Pan => "card number: first six and last four are shown",
                Sad => "sensitive authentication data (tracks, PIN blocks, verification values): length only",
                Key => "key material: length only",
                Pii => "personal data: length only",
                Opaque => "not known to be harmless: length only",
            };
            (words::sensitivity(one), meaning)
        })
        .into()
}

/// Which of the encodings: those of digits, of text, of bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Digits,
    Text,
    Bytes,
    /// Any that a field may name.
    Field,
}

/// Encodings that are a word. Packed digits are none: they say what an odd count does.
pub(super) fn encodings(of: Of) -> Words {
    use Encoding::{Ascii, Bcd, Cp037, Cp1047, EbcdicHex, Hex, Latin1, Raw, Utf8};
    let mut found = Vec::new();
    for one in [Ascii, Cp037, Cp1047, Latin1, Utf8, BCD, Raw, Hex, EbcdicHex] {
        let (home, word, meaning): (Of, &str, &str) = match one {
            Ascii => (Of::Text, "ascii", "ASCII characters"),
            Cp037 => (Of::Text, "cp037", "EBCDIC, code page 037"),
            Cp1047 => (Of::Text, "cp1047", "EBCDIC, code page 1047"),
            Latin1 => (Of::Text, "latin1", "ISO 8859-1"),
            Utf8 => (Of::Text, "utf8", "UTF-8; units are bytes"),
            Bcd { .. } => continue,
            Raw => (Of::Bytes, "raw", "bytes as they are"),
            Hex => (Of::Bytes, "hex", "two ASCII hex characters a byte"),
            EbcdicHex => (Of::Bytes, "ebcdic-hex", "two EBCDIC hex characters a byte"),
        };
        if of == Of::Field || of == home || (of == Of::Digits && one == Ascii) {
            found.push((word, meaning));
        }
    }
    if matches!(of, Of::Digits | Of::Field) {
        // Digits are alike in every EBCDIC code page.
        found.push(("ebcdic", "EBCDIC digits"));
    }
    found
}

/// Classes, the longest first where one starts like another.
pub(super) fn classes() -> Words {
    use Class::{A, An, Anp, Ans, As, B, N, Ns, Xn, Z};
    [Ans, Anp, An, As, A, Ns, N, Z, Xn, B]
        .map(|one| {
            let meaning = match one {
                Ans => "letters, digits, special characters",
                Anp => "letters, digits, blanks",
                An => "letters and digits",
                As => "letters, special characters",
                A => "letters",
                Ns => "digits, special characters",
                N => "digits",
                Z => "track code set",
                Xn => "C or D, then digits",
                B => "bytes",
            };
            (words::class(one), meaning)
        })
        .into()
}

pub(super) fn kinds() -> Words {
    use Kind::{
        Amount, Bytes, Code, Currency, Date, DateTime, Digits, MonthDay, MonthDayTime, Number, Pan, PinBlock,
        ProcessingCode, SignedAmount, Stan, Text, Time, Track1, Track2, YearMonth,
    };
    let all = [
        Text,
        Digits,
        Number,
        Bytes,
        Amount,
        SignedAmount,
        Pan,
        Track1,
        Track2,
        Stan,
        ProcessingCode,
        Currency,
        PinBlock,
        MonthDayTime,
        MonthDay,
        Time,
        YearMonth,
        Date,
        DateTime,
        Code,
    ];
    all.map(|one| {
        let meaning = match one {
            Text => "characters",
            Digits => "digits kept as such, leading zeros and all",
            Number => "an unsigned integer, at most 19 digits",
            Bytes => "bytes (class b)",
            Amount => "minor units of a currency",
            SignedAmount => "x+n, minor units: C positive, D negative",
            Pan => "primary account number (ISO/IEC 7812)",
            Track1 => "track 1 (ISO/IEC 7813)",
            Track2 => "track 2 (ISO/IEC 7813)",
            Stan => "system trace audit number, n 6",
            ProcessingCode => "n 6: transaction type, account from, account to",
            Currency => "ISO 4217, three digits",
            PinBlock => "PIN block (ISO 9564), b 8 or b 16",
            MonthDayTime => "date and time without a year, n 10",
            MonthDay => "date without a year, n 4",
            Time => "time of day, n 6",
            YearMonth => "year of the century and month, n 4",
            Date => "date, n 6",
            DateTime => "date and time, n 12",
            Code => "one of `values`, or unknown",
        };
        (words::kind(one), meaning)
    })
    .into()
}
