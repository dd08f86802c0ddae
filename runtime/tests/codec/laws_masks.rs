//! Law 5 for every layout of a composite: a card number inside one, at any depth, listed or not, shows nowhere.

use crate::common;

use common::loaded::{layouts, tagged};
use common::reference::{hex, packed};
use common::secrets::{Needles, PANS};
use isopace::wire::{Class, Encoding, Side};
use isopace::{Dialect, Edit, Message};

/// Where a card number may stand in each layout; `{}` is the number, `{hex}` and `{packed}` are bytes of it.
const PLANTED: &[&[(&str, &str)]] = &[
    &[("48.Card", "{}"), ("48.Card#2", "{}"), ("48.Unlisted", "{hex}")],
    &[("48.Postilion:MetaData.MediaTotals", "1"), ("48.Postilion:MetaData.Unlisted", "{hex}")],
    &[("48.{}", "{hex}")],
    &[("49.Chip.5A", "{}"), ("49.Chip.95", "0000000000")],
    &[("55.1.1", "text"), ("55.1.2", "{}"), ("55.1.3.1", "0102"), ("55.1.3.2", "ABCD")],
    &[("61.02", "{}")],
    &[("62.5A01", "{}"), ("62.0001", "{packed}")],
    &[("63.N1", "{}")],
    &[("100.1", "{}"), ("100.2", "ABCDEFGH123456")],
    &[("125.5", "{}"), ("125.8.C1", "{packed}")],
    &[("126.Card", "{}")],
];

const XML: [(&str, &str); 3] = [
    ("125", "<a><Card>{}</Card><Unlisted>{}</Unlisted><Label>x</Label></a>"),
    ("125", "<a><Card>{}<!-- {} --></Card><b>{}</b> {} </a>"),
    ("126", "<a c='{}'><Card>&#52;{}</Card></a>"),
];

fn filled(text: &str, pan: &str) -> String {
    let packed = hex(&packed(pan, Side::Right, 0xF));
    text.replace("{}", pan).replace("{hex}", &hex(pan.as_bytes())).replace("{packed}", &packed)
}

/// Messages of a card, one for each layout.
fn messages(pan: &str) -> Vec<Message> {
    let set = |leaves: &[(String, String)]| {
        let mut edit = Edit::build(layouts());
        edit.mti("0200");
        for (path, value) in leaves {
            edit.set_leaf(path, value);
        }
        let wire = edit.finish().unwrap_or_else(|error| panic!("{leaves:?}: {error}"));
        Message::parse(layouts(), wire).unwrap()
    };
    let planted = PLANTED.iter().map(|leaves| {
        let leaves: Vec<_> = leaves.iter().map(|(path, value)| (filled(path, pan), filled(value, pan))).collect();
        set(&leaves)
    });
    let xml = XML.iter().map(|(path, text)| {
        let text = filled(text, pan);
        set(&[((*path).to_owned(), if *path == "125" { hex(text.as_bytes()) } else { text })])
    });
    planted.chain(xml).collect()
}

/// Everything that is printed of a message.
fn printed(message: &Message) -> String {
    let mut all = format!("{message:?}\n");
    if let Err(violations) = message.validate() {
        all += &format!("{violations} {violations:?}\n");
    }
    message.leaves(|leaf| match leaf {
        Ok(leaf) => {
            all += &format!("{} {} {} ", leaf.path(), leaf.name(), leaf.masked());
            all += &leaf.expose().map_or_else(|error| format!("{error} {error:?}\n"), |_| "\n".to_owned());
        }
        Err(error) => all += &format!("{error} {error:?}\n"),
    });
    for number in message.numbers() {
        let field = message.dialect().field(number).unwrap();
        match message.view(field) {
            Ok(Some(view)) => {
                all += &format!("{view:?}\n");
                view.groups().for_each(|group| all += &format!("{group:?}\n"));
                view.children()
                    .for_each(|child| all += &format!("{:?}\n", child.map(|child| child.path().to_string())));
            }
            Ok(None) => {}
            Err(error) => all += &format!("{error} {error:?}\n"),
        }
    }
    all
}

#[test]
fn nothing_inside_shows() {
    for pan in PANS {
        for message in messages(pan) {
            let stands = [pan.as_bytes().to_vec(), common::reference::ebcdic(pan), packed(pan, Side::Right, 0xF)];
            let stands =
                stands.iter().any(|bytes| message.as_bytes().windows(bytes.len()).any(|window| window == bytes));
            assert!(stands || format!("{message:?}").contains("55.1.2") || message.has(62), "{message:?}");
            Needles::pan(pan).absent_from("a message", &format!("{}{message:#?}", printed(&message)));
        }
    }
}

#[test]
fn nothing_inside_shows_when_a_byte_is_spoilt() {
    for pan in PANS {
        let needles = Needles::pan(pan);
        for message in messages(pan) {
            let wire = message.as_bytes();
            for at in 20..wire.len() {
                for byte in [0x00, b'1', b'9', b'<', 0xFF] {
                    let mut spoilt = wire.to_vec();
                    spoilt[at] = byte;
                    let (partial, error) = Message::parse_partial(layouts(), spoilt);
                    if let Some(error) = error {
                        needles.absent_from("an error", &format!("{error} {error:?}"));
                    }
                    needles.absent_from("a spoilt message", &printed(&partial));
                }
            }
        }
    }
}

/// A tag or name that is not listed may be anything once a length is wrong.
#[test]
fn objects_of_every_kind_with_a_card_number_for_a_tag() {
    for (place, pan) in PANS.into_iter().enumerate() {
        let needles = Needles::pan(pan);
        for field in tagged().fields().iter().skip(place).step_by(PANS.len()) {
            let digits = match field.rule.class {
                Class::B => packed(pan, Side::Right, 0xF),
                _ => pan.as_bytes().to_vec(),
            };
            for content in [pan.as_bytes().to_vec(), digits, common::reference::ebcdic(pan)] {
                for shift in [0, 1, 3] {
                    for zeros in [&[0u8; 8][..], b"00000000"] {
                        let content = [&content[shift.min(content.len())..], zeros].concat();
                        needles.absent_from("a message", &printed(&holding(tagged(), field, &content)));
                    }
                }
            }
        }
    }
}

/// A message of one element with this content.
fn holding(dialect: &'static Dialect, field: &'static isopace::msg::Field, content: &[u8]) -> Message {
    assert_eq!(field.rule.encoding, Encoding::Raw);
    let wire = Edit::build(dialect).mti("0200").set_leaf(&field.key.to_string(), &hex(content)).finish().unwrap();
    Message::parse(dialect, wire).unwrap()
}
