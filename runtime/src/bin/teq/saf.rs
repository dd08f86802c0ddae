//! `teq saf`: looks into a queue of store-and-forward, and takes it in hand.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use isopace::inspect::Inspection;
use isopace::link::Tls;
use isopace::saf::{Saf, Stored};
use isopace::store::postgres::Settings;
use isopace::store::{EntryState, Moment, Sqlite, StorageKey, Store, StoreError, Vault};
use zeroize::Zeroizing;

use crate::console::{self, FAINT, HEADING, Reader};
use crate::{Failure, Outcome, output, spec};

/// Most messages that are fetched at a time.
const PAGE: u32 = 200;

/// Look into a queue of store-and-forward, and take it in hand
///
/// It may be done while the switch runs: that sees it within seconds. Messages are masked. What waits and what was given up
/// is listed; what was delivered is not.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit code: 0 it is done, 1 there is no such message, 2 the command could not be run.

Examples:
  teq saf --store queues.db list reversals
  teq saf --store queues.db --key-id 2026-11 --key-file keys/store.hex show reversals 7
  teq saf --store queues.db replay reversals 7")]
pub(crate) struct Arguments {
    /// The file that the queue is kept in
    #[arg(long, value_name = "FILE", required_unless_present = "postgres", conflicts_with = "postgres")]
    store: Option<PathBuf>,
    /// A file with the configuration of the connection to PostgreSQL, where the queue is kept there: postgresql://...
    #[arg(long, value_name = "FILE")]
    postgres: Option<PathBuf>,
    /// The authorities that vouch for the database: it is then asked under TLS
    #[arg(long, value_name = "FILE", requires = "postgres")]
    ca: Option<PathBuf>,
    /// The name of the key, as in the descriptor
    #[arg(long, requires = "key_file")]
    key_id: Option<String>,
    /// The file of the key, 64 hex digits; `show` needs it
    #[arg(long, value_name = "FILE", requires = "key_id")]
    key_file: Option<PathBuf>,
    /// A key that was used before: its name and its file; may be given several times
    #[arg(long, value_name = "ID=FILE", requires = "key_id")]
    earlier_key: Vec<String>,
    /// The dialect of the messages: a shipped one by name, or a spec file
    #[arg(long, value_name = "NAME|FILE.toml", default_value = "iso87-a")]
    spec: String,
    /// list; show one message; drop it for good; replay one that was given up; pause and resume the queue
    action: Action,
    /// The name of the queue: that of its descriptor
    queue: String,
    /// The number of the message, as `list` tells it
    number: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Action {
    List,
    Show,
    Drop,
    Replay,
    Pause,
    Resume,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let Arguments { action, number, .. } = arguments;
    let one = matches!(action, Action::Show | Action::Drop | Action::Replay);
    if one != number.is_some() {
        return Err(Failure::new(match one {
            true => "the number of the message is missing; `list` tells it",
            false => "a number is for show, drop and replay; this is for the whole queue",
        }));
    }
    let dialect = spec::dialect(&arguments.spec)?;
    let vault = vault(arguments)?;
    if *action == Action::Show && !vault.has_key() {
        return Err(Failure::new("messages are encrypted: show needs --key-id and --key-file"));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("no runtime: {error}")))?;
    runtime.block_on(async {
        let store = open(arguments).await?;
        let saf = Saf::builder(&arguments.queue, dialect, Arc::clone(&store), vault).build();
        let done = act(*action, &saf, number.unwrap_or_default()).await;
        store.close().await;
        done
    })
}

fn vault(arguments: &Arguments) -> Result<Vault, Failure> {
    let (Some(id), Some(file)) = (&arguments.key_id, &arguments.key_file) else { return Ok(Vault::without_key()) };
    let earlier = |word: &String| match word.split_once('=') {
        Some((id, file)) => key("--earlier-key", id, Path::new(file)),
        None => Err(Failure::new("--earlier-key: the name of a key and its file are expected, ID=FILE")),
    };
    let earlier = arguments.earlier_key.iter().map(earlier).collect::<Result<Vec<_>, _>>()?;
    let present = key("--key-file", id, file)?;
    Vault::new(&present, &earlier).map_err(|error| Failure::new(format!("--earlier-key: {error}")))
}

fn key(option: &str, id: &str, file: &Path) -> Result<StorageKey, Failure> {
    let text = std::fs::read_to_string(file).map(Zeroizing::new);
    let text = text.map_err(|error| Failure::new(format!("{option}: cannot read {}: {error}", file.display())))?;
    StorageKey::from_hex(id, text.trim()).map_err(|error| Failure::new(format!("{option}, {id}: {error}")))
}

async fn open(arguments: &Arguments) -> Result<Arc<dyn Store>, Failure> {
    match (&arguments.store, &arguments.postgres) {
        (_, Some(file)) => {
            let failed = |error| Failure::new(format!("--postgres: cannot read {}: {error}", file.display()));
            let config = Zeroizing::new(std::fs::read_to_string(file).map_err(failed)?);
            let mut settings = Settings::new(config.trim()).map_err(store)?;
            if let Some(ca) = &arguments.ca {
                let tls = Tls::client(ca).map_err(|error| Failure::new(format!("--ca: {error}")))?;
                settings = settings.tls(tls).map_err(store)?;
            }
            Ok(Arc::new(settings.open().await.map_err(store)?))
        }
        // A mistyped name is not to become a store.
        (Some(file), None) if file.is_file() => Ok(Arc::new(Sqlite::open(file).await.map_err(store)?)),
        (Some(file), None) => Err(Failure::new(format!("--store: there is no file {}", file.display()))),
        (None, None) => Err(Failure::new("--store or --postgres is missing")),
    }
}

fn store(error: StoreError) -> Failure {
    Failure::new(error)
}

async fn act(action: Action, saf: &Saf, number: u64) -> Result<Outcome, Failure> {
    let there = match action {
        Action::List => return list(saf).await,
        Action::Show => return show(saf, number).await,
        Action::Pause => saf.pause().await.map(|()| true),
        Action::Resume => saf.resume().await.map(|()| true),
        Action::Drop => saf.discard(number).await,
        Action::Replay => saf.replay(number).await,
    };
    match (there.map_err(store)?, action) {
        (true, _) => Ok(Outcome::Good),
        (false, Action::Replay) => refused(saf, number, "was given up"),
        (false, _) => refused(saf, number, "waits or was given up"),
    }
}

fn refused(saf: &Saf, number: u64, what: &str) -> Result<Outcome, Failure> {
    console::note(&format!("no message {number} in `{}` that {what}\n", saf.name()));
    Ok(Outcome::Refused)
}

async fn list(saf: &Saf) -> Result<Outcome, Failure> {
    let now = Moment::now();
    let status = saf.status().await.map_err(store)?;
    let oldest = status.oldest.map_or(String::new(), |oldest| format!(", the oldest for {}", age(now, oldest)));
    let paused = if status.paused { ", paused" } else { "" };
    let (pending, dead) = (status.pending, status.dead);
    let head = format!("{HEADING}{pending} wait{oldest}, {dead} given up{paused}{HEADING:#}\n");
    if console::print(&head)? == Reader::Gone {
        return Ok(Outcome::Good);
    }
    for state in [EntryState::Pending, EntryState::Dead] {
        let mut after = 0;
        loop {
            let page = saf.inspect(state, after, PAGE).await.map_err(store)?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            let text: String = page.iter().map(|stored| line(stored, now)).collect();
            if console::print(&text)? == Reader::Gone {
                return Ok(Outcome::Good);
            }
        }
    }
    Ok(Outcome::Good)
}

/// Number, state, message type where it can be opened, age, how often it may have been sent, its id, why it was given up.
fn line(stored: &Stored, now: Moment) -> String {
    let Stored { seq, id, state, accepted, sent, reason, message, .. } = stored;
    let mti = match message {
        Ok(Some(message)) => message.mti().to_string(),
        _ => "-".to_owned(),
    };
    let mut line = format!("{seq:>6}  {:<7}  {mti:<4}  {:>6}  sent {sent}  {id}", state.name(), age(now, *accepted));
    if let Some(reason) = reason {
        _ = write!(line, "  {FAINT}{}{FAINT:#}", output::shown(reason));
    }
    line.push('\n');
    line
}

/// In the largest unit that it has.
fn age(now: Moment, then: Moment) -> String {
    let seconds = now.since(then).as_secs();
    match seconds {
        0..120 => format!("{seconds}s"),
        120..7200 => format!("{}m", seconds / 60),
        7200..172_800 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}

async fn show(saf: &Saf, number: u64) -> Result<Outcome, Failure> {
    for state in [EntryState::Pending, EntryState::Dead] {
        let found = saf.inspect(state, number.saturating_sub(1), 1).await.map_err(store)?;
        let Some(stored) = found.into_iter().find(|stored| stored.seq == number) else { continue };
        let mut text = line(&stored, Moment::now());
        match &stored.message {
            Ok(Some(message)) => {
                let seen = Inspection::new(message.dialect(), message.as_bytes().to_vec());
                text.push_str(&output::message(&seen, false));
            }
            Ok(None) => {}
            Err(error) => return Err(Failure::new(format!("message {number} cannot be opened: {error}"))),
        }
        console::print(&text)?;
        return Ok(Outcome::Good);
    }
    refused(saf, number, "waits or was given up")
}
