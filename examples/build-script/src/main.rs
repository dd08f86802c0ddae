//! A dialect of one's own, compiled by the build script: `specs/acme.toml` extends a shipped one and says what differs.

use isopace::types::{Amount, Currency, Pan, ProcessingCode, Stan};
use isopace_example_build_script::acme::{FinancialRequest, FinancialRequestMandatory, Loyalty, Message};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let request = FinancialRequest::new(FinancialRequestMandatory {
        pan: Pan::new("4012345678909")?,
        processing_code: ProcessingCode::new("000000")?,
        amount: Amount::minor(2500),
        stan: Stan::new(1)?,
        terminal_id: "TERM0001".into(),
        // Acme's messages are not complete without it; the standard's are.
        loyalty: Loyalty::from_bytes(&b"000120M-77-4411"[..])?,
        currency: Currency::USD,
    });
    let message = Message::parse(request.pack()?)?;
    if let Some(loyalty) = message.loyalty()? {
        println!("points {:?}", loyalty.points()?);
    }
    // The member is personal data: its length is all that is shown.
    println!("{message:?}");
    Ok(())
}
