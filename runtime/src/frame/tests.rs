use proptest::prelude::*;

use super::*;

/// Every framing that there is, of messages up to this many bytes.
fn framings(max: usize) -> impl Iterator<Item = Framing> {
    let plain = Header::ALL.into_iter().map(Framing::new);
    let inclusive = Header::ALL.into_iter().filter(|header| *header != Header::None);
    plain.chain(inclusive.map(|header| Framing::new(header).inclusive())).map(move |framing| framing.max(max))
}

fn framed(framing: Framing, messages: &[Vec<u8>]) -> Vec<u8> {
    let mut wire = Vec::new();
    messages.iter().for_each(|message| framing.encode(message, &mut wire).unwrap());
    wire
}

/// What comes out of a stream in these pieces, and how it ends.
fn decoded(framing: Framing, pieces: &[&[u8]]) -> (Vec<Vec<u8>>, Result<(), Error>) {
    let mut decoder = Decoder::new(framing);
    let mut frames = Vec::new();
    for piece in pieces {
        decoder.extend(piece);
        loop {
            match decoder.next_frame() {
                Ok(Some(frame)) => frames.push(frame.to_vec()),
                Ok(None) => break,
                Err(error) => return (frames, Err(error)),
            }
        }
    }
    loop {
        match decoder.finish() {
            Ok(Some(frame)) => frames.push(frame.to_vec()),
            Ok(None) => return (frames, Ok(())),
            Err(error) => return (frames, Err(error)),
        }
    }
}

/// The headers of messages of 45 and 448 bytes as they are in use.
#[test]
fn known_headers() {
    let table: [(&str, &[u8], &[u8]); 10] = [
        ("ascii4", b"0045", b"0448"),
        ("ascii4-inclusive", b"0049", b"0452"),
        ("length2", b"\x00\x2D", b"\x01\xC0"),
        ("length2-inclusive", b"\x00\x2F", b"\x01\xC2"),
        ("length2-le", b"\x2D\x00", b"\xC0\x01"),
        ("length4", b"\x00\x00\x00\x2D", b"\x00\x00\x01\xC0"),
        ("length4-le", b"\x2D\x00\x00\x00", b"\xC0\x01\x00\x00"),
        ("bcd2", b"\x00\x45", b"\x04\x48"),
        ("hex4", b"002d", b"01c0"),
        ("none", b"", b""),
    ];
    for (name, short, long) in table {
        let framing: Framing = name.parse().unwrap();
        for (header, length) in [(short, 45), (long, 448)] {
            let message = vec![b'x'; length];
            let wire = [header, &message].concat();
            assert_eq!(framed(framing, std::slice::from_ref(&message)), wire, "{name}");
            assert_eq!(decoded(framing, &[&wire]), (vec![message], Ok(())), "{name}");
        }
    }
}

#[test]
fn names_and_back() {
    for framing in framings(Framing::DEFAULT_MAX) {
        assert_eq!(framing.to_string().parse(), Ok(framing));
    }
    for name in ["", "length3", "Length2", "none-inclusive", "length2-inclusive-inclusive", "length2 ", "-inclusive"] {
        assert_eq!(name.parse::<Framing>(), Err(UnknownFraming), "{name}");
    }
    assert!(UnknownFraming.to_string().contains("length2-le, length4"));
}

#[test]
fn headers_that_are_none() {
    let table: [(&str, &[u8], Error); 9] = [
        ("ascii4", b"00A5", Error::Header),
        ("ascii4", b"+045", Error::Header),
        ("ascii4", b" 045", Error::Header),
        ("bcd2", b"\x00\x4A", Error::Header),
        ("hex4", b"00g0", Error::Header),
        ("length2-inclusive", b"\x00\x01", Error::TooShort { min: 2, found: 1 }),
        ("ascii4-inclusive", b"0003", Error::TooShort { min: 4, found: 3 }),
        ("length4", b"\xFF\xFF\xFF\xFF", Error::TooLong { max: 1 << 20, found: u32::MAX as usize }),
        ("length4-le", b"\x01\x00\x10\x00", Error::TooLong { max: 1 << 20, found: (1 << 20) + 1 }),
    ];
    for (name, wire, error) in table {
        let framing: Framing = name.parse().unwrap();
        // What has come out before stays; after the error nothing does.
        let mut decoder = Decoder::new(framing);
        decoder.extend(&framed(framing, &[b"good".to_vec()]));
        decoder.extend(wire);
        assert_eq!(decoder.next_frame().unwrap().as_deref(), Some(&b"good"[..]));
        assert_eq!(decoder.position(), framing.header().width() as u64 + 4);
        decoder.extend(&framed(framing, &[b"late".to_vec()]));
        for _ in 0..2 {
            assert_eq!(decoder.next_frame(), Err(error), "{name}");
            assert_eq!(decoder.finish(), Err(error), "{name}");
        }
    }
}

#[test]
fn the_limit_holds_both_ways() {
    for framing in framings(10) {
        let mut wire = Vec::new();
        assert_eq!(framing.encode(&[0; 11], &mut wire), Err(Error::TooLong { max: 10, found: 11 }));
        assert!(wire.is_empty());
        let wire = framed(framing.max(20), &[vec![0; 11]]);
        let (frames, end) = decoded(framing, &[&wire]);
        assert_eq!((frames, end), (vec![], Err(Error::TooLong { max: 10, found: 11 })), "{framing}");
    }
    // A header of four digits cannot say more, whatever the limit.
    for name in ["ascii4", "bcd2"] {
        let framing = name.parse::<Framing>().unwrap();
        assert_eq!(framing.limit(), 9999);
        assert_eq!(framing.inclusive().limit(), 9999 - framing.header().width());
        framing.encode(&[0; 9999], &mut Vec::new()).unwrap();
        framing.encode(&[0; 10_000], &mut Vec::new()).unwrap_err();
        framing.inclusive().encode(&[0; 9999], &mut Vec::new()).unwrap_err();
    }
}

#[test]
fn a_long_header_reserves_nothing() {
    let mut decoder = Decoder::new(Framing::new(Header::Binary4).max(1 << 30));
    decoder.extend(&(1u32 << 30).to_be_bytes());
    assert_eq!(decoder.next_frame(), Ok(None));
    assert!(decoder.buffer_mut().capacity() < 1024);
}

proptest! {
    #[test]
    fn any_pieces_give_the_same_messages(
        messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..6),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        for framing in framings(Framing::DEFAULT_MAX) {
            let wire = framed(framing, &messages);
            let whole = match framing.header() {
                Header::None => [messages.concat()].into_iter().filter(|all| !all.is_empty()).collect(),
                _ => messages.clone(),
            };
            let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(wire.len() + 1)).collect();
            places.extend([0, wire.len()]);
            places.sort_unstable();
            let pieces: Vec<&[u8]> = places.windows(2).map(|pair| &wire[pair[0]..pair[1]]).collect();
            let bytes: Vec<&[u8]> = wire.chunks(1).collect();
            for pieces in [pieces, bytes, vec![&wire[..]]] {
                prop_assert_eq!(decoded(framing, &pieces), (whole.clone(), Ok(())));
            }
        }
    }

    #[test]
    fn a_stream_that_ends_within_a_frame_is_told(
        messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..20), 1..4),
        lost in 1usize..20,
    ) {
        for framing in framings(Framing::DEFAULT_MAX).filter(|framing| framing.header() != Header::None) {
            let wire = framed(framing, &messages);
            let last = messages.last().map_or(0, Vec::len) + framing.header().width();
            let lost = lost % last;
            let (frames, end) = decoded(framing, &[&wire[..wire.len() - lost]]);
            if lost == 0 {
                prop_assert_eq!((frames.len(), end), (messages.len(), Ok(())));
                continue;
            }
            prop_assert_eq!(&frames[..], &messages[..messages.len() - 1]);
            let left = last - lost;
            let needed = if left < framing.header().width() { framing.header().width() } else { last };
            prop_assert_eq!(end, Err(Error::Truncated { needed, left }));
        }
    }

    #[test]
    fn no_bytes_panic(wire in prop::collection::vec(any::<u8>(), 0..200), max in 0usize..300) {
        for framing in framings(max) {
            let (frames, _) = decoded(framing, &[&wire]);
            prop_assert!(frames.iter().all(|frame| frame.len() <= max));
            let (again, _) = decoded(framing, &wire.chunks(1).collect::<Vec<_>>());
            if framing.header() != Header::None {
                prop_assert_eq!(frames, again);
            }
        }
    }
}
