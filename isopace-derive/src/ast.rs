//! The struct as it is written, and as it is understood.

use proc_macro2::Span;
use syn::{Data, DeriveInput, Fields, Generics, Ident, Lifetime, LitStr, Path, Type};

use crate::attr::{self, FieldAttr, Place, StructAttr};
use crate::ctxt::Ctxt;
use crate::tree::Node;

/// What the derive was put on, its attributes read but not judged.
pub(crate) struct Parsed<'i> {
    pub(crate) name: &'i Ident,
    pub(crate) generics: &'i Generics,
    pub(crate) attr: StructAttr,
    pub(crate) fields: Vec<(&'i Ident, &'i Type, FieldAttr)>,
}

/// A struct that can be expanded.
pub(crate) struct Input<'i> {
    pub(crate) name: &'i Ident,
    pub(crate) generics: &'i Generics,
    pub(crate) lifetime: Option<&'i Lifetime>,
    /// Path of the generated module.
    pub(crate) dialect: &'i Path,
    pub(crate) target: Target<'i>,
    /// The members by place, ascending.
    pub(crate) members: Vec<Node<'i>>,
    /// The field that holds the message type.
    pub(crate) mti: Option<&'i Ident>,
    /// The field that holds the elements not named.
    pub(crate) unlisted: Option<&'i Ident>,
}

/// What a struct stands for.
pub(crate) enum Target<'i> {
    /// A message of this type.
    Message(&'i LitStr),
    /// The inside of the field at this path.
    Composite(Place),
}

/// A field that is an element, or a value inside one.
pub(crate) struct Member<'i> {
    pub(crate) name: &'i Ident,
    /// Its type, `Option` taken off.
    pub(crate) ty: &'i Type,
    pub(crate) is_optional: bool,
    /// Where its path is written.
    pub(crate) span: Span,
}

/// Reads what the derive was put on.
pub(crate) fn parse<'i>(input: &'i DeriveInput, ctxt: &mut Ctxt) -> Parsed<'i> {
    let attr = attr::of_struct(&input.attrs, &input.ident, ctxt);
    let named = "only a struct with named fields can stand for a message";
    let mut fields = Vec::new();
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(named) => {
                for field in &named.named {
                    if let (Some(name), Some(attr)) = (&field.ident, attr::of_field(field, ctxt)) {
                        fields.push((name, &field.ty, attr));
                    }
                }
            }
            Fields::Unnamed(_) | Fields::Unit => ctxt.error(&input.ident, named),
        },
        Data::Enum(data) => ctxt.error_at(data.enum_token.span, named),
        Data::Union(data) => ctxt.error_at(data.union_token.span, named),
    }
    Parsed { name: &input.ident, generics: &input.generics, attr, fields }
}
