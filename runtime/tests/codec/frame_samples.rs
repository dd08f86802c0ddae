//! Frames as they are in use, byte by byte: an echo test of 45 bytes, without and with a transport header, and what
//! stands in front of a message of 448 bytes.
//!
//! Not here, since no framing says where such a message ends: bare messages one after the other, and compressed ones.

use isopace::frame::{Decoder, Framing};

/// The echo test.
const ECHO: &[u8] = b"080080200000000000000400000000000000000001301";

/// The echo test as an XML document, with the line feed that follows it.
const XML: &str = "
    3C69736F6D73673E0A20203C212D2D206F72672E6A706F732E69736F2E7061636B616765722E584D4C5061636B61676572202D2D3E0A20203C66
    69656C642069643D2230222076616C75653D2230383030222F3E0A20203C6669656C642069643D223131222076616C75653D2230303030303122
    2F3E0A20203C6669656C642069643D223730222076616C75653D22333031222F3E0A3C2F69736F6D73673E0A";

/// The framing; what stands in front of the echo test and behind it; the first eight bytes of a message of 448 bytes
/// in its frame.
const SAMPLES: [(&str, &str, &str, &str); 26] = [
    // Four ASCII digits.
    ("ascii4", "30303435", "", "3034343830383030"),
    ("ascii4,header-text=6000010002", "30303535 36303030303130303032", "", "3034353836303030"),
    // Two bytes that count themselves, American Express.
    ("length2-inclusive", "002F", "", "01C2303830303830"),
    ("length2-inclusive,header-text=6000010002", "0039 36303030303130303032", "", "01CC363030303031"),
    // A trailer alone, BASE24.
    ("none,trailer=03,max=4096", "", "03", "3038303038303230"),
    ("none,header-text=6000010002,trailer=03,max=4096", "36303030303130303032", "03", "3630303030313030"),
    // A length that counts the trailer, BASE24 over TCP.
    ("length2,trailer=03", "002E", "03", "01C1303830303830"),
    ("length2,header-text=6000010002,trailer=03", "0038 36303030303130303032", "03", "01CB363030303031"),
    // Four digits in two bytes. A length modulo 10000 is the same for shorter messages.
    ("bcd2", "0045", "", "0448303830303830"),
    ("bcd2,tpdu=6000010002", "0050 6000010002", "", "0453600001000230"),
    ("bcd2,max=9999", "0045", "", "0448303830303830"),
    ("bcd2,tpdu=6000010002,max=9999", "0050 6000010002", "", "0453600001000230"),
    // Two reserved bytes behind the length; in front of it.
    ("length2,after=0000", "002D 0000", "", "01C0000030383030"),
    ("length2,before=0000", "0000 002D", "", "000001C030383030"),
    // Four hex digits.
    ("hex4", "30303264", "", "3031633030383030"),
    ("hex4,header-text=6000010002", "30303337 36303030303130303032", "", "3031636136303030"),
    // Two bytes, with a TPDU or without: NAC, Postilion.
    ("length2", "002D", "", "01C0303830303830"),
    ("length2,tpdu=6000010002", "0032 6000010002", "", "01C5600001000230"),
    ("length2,header=6000010002", "0032 6000010002", "", "01C5600001000230"),
    // A mark, two bytes and two reserved ones.
    ("length2,before=D04A,after=0000", "D04A 002D 0000", "", "D04A01C000003038"),
    (
        "length2,before=D04A,after=0000,header-text=6000010002",
        "D04A 0037 0000 36303030303130303032",
        "",
        "D04A01CA00003630",
    ),
    // Four bytes.
    ("length4", "0000002D", "", "000001C030383030"),
    ("length4,tpdu=6000010002", "00000032 6000010002", "", "000001C560000100"),
    // VisaNet.
    (
        "length2,after=0000,visa=16010200000000000000000000000000000000000000",
        "0043 0000 16010200430000000000000000000000000000000000",
        "",
        "01D6000016010201",
    ),
    // Three bytes, zero is answered.
    ("length3,keep-alive=answer", "00002D", "", "0001C03038303038"),
    // One message a stream.
    ("none,header=6000010002", "6000010002", "", "6000010002303830"),
];

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.chars().filter_map(|digit| digit.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// The message that is cut out of a stream of one.
fn cut(framing: Framing, wire: &[u8]) -> Vec<u8> {
    let mut decoder = Decoder::new(framing);
    decoder.extend(wire);
    let frame = decoder.decode_eof().unwrap().unwrap();
    assert_eq!(frame.header.len(), header_width(&framing), "{framing}");
    assert_eq!(decoder.decode_eof(), Ok(None), "{framing}");
    frame.body.to_vec()
}

/// Bytes of the transport header: those that a message of one byte has around it besides length and trailer.
fn header_width(framing: &Framing) -> usize {
    let mut out = Vec::new();
    framing.begin(None, &mut out).unwrap().body() - framing.lead()
}

#[test]
fn frames_as_they_are_in_use() {
    for (text, before, behind, long) in SAMPLES {
        let framing: Framing = text.parse().unwrap();
        let wire = [&bytes(before)[..], ECHO, &bytes(behind)].concat();
        let mut out = Vec::new();
        framing.encode(ECHO, &mut out).unwrap();
        assert_eq!(out, wire, "{text}");
        assert_eq!(cut(framing, &wire), ECHO, "{text}");

        let message = [ECHO, &[b'x'; 448 - 45]].concat();
        let mut out = Vec::new();
        framing.encode(&message, &mut out).unwrap();
        assert_eq!(out[..8], bytes(long), "{text}");
        assert_eq!(cut(framing, &out), message, "{text}");
    }
}

#[test]
fn documents_as_they_are_in_use() {
    let (wire, framing) = (bytes(XML), "xml".parse().unwrap());
    let document = &wire[..wire.len() - 1];
    assert_eq!(cut(framing, &wire), document);
    let mut out = Vec::new();
    framing.encode(document, &mut out).unwrap();
    assert_eq!(out, wire);
}
