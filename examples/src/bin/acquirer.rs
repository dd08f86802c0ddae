//! An acquirer that sends purchases: `acquirer -addr 127.0.0.1:8583 -n 3 -amount 1000`.

use std::process::ExitCode;

use isopace_examples::acquirer::Acquirer;
use isopace_examples::flags::{Flags, Stop};

#[tokio::main]
async fn main() -> ExitCode {
    let (address, count, amount) = match flags() {
        Ok(flags) => flags,
        Err(stop) => return stop.tell(),
    };
    let mut acquirer = match Acquirer::connect(&address).await {
        Ok(acquirer) => acquirer,
        Err(error) => {
            eprintln!("acquirer: cannot connect to {address}: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut code = ExitCode::SUCCESS;
    for stan in 1..=count {
        match acquirer.purchase(stan, amount).await.and_then(|purchase| purchase.line()) {
            Ok(line) => eprintln!("{line}"),
            Err(failure) => {
                eprintln!("stan {stan}: {failure}");
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

fn flags() -> Result<(String, u32, u64), Stop> {
    let flags = Flags::read("acquirer", &[("addr", "127.0.0.1:8583"), ("n", "3"), ("amount", "1000")])?;
    Ok((flags.get("addr")?, flags.get("n")?, flags.get("amount")?))
}
