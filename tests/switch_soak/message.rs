//! The messages: a purchase that says in several places which one it is.

use isopace::frame::{Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::Settings;
use isopace::types::Text;
use isopace::{Edit, Message};

/// One card for each host: the gateway routes by how they begin.
const CARDS: [&str; 2] = ["4111111111111111", "5399410000000000"];

/// The framing of all links.
pub(super) fn settings() -> Settings {
    Settings::new(Framing::new(Header::Binary2))
}

/// The purchase with this number at this till: the number is in the amount, the retrieval reference number and the STAN.
pub(super) fn purchase(number: u32, till: &str) -> Edit<'static> {
    let mut edit = Edit::build(&DIALECT);
    edit.mti("0200").set(2, CARDS[number as usize % CARDS.len()]).set(3, "000000").set(4, &number);
    edit.set(11, &stan(number)).set(37, format!("{number:012}").as_str()).set(41, till);
    edit
}

const fn stan(number: u32) -> u32 {
    number % 999_999 + 1
}

fn text(message: &Message, number: u8) -> Option<String> {
    message.get::<Text<'_>>(number).ok()?.map(|text| text.as_str().to_owned())
}

/// The response code of the answer to this purchase.
///
/// # Errors
/// By something that tells it is not the answer to this one; says what that is.
pub(super) fn code(answer: &Message, number: u32, till: &str) -> Result<String, String> {
    let told = [
        ("message type", answer.mti() == "0210"),
        ("amount", answer.get::<u64>(4).ok().flatten() == Some(u64::from(number))),
        ("STAN", answer.get::<u32>(11).ok().flatten() == Some(stan(number))),
        ("retrieval reference number", text(answer, 37) == Some(format!("{number:012}"))),
        ("terminal", text(answer, 41).as_deref() == Some(till)),
    ];
    if let Some((what, _)) = told.iter().find(|(_, same)| !same) {
        return Err(format!("the answer to {number} has another {what}"));
    }
    text(answer, 39).ok_or_else(|| format!("the answer to {number} has no response code"))
}
