//! The laws for composites that are written as XML.

use crate::common;

use common::layouts::{SPARSE, XML, built, edited, field, framed, of, parsed, shown, text, xml};
use common::loaded::layouts;
use common::reference::hex;
use common::{leaves, told};
use isopace::Message;
use isopace::types::{Amount, Pan};

#[test]
fn xml_is_read_by_names_and_shown_as_one_value() {
    let message = xml(XML);
    message.validate().unwrap();
    assert_eq!(leaves(&message).unwrap(), of(&[("125", &hex(XML.as_bytes()))]));
    assert_eq!(shown(built(&[("125", &hex(XML.as_bytes()))]).unwrap()), leaves(&message).unwrap());
    assert!(format!("{message:?}").contains(&format!("125: [OPAQUE len={}]", XML.len())), "{message:?}");
    let view = message.view(field(125)).unwrap().unwrap();
    let child = |path: &str| layouts().resolve(path).unwrap();
    assert_eq!(view.read::<Amount>(child("125.2")), Ok(Some(Amount::minor(2500))));
    assert_eq!(view.read::<&[u8]>(child("125.3")), Ok(Some(&[1u8, 2, 3, 4, 5, 6, 7, 8][..])));
    assert_eq!(view.read::<&str>(child("125.4")), Ok(Some("A & B")));
    assert_eq!(view.read::<Pan<'_>>(child("125.5")).unwrap().unwrap().expose(), "4012345678909");
    assert_eq!(view.read::<Vec<u8>>(child("125.6")), Ok(Some(vec![0xAA, 0xFF])));
    assert_eq!(view.read::<&str>(child("125.7")), Ok(None));
    let inner = view.view(child("125.8")).unwrap().unwrap();
    assert_eq!(inner.read::<&[u8]>(child("125.8.95")), Ok(Some(&[0u8; 5][..])));
    assert_eq!(view.as_bytes(), XML.as_bytes());
    let names: Vec<String> =
        view.children().map(|child| String::from_utf8(child.unwrap().name().unwrap().to_vec()).unwrap()).collect();
    assert_eq!(names, ["AmountAuthorized", "Cryptogram", "Other", "Label", "Card", "Hex", "Objects", "Empty"]);
    // Straight from the message, what stands there as it would on the wire; nothing else can be borrowed.
    assert_eq!(message.at::<Amount>("125.2"), Ok(Some(Amount::minor(2500))));
    assert_eq!(message.at::<Vec<u8>>("125.6"), Ok(Some(vec![0xAA, 0xFF])));
    for path in ["125.3", "125.5"] {
        assert_eq!(message.at::<Vec<u8>>(path).unwrap_err().kind().name(), "type", "{path}");
    }
    assert_eq!(told(&message.at::<&str>("125.4").unwrap_err()), "125.4 at 226: type");
    // Pairs may be XML as well.
    let pairs = parsed(126, &framed(4, b"<a><Label>x</Label></a>"));
    assert_eq!(pairs.at::<&str>("126.Label"), Ok(Some("x")));
    assert_eq!(leaves(&pairs).unwrap(), of(&[("126", "<a><Label>x</Label></a>")]));
}

#[test]
fn an_edit_of_xml_moves_nothing_else() {
    for (before, changes, after) in [
        (XML, &[("125.2", "000000009999")][..], XML.replace("000000002500", "000000009999")),
        (XML, &[("125.4", "C <&> D")], XML.replace("A &amp; B", "C &lt;&amp;&gt; D")),
        (XML, &[("125.5", "41")], XML.replace("4012345678909", "41")),
        (XML, &[("125.6", "bb")], XML.replace("aaFF", "BB")),
        (XML, &[("125.8.95", "0102030405")], XML.replace("95050000000000", "95050102030405")),
        (XML, &[("125.8.C1", "AA")], XML.replace("95050000000000", "95050000000000C101AA")),
        (
            XML,
            &[("125.9.1", "0102"), ("125.9.2", "030405")],
            XML.replace("\n </IccRequest>", "\n <Parts>0102030405</Parts></IccRequest>"),
        ),
        (SPARSE, &[("125.4", "two")], SPARSE.replace(">one<", ">two<")),
        (SPARSE, &[("125.4#2", "two")], SPARSE.replace("<Label/>", "<Label>two</Label>")),
        (SPARSE, &[("125.4#3", "two")], SPARSE.replace("</IccData>", "<Label>two</Label></IccData>")),
        (
            SPARSE,
            &[("125.2", "000000000001"), ("125.6", "FF")],
            SPARSE.replace("</IccData>", "<AmountAuthorized>000000000001</AmountAuthorized><Hex>FF</Hex></IccData>"),
        ),
        ("<a> </a>", &[("125.6", "FF")], "<a> <Hex>FF</Hex></a>".replace("> <", "><")),
        ("<a/>", &[("125.6", "FF")], "<a><Hex>FF</Hex></a>".to_owned()),
        (
            "<a><b><Hex>00</Hex></b><c><d>1</d></c></a>",
            &[("125.4", "x")],
            "<a><b><Hex>00</Hex></b><c><d>1</d><Label>x</Label></c></a>".to_owned(),
        ),
    ] {
        let wire = edited(&xml(before), changes).unwrap_or_else(|error| panic!("{changes:?}: {error}"));
        assert_eq!(text(&wire), after, "{changes:?}");
        Message::parse(layouts(), wire).unwrap().validate().unwrap();
    }
    for (before, changes, expected) in [
        (XML, &[("125.7", "01")][..], "125.7 at 0: undefined"),
        (XML, &[("125.Other", "01")], "125 at 0: path"),
        (XML, &[("125.63", "01")], "125.63 at 0: undefined"),
        (XML, &[("125.3", "01")], "125.3 at 0: too-short"),
        (XML, &[("125.4", "\u{7}")], "125.4 at 0: character"),
        (XML, &[("125.2#3", "000000000001")], "125.2 at 0: gap"),
        (XML, &[("125.9.1", "0102")], "125.9 at 308: too-short"),
        ("<a>x</a>", &[("125.4", "x")], "125.4 at 0: xml"),
        ("<a>", &[("125.4", "x")], "125 at 3: xml"),
    ] {
        assert_eq!(told(&edited(&xml(before), changes).unwrap_err()), expected, "{changes:?}");
    }
}
