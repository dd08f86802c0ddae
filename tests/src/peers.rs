//! Two other ISO 8583 libraries for Rust, set up for the dialect that is measured: `iso_8583_rs` (a spec compiled at run
//! time, contents checked in its strict mode) and `i8583` (no content checks).

use std::borrow::Cow;
use std::sync::LazyLock;

use i8583::data::{Size, Spec, Type};
use iso_8583_rs::{CompiledSpec, ContentType, FieldDef, LenType};

use crate::elements::{Class, Length, element};

/// The dialect as `iso_8583_rs` has it.
pub static ISO_8583_RS: LazyLock<CompiledSpec> = LazyLock::new(|| {
    let absent =
        FieldDef { max_len: 0, min_len: 0, len_type: LenType::Fixed, content: ContentType::Any, present: false };
    let mut fields = [absent; 129];
    for (number, field) in (0u8..).zip(&mut fields) {
        let Some(element) = element(number) else { continue };
        let (len_type, max) = match element.length {
            Length::Fixed(length) => (LenType::Fixed, length),
            Length::Ll(max) => (LenType::Llvar, max),
            Length::Lll(max) => (LenType::Lllvar, max),
        };
        let content = match element.class {
            Class::N => ContentType::Numeric,
            Class::An => ContentType::AlphaNumeric,
            Class::Ans => ContentType::Printable,
            // It has no more classes; what it does not know it does not check.
            Class::Ns | Class::Z | Class::Xn | Class::Hex | Class::Raw => ContentType::Any,
        };
        *field = FieldDef { max_len: max as u16, min_len: 0, len_type, content, present: true };
    }
    CompiledSpec { fields }
});

/// The dialect as `i8583` has it.
pub static I8583: LazyLock<[Option<Spec>; 129]> = LazyLock::new(|| {
    std::array::from_fn(|number| {
        if number == 0 {
            return Some(Spec { data_type: Type::NUM, data_size: Size::FIXED(4) });
        }
        let element = element(number as u8)?;
        let data_size = match element.length {
            Length::Fixed(length) => Size::FIXED(length as u16),
            Length::Ll(max) => Size::LL(max as u16),
            Length::Lll(max) => Size::LLL(max as u16),
        };
        // Types are not looked at by the library.
        Some(Spec { data_type: Type::ANS, data_size })
    })
});

/// A message of these elements by `iso_8583_rs`; nothing when it refuses one.
#[inline]
#[must_use]
pub fn pack_iso_8583_rs(mti: [u8; 4], elements: &[(usize, &[u8])], out: &mut Vec<u8>) -> Option<()> {
    let mut builder = iso_8583_rs::Builder::new(&ISO_8583_RS, &mti).ok()?;
    for (number, value) in elements {
        builder.set(*number, value).ok()?;
    }
    builder.pack_into(out);
    Some(())
}

/// A message of these elements by `i8583`; nothing when it refuses one.
#[inline]
#[must_use]
pub fn pack_i8583(mti: [u8; 4], elements: &[(usize, &[u8])], out: Vec<u8>) -> Option<Vec<u8>> {
    let mut packer = i8583::Packer::new(&I8583);
    packer.set_field(0, Cow::Borrowed(&mti)).ok()?;
    for (number, value) in elements {
        packer.set_field(*number, Cow::Borrowed(value)).ok()?;
    }
    packer.pack(out).ok()
}
