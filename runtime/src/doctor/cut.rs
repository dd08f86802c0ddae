//! Bytes cut into frames by one framing.

use bytes::Bytes;

use super::MAX_BYTES;
use crate::frame::{Decoder, Error, Framing, Header, KeepAlive, Transport};

/// Most frames that are looked into.
const FRAMES: usize = 64;

/// Bytes cut into frames by one framing.
#[derive(Debug, Clone)]
pub(super) struct Cut {
    pub(super) framing: Framing,
    /// The first messages.
    pub(super) bodies: Vec<Bytes>,
    /// How many there are in all.
    pub(super) count: usize,
    /// Where and why it ended before the end.
    pub(super) stopped: Option<(u64, Error)>,
    /// What there is of a message that is cut short.
    pub(super) piece: Option<Bytes>,
    /// Whether there are frames without a message: they keep a connection alive, or they are none.
    pub(super) has_empty: bool,
}

impl Cut {
    /// Nothing when there is not even the beginning of one frame.
    pub(super) fn of(framing: Framing, bytes: &[u8]) -> Option<Self> {
        let strict = Cut::by(framing.keep_alive(KeepAlive::Error), bytes);
        if !matches!(strict.stopped, Some((_, Error::Empty))) {
            return strict.of_any(framing);
        }
        Cut { has_empty: true, ..Cut::by(framing, bytes) }.of_any(framing)
    }

    fn of_any(self, framing: Framing) -> Option<Self> {
        let any = !self.bodies.is_empty() || self.piece.is_some();
        any.then_some(Cut { framing, ..self })
    }

    fn by(framing: Framing, bytes: &[u8]) -> Self {
        let mut decoder = Decoder::new(framing);
        decoder.extend(bytes);
        let mut cut = Cut { framing, bodies: Vec::new(), count: 0, stopped: None, piece: None, has_empty: false };
        loop {
            match decoder.decode_eof() {
                Ok(None) => break,
                Ok(Some(frame)) => {
                    cut.count += 1;
                    if cut.bodies.len() < FRAMES {
                        cut.bodies.push(frame.body);
                    }
                }
                Err(error) => {
                    let position = decoder.position();
                    cut.stopped = Some((position, error));
                    // Where nothing but a trailer ends a message, one that never comes says nothing.
                    if let Error::Truncated { needed, .. } = error
                        && needed <= MAX_BYTES
                        && framing.header() != Header::None
                    {
                        let rest = usize::try_from(position).ok().and_then(|start| bytes.get(start..));
                        cut.piece = rest.and_then(|rest| piece(framing, rest)).map(Bytes::copy_from_slice);
                    }
                    break;
                }
            }
        }
        cut
    }

    /// The first message, or what there is of it.
    pub(super) fn first(&self) -> Option<&[u8]> {
        self.bodies.first().or(self.piece.as_ref()).map(AsRef::as_ref)
    }

    /// Whether more than three quarters of the last frame are missing.
    pub(super) fn is_mostly_missing(&self) -> bool {
        match self.stopped {
            Some((_, Error::Truncated { needed, left })) => left < needed / 4,
            _ => false,
        }
    }

    /// Whether the length that stands in front is just that of what follows, to the last byte.
    pub(super) fn is_exact(&self) -> bool {
        self.stopped.is_none() && self.framing.header() != Header::None
    }
}

/// What there is of the message in a frame that is cut short.
fn piece(framing: Framing, frame: &[u8]) -> Option<&[u8]> {
    let content = frame.get(framing.lead()..)?;
    let header = match framing.transport_header() {
        Transport::None => 0,
        Transport::Tpdu(header) => header.len(),
        Transport::Fixed(header) => header.len(),
        Transport::Visa(_) => usize::from(*content.first()?),
    };
    content.get(header..).filter(|message| !message.is_empty())
}
