//! Structs for an inside that is not there, or is that of another element.
use isopace::types::Stan;
use isopace::{Iso8583, iso87a};

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, composite = "55")]
struct Icc {
    #[iso8583("9F26")]
    cryptogram: [u8; 8],
    #[iso8583("9F99")]
    no_such_tag: Option<[u8; 8]>,
}

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, composite = "90")]
struct Original {
    #[iso8583(2)]
    stan: Stan,
    #[iso8583(7)]
    no_such_position: Option<String>,
}

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, composite = "48")]
struct NoInside {
    #[iso8583(1)]
    first: u8,
}

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0600")]
struct Misplaced {
    #[iso8583(55)]
    original: Option<Original>,
    #[iso8583(41)]
    icc: Icc,
}

fn main() {}
