//! The semantic types as values of elements.

use super::codec::{Decode, Encode};
use super::field::{Field, Kind};
use super::holds::Holds;
use crate::types::{
    Amount, Currency, Date, DateTime, KeyData, MonthDay, MonthDayTime, Pan, PinBlock, ProcessingCode, SecretText,
    SignedAmount, Stan, Time, Track1, Track2, YearMonth,
};
use crate::wire::{Body, Buffer, Chars, Class, Encoding, ErrorKind, Fault, Raw, Rule};

/// Values of a fixed number of digits.
macro_rules! of_digits {
    ($($type:ty, $kind:ident, $digits:literal, $name:literal;)*) => {$(
        impl Decode<'_> for $type {
            const HOLDS: Holds = Holds::kind(Kind::$kind, $name);

            #[inline(always)]
            fn decode(raw: Raw<'_>) -> Result<Self, Fault> {
                raw.with_digits::<$digits, _>(<$type>::from_digits)
            }
        }

        impl Encode for $type {
            #[inline(always)]
            fn units(&self, _: &Rule) -> usize {
                self.digits().len()
            }

            #[inline(always)]
            fn encode<O: Buffer>(&self, body: Body<'_, O>) -> Result<(), Fault> {
                body.proven(&self.digits())
            }
        }
    )*};
}

of_digits! {
    Stan, Stan, 6, "a STAN";
    ProcessingCode, ProcessingCode, 6, "a processing code";
    Currency, Currency, 3, "a currency";
    MonthDayTime, MonthDayTime, 10, "a date and time MMDDhhmmss";
    MonthDay, MonthDay, 4, "a date MMDD";
    Time, Time, 6, "a time hhmmss";
    YearMonth, YearMonth, 4, "a year and month YYMM";
    Date, Date, 6, "a date YYMMDD";
    DateTime, DateTime, 12, "a date and time YYMMDDhhmmss";
}

impl Decode<'_> for Amount {
    const HOLDS: Holds = Holds::kind(Kind::Amount, "an amount");

    #[inline(always)]
    fn decode(raw: Raw<'_>) -> Result<Self, Fault> {
        match raw.packed_number() {
            Some(number) => Ok(Amount::minor(number)),
            None => raw.with_number(Amount::from_digits),
        }
    }
}

impl Encode for Amount {
    #[inline(always)]
    fn units(&self, rule: &Rule) -> usize {
        self.minor_units().units(rule)
    }

    #[inline(always)]
    fn encode<O: Buffer>(&self, body: Body<'_, O>) -> Result<(), Fault> {
        body.number(self.minor_units())
    }
}

impl Decode<'_> for SignedAmount {
    const HOLDS: Holds = Holds::kind(Kind::SignedAmount, "a signed amount");

    #[inline(always)]
    fn decode(raw: Raw<'_>) -> Result<Self, Fault> {
        Ok(SignedAmount::from_chars(&raw.unproven()?)?)
    }
}

impl Encode for SignedAmount {
    fn units(&self, _: &Rule) -> usize {
        20
    }

    #[inline(always)]
    fn encode<O: Buffer>(&self, body: Body<'_, O>) -> Result<(), Fault> {
        let mut text = [0; 20];
        let units = (body.rule().max() as usize).min(text.len());
        self.write(&mut text[..units])?;
        body.proven_signed(&text[..units])
    }
}

/// Secrets over characters: borrowed from the message where they stand as ASCII, copied and wiped otherwise.
macro_rules! secret_text {
    (@quickly $type:ident $raw:ident) => {};
    (@quickly $type:ident $raw:ident $written:ident) => {
        if !$raw.is_borrowed()
            && let Some(value) = $type::$written($raw.is_packed(), |room| $raw.copied_in_class(room))
        {
            return Ok(value);
        }
    };
    ($($type:ident, $read:ident $(($quickly:ident))?, $holds:expr;)*) => {$(
        impl<'a> Decode<'a> for $type<'a> {
            const HOLDS: Holds = $holds;

            #[inline(always)]
            fn decode(raw: Raw<'a>) -> Result<Self, Fault> {
                secret_text!(@quickly $type raw $($quickly)?);
                match raw.$read()? {
                    Chars::Borrowed(text) => Ok(Self::from_chars(text)?),
                    unpacked => Ok($type::from_chars(&unpacked)?.into_owned()),
                }
            }
        }

        impl Encode for $type<'_> {
            #[inline(always)]
            fn units(&self, _: &Rule) -> usize {
                self.len()
            }

            #[inline(always)]
            fn encode<O: Buffer>(&self, body: Body<'_, O>) -> Result<(), Fault> {
                body.chars(self.as_bytes())
            }
        }
    )*};
}

secret_text! {
    Track1, chars (written), Holds::kind(Kind::Track1, "track 1").secret();
    Track2, unproven (written), Holds::kind(Kind::Track2, "track 2").secret();
    SecretText, trimmed, Holds::SECRET_TEXT;
}

impl<'a> Decode<'a> for Pan<'a> {
    const HOLDS: Holds = Holds::kind(Kind::Pan, "a PAN").secret();

    #[inline(always)]
    fn decode(raw: Raw<'a>) -> Result<Self, Fault> {
        if !raw.is_borrowed()
            && let Some(pan) = Pan::written(raw.is_packed(), |room| raw.copied(room))
        {
            return Ok(pan);
        }
        match raw.unproven()? {
            Chars::Borrowed(digits) => Ok(Pan::from_digits(digits)?),
            unpacked => Ok(Pan::from_digits(&unpacked)?.into_owned()),
        }
    }
}

impl Encode for Pan<'_> {
    #[inline(always)]
    fn units(&self, _: &Rule) -> usize {
        self.len()
    }

    #[inline(always)]
    fn encode<O: Buffer>(&self, body: Body<'_, O>) -> Result<(), Fault> {
        body.proven(self.as_bytes())
    }
}

macro_rules! secret_bytes {
    ($($type:ident, $holds:expr;)*) => {$(
        impl<'a> Decode<'a> for $type<'a> {
            const HOLDS: Holds = $holds;

            #[inline]
            fn decode(raw: Raw<'a>) -> Result<Self, Fault> {
                if raw.rule().class != Class::B {
                    return Err(ErrorKind::Type.into());
                }
                if !matches!(raw.rule().encoding, Encoding::Hex | Encoding::EbcdicHex) {
                    return Ok(Self::from_bytes(raw.bytes())?);
                }
                // Hex is undone on the stack where it is short, as PIN blocks are, and wiped.
                let mut short = zeroize::Zeroizing::new([0; 16]);
                if let Some(bytes) = short.get_mut(..raw.units() as usize) {
                    raw.binary_into(bytes)?;
                    return Ok($type::from_bytes(bytes)?.into_owned());
                }
                let bytes = zeroize::Zeroizing::new(raw.binary()?.into_owned());
                Ok($type::from_bytes(&bytes)?.into_owned())
            }
        }

        impl Encode for $type<'_> {
            #[inline]
            fn units(&self, _: &Rule) -> usize {
                self.len()
            }

            #[inline]
            fn encode<O: Buffer>(&self, body: Body<'_, O>) -> Result<(), Fault> {
                body.binary(self.expose())
            }
        }
    )*};
}

secret_bytes! {
    PinBlock, Holds::kind(Kind::PinBlock, "a PIN block").secret();
    KeyData, Holds::SECRET_BYTES;
}

/// Proves the content of a field as its kind has it.
pub(crate) fn prove(field: &Field, raw: Raw<'_>) -> Result<(), Fault> {
    fn held<'a, T: Decode<'a>>(raw: Raw<'a>) -> Result<(), Fault> {
        T::decode(raw).map(drop)
    }
    // What stands as text is checked against its class whatever it means.
    match field.kind {
        Kind::Text | Kind::Digits | Kind::Number | Kind::Code => raw.text().map(drop),
        Kind::Bytes => raw.binary().map(drop),
        Kind::Amount => held::<Amount>(raw),
        Kind::SignedAmount => held::<SignedAmount>(raw),
        Kind::Pan => held::<Pan<'_>>(raw),
        Kind::Track1 => held::<Track1<'_>>(raw),
        Kind::Track2 => held::<Track2<'_>>(raw),
        Kind::Stan => held::<Stan>(raw),
        Kind::ProcessingCode => held::<ProcessingCode>(raw),
        Kind::Currency => held::<Currency>(raw),
        Kind::PinBlock => held::<PinBlock<'_>>(raw),
        Kind::MonthDayTime => held::<MonthDayTime>(raw),
        Kind::MonthDay => held::<MonthDay>(raw),
        Kind::Time => held::<Time>(raw),
        Kind::YearMonth => held::<YearMonth>(raw),
        Kind::Date => held::<Date>(raw),
        Kind::DateTime => held::<DateTime>(raw),
    }
}
