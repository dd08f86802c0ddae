//! The names of what is measured: traffic, operations, and who does them.

use crate::traffic;

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

    pub(super) fn messages(self) -> Vec<Vec<u8>> {
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
