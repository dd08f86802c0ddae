//! Paths that can name nothing in any dialect.
use isopace::types::{Stan, Text};
use isopace::{Iso8583, iso87a};

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0600")]
struct Malformed<'a> {
    #[iso8583(0)]
    zero: Stan,
    #[iso8583(1)]
    the_bitmap: Stan,
    #[iso8583(193)]
    beyond: Stan,
    #[iso8583("pan")]
    by_name: Text<'a>,
    #[iso8583("9F26")]
    a_tag_by_itself: Text<'a>,
    #[iso8583("55.")]
    ends_in_a_dot: Text<'a>,
    #[iso8583("55.9F26#2")]
    another_one_of_a_tag: Text<'a>,
}

#[derive(Iso8583)]
#[iso8583(dialect = iso87a, composite = "icc")]
struct NoComposite {
    #[iso8583("9F26")]
    cryptogram: [u8; 8],
}

fn main() {}
