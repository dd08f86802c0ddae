//! Building the inside of a composite from its children, without a message around it.

use super::field::Field;
use super::{Encode, Error, Path, View, object, splice};
use crate::wire::{Body, ErrorKind, Raw};

/// The inside of a composite in the making. [`View`] is what it becomes; the types of generated code have a `build`
/// that hands one out:
///
/// ```
/// use isopace::iso87a::{IccData, icc_data::element};
/// use isopace::types::Amount;
///
/// let icc = IccData::build(|inside| {
///     inside
///         .put(element::AMOUNT_AUTHORIZED, &Amount::minor(2500))
///         .put(element::APPLICATION_TRANSACTION_COUNTER, &[0x00, 0x1C])
///         .set("9F26", "3F2AB11E9B5C7D01");
/// })?;
/// assert_eq!(icc.as_bytes()[..9], [0x9F, 0x02, 0x06, 0, 0, 0, 0, 0x25, 0]);
/// # Ok::<(), isopace::Error>(())
/// ```
#[derive(Clone)]
pub struct Inside {
    field: &'static Field,
    path: Path,
    bytes: Vec<u8>,
    /// Something may be unfinished.
    partial: bool,
    error: Option<Error>,
}

impl Inside {
    /// Nothing yet, to stand in this element.
    #[must_use]
    pub const fn of(field: &'static Field) -> Self {
        Inside { field, path: View::path_of(field), bytes: Vec::new(), partial: false, error: None }
    }

    /// Adds a child that the dialect lists. Behind all others where children have tags or names, so that one can be
    /// repeated; at its place where they have numbers.
    pub fn put<T: Encode + ?Sized>(&mut self, child: &'static Field, value: &T) -> &mut Self {
        if let Err(error) = self.try_put(child, value) {
            self.error.get_or_insert(error);
        }
        self
    }

    fn try_put<T: Encode + ?Sized>(&mut self, child: &'static Field, value: &T) -> Result<(), Error> {
        let here = self.path.child(child.key);
        let composite = self.field.composite.ok_or_else(|| Error::new(here, 0, ErrorKind::Path))?;
        if composite.field(child.key) != Some(child) {
            return Err(Error::new(here, 0, ErrorKind::Undefined));
        }
        let mut written = Vec::new();
        value.encode(Body::new(&child.rule, &mut written)).map_err(|fault| Error::within(here, 0, fault))?;
        let content = written.get(child.rule.prefix_bytes()..).unwrap_or_default();
        let units = child.rule.units(&written, 0, content.len());
        if composite.kind.is_labelled() {
            return object::write(composite.kind, child.key.label(), units, content, &mut self.bytes)
                .map_err(|kind| Error::new(here, 0, kind));
        }
        let leaf = Raw::new(content, units, &child.rule).leaf().map_err(|fault| Error::within(here, 0, fault))?;
        self.try_set(&child.key.to_string(), &leaf)
    }

    /// Sets the value at a dotted path within from its form in JSON: text as it stands, hex for bytes.
    pub fn set(&mut self, path: &str, value: &str) -> &mut Self {
        if let Err(error) = self.try_set(path, value) {
            self.error.get_or_insert(error);
        }
        self
    }

    fn try_set(&mut self, path: &str, value: &str) -> Result<(), Error> {
        self.bytes = splice::set(self.field, &self.bytes, self.path, path, value, &mut self.partial)?;
        Ok(())
    }

    /// The inside as it is now.
    ///
    /// # Errors
    /// The first thing that went wrong while it was built; something left unfinished.
    pub fn finish(self) -> Result<View<'static>, Error> {
        if let Some(error) = self.error {
            return Err(error);
        }
        if self.partial {
            splice::complete(self.field, &self.bytes, self.path)?;
        }
        View::from_bytes(self.field, self.bytes)
    }
}

impl std::fmt::Debug for Inside {
    /// Where it belongs; no content.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inside").field("path", &format_args!("{}", self.path)).finish_non_exhaustive()
    }
}
