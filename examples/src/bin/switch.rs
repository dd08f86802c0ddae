//! A whole switch from a directory of descriptors, its hosts included, with an acquirer in front of it. A few purchases are shown as
//! the switch saw them, masked; then many go through at a time, and their latencies are summed up.
//!
//! `-serve` keeps it up until Ctrl+C, for `teq send` from another terminal and for the page of the operator; `-deploy DIR` runs another
//! directory with a gateway, at `-gateway ADDRESS`.

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use isopace::admin::{Admin, HostSource, install_metrics};
use isopace::teq::Teq;
use isopace::trace::Style;
use isopace_examples::flags::Flags;
use isopace_examples::till::Till;

/// The descriptors that come with the examples.
const DEPLOY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy");

/// Card, amount in minor units, and what there is to see.
const PURCHASES: [(&str, u64, &str); 4] = [
    ("4012345678909", 2500, "to the first host, which approves"),
    ("4012345678909", 12_500, "more than that host approves"),
    ("5399410000000000", 4000, "a card of the second host, which speaks a dialect of its own"),
    ("4111111111111111", 1000, "to the first host again"),
];

/// How many purchases at a time, and how many in all.
const LOAD: (usize, usize) = (64, 20_000);

fn main() -> ExitCode {
    let known = [("deploy", DEPLOY), ("gateway", "127.0.0.1:9000"), ("admin", "127.0.0.1:8580"), ("serve", "false")];
    let flags = match Flags::read("switch", &known) {
        Ok(flags) => flags,
        Err(stop) => return stop.tell(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(run(&flags))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("switch: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(flags: &Flags) -> Result<(), Box<dyn Error>> {
    let text = |name| flags.get::<String>(name).map_err(|_| format!("flag -{name}"));
    let (deploy, gateway, admin) = (text("deploy")?, text("gateway")?, text("admin")?);
    // Before anything is built that counts.
    install_metrics();
    let teq = Teq::builder().deploy_dir(deploy).build();
    teq.component(Admin::builder(HostSource::new(teq.host())).service("switch").listen(admin.clone()).build()?)?;
    teq.start().await?;
    let shown = show(&teq, &gateway).await;
    if shown.is_ok() && flags.get("serve").unwrap_or(false) {
        println!("\nIt keeps running. From another terminal:");
        println!(
            "  cargo run --release --features teq --bin teq -- send --to {gateway} 0200 2=4012345678909 3=000000 4=2500 41=TERM0001"
        );
        println!("The page of the operator is http://{admin}/. Ctrl+C ends it.");
        tokio::signal::ctrl_c().await?;
    }
    teq.stop().await?;
    shown
}

async fn show(teq: &Teq, gateway: &str) -> Result<(), Box<dyn Error>> {
    let readiness = teq.host().ready_within(Duration::from_secs(10)).await;
    if !readiness.ready {
        // Descriptors that are not right are told by the scan.
        let problems = teq.scan().await.map(|scan| scan.problems.join("\n")).unwrap_or_default();
        return Err(format!("not ready: {:?}\n{problems}", readiness.waiting_for).into());
    }
    println!("== What runs ==");
    for listed in teq.components() {
        println!("{:<10} {:<10} {:<8} {}", listed.name, listed.kind, listed.status.health.name(), listed.status.detail);
    }

    let till = Till::open(gateway).await?;
    let result = async {
        for (pan, amount, what) in PURCHASES {
            println!("\n== {what} ==");
            let line = till.purchase(pan, amount).await?;
            if let Some(record) = teq.host().traces().list().first() {
                println!("{}", record.text(&Style::new()).trim());
            }
            println!("{line}");
        }
        let (at_a_time, in_all) = LOAD;
        println!("\n== {in_all} purchases through the switch, {at_a_time} at a time ==");
        println!("{}", till.load(at_a_time, in_all).await?);
        Ok(())
    }
    .await;
    till.close().await;
    result
}
