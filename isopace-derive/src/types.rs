//! What can be seen of a field's type: whether it is an `Option`, whether it borrows, and how to name it.

use proc_macro2::{Delimiter, Group, Ident, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericArgument, PathArguments, Type};

/// The `T` of `Option<T>`.
pub(crate) fn inside_option(ty: &Type) -> Option<&Type> {
    let ty = match ty {
        Type::Group(group) => &*group.elem,
        Type::Paren(paren) => &*paren.elem,
        ty => ty,
    };
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match (last.ident == "Option", arguments.args.len(), arguments.args.first()) {
        (true, 1, Some(GenericArgument::Type(inside))) => Some(inside),
        _ => None,
    }
}

/// Whether it names a lifetime other than `'static`, and so may borrow from the message.
pub(crate) fn borrows(ty: &Type) -> bool {
    fn any(tokens: TokenStream) -> bool {
        let mut quote = false;
        tokens.into_iter().any(|token| match token {
            TokenTree::Group(group) => any(group.stream()),
            TokenTree::Ident(ident) => std::mem::take(&mut quote) && ident != "static",
            TokenTree::Punct(punct) => {
                quote = punct.as_char() == '\'';
                false
            }
            TokenTree::Literal(_) => false,
        })
    }
    any(ty.to_token_stream())
}

/// The type with every lifetime `'static`, for a constant.
pub(crate) fn in_constant(ty: &Type) -> TokenStream {
    fn each(tokens: TokenStream) -> TokenStream {
        let mut quote = false;
        let replaced = tokens.into_iter().map(|token| match token {
            TokenTree::Group(group) => {
                let mut anew = Group::new(group.delimiter(), each(group.stream()));
                anew.set_span(group.span());
                TokenTree::Group(anew)
            }
            TokenTree::Ident(ident) if std::mem::take(&mut quote) => {
                TokenTree::Ident(Ident::new("static", ident.span()))
            }
            TokenTree::Punct(punct) => {
                quote = punct.as_char() == '\'';
                TokenTree::Punct(punct)
            }
            token => token,
        });
        replaced.collect()
    }
    each(ty.to_token_stream())
}

/// The type as people write it, without lifetimes: `&str`, `Pan`, `Option<[u8; 8]>`.
pub(crate) fn name(ty: &Type) -> String {
    let mut text = String::new();
    spell(ty.to_token_stream(), &mut text);
    text.replace("<>", "").replace("<, ", "<")
}

fn spell(tokens: TokenStream, text: &mut String) {
    let mut in_lifetime = false;
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                spell(group.stream(), text);
                text.push_str(close);
            }
            TokenTree::Ident(_) if in_lifetime => in_lifetime = false,
            TokenTree::Punct(punct) if punct.as_char() == '\'' => in_lifetime = true,
            TokenTree::Punct(punct) => {
                text.push(punct.as_char());
                if matches!(punct.as_char(), ',' | ';') && punct.spacing() == Spacing::Alone {
                    text.push(' ');
                }
            }
            token => {
                if text.ends_with(|last: char| last.is_alphanumeric() || last == '_') {
                    text.push(' ');
                }
                text.push_str(&token.to_string());
            }
        }
    }
}

/// The first and the last place of some tokens: an expression between them has all of the tokens as its place.
pub(crate) fn ends(tokens: &impl ToTokens) -> (Span, Span) {
    let mut spans = tokens.to_token_stream().into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    (first, spans.last().unwrap_or(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_named_as_people_write_them() {
        for (written, named, lends, constant) in [
            ("& 'a str", "&str", true, "&'static str"),
            ("&'static str", "&str", false, "&'static str"),
            ("Pan<'a>", "Pan", true, "Pan<'static>"),
            ("isopace::types::Pan<'a>", "isopace::types::Pan", true, "isopace::types::Pan<'static>"),
            ("Cow<'a, [u8]>", "Cow<[u8]>", true, "Cow<'static, [u8]>"),
            ("[u8; 8]", "[u8; 8]", false, "[u8; 8]"),
            ("Vec<(u8, &'a dyn Any)>", "Vec<(u8, &dyn Any)>", true, "Vec<(u8, &'static dyn Any)>"),
        ] {
            let ty: Type = syn::parse_str(written).unwrap();
            assert_eq!(name(&ty), named);
            assert_eq!(borrows(&ty), lends, "{written}");
            assert_eq!(in_constant(&ty).to_string().replace(' ', ""), constant.replace(' ', ""));
        }
    }

    #[test]
    fn options_are_seen_however_they_are_spelt() {
        for (written, inside) in [
            ("Option<Stan>", Some("Stan")),
            ("std::option::Option<&'a str>", Some("&str")),
            ("::core::option::Option<[u8; 8]>", Some("[u8; 8]")),
            ("Stan", None),
            ("Optional<Stan>", None),
        ] {
            let ty: Type = syn::parse_str(written).unwrap();
            assert_eq!(inside_option(&ty).map(name).as_deref(), inside);
        }
    }
}
