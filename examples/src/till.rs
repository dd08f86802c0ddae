//! A till: sends purchases to a switch, one at a time or many.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use isopace::Message as Received;
use isopace::connector::{Connector, Stans};
use isopace::iso87a::{DIALECT, Message};
use isopace::link::Connect;
use isopace::mux::Outcome;
use isopace::types::{Amount, Currency, Pan, ProcessingCode, Stan};
use isopace::{Bytes, Error};
use tokio::task::JoinSet;

use crate::connection::FRAMING;

/// How long a connection may take, and an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection to a switch, and the numbers of its transactions.
#[derive(Debug, Clone)]
pub struct Till {
    connector: Connector,
    stans: Stans,
}

/// Why a purchase came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// There is no connection.
    #[error("no connection to {0}")]
    NoConnection(String),
    /// The request cannot be written.
    #[error("{0}")]
    Message(#[from] Error),
    /// A value that is none.
    #[error("{0}")]
    Value(#[from] isopace::types::ValueError),
    /// No answer: how the request ended.
    #[error("stan {stan}: {outcome}")]
    Unanswered {
        /// Which one.
        stan: Stan,
        /// The name of its [`Outcome`].
        outcome: &'static str,
    },
}

/// How many purchases went.
#[derive(Debug, Default)]
pub struct Summary {
    /// From sending to the answer, in order.
    latencies: Vec<Duration>,
    approved: usize,
    declined: usize,
    unanswered: usize,
    took: Duration,
}

impl Till {
    /// Connects to a switch.
    ///
    /// # Errors
    /// Nobody answers there.
    pub async fn open(address: &str) -> Result<Self, Failure> {
        let none = || Failure::NoConnection(address.to_owned());
        let connector = Connector::builder(&DIALECT).name("till").dial(Connect::to(address, FRAMING)).start();
        let connector = connector.map_err(|_| none())?;
        match tokio::time::timeout(PATIENCE, connector.ready()).await {
            Ok(true) => Ok(Till { connector, stans: Stans::default() }),
            _ => {
                connector.abort();
                Err(none())
            }
        }
    }

    /// One purchase over so many minor units of US dollars, as a line for people.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn purchase(&self, pan: &str, amount: u64) -> Result<String, Failure> {
        let stan = self.stans.next();
        let answer = self.ask(stan, pan, amount).await?;
        let code: &str = answer.at("39")?.unwrap_or_default();
        let approval: &str = answer.at("38")?.unwrap_or_default();
        Ok(format!("stan {stan} -> {} rc={code} auth={approval:?}", answer.mti()))
    }

    /// So many purchases, so many at a time.
    ///
    /// # Errors
    /// A request that cannot be written. Those without an answer are counted.
    pub async fn load(&self, at_a_time: usize, in_all: usize) -> Result<Summary, Failure> {
        let left = Arc::new(AtomicUsize::new(in_all));
        let began = Instant::now();
        let mut tasks = JoinSet::new();
        for _ in 0..at_a_time {
            tasks.spawn(self.clone().keep_buying(Arc::clone(&left)));
        }
        let mut summary = Summary::default();
        while let Some(ended) = tasks.join_next().await {
            summary.add(ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?);
        }
        summary.took = began.elapsed();
        summary.latencies.sort_unstable();
        Ok(summary)
    }

    async fn keep_buying(self, left: Arc<AtomicUsize>) -> Result<Summary, Failure> {
        let mut summary = Summary::default();
        while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
            let began = Instant::now();
            match self.ask(self.stans.next(), "4012345678909", 2500).await {
                Ok(answer) => {
                    summary.latencies.push(began.elapsed());
                    let approved = answer.at::<&str>("39")? == Some("00");
                    *(if approved { &mut summary.approved } else { &mut summary.declined }) += 1;
                }
                Err(Failure::Unanswered { .. }) => summary.unanswered += 1,
                Err(error) => return Err(error),
            }
        }
        Ok(summary)
    }

    async fn ask(&self, stan: Stan, pan: &str, amount: u64) -> Result<Received, Failure> {
        let request = purchase(stan, pan, amount)?;
        match self.connector.request(isopace::mux::Wire(&request)).timeout(PATIENCE).await {
            Outcome::Response(answer) => Ok(answer.message),
            other => Err(Failure::Unanswered { stan, outcome: other.name() }),
        }
    }

    /// Ends the connection in order.
    pub async fn close(&self) {
        self.connector.stop().await;
    }
}

fn purchase(stan: Stan, pan: &str, amount: u64) -> Result<Bytes, Failure> {
    let wire = Message::build()
        .mti("0200")
        .pan(&Pan::new(pan)?)
        .processing_code(ProcessingCode::new("000000")?)
        .amount(Amount::minor(amount))
        .stan(stan)
        .terminal_id("TERM0001")
        .currency(Currency::USD)
        .finish()?;
    Ok(wire)
}

impl Summary {
    fn add(&mut self, other: Summary) {
        self.latencies.extend(other.latencies);
        self.approved += other.approved;
        self.declined += other.declined;
        self.unanswered += other.unanswered;
    }

    /// The latency that this share of the answers kept below, in per mille.
    fn percentile(&self, per_mille: usize) -> Duration {
        let at = (self.latencies.len() * per_mille).div_ceil(1000).saturating_sub(1);
        self.latencies.get(at).copied().unwrap_or_default()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { approved, declined, unanswered, .. } = self;
        writeln!(f, "approved {approved}, declined {declined}, without an answer {unanswered}")?;
        let rate = self.latencies.len() as f64 / self.took.as_secs_f64().max(f64::EPSILON);
        writeln!(f, "{rate:.0} a second")?;
        let [half, most, last] = [500, 990, 1000].map(|share| self.percentile(share).as_micros());
        write!(f, "latency in microseconds: half within {half}, 99 of 100 within {most}, all within {last}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_latencies() {
        let of =
            |count: u64| Summary { latencies: (1..=count).map(Duration::from_micros).collect(), ..Summary::default() };
        let shares = |count| [500, 990, 1000].map(|share| of(count).percentile(share).as_micros());
        assert_eq!(shares(0), [0, 0, 0]);
        assert_eq!(shares(1), [1, 1, 1]);
        assert_eq!(shares(1000), [500, 990, 1000]);
    }
}
