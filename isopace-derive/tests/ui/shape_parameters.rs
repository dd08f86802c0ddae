//! No parameters but one lifetime.
use isopace::types::{Pan, Stan, Text};
use isopace::{Iso8583, iso87a};

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0600")]
struct Generic<T, const N: usize> {
    #[iso8583(11)]
    stan: T,
    #[iso8583(64)]
    mac: [u8; N],
}

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0600")]
struct TwoLifetimes<'a, 'b> {
    #[iso8583(2)]
    pan: Pan<'a>,
    #[iso8583(11)]
    stan: Stan,
    #[iso8583(41)]
    terminal: Text<'b>,
}

fn main() {}
