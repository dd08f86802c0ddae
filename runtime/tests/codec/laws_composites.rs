//! The laws for every layout of a composite: values go in and come out, what is malformed is said with its place, what is
//! half written is not written.

use crate::common;

use common::layouts::{FULL, START, built, edited, field, framed, of, parsed, shown, wire};
use common::loaded::layouts;
use common::reference::{ebcdic, hex, unhex};
use common::{leaves, told};
use isopace::Message;
use isopace::msg::Key;
use isopace::types::{Currency, Pan, SignedAmount};

#[test]
fn every_layout_is_built_child_by_child_and_read_back() {
    let wire = built(FULL).unwrap();
    assert_eq!(shown(wire.clone()), of(FULL));
    let message = Message::parse(layouts(), wire.clone()).unwrap();
    message.validate().unwrap();
    for (place, (path, value)) in FULL.iter().enumerate() {
        // The same again changes nothing.
        assert_eq!(edited(&message, &[(path, value)]).unwrap(), wire, "{path}");
        // Another value changes nothing else.
        let other: String = match *value {
            "" => continue,
            "C000000010000" => "D000000010000".to_owned(),
            value if path.ends_with("1.3") || path.ends_with("2.3") && value.len() == 3 => "710".to_owned(),
            value => value.chars().map(|character| if character == '0' { '1' } else { character }).collect(),
        };
        let mut expected = of(FULL);
        expected[place].1.clone_from(&other);
        assert_eq!(shown(edited(&message, &[(path, &other)]).unwrap()), expected, "{path}");
    }
}

#[test]
fn bytes_of_every_layout() {
    for (changes, number, expected) in [
        (&[("48.Type%20x", "35")][..], 48, &b"00011\x31\x36Type x115"[..]),
        (&[("48.ORIGINAL_RID", "<R>1</R>"), ("48.Card", "41")], 48, b"00035212ORIGINAL_RID18<R>1</R>14Card1241"),
        (&[("49.Chip.95", "0000000000")], 49, b"0001514Chip17\x95\x05\0\0\0\0\0"),
        (&[("60.01", "A"), ("60.02", "123456")], 60, b"01701001A02006123456"),
        // Tag and value are covered.
        (&[("61.01", "A"), ("61.02", "41")], 61, b"009\x00\x02\x01A\x00\x03\x0241"),
        (&[("62.5A01", "411")], 62, b"0065A010002411F"),
        (&[("62.0002", "FF")], 62, b"00500020001FF"),
        (&[("56.1.1", "12"), ("56.1.2", "3456"), ("56.2.1", "78"), ("56.2.2", "9012")], 56, b"123456789012"),
        (&[("57.1.1", "AA"), ("57.1.2", "BB")], 57, b"004AA3031BB"),
    ] {
        let wire = built(changes).unwrap();
        assert!(wire.ends_with(expected), "{number}: {}", hex(&wire));
    }
    let expected = [b"014".to_vec(), ebcdic("T104textN10241")].concat();
    assert!(built(&[("63.T1", "text"), ("63.N1", "41")]).unwrap().ends_with(&expected));
}

#[test]
fn values_come_out_as_types() {
    let message = Message::parse(layouts(), built(FULL).unwrap()).unwrap();
    assert_eq!(message.at::<&str>("48.ORIGINAL_RID"), Ok(Some("<RID>123456</RID>")));
    assert_eq!(message.at::<&str>("48.Postilion:MetaData.MediaTotals"), Ok(Some("1")));
    assert_eq!(message.at::<Currency>("54.2.3"), Ok(Some(Currency::EUR)));
    assert_eq!(message.at::<Pan<'_>>("55.1.2").unwrap().unwrap().expose(), "4012345678909");
    assert_eq!(message.at::<&str>("55.2.3.2"), Ok(Some("EFGH")));
    assert_eq!(message.at::<&str>("54.3.2"), Ok(None));
    assert_eq!(message.at::<Pan<'_>>("61.02").unwrap().unwrap().expose(), "5399410000000000");
    assert_eq!(message.at::<String>("63.T1"), Ok(Some("text".to_owned())));
    assert_eq!(message.at::<&str>("100.2.2.1"), Ok(Some("EFGH")));
    for path in
        ["54.7.1", "54.0.1", "54.1.5", "48.Unlisted", "60.3", "60.003", "61.1", "62.5A", "48.Postilion:MetaData.x"]
    {
        assert!(layouts().resolve(path).is_none(), "{path}");
        assert_eq!(message.at::<&str>(path).unwrap_err().kind().name(), "path", "{path}");
    }
    let view = message.view(field(54)).unwrap().unwrap();
    let amounts: Vec<SignedAmount> = view
        .groups()
        .map(|group| group.unwrap().read(layouts().resolve("54.1.4").unwrap()).unwrap().unwrap())
        .collect();
    assert_eq!(amounts.iter().map(|amount| amount.minor_units()).collect::<Vec<_>>(), [10_000, -1]);
    assert_eq!(message.view(field(48)).unwrap().unwrap().groups().count(), 0);
    let view = message.view(field(48)).unwrap().unwrap();
    let names: Vec<&[u8]> = view.children().map(|child| child.unwrap().name().unwrap()).collect();
    assert_eq!(names, [&b"ORIGINAL_RID"[..], b"Postilion:MetaData", b"A.b#c%", b"Card", b"Card"]);
    assert_eq!(view.children().nth(2).unwrap().unwrap().key(), Key::Ordinal(3));
}

#[test]
fn what_is_malformed_is_said_with_its_place() {
    let table: &[(u16, usize, &[u8], &str)] = &[
        // Pairs.
        (48, 5, b"0", "48.#1 at 33: length-prefix"),
        (48, 5, b"x4Type15Fleet", "48.#1 at 33: length-prefix"),
        (48, 5, b"1", "48.#1 at 34: truncated"),
        (48, 5, b"1x", "48.#1 at 34: length-prefix"),
        (48, 5, b"2+4Type15Fleet", "48.#1 at 34: length-prefix"),
        (48, 5, b"14Typ", "48.#1 at 35: truncated"),
        (48, 5, b"14Type", "48.#1 at 39: truncated"),
        (48, 5, b"14Type16Fleet", "48.#1 at 41: truncated"),
        (48, 5, b"14Type15Fleet9999999999", "48.#2 at 56: truncated"),
        (48, 5, b"14Card23xx", "48.Card at 40: length-prefix"),
        (48, 5, b"14Card13xyz", "48.Card at 41: value"),
        (48, 5, b"218Postilion:MetaData219211MediaTotals12AB", "48.Postilion:MetaData at 57: truncated"),
        (48, 5, b"218Postilion:MetaData218211MediaTotals12AB", "48.Postilion:MetaData.MediaTotals at 73: too-long"),
        // What is not listed where it is refused, and what comes before it.
        (49, 5, b"14Chip17\xC1\x05\0\0\0\0\0", "49.Chip.C1 at 41: undefined"),
        (61, 3, b"\x00\x02\x01A\x00\x02\x09B", "61.09 at 35: undefined"),
        // Groups.
        (54, 3, b"1", "54.1.1 at 31: truncated"),
        (54, 3, b"1002840C00000001000", "54.1.4 at 38: truncated"),
        (54, 3, b"1002840C00000001000010", "54.2.2 at 53: truncated"),
        (54, 3, &[&b"1002840C000000010000"[..]; 6].concat(), "ok"),
        (55, 3, b"09", "55.1.1 at 31: truncated"),
        (55, 3, b"0001\x04\x01\x02ABC", "55.1.3 at 36: truncated"),
        // Objects.
        (60, 3, b"0", "60 at 31: truncated"),
        (60, 3, b"01", "60.01 at 33: truncated"),
        (60, 3, b"0100", "60.01 at 33: truncated"),
        (60, 3, b"01 01A", "60.01 at 33: length-prefix"),
        (60, 3, b"01002A", "60.01 at 36: truncated"),
        (60, 3, b"99002A", "60.99 at 36: truncated"),
        (60, 3, b"0200512345", "60.02 at 36: too-short"),
        (60, 3, b"020071234567", "60.02 at 36: too-long"),
        (61, 3, b"\x00", "61 at 31: truncated"),
        (61, 3, b"\x00\x00\x01", "61 at 31: too-short"),
        (61, 3, b"\x00\x01", "61 at 33: truncated"),
        (61, 3, b"\x00\x03\x01A", "61.01 at 34: truncated"),
        (61, 3, b"\xFF\xFF\x01A", "61.01 at 34: truncated"),
        (62, 3, b"5A01000341", "62.5A01 at 39: truncated"),
        (62, 3, b"5A0100A341", "62.5A01 at 35: length-prefix"),
        (62, 3, b"5A0100024A1F", "62.5A01 at 39: nibble"),
        (63, 3, &[0xE3, 0xF1, b'0', b'1', 0xC1], "63.T1 at 33: length-prefix"),
        // Composites of fixed length.
        (100, 3, b"0241ABCDEFGH12x4567", "100.2.2.2 at 45: character"),
        (100, 3, b"0241ABCDEFGH123", "100.2 at 35: truncated"),
        // XML.
        (125, 4, b"<a>", "125 at 35: xml"),
        (125, 4, b" <!DOCTYPE a><a/>", "125 at 33: xml"),
        (125, 4, b"<a><Label>&x;</Label></a>", "125 at 42: xml"),
        (125, 4, b"<a><Cryptogram>0102</Cryptogram></a>", "125.3 at 47: too-short"),
        (125, 4, b"<a><Cryptogram>01020304050607xx</Cryptogram></a>", "125.3 at 47: hex"),
        (125, 4, b"<a><AmountAuthorized>00000000250x</AmountAuthorized></a>", "125.2 at 64: character"),
        (125, 4, b"<a><Objects>9505</Objects></a>", "125.8.95 at 48: truncated"),
        (125, 4, b"<a><Parts>01</Parts></a>", "125.9 at 42: too-short"),
    ];
    let mut wrong = Vec::new();
    for (number, digits, content, expected) in table {
        // In hex each byte is two characters.
        let content = if *number == 62 {
            [format!("{:03}", content.len() / 2).as_bytes(), content].concat()
        } else {
            framed(*digits, content)
        };
        let message = parsed(*number, &content);
        let found =
            message.validate().map_or_else(|violations| told(violations.first().unwrap()), |()| "ok".to_owned());
        if found != *expected {
            wrong.push(format!("{}: {found}, not {expected}", String::from_utf8_lossy(&content)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // More groups than there may be.
    let dialect = common::loaded::of(
        "two-groups",
        "[field.54]\nname = \"Groups\"\nformat = \"ans...120\"\ncomposite = { kind = \"repeat\", most = 2 }\n\
         [field.54.field.1]\nname = \"One\"\nformat = \"n 2\"\n",
    );
    let message = Message::parse(dialect, wire(54, b"006123456")).unwrap();
    assert_eq!(told(message.validate().unwrap_err().first().unwrap()), "54 at 35: trailing");
}

#[test]
fn what_is_not_listed_is_skipped_or_refused_where_the_spec_says_so() {
    // DE 60 skips. It is forwarded as it stands, read without, and left out when it is changed.
    let with = framed(3, b"99003XYZ02006123456990000100198004ABCD".get(..37).unwrap());
    assert!(parsed(60, &with).validate().is_err());
    let with = framed(3, b"99003XYZ0200612345699000");
    let message = parsed(60, &with);
    message.validate().unwrap();
    assert_eq!(message.edit().mti("0210").finish().unwrap()[START..], with);
    assert_eq!(leaves(&message).unwrap(), of(&[("60.02", "123456")]));
    assert_eq!(message.view(field(60)).unwrap().unwrap().children().count(), 1);
    assert_eq!(edited(&message, &[("60.02", "654321")]).unwrap(), wire(60, b"01102006654321"));
    assert_eq!(edited(&message, &[("60.01", "A")]).unwrap(), wire(60, b"0170200612345601001A"));
    assert_eq!(told(&edited(&message, &[("60.99", "00")]).unwrap_err()), "60.99 at 0: undefined");
    // So does the composite within DE 101; nothing else of it changes.
    let with =
        framed(3, &[&unhex("3000000000000000")[..], b"0102030405", b"11\xC1\x02\xAA\xBB\x95\x05\0\0\0\0\0"].concat());
    let message = parsed(101, &with);
    let read = [("101.3.1", "0102"), ("101.3.2", "030405"), ("101.4.95", "0000000000")];
    assert_eq!(leaves(&message).unwrap(), of(&read));
    assert_eq!(
        edited(&message, &[("101.3.1", "0000")]).unwrap()[START + 3..][..18],
        [&unhex("3000000000000000")[..], b"0000030405"].concat()
    );
    assert_eq!(edited(&message, &[("101.3.1", "0000")]).unwrap().len(), message.as_bytes().len());
    assert_eq!(edited(&message, &[("101.4.95", "0102030405")]).unwrap().len(), message.as_bytes().len() - 4);
    // DE 61 refuses, whoever opens it.
    let message = parsed(61, &framed(3, b"\x00\x02\x01A\x00\x02\x09B"));
    let refused = "61.09 at 35: undefined";
    assert_eq!(told(&message.view(field(61)).unwrap_err()), refused);
    assert_eq!(told(message.validate().unwrap_err().first().unwrap()), refused);
    assert_eq!(told(&leaves(&message).unwrap_err()), refused);
    assert_eq!(message.edit().mti("0200").finish().unwrap(), message.as_bytes());
    assert_eq!(told(&built(&[("61.09", "00")]).unwrap_err()), "61.09 at 0: undefined");
    // DE 48 keeps, and shows no more than the length.
    let message = parsed(48, &framed(5, b"14Type15Fleet"));
    assert_eq!(leaves(&message).unwrap(), of(&[("48.Type", "466C656574")]));
    assert!(format!("{message:?}").contains("48.Type: [OPAQUE len=5]"), "{message:?}");
}

#[test]
fn nothing_half_written_is_written() {
    let table: &[(&[(&str, &str)], &str)] = &[
        (&[("54.1.1", "10")], "54.1.2 at 0: missing"),
        (&[("54.1.1", "10"), ("54.1.2", "02"), ("54.1.3", "840")], "54.1.4 at 0: missing"),
        (&[("54.2.1", "10")], "54.2 at 0: gap"),
        (&[("54.1.2", "02")], "54.1.2 at 0: gap"),
        (&[("54.1.1", "10"), ("54.2.1", "10")], "54.1.2 at 0: missing"),
        (&[("54.7.1", "10")], "54.7 at 0: undefined"),
        (&[("54.0.1", "10")], "54.0 at 0: undefined"),
        (&[("54.1.5", "10")], "54.1.5 at 0: undefined"),
        (&[("54.1#2.1", "10")], "54 at 0: path"),
        (&[("54.1", "1002840C000000010000")], "ok"),
        (&[("54.1", "1002840C0000000100001002840C000000010000")], "54.1 at 0: trailing"),
        (&[("54.1", "1002840")], "54.1.4 at 0: missing"),
        (&[("55.1.1", "A"), ("55.1.2", "1"), ("55.1.3.1", "0102")], "55.1.3 at 0: too-short"),
        (&[("55.1.1", "A"), ("55.1.2", "1"), ("55.1.3.1", "0102"), ("55.2.1", "B")], "55.1.3 at 0: too-short"),
        (&[("56.1.1", "12"), ("56.1.2", "3456")], "56 at 0: too-short"),
        (&[("56.1.1", "12"), ("56.1.2", "3456"), ("56.2.1", "78")], "56 at 0: too-short"),
        (&[("100.1", "41"), ("100.2.1", "ABCD")], "100.2 at 0: too-short"),
        (&[("100.1", "41"), ("100.2.1", "ABCD"), ("100.2.2.1", "EFGH")], "100.2 at 0: too-short"),
        (&[("100.1", "41"), ("100.2.1", "ABCD"), ("100.2.2.1", "EFGH"), ("100.3", "rest")], "100.2 at 0: too-short"),
        (&[("100.1", "41"), ("100.2.1", "ABCD"), ("100.3", "rest")], "100.2 at 0: too-short"),
        (&[("101.3.1", "0102")], "101.3 at 0: too-short"),
        (&[("101.3.1", "0102"), ("101.5", "after")], "101.3 at 0: too-short"),
        (&[("101.3.1", "0102"), ("101.2", "before"), ("101.3.2", "030405")], "ok"),
        (&[("125.9.1", "0102")], "125.9 at 0: too-short"),
        (&[("62.5A", "41")], "62 at 0: path"),
        (&[("60.1", "A")], "60 at 0: path"),
        (&[("48.", "A")], "48 at 0: path"),
        (&[("48.A%2", "31")], "48 at 0: path"),
        (&[("48.ORIGINAL_RID#3", "A")], "48.ORIGINAL_RID at 0: gap"),
        (&[("48.ORIGINAL_RID#+1", "A")], "48 at 0: path"),
        (&[("48.ORIGINAL_RID", "\u{7}")], "48.ORIGINAL_RID at 0: character"),
        (&[("48.Type.x", "31")], "48.#1 at 0: path"),
        (&[("61.01", "A"), ("61.01#3", "B")], "61.01 at 0: gap"),
    ];
    for (changes, expected) in table {
        let found = built(changes).map_or_else(|error| told(&error), |_| "ok".to_owned());
        assert_eq!(found, *expected, "{changes:?}");
    }
    // A composite of fixed length in the middle keeps its length.
    let message = Message::parse(layouts(), built(FULL).unwrap()).unwrap();
    for (path, value) in [("101.3", "01020304"), ("55.1.3", "01020304"), ("55.1.3", "01020304050607")] {
        assert!(message.edit().set_leaf(path, value).finish().is_err(), "{path}");
    }
}
