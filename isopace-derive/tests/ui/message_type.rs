//! Message types that are none, or those of a repeat.
use isopace::types::Stan;
use isopace::{Iso8583, iso87a};

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "200")]
struct ThreeDigits {
    #[iso8583(11)]
    stan: Stan,
}

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "02x0")]
struct NoDigit {
    #[iso8583(11)]
    stan: Stan,
}

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0601")]
struct Repeat {
    #[iso8583(11)]
    stan: Stan,
}

fn main() {}
