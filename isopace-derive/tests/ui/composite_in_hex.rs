//! Nothing can be borrowed from an inside that stands as hex.
use isopace::Iso8583;

#[path = "../dialects/mod.rs"]
mod dialects;
use dialects::tiny;

#[derive(Iso8583)]
#[iso8583(dialect = tiny, composite = "60")]
struct Icc<'a> {
    #[iso8583("9F10")]
    application: &'a [u8],
}

#[derive(Iso8583)]
#[iso8583(dialect = tiny, mti = "0100")]
struct Nested<'a> {
    #[iso8583(60)]
    icc: Option<Icc<'a>>,
}

#[derive(Iso8583)]
#[iso8583(dialect = tiny, mti = "0100")]
struct Flat<'a> {
    #[iso8583("60.9F26")]
    cryptogram: [u8; 8],
    #[iso8583("60.9F10")]
    application: Option<&'a [u8]>,
}

fn main() {}
