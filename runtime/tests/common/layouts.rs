//! Messages with every layout of a composite in them.

use isopace::msg::Field;
use isopace::wire::BitmapEncoding;
use isopace::{Bytes, Edit, Error, Message};

use super::leaves;
use super::loaded::layouts;
use super::reference::bitmaps;

/// Where an element's prefix starts.
pub(crate) const START: usize = 28;

/// A message of one element, its prefix and content given.
pub(crate) fn wire(number: u16, element: &[u8]) -> Vec<u8> {
    [b"0200", &bitmaps(BitmapEncoding::Binary, &[number], 3)[..], element].concat()
}

/// An element behind a prefix of so many digits.
pub(crate) fn framed(digits: usize, content: &[u8]) -> Vec<u8> {
    [format!("{:0digits$}", content.len()).as_bytes(), content].concat()
}

pub(crate) fn parsed(number: u16, element: &[u8]) -> Message {
    Message::parse(layouts(), wire(number, element)).unwrap()
}

pub(crate) fn field(number: u8) -> &'static Field {
    layouts().field(number).unwrap()
}

pub(crate) fn edited(message: &Message, changes: &[(&str, &str)]) -> Result<Bytes, Error> {
    let mut edit = message.edit();
    for (path, value) in changes {
        edit.set_leaf(path, value);
    }
    edit.finish()
}

pub(crate) fn built(changes: &[(&str, &str)]) -> Result<Bytes, Error> {
    let mut edit = Edit::build(layouts());
    edit.mti("0200");
    for (path, value) in changes {
        edit.set_leaf(path, value);
    }
    edit.finish()
}

pub(crate) fn shown(wire: Bytes) -> Vec<(String, String)> {
    leaves(&Message::parse(layouts(), wire).unwrap()).unwrap()
}

pub(crate) fn of(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect()
}

/// A message with every layout in it, as paths and values.
pub(crate) const FULL: &[(&str, &str)] = &[
    ("2", "4012345678909"),
    ("48.ORIGINAL_RID", "<RID>123456</RID>"),
    ("48.Postilion:MetaData.MediaTotals", "1"),
    ("48.A%2Eb%23c%25", "31"),
    ("48.Card", "4111111111111111"),
    ("48.Card#2", "5399410000000000"),
    ("49.Chip.5A", "4012345678909"),
    ("49.Chip.95", "0000000000"),
    ("54.1.1", "10"),
    ("54.1.2", "02"),
    ("54.1.3", "840"),
    ("54.1.4", "C000000010000"),
    ("54.2.1", "20"),
    ("54.2.2", "01"),
    ("54.2.3", "978"),
    ("54.2.4", "D000000000001"),
    ("55.1.1", "text"),
    ("55.1.2", "4012345678909"),
    ("55.1.3.1", "0102"),
    ("55.1.3.2", "ABCD"),
    ("55.2.1", ""),
    ("55.2.2", "41"),
    ("55.2.3.1", "0304"),
    ("55.2.3.2", "EFGH"),
    ("56.1.1", "12"),
    ("56.1.2", "3456"),
    ("56.2.1", "78"),
    ("56.2.2", "9012"),
    ("57.1.1", "AA"),
    ("57.1.2", "BBCC"),
    ("60.02", "123456"),
    ("60.01", "some text"),
    ("60.01#2", "more"),
    ("61.02", "5399410000000000"),
    ("61.01", ""),
    ("62.5A01", "4012345678909"),
    ("62.0002", "00FF"),
    ("62.0003", "01"),
    ("63.T1", "text"),
    ("63.N1", "4111111111111111"),
    ("100.1", "4012345678909"),
    ("100.2.1", "ABCD"),
    ("100.2.2.1", "EFGH"),
    ("100.2.2.2", "123456"),
    ("100.3", "rest"),
    ("101.2", "text"),
    ("101.3.1", "0102"),
    ("101.3.2", "030405"),
    ("101.4.95", "0102030405"),
    ("101.5", "after"),
    ("125.2", "000000002500"),
    ("125.5", "4012345678909"),
    ("125.9.1", "0102"),
    ("125.9.2", "030405"),
    ("126.Label", "text"),
    ("126.Card", "4012345678909"),
];

pub(crate) const XML: &str = "<?xml version=\"1.0\"?>\n<IccData a='<'>\n <IccRequest>\n  <AmountAuthorized>000000002500</AmountAuthorized><!-- x -->\n  \
                   <Cryptogram>0102030405060708</Cryptogram>\n  <Other>&lt;1&gt;</Other>\n  <Label>A &amp; B</Label>\n  \
                   <Card>4012345678909</Card><Hex>aaFF</Hex>\n  <Objects>95050000000000</Objects><Empty/>\n </IccRequest>\n</IccData>\n";

pub(crate) const SHORT: &str = "<?x?><a b='1'><Label>&#65;</Label><Card>41</Card><Hex/></a>";

pub(crate) const SPARSE: &str = "<IccData><Label>one</Label><Label/></IccData>";

pub(crate) fn xml(text: &str) -> Message {
    parsed(125, &framed(4, text.as_bytes()))
}

/// The XML of DE 125.
pub(crate) fn text(wire: &Bytes) -> String {
    String::from_utf8(wire[START + 4..].to_vec()).unwrap()
}
