//! Keys that do not exist.
use isopace::types::{Mti, Stan, Text};
use isopace::{Iso8583, Unlisted, iso87a};

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0600", length = 8)]
struct Misspelt<'a> {
    #[iso8583(11)]
    stan: Stan,
    #[iso8583(mtl)]
    mti: Mti,
    #[iso8583(unlistd)]
    rest: Unlisted<'a>,
    #[iso8583(skip)]
    skipped: Text<'a>,
}

#[derive(Iso8583)]
#[iso8583(dialct = iso87a, mti = "0600")]
struct Dialect {
    #[iso8583(11)]
    stan: Stan,
}

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, composit = "55")]
struct Composite {
    #[iso8583("9F26")]
    cryptogram: [u8; 8],
}

fn main() {}
