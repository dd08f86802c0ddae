//! Builds a message from flags, shows its bytes and elements, and takes it apart again; or takes one apart that is given in hex.
//!
//! `playground -amount 2500 -stan 7`, `playground -hex 30323030...`, with `-raw` the bytes of each element. Everything is masked as
//! the spec says; `-unmask` shows all, for test data.

use std::process::ExitCode;

use isopace::Message;
use isopace::iso87a::DIALECT;
use isopace_examples::flags::{Flags, Stop};
use isopace_examples::playground::Options;
use isopace_examples::show;

const FLAGS: [(&str, &str); 10] = [
    ("hex", ""),
    ("mti", "0200"),
    ("pan", "4012345678909"),
    ("proc", "000000"),
    ("amount", "2500"),
    ("stan", "1"),
    ("term", "TERM0001"),
    ("currency", "840"),
    ("unmask", "false"),
    ("raw", "false"),
];

fn main() -> ExitCode {
    let flags = match Flags::read("playground", &FLAGS) {
        Ok(flags) => flags,
        Err(stop) => return stop.tell(),
    };
    match play(&flags) {
        Ok(Ok(text)) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Ok(Err(error)) => {
            eprintln!("playground: {error}");
            ExitCode::FAILURE
        }
        Err(stop) => stop.tell(),
    }
}

fn play(flags: &Flags) -> Result<Result<String, isopace::Error>, Stop> {
    let options = Options { unmask: flags.get("unmask")?, raw: flags.get("raw")? };
    let hex: String = flags.get("hex")?;
    if !hex.is_empty() {
        let wire = show::bytes(&hex).unwrap_or_default();
        return Ok(Message::parse(&DIALECT, wire).map(|message| unpack(options, &message)));
    }
    let text = |name| flags.get::<String>(name);
    let mut edit = isopace::Edit::build(&DIALECT);
    edit.mti(&text("mti")?)
        .set(2, text("pan")?.as_str())
        .set(3, text("proc")?.as_str())
        .set(4, &flags.get::<u64>("amount")?)
        .set(11, &flags.get::<u32>("stan")?)
        .set(41, text("term")?.as_str())
        .set(49, text("currency")?.as_str());
    let packed = edit.finish().and_then(|wire| Message::parse(&DIALECT, wire));
    Ok(packed.map(|message| pack(options, &message) + "\n" + &unpack(options, &message)))
}

fn pack(options: Options, message: &Message) -> String {
    format!(
        "PACK (build -> wire)\nprofile : {}\nlength  : {} bytes\nhex     : {}\nascii   : {}\n\n{}\njson    : {}\n",
        message.dialect().name(),
        message.as_bytes().len(),
        options.hex(message),
        options.ascii(message),
        options.describe("packed", message),
        options.json(message),
    )
}

fn unpack(options: Options, message: &Message) -> String {
    let (hex, described) = (options.hex(message), options.describe("unpacked", message));
    format!("UNPACK (wire -> fields)\ninput   : {hex}\n\n{described}")
}
