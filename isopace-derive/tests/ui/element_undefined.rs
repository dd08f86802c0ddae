//! Elements and paths that the dialect does not have.
use isopace::types::{Stan, Text};
use isopace::{Iso8583, iso87a};

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0600")]
struct Undefined<'a> {
    #[iso8583(11)]
    stan: Stan,
    #[iso8583(129)]
    no_such_element: Text<'a>,
    #[iso8583("55.9F99")]
    no_such_tag: Option<&'a [u8]>,
    #[iso8583("90.6")]
    no_such_position: Option<Text<'a>>,
    #[iso8583("48.1")]
    no_inside: Option<Text<'a>>,
    #[iso8583("130.1.2")]
    no_such_element_with_inside: Option<Text<'a>>,
    #[iso8583("90.2.1")]
    no_inside_deeper: Option<Text<'a>>,
    #[iso8583("55.9G26")]
    no_hex: Option<&'a [u8]>,
}

fn main() {}
