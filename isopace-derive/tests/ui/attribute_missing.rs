//! Fields and structs that do not say what they are.
use isopace::types::Stan;
use isopace::{Iso8583, iso87a};

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0600")]
struct FieldWithout {
    #[iso8583(11)]
    stan: Stan,
    amount: u64,
    other: u64,
}

#[derive(Iso8583)]
struct StructWithout {
    #[iso8583(11)]
    stan: Stan,
}

#[derive(Iso8583)]
#[iso8583(mti = "0600")]
struct WithoutDialect {
    #[iso8583(11)]
    stan: Stan,
}

#[derive(Iso8583)]
#[iso8583(dialect = iso87a)]
struct WithoutTarget {
    #[iso8583(11)]
    stan: Stan,
}

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0600", composite = "55")]
struct BothTargets {
    #[iso8583(11)]
    stan: Stan,
}

fn main() {}
