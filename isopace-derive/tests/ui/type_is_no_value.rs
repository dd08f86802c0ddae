//! A type that no element can be read into.
use isopace::{Iso8583, iso87a};

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0600")]
struct Float {
    #[iso8583(4)]
    amount: f64,
}

fn main() {}
