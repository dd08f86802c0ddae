//! One table: nanoseconds of each operation for this project, for a decoder written by hand, and for two other libraries.
//!
//! `cargo run --profile bench -p isopace-tests --bin compare [one|four|many|random]... [--rounds N]`
//! `compare --count TRAFFIC ROW COLUMN PASSES` makes so many passes over one case and prints nothing: for callgrind.

mod measure;
mod table;

use std::process::ExitCode;

use isopace_tests::cases::{Traffic, cases};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["--count", traffic, row, column, passes] => count(traffic, row, column, passes),
        _ => measure::pinned(&words).unwrap_or_else(|| compare(&words)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn compare(words: &[&str]) -> Result<(), String> {
    let rounds = match words.iter().position(|word| *word == "--rounds") {
        Some(at) => words.get(at + 1).and_then(|word| word.parse().ok()).ok_or("--rounds takes a number")?,
        None => 301,
    };
    let asked = |traffic: &Traffic| words.contains(&traffic.word());
    let all = !Traffic::ALL.iter().any(asked);
    for traffic in Traffic::ALL.into_iter().filter(|traffic| all || asked(traffic)) {
        let times = measure::interleaved(cases(traffic)?, rounds);
        println!("{}", table::render(traffic, &times));
    }
    Ok(())
}

fn count(traffic: &str, row: &str, column: &str, passes: &str) -> Result<(), String> {
    let traffic = Traffic::ALL.into_iter().find(|known| known.word() == traffic).ok_or("no such traffic")?;
    let passes: usize = passes.parse().map_err(|_| "passes are a number")?;
    let wanted = |case: &isopace_tests::cases::Case| case.row.word() == row && case.column.title() == column;
    let mut case = cases(traffic)?.into_iter().find(wanted).ok_or("no such case")?;
    (0..passes).for_each(|_| (case.pass)());
    Ok(())
}
