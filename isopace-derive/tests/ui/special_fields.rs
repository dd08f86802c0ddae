//! The message type and the unlisted elements are always there, and only in a message.
use isopace::types::{Mti, Stan};
use isopace::{Iso8583, Unlisted, iso87a};

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0600")]
struct Optional<'a> {
    #[iso8583(11)]
    stan: Stan,
    #[iso8583(mti)]
    mti: Option<Mti>,
    #[iso8583(unlisted)]
    rest: Option<Unlisted<'a>>,
}

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, composite = "90")]
struct Original {
    #[iso8583(mti)]
    mti: Mti,
    #[iso8583(2)]
    stan: Stan,
    #[iso8583(unlisted)]
    rest: Unlisted<'static>,
}

fn main() {}
