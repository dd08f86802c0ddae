//! The messages: a purchase that says in several places which one it is, and a checksum at the end of each message.

use std::time::Duration;

use bytes::Bytes;
use isopace::frame::{Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::{Filter, Refused, Settings};
use isopace::types::Text;
use isopace::{Edit, Error, Message};

/// Framing, checksum and deadlines of all links.
pub(super) fn settings() -> Settings {
    Settings::new(Framing::new(Header::Binary2)).filter(Checksum).write_deadline(Duration::from_secs(4))
}

/// Eight bytes behind each message: garbage in the stream is never taken for a message.
struct Checksum;

const CHECKSUM: usize = 8;

/// FNV-1a.
fn checksum(body: &[u8]) -> [u8; CHECKSUM] {
    let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
    body.iter().fold(0xCBF2_9CE4_8422_2325, mix).to_be_bytes()
}

impl Filter for Checksum {
    fn outgoing(&self, body: &mut Vec<u8>) -> Result<(), Refused> {
        body.extend_from_slice(&checksum(body));
        Ok(())
    }

    fn incoming(&self, body: Bytes) -> Result<Bytes, Refused> {
        let end = body.len().checked_sub(CHECKSUM).ok_or(Refused::new("too short for a checksum"))?;
        if checksum(&body[..end]) != body[end..] {
            return Err(Refused::new("the checksum does not match"));
        }
        Ok(body.slice(..end))
    }
}

/// The purchase with this number: it is in the amount and the retrieval reference number, and in STAN and terminal
/// together.
pub(super) fn purchase(number: u32) -> Edit<'static> {
    let mut edit = Edit::build(&DIALECT);
    edit.mti("0200").set(3, "000000").set(4, &number).set(11, &(number % 1_000_000));
    edit.set(37, format!("{number:012}").as_str()).set(41, format!("TERM{:04}", number / 1_000_000).as_str());
    edit
}

/// The number of a purchase, or of the answer to one.
pub(super) fn number(message: &Message) -> Option<u32> {
    message.get::<Text<'_>>(37).ok()??.parse().ok()
}

/// The approval code of a purchase.
fn code(number: u32) -> u32 {
    number.wrapping_mul(7919) % 1_000_000
}

/// The answer of the host.
pub(super) fn approval(request: &Message) -> Result<Bytes, Error> {
    let mut reply = request.reply()?;
    if let Some(number) = number(request) {
        reply.set(38, format!("{:06}", code(number)).as_str());
    }
    reply.set(39, "00").finish()
}

/// Whether an answer is to this purchase, by all that tells.
pub(super) fn answers(answer: &Message, purchase: u32) -> bool {
    let element = |number| answer.get::<Text<'_>>(number).ok().flatten().map(|text| text.as_str().to_owned());
    number(answer) == Some(purchase)
        && answer.get::<u64>(4).ok().flatten() == Some(u64::from(purchase))
        && answer.get::<u32>(11).ok().flatten() == Some(purchase % 1_000_000)
        && element(38) == Some(format!("{:06}", code(purchase)))
        && element(39).as_deref() == Some("00")
}
