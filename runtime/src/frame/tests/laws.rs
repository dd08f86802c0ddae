//! What holds for all framings and all streams.

use proptest::prelude::*;

use super::*;

/// The same bytes in these pieces, byte by byte, and all at once.
fn ways<'a>(wire: &'a [u8], cuts: &[prop::sample::Index]) -> [Vec<&'a [u8]>; 3] {
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(wire.len() + 1)).collect();
    places.extend([0, wire.len()]);
    places.sort_unstable();
    let pieces = places.windows(2).map(|pair| &wire[pair[0]..pair[1]]).collect();
    [pieces, wire.chunks(1).collect(), vec![wire]]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_pieces_give_the_same_frames(
        messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 0..6),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        for framing in framings(Framing::DEFAULT_MAX) {
            let messages: Vec<Vec<u8>> = messages.iter().map(|message| fit(&framing, message)).collect();
            let messages = match (framing.header().capacity(), framing.is_whole_stream()) {
                // One digit says little.
                (..100, _) => continue,
                (_, true) => messages.into_iter().take(1).collect(),
                (_, false) => messages,
            };
            let wire = framed(&framing, &messages);
            for pieces in ways(&wire, &cuts) {
                prop_assert_eq!(&bodies(framing, &pieces), &messages, "{}", framing);
            }
        }
    }

    #[test]
    fn a_stream_that_ends_within_a_frame_is_told(
        messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..20), 1..4),
        lost in any::<prop::sample::Index>(),
    ) {
        for framing in framings(Framing::DEFAULT_MAX) {
            let whole = framing.is_whole_stream();
            if framing.header().capacity() < 100 || whole {
                continue;
            }
            let messages: Vec<Vec<u8>> = messages.iter().map(|message| fit(&framing, message)).collect();
            let wire = framed(&framing, &messages);
            let last = framed(&framing, &messages[messages.len() - 1..]).len();
            let lost = lost.index(last);
            let (frames, end) = decoded(framing, &[&wire[..wire.len() - lost]]);
            // The white space behind a document belongs to no message.
            if lost == 0 || lost == 1 && framing.is_spaced() {
                prop_assert_eq!((frames.len(), end), (messages.len(), Ok(())));
                continue;
            }
            prop_assert_eq!(frames.len(), messages.len() - 1);
            let left = last - lost;
            match end {
                Err(Error::Truncated { needed, left: found }) => {
                    prop_assert_eq!(found, left);
                    let exact = framing.header().is_length();
                    let lead = framing.lead();
                    prop_assert!(needed > left && needed <= last, "{}: {} of {}", framing, needed, last);
                    prop_assert!(!exact || needed == if left < lead { lead } else { last }, "{}", framing);
                }
                other => prop_assert!(false, "{}: {:?}", framing, other),
            }
        }
    }

    /// Nothing panics, nothing gets past the limit, and the pieces do not matter to errors either.
    #[test]
    fn any_bytes_are_frames_or_an_error(
        wire in prop::collection::vec(prop_oneof![any::<u8>(), Just(0x03), Just(b'0'), Just(b'<'), Just(b'>')], 0..200),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        max in 0usize..300,
        keep_alive in prop_oneof![Just(KeepAlive::Ignore), Just(KeepAlive::Answer), Just(KeepAlive::Error)],
    ) {
        for framing in framings(max) {
            let framing = framing.keep_alive(keep_alive);
            let [one, two, three] = ways(&wire, &cuts).map(|pieces| decoded(framing, &pieces));
            prop_assert!(one.0.iter().all(|frame| frame.header.len() + frame.body.len() <= max), "{}", framing);
            prop_assert_eq!(&one, &two, "{}", framing);
            prop_assert_eq!(&one, &three, "{}", framing);
        }
    }

    /// What is put around a message in place is what is put around one that is there.
    #[test]
    fn in_place_is_the_same(message in prop::collection::vec(any::<u8>(), 1..40), before in 0usize..10) {
        for framing in framings(Framing::DEFAULT_MAX) {
            if framing.header().capacity() < 100 {
                continue;
            }
            let message = fit(&framing, &message);
            let mut one = vec![b'x'; before];
            framing.encode(&message, &mut one).unwrap();
            let mut two = vec![b'x'; before];
            let mark = framing.begin(None, &mut two).unwrap();
            message.chunks(3).for_each(|piece| two.extend_from_slice(piece));
            framing.end(mark, &mut two).unwrap();
            prop_assert_eq!(one, two);
        }
    }
}

#[test]
fn the_limit_holds_both_ways() {
    for framing in framings(Framing::DEFAULT_MAX) {
        if framing.header().capacity() < 300 {
            continue;
        }
        let body = fit(&framing, &[b'x'; 60]);
        let content = body.len() + framing.transport_header().configured().len();
        let (fits, tight) = (framing.max(content), framing.max(content - 1));
        let mut wire = Vec::new();
        fits.encode(&body, &mut wire).unwrap();
        assert_eq!(bodies(fits, &[&wire]), [&body[..]], "{framing}");
        let error = Error::TooLong { max: content - 1, found: content };
        assert_eq!(tight.encode(&body, &mut Vec::new()), Err(error), "{framing}");
        assert_eq!(decoded(tight, &[&wire]), (vec![], Err(error)), "{framing}");
    }
}

/// No header says more than it can, whatever the limit.
#[test]
fn no_header_overflows() {
    for framing in framings(usize::MAX) {
        let Some(over) = framing.limit().checked_add(1).filter(|&over| over <= 1 << 24) else { continue };
        let width = framing.transport_header().configured().len();
        let mut out = b"before".to_vec();
        let error = Err(Error::TooLong { max: over - 1, found: over.max(width + 1) });
        let body = vec![b'x'; (over - 1).saturating_sub(width)];
        let more = vec![b'x'; body.len() + 1];
        if over > width + 1 && framing.header() != Header::Xml {
            framing.encode(&body, &mut out).unwrap();
            let (frames, end) = decoded(framing, &[&out[6..]]);
            assert_eq!((frames.len(), frames[0].body.len(), end), (1, body.len(), Ok(())), "{framing}");
            out.truncate(6);
        }
        if framing.header() != Header::Xml {
            assert_eq!(framing.encode(&more, &mut out), error, "{framing}");
            let mark = framing.begin(None, &mut out).unwrap();
            out.extend_from_slice(&more);
            assert_eq!(framing.end(mark, &mut out), error, "{framing}");
            assert_eq!(out, b"before", "{framing}");
        }
    }
}

#[test]
fn a_long_header_reserves_nothing() {
    let mut decoder = Decoder::new(Framing::new(Header::Binary4).max(1 << 30));
    decoder.extend(&(1u32 << 30).to_be_bytes());
    assert_eq!(decoder.decode(), Ok(None));
    assert!(decoder.buffer_mut().capacity() < 1024);
}

/// Bodies are slices of what was put in.
#[test]
fn nothing_is_copied() {
    let mut decoder = Decoder::new(Framing::new(Header::Binary2).tpdu(TPDU));
    decoder.extend(&framed(&decoder.framing(), &[b"0800".to_vec(), b"0810".to_vec()]));
    let inside = decoder.buffer_mut().as_ptr_range();
    for _ in 0..2 {
        let frame = decoder.decode().unwrap().unwrap();
        assert!(inside.contains(&frame.header.as_ptr()) && inside.contains(&frame.body.as_ptr()));
    }
}
