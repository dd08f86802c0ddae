//! The smallest pieces by known bytes: packed digits, length prefixes, tags, and the lengths before messages.
//!
//! Of the session flag that is folded into one of the headers nothing is told here: no framing reads it.

use crate::common;

use common::dialects::ascii;
use isopace::frame::{Decoder, Framing};
use isopace::msg::{Composite, CompositeKind, Field, Key, Kind};
use isopace::wire::{Class, Encoding, ErrorKind, Prefix, PrefixEncoding, Rule, Side};
use isopace::{Message, types::ShortText};

/// A message of DE 48 alone.
fn message(field: Field, content: &[u8]) -> Result<Message, isopace::Error> {
    let mut wire = b"0200".to_vec();
    wire.extend_from_slice(&(1u64 << (64 - 48)).to_be_bytes());
    wire.extend_from_slice(content);
    Message::parse(ascii(vec![field]), wire)
}

fn field(kind: Kind, rule: Rule) -> Field {
    Field::new(Key::Number(48), "data", "Data", kind, rule)
}

#[test]
fn packed_digits() {
    // Digits, side of the filler, bytes, what is read strictly and leniently.
    let table: [(u32, Side, &[u8], _, _); 5] = [
        (4, Side::Left, &[0x12, 0x34], Ok("1234"), Ok("1234")),
        (3, Side::Left, &[0x01, 0x23], Ok("123"), Ok("123")),
        (3, Side::Left, &[0x12, 0x30], Err(ErrorKind::Padding), Ok("230")),
        (3, Side::Right, &[0x64, 0x30], Ok("643"), Ok("643")),
        (4, Side::Left, &[0xAB, 0xCD], Err(ErrorKind::Nibble), Err(ErrorKind::Nibble)),
    ];
    for (digits, pad_side, bytes, strict, lenient) in table {
        let rule = Rule::fixed(Class::N, digits, Encoding::Bcd { pad_side, pad_nibble: 0 });
        for (rule, expected) in [(rule, strict), (rule.lenient(), lenient)] {
            let message = message(field(Kind::Digits, rule), bytes).unwrap();
            let expected = expected.map(str::to_owned);
            assert_eq!(message.get::<String>(48).map(Option::unwrap).map_err(|error| error.kind()), expected);
            let short = message.get::<ShortText<4>>(48).map(Option::unwrap).map_err(|error| error.kind());
            assert_eq!(short.map(|text| text.to_string()), expected, "{bytes:02X?}");
            let number = message.get::<u32>(48).map(Option::unwrap).map_err(|error| error.kind());
            assert_eq!(number, expected.map(|text| text.parse().unwrap()), "{bytes:02X?}");
        }
    }
}

/// The only object of a BER-TLV inside.
fn object(inside: &[u8]) -> Result<(String, usize), ErrorKind> {
    let prefix = Prefix::new(PrefixEncoding::BinaryBe, 3);
    let composite = Composite::new(CompositeKind::BerTlv, &[]);
    let field = field(Kind::Bytes, Rule::variable(Class::B, 999_999, Encoding::Raw, prefix)).composite(composite);
    let content = [&(inside.len() as u32).to_be_bytes()[1..], inside].concat();
    let message = message(field, &content).unwrap();
    let field = message.dialect().field(48).unwrap();
    let view = message.view(field).map_err(|error| error.kind())?.unwrap();
    let child = view.children().next().unwrap().unwrap();
    Ok((child.key().to_string(), child.bytes().len()))
}

#[test]
fn lengths_of_objects() {
    let table: [(&[u8], usize); 3] = [(&[0x7E], 126), (&[0x81, 0x83], 131), (&[0x82, 0xFE, 0x0F], 65_039)];
    for (length, bytes) in table {
        assert_eq!(object(&[&[0xDF, 0x01], length, &vec![0; bytes]].concat()), Ok(("DF01".to_owned(), bytes)));
    }
    assert!(matches!(object(&[0xDF, 0x01, 0x83, 0xFE, 0x0F]), Err(ErrorKind::Truncated { .. })));
}

#[test]
fn tags_of_objects() {
    let table: [(&[u8], &str); 3] = [(&[0x5A], "5A"), (&[0x9F, 0x02], "9F02"), (&[0x9F, 0xA8, 0x13], "9FA813")];
    for (tag, name) in table {
        assert_eq!(object(&[tag, &[1, 0]].concat()), Ok((name.to_owned(), 1)));
    }
    // The second byte says that a third follows.
    assert!(matches!(object(&[0x5F, 0xA8]), Err(ErrorKind::Truncated { .. })));
}

#[test]
fn length_prefixes() {
    let table: [(Prefix, &[u8], u32); 2] = [
        (Prefix::new(PrefixEncoding::Ebcdic, 2), &[0xF1, 0xF6], 16),
        (Prefix::new(PrefixEncoding::BinaryBe, 2), &[0x01, 0x00], 256),
    ];
    for (prefix, bytes, units) in table {
        let rule = Rule::variable(Class::Ans, 512, Encoding::Ascii, prefix);
        let content = [bytes, &vec![b'x'; units as usize]].concat();
        let message = message(field(Kind::Text, rule), &content).unwrap();
        assert_eq!(message.raw(48).unwrap().units(), units);
    }
}

#[test]
fn lengths_of_messages() {
    let table: [(&str, &[u8], usize); 4] = [
        ("ascii4", b"0115", 115),
        ("bcd2", &[0x01, 0x15], 115),
        ("length2", &[0x01, 0x3F], 319),
        ("length2,after=0020", &[0x00, 0x0F, 0x00, 0x20], 15),
    ];
    for (framing, header, bytes) in table {
        let framing: Framing = framing.parse().unwrap();
        let mut decoder = Decoder::new(framing);
        decoder.extend(header);
        decoder.extend(&vec![b'0'; bytes - 1]);
        assert!(decoder.decode().unwrap().is_none());
        decoder.extend(b"0");
        assert!(decoder.decode().unwrap().is_some(), "{framing}");
        assert!(decoder.is_empty());
    }
}
