//! Transport headers, keep-alives and white space: what stands around messages.

use super::*;

/// Framing, header that came in, header of the answer.
type Answer<'a> = (Framing, &'a [u8], Result<&'a [u8], Error>);

#[test]
fn answers_go_back_where_requests_came_from() {
    let visa = VisaHeader::new([1, 2, 3], [4, 5, 6]);
    let swapped = VisaHeader::new([4, 5, 6], [1, 2, 3]);
    let longer = [&[26, 1, 2, 9, 9, 1, 2, 3, 4, 5, 6][..], &[7; 15]].concat();
    let longer_swapped = [&[26, 1, 2, 9, 9, 4, 5, 6, 1, 2, 3][..], &[7; 15]].concat();
    let fixed = HeaderBytes::new(b"ISO026000050").unwrap();
    let plain = Framing::new(Header::Binary2);
    let table: [Answer<'_>; 9] = [
        (plain, b"", Ok(b"")),
        (plain.tpdu(TPDU), &[0x60, 0x12, 0x34, 0x56, 0x78], Ok(&[0x60, 0x56, 0x78, 0x12, 0x34])),
        (plain.tpdu(TPDU), &[0x68, 0x12, 0x34, 0x56, 0x78], Ok(&[0x68, 0x56, 0x78, 0x12, 0x34])),
        (plain.tpdu(TPDU), &[0x60, 0x12, 0x34], Err(Error::Transport)),
        (plain.fixed(fixed), b"ISO016000075", Ok(b"ISO026000050")),
        (plain.visa(visa), visa.bytes(), Ok(swapped.bytes())),
        (plain.visa(visa), &longer, Ok(&longer_swapped)),
        (plain.visa(visa), &longer[..25], Err(Error::Transport)),
        (plain.visa(visa), b"", Err(Error::Transport)),
    ];
    for (framing, received, expected) in table {
        assert_eq!(framing.reply_header(received).as_deref(), expected.as_ref().map(|bytes| *bytes), "{framing}");
    }
}

/// A header that came in is kept as it was, and its answer is taken by the other end.
#[test]
fn there_and_back() {
    for framing in framings(Framing::DEFAULT_MAX) {
        if framing.header().capacity() < 100 {
            continue;
        }
        let (frames, end) = decoded(framing, &[&framed(&framing, &[fit(&framing, b"0800")])]);
        assert_eq!((frames.len(), end), (1, Ok(())), "{framing}");
        let received = &frames[0].header;
        assert_eq!(received.len(), framing.transport_header().configured().len());
        let mut wire = Vec::new();
        let reply = framing.reply_header(received).unwrap();
        framing.encode_with(Some(&reply), &fit(&framing, b"0810"), &mut wire).unwrap();
        let (frames, end) = decoded(framing, &[&wire]);
        assert_eq!((frames.len(), end), (1, Ok(())), "{framing}");
        assert_eq!(framing.reply_header(&frames[0].header).unwrap()[..], received[..], "{framing}");
    }
}

#[test]
fn keep_alives() {
    let table: [(&str, &[u8]); 13] = [
        ("length2", b"\x00\x00"),
        ("length2-inclusive", b"\x00\x02"),
        ("length2,after=0000", b"\x00\x00\x00\x00"),
        ("length2,before=D04A,after=0000", b"\xD0\x4A\x00\x00\x00\x00"),
        ("length2,before=0000", b"\x00\x00\x00\x00"),
        ("length2,trailer=03", b"\x00\x00"),
        ("length2,tpdu=6000010002", b"\x00\x00"),
        ("length3", b"\x00\x00\x00"),
        ("ascii4", b"0000"),
        ("bcd2", b"\x00\x00"),
        ("hex4", b"0000"),
        ("none,before=02,trailer=03", b"\x02\x03"),
        ("none,trailer=03", b"\x03"),
    ];
    for (text, wire) in table {
        let framing = framing(text);
        let mut out = Vec::new();
        framing.encode_keep_alive(&mut out).unwrap();
        assert_eq!(out, wire, "{text}");
        framing.encode(b"0800", &mut out).unwrap();
        out.extend_from_slice(wire);
        let (frames, end) = decoded(framing, &[&out]);
        assert_eq!((frames.len(), end), (1, Ok(())), "{text}");
        let (frames, end) = decoded(framing.keep_alive(KeepAlive::Answer), &[&out]);
        let alive: Vec<bool> = frames.iter().map(Frame::is_keep_alive).collect();
        assert_eq!((alive, end), (vec![true, false, true], Ok(())), "{text}");
        let (frames, end) = decoded(framing.keep_alive(KeepAlive::Error), &[&out]);
        assert_eq!((frames.len(), end), (0, Err(Error::Empty)), "{text}");
    }
    for text in ["none", "xml", "none,tpdu=6000010002,trailer=03"] {
        let mut out = Vec::new();
        assert_eq!(framing(text).encode_keep_alive(&mut out), Err(Error::Empty), "{text}");
        assert!(out.is_empty());
    }
}

/// A header and nothing behind it is a frame, and no keep-alive.
#[test]
fn a_header_alone() {
    let (frames, end) = decoded(framing("length2,tpdu=6000010002"), &[b"\x00\x05\x60\x00\x01\x00\x02"]);
    assert_eq!((frames.len(), end), (1, Ok(())));
    assert!(!frames[0].is_keep_alive() && frames[0].body.is_empty());
}

/// Reserved bytes behind the length are not looked at; the trailer within a header is not the end.
#[test]
fn what_does_not_matter() {
    assert_eq!(bodies(framing("length2,after=0000"), &[b"\x00\x04\x12\x340800"]), [b"0800"]);
    let framing = framing("none,tpdu=6003030303,trailer=03");
    assert_eq!(bodies(framing, &[b"\x60\x03\x03\x03\x030800\x03"]), [b"0800"]);
}
