//! The work itself, where it takes more than a line.

use std::hint::black_box;

use isopace::Error;
use isopace::iso87a;
use isopace::types::Text;

use super::CODE;
use crate::ceiling::Index;
use crate::peers::{I8583, ISO_8583_RS};

#[inline(always)]
pub(super) fn show<A, B>(result: &A, and: &B) -> Option<()> {
    black_box(result);
    black_box(and);
    Some(())
}

#[inline(always)]
pub(super) fn copy(wire: &[u8], out: &mut Vec<u8>) -> Option<()> {
    out.clear();
    out.extend_from_slice(wire);
    show(out, &())
}

/// Which of the eighteen are text.
pub(super) const TEXTS: [usize; 7] = [18, 22, 32, 37, 41, 42, 43];

/// The texts of a message whose content is proven. All of it is made `str` at once, which is cheaper than one by one.
#[inline(always)]
pub(super) fn texts(wire: &[u8], index: &Index) -> bool {
    let Ok(text) = std::str::from_utf8(wire) else { return false };
    for number in TEXTS {
        if index.has(number) {
            let (start, end) = index.spans[number];
            black_box(text.get(usize::from(start)..usize::from(end)));
        }
    }
    true
}

#[inline(always)]
pub(super) fn read_eighteen(
    message: &iso87a::Message,
    text: impl Fn(Option<Text<'_>>) -> Option<()>,
) -> Result<(), Error> {
    black_box(message.pan()?);
    black_box(message.processing_code()?);
    black_box(message.amount()?);
    black_box(message.transmission_date_time()?);
    black_box(message.stan()?);
    black_box(message.local_time()?);
    black_box(message.local_date()?);
    black_box(message.expiration_date()?);
    text(message.merchant_type()?);
    text(message.pos_entry_mode()?);
    black_box(message.pos_condition_code()?);
    text(message.acquiring_institution()?);
    black_box(message.track2()?);
    text(message.rrn()?);
    text(message.terminal_id()?);
    text(message.card_acceptor_id()?);
    text(message.card_acceptor_name_location()?);
    black_box(message.currency()?);
    Ok(())
}

/// The edit that is measured, as a chain over a temporary: given by value it would be moved once more than a user's.
macro_rules! edited {
    ($message:expr) => {
        $message
            .edit()
            .mti("0210")
            .amount(::isopace::types::Amount::minor(::std::hint::black_box($crate::cases::AMOUNT)))
            .response_code(::std::hint::black_box(::isopace::iso87a::ResponseCode::NOT_SUFFICIENT_FUNDS))
    };
}
pub(super) use edited;

pub(super) fn reply_iso_8583_rs(wire: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let message = iso_8583_rs::Message::parse_lazy(&ISO_8583_RS, wire).ok()?;
    let mut builder = iso_8583_rs::Builder::new(&ISO_8583_RS, b"0210").ok()?;
    for (number, value) in message.fields() {
        builder.set(number, value).ok()?;
    }
    builder.set(4, b"000000001999").ok()?.set(39, CODE).ok()?;
    builder.pack_into(out);
    Some(())
}

pub(super) fn reply_i8583(wire: &[u8]) -> Option<Vec<u8>> {
    let mut unpacker = i8583::Unpacker::new(wire);
    let elements = unpacker.unpack(&I8583).ok()?;
    let mut packer = i8583::Packer::new(&I8583);
    packer.set_field(0, b"0210".into()).ok()?;
    for (number, value) in elements.iter().enumerate().skip(2) {
        if let Some(value) = value {
            packer.set_field(number, (*value).into()).ok()?;
        }
    }
    packer.set_field(4, b"000000001999".into()).ok()?;
    packer.set_field(39, CODE.into()).ok()?;
    packer.pack(Vec::with_capacity(512)).ok()
}
