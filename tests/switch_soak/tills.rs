//! Tills: each has a link to the gateway, asks over it from several tasks, and proves what it got.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use isopace::connector::{Backoff, Connector};
use isopace::iso87a::DIALECT;
use isopace::link::Connect;
use isopace::mux::{self, Outcome};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::message;
use super::tally::Tally;
use crate::seeded::Seeded;

/// The gateway has answered or hung up long before: its own timeouts are 2.5 s at most, and it stops within 10 s.
const PATIENCE: Duration = Duration::from_secs(20);
/// Requests at a time over the link of a till.
pub(super) const AT_A_TIME: u32 = 4;

/// Says nothing: what goes wrong here is meant to.
struct Quiet;

impl isopace::connector::Events for Quiet {}

/// A till with this number, and its name.
pub(super) fn dial(gateway: SocketAddr, number: u32) -> Result<(Connector, String), String> {
    let name = format!("TERM{number:04}");
    let till = Connector::builder(&DIALECT)
        .name(name.as_str())
        .dial(Connect::to(gateway.to_string(), message::settings()).deadline(Duration::from_secs(3)))
        .timeout(PATIENCE)
        .drain_timeout(Duration::from_secs(4))
        .backoff(Backoff::new(Duration::from_millis(20), Duration::from_millis(500)))
        .events(Quiet)
        .start();
    Ok((till.map_err(|error| error.to_string())?, name))
}

/// Asks at about this pace until then; gives what its links have counted.
pub(super) async fn run(
    (till, name): (Connector, String),
    tally: Arc<Tally>,
    seed: u64,
    pace: Duration,
    end: Instant,
) -> mux::Stats {
    let mut askers = JoinSet::new();
    for asker in 0..AT_A_TIME {
        let (till, name, tally) = (till.clone(), name.clone(), Arc::clone(&tally));
        let mut random = Seeded::new(seed ^ u64::from(asker) << 48);
        askers.spawn(async move {
            while Instant::now() < end {
                let began = Instant::now();
                ask(&till, &name, &tally, random.one_in(2)).await;
                // From none to twice the pace, so that it is kept on the average.
                sleep(pace.mul_f64(random.below(2000) as f64 / 1000.0).saturating_sub(began.elapsed())).await;
            }
        });
    }
    while let Some(ended) = askers.join_next().await {
        if ended.is_err() {
            tally.wrong(format!("{name} panicked"));
        }
    }
    till.stop().await;
    till.stats().links
}

/// One request; its response code, if it had an answer.
pub(super) async fn ask(till: &Connector, name: &str, tally: &Tally, wait: bool) -> Option<String> {
    let number = tally.begin()?;
    let request = message::purchase(number, name);
    let asked = till.request(&request).timeout(PATIENCE).wait_until_ready(wait);
    let Ok(outcome) = timeout(PATIENCE + Duration::from_secs(5), asked).await else {
        tally.wrong(format!("{number} did not end by its deadline"));
        return None;
    };
    match outcome {
        Outcome::Response(answer) => match message::code(&answer, number, name) {
            Ok(code) => {
                tally.end(number, &code);
                return Some(code);
            }
            Err(other) => tally.wrong(other),
        },
        Outcome::TimedOut => tally.wrong(format!("{number} was neither answered nor its link closed in {PATIENCE:?}")),
        other => tally.end(number, other.name()),
    }
    None
}
