//! A soak of a whole switch, with faults and descriptors that change.
//!
//! `cargo run --release -p isopace-tests --features host --bin switch_soak -- [--minutes N] [--seconds N] [--rate N]
//! [--tills N] [--idle N] [--hostile N] [--seed N]`
//!
//! It takes about two and a half files for each idle client: `ulimit -n`. Exits 1 when a law was broken, and says which.

use std::process::ExitCode;
use std::time::Duration;

use isopace_tests::switch_soak::SwitchSoak;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let done = parse(&words).and_then(|soak| {
        println!("{soak:?}");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.map_err(|error| error.to_string())?.block_on(soak.run())
    });
    match done {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(words: &[String]) -> Result<SwitchSoak, String> {
    let mut soak = SwitchSoak { time: Duration::from_secs(300), rate: 200, tills: 16, idle: 2000, hostile: 8, seed: 1 };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let value = words.next().and_then(|value| value.parse::<u32>().ok());
        let value = value.ok_or_else(|| format!("{word} takes a number"))?;
        match word.as_str() {
            "--minutes" => soak.time = Duration::from_secs(60 * u64::from(value)),
            "--seconds" => soak.time = Duration::from_secs(u64::from(value)),
            "--rate" => soak.rate = value,
            "--tills" => soak.tills = value,
            "--idle" => soak.idle = value,
            "--hostile" => soak.hostile = value,
            "--seed" => soak.seed = u64::from(value),
            word => return Err(format!("{word} is not known")),
        }
    }
    Ok(soak)
}
