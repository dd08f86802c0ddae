//! What is measured: each row an operation, each column somebody who does it, over the same messages.
//!
//! A case makes one pass over all messages of a kind of traffic. Inputs and outputs go through `black_box`, so that nothing
//! is worked out beforehand and nothing left out.

use std::hint::black_box;

use bytes::Bytes;
use isopace::iso87a::{self, FinancialRequest};
use isopace::types::{Amount, Text};
use isopace::{Error, Unlisted};

use crate::ceiling::{Index, Narrow, Owned, Wide, index, splice};
use crate::peers::{I8583, ISO_8583_RS, pack_i8583, pack_iso_8583_rs};
use crate::traffic;

/// The amount and response code that every edit sets.
const AMOUNT: u64 = 1_999;
const CODE: &[u8; 2] = b"51";

/// The messages of a measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traffic {
    /// Sixteen messages of one shape and equal lengths.
    OneShape,
    /// 1024 messages of four shapes.
    FourShapes,
    /// 1024 messages of 32 shapes, half of them with a second bitmap.
    ManyShapes,
    /// 20 000 messages, each of a shape of its own: more than a branch predictor learns.
    Random,
}

impl Traffic {
    /// All of them.
    pub const ALL: [Traffic; 4] = [Traffic::OneShape, Traffic::FourShapes, Traffic::ManyShapes, Traffic::Random];

    /// For a heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Traffic::OneShape => "one shape: 0200 of 18 elements, 212 bytes, 16 messages",
            Traffic::FourShapes => "4 shapes, 1 024 messages",
            Traffic::ManyShapes => "32 shapes, half with a second bitmap, 1 024 messages",
            Traffic::Random => "a random shape each, 20 000 messages",
        }
    }

    /// In one word, for a command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Traffic::OneShape => "one",
            Traffic::FourShapes => "four",
            Traffic::ManyShapes => "many",
            Traffic::Random => "random",
        }
    }

    fn messages(self) -> Vec<Vec<u8>> {
        match self {
            Traffic::OneShape => traffic::one_shape(16),
            Traffic::FourShapes => traffic::mix(4, 4, 1024),
            Traffic::ManyShapes => traffic::mix(32, 32, 1024),
            Traffic::Random => traffic::random(20_000, 20_000),
        }
    }
}

/// An operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// Bitmaps and lengths proven, elements found.
    Parse,
    /// The same, with a thousand messages alive at once, as in a server that waits for answers.
    Held,
    /// One parsed, and eighteen elements read as typed values, their content proven.
    Read,
    /// The same, and what is text as `str`.
    ReadText,
    /// A typed struct from bytes: presence and content proven.
    Typed,
    /// A message from a typed struct, in a buffer of its own.
    Pack,
    /// The same, appended to a buffer that is used again.
    PackInto,
    /// From an indexed message: another type, DE 4 changed, DE 39 put in; in a buffer of its own.
    Edit,
    /// The same, appended to a buffer that is used again.
    EditInto,
    /// From bytes: indexed, then edited into a buffer that is used again.
    Reply,
}

impl Row {
    /// All of them.
    pub const ALL: [Row; 10] = [
        Row::Parse,
        Row::Held,
        Row::Read,
        Row::ReadText,
        Row::Typed,
        Row::Pack,
        Row::PackInto,
        Row::Edit,
        Row::EditInto,
        Row::Reply,
    ];

    /// For a table.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Row::Parse => "parse",
            Row::Held => "parse, 1 024 alive",
            Row::Read => "parse, read 18 typed",
            Row::ReadText => "same, text as str",
            Row::Typed => "struct from bytes",
            Row::Pack => "pack struct",
            Row::PackInto => "pack struct, reused Vec",
            Row::Edit => "edit 2 elements",
            Row::EditInto => "edit 2, reused Vec",
            Row::Reply => "parse, edit 2, reused Vec",
        }
    }

    /// In one word, for a command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Row::Parse => "parse",
            Row::Held => "held",
            Row::Read => "read",
            Row::ReadText => "read-text",
            Row::Typed => "typed",
            Row::Pack => "pack",
            Row::PackInto => "pack-into",
            Row::Edit => "edit",
            Row::EditInto => "edit-into",
            Row::Reply => "reply",
        }
    }
}

/// Somebody who does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// The bytes copied, and nothing else.
    Memcpy,
    /// By hand, over an index that is used again.
    Reused,
    /// By hand, giving an owned value as the library does.
    Owned,
    /// This project.
    Isopace,
    /// `iso_8583_rs`, strict where contents are read, structure alone where they are not.
    Iso8583Rs,
    /// `i8583`, which never looks at contents.
    I8583,
}

impl Column {
    /// All of them.
    pub const ALL: [Column; 6] =
        [Column::Memcpy, Column::Reused, Column::Owned, Column::Isopace, Column::Iso8583Rs, Column::I8583];

    /// For a table, and for a command line.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Column::Memcpy => "memcpy",
            Column::Reused => "ceiling-reused",
            Column::Owned => "ceiling-owned",
            Column::Isopace => "isopace",
            Column::Iso8583Rs => "iso_8583_rs",
            Column::I8583 => "i8583",
        }
    }
}

/// One cell of the table.
pub struct Case {
    /// What is done.
    pub row: Row,
    /// By whom.
    pub column: Column,
    /// Messages of one pass.
    pub messages: usize,
    /// One pass over all messages.
    pub pass: Box<dyn FnMut()>,
}

/// What all cases of one kind of traffic share, made once and kept to the end of the program.
struct Shared {
    wires: Vec<Bytes>,
    /// The first of them, read: few enough to stay in the cache.
    parsed: Vec<iso87a::Message>,
    indexed: Vec<Owned>,
    typed: Vec<FinancialRequest<'static>>,
    narrow: Vec<Narrow<'static>>,
    wide: Vec<Wide<'static>>,
    values: Vec<Vec<(usize, &'static [u8])>>,
    one_shape: bool,
}

/// How many messages are kept in read form.
const KEPT: usize = 128;

fn shared(traffic: Traffic) -> Result<&'static Shared, String> {
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

/// All cells for one kind of traffic.
///
/// # Errors
/// Two columns that do not give the same bytes, or one that refuses a message.
pub fn cases(traffic: Traffic) -> Result<Vec<Case>, String> {
    let shared = shared(traffic)?;
    let mut cases = Vec::new();
    for row in Row::ALL {
        for column in Column::ALL {
            if let Some((messages, pass)) = case(shared, row, column) {
                cases.push(Case { row, column, messages, pass });
            }
        }
    }
    agree(shared)?;
    Ok(cases)
}

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

fn case(shared: &'static Shared, row: Row, column: Column) -> Option<(usize, Box<dyn FnMut()>)> {
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
        (Row::Edit, Column::Isopace) => {
            over(&shared.parsed, |message| show(&edited(message, |edit| edit.finish()).ok()?, &()))
        }
        (Row::EditInto, Column::Reused) => over(&shared.indexed, move |owned| {
            out.clear();
            splice(&owned.wire, &owned.index, b"0210", AMOUNT, CODE, &mut out)?;
            show(&out, &())
        }),
        (Row::EditInto, Column::Isopace) => over(&shared.parsed, move |message| {
            out.clear();
            edited(message, |edit| edit.finish_into(&mut out)).ok()?;
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
            edited(&message, |edit| edit.finish_into(&mut out)).ok()?;
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

#[inline(always)]
fn show<A, B>(result: &A, and: &B) -> Option<()> {
    black_box(result);
    black_box(and);
    Some(())
}

#[inline(always)]
fn copy(wire: &[u8], out: &mut Vec<u8>) -> Option<()> {
    out.clear();
    out.extend_from_slice(wire);
    show(out, &())
}

/// Which of the eighteen are text.
const TEXTS: [usize; 7] = [18, 22, 32, 37, 41, 42, 43];

/// The texts of a message whose content is proven. All of it is made `str` at once, which is cheaper than one by one.
#[inline(always)]
fn texts(wire: &[u8], index: &Index) -> bool {
    let Ok(text) = std::str::from_utf8(wire) else { return false };
    for number in TEXTS {
        if index.has(number) {
            let (start, end) = index.spans[number];
            black_box(text.get(usize::from(start)..usize::from(end)));
        }
    }
    true
}

#[inline(always)]
fn read_eighteen(message: &iso87a::Message, text: impl Fn(Option<Text<'_>>) -> Option<()>) -> Result<(), Error> {
    black_box(message.pan()?);
    black_box(message.processing_code()?);
    black_box(message.amount()?);
    black_box(message.transmission_date_time()?);
    black_box(message.stan()?);
    black_box(message.local_time()?);
    black_box(message.local_date()?);
    black_box(message.expiration_date()?);
    text(message.merchant_type()?);
    text(message.pos_entry_mode()?);
    black_box(message.pos_condition_code()?);
    text(message.acquiring_institution()?);
    black_box(message.track2()?);
    text(message.rrn()?);
    text(message.terminal_id()?);
    text(message.card_acceptor_id()?);
    text(message.card_acceptor_name_location()?);
    black_box(message.currency()?);
    Ok(())
}

#[inline(always)]
fn edited<T>(
    message: &iso87a::Message,
    finish: impl FnOnce(&iso87a::Edit<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let code = iso87a::ResponseCode::NOT_SUFFICIENT_FUNDS;
    let mut edit = message.edit();
    edit.mti("0210").amount(Amount::minor(black_box(AMOUNT))).response_code(black_box(code));
    finish(&edit)
}

fn reply_iso_8583_rs(wire: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let message = iso_8583_rs::Message::parse_lazy(&ISO_8583_RS, wire).ok()?;
    let mut builder = iso_8583_rs::Builder::new(&ISO_8583_RS, b"0210").ok()?;
    for (number, value) in message.fields() {
        builder.set(number, value).ok()?;
    }
    builder.set(4, b"000000001999").ok()?.set(39, CODE).ok()?;
    builder.pack_into(out);
    Some(())
}

fn reply_i8583(wire: &[u8]) -> Option<Vec<u8>> {
    let mut unpacker = i8583::Unpacker::new(wire);
    let elements = unpacker.unpack(&I8583).ok()?;
    let mut packer = i8583::Packer::new(&I8583);
    packer.set_field(0, b"0210".into()).ok()?;
    for (number, value) in elements.iter().enumerate().skip(2) {
        if let Some(value) = value {
            packer.set_field(number, (*value).into()).ok()?;
        }
    }
    packer.set_field(4, b"000000001999".into()).ok()?;
    packer.set_field(39, CODE.into()).ok()?;
    packer.pack(Vec::with_capacity(512)).ok()
}

/// Holds all columns to the same output.
fn agree(shared: &Shared) -> Result<(), String> {
    for (nth, message) in shared.parsed.iter().enumerate() {
        let differs = |what: &str| format!("message {nth}: {what} differs");
        let (owned, mut out) = (&shared.indexed[nth], Vec::new());
        let ours = edited(message, |edit| edit.finish()).map_err(|error| error.to_string())?;
        splice(&owned.wire, &owned.index, b"0210", AMOUNT, CODE, &mut out).ok_or_else(|| differs("splice"))?;
        (ours == out).then_some(()).ok_or_else(|| differs("splice"))?;
        reply_iso_8583_rs(&owned.wire, &mut out).ok_or_else(|| differs("iso_8583_rs, edited"))?;
        (ours == out).then_some(()).ok_or_else(|| differs("iso_8583_rs, edited"))?;
        (Some(&ours[..]) == reply_i8583(&owned.wire).as_deref())
            .then_some(())
            .ok_or_else(|| differs("i8583, edited"))?;

        let ours = shared.typed[nth].pack().map_err(|error| error.to_string())?;
        (Some(&ours) == shared.wide[nth].pack().as_ref())
            .then_some(())
            .ok_or_else(|| differs("the ceiling, packed"))?;
        if shared.one_shape {
            let narrow = shared.narrow[nth].pack();
            (Some(&ours) == narrow.as_ref()).then_some(()).ok_or_else(|| differs("the ceiling, packed narrow"))?;
        }
        pack_iso_8583_rs(*b"0200", &shared.values[nth], &mut out).ok_or_else(|| differs("iso_8583_rs, packed"))?;
        (ours == out).then_some(()).ok_or_else(|| differs("iso_8583_rs, packed"))?;
        let packed = pack_i8583(*b"0200", &shared.values[nth], Vec::new());
        (Some(&ours[..]) == packed.as_deref()).then_some(()).ok_or_else(|| differs("i8583, packed"))?;
    }
    Ok(())
}
