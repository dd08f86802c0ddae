//! What the cases of one kind of traffic share: the same messages as bytes, read, and as values.

use bytes::Bytes;
use isopace::iso87a::{self, FinancialRequest};
use isopace::{Error, Unlisted};

use super::Traffic;
use crate::ceiling::{Narrow, Owned, Wide};

/// What all cases of one kind of traffic share, made once and kept to the end of the program.
pub(super) struct Shared {
    pub(super) wires: Vec<Bytes>,
    /// The first of them, read: few enough to stay in the cache.
    pub(super) parsed: Vec<iso87a::Message>,
    pub(super) indexed: Vec<Owned>,
    pub(super) typed: Vec<FinancialRequest<'static>>,
    pub(super) narrow: Vec<Narrow<'static>>,
    pub(super) wide: Vec<Wide<'static>>,
    pub(super) values: Vec<Vec<(usize, &'static [u8])>>,
    pub(super) one_shape: bool,
}

/// How many messages are kept in read form.
const KEPT: usize = 128;

pub(super) fn shared(traffic: Traffic) -> Result<&'static Shared, String> {
    let wires: Vec<Bytes> = traffic.messages().into_iter().map(|wire| Bytes::from_static(wire.leak())).collect();
    let kept = &wires[..wires.len().min(KEPT)];
    let parsed: Result<Vec<_>, Error> = kept.iter().map(|wire| iso87a::Message::parse(wire.clone())).collect();
    let parsed: &'static [_] = parsed.map_err(|error| error.to_string())?.leak();
    let typed: Result<Vec<_>, _> = parsed.iter().map(FinancialRequest::try_from).collect();
    let mut typed = typed.map_err(|violations| violations.to_string())?;
    typed.iter_mut().for_each(|request| request.unlisted = Unlisted::NONE);
    let indexed: Option<Vec<_>> = kept.iter().map(|wire| Owned::parse::<true>(wire.clone()).valid().cloned()).collect();
    let indexed: &'static [Owned] = indexed.ok_or("the ceiling refuses a message")?.leak();
    let narrow: Option<Vec<_>> = indexed.iter().map(|owned| Narrow::read::<true>(&owned.wire, &owned.index)).collect();
    let wide: Option<Vec<_>> = indexed.iter().map(|owned| Wide::read::<true>(&owned.wire, &owned.index)).collect();
    let listed = |owned: &'static Owned| {
        let content = |number: usize| {
            let (start, end) = owned.index.spans[number];
            (number, &owned.wire[usize::from(start)..usize::from(end)])
        };
        // What the structs have; the rest is not packed by anybody.
        let unlisted = [38, 44, 66, 70, 90, 94, 95];
        (2..=128).filter(|&number| owned.index.has(number) && !unlisted.contains(&number)).map(content).collect()
    };
    Ok(Box::leak(Box::new(Shared {
        parsed: parsed.to_vec(),
        indexed: indexed.to_vec(),
        typed,
        narrow: narrow.ok_or("the ceiling refuses a message")?,
        wide: wide.ok_or("the ceiling refuses a message")?,
        values: indexed.iter().map(listed).collect(),
        one_shape: traffic == Traffic::OneShape,
        wires,
    })))
}
