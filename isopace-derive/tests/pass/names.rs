//! Names of the user never meet those of the expansion, wherever the struct is.
#![deny(warnings)]
#![allow(dead_code)]

mod elsewhere {
    pub use isopace::iso87a as dialect;
}

#[derive(isopace::Iso8583)]
#[iso8583(dialect = elsewhere::dialect, mti = "0600")]
struct Names<'members> {
    #[iso8583(mti)]
    message: isopace::types::Mti,
    #[iso8583(2)]
    gather: std::option::Option<isopace::types::Pan<'members>>,
    #[iso8583(11)]
    value: ::isopace::types::Stan,
    #[iso8583(41)]
    r#type: &'members str,
    #[iso8583("55.95")]
    opened_55: Option<&'members [u8]>,
    #[iso8583("55.9F26")]
    walker: Option<[u8; 8]>,
    #[iso8583(unlisted)]
    out: isopace::Unlisted<'members>,
}

/// Shadows of what the expansion needs.
#[allow(non_camel_case_types, non_upper_case_globals)]
mod shadows {
    pub struct Some;
    pub struct Ok;
    pub struct Result;
    pub struct Option;
    pub const message: u8 = 0;
    pub const stan: u8 = 0;

    #[derive(isopace::Iso8583)]
    #[iso8583(dialect = isopace::iso87a, mti = "0600")]
    struct Shadowed {
        #[iso8583(11)]
        stan: isopace::types::Stan,
        #[iso8583(4)]
        message: core::option::Option<u64>,
    }
}

macro_rules! by_macro {
    ($name:ident, $dialect:path, $number:literal, $type:ty) => {
        #[derive(isopace::Iso8583)]
        #[iso8583(dialect = $dialect, mti = "0600")]
        struct $name {
            #[iso8583($number)]
            field: $type,
        }
    };
}

by_macro!(ByMacro, isopace::iso87a, 11, isopace::types::Stan);

fn main() {
    #[derive(isopace::Iso8583)]
    #[iso8583(dialect = isopace::iso87a, mti = "0600")]
    struct Local {
        #[iso8583(11)]
        stan: isopace::types::Stan,
    }
    let stan = isopace::types::Stan::new(1).unwrap();
    assert!(Local { stan }.pack().is_ok());
    assert!(ByMacro { field: stan }.pack().is_ok());
}
