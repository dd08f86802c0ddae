//! Pairs by their names, of Postilion's structured data: in paths of derived structs, and read one by one.

use isopace::dialects::postilion::{self, DIALECT};
use isopace::types::Stan;
use isopace::{Edit, Iso8583, Unlisted};

#[derive(Iso8583, Debug, PartialEq)]
#[iso8583(dialect = postilion, mti = "0644")]
struct Single<'a> {
    #[iso8583(11)]
    stan: Stan,
    #[iso8583("127.2")]
    switch_key: Option<&'a str>,
    #[iso8583("127.22.ORIGINAL_RID")]
    original: Option<&'a str>,
    #[iso8583("127.22.MediaTotals")]
    totals: Option<&'a str>,
    #[iso8583("127.22.Postilion:MetaData.MediaTotals")]
    within: Option<String>,
}

#[derive(Iso8583, Debug, PartialEq)]
#[iso8583(dialect = postilion, composite = "127.22.Postilion:MetaData")]
struct MetaData<'a> {
    #[iso8583("MediaTotals")]
    totals: Option<&'a str>,
}

#[derive(Iso8583, Debug, PartialEq)]
#[iso8583(dialect = postilion, composite = "127.22")]
struct StructuredData<'a> {
    #[iso8583("Postilion:MetaData")]
    meta_data: Option<MetaData<'a>>,
    #[iso8583("ORIGINAL_RID")]
    original: Option<&'a str>,
}

#[derive(Iso8583, Debug)]
#[iso8583(dialect = postilion, mti = "0644")]
struct Nested<'a> {
    #[iso8583(11)]
    stan: Stan,
    #[iso8583("127.22")]
    data: Option<StructuredData<'a>>,
    #[iso8583(unlisted)]
    unlisted: Unlisted<'a>,
}

fn built(values: &[(&str, &str)]) -> isopace::Bytes {
    let mut edit = Edit::build(&DIALECT);
    values.iter().for_each(|(path, value)| _ = edit.set_leaf(path, value));
    edit.mti("0644").finish().unwrap()
}

#[test]
fn single_pairs() {
    let wire = built(&[
        ("11", "123456"),
        ("127.2", "KEY"),
        ("127.22.MediaTotals", "<T>"),
        ("127.22.ORIGINAL_RID", "421000"),
        ("127.22.Postilion:MetaData.MediaTotals", "1"),
    ]);
    let message = postilion::Message::parse(wire.clone()).unwrap();
    let single = Single::try_from(&message).unwrap();
    assert_eq!((single.original, single.totals, single.within.as_deref()), (Some("421000"), Some("<T>"), Some("1")));
    assert_eq!(single.pack().unwrap(), wire);
    // Those that are not there.
    let stan = Stan::new(1).unwrap();
    let alone = Single { stan, switch_key: None, original: None, totals: None, within: None };
    let packed = alone.pack().unwrap();
    assert_eq!(packed, built(&[("11", "000001")]));
    assert_eq!(Single::try_from(&postilion::Message::parse(packed).unwrap()).unwrap(), alone);
}

#[test]
fn structs_for_pairs() {
    let values = [("11", "123456"), ("127.22.ORIGINAL_RID", "421000"), ("127.22.Postilion:MetaData.MediaTotals", "1")];
    let wire = built(&values);
    let message = postilion::Message::parse(wire.clone()).unwrap();
    let nested = Nested::try_from(&message).unwrap();
    let data = StructuredData { meta_data: Some(MetaData { totals: Some("1") }), original: Some("421000") };
    assert_eq!(nested.data.as_ref(), Some(&data));
    assert_eq!(nested.pack().unwrap(), wire);
}

#[test]
fn pairs_are_read_by_their_paths() {
    let wire = built(&[
        ("127.22.ORIGINAL_RID", "421000"),
        ("127.22.Postilion:MetaData.MediaTotals", "1"),
        ("127.22.Unlisted%2EName", "6162"),
    ]);
    let message = postilion::Message::parse(wire).unwrap();
    assert_eq!(message.at::<&str>("127.22.ORIGINAL_RID"), Ok(Some("421000")));
    assert_eq!(message.at::<&str>("127.22.Postilion:MetaData.MediaTotals"), Ok(Some("1")));
    assert_eq!(message.at::<&str>("127.22.MediaTotals"), Ok(None));
    assert_eq!(message.at::<isopace::types::Pan>("127.22.ORIGINAL_RID").unwrap_err().kind().name(), "type");
}
