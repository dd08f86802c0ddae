//! The words of the spec language and what they stand for.

use crate::model::{
    BitmapEncoding, Counts, Covers, DigitEncoding, Encoding, Kind, Policy, PrefixEncoding, Sensitivity, Side,
    TagEncoding, ThirdBitmap, Unknown,
};
use crate::source::Words;

pub(super) const MTI: &Words<DigitEncoding> = &[
    ("ascii", DigitEncoding::Ascii),
    ("ebcdic", DigitEncoding::Ebcdic),
    // Four digits fill two bytes: there is never a nibble over.
    ("bcd", DigitEncoding::Bcd { pad_side: Side::Left, pad_nibble: 0 }),
];

pub(super) const BITMAP: &Words<BitmapEncoding> =
    &[("binary", BitmapEncoding::Binary), ("hex", BitmapEncoding::Hex), ("ebcdic-hex", BitmapEncoding::EbcdicHex)];

pub(super) const THIRD: &Words<ThirdBitmap> =
    &[("after-second", ThirdBitmap::AfterSecond), ("element-65", ThirdBitmap::Element65)];

pub(super) const TEXT: &Words<Encoding> = &[
    ("ascii", Encoding::Ascii),
    ("cp037", Encoding::Cp037),
    ("cp1047", Encoding::Cp1047),
    ("latin1", Encoding::Latin1),
    ("utf8", Encoding::Utf8),
];

pub(super) const BINARY: &Words<Encoding> =
    &[("raw", Encoding::Raw), ("hex", Encoding::Hex), ("ebcdic-hex", Encoding::EbcdicHex)];

pub(super) const PREFIX: &Words<PrefixEncoding> = &[
    ("ascii", PrefixEncoding::Ascii),
    ("ebcdic", PrefixEncoding::Ebcdic),
    ("bcd", PrefixEncoding::Bcd),
    ("binary-be", PrefixEncoding::BinaryBe),
    ("binary-le", PrefixEncoding::BinaryLe),
    ("hex", PrefixEncoding::Hex),
];

pub(super) const COUNTS: &Words<Counts> = &[("units", Counts::Units), ("bytes", Counts::Bytes)];

pub(super) const TAG: &Words<TagEncoding> = &[
    ("ascii", TagEncoding::Ascii),
    ("ebcdic", TagEncoding::Ebcdic),
    ("bcd", TagEncoding::Bcd),
    ("binary", TagEncoding::Binary),
];

pub(super) const COVERS: &Words<Covers> =
    &[("value", Covers::Value), ("tag-value", Covers::TagValue), ("all", Covers::All)];

pub(super) const UNKNOWN: &Words<Unknown> =
    &[("keep", Unknown::Keep), ("skip", Unknown::Skip), ("reject", Unknown::Reject)];

pub(super) const POLICY: &Words<Policy> = &[("strict", Policy::Strict), ("lenient", Policy::Lenient)];

pub(super) const SIDE: &Words<Side> = &[("left", Side::Left), ("right", Side::Right)];

pub(super) const SENSITIVITY: &Words<Sensitivity> = &[
    ("pan", Sensitivity::Pan),
    ("sad", Sensitivity::Sad),
    ("key", Sensitivity::Key),
    ("pii", Sensitivity::Pii),
    ("opaque", Sensitivity::Opaque),
    ("clear", Sensitivity::Clear),
];

pub(super) const KIND: &Words<Kind> = &[
    ("text", Kind::Text),
    ("digits", Kind::Digits),
    ("number", Kind::Number),
    ("bytes", Kind::Bytes),
    ("amount", Kind::Amount),
    ("signed-amount", Kind::SignedAmount),
    ("pan", Kind::Pan),
    ("track-1", Kind::Track1),
    ("track-2", Kind::Track2),
    ("stan", Kind::Stan),
    ("processing-code", Kind::ProcessingCode),
    ("currency", Kind::Currency),
    ("pin-block", Kind::PinBlock),
    ("MMDDhhmmss", Kind::MonthDayTime),
    ("MMDD", Kind::MonthDay),
    ("hhmmss", Kind::Time),
    ("YYMM", Kind::YearMonth),
    ("YYMMDD", Kind::Date),
    ("YYMMDDhhmmss", Kind::DateTime),
    ("code", Kind::Code),
];

/// The word for a kind.
pub(crate) fn kind_word(kind: Kind) -> &'static str {
    KIND.iter().find(|(_, known)| *known == kind).map_or("", |(word, _)| word)
}
