//! A derived struct to bytes, by way of [`typed`], to which a composite is one value.

use std::convert::Infallible;
use std::fmt;

use bytes::Bytes;

use super::inside::{encode, inside, units};
use super::{Members, Walker};
use crate::msg::codec::Encode;
use crate::msg::dialect::Dialect;
use crate::msg::field::{Field, Key};
use crate::msg::typed::{self, Fields, Unlisted, Visitor};
use crate::msg::{Error, mask};
use crate::types::Mti;
use crate::wire::{Body, Buffer, Fault, Rule};

/// Writes a struct out: one allocation of the right size.
///
/// # Errors
/// A value that does not fit its element.
#[inline]
pub fn pack<T: Fields + Members>(
    dialect: &'static Dialect,
    mti: Mti,
    value: &T,
    unlisted: Unlisted<'_>,
) -> Result<Bytes, Error> {
    typed::pack(dialect, mti, value, unlisted).map_err(|error| exact(value, error))
}

/// Appends a struct to a buffer.
///
/// # Errors
/// A value that does not fit its element; the buffer then holds a part of the message.
#[inline]
pub fn pack_into<T: Fields + Members>(
    dialect: &'static Dialect,
    mti: Mti,
    value: &T,
    unlisted: Unlisted<'_>,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    typed::pack_into(dialect, mti, value, unlisted, out).map_err(|error| exact(value, error))
}

/// Shows the members of a message to a visitor, composites as one value.
///
/// # Errors
/// The visitor's.
#[inline(always)]
pub fn visit<T: Members, V: Visitor>(value: &T, visitor: &mut V) -> Result<(), V::Error> {
    struct Visit<'v, V>(&'v mut V);
    impl<V: Visitor> Walker for Visit<'_, V> {
        type Error = V::Error;

        #[inline(always)]
        fn leaf<T: Encode + fmt::Debug>(&mut self, field: &'static Field, value: &T) -> Result<(), V::Error> {
            self.0.field(field, value)
        }

        #[inline(always)]
        fn inside<T: Members>(&mut self, field: &'static Field, members: &T) -> Result<(), V::Error> {
            self.0.field(field, &Nested { field, members })
        }
    }
    value.walk(&mut Visit(visitor))
}

/// A composite given by its members, as one value.
struct Nested<'m, T> {
    field: &'static Field,
    members: &'m T,
}

impl<T: Members> Encode for Nested<'_, T> {
    #[inline]
    fn units(&self, _: &Rule) -> usize {
        units(self.field, self.members)
    }

    #[inline]
    fn encode<O: Buffer>(&self, body: Body<'_, O>) -> Result<(), Fault> {
        encode(self.field, self.members, body)
    }
}

impl<T: Members> fmt::Debug for Nested<'_, T> {
    /// Masked as the spec says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Print<'a, 'f, 'b>(&'a mut fmt::DebugStruct<'f, 'b>);
        impl Walker for Print<'_, '_, '_> {
            type Error = Infallible;

            fn leaf<T: Encode + fmt::Debug>(&mut self, field: &'static Field, value: &T) -> Result<(), Infallible> {
                mask::shown(field, value, value.units(&field.rule), self.0);
                Ok(())
            }

            fn inside<T: Members>(&mut self, field: &'static Field, members: &T) -> Result<(), Infallible> {
                self.0.field(field.ident, &Nested { field, members });
                Ok(())
            }
        }
        let mut shown = f.debug_struct(self.field.ident);
        match self.members.walk(&mut Print(&mut shown)) {
            Ok(()) => {}
            Err(never) => match never {},
        }
        shown.finish()
    }
}

/// The error that writing a composite gave, with the path of the child that it is about.
#[cold]
fn exact<T: Members>(value: &T, error: Error) -> Error {
    struct Locate(Error);
    impl Walker for Locate {
        type Error = Error;

        fn leaf<T: Encode + fmt::Debug>(&mut self, _: &'static Field, _: &T) -> Result<(), Error> {
            Ok(())
        }

        fn inside<T: Members>(&mut self, field: &'static Field, members: &T) -> Result<(), Error> {
            match (field.key, self.0.path().number()) {
                (Key::Number(number), Some(at)) if number == u16::from(at) => {
                    inside(field, members, self.0.path()).map(drop)
                }
                _ => Ok(()),
            }
        }
    }
    value.walk(&mut Locate(error)).err().unwrap_or(error)
}
