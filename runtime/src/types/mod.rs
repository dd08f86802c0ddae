//! What values mean: primary account numbers, amounts, dates, message types and codes, as types.
//!
//! A type reads the characters of one element, already decoded to ASCII, and writes the same characters back. It knows nothing
//! of lengths on the wire, encodings or elements. Reading neither allocates nor copies more than the value; an error never
//! holds content. Secrets borrow from the message, print masked and show themselves only through `expose()`.

/// `Debug` is the type's name around what `Display` shows: `Stan(000123)`.
macro_rules! debug_as_shown {
    ($type:ident) => {
        impl ::core::fmt::Debug for $type {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                write!(f, "{}({self})", stringify!($type))
            }
        }
    };
}

pub(crate) mod digits;

mod amount;
mod calendar;
mod code;
mod codes;
mod currency;
mod currency_list;
mod date;
mod eight;
mod error;
mod key_data;
mod month_day;
mod mti;
mod mti_part;
mod pan;
mod pin_block;
mod processing_code;
mod secret;
mod secret_text;
mod short_text;
mod signed_amount;
mod stan;
mod text;
mod time;
mod track1;
mod track2;
mod track_data;
mod year_month;

#[cfg(test)]
mod laws;

pub use amount::Amount;
pub use calendar::{CalendarDate, CalendarDateTime};
#[doc(hidden)]
pub use code::Code;
pub use currency::Currency;
pub use date::{Date, DateTime};
pub use error::ValueError;
pub use key_data::KeyData;
pub use month_day::{MonthDay, MonthDayTime};
pub use mti::Mti;
pub use mti_part::{Function, MessageClass, Origin, Version};
pub use pan::Pan;
pub use pin_block::PinBlock;
pub use processing_code::{AccountType, ProcessingCode, TransactionType};
pub use secret_text::SecretText;
pub use short_text::ShortText;
pub use signed_amount::SignedAmount;
pub use stan::Stan;
pub use text::Text;
pub use time::Time;
pub use track_data::TrackData;
pub use track1::Track1;
pub use track2::Track2;
pub use year_month::YearMonth;
