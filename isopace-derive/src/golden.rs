//! The expansion as people read it, held to the files in `tests/expand`. `BLESS=1` writes them anew.

use std::path::Path;

use quote::quote;
use syn::{Item, ItemStruct};

/// The structs of a file, each followed by what it expands to.
fn expanded(source: &str) -> String {
    let mut file = syn::parse_file(source).unwrap();
    let mut items = Vec::new();
    for item in file.items.drain(..) {
        let Item::Struct(mut item) = item else {
            items.push(item);
            continue;
        };
        let expansion: syn::File = syn::parse2(crate::derive(&syn::parse2(quote!(#item)).unwrap())).unwrap();
        strip(&mut item);
        items.push(Item::Struct(item));
        items.extend(expansion.items);
    }
    file.items = items;
    prettyplease::unparse(&file)
}

fn strip(item: &mut ItemStruct) {
    let ours = |attr: &syn::Attribute| attr.path().is_ident("derive") || attr.path().is_ident("iso8583");
    item.attrs.retain(|attr| !ours(attr));
    item.fields.iter_mut().for_each(|field| field.attrs.retain(|attr| !ours(attr)));
}

#[test]
fn expansions_are_as_checked_in() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expand");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().ends_with(".expanded.rs") {
            continue;
        }
        seen += 1;
        let found = expanded(&std::fs::read_to_string(&path).unwrap());
        let golden = path.with_extension("expanded.rs");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&golden, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&golden).unwrap_or_default();
        assert!(found == expected, "{} is not what the derive gives: run with BLESS=1 and look", golden.display());
    }
    assert!(seen > 0);
}
