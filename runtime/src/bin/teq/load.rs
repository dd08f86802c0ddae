//! `teq load`: makes load by a schedule, and measures honestly.

mod arrivals;
mod generator;
mod pacer;
mod progress;
mod report;
mod schedule;
mod stans;
mod tally;

use std::time::Duration;

use isopace::Dialect;
use isopace::connector::{Backoff, Connector, NetworkManagement};
use isopace::frame::Framing;
use isopace::link::Connect;
use isopace::simulator::Mix;
use serde_json::json;

use crate::simulate::interrupted;
use crate::{Failure, Outcome, console, spec};

use generator::{Plan, Results};
use progress::Progress;
use schedule::Schedule;

/// How long the connections may take to be ready.
const CONNECT: Duration = Duration::from_secs(10);

/// Make load, and measure how it is answered
///
/// Messages are due by a schedule, whatever the answers do (an open loop), and latency is measured from when a message was due: a host
/// that stalls for a second shows it in every message that was due meanwhile. A message that is due while as many are in flight as
/// may be starts late, and is measured all the same; past 100000 that wait, more are dropped and counted. Audit numbers are unique
/// among those in flight. Ends by itself; an interrupt ends it early, with results.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit code: 0 every message was answered, 1 some were not, or were dropped, 2 the command could not be run.

The JSON is one object: schema (1), settings, seconds (warm-up not counted), interrupted, scheduled (messages that were due), ended,
rate (ended a second), late_starts, dropped, outcomes, codes (DE 39), messages (by name in the mix), and latency_us and service_us with
count, min, mean, p50, p90, p95, p99, p999, p9999, max in microseconds: latency from when a message was due, service from when it was
sent, of all that were sent; one without an answer counts with the time until it was given up. scheduled = ended + dropped.

A mix has one [[message]] each, with name, weight, mti and set:
  [[message]]
  name = \"purchase\"
  weight = 80
  mti = \"0200\"
  set = { 2 = [\"4012345678909\"], 3 = \"000000\", 4 = { from = 100, to = 50000 }, 37 = { sequence = 1 }, 41 = \"TERM0001\" }

Examples:
  teq load --to 127.0.0.1:8583 --rate 1000 --duration 30s
  teq load --to 127.0.0.1:8583 --ramp 100..5000 --duration 2m --warm-up 5s --connections 4 --mix day.mix.toml --json out.json")]
pub(crate) struct Arguments {
    /// Whom to send to
    #[arg(long, value_name = "HOST:PORT")]
    to: String,
    /// Messages a second
    #[arg(long, value_name = "NUMBER", value_parser = rate, required_unless_present = "ramp", conflicts_with = "ramp")]
    rate: Option<f64>,
    /// Messages a second at the beginning and in the end, growing or falling steadily
    #[arg(long, value_name = "FROM..TO", value_parser = ramp)]
    ramp: Option<(f64, f64)>,
    /// How long: 30s, 500ms, 2m; the warm-up comes before it
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "10s")]
    duration: Duration,
    /// How long messages are sent at the first rate and not measured, before
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "0s")]
    warm_up: Duration,
    /// Connections
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    connections: u16,
    /// Most messages without an answer, all connections together
    #[arg(long, value_name = "NUMBER", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    in_flight: u32,
    /// How long to wait for an answer
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "10s")]
    timeout: Duration,
    /// The messages; purchases with test cards without this
    #[arg(long, value_name = "FILE.toml")]
    mix: Option<String>,
    /// Sign on first, and send echo tests
    #[arg(long)]
    sign_on: bool,
    /// The dialect: a shipped one by name, or a spec file
    #[arg(long, value_name = "NAME|FILE.toml", default_value = "iso87-a")]
    spec: String,
    /// What stands around each message: length2, ascii4, "length2,tpdu=6000010002"; as `teq decode --frame`
    #[arg(long, value_name = "KIND", default_value = "length2")]
    framing: Framing,
    /// Write the results to this file as JSON; `-`: to standard output, instead of the text
    #[arg(long, value_name = "FILE")]
    json: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let dialect = spec::dialect(&arguments.spec)?;
    let mut mix = match &arguments.mix {
        Some(path) => {
            let text = std::fs::read_to_string(path);
            let text = text.map_err(|error| Failure::new(format!("cannot read {path}: {error}")))?;
            Mix::parse(dialect, path, &text)
        }
        None => Mix::purchases(dialect),
    }
    .map_err(Failure::new)?;
    let (from, to) = arguments.ramp.or(arguments.rate.map(|rate| (rate, rate))).unwrap_or((1.0, 1.0));
    if arguments.duration.is_zero() {
        return Err(Failure::new("--duration is nothing"));
    }
    let schedule = Schedule::new(from, to, arguments.warm_up, arguments.duration);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(format!("cannot run: {error}")))?;
    let results = runtime.block_on(measure(arguments, dialect, schedule, &mut mix))?;
    let names: Vec<String> = mix.names().map(str::to_owned).collect();
    tell(arguments, &results, &names, (from, to))?;
    let whole = results.dropped == 0 && results.tally.answered() == results.tally.ended();
    Ok(if whole { Outcome::Good } else { Outcome::Refused })
}

async fn measure(
    arguments: &Arguments,
    dialect: &'static Dialect,
    schedule: Schedule,
    mix: &mut Mix,
) -> Result<Results, Failure> {
    let network = match (arguments.sign_on, dialect.field(39).map(|field| field.rule.max())) {
        (false, _) => NetworkManagement::new(),
        (true, Some(3)) => NetworkManagement::iso93(),
        (true, _) => NetworkManagement::iso87(),
    };
    let in_flight = arguments.in_flight as usize;
    let connect = |number: u16| {
        Connector::builder(dialect)
            .name(format!("load-{number}"))
            .dial(Connect::to(&arguments.to, arguments.framing))
            .network(network.clone())
            .backoff(Backoff::constant(Duration::from_millis(250)))
            .drain_timeout(Duration::from_secs(1))
            .mux(move |mux| mux.max_in_flight(in_flight))
            .start()
    };
    let connectors: Result<Vec<Connector>, _> = (1..=arguments.connections).map(connect).collect();
    let connectors = connectors.map_err(Failure::new)?;
    let ready = async {
        for connector in &connectors {
            connector.ready().await;
        }
    };
    if tokio::time::timeout(CONNECT, ready).await.is_err() {
        let failure = connectors.iter().find_map(|connector| connector.status().failure);
        for connector in &connectors {
            connector.stop().await;
        }
        let why = failure.map_or_else(|| "no answer".to_owned(), |failure| failure.to_string());
        return Err(Failure::new(format!("not all connections are ready within {} s: {why}", CONNECT.as_secs())));
    }
    let plan = Plan { schedule, connectors, in_flight, timeout: arguments.timeout };
    let results = generator::run(&plan, mix, &mut Progress::new(), interrupted()).await;
    for connector in &plan.connectors {
        connector.stop().await;
    }
    results.map_err(Failure::new)
}

fn tell(arguments: &Arguments, results: &Results, names: &[String], rates: (f64, f64)) -> Result<(), Failure> {
    let settings = json!({
        "to": arguments.to,
        "spec": arguments.spec,
        "framing": arguments.framing.to_string(),
        "rate_from": rates.0,
        "rate_to": rates.1,
        "duration_s": arguments.duration.as_secs_f64(),
        "warm_up_s": arguments.warm_up.as_secs_f64(),
        "connections": arguments.connections,
        "in_flight": arguments.in_flight,
        "timeout_s": arguments.timeout.as_secs_f64(),
        "mix": arguments.mix,
    });
    let json = format!("{:#}\n", report::json(results, names, &settings));
    match arguments.json.as_deref() {
        Some("-") => console::print(&json)?,
        Some(path) => {
            std::fs::write(path, json).map_err(|error| Failure::new(format!("cannot write {path}: {error}")))?;
            console::print(&report::text(results, names))?
        }
        None => console::print(&report::text(results, names))?,
    };
    Ok(())
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if (0.001..=10_000_000.0).contains(&rate) => Ok(rate),
        _ => Err("expected messages a second, from 0.001 to 10000000".to_owned()),
    }
}

fn ramp(text: &str) -> Result<(f64, f64), String> {
    let (from, to) = text.split_once("..").ok_or("expected two rates: 100..5000")?;
    Ok((rate(from)?, rate(to)?))
}

/// A time as it is given on a command line; seconds without a unit.
pub(crate) fn time(text: &str) -> Result<Duration, String> {
    let wrong = || "expected a time up to a day: 30s, 500ms, 2m, 1h".to_owned();
    let digits = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let scale = match unit {
        "ms" => 1,
        "s" | "" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(wrong()),
    };
    let time = number.checked_mul(scale).filter(|ms| *ms <= 86_400_000).ok_or_else(wrong)?;
    Ok(Duration::from_millis(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_rates() {
        let table = [("30s", 30_000), ("500ms", 500), ("2m", 120_000), ("1h", 3_600_000), ("7", 7000), ("0s", 0)];
        for (text, ms) in table {
            assert_eq!(time(text), Ok(Duration::from_millis(ms)), "{text}");
        }
        for text in ["", "s", "-1s", "25h", "99999999999999999999s", "1.5s", "1 s"] {
            assert!(time(text).is_err(), "{text}");
        }
        assert_eq!(ramp("100..5000"), Ok((100.0, 5000.0)));
        assert!(ramp("100").is_err() && rate("0").is_err() && rate("nan").is_err() && ramp("1..-1").is_err());
    }
}
