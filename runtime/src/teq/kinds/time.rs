//! Times of descriptors, in milliseconds.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

/// The longest time: a week. Whatever is longer is a mistake.
const LONGEST: u64 = 7 * 24 * 3600 * 1000;

/// A time of a descriptor: milliseconds, from 1 to those of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Millis(pub(super) Duration);

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Deserialize::deserialize(deserializer)? {
            OrZero(None) => Err(de::Error::custom("a time is at least 1 millisecond")),
            OrZero(Some(time)) => Ok(Millis(time)),
        }
    }
}

/// The same, or 0 for no such time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OrZero(pub(super) Option<Duration>);

impl<'de> Deserialize<'de> for OrZero {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl de::Visitor<'_> for Number {
            type Value = u64;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of milliseconds")
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<u64, E> {
                Ok(number)
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<u64, E> {
                u64::try_from(number).map_err(|_| E::custom("a time is not negative"))
            }
        }
        let millis = deserializer.deserialize_u64(Number)?;
        if millis > LONGEST {
            return Err(de::Error::custom("a time is no longer than a week"));
        }
        Ok(OrZero((millis > 0).then(|| Duration::from_millis(millis))))
    }
}
