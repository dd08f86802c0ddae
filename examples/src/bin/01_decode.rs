//! Reading a received message.

use std::error::Error;

use isopace::iso87a::Message;
use isopace_examples::show;

/// A purchase with chip data, as it might come in: 0200 with DE 2, 3, 4, 11, 41, 49 and 55.
const RECEIVED: &str = "
    30323030 37303230303030303030383038323030
    3133 34303132333435363738393039
    303030303030 303030303030303032353030 313233343536 5445524D30303031 383430
    303235 9F26081122334455667788 9F270180 9F3602001D 5F2A020840";

fn main() -> Result<(), Box<dyn Error>> {
    let bytes = show::bytes(RECEIVED).ok_or("not hex")?;

    // Bitmaps and lengths are proven here; nothing is copied.
    let message = Message::parse(bytes)?;

    // Content is proven where it is read. An absent element is None, a wrong one an error with path and byte.
    println!("message type {}", message.mti());
    if let (Some(amount), Some(currency)) = (message.amount()?, message.currency()?) {
        println!("amount {} {}", amount.in_currency(currency), currency.alpha().unwrap_or("?"));
    }
    if let Some(pan) = message.pan()? {
        println!("card {pan}, whose last digits are {}", pan.last_four().unwrap_or("too few"));
    }

    // By number, for programs that go by configuration; and by path, into chip data.
    println!("STAN {:?}", message.get::<isopace::types::Stan>(11)?);
    println!("cryptogram information {:02X?}", message.at::<&[u8]>("55.9F27")?);

    // Everything there is, masked as the spec says. The same goes for Debug, so that a log line is safe.
    print!("{}", show::values(&message));

    // A broken message is refused with the place where it broke; never with what stood there.
    let broken = message.as_bytes().slice(..50);
    if let Err(error) = Message::parse(broken) {
        println!("broken: {error}");
    }
    Ok(())
}
