//! What the dissector makes of messages: one run of tshark for thousands of them.

use std::fs;
use std::process::Command;

use super::capture::{PORT, capture};
use crate::ours::Values;
use crate::peer::{folder, run, skipped};

/// How the dissector is told to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Digits and hex as ASCII characters.
    Ascii,
    /// Digits in nibbles, bytes as they are.
    Packed,
}

/// What it made of one message.
#[derive(Debug)]
pub(crate) enum Seen {
    /// Not a message of ISO 8583, or not one that it knows.
    PassedOver,
    /// An element or the message is malformed; what stood before it was read.
    Malformed,
    /// All elements that the bitmap announces.
    Read { mti: String, values: Values },
}

/// Packets in one capture.
const CHUNK: usize = 20_000;

/// Whether tshark is there.
pub(crate) fn is_there() -> bool {
    match run(Command::new("tshark").arg("--version")) {
        Ok(_) => true,
        Err(why) => skipped::<()>("tshark", "REQUIRE_TSHARK", &why).is_some(),
    }
}

/// Has all messages read.
pub(crate) fn read(form: Form, messages: &[Vec<u8>]) -> Vec<Seen> {
    let file = match form {
        Form::Ascii => "ascii.pcap",
        Form::Packed => "bcd.pcap",
    };
    read_into(file, form, messages)
}

/// The same over a capture of this name.
pub(crate) fn read_into(file: &str, form: Form, messages: &[Vec<u8>]) -> Vec<Seen> {
    let seen: Vec<Seen> = messages.chunks(CHUNK).flat_map(|chunk| read_chunk(file, form, chunk)).collect();
    assert_eq!(seen.len(), messages.len(), "tshark gives one line for each packet");
    seen
}

fn read_chunk(file: &str, form: Form, messages: &[Vec<u8>]) -> Vec<Seen> {
    let (charset, bytes) = match form {
        Form::Ascii => ("ascii", "ascii"),
        Form::Packed => ("bcd", "bin"),
    };
    let file = folder("tshark").join(file);
    fs::write(&file, capture(messages.iter().map(Vec::as_slice))).unwrap();
    let mut command = Command::new("tshark");
    command.arg("-r").arg(&file).args([
        "-d",
        &format!("tcp.port=={PORT},iso8583"),
        "-o",
        "iso8583.len_endian:bigendian",
    ]);
    command.args(["-o", &format!("iso8583.charset:{charset}"), "-o", &format!("iso8583.binencode:{bytes}")]);
    command.args(["-T", "fields", "-e", "_ws.malformed", "-e", "iso8583.mti"]);
    for number in 2..=128 {
        command.args(["-e", &format!("iso8583.bit{number}")]);
    }
    let output = run(&mut command).unwrap_or_else(|error| panic!("{error}"));
    String::from_utf8_lossy(&output.stdout).split_terminator('\n').map(line).collect()
}

fn line(line: &str) -> Seen {
    let mut columns = line.split('\t');
    let malformed = columns.next().unwrap_or_default();
    let mti = columns.next().unwrap_or_default().to_owned();
    if !malformed.is_empty() {
        return Seen::Malformed;
    }
    if mti.is_empty() {
        return Seen::PassedOver;
    }
    let values = (2..).zip(columns).filter(|(_, value)| !value.is_empty());
    Seen::Read { mti, values: values.map(|(number, value): (u8, _)| (number.to_string(), value.to_owned())).collect() }
}
