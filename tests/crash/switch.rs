//! A switch from descriptors that is killed: a gateway that carries requests on once, and reverses what nobody knows the
//! end of.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use isopace::teq::Teq;

/// What is deployed: an issuer, a queue of reversals to it, and the gateway, all in one store.
pub(crate) fn deploy(folder: &Path, issuer: &str, port: u16, storage: &str) -> std::io::Result<()> {
    let storage = format!("{storage}\nkey_id = \"crash\"\nkey_file = \"key.hex\"\n");
    let head = |name: &str, kind: &str| format!("name = \"{name}\"\ntype = \"{kind}\"\nenabled = true\n[config]\n");
    std::fs::write(folder.join("key.hex"), "09".repeat(32))?;
    std::fs::write(
        folder.join("issuer.toml"),
        format!("{}addr = \"{issuer}\"\nmin_backoff_ms = 5\nmax_backoff_ms = 20\n", head("issuer", "connector")),
    )?;
    std::fs::write(
        folder.join("reversals.toml"),
        format!(
            "{}upstream = \"issuer\"\nnode = \"n1\"\ntimeout_ms = 200\nmin_backoff_ms = 10\nmax_backoff_ms = 50\n\
             attempts = 1000000\n{storage}",
            head("reversals", "store-and-forward")
        ),
    )?;
    std::fs::write(
        folder.join("pos.toml"),
        format!(
            "{}addr = \"127.0.0.1:{port}\"\nroute_to = \"issuer\"\ntimeout_ms = 150\ngrace_ms = 500\n\
             reversals = \"reversals\"\n[config.idempotency]\n{storage}",
            head("pos", "gateway")
        ),
    )
}

/// The program that is killed.
pub(crate) fn main(words: &[String]) -> ExitCode {
    let [folder] = words else { return ExitCode::from(2) };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime can be built").block_on(async {
        let teq = Teq::builder().deploy_dir(folder).scan_interval(Duration::from_secs(600)).build();
        if let Err(error) = teq.start().await {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
        if !teq.host().ready_within(Duration::from_secs(30)).await.ready {
            eprintln!("not ready: {:?}", teq.components());
        }
        println!("ready");
        // Until it is killed, or nothing waits any more for some time and nobody needs it.
        loop {
            let waits = teq.get("reversals").map(|queue| queue.status());
            let figures = waits.map(|status| status.figures).unwrap_or_default();
            println!("figures {figures:?}");
            if figures.contains(&("dead", 1)) {
                eprintln!("a reversal was given up");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
}
