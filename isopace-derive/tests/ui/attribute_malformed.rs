//! Attributes that are written wrongly.
use isopace::types::{Stan, Text};
use isopace::{Iso8583, iso87a};

#[derive(Iso8583)]
#[iso8583(dialect = "iso87a", mti = 200)]
struct WrongValues<'a> {
    #[iso8583]
    nothing: Stan,
    #[iso8583()]
    empty: Stan,
    #[iso8583 = 11]
    equals: Stan,
    #[iso8583(-11)]
    negative: Stan,
    #[iso8583(11, 12)]
    two: Stan,
    #[iso8583(11u8)]
    suffix: Stan,
    #[iso8583(2.5)]
    float: Text<'a>,
}

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, composite)]
struct NoValue {
    #[iso8583("9F26")]
    cryptogram: [u8; 8],
}

#[derive(Iso8583)]
#[iso8583(dialect = iso87a; mti = "0600")]
struct NoComma {
    #[iso8583(11)]
    stan: Stan,
}

fn main() {}
