//! A mistake is told, and nothing that follows from it: what uses the struct still compiles.
use isopace::types::Stan;
use isopace::{Edit, Iso8583, iso87a};

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0600")]
struct Message<'a> {
    #[iso8583(11)]
    stan: Stan,
    #[iso8583(55)]
    icc: Option<Icc<'a>>,
    forgotten: &'a str,
}

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, composite = "55")]
struct Icc<'a> {
    #[iso8583("9F26")]
    cryptogram: [u8; 8],
    forgotten: &'a str,
}

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0600")]
struct Right<'a> {
    #[iso8583(55)]
    icc: Option<Icc<'a>>,
}

fn uses(message: &iso87a::Message, icc: Icc<'_>) -> Result<(), Box<dyn std::error::Error>> {
    let read = Message::try_from(message)?;
    read.pack()?;
    read.pack_into(&mut Vec::new())?;
    assert_eq!(Message::MTI, "0600");
    Edit::build(&iso87a::DIALECT).set(55, &icc);
    Right { icc: Some(icc) }.pack()?;
    Ok(())
}

fn main() {
    let _ = uses;
}
