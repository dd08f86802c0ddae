//! From the model of the spec compiler to the tables that the codec goes by. What is made here is never freed.

use isogen::model;

use crate::msg::{
    Composite, CompositeKind, CorrelationRule, Covers, Dialect, Field, Key, Kind, MessageRule, Sensitivity,
    TagEncoding, TaggedRule, Unknown,
};
use crate::wire::{
    BitmapEncoding, BitmapRule, Class, Counts, DigitEncoding, Encoding, Length, Pad, Policy, Prefix, PrefixEncoding,
    Rule, Side,
};

/// The dialect of a spec without errors: the lints have seen to it that numbers are in range.
pub(super) fn dialect(spec: &model::Spec) -> &'static Dialect {
    let mti = match spec.mti {
        model::DigitEncoding::Ascii => DigitEncoding::Ascii,
        model::DigitEncoding::Ebcdic => DigitEncoding::Ebcdic,
        model::DigitEncoding::Bcd { .. } => DigitEncoding::Bcd,
    };
    let messages: Vec<MessageRule> = spec.messages.iter().map(|message| message_rule(spec, message)).collect();
    let correlation: Vec<CorrelationRule> = spec.correlation.iter().map(correlation_rule).collect();
    let dialect = Dialect::new(
        text(&spec.name),
        text(&spec.title),
        mti,
        bitmap(spec.bitmap),
        fields(&spec.fields),
        messages.leak(),
    );
    let dialect = dialect.correlation(correlation.leak());
    Box::leak(Box::new(match spec.third_bitmap {
        model::ThirdBitmap::AfterSecond => dialect,
        model::ThirdBitmap::Element65 => dialect.third_bitmap_as_element(),
    }))
}

fn correlation_rule(rule: &model::Correlation) -> CorrelationRule {
    let alternatives: Vec<&'static [u8]> = rule.alternatives.iter().map(|list| numbers(list)).collect();
    CorrelationRule::new(rule.class, alternatives.leak())
}

fn text(text: &str) -> &'static str {
    text.to_owned().leak()
}

fn numbers(numbers: &[u16]) -> &'static [u8] {
    numbers.iter().filter_map(|&number| u8::try_from(number).ok()).collect::<Vec<u8>>().leak()
}

fn message_rule(spec: &model::Spec, message: &model::Message) -> MessageRule {
    let rule = MessageRule::new(
        text(&message.name),
        text(&message.mti),
        numbers(&message.mandatory),
        numbers(&message.conditional),
        numbers(&message.optional),
    );
    match message.reply.as_ref().and_then(|reply| Some((reply, spec.message(&reply.message)?))) {
        Some((reply, answer)) => rule.reply(text(&answer.mti), numbers(&reply.echo)),
        None => rule,
    }
}

fn fields(list: &[model::Field]) -> &'static [Field] {
    list.iter().map(field).collect::<Vec<Field>>().leak()
}

fn field(field: &model::Field) -> Field {
    let made = Field::new(key(&field.key), text(&field.ident), text(&field.name), kind(field.kind), rule(field))
        .sensitive(sensitivity(field.sensitivity))
        .values(values(&field.values));
    let made = match &field.xml {
        Some(name) => made.xml_name(text(name)),
        None => made,
    };
    match &field.composite {
        Some(inside) => made.composite(composite(inside)),
        None => made,
    }
}

fn composite(composite: &model::Composite) -> Composite {
    let unknown = match composite.unknown {
        model::Unknown::Keep => Unknown::Keep,
        model::Unknown::Skip => Unknown::Skip,
        model::Unknown::Reject => Unknown::Reject,
    };
    let made = Composite::new(composite_kind(composite.kind), fields(&composite.fields)).unknown(unknown);
    if composite.xml { made.xml() } else { made }
}

fn key(key: &model::Key) -> Key {
    match key {
        model::Key::Number(number) => Key::Number(*number),
        model::Key::Tag(bytes) => Key::bytes(bytes),
        model::Key::Text(tag) => Key::text(tag),
        // A key is thin, so the name is a place of its own.
        model::Key::Name(name) => Key::name(Box::leak(Box::new(text(name)))),
    }
}

fn values(list: &[model::Value]) -> &'static [(&'static str, &'static str)] {
    list.iter().map(|value| (text(&value.code), text(&value.meaning))).collect::<Vec<_>>().leak()
}

fn rule(field: &model::Field) -> Rule {
    Rule {
        class: class(field.class),
        encoding: encoding(field.encoding),
        length: length(field.length),
        pad: field.pad.map(|pad| Pad { side: side(pad.side), fill: pad.fill }),
        policy: match field.policy {
            model::Policy::Strict => Policy::Strict,
            model::Policy::Lenient => Policy::Lenient,
        },
        ebcdic_sign: field.ebcdic_sign,
    }
}

fn length(length: model::Length) -> Length {
    match length {
        model::Length::Fixed(units) => Length::Fixed(units),
        model::Length::Rest { max } => Length::Rest { max },
        model::Length::Variable { prefix, width, counts, inclusive, min, max } => {
            let (encoding, counts) = (prefix_encoding(prefix), self::counts(counts));
            Length::Variable { prefix: Prefix { encoding, width, counts, inclusive }, min, max }
        }
    }
}

fn prefix_encoding(prefix: model::PrefixEncoding) -> PrefixEncoding {
    match prefix {
        model::PrefixEncoding::Ascii => PrefixEncoding::Ascii,
        model::PrefixEncoding::Ebcdic => PrefixEncoding::Ebcdic,
        model::PrefixEncoding::Bcd => PrefixEncoding::Bcd,
        model::PrefixEncoding::BinaryBe => PrefixEncoding::BinaryBe,
        model::PrefixEncoding::BinaryLe => PrefixEncoding::BinaryLe,
        model::PrefixEncoding::Hex => PrefixEncoding::Hex,
    }
}

fn counts(counts: model::Counts) -> Counts {
    match counts {
        model::Counts::Units => Counts::Units,
        model::Counts::Bytes => Counts::Bytes,
    }
}

fn side(side: model::Side) -> Side {
    match side {
        model::Side::Left => Side::Left,
        model::Side::Right => Side::Right,
    }
}

fn bitmap(bitmap: model::Bitmap) -> BitmapRule {
    let encoding = match bitmap.encoding {
        model::BitmapEncoding::Binary => BitmapEncoding::Binary,
        model::BitmapEncoding::Hex => BitmapEncoding::Hex,
        model::BitmapEncoding::EbcdicHex => BitmapEncoding::EbcdicHex,
    };
    BitmapRule { encoding, maps: bitmap.maps }
}

fn composite_kind(kind: model::CompositeKind) -> CompositeKind {
    match kind {
        model::CompositeKind::Positional => CompositeKind::Positional,
        model::CompositeKind::Bitmap(rule) => CompositeKind::Bitmap(bitmap(rule)),
        model::CompositeKind::BerTlv => CompositeKind::BerTlv,
        model::CompositeKind::Tlv(rule) => CompositeKind::Tlv(tagged(rule)),
        model::CompositeKind::Ltv(rule) => CompositeKind::Ltv(tagged(rule)),
        model::CompositeKind::Pairs => CompositeKind::Pairs,
        model::CompositeKind::Repeat { most } => CompositeKind::Repeat { most },
    }
}

fn tagged(rule: model::Tagged) -> TaggedRule {
    let tag = match rule.tag.encoding {
        model::TagEncoding::Ascii => TagEncoding::Ascii,
        model::TagEncoding::Ebcdic => TagEncoding::Ebcdic,
        model::TagEncoding::Bcd => TagEncoding::Bcd,
        model::TagEncoding::Binary => TagEncoding::Binary,
    };
    let covers = match rule.length.covers {
        model::Covers::Value => Covers::Value,
        model::Covers::TagValue => Covers::TagValue,
        model::Covers::All => Covers::All,
    };
    TaggedRule::new(tag, rule.tag.width, prefix_encoding(rule.length.prefix), rule.length.width)
        .counts(counts(rule.length.counts))
        .covers(covers)
}

fn encoding(encoding: model::Encoding) -> Encoding {
    match encoding {
        model::Encoding::Ascii => Encoding::Ascii,
        model::Encoding::Cp037 => Encoding::Cp037,
        model::Encoding::Cp1047 => Encoding::Cp1047,
        model::Encoding::Latin1 => Encoding::Latin1,
        model::Encoding::Utf8 => Encoding::Utf8,
        model::Encoding::Bcd { pad_side, pad_nibble } => Encoding::Bcd { pad_side: side(pad_side), pad_nibble },
        model::Encoding::Raw => Encoding::Raw,
        model::Encoding::Hex => Encoding::Hex,
        model::Encoding::EbcdicHex => Encoding::EbcdicHex,
    }
}

fn class(class: model::Class) -> Class {
    match class {
        model::Class::N => Class::N,
        model::Class::A => Class::A,
        model::Class::An => Class::An,
        model::Class::As => Class::As,
        model::Class::Ns => Class::Ns,
        model::Class::Anp => Class::Anp,
        model::Class::Ans => Class::Ans,
        model::Class::Z => Class::Z,
        model::Class::Xn => Class::Xn,
        model::Class::B => Class::B,
    }
}

fn sensitivity(sensitivity: model::Sensitivity) -> Sensitivity {
    match sensitivity {
        model::Sensitivity::Clear => Sensitivity::Clear,
        model::Sensitivity::Pan => Sensitivity::Pan,
        model::Sensitivity::Sad => Sensitivity::Sad,
        model::Sensitivity::Key => Sensitivity::Key,
        model::Sensitivity::Pii => Sensitivity::Pii,
        model::Sensitivity::Opaque => Sensitivity::Opaque,
    }
}

fn kind(kind: model::Kind) -> Kind {
    match kind {
        model::Kind::Text => Kind::Text,
        model::Kind::Digits => Kind::Digits,
        model::Kind::Number => Kind::Number,
        model::Kind::Bytes => Kind::Bytes,
        model::Kind::Amount => Kind::Amount,
        model::Kind::SignedAmount => Kind::SignedAmount,
        model::Kind::Pan => Kind::Pan,
        model::Kind::Track1 => Kind::Track1,
        model::Kind::Track2 => Kind::Track2,
        model::Kind::Stan => Kind::Stan,
        model::Kind::ProcessingCode => Kind::ProcessingCode,
        model::Kind::Currency => Kind::Currency,
        model::Kind::PinBlock => Kind::PinBlock,
        model::Kind::MonthDayTime => Kind::MonthDayTime,
        model::Kind::MonthDay => Kind::MonthDay,
        model::Kind::Time => Kind::Time,
        model::Kind::YearMonth => Kind::YearMonth,
        model::Kind::Date => Kind::Date,
        model::Kind::DateTime => Kind::DateTime,
        model::Kind::Code => Kind::Code,
    }
}
