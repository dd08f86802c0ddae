//! Changes of the generated code, read from the code itself: whatever is printed is compared, and nothing else.

use std::collections::BTreeMap;

use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Fields, Ident, ImplItem, Item, LitStr, Token, Visibility, braced};

use super::ApiChange;
use crate::emit;
use crate::model::Spec;

/// The public items of a spec: path, and what a caller relies on.
#[derive(Default)]
struct Items(BTreeMap<String, Declared>);

#[derive(PartialEq, Eq)]
struct Declared {
    text: String,
    /// The struct that a field belongs to: one more field breaks whoever writes the struct out.
    within: Option<String>,
}

pub(super) fn changes(old: &Spec, new: &Spec) -> Vec<ApiChange> {
    let (old, new) = (Items::of(old), Items::of(new));
    let mut changes = Vec::new();
    let names: std::collections::BTreeSet<&String> = old.0.keys().chain(new.0.keys()).collect();
    for name in names {
        let (before, after) = (old.0.get(name), new.0.get(name));
        if before.map(|one| &one.text) == after.map(|one| &one.text) {
            continue;
        }
        let breaking = match (before, after) {
            (None, Some(added)) => added.within.as_ref().is_some_and(|whole| old.0.contains_key(whole)),
            _ => true,
        };
        let text = |declared: &Declared| declared.text.clone();
        changes.push(ApiChange { item: name.clone(), old: before.map(text), new: after.map(text), breaking });
    }
    changes
}

impl Items {
    fn of(spec: &Spec) -> Self {
        let mut items = Items::default();
        for (_, text) in emit::rust(spec) {
            // What the printer writes is Rust; a file that were none would have nothing to compare.
            if let Ok(file) = syn::parse_file(&text) {
                items.all(&file.items, "");
            }
        }
        items
    }

    fn add(&mut self, path: String, text: &impl ToTokens, within: Option<String>) {
        self.0.insert(path, Declared { text: tidy(&text.to_token_stream().to_string()), within });
    }

    fn all(&mut self, items: &[Item], home: &str) {
        for item in items {
            self.item(item, home);
        }
    }

    fn item(&mut self, item: &Item, home: &str) {
        let public = |visibility: &Visibility| matches!(visibility, Visibility::Public(_));
        match item {
            Item::Mod(item) if public(&item.vis) => {
                if let Some((_, items)) = &item.content {
                    self.all(items, &format!("{home}{}::", item.ident));
                }
            }
            Item::Struct(item) if public(&item.vis) => {
                let whole = format!("{home}{}", item.ident);
                let (generics, marker) = (&item.generics, quote!(struct));
                self.add(whole.clone(), &quote!(#marker #generics), None);
                if let Fields::Named(fields) = &item.fields {
                    for field in fields.named.iter().filter(|field| public(&field.vis)) {
                        let name = field.ident.to_token_stream();
                        self.add(format!("{whole}.{name}"), &field.ty, Some(whole.clone()));
                    }
                }
            }
            Item::Impl(item) => {
                let on = tidy(&item.self_ty.to_token_stream().to_string());
                let on = on.split('<').next().unwrap_or_default();
                if let Some((path, _)) = &item.trait_ {
                    let (path, on_type) = (tidy(&path.to_token_stream().to_string()), &item.self_ty);
                    self.add(format!("{home}{on}: {path}"), &quote!(impl for #on_type), None);
                    return;
                }
                for member in &item.items {
                    if let ImplItem::Fn(function) = member
                        && public(&function.vis)
                    {
                        self.add(format!("{home}{on}::{}", function.sig.ident), &function.sig, None);
                    }
                }
            }
            Item::Static(item) if public(&item.vis) => self.add(format!("{home}{}", item.ident), &item.ty, None),
            Item::Const(item) if public(&item.vis) => self.add(format!("{home}{}", item.ident), &item.ty, None),
            Item::Fn(item) if public(&item.vis) => self.add(format!("{home}{}", item.sig.ident), &item.sig, None),
            Item::Use(item) if public(&item.vis) => {
                self.add(format!("{home}use {}", tidy(&item.tree.to_token_stream().to_string())), &quote!(use), None);
            }
            Item::Macro(item) => self.codes(item, home),
            Item::Enum(item) if public(&item.vis) => self.add(format!("{home}{}", item.ident), item, None),
            Item::Trait(item) if public(&item.vis) => self.add(format!("{home}{}", item.ident), item, None),
            Item::Type(item) if public(&item.vis) => self.add(format!("{home}{}", item.ident), &item.ty, None),
            _ => {}
        }
    }

    /// The types of open value sets. The other macro of generated code implements a struct that stands beside it.
    fn codes(&mut self, item: &syn::ItemMacro, home: &str) {
        let Ok(codes) = item.mac.parse_body::<Codes>() else {
            return;
        };
        let name = format!("{home}{}", codes.name);
        for constant in codes.constants {
            self.add(format!("{name}::{constant}"), &quote!(const), None);
        }
        self.add(name, &quote!(codes), None);
    }
}

/// `pub struct ResponseCode: 2 { APPROVED = "00" => "approved", }`
struct Codes {
    name: Ident,
    constants: Vec<Ident>,
}

impl Parse for Codes {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        input.parse::<Token![struct]>()?;
        let name = input.parse()?;
        while !input.peek(syn::token::Brace) {
            input.parse::<proc_macro2::TokenTree>()?;
        }
        let body;
        braced!(body in input);
        let mut constants = Vec::new();
        while !body.is_empty() {
            constants.push(body.parse()?);
            body.parse::<Token![=]>()?;
            body.parse::<LitStr>()?;
            body.parse::<Token![=>]>()?;
            body.parse::<LitStr>()?;
            body.parse::<Option<Token![,]>>()?;
        }
        Ok(Codes { name, constants })
    }
}

/// Tokens without the blanks between them that nobody writes, and without the paths that everybody knows.
fn tidy(tokens: &str) -> String {
    let mut text = tokens.to_owned();
    for (from, to) in [
        // Before the blanks around `::` go: these words end with one.
        ("impl :: core :: ", "impl "),
        ("mut :: isopace :: ", "mut "),
        (" :: ", "::"),
        (":: ", "::"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        ("& ", "&"),
        (" ,", ","),
        (",)", ")"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" ;", ";"),
        (" : ", ": "),
        (" ->", "->"),
        ("-> ", "->"),
        ("->", " -> "),
        ("::core::option::", ""),
        ("::core::result::", ""),
        ("::core::", ""),
        ("::isopace::", ""),
    ] {
        text = text.replace(from, to);
    }
    text.trim().to_owned()
}
