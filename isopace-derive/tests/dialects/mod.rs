//! A dialect with every kind of composite: nested, and standing as hex. Written by hand, in the shape of a generated one.
#![allow(unreachable_pub, reason = "in the shape of a generated module, which is public")]

pub mod tiny {
    use isopace::msg::{Composite, CompositeKind, Field, Key, Kind, Sensitivity};
    use isopace::wire::{BitmapEncoding, BitmapRule, Class, DigitEncoding, Encoding, Prefix, Rule};

    const BINARY: BitmapRule = BitmapRule { encoding: BitmapEncoding::Binary, maps: 1 };

    static ICC: [Field; 3] = [
        Field::new(
            Key::tag(0x95),
            "tvr",
            "Terminal verification results",
            Kind::Bytes,
            Rule::fixed(Class::B, 5, Encoding::Raw),
        ),
        Field::new(
            Key::tag(0x9F10),
            "iad",
            "Issuer application data",
            Kind::Bytes,
            Rule::rest(Class::B, 32, Encoding::Raw),
        ),
        Field::new(Key::tag(0x9F26), "cryptogram", "Cryptogram", Kind::Bytes, Rule::fixed(Class::B, 8, Encoding::Raw)),
    ];

    static PRIVATE: [Field; 4] = [
        Field::new(Key::Number(1), "flag", "Flag", Kind::Text, Rule::fixed(Class::An, 1, Encoding::Ascii)),
        Field::new(
            Key::Number(2),
            "switch_key",
            "Switch key",
            Kind::Text,
            Rule::variable(Class::Ans, 32, Encoding::Ascii, Prefix::ascii(2)),
        ),
        Field::new(Key::Number(3), "holder", "Holder", Kind::Text, Rule::fixed(Class::Ans, 10, Encoding::Ascii))
            .sensitive(Sensitivity::Pii),
        Field::new(
            Key::Number(25),
            "icc",
            "ICC data",
            Kind::Bytes,
            Rule::variable(Class::B, 999, Encoding::Raw, Prefix::ascii(3)),
        )
        .composite(Composite::new(CompositeKind::BerTlv, &ICC)),
    ];

    static POSITIONS: [Field; 3] = [
        Field::new(Key::Number(1), "first", "First", Kind::Digits, Rule::fixed(Class::N, 2, Encoding::Ascii)),
        Field::new(Key::Number(2), "second", "Second", Kind::Number, Rule::fixed(Class::N, 4, Encoding::Ascii)),
        Field::new(Key::Number(3), "third", "Third", Kind::Text, Rule::fixed(Class::Ans, 3, Encoding::Ascii)),
    ];

    static FIELDS: [Field; 6] = [
        Field::new(
            Key::Number(2),
            "pan",
            "Primary account number",
            Kind::Pan,
            Rule::variable(Class::N, 19, Encoding::Ascii, Prefix::ascii(2)),
        )
        .sensitive(Sensitivity::Pan),
        Field::new(Key::Number(11), "stan", "STAN", Kind::Stan, Rule::fixed(Class::N, 6, Encoding::Ascii)),
        Field::new(
            Key::Number(48),
            "positions",
            "Positions",
            Kind::Text,
            Rule::variable(Class::Ans, 9, Encoding::Ascii, Prefix::ascii(2)),
        )
        .composite(Composite::new(CompositeKind::Positional, &POSITIONS)),
        Field::new(
            Key::Number(60),
            "hex_icc",
            "ICC data in hex",
            Kind::Bytes,
            Rule::variable(Class::B, 999, Encoding::Hex, Prefix::ascii(3)),
        )
        .composite(Composite::new(CompositeKind::BerTlv, &ICC)),
        Field::new(
            Key::Number(127),
            "private",
            "Private data",
            Kind::Bytes,
            Rule::variable(Class::B, 99999, Encoding::Raw, Prefix::ascii(5)),
        )
        .composite(Composite::new(CompositeKind::Bitmap(BINARY), &PRIVATE)),
        Field::new(Key::Number(128), "mac", "MAC", Kind::Bytes, Rule::fixed(Class::B, 8, Encoding::Raw)),
    ];

    pub static DIALECT: isopace::Dialect = isopace::Dialect::new(
        "tiny",
        "A little of everything",
        DigitEncoding::Ascii,
        BitmapRule { encoding: BitmapEncoding::Hex, maps: 2 },
        &FIELDS,
        &[],
    );

    pub struct Message(isopace::Message);

    impl Message {
        pub fn parse(wire: impl Into<isopace::Bytes>) -> Result<Self, isopace::Error> {
            isopace::Message::parse(&DIALECT, wire).map(Self)
        }
    }

    impl std::ops::Deref for Message {
        type Target = isopace::Message;

        fn deref(&self) -> &isopace::Message {
            &self.0
        }
    }
}
