//! A soak on real sockets, with a fault every few seconds.
//!
//! `cargo run --release -p isopace-tests --bin soak -- [--minutes N] [--seconds N] [--rate N] [--fault-every MS]
//! [--clients N] [--seed N]`
//!
//! Exits 1 when a law was broken, and says which.

use std::process::ExitCode;
use std::time::Duration;

use isopace_tests::soak::Soak;

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

fn parse(words: &[String]) -> Result<Soak, String> {
    let mut soak = Soak {
        time: Duration::from_secs(600),
        rate: 1000,
        callers: 32,
        fault_every: Duration::from_secs(2),
        clients: 1000,
        seed: 1,
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let value = words.next().and_then(|value| value.parse::<u32>().ok());
        let value = value.ok_or_else(|| format!("{word} takes a number"))?;
        match word.as_str() {
            "--minutes" => soak.time = Duration::from_secs(60 * u64::from(value)),
            "--seconds" => soak.time = Duration::from_secs(u64::from(value)),
            "--rate" => soak.rate = value,
            "--callers" => soak.callers = value,
            "--fault-every" => soak.fault_every = Duration::from_millis(u64::from(value)),
            "--clients" => soak.clients = value,
            "--seed" => soak.seed = u64::from(value),
            word => return Err(format!("{word} is not known")),
        }
    }
    Ok(soak)
}
