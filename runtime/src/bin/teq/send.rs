//! `teq send`: sends messages, one after the other, and shows the answers.

mod parse;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use isopace::frame::Framing;
use isopace::link::Connect;
use isopace::mux::{Events, Mux, Outcome as Ended, Unmatched};
use isopace::simulator::{fill, is_approval};
use isopace::types::{Stan, Text};
use isopace::{Dialect, Edit, Message};

use crate::console::HEADING;
use crate::load::time;
use crate::simulate::line;
use crate::{Failure, Outcome, console, output, spec, usage};
use isopace::inspect::Inspection;

/// Send messages and show the answers
///
/// The message is given as its type and elements, or in a file or on standard input: one on each line, as the JSON that `teq decode
/// --json --reveal` prints or as hex. Prints request and answer, masked. Each message waits for the answer to the one before.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit code, of several messages the highest: 0 answered with an approval (00, 000, 800 for network management), 1 answered otherwise,
2 the command could not be run, 3 not sent, 4 no answer in time, 5 the link was lost before the answer.

Examples:
  teq send --to 127.0.0.1:8583 0800 70=301
  teq send --to 127.0.0.1:8583 0200 2=4012345678909 3=000000 4=2500 41=TERM0001 --count 3
  teq send --to 127.0.0.1:8583 --spec iso93-a --file requests.jsonl")]
pub(crate) struct Arguments {
    /// Whom to send to
    #[arg(long, value_name = "HOST:PORT")]
    to: String,
    /// The dialect: a shipped one by name, or a spec file
    #[arg(long, value_name = "NAME|FILE.toml", default_value = "iso87-a")]
    spec: String,
    /// What stands around each message: length2, ascii4, "length2,tpdu=6000010002"; as `teq decode --frame`
    #[arg(long, value_name = "KIND", default_value = "length2")]
    framing: Framing,
    /// How often to send it, or all of them
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    count: u32,
    /// How long to wait for each answer: 30s, 500ms
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = time)]
    timeout: Duration,
    /// Fill in audit number, date and time (DE 11, 7, 12, 13; UTC) where they are missing
    #[arg(long, value_name = "true|false", default_value_t = true, action = clap::ArgAction::Set)]
    fill: bool,
    /// Messages from a file, or from standard input for `-`
    #[arg(long, value_name = "FILE", conflicts_with = "message")]
    file: Option<String>,
    /// Message type and elements: 0200 2=4012345678909 55.9F02=000000002500; `-` for messages from standard input
    #[arg(value_name = "MTI PATH=VALUE", required_unless_present = "file")]
    message: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let dialect = spec::dialect(&arguments.spec)?;
    let messages = match (&arguments.file, arguments.message.as_slice()) {
        (Some(file), _) => parse::lines(dialect, Some(file))?,
        (None, [dash]) if dash == "-" => parse::lines(dialect, None)?,
        (None, words) => vec![parse::words(dialect, words)?],
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(format!("cannot run: {error}")))?;
    runtime.block_on(exchange(arguments, dialect, &messages))
}

/// Tells what nobody waits for.
struct Told;

impl Events for Told {
    fn unmatched(&self, unmatched: Unmatched) {
        let Unmatched { reason, message, .. } = unmatched;
        console::note(&format!("{}: {}\n", reason.name(), line(&message)));
    }
}

async fn exchange(arguments: &Arguments, dialect: &'static Dialect, messages: &[Message]) -> Result<Outcome, Failure> {
    let link = match Connect::to(&arguments.to, arguments.framing).open().await {
        Ok(link) => link,
        Err(error) => {
            // It repeats the address, whatever was given as one.
            let text = format!("not sent: {error}\n");
            console::note(&usage::without_messages(&text, std::env::args_os().skip(1)));
            return Ok(Outcome::Code(3));
        }
    };
    let (mux, driver) =
        Mux::builder(dialect).timeout(arguments.timeout).events(Told).start(link).map_err(Failure::new)?;
    let driver = tokio::spawn(driver);
    // Each run begins elsewhere, so that two of them in a day do not send the same numbers.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    let mut stan = Stan::new((now % 999_999) as u32 + 1).map_err(Failure::new)?;
    let mut worst = 0;
    for _ in 0..arguments.count {
        for message in messages {
            let edit = if arguments.fill { fill(message, stan) } else { message.edit() };
            stan = stan.next();
            worst = worst.max(one(&mux, &edit, dialect).await?);
        }
    }
    mux.close(Duration::from_secs(1)).await;
    _ = driver.await;
    Ok(Outcome::Code(worst))
}

/// Sends a message and shows it and its answer. Gives the exit code for it.
async fn one(mux: &Mux, edit: &Edit<'_>, dialect: &'static Dialect) -> Result<u8, Failure> {
    let wire = edit.finish().map_err(|error| Failure::new(format!("{}: {}", error.path(), error.kind())))?;
    let message = Message::parse(dialect, wire).map_err(|error| Failure::new(error.kind()))?;
    show("request", &message)?;
    if message.mti().response().is_none() {
        return Ok(match mux.send(&message).await {
            Ok(()) => 0,
            Err(error) => {
                console::note(&format!("{error}\n"));
                3
            }
        });
    }
    let begun = std::time::Instant::now();
    let outcome = mux.request(&message).await;
    let code = match &outcome {
        Ended::Response(answer) => {
            show(&format!("answer after {:.1} ms", begun.elapsed().as_secs_f64() * 1e3), answer)?;
            let code = answer.get::<Text<'_>>(39).ok().flatten();
            u8::from(!code.is_some_and(|code| is_approval(answer.mti(), code.as_str())))
        }
        Ended::NotSent(error) => {
            console::note(&format!("not sent: {error}\n"));
            3
        }
        Ended::TimedOut => {
            console::note("no answer in time: it may have been acted on\n");
            4
        }
        Ended::Unknown(lost) => {
            console::note(&format!("{lost}: it may have been acted on\n"));
            5
        }
        other => {
            console::note(&format!("{}\n", other.name()));
            1
        }
    };
    Ok(code)
}

fn show(what: &str, message: &Message) -> Result<(), Failure> {
    let decoded = Inspection::new(message.dialect(), message.as_bytes().clone());
    console::print(&format!("{HEADING}{what}{HEADING:#}: {}", output::message(&decoded, false)))?;
    decoded.errors().iter().for_each(|report| console::note(&crate::report::Told::text(report)));
    Ok(())
}
