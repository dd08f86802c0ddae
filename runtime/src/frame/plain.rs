//! The usual framings, a length and a message and nothing else, without a look at what they do not have.

use super::transport::Transport;
use super::{Error, Framing, Header};

/// A framing of a length and a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plain {
    header: Header,
    pub(super) width: usize,
    /// Bytes of the length that the length counts.
    own: usize,
    limit: usize,
}

impl Framing {
    /// Nothing where there is more than a length and a message.
    pub(super) fn plain(&self) -> Option<Plain> {
        let bare = self.before.is_empty() && self.after.is_empty() && self.trailer.is_none();
        if !bare || !self.header.is_length() || !matches!(self.transport, Transport::None) {
            return None;
        }
        Some(Plain { header: self.header, width: self.header.width(), own: self.own(), limit: self.limit() })
    }
}

impl Plain {
    /// As [`Framing::encode_with`].
    pub(super) fn encode(&self, body: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        if body.is_empty() {
            return Err(Error::Empty);
        }
        if body.len() > self.limit {
            return Err(Error::TooLong { max: self.limit, found: body.len() });
        }
        out.reserve(self.width + body.len());
        let start = out.len();
        out.extend_from_slice(&[0; 8][..self.width]);
        self.header.write(body.len() + self.own, &mut out[start..]);
        out.extend_from_slice(body);
        Ok(())
    }

    /// Where the first frame ends, which may have no message; nothing when more bytes are needed.
    pub(super) fn end(&self, buffer: &[u8]) -> Result<Option<usize>, Error> {
        let Some(bytes) = buffer.get(..self.width) else { return Ok(None) };
        let said = self.header.read(bytes).ok_or(Error::Header)?;
        let length = said.checked_sub(self.own).ok_or(Error::TooShort { min: self.own, found: said })?;
        if length > self.limit {
            return Err(Error::TooLong { max: self.limit, found: length });
        }
        let end = self.width + length;
        Ok((buffer.len() >= end).then_some(end))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::frame::{Decoder, KeepAlive};

    fn framings() -> impl Strategy<Value = Framing> {
        let header = prop::sample::select(Header::ALL.to_vec()).prop_filter("a length", |header| header.is_length());
        let keep_alive = prop::sample::select(vec![KeepAlive::Ignore, KeepAlive::Answer, KeepAlive::Error]);
        (header, any::<bool>(), keep_alive, prop::option::of(0..40usize)).prop_map(
            |(header, inclusive, meaning, max)| {
                let framing = Framing::new(header).keep_alive(meaning);
                let framing = if inclusive { framing.inclusive() } else { framing };
                max.map_or(framing, |max| framing.max(max))
            },
        )
    }

    proptest! {
        /// As by the long way, errors included, whatever comes in whatever pieces.
        #[test]
        fn like_the_long_way(
            framing in framings(),
            bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..6),
            junk in prop::collection::vec(any::<u8>(), 0..6),
            piece in 1..20usize,
        ) {
            let plain = framing.plain().expect("plain");
            let (mut short, mut long) = (Vec::new(), Vec::new());
            for body in &bodies {
                let before = short.len();
                let encoded = plain.encode(body, &mut short);
                prop_assert_eq!(encoded, framing.encode_long(None, body, &mut long));
                prop_assert!(encoded.is_ok() || short.len() == before);
                prop_assert_eq!(&short, &long);
            }
            _ = framing.encode_keep_alive(&mut short);
            short.extend(&junk);
            let (mut quick, mut slow) = (Decoder::new(framing), Decoder::new(framing).the_long_way());
            for bytes in short.chunks(piece) {
                quick.extend(bytes);
                slow.extend(bytes);
                loop {
                    let (one, other) = (quick.decode(), slow.decode());
                    prop_assert_eq!(&one, &other);
                    prop_assert_eq!(quick.position(), slow.position());
                    if !matches!(one, Ok(Some(_))) {
                        break;
                    }
                }
            }
            prop_assert_eq!(quick.decode_eof(), slow.decode_eof());
        }
    }
}
