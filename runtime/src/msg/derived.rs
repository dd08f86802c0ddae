//! What the expansion of `#[derive(Iso8583)]` calls. Not for use by itself: none of it is stable.
//!
//! A derived struct says once which field is which element ([`Members::walk`]); writing, measuring and printing are
//! walkers over that list. [`Value`] is what a field of it may be: a value of an element, or a struct for its inside.
#![doc(hidden)]

mod check;
mod gather;
mod inside;
mod read;
mod text;
mod write;

pub use check::{complete, composite, defined, field, fits};
pub use gather::Gather;
pub use inside::{encode, units};
pub use read::{Inner, Inside, Opened, Read, Source, from_view, read_borrowed, read_owned};
pub use write::{pack, pack_into, visit};

use super::codec::{Decode, Encode};
use super::composite::View;
use super::field::Field;
use super::holds::Holds;

/// Which fields of a dialect a type fits.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Values that it can hold.
    Holds(Holds),
    /// The inside of this one field of this dialect.
    Inside {
        /// Name of the dialect.
        dialect: &'static str,
        /// Path of the field.
        path: &'static str,
    },
    /// The inside of any composite, as a view.
    View,
    /// Any: what is wrong with the type has been told already.
    Told,
}

/// What a field of a derived struct can be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the value of a data element",
    label = "not the value of a data element",
    note = "a value implements `isopace::msg::Decode` and `Encode`, as `Pan`, `Amount`, `&str`, `u64` and `[u8; 8]` do",
    note = "a struct for the inside of an element derives `Iso8583` with `composite`; any inside is a `View`"
)]
pub trait Value<'a>: Sized {
    /// Which fields it fits.
    const SHAPE: Shape;

    /// Reads it and tells what is wrong.
    fn read<S: Source<'a>>(source: &S, field: &'static Field, gather: &mut Gather) -> Read<Self>;

    /// Shows it to a walker.
    ///
    /// # Errors
    /// The walker's.
    fn walk<W: Walker>(&self, field: &'static Field, walker: &mut W) -> Result<(), W::Error>;
}

#[diagnostic::do_not_recommend]
impl<'a, T: Decode<'a> + Encode + std::fmt::Debug> Value<'a> for T {
    const SHAPE: Shape = Shape::Holds(T::HOLDS);

    #[inline(always)]
    fn read<S: Source<'a>>(source: &S, field: &'static Field, gather: &mut Gather) -> Read<Self> {
        gather.told(source.read(field))
    }

    #[inline(always)]
    fn walk<W: Walker>(&self, field: &'static Field, walker: &mut W) -> Result<(), W::Error> {
        walker.leaf(field, self)
    }
}

impl<'a> Value<'a> for View<'a> {
    const SHAPE: Shape = Shape::View;

    fn read<S: Source<'a>>(source: &S, field: &'static Field, gather: &mut Gather) -> Read<Self> {
        gather.told(source.view(field))
    }

    #[inline]
    fn walk<W: Walker>(&self, field: &'static Field, walker: &mut W) -> Result<(), W::Error> {
        walker.leaf(field, self)
    }
}

/// A struct that lists its members.
pub trait Members {
    /// Shows each member that is there to the walker, ascending by number or tag.
    ///
    /// # Errors
    /// The first error of the walker.
    fn walk<W: Walker>(&self, walker: &mut W) -> Result<(), W::Error>;
}

/// What is done with each member.
pub trait Walker {
    /// What can go wrong.
    type Error;

    /// A value.
    ///
    /// # Errors
    /// The walker's.
    fn leaf<T: Encode + std::fmt::Debug>(&mut self, field: &'static Field, value: &T) -> Result<(), Self::Error>;

    /// A composite, given by its members.
    ///
    /// # Errors
    /// The walker's.
    fn inside<T: Members>(&mut self, field: &'static Field, members: &T) -> Result<(), Self::Error>;
}

/// Shows a member that is there.
///
/// # Errors
/// The walker's.
#[inline(always)]
pub fn mandatory<'a, T: Value<'a>, W: Walker>(
    value: &T,
    field: &'static Field,
    walker: &mut W,
) -> Result<(), W::Error> {
    value.walk(field, walker)
}

/// Shows a member that may be there.
///
/// # Errors
/// The walker's.
#[inline(always)]
pub fn optional<'a, T: Value<'a>, W: Walker>(
    value: &Option<T>,
    field: &'static Field,
    walker: &mut W,
) -> Result<(), W::Error> {
    match value {
        Some(value) => value.walk(field, walker),
        None => Ok(()),
    }
}

/// Shows a composite that is there when any of its members is.
///
/// # Errors
/// The walker's.
#[inline]
pub fn group<T: Members, W: Walker>(members: &T, field: &'static Field, walker: &mut W) -> Result<(), W::Error> {
    if inside::is_empty(members) { Ok(()) } else { walker.inside(field, members) }
}
