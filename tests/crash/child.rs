//! The program that is killed: accepts advices, sends requests and reverses them, and says what it has confirmed.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use isopace::connector::{Backoff, Connector, Events};
use isopace::iso87a::DIALECT;
use isopace::link::Connect;
use isopace::mux::{Outcome, Unmatched};
use isopace::reversal::{Reverser, Rules};
use isopace::saf::{AcceptError, Policy, Saf};
use isopace::store::{Postgres, Sqlite, StorageKey, Store, Vault};
use isopace::types::Stan;
use isopace::{Edit, Message};
use tokio::sync::OnceCell;

use crate::peer::FRAMING;

/// Beside the time for an answer: what another node waits for before it takes over.
const TAKEOVER: Duration = Duration::from_secs(2);

const PAN: &str = "4111111111111111";

pub(crate) fn main(words: &[String]) -> ExitCode {
    let [store, peer, run, what, node] = words else { return ExitCode::from(2) };
    let Ok(run) = run.parse() else { return ExitCode::from(2) };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let done = runtime.expect("a runtime can be built").block_on(work(store, peer, run, what == "drain", node));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("run {run}: {error}");
            ExitCode::FAILURE
        }
    }
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

pub(crate) async fn open(store: &str) -> Result<Arc<dyn Store>, Failed> {
    match store.split_once(':') {
        Some(("sqlite", path)) => Ok(Arc::new(Sqlite::open(path).await?)),
        Some(("postgres", config)) => Ok(Arc::new(Postgres::connect(config).await?)),
        _ => Err("neither sqlite: nor postgres:".into()),
    }
}

pub(crate) fn vault() -> Result<Vault, Failed> {
    Ok(Vault::new(&StorageKey::new("crash", [9; 32])?, &[])?)
}

/// Tells the reverser of answers that are late.
#[derive(Clone, Default)]
struct Late(Arc<OnceCell<Reverser>>);

impl Events for Late {
    async fn unmatched(&self, _: &Connector, unmatched: &Unmatched) {
        if let Some(reverser) = self.0.get()
            && let Err(error) = reverser.late(unmatched).await
        {
            eprintln!("late: {error}");
        }
    }
}

async fn work(store: &str, peer: &str, run: u32, drain: bool, node: &str) -> Result<(), Failed> {
    let store = open(store).await?;
    let late = Late::default();
    let dial = || Connector::builder(&DIALECT).dial(Connect::to(peer.to_owned(), FRAMING));
    let quick = Backoff::constant(Duration::from_millis(5));
    // Requests have a link of their own, so that what is late there does not hold up the queue.
    let asking = dial().backoff(quick).events(late.clone()).start()?;
    let telling = dial().backoff(quick).start()?;
    let policy = Policy::new()
        .timeout(Duration::from_millis(60))
        .backoff(quick)
        .poll(Duration::from_millis(20))
        .takeover_margin(TAKEOVER)
        .tries(1_000_000)
        .most(3000);
    let saf = Saf::builder("peer", &DIALECT, store, vault()?).upstream(telling).policy(policy).node(node).build();
    let stan = AtomicU32::new(run * 200 % 900_000);
    let stan = move || Stan::new(stan.fetch_add(1, Ordering::Relaxed) % 999_999 + 1).expect("six digits");
    let reverser = Reverser::new(saf.clone(), Rules::new().stan(stan).write_ahead(node));
    reverser.recover().await?;
    _ = late.0.set(reverser.clone());
    saf.start()?;
    asking.ready().await;
    println!("ready");
    if drain {
        return drained(&saf).await;
    }
    for producer in 0..4 {
        tokio::spawn(produce(saf.clone(), run, producer));
    }
    for asker in 0..2 {
        tokio::spawn(ask(asking.clone(), reverser.clone(), run, asker));
    }
    std::future::pending().await
}

async fn drained(saf: &Saf) -> Result<(), Failed> {
    if !saf.drained(Duration::from_secs(500)).await {
        return Err("messages wait yet".into());
    }
    let dead = saf.status().await?.dead;
    saf.stop().await;
    if dead > 0 {
        return Err(format!("{dead} were given up").into());
    }
    println!("drained");
    Ok(())
}

fn message(mti: &str, name: &str, run: u32, number: u32) -> Result<Message, isopace::Error> {
    let mut edit = Edit::build(&DIALECT);
    let sent = format!("1120{:06}", run % 24 * 10_000 + run / 24 % 60 * 100 + run / 1440 % 60);
    edit.mti(mti).set_leaf("2", PAN).set_leaf("3", "000000").set_leaf("4", "000000002500").set_leaf("7", &sent);
    edit.set(11, &(number + 1)).set(37, name).set(41, "TERM0001").set_leaf("35", &format!("{PAN}=2812201123456789"));
    Message::parse(&DIALECT, edit.finish()?)
}

/// Accepts one advice after the other.
async fn produce(saf: Saf, run: u32, producer: u32) -> Result<(), Failed> {
    for number in 0.. {
        let name = format!("A{run:04}{producer}{number:06}");
        let advice = message("0220", &name, run, producer * 100_000 + number)?;
        while let Err(error) = saf.accept(&name, &advice).await {
            if !matches!(error, AcceptError::Full { .. }) {
                eprintln!("{name}: {error}");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        println!("accepted {name}");
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    Ok(())
}

/// Sends one request after the other.
async fn ask(asking: Connector, reverser: Reverser, run: u32, asker: u32) -> Result<(), Failed> {
    for number in 0.. {
        let name = format!("R{run:04}{asker}{number:06}");
        let request = message("0200", &name, run, 500_000 + asker * 100_000 + number)?;
        reverser.note_sent(&request).await?;
        let outcome = asking.request(&request).timeout(Duration::from_millis(60)).await;
        reverser.settled(&request, &outcome).await?;
        if let Outcome::Response(_) = outcome {
            println!("approved {name}");
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}
