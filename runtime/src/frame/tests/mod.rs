//! What the tests of framing share.

#[cfg(feature = "teq")]
mod config;
mod headers;
mod laws;
mod names;
mod refusals;
mod xml;

use super::*;

pub(super) const TPDU: [u8; 5] = [0x60, 0x00, 0x01, 0x00, 0x02];

pub(super) fn framing(text: &str) -> Framing {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Every way a frame can be, of messages up to this many bytes.
pub(super) fn framings(max: usize) -> Vec<Framing> {
    let transports = [
        Transport::None,
        Transport::Tpdu(TPDU),
        Transport::Fixed(HeaderBytes::new(b"ISO026000050").unwrap()),
        Transport::Visa(VisaHeader::new([1, 2, 3], [4, 5, 6])),
    ];
    let mut all = Vec::new();
    for header in Header::ALL {
        for transport in transports {
            let plain = Framing::new(header).transport(transport).max(max);
            all.extend([plain, plain.trailer(0x03), plain.before([0xD0, 0x4A]).after([0, 0])]);
            all.push(plain.before([0x02]).trailer(0x03));
            if header.is_length() {
                all.extend([plain.inclusive(), plain.inclusive().trailer(0x03)]);
            }
        }
    }
    all
}

/// A message that can be sent in this framing, made of any bytes.
pub(super) fn fit(framing: &Framing, bytes: &[u8]) -> Vec<u8> {
    let mut body = match framing.header() {
        Header::Xml => {
            let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("<isomsg v='>{text}'><!-- </isomsg> --><isomsg id=\"48\"/></isomsg>").into_bytes()
        }
        _ => bytes.to_vec(),
    };
    if framing.is_delimited() {
        body.iter_mut().filter(|byte| **byte == 0x03).for_each(|byte| *byte = 0x30);
    }
    body
}

pub(super) fn framed(framing: &Framing, messages: &[Vec<u8>]) -> Vec<u8> {
    let mut wire = Vec::new();
    messages.iter().for_each(|message| framing.encode(message, &mut wire).unwrap());
    wire
}

/// What comes out of a stream in these pieces, and how it ends.
pub(super) fn decoded(framing: Framing, pieces: &[&[u8]]) -> (Vec<Frame>, Result<(), Error>) {
    let mut decoder = Decoder::new(framing);
    let mut frames = Vec::new();
    for piece in pieces {
        decoder.extend(piece);
        loop {
            match decoder.decode() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(error) => return (frames, Err(error)),
            }
        }
    }
    loop {
        match decoder.decode_eof() {
            Ok(Some(frame)) => frames.push(frame),
            Ok(None) => return (frames, Ok(())),
            Err(error) => return (frames, Err(error)),
        }
    }
}

/// The messages of a stream that is good.
pub(super) fn bodies(framing: Framing, pieces: &[&[u8]]) -> Vec<Vec<u8>> {
    let (frames, end) = decoded(framing, pieces);
    assert_eq!(end, Ok(()), "{framing}");
    frames.into_iter().map(|frame| frame.body.to_vec()).collect()
}
