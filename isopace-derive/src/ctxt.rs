//! All mistakes of one derive, told together.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// Collects errors.
#[derive(Default)]
pub(crate) struct Ctxt {
    errors: Option<syn::Error>,
}

impl Ctxt {
    /// A mistake in these tokens.
    pub(crate) fn error(&mut self, at: &impl ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(at, message));
    }

    /// A mistake at this place.
    pub(crate) fn error_at(&mut self, at: Span, message: impl std::fmt::Display) {
        self.push(syn::Error::new(at, message));
    }

    /// A mistake that the parser found.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.errors {
            Some(errors) => errors.combine(error),
            None => self.errors = Some(error),
        }
    }

    /// The value that parsing gave, or nothing and its mistake kept.
    pub(crate) fn keep<T>(&mut self, parsed: syn::Result<T>) -> Option<T> {
        parsed.map_err(|error| self.push(error)).ok()
    }

    /// The compiler's errors, if there were mistakes.
    pub(crate) fn into_errors(self) -> Option<TokenStream> {
        self.errors.map(syn::Error::into_compile_error)
    }
}
