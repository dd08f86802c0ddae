//! Callers: each asks, waits, proves what it got, and asks again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use isopace::connector::Connector;
use isopace::mux::Outcome;
use isopace::pool::Pool;

use super::ledger::Ledger;
use super::message;
use crate::seeded::Seeded;

/// What a caller asks over.
#[derive(Clone)]
pub(super) enum Over {
    Connector(Connector),
    Pool(Pool),
}

impl Over {
    async fn ask(&self, number: u32, wait: bool, timeout: Duration) -> Outcome {
        let purchase = message::purchase(number);
        match self {
            Over::Connector(connector) => connector.request(&purchase).timeout(timeout).wait_until_ready(wait).await,
            Over::Pool(pool) => pool.request(&purchase).timeout(timeout).wait_until_ready(wait).await,
        }
    }
}

/// Asks at about this pace until then.
pub(super) async fn call(over: Over, ledger: Arc<Ledger>, mut random: Seeded, pace: Duration, end: Instant) {
    while Instant::now() < end {
        let began = Instant::now();
        ask(&over, &ledger, &mut random).await;
        // From none to twice the pace, so that it is kept on the average.
        let wait = pace.mul_f64(random.below(2000) as f64 / 1000.0).saturating_sub(began.elapsed());
        tokio::time::sleep(wait).await;
    }
}

/// One request, with all that a caller may do.
pub(super) async fn ask(over: &Over, ledger: &Ledger, random: &mut Seeded) {
    let Some(number) = ledger.begin() else { return };
    let timeout = Duration::from_millis(500 + random.below(1500) as u64);
    let asked = over.ask(number, random.one_in(2), timeout);
    let patience = match random.below(100) {
        // Some give up.
        0 => Duration::from_millis(random.below(20) as u64),
        _ => timeout + Duration::from_secs(5),
    };
    match tokio::time::timeout(patience, asked).await {
        Ok(outcome) => {
            ledger.end(number, &outcome);
            if let Outcome::Response(response) = &outcome
                && !message::answers(response, number)
            {
                ledger.wrong(format!("{number} got the answer to {:?}", message::number(response)));
            }
        }
        Err(_) if patience > timeout => ledger.wrong(format!("{number} did not end by its deadline")),
        Err(_) => ledger.cancelled(number),
    }
}
