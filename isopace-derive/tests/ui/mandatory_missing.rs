//! Mandatory elements of the message that the struct leaves out.
use isopace::types::{MonthDayTime, Stan, Text};
use isopace::{Iso8583, Unlisted, iso87a};

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0800")]
struct LacksOne<'a> {
    #[iso8583(11)]
    stan: Stan,
    #[iso8583(70)]
    code: Text<'a>,
}

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0200")]
struct LacksMany<'a> {
    #[iso8583(7)]
    sent_at: Option<MonthDayTime>,
    #[iso8583(unlisted)]
    rest: Unlisted<'a>,
}

fn main() {}
