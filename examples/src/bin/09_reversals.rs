//! An acquirer whose host answers late, never, or hangs up: nobody knows then whether it has approved. Each such
//! purchase is reversed once, through a queue on the disk: 0420, and 0421 until the host answers.

use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use isopace::connector::{Backoff, Connector, Events, Stans};
use isopace::frame::{Framing, Header};
use isopace::host::Component;
use isopace::iso87a::{DIALECT, Message};
use isopace::link::{Connect, Listen};
use isopace::mux::{Outcome, Unmatched};
use isopace::reversal::{Chain, Reverser, Rules};
use isopace::saf::{Policy, Saf};
use isopace::simulator::{Event, Scenario, Simulator};
use isopace::store::{Sqlite, StorageKey, Store, Vault};
use isopace::types::{Amount, Currency, MonthDay, MonthDayTime, Pan, ProcessingCode, Stan, Time};
use isopace_examples::show;
use tokio::sync::Notify;

type Failed = Box<dyn Error + Send + Sync>;

/// Each message stands behind two bytes that say how long it is.
const FRAMING: Framing = Framing::new(Header::Binary2);

/// What the host does. By the amount, so that it is the same each time.
const SCENARIO: &str = r#"
    [[rule]]
    name = "forgets it"
    match = { mti = "0200", 4 = "000000002000" }
    drop = true

    [[rule]]
    name = "approves it too late"
    match = { mti = "0200", 4 = "000000004000" }
    late = 2500

    [[rule]]
    name = "hangs up"
    match = { mti = "0200", 4 = "000000003000" }
    close = "before"

    [[rule]]
    name = "forgets its reversal twice"
    match = { mti = ["0420", "0421"] }
    times = 2
    drop = true
"#;

/// Tells the reverser of answers that nobody waits for any more.
#[derive(Clone, Default)]
struct Late {
    reverser: Arc<OnceLock<Reverser>>,
    told: Arc<Notify>,
}

impl Events for Late {
    async fn unmatched(&self, _: &Connector, unmatched: &Unmatched) {
        let Some(reverser) = self.reverser.get() else { return };
        match reverser.late(unmatched).await {
            Ok(chain) => println!("         its approval comes late: {}", reversed(chain)),
            Err(error) => eprintln!("a late answer could not be dealt with: {error}"),
        }
        self.told.notify_one();
    }
}

/// Of what it approves too late.
const LATE: u64 = 4000;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let seen: Arc<Mutex<String>> = Arc::default();
    let host = host(&seen)?;
    host.start().await?;
    let address = host.local_address().ok_or("the host does not listen")?.to_string();

    // What is in the store survives the program. The key comes from a key store; without it a card number is not kept.
    let folder = std::env::temp_dir().join(format!("isopace-reversals-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(folder.join("queues.db")).await?);
    let vault = Vault::new(&StorageKey::from_hex("2026-11", &"5a".repeat(32))?, &[])?;

    let late = Late::default();
    let quick = Backoff::constant(Duration::from_millis(50));
    let link = Connect::to(address, FRAMING);
    let acquirer =
        Connector::builder(&DIALECT).name("acquirer").dial(link).backoff(quick).events(late.clone()).start()?;
    let policy = Policy::new().timeout(Duration::from_secs(1)).backoff(quick);
    let queue = Saf::builder("reversals", &DIALECT, Arc::clone(&store), vault).node("acquirer");
    let queue = queue.upstream(acquirer.clone()).policy(policy).build();

    // Written down before it is sent: what has no answer when this program is killed is reversed when it runs again.
    let stans = Stans::after(Stan::new(900_000)?);
    let reverser = Reverser::new(queue.clone(), Rules::new().stan(move || stans.next()).write_ahead("acquirer"));
    println!("left from an earlier run: {}", reverser.recover().await?);
    _ = late.reverser.set(reverser.clone());
    queue.start()?;
    acquirer.ready().await;

    for (stan, amount) in (1..).zip([1000, 2000, 3000, LATE]) {
        acquirer.ready().await;
        let request = purchase(stan, amount)?;
        reverser.note_sent(&request).await?;
        let outcome = acquirer.request(&request).timeout(Duration::from_secs(1)).await;
        // Before the terminal is told: it is told yes only where nothing is reversed.
        let chain = reverser.settled(&request, &outcome).await?;
        println!("purchase {stan}: {}, {}", told(&outcome), reversed(chain));
        if amount == LATE {
            tokio::time::timeout(Duration::from_secs(30), late.told.notified()).await?;
        }
        println!("         delivered: {}", queue.drained(Duration::from_secs(60)).await);
        print!("{}", std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner)));
    }

    queue.stop().await;
    acquirer.stop().await;
    host.stop().await;
    store.close().await;
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// Writes down what it sees, masked: of the first reversal everything.
fn host(seen: &Arc<Mutex<String>>) -> Result<Simulator, Failed> {
    let (seen, shown) = (Arc::clone(seen), AtomicBool::new(false));
    let watch = move |event: &Event<'_>| {
        let Event::Received { message, rule, .. } = event else { return };
        let mut lines = seen.lock().unwrap_or_else(PoisonError::into_inner);
        let rule = rule.map(|rule| format!(", and {rule}")).unwrap_or_default();
        *lines += &format!("         host: {}{rule}\n", message.mti());
        if message.mti() == "0420" && !shown.swap(true, Ordering::Relaxed) {
            *lines += &show::values(message);
        }
    };
    let scenario = Scenario::parse(&DIALECT, "a host on a bad day", SCENARIO)?;
    let listen = Listen::new(FRAMING);
    Ok(Simulator::builder(&DIALECT).listen(listen, "127.0.0.1:0").scenario(scenario).watch(watch).build()?)
}

fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Response(answer) => {
            let code = answer.raw(39).and_then(|raw| raw.text().ok().map(std::borrow::Cow::into_owned));
            format!("{} {}", answer.mti(), code.unwrap_or_default())
        }
        other => other.name().to_owned(),
    }
}

const fn reversed(chain: Chain) -> &'static str {
    match chain {
        Chain::NotNeeded => "nothing to reverse",
        Chain::Begun(_) => "its reversal is on the disk",
        Chain::Known(_) => "it is reversed already",
    }
}

/// A purchase with a test card. Together DE 7 and 11 name it: in its answer and its reversal, too.
fn purchase(stan: u32, amount: u64) -> Result<isopace::Message, Failed> {
    let wire = Message::build()
        .mti("0200")
        .pan(&Pan::new("4012345678909")?)
        .processing_code(ProcessingCode::new("000000")?)
        .amount(Amount::minor(amount))
        .transmission_date_time(MonthDayTime::new(MonthDay::new(11, 20)?, Time::new(7, 21, 55)?))
        .stan(Stan::new(stan)?)
        .terminal_id("TERM0001")
        .card_acceptor_id("MERCHANT0000001")
        .currency(Currency::USD)
        .finish()?;
    Ok(isopace::Message::parse(&DIALECT, wire)?)
}
