//! Dialects other than the shipped ones: the same elements in other encodings, and composites within composites.

use isopace::msg::{Composite, CompositeKind, Field, Key, Kind, Sensitivity};
use isopace::wire::{
    BitmapEncoding, BitmapRule, Class, DigitEncoding, Encoding, Length, Prefix, PrefixEncoding, Rule, Side,
};
use isopace::{Dialect, iso87a};

/// A dialect of these elements.
pub(crate) fn of(name: &'static str, mti: DigitEncoding, bitmap: BitmapRule, fields: Vec<Field>) -> &'static Dialect {
    let dialect = Dialect::new(name, "A dialect of the tests", mti, bitmap, fields.leak(), iso87a::DIALECT.messages());
    Box::leak(Box::new(dialect))
}

/// ASCII with a binary bitmap.
pub(crate) fn ascii(fields: Vec<Field>) -> &'static Dialect {
    of("ascii", DigitEncoding::Ascii, BitmapRule { encoding: BitmapEncoding::Binary, maps: 1 }, fields)
}

/// Every dialect there is for the laws that hold for all.
pub(crate) fn all() -> Vec<&'static Dialect> {
    let mut all = vec![&iso87a::DIALECT, packed(), ebcdic(), counted_in_bytes(), nested()];
    all.extend([BitmapEncoding::Hex, BitmapEncoding::Binary].map(third_as_element));
    #[cfg(feature = "load")]
    all.extend([super::loaded::tagged(), super::loaded::layouts()]);
    all
}

/// The elements of ISO 8583:1987 but DE 90, whose parts do not end at whole bytes when packed; each rule changed.
fn with(change: &dyn Fn(u16, &mut Rule)) -> Vec<Field> {
    let mut fields = iso87a::DIALECT.fields().to_vec();
    for field in &mut fields {
        match field.key {
            Key::Number(number) if number != 90 => change(number, &mut field.rule),
            _ => {}
        }
    }
    fields
}

/// Everything packed or binary, as in ISO 8583:1987 with BCD.
pub(crate) fn packed() -> &'static Dialect {
    let fields = with(&|_, rule| {
        match rule.class {
            Class::N | Class::Z | Class::Xn => rule.encoding = Encoding::Bcd { pad_side: Side::Left, pad_nibble: 0 },
            Class::B => rule.encoding = Encoding::Raw,
            _ => {}
        }
        reprefixed(rule, |prefix| prefix.encoding = PrefixEncoding::Bcd);
    });
    of("packed", DigitEncoding::Bcd, BitmapRule { encoding: BitmapEncoding::Binary, maps: 2 }, fields)
}

fn reprefixed(rule: &mut Rule, change: impl Fn(&mut Prefix)) {
    if let Length::Variable { prefix, min, max } = rule.length {
        let mut prefix = prefix;
        change(&mut prefix);
        rule.length = Length::Variable { prefix, min, max };
    }
}

/// Everything in EBCDIC, bitmaps and bytes as EBCDIC hex.
pub(crate) fn ebcdic() -> &'static Dialect {
    let change = |rule: &mut Rule| {
        rule.encoding = if rule.class == Class::B { Encoding::EbcdicHex } else { Encoding::Cp037 };
        reprefixed(rule, |prefix| prefix.encoding = PrefixEncoding::Ebcdic);
    };
    let mut fields = with(&|_, rule| change(rule));
    for field in fields.iter_mut().filter(|field| field.key == Key::Number(90)) {
        change(&mut field.rule);
        field.composite = field.composite.map(|Composite { kind, fields, .. }| {
            let mut children = fields.to_vec();
            children.iter_mut().for_each(|child| change(&mut child.rule));
            Composite::new(kind, children.leak())
        });
    }
    of("ebcdic", DigitEncoding::Ebcdic, BitmapRule { encoding: BitmapEncoding::EbcdicHex, maps: 2 }, fields)
}

/// Code page 1047 and packed digits filled with F, prefixes that count bytes and themselves, three bitmaps.
pub(crate) fn counted_in_bytes() -> &'static Dialect {
    let change = |number: u16, rule: &mut Rule| {
        rule.encoding = match rule.class {
            Class::B => Encoding::Raw,
            Class::N | Class::Z | Class::Xn => Encoding::Bcd { pad_side: Side::Right, pad_nibble: 15 },
            _ => Encoding::Cp1047,
        };
        reprefixed(rule, |prefix| {
            let (encoding, width) = match number % 3 {
                0 => (PrefixEncoding::BinaryBe, 2),
                1 => (PrefixEncoding::BinaryLe, 2),
                _ => (PrefixEncoding::Hex, 4),
            };
            *prefix = Prefix::new(encoding, width).counting_bytes();
            if number.is_multiple_of(2) {
                *prefix = prefix.inclusive();
            }
        });
    };
    let mut fields = with(&change);
    fields.extend(beyond(&fields));
    of("bytes", DigitEncoding::Ascii, BitmapRule { encoding: BitmapEncoding::Binary, maps: 3 }, fields)
}

/// The elements of ISO 8583:1987 and as many behind a third bitmap, which is DE 65.
pub(crate) fn third_as_element(encoding: BitmapEncoding) -> &'static Dialect {
    let mut fields = iso87a::DIALECT.fields().to_vec();
    fields.extend(beyond(&fields));
    let messages = iso87a::DIALECT.messages();
    let bitmap = BitmapRule { encoding, maps: 3 };
    let title = "A dialect of the tests";
    let dialect = Dialect::new("third", title, DigitEncoding::Ascii, bitmap, fields.leak(), messages);
    Box::leak(Box::new(dialect.third_bitmap_as_element()))
}

/// Elements 2 to 64 once more, as 129 to 191.
fn beyond(fields: &[Field]) -> Vec<Field> {
    let numbered = fields.iter().filter_map(|field| match field.key {
        Key::Number(number @ 2..=64) => {
            let mut field = *field;
            field.key = Key::Number(number + 127);
            Some(field)
        }
        _ => None,
    });
    numbered.collect()
}

/// A child of the tests.
pub(crate) fn child(key: Key, kind: Kind, rule: Rule) -> Field {
    Field::new(key, "child", "Child", kind, rule)
}

const CARD: Field = Field::new(
    Key::Number(2),
    "pan",
    "Card",
    Kind::Pan,
    Rule::variable(Class::N, 19, Encoding::Ascii, Prefix::ascii(2)),
)
.sensitive(Sensitivity::Pan);

/// Composites within composites: positional, bitmap and BER-TLV, some of them in hex.
pub(crate) fn nested() -> &'static Dialect {
    let text = |number, units| child(Key::Number(number), Kind::Text, Rule::fixed(Class::Ans, units, Encoding::Ascii));
    let ll = |class, max, encoding| Rule::variable(class, max, encoding, Prefix::ascii(2));
    let lll = |class, max, encoding| Rule::variable(class, max, encoding, Prefix::ascii(3));
    let inner_tlv: &'static [Field] = vec![
        child(
            Key::tag(0x5A),
            Kind::Pan,
            Rule::rest(Class::N, 19, Encoding::Bcd { pad_side: Side::Right, pad_nibble: 15 }),
        )
        .sensitive(Sensitivity::Pan),
        child(Key::tag(0x9F26), Kind::Bytes, Rule::fixed(Class::B, 8, Encoding::Raw)),
    ]
    .leak();
    let tlv: &'static [Field] = vec![
        child(Key::tag(0x95), Kind::Bytes, Rule::fixed(Class::B, 5, Encoding::Raw)),
        child(Key::tag(0xE1), Kind::Bytes, Rule::rest(Class::B, 200, Encoding::Raw))
            .composite(Composite::new(CompositeKind::BerTlv, inner_tlv)),
    ]
    .leak();
    let positions: &'static [Field] =
        vec![text(1, 3), CARD, child(Key::Number(3), Kind::Text, Rule::rest(Class::Ans, 40, Encoding::Ascii))].leak();
    let bits = |maps, encoding| CompositeKind::Bitmap(BitmapRule { encoding, maps });
    let bitmapped: &'static [Field] = vec![
        CARD,
        child(Key::Number(3), Kind::Text, lll(Class::Ans, 120, Encoding::Ascii))
            .composite(Composite::new(CompositeKind::Positional, positions)),
        child(Key::Number(25), Kind::Bytes, lll(Class::B, 300, Encoding::Hex))
            .composite(Composite::new(CompositeKind::BerTlv, tlv)),
        child(Key::Number(64), Kind::Number, Rule::fixed(Class::N, 6, Encoding::Ascii)),
        child(Key::Number(66), Kind::Bytes, ll(Class::B, 99, Encoding::Raw))
            .composite(Composite::new(CompositeKind::BerTlv, tlv)),
        child(Key::Number(130), Kind::Text, ll(Class::An, 30, Encoding::Ascii)),
    ]
    .leak();
    let single: &'static [Field] = vec![text(1, 2), text(64, 2)].leak();
    let element = |number, rule: Rule| {
        child(Key::Number(number), if rule.class == Class::B { Kind::Bytes } else { Kind::Text }, rule)
    };
    let fields = vec![
        CARD,
        element(48, lll(Class::Ans, 200, Encoding::Ascii))
            .composite(Composite::new(CompositeKind::Positional, positions)),
        element(55, lll(Class::B, 255, Encoding::Raw)).composite(Composite::new(CompositeKind::BerTlv, tlv)),
        element(60, lll(Class::B, 100, Encoding::Raw))
            .composite(Composite::new(bits(1, BitmapEncoding::Binary), single)),
        element(63, lll(Class::B, 255, Encoding::Hex)).composite(Composite::new(CompositeKind::BerTlv, tlv)),
        element(127, Rule::variable(Class::B, 999_999, Encoding::Raw, Prefix::ascii(6)))
            .composite(Composite::new(bits(3, BitmapEncoding::Hex), bitmapped)),
        element(128, Rule::variable(Class::B, 999_999, Encoding::Hex, Prefix::ascii(6)))
            .composite(Composite::new(bits(3, BitmapEncoding::Binary), bitmapped)),
    ];
    of("nested", DigitEncoding::Ascii, BitmapRule { encoding: BitmapEncoding::Hex, maps: 2 }, fields)
}
