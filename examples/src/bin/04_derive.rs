//! A struct of one's own over a message, checked against the dialect when it is compiled.

use isopace::types::{Mti, Pan, Stan};
use isopace::{Iso8583, Unlisted, iso87a};

/// What a terminal needs to know of the answer to a purchase. The rest of the message is kept in `unlisted`.
#[derive(Debug, Iso8583)]
#[iso8583(dialect = iso87a, mti = "0210")]
struct Answer<'a> {
    #[iso8583(mti)]
    mti: Mti,
    #[iso8583(2)]
    pan: Option<Pan<'a>>,
    #[iso8583(3)]
    processing_code: &'a str,
    #[iso8583(4)]
    amount: u64,
    #[iso8583(7)]
    sent: &'a str,
    #[iso8583(11)]
    stan: Stan,
    #[iso8583(39)]
    response_code: iso87a::ResponseCode,
    #[iso8583("55.91")]
    issuer_authentication_data: Option<&'a [u8]>,
    #[iso8583(unlisted)]
    unlisted: Unlisted<'a>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let wire = iso87a::Message::build()
        .mti("0210")
        .pan(&Pan::new("4012345678909")?)
        .processing_code("000000".parse()?)
        .amount(isopace::types::Amount::minor(2500))
        .stan(Stan::new(123_456)?)
        .response_code("00")
        .terminal_id("TERM0001")
        .untyped()
        .set(7, "1120072155")
        .set_leaf("55.91", "0102030405060708")
        .finish()?;

    let message = iso87a::Message::parse(wire.clone())?;
    let answer = Answer::try_from(&message)?;
    println!("{answer:?}");

    // What the struct does not name is written again as it came.
    assert_eq!(answer.pack()?, wire);

    // All that is wrong is told at once.
    let broken = iso87a::Message::parse(message.edit().remove(11).remove(39).finish()?)?;
    if let Err(violations) = Answer::try_from(&broken) {
        println!("{violations}");
    }
    Ok(())
}
