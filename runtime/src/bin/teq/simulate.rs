//! `teq simulate`: a test host.

mod line;

use std::fmt::Write as _;

use isopace::Dialect;
use isopace::frame::Framing;
use isopace::host::Component;
use isopace::link::{Connect, Listen};
use isopace::simulator::{Event, Recorder, Scenario, Simulator, Stats};

use crate::console::{FAINT, HEADING};
use crate::{Failure, Outcome, console, output, spec, usage};
use isopace::inspect::Inspection;

pub(crate) use line::line;

/// Be a test host: answer what comes in, as a scenario says
///
/// Answers every request by the reply rules of the dialect. With --limit, larger amounts are declined. A scenario makes answers slow,
/// late, missing, second, reversed or corrupt, ends connections, and sends messages unasked. Prints every message masked; ends on an
/// interrupt, with totals.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit code: 0 ended by an interrupt, 2 the command could not be run.

Examples:
  teq simulate
  teq simulate --listen 127.0.0.1:8583 --framing ascii4 --spec iso93-a --limit 50000
  teq simulate --scenario bad-day.toml --trace
  teq simulate --connect 127.0.0.1:9000

A scenario:
  [[rule]]
  match = { mti = \"0x00\", 4 = { from = 1000000 } }
  code = \"61\"
  delay = { from = 100, to = 900 }")]
pub(crate) struct Arguments {
    /// The address to listen at; port 0 is one that is free
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8583", conflicts_with = "connect")]
    listen: String,
    /// Dial this address instead of listening
    #[arg(long, value_name = "HOST:PORT")]
    connect: Option<String>,
    /// The dialect: a shipped one by name, or a spec file
    #[arg(long, value_name = "NAME|FILE.toml", default_value = "iso87-a")]
    spec: String,
    /// What stands around each message: length2, ascii4, "length2,tpdu=6000010002"; as `teq decode --frame`
    #[arg(long, value_name = "KIND", default_value = "length2")]
    framing: Framing,
    /// What to do other than to answer
    #[arg(long, value_name = "FILE.toml")]
    scenario: Option<String>,
    /// Decline larger amounts, in minor units
    #[arg(long, value_name = "AMOUNT")]
    limit: Option<u64>,
    /// Another seed than that of the scenario
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Record all traffic in this file, which must not be there yet, for replay. It holds card data in clear: needs --reveal
    #[arg(long, value_name = "FILE")]
    record: Option<String>,
    /// Allow the recording to hold what is sent, in clear. What is printed stays masked
    #[arg(long)]
    reveal: bool,
    /// Print every element on a line of its own
    #[arg(long)]
    trace: bool,
    /// Print no messages: for load
    #[arg(long, conflicts_with = "trace")]
    quiet: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let dialect = spec::dialect(&arguments.spec)?;
    let mut builder = Simulator::builder(dialect);
    if let Some(path) = &arguments.scenario {
        builder = builder.scenario(Scenario::file(dialect, path).map_err(Failure::new)?);
    }
    if let Some(limit) = arguments.limit {
        builder = builder.limit(limit);
    }
    if let Some(seed) = arguments.seed {
        builder = builder.seed(seed);
    }
    if let Some(path) = &arguments.record {
        if !arguments.reveal {
            let why = "a recording holds card data in clear; say --reveal if that is allowed here";
            return Err(Failure::new(why));
        }
        let recorder = Recorder::create(path);
        builder = builder.record(recorder.map_err(|error| Failure::new(format!("cannot make {path}: {error}")))?);
    }
    builder = match &arguments.connect {
        Some(address) => builder.dial(Connect::to(address, arguments.framing)),
        None => builder.listen(Listen::new(arguments.framing), &arguments.listen),
    };
    let trace = arguments.trace;
    if !arguments.quiet {
        builder = builder.watch(move |event| show(event, dialect, trace));
    }
    let simulator = builder.build().map_err(Failure::new)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(format!("cannot run: {error}")))?;
    runtime.block_on(serve(&simulator, arguments))
}

async fn serve(simulator: &Simulator, arguments: &Arguments) -> Result<Outcome, Failure> {
    simulator.start().await.map_err(Failure::new)?;
    let Arguments { framing, spec, .. } = arguments;
    let what = match (simulator.local_address(), &arguments.connect) {
        (Some(address), _) => format!("listening at {address}"),
        (None, connect) => format!("dialling {}", connect.as_deref().unwrap_or_default()),
    };
    let first = format!("{HEADING}{what}{HEADING:#}, {spec}, {framing}; interrupt to end\n");
    console::print(&usage::without_messages(&first, std::env::args_os().skip(1)))?;
    interrupted().await;
    simulator.stop().await;
    console::print(&totals(&simulator.stats()))?;
    Ok(Outcome::Good)
}

/// Waits for an interrupt or a request to end.
pub(crate) async fn interrupted() {
    #[cfg(unix)]
    if let Ok(mut ended) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = ended.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        return;
    }
    _ = tokio::signal::ctrl_c().await;
}

fn show(event: &Event<'_>, dialect: &'static Dialect, trace: bool) {
    let block = |message: &isopace::Message| {
        let decoded = Inspection::new(dialect, message.as_bytes().clone());
        output::message(&decoded, false)
    };
    let text = match event {
        Event::Connected { client, peer } => {
            let peer = peer.map_or_else(String::new, |peer| format!(" with {peer}"));
            format!("{FAINT}{client} connected{peer}{FAINT:#}\n")
        }
        Event::Received { client, message, rule } => {
            let rule = rule.map_or_else(String::new, |rule| format!("  {FAINT}rule: {rule}{FAINT:#}"));
            let blocks = if trace { block(message) } else { String::new() };
            format!("{client} <- {}{rule}\n{blocks}", line(message))
        }
        Event::Undecodable { client, bytes, error } => {
            format!("{client} <- {bytes} bytes that are no message: {}: {}\n", error.path(), error.kind())
        }
        Event::Sent { client, message: Some(message), .. } => {
            let blocks = if trace { block(message) } else { String::new() };
            format!("{client} -> {}\n{blocks}", line(message))
        }
        Event::Sent { client, bytes, .. } => format!("{client} -> {bytes} bytes that are no message\n"),
        Event::Ended { client, how } => format!("{FAINT}{client} {how}{FAINT:#}\n"),
        _ => return,
    };
    _ = console::print(&text);
}

/// What was counted, without what never happened.
fn totals(stats: &Stats) -> String {
    let mut text = format!("{HEADING}totals{HEADING:#}\n");
    for (name, value) in stats.figures().filter(|(name, value)| *value > 0 || *name == "received") {
        _ = writeln!(text, "{name:<14} {value}");
    }
    for (name, used) in &stats.rules {
        _ = writeln!(text, "rule           {used}  {name}");
    }
    text
}
