//! Only structs with named fields.
use isopace::types::Stan;
use isopace::{Iso8583, iso87a};

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0600")]
enum Enum {
    Variant,
}

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0600")]
struct Tuple(Stan);

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0600")]
struct Unit;

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0600")]
union Union {
    stan: Stan,
}

fn main() {}
