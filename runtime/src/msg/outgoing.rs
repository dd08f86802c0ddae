//! What can be sent.

use std::ops::Deref;

use super::{Edit, Error, Message};

/// A message that can be written: a typed struct, generated or derived; a [`Message`], an [`Edit`], or bytes in a
/// [`Wire`]; also behind a reference or a box, and as the types that generated code wraps them in.
///
/// Who sends it does not look at the dialect it was written for: that of the link has to be the same.
pub trait Outgoing {
    /// Appends the message.
    ///
    /// # Errors
    /// It cannot be written.
    fn write(&self, out: &mut Vec<u8>) -> Result<(), Error>;
}

/// Bytes of a message that has been written before: `mux.request(Wire(&bytes))`.
#[derive(Clone, Copy)]
pub struct Wire<'a>(pub &'a [u8]);

impl std::fmt::Debug for Wire<'_> {
    /// The length only.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Wire({} bytes)", self.0.len())
    }
}

impl Outgoing for Wire<'_> {
    fn write(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        out.extend_from_slice(self.0);
        Ok(())
    }
}

impl Outgoing for Message {
    fn write(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        out.extend_from_slice(self.as_bytes());
        Ok(())
    }
}

impl Outgoing for Edit<'_> {
    fn write(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        self.finish_into(out)
    }
}

impl<T: Deref + ?Sized> Outgoing for T
where
    T::Target: Outgoing,
{
    fn write(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        (**self).write(out)
    }
}
