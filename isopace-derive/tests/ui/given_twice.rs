//! Elements, paths and attributes given twice, and a composite both whole and in parts.
use isopace::types::{Mti, Stan, Text};
use isopace::{Iso8583, Unlisted, iso87a};

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0600", mti = "0610")]
#[iso8583(dialect = iso87a)]
struct Twice<'a> {
    #[iso8583(11)]
    stan: Stan,
    #[iso8583("11")]
    stan_again: Stan,
    #[iso8583("55.9F26")]
    cryptogram: Option<[u8; 8]>,
    #[iso8583("55.9f26")]
    cryptogram_again: Option<[u8; 8]>,
    #[iso8583(55)]
    whole_and_parts: Option<&'a [u8]>,
    #[iso8583(90)]
    original: Option<Text<'a>>,
    #[iso8583("90.2")]
    part_of_original: Option<Stan>,
    #[iso8583(41)]
    #[iso8583(42)]
    two_elements: Text<'a>,
    #[iso8583(mti)]
    mti: Mti,
    #[iso8583(mti)]
    mti_again: Mti,
    #[iso8583(unlisted)]
    rest: Unlisted<'a>,
    #[iso8583(unlisted)]
    rest_again: Unlisted<'a>,
}

fn main() {}
