//! Bytes that are no frame, and messages that cannot be framed.

use super::*;

const VISA: &str = "length2,visa=16010200000102030405060000000000000000000000";

/// What a stream does that begins with a good frame and goes on with these bytes.
fn refused(framing: Framing, wire: &[u8], error: Error) {
    let good = framed(&framing, &[fit(&framing, b"good")]);
    let mut decoder = Decoder::new(framing);
    decoder.extend(&good);
    decoder.extend(wire);
    assert!(decoder.decode().unwrap().is_some(), "{framing}");
    decoder.extend(&good);
    // What has come out before stays; after the error nothing does.
    for _ in 0..2 {
        assert_eq!(decoder.decode(), Err(error), "{framing}");
        assert_eq!(decoder.decode_eof(), Err(error), "{framing}");
    }
    assert_eq!(decoder.position(), good.len() as u64, "{framing}");
}

#[test]
fn hostile_lengths() {
    let table: [(&str, &[u8], Error); 27] = [
        ("ascii4", b"-001", Error::Header),
        ("ascii4", b"+005", Error::Header),
        ("ascii4", b" 045", Error::Header),
        ("ascii4", b"00A5", Error::Header),
        ("ascii4", b"0x10", Error::Header),
        ("ascii4", b"\xB0\xB0\xB0\xB1", Error::Header),
        ("ascii1", b"-", Error::Header),
        ("ascii8", b"-0000001", Error::Header),
        ("ascii8", b"99999999", Error::TooLong { max: 1 << 20, found: 99_999_999 }),
        ("bcd2", b"\x00\x4A", Error::Header),
        ("bcd2", b"\xD0\x01", Error::Header),
        ("bcd2", b"\x00\xF5", Error::Header),
        ("hex4", b"00g0", Error::Header),
        ("hex4", b"-001", Error::Header),
        ("hex4", b"0x1f", Error::Header),
        ("length4", b"\xFF\xFF\xFF\xFF", Error::TooLong { max: 1 << 20, found: u32::MAX as usize }),
        ("length4-le", b"\x01\x00\x10\x00", Error::TooLong { max: 1 << 20, found: (1 << 20) + 1 }),
        ("length4-inclusive", b"\x80\x00\x00\x00", Error::TooLong { max: 1 << 20, found: (1 << 31) - 4 }),
        ("length2,max=16", b"\x00\x11", Error::TooLong { max: 16, found: 17 }),
        ("length2-inclusive,max=16", b"\x00\x13", Error::TooLong { max: 16, found: 17 }),
        ("length2-inclusive", b"\x00\x00", Error::TooShort { min: 2, found: 0 }),
        ("length2-inclusive", b"\x00\x01", Error::TooShort { min: 2, found: 1 }),
        ("ascii4-inclusive", b"0003", Error::TooShort { min: 4, found: 3 }),
        ("length3-inclusive", b"\x00\x00\x02", Error::TooShort { min: 3, found: 2 }),
        ("length2,tpdu=6000010002", b"\x00\x04", Error::TooShort { min: 5, found: 4 }),
        ("length2,tpdu=6000010002,trailer=03", b"\x00\x05", Error::TooShort { min: 6, found: 5 }),
        ("length2-inclusive,header=414243", b"\x00\x04", Error::TooShort { min: 5, found: 4 }),
    ];
    for (text, wire, error) in table {
        refused(framing(text), wire, error);
    }
}

#[test]
fn hostile_frames() {
    let visa_wire = |own: u8, total: u8| {
        let mut wire = vec![0, 26, own, 1, 2, 0, total, 1, 2, 3, 4, 5, 6];
        wire.resize(24, 0);
        wire.extend(b"0800");
        wire
    };
    let table: [(&str, Vec<u8>, Error); 13] = [
        ("length2,before=D04A,after=0000", b"\xD0\x4B\x00\x04\x00\x00good".to_vec(), Error::Marker),
        ("length2,before=0000", b"\x00\x01\x00\x04good".to_vec(), Error::Marker),
        ("none,before=02,trailer=03", b"\x030800".to_vec(), Error::Marker),
        ("length2,trailer=03", b"\x00\x05good\x04".to_vec(), Error::Trailer),
        ("xml,trailer=03", b"<a/>\n\x03".to_vec(), Error::Trailer),
        ("xml", b"0800".to_vec(), Error::Document),
        ("none,trailer=03,max=4", b"good!".to_vec(), Error::TooLong { max: 4, found: 5 }),
        (VISA, visa_wire(22, 25), Error::Transport),
        (VISA, visa_wire(22, 27), Error::Transport),
        (VISA, visa_wire(10, 26), Error::Transport),
        (VISA, visa_wire(0, 26), Error::Transport),
        (VISA, visa_wire(27, 26), Error::Transport),
        (VISA, visa_wire(65, 26), Error::Transport),
    ];
    for (text, wire, error) in table {
        refused(framing(text), &wire, error);
    }
    let mut good = visa_wire(22, 26);
    good.truncate(28);
    assert_eq!(bodies(framing(VISA), &[&good]), [b"0800"]);
}

/// One byte at a time an error comes as soon as it is certain, before what a length announces has come.
#[test]
fn errors_come_early() {
    let table: [(&str, &[u8]); 6] = [
        ("ascii4", b"00-1"),
        ("length4", b"\x7F\xFF\xFF\xFF"),
        ("length2,before=D04A", b"\xD1"),
        ("length2,tpdu=6000010002", b"\x00\x03"),
        ("none,trailer=03,max=3", b"0800"),
        (VISA, b"\x00\x30\x05"),
    ];
    for (text, wire) in table {
        let mut decoder = Decoder::new(framing(text));
        for (place, byte) in wire.iter().enumerate() {
            decoder.extend(&[*byte]);
            assert_eq!(decoder.decode().is_err(), place + 1 == wire.len(), "{text} at {place}");
        }
    }
}

/// Framing, header, message, why not.
type Refusal = (&'static str, Option<&'static [u8]>, &'static [u8], Error);

#[test]
fn messages_that_cannot_be_framed() {
    let table: [Refusal; 11] = [
        ("length2", None, b"", Error::Empty),
        ("length2,tpdu=6000010002", None, b"", Error::Empty),
        ("none", None, b"", Error::Empty),
        ("length2", Some(b"x"), b"0800", Error::Transport),
        ("length2,tpdu=6000010002", Some(&[0x60, 0, 1, 0]), b"0800", Error::Transport),
        ("length2,header-text=ISO", Some(b"ISO0"), b"0800", Error::Transport),
        (VISA, Some(&[22; 21]), b"0800", Error::Transport),
        ("none,trailer=03", None, b"08\x0300", Error::TrailerInside { offset: 2 }),
        ("xml", None, b"0800", Error::Document),
        ("xml", None, b"<a/><b/>", Error::Document),
        ("ascii1,trailer=03", None, b"123456789", Error::TooLong { max: 8, found: 9 }),
    ];
    for (text, header, body, error) in table {
        let mut out = b"before".to_vec();
        assert_eq!(framing(text).encode_with(header, body, &mut out), Err(error), "{text}");
        assert_eq!(out, b"before", "{text}");
    }
    // A length before a trailer makes any message good.
    let framing = framing("length2,trailer=03");
    assert_eq!(bodies(framing, &[&framed(&framing, &[vec![0x03; 9]])]), [[0x03; 9]]);
}

#[test]
fn a_frame_that_was_begun_can_be_undone() {
    for framing in framings(Framing::DEFAULT_MAX) {
        let mut out = b"before".to_vec();
        let mark = framing.begin(None, &mut out).unwrap();
        out.extend_from_slice(b"half a mess");
        mark.undo(&mut out);
        assert_eq!(out, b"before");
    }
}
