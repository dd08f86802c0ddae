//! Writing a message from a struct: without a mandatory element it does not compile.

use std::error::Error;

use isopace::iso87a::{FinancialRequest, FinancialRequestMandatory, IccData, Message, PosConditionCode};
use isopace::types::{Amount, Currency, MonthDay, MonthDayTime, Pan, ProcessingCode, Stan, Time};
use isopace_examples::show;

fn main() -> Result<(), Box<dyn Error>> {
    let mut request = FinancialRequest::new(FinancialRequestMandatory {
        pan: Pan::new("4012345678909")?,
        processing_code: ProcessingCode::new("000000")?,
        amount: Amount::parse_major("25.00", Currency::USD)?,
        transmission_date_time: MonthDayTime::new(MonthDay::new(11, 20)?, Time::new(7, 21, 55)?),
        stan: Stan::new(123_456)?,
        local_time: Time::new(7, 21, 55)?,
        local_date: MonthDay::new(11, 20)?,
        pos_entry_mode: "051".into(),
        pos_condition_code: PosConditionCode::NORMAL_PRESENTMENT,
        terminal_id: "TERM0001".into(),
        card_acceptor_id: "MERCHANT0000001".into(),
        currency: Currency::USD,
    });

    // Everything else is an Option.
    request.rrn = Some("000000123456".into());
    request.icc_data = Some(IccData::from_bytes(&[0x9F, 0x27, 0x01, 0x80, 0x5F, 0x2A, 0x02, 0x08, 0x40][..])?);

    // Debug masks; the bytes have all of it.
    println!("{request:#?}");
    let wire = request.pack()?;
    println!("{} bytes", wire.len());

    // The way back: from a message, with everything that is wrong told at once.
    let message = Message::parse(wire)?;
    let read = FinancialRequest::try_from(&message)?;
    assert_eq!(read.amount, request.amount);
    print!("{}", show::values(&message));

    // A message that lacks something says all that it lacks.
    let short = Message::parse(message.edit().remove(4).remove(41).remove(49).finish()?)?;
    if let Err(violations) = FinancialRequest::try_from(&short) {
        for violation in violations.iter() {
            println!("refused: {violation}");
        }
    }
    Ok(())
}
