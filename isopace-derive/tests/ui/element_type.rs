//! Types that cannot hold their element.
use isopace::types::{Amount, Pan, Stan, Text, Track2};
use isopace::{Iso8583, iso87a};

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0600")]
struct Mistyped<'a> {
    #[iso8583(2)]
    a_pan_would_print: &'a str,
    #[iso8583(11)]
    no_amount: Amount,
    #[iso8583(35)]
    no_pan: Option<Pan<'a>>,
    #[iso8583(41)]
    no_number: u64,
    #[iso8583(52)]
    a_pin_block_would_print: Option<&'a str>,
    #[iso8583(53)]
    a_key_would_print: Option<String>,
    #[iso8583(64)]
    too_short: Option<[u8; 4]>,
    #[iso8583(98)]
    no_track: Option<Track2<'a>>,
    #[iso8583(128)]
    stands_as_hex: Option<&'a [u8]>,
    #[iso8583("55.9F26")]
    text_for_bytes: Option<Text<'a>>,
    #[iso8583("55.5A")]
    a_pan_inside_would_print: Option<std::borrow::Cow<'a, str>>,
    #[iso8583("90.2")]
    fits: Option<Stan>,
}

fn main() {}
