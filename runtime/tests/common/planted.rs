//! Messages full of secrets, and all that they can be made to print.

use isopace::msg::Sensitivity;
use isopace::types::{KeyData, Pan, PinBlock, SecretText, Track1, Track2};
use isopace::wire::Side;
use isopace::{Dialect, Edit, Message};

use super::reference::{hex, packed};
use super::secrets::Needles;

/// The name on the card.
pub(crate) const NAME: &str = "CARDHOLDER/PLANTED";

/// What is secret in a track beside the card number.
pub(crate) const DISCRETIONARY: &str = "98798798798";

/// Every secret of a message made for this card.
pub(crate) fn needles(pan: &str) -> Needles {
    Needles::pan(pan).and(Needles::secret(NAME)).and(Needles::secret(DISCRETIONARY)).and(Needles::bytes(&eight(pan)))
}

/// Eight bytes of PIN block or key.
pub(crate) fn eight(pan: &str) -> [u8; 8] {
    let digits = format!("{pan}9876543");
    packed(&digits[..16], Side::Left, 0).try_into().unwrap()
}

/// Paths and values of a message that is full of the card. What may be shown has no long runs of its digits.
pub(crate) fn planted(pan: &str) -> Vec<(String, String)> {
    let track2 = format!("{pan}=2812201{DISCRETIONARY}");
    let track1 = format!("B{pan}^{NAME}^2812201{DISCRETIONARY}");
    let in_hex = |text: &str| hex(&packed(text, Side::Right, 0xF));
    let mut planted: Vec<(&str, String)> = vec![
        ("2", pan.to_owned()),
        ("3", "872987".to_owned()),
        ("4", "872987298729".to_owned()),
        ("7", "1120072155".to_owned()),
        ("11", "872987".to_owned()),
        ("12", "072155".to_owned()),
        ("13", "1120".to_owned()),
        ("14", "2812".to_owned()),
        ("22", "872".to_owned()),
        ("25", "08".to_owned()),
        ("34", pan.to_owned()),
        ("35", track2.clone()),
        ("36", format!("{track2}={pan}")),
        ("37", "RRN729872987".to_owned()),
        ("41", "TERM8729".to_owned()),
        ("42", "MERCHANT8729872".to_owned()),
        ("44", pan.to_owned()),
        ("45", track1.clone()),
        ("46", format!("{pan} {NAME}")),
        ("47", track1.clone()),
        ("48", format!("{pan} {}", hex(pan.as_bytes()))),
        ("49", "840".to_owned()),
        ("52", hex(&eight(pan))),
        ("53", format!("{pan}872")[..16].to_owned()),
        ("55.5A", pan.to_owned()),
        ("55.57", in_hex(&track2)),
        ("55.56", track1.clone()),
        ("55.5F20", NAME.to_owned()),
        ("55.5F24", "281231".to_owned()),
        ("55.9F1F", DISCRETIONARY.to_owned()),
        ("55.9F20", DISCRETIONARY.to_owned()),
        ("55.9F0B", NAME.to_owned()),
        ("55.9F6B", in_hex(&track2)),
        ("55.99", hex(&eight(pan))),
        ("55.70", format!("5A08{}", hex(&packed(pan, Side::Right, 0xF)))),
        ("55.9F7C", hex(pan.as_bytes())),
        ("55.DF01", hex(pan.as_bytes())),
        ("55.DF01#2", in_hex(pan)),
        ("55.9F26", "A1B2C3D4E5F6A7B8".to_owned()),
        ("60", pan.to_owned()),
        ("61", track2.clone()),
        ("62", format!("CVV2 {DISCRETIONARY}")),
        ("63", format!("{NAME} {pan}")),
        ("96", hex(&eight(pan))),
        ("98", format!("{NAME:25}")),
        ("102", pan.to_owned()),
        ("103", format!("59{pan}")),
        ("104", pan.to_owned()),
    ];
    let private: Vec<String> = (56..=59).chain(105..=127).map(|number: u16| number.to_string()).collect();
    planted.extend(private.iter().map(|number| (number.as_str(), format!("{pan} {track2} {NAME}"))));
    planted.into_iter().map(|(path, value)| (path.to_owned(), value)).collect()
}

pub(crate) fn built<'a>(dialect: &'static Dialect, mti: &str, leaves: &[(String, String)]) -> Edit<'a> {
    let mut edit = Edit::build(dialect);
    edit.mti(mti);
    for (path, value) in leaves {
        edit.set_leaf(path, value);
    }
    edit
}

pub(crate) fn message(dialect: &'static Dialect, pan: &str) -> Message {
    Message::parse(dialect, built(dialect, "0200", &planted(pan)).finish().unwrap()).unwrap()
}

/// What a value says in each way of printing.
pub(crate) fn printed(value: &impl std::fmt::Debug) -> String {
    format!("{value:?} {value:#?} {:?}", Some(value))
}

/// All that a message can be made to print.
pub(crate) fn outputs(message: &Message) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("Debug of Message", printed(message)),
        ("Debug of Edit", printed(&message.edit())),
        ("Debug of a reply", message.reply().map_or_else(|error| printed(&error), |reply| printed(&reply))),
        ("validation", printed(&message.validate())),
    ];
    if let Err(violations) = message.validate() {
        all.push(("Violations", violations.to_string()));
    }
    let mut edit = message.edit();
    edit.set(2, &Pan::new("1").unwrap()).set_leaf("55.5A", "1").remove(35);
    all.push(("Debug of an Edit with changes", printed(&edit)));
    message.leaves(|leaf| match leaf {
        Ok(leaf) => {
            all.push(("Leaf::masked", format!("{} {} {}", leaf.path(), leaf.name(), leaf.masked())));
            if let Err(error) = leaf.expose() {
                all.push(("a leaf that cannot be exposed", printed(&error)));
            }
        }
        Err(error) => all.push(("a leaf that cannot be read", format!("{error} {error:?}"))),
    });
    for field in message.dialect().fields() {
        let isopace::msg::Key::Number(number) = field.key else { continue };
        let number = number as u8;
        all.push(("Debug of Raw", printed(&message.raw(number))));
        all.push((
            "a view",
            match message.view(field) {
                Ok(Some(view)) => printed(&view),
                Ok(None) => String::new(),
                Err(error) => format!("{error} {error:?}"),
            },
        ));
        if matches!(field.sensitivity, Sensitivity::Pan | Sensitivity::Sad | Sensitivity::Key) {
            // Values that keep secrets, and the refusal of those that do not.
            all.push(("a PAN", printed(&message.get::<Pan<'_>>(number))));
            all.push(("a track 2", printed(&message.get::<Track2<'_>>(number))));
            all.push(("a track 1", printed(&message.get::<Track1<'_>>(number))));
            all.push(("a PIN block", printed(&message.get::<PinBlock<'_>>(number))));
            all.push(("a secret text", printed(&message.get::<SecretText<'_>>(number))));
            all.push(("a key", printed(&message.get::<KeyData<'_>>(number))));
            all.push(("text", printed(&message.get::<String>(number))));
            all.push(("bytes", printed(&message.get::<Vec<u8>>(number))));
            all.push(("a number", printed(&message.get::<u64>(number))));
        }
    }
    all
}
