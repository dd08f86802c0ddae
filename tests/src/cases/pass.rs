//! For each row and column a pass over all messages.

use std::hint::black_box;

use bytes::Bytes;
use isopace::iso87a::{self, FinancialRequest};

use super::shared::Shared;
use super::work::{TEXTS, copy, edited, read_eighteen, reply_i8583, reply_iso_8583_rs, show, texts};
use super::{AMOUNT, CODE, Column, Row};
use crate::ceiling::{Index, Narrow, Owned, Wide, index, splice};
use crate::peers::{I8583, ISO_8583_RS, pack_i8583, pack_iso_8583_rs};

/// A pass over these inputs.
fn over<T: 'static>(
    inputs: &'static [T],
    mut each: impl FnMut(&'static T) -> Option<()> + 'static,
) -> (usize, Box<dyn FnMut()>) {
    let pass = move || {
        for input in inputs {
            assert!(each(black_box(input)).is_some(), "a message was refused");
        }
    };
    (inputs.len(), Box::new(pass))
}

/// A pass over 1024 inputs, whose results are all kept until its end.
fn held<T: 'static>(
    inputs: &'static [Bytes],
    mut each: impl FnMut(&'static Bytes) -> Option<T> + 'static,
) -> (usize, Box<dyn FnMut()>) {
    const ALIVE: usize = 1024;
    let mut kept = Vec::with_capacity(ALIVE);
    let pass = move || {
        for input in inputs.iter().cycle().take(ALIVE) {
            kept.extend(each(black_box(input)));
        }
        assert_eq!(black_box(&kept).len(), ALIVE, "a message was refused");
        kept.clear();
    };
    (ALIVE, Box::new(pass))
}

pub(super) fn case(shared: &'static Shared, row: Row, column: Column) -> Option<(usize, Box<dyn FnMut()>)> {
    let mut out = Vec::with_capacity(4096);
    let mut place = Index::default();
    let wires = &shared.wires;
    let narrow = shared.one_shape;
    Some(match (row, column) {
        (Row::Parse, Column::Memcpy) => over(wires, move |wire| copy(wire, &mut out)),
        (Row::Parse, Column::Reused) => over(wires, move |wire| show(&index::<false>(wire, &mut place)?, &place)),
        (Row::Parse, Column::Owned) => over(wires, |wire| show(Owned::parse::<false>(wire.clone()).valid()?, &())),
        (Row::Parse, Column::Isopace) => over(wires, |wire| show(&iso87a::Message::parse(wire.clone()).ok()?, &())),
        (Row::Parse, Column::Iso8583Rs) => {
            over(wires, |wire| show(&iso_8583_rs::Message::parse_lazy(&ISO_8583_RS, wire).ok()?, &()))
        }
        (Row::Parse, Column::I8583) => over(wires, |wire| show(&i8583::Unpacker::new(wire).unpack(&I8583).ok()?, &())),

        (Row::Held, Column::Owned) => {
            held(wires, |wire| Some(Owned::parse::<false>(wire.clone())).filter(|it| it.valid))
        }
        (Row::Held, Column::Isopace) => held(wires, |wire| iso87a::Message::parse(wire.clone()).ok()),
        (Row::Held, Column::Iso8583Rs) => held(wires, |wire| iso_8583_rs::Message::parse_lazy(&ISO_8583_RS, wire).ok()),

        // Only what is read is looked at, by the ceiling too.
        (Row::Read | Row::ReadText, Column::Reused) => over(wires, move |wire| {
            index::<false>(wire, &mut place)?;
            show(&Narrow::read::<false>(wire, &place)?, &())?;
            (row == Row::Read || texts(wire, &place)).then_some(())
        }),
        (Row::Read | Row::ReadText, Column::Owned) => over(wires, move |wire| {
            let owned = Owned::parse::<false>(wire.clone());
            owned.valid()?;
            show(&Narrow::read::<false>(&owned.wire, &owned.index)?, &owned)?;
            (row == Row::Read || texts(&owned.wire, &owned.index)).then_some(())
        }),
        (Row::Read, Column::Isopace) => {
            over(wires, |wire| read_eighteen(&iso87a::Message::parse(wire.clone()).ok()?, |text| show(&text, &())).ok())
        }
        (Row::ReadText, Column::Isopace) => over(wires, |wire| {
            let message = iso87a::Message::parse(wire.clone()).ok()?;
            read_eighteen(&message, |text| show(&text.map(|text| text.as_str()), &())).ok()
        }),
        (Row::Read | Row::ReadText, Column::Iso8583Rs) => over(wires, move |wire| {
            let message = iso_8583_rs::Message::parse(&ISO_8583_RS, wire).ok()?;
            for number in [4, 7, 11, 12, 13, 14, 49] {
                black_box(message.get_u64(number));
            }
            for number in [2, 3, 25, 35] {
                black_box(message.get(number));
            }
            for number in TEXTS {
                match row {
                    Row::Read => show(&message.get(number), &()),
                    _ => show(&message.get_str(number), &()),
                };
            }
            Some(())
        }),
        (Row::Read | Row::ReadText, Column::I8583) => over(wires, move |wire| {
            let mut unpacker = i8583::Unpacker::new(wire);
            let elements = unpacker.unpack(&I8583).ok()?;
            for number in [2, 3, 4, 7, 11, 12, 13, 14, 25, 35, 49] {
                black_box(elements.get(number)?);
            }
            for number in TEXTS {
                match (row, elements.get(number)?) {
                    (Row::ReadText, Some(text)) => show(&std::str::from_utf8(text).ok()?, &()),
                    (_, element) => show(element, &()),
                };
            }
            Some(())
        }),

        (Row::Typed, Column::Reused) => over(wires, move |wire| {
            index::<true>(wire, &mut place)?;
            match narrow {
                true => show(&Narrow::read::<true>(wire, &place)?, &()),
                false => show(&Wide::read::<true>(wire, &place)?, &()),
            }
        }),
        (Row::Typed, Column::Owned) => over(wires, move |wire| {
            let owned = Owned::parse::<true>(wire.clone());
            owned.valid()?;
            match narrow {
                true => show(&Narrow::read::<true>(&owned.wire, &owned.index)?, &owned),
                false => show(&Wide::read::<true>(&owned.wire, &owned.index)?, &owned),
            }
        }),
        (Row::Typed, Column::Isopace) => over(wires, |wire| {
            let message = iso87a::Message::parse(wire.clone()).ok()?;
            show(&FinancialRequest::try_from(&message).ok()?, &())
        }),

        (Row::Pack | Row::PackInto, Column::Memcpy) => over(wires, move |wire| copy(wire, &mut out)),
        (Row::Pack, Column::Owned) if narrow => over(&shared.narrow, |request| show(&request.pack()?, &())),
        (Row::Pack, Column::Owned) => over(&shared.wide, |request| show(&request.pack()?, &())),
        (Row::Pack, Column::Isopace) => over(&shared.typed, |request| show(&request.pack().ok()?, &())),
        (Row::Pack, Column::I8583) => {
            over(&shared.values, |values| show(&pack_i8583(*b"0200", values, Vec::with_capacity(512))?, &()))
        }
        (Row::PackInto, Column::Reused) if narrow => over(&shared.narrow, move |request| {
            out.clear();
            request.pack_into(&mut out)?;
            show(&out, &())
        }),
        (Row::PackInto, Column::Reused) => over(&shared.wide, move |request| {
            out.clear();
            request.pack_into(&mut out)?;
            show(&out, &())
        }),
        (Row::PackInto, Column::Isopace) => over(&shared.typed, move |request| {
            out.clear();
            request.pack_into(&mut out).ok()?;
            show(&out, &())
        }),
        (Row::PackInto, Column::Iso8583Rs) => over(&shared.values, move |values| {
            pack_iso_8583_rs(*b"0200", values, &mut out)?;
            show(&out, &())
        }),

        (Row::Edit | Row::EditInto, Column::Memcpy) => over(wires, move |wire| copy(wire, &mut out)),
        (Row::Edit, Column::Owned) => over(&shared.indexed, |owned| {
            let mut out = Vec::with_capacity(owned.wire.len() + 2);
            splice(&owned.wire, &owned.index, b"0210", AMOUNT, CODE, &mut out)?;
            show(&Bytes::from(out), &())
        }),
        (Row::Edit, Column::Isopace) => over(&shared.parsed, |message| show(&edited!(message).finish().ok()?, &())),
        (Row::EditInto, Column::Reused) => over(&shared.indexed, move |owned| {
            out.clear();
            splice(&owned.wire, &owned.index, b"0210", AMOUNT, CODE, &mut out)?;
            show(&out, &())
        }),
        (Row::EditInto, Column::Isopace) => over(&shared.parsed, move |message| {
            out.clear();
            edited!(message).finish_into(&mut out).ok()?;
            show(&out, &())
        }),

        (Row::Reply, Column::Reused) => over(wires, move |wire| {
            index::<false>(wire, &mut place)?;
            out.clear();
            splice(wire, &place, b"0210", AMOUNT, CODE, &mut out)?;
            show(&out, &())
        }),
        (Row::Reply, Column::Owned) => over(wires, move |wire| {
            let owned = Owned::parse::<false>(wire.clone());
            owned.valid()?;
            out.clear();
            splice(&owned.wire, &owned.index, b"0210", AMOUNT, CODE, &mut out)?;
            show(&out, &owned)
        }),
        (Row::Reply, Column::Isopace) => over(wires, move |wire| {
            let message = iso87a::Message::parse(wire.clone()).ok()?;
            out.clear();
            edited!(message).finish_into(&mut out).ok()?;
            show(&out, &())
        }),
        (Row::Reply, Column::Iso8583Rs) => over(wires, move |wire| {
            reply_iso_8583_rs(wire, &mut out)?;
            show(&out, &())
        }),
        (Row::Reply, Column::I8583) => over(wires, |wire| show(&reply_i8583(wire)?, &())),
        _ => return None,
    })
}
