//! A message type that the dialect does not list has no mandatory elements; a mandatory one may be an Option.
use isopace::types::{MonthDayTime, Stan};
use isopace::{Iso8583, iso87a};

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "1804")]
struct OfAnotherEdition {
    #[iso8583(11)]
    stan: Option<Stan>,
}

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0800")]
struct Lenient {
    #[iso8583(7)]
    sent_at: Option<MonthDayTime>,
    #[iso8583(11)]
    stan: Option<Stan>,
    #[iso8583(70)]
    code: Option<String>,
}

fn main() {
    let wire = Lenient { sent_at: None, stan: None, code: Some("301".to_owned()) }.pack().unwrap();
    let message = iso87a::Message::parse(wire).unwrap();
    assert_eq!(Lenient::try_from(&message).unwrap().code.as_deref(), Some("301"));
    assert!(OfAnotherEdition::try_from(&message).is_err());
    assert!(OfAnotherEdition { stan: None }.pack().is_ok());
}
