//! Text, numbers and bytes of the language itself.

use std::borrow::Cow;

use super::codec::{Decode, Encode};
use super::holds::Holds;
use crate::types::{ShortText, Text, digits};
use crate::wire::{Body, Buffer, ErrorKind, Fault, Raw, Rule};

impl<'a> Decode<'a> for &'a str {
    const HOLDS: Holds = Holds::BORROWED_TEXT;

    #[inline(always)]
    fn decode(raw: Raw<'a>) -> Result<Self, Fault> {
        raw.borrowed_text().map(|text| text.as_str())
    }
}

impl<'a> Decode<'a> for Text<'a> {
    const HOLDS: Holds = Holds::BORROWED_TEXT;

    #[inline(always)]
    fn decode(raw: Raw<'a>) -> Result<Self, Fault> {
        raw.borrowed_text()
    }
}

impl Encode for Text<'_> {
    #[inline(always)]
    fn units(&self, _: &Rule) -> usize {
        self.as_bytes().len()
    }

    #[inline(always)]
    fn encode<O: Buffer>(&self, body: Body<'_, O>) -> Result<(), Fault> {
        match body.rule().encoding {
            // What is not ASCII is outside every class.
            crate::wire::Encoding::Ascii => body.chars(self.as_bytes()),
            _ => body.text(self.as_str()),
        }
    }
}

impl<const N: usize> Decode<'_> for ShortText<N> {
    const HOLDS: Holds = Holds::short_text(N as u32);

    #[inline(always)]
    fn decode(raw: Raw<'_>) -> Result<Self, Fault> {
        raw.short_text()
    }
}

impl<const N: usize> Encode for ShortText<N> {
    #[inline(always)]
    fn units(&self, _: &Rule) -> usize {
        self.as_bytes().len()
    }

    #[inline(always)]
    fn encode<O: Buffer>(&self, body: Body<'_, O>) -> Result<(), Fault> {
        body.chars(self.as_bytes())
    }
}

impl<const N: usize> super::codec::Code for ShortText<N> {}

impl Encode for str {
    #[inline(always)]
    fn units(&self, _: &Rule) -> usize {
        self.len()
    }

    #[inline(always)]
    fn encode<O: Buffer>(&self, body: Body<'_, O>) -> Result<(), Fault> {
        body.text(self)
    }
}

impl<'a> Decode<'a> for Cow<'a, str> {
    const HOLDS: Holds = Holds::TEXT;

    #[inline]
    fn decode(raw: Raw<'a>) -> Result<Self, Fault> {
        raw.text()
    }
}

impl Decode<'_> for String {
    const HOLDS: Holds = Holds::TEXT;

    fn decode(raw: Raw<'_>) -> Result<Self, Fault> {
        raw.text().map(Cow::into_owned)
    }
}

impl<'a> Decode<'a> for &'a [u8] {
    const HOLDS: Holds = Holds::BORROWED_BYTES;

    #[inline(always)]
    fn decode(raw: Raw<'a>) -> Result<Self, Fault> {
        match raw.binary()? {
            Cow::Borrowed(bytes) => Ok(bytes),
            Cow::Owned(_) => Err(ErrorKind::Type.into()),
        }
    }
}

impl Encode for [u8] {
    #[inline(always)]
    fn units(&self, _: &Rule) -> usize {
        self.len()
    }

    #[inline(always)]
    fn encode<O: Buffer>(&self, body: Body<'_, O>) -> Result<(), Fault> {
        body.binary(self)
    }
}

impl<'a> Decode<'a> for Cow<'a, [u8]> {
    const HOLDS: Holds = Holds::BYTES;

    #[inline]
    fn decode(raw: Raw<'a>) -> Result<Self, Fault> {
        raw.binary()
    }
}

impl Decode<'_> for Vec<u8> {
    const HOLDS: Holds = Holds::BYTES;

    fn decode(raw: Raw<'_>) -> Result<Self, Fault> {
        raw.binary().map(Cow::into_owned)
    }
}

impl<const N: usize> Decode<'_> for [u8; N] {
    const HOLDS: Holds = Holds::array(N as u32);

    #[inline(always)]
    fn decode(raw: Raw<'_>) -> Result<Self, Fault> {
        let mut bytes = [0; N];
        raw.binary_into(&mut bytes)?;
        Ok(bytes)
    }
}

/// Owned and borrowed forms of text and bytes are written alike.
macro_rules! encode_as {
    ($($type:ty => $borrowed:ty $(, $n:ident)?;)*) => {$(
        impl$(<const $n: usize>)? Encode for $type {
            #[inline(always)]
            fn units(&self, rule: &Rule) -> usize {
                <$borrowed>::units(self, rule)
            }

            #[inline(always)]
            fn encode<O: Buffer>(&self, body: Body<'_, O>) -> Result<(), Fault> {
                <$borrowed>::encode(self, body)
            }
        }
    )*};
}

encode_as! {
    String => str;
    Cow<'_, str> => str;
    Vec<u8> => [u8];
    Cow<'_, [u8]> => [u8];
    [u8; N] => [u8], N;
}

macro_rules! unsigned {
    ($($type:ty, $digits:literal;)*) => {$(
        impl Decode<'_> for $type {
            const HOLDS: Holds = Holds::number($digits);

            #[inline(always)]
            fn decode(raw: Raw<'_>) -> Result<Self, Fault> {
                let value = match raw.packed_number() {
                    Some(number) => number,
                    None => digits::parse_u64(&raw.chars()?)?,
                };
                <$type>::try_from(value).map_err(|_| ErrorKind::Type.into())
            }
        }

        impl Encode for $type {
            #[inline(always)]
            fn units(&self, _: &Rule) -> usize {
                self.checked_ilog10().map_or(1, |log| log as usize + 1)
            }

            #[inline(always)]
            fn encode<O: Buffer>(&self, body: Body<'_, O>) -> Result<(), Fault> {
                body.number(u64::from(*self))
            }
        }
    )*};
}

unsigned! {
    u8, 2;
    u16, 4;
    u32, 9;
    u64, 19;
}
