//! Forwarding a message with a change, and answering one.

use std::error::Error;

use isopace::iso87a::{Message, ResponseCode};
use isopace::types::{Amount, Currency, MonthDay, MonthDayTime, Pan, ProcessingCode, Stan, Time};
use isopace_examples::show;

fn main() -> Result<(), Box<dyn Error>> {
    let request = Message::parse(
        Message::build()
            .mti("0200")
            .pan(&Pan::new("4012345678909")?)
            .processing_code(ProcessingCode::new("000000")?)
            .amount(Amount::minor(2500))
            .transmission_date_time(MonthDayTime::new(MonthDay::new(11, 20)?, Time::new(7, 21, 55)?))
            .stan(Stan::new(123_456)?)
            .local_time(Time::new(7, 21, 55)?)
            .local_date(MonthDay::new(11, 20)?)
            .terminal_id("TERM0001")
            .card_acceptor_id("MERCHANT0000001")
            .currency(Currency::USD)
            .finish()?,
    )?;
    println!("received {}", request.mti());
    print!("{}", show::values(&request));

    // A gateway adds a fee and says who it is. What it does not touch goes on bit for bit.
    let amount = request.amount()?.unwrap_or_default();
    let with_fee = amount.checked_add(Amount::minor(100)).ok_or("too much")?;
    let mut edit = request.edit();
    edit.amount(with_fee).acquiring_institution("99001");
    let forwarded = Message::parse(edit.finish()?)?;
    println!("forwarded {}", forwarded.mti());
    print!("{}", show::values(&forwarded));

    // The issuer answers by the rules of the spec: which message type, which elements are echoed.
    let mut reply = forwarded.reply()?;
    reply.response_code(ResponseCode::APPROVED).approval_code("000001");
    let reply = Message::parse(reply.finish()?)?;
    println!("answered {}", reply.mti());
    print!("{}", show::values(&reply));
    Ok(())
}
