//! A node whose way to the database is cut, stalls, or whose database is started again, while it works.

use crate::cut_common;
use crate::postgres_common;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cut_common::{Net, Proxy};
use isopace::connector::{Backoff, Connector};
use isopace::frame::{Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::{Connect, Listen};
use isopace::mux::Inbound;
use isopace::saf::{Policy, Saf};
use isopace::store::postgres::Settings;
use isopace::store::{
    Claim, Moment, NewEntry, Postgres, Sealed, Settled, Settlement, StorageKey, Store, StoreError, Taken, Vault,
};
use isopace::{Edit, Message};
use postgres_common::Server;

/// How long an answer of the store may take.
const ANSWER: Duration = Duration::from_secs(2);

/// What it takes besides, on a machine that is busy.
const BUSY: Duration = Duration::from_secs(20);

async fn connect(config: &str) -> Arc<Postgres> {
    Arc::new(Settings::new(config).unwrap().timeout(ANSWER).connections(4).open().await.unwrap())
}

/// What a host has seen: message type and name of each message, in order.
type Log = Arc<Mutex<Vec<(String, String)>>>;

/// A host that approves all, behind a connector.
struct Host {
    log: Log,
    serving: Connector,
    sending: Connector,
}

impl Host {
    async fn start() -> Self {
        let framing = Framing::new(Header::Binary2);
        let listener = Listen::new(framing).bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_address().to_string();
        let log = Log::default();
        let seen = Arc::clone(&log);
        let serve = move |inbound: Inbound| {
            let message = &inbound.message;
            let name = message.raw(37).map(|raw| raw.text().unwrap().trim().to_owned()).unwrap_or_default();
            seen.lock().unwrap().push((message.mti().to_string(), name));
            async move {
                let mut reply = inbound.message.reply().unwrap();
                reply.set(39, "00");
                _ = inbound.replier.reply(&reply).await;
            }
        };
        let serving = Connector::builder(&DIALECT).accept(listener).serve(serve).start().unwrap();
        let connect = Connect::to(address, framing);
        let quick = Backoff::constant(Duration::from_millis(20));
        let sending = Connector::builder(&DIALECT).dial(connect).backoff(quick).start().unwrap();
        Host { log, serving, sending }
    }

    async fn stop(self) {
        self.sending.stop().await;
        self.serving.stop().await;
    }
}

fn saf(store: &Arc<Postgres>, host: &Host, node: &str) -> Saf {
    let quick = Backoff::constant(Duration::from_millis(20));
    let policy = Policy::new().timeout(Duration::from_secs(5)).backoff(quick).poll(Duration::from_millis(50));
    let vault = Vault::new(&StorageKey::new("k1", [7; 32]).unwrap(), &[]).unwrap();
    let builder = Saf::builder("host", &DIALECT, Arc::clone(store) as Arc<dyn Store>, vault);
    builder.upstream(host.sending.clone()).policy(policy.tries(1_000_000)).node(node).build()
}

fn advice(name: &str, stan: u32) -> Message {
    let mut edit = Edit::build(&DIALECT);
    edit.mti("0220").set(4, "000000002500").set(7, "1120072155").set(11, &stan).set(37, name);
    Message::parse(&DIALECT, edit.finish().unwrap()).unwrap()
}

/// Accepts one after the other until it is told to end; gives what was confirmed, and the slowest answer.
async fn produce(saf: Saf, producer: u32, end: Arc<AtomicBool>, errors: Arc<AtomicU8>) -> (Vec<String>, Duration) {
    let (mut confirmed, mut slowest) = (Vec::new(), Duration::ZERO);
    for number in 0.. {
        let name = format!("A{producer}{number:010}");
        loop {
            if end.load(Ordering::SeqCst) {
                return (confirmed, slowest);
            }
            let asked = Instant::now();
            let accepted = saf.accept(&name, &advice(&name, number % 999_999 + 1)).await;
            slowest = slowest.max(asked.elapsed());
            match accepted {
                Ok(_) => break,
                Err(error) => {
                    assert_eq!(error.name(), "store", "{error}");
                    errors.fetch_or(1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
        confirmed.push(name);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    (confirmed, slowest)
}

/// Load on a queue, what befalls it meanwhile, and what must hold afterwards.
async fn under_load(config: String, befalls: impl AsyncFnOnce()) {
    let host = Host::start().await;
    let store = connect(&config).await;
    let saf = saf(&store, &host, "n1");
    saf.start().unwrap();
    let (end, errors) = (Arc::<AtomicBool>::default(), Arc::<AtomicU8>::default());
    let producers: Vec<_> = (0..4)
        .map(|producer| tokio::spawn(produce(saf.clone(), producer, Arc::clone(&end), Arc::clone(&errors))))
        .collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    befalls().await;
    let before = host.log.lock().unwrap().len();
    // It goes on by itself.
    let more = async {
        while host.log.lock().unwrap().len() < before + 20 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), more).await.expect("it goes on");
    end.store(true, Ordering::SeqCst);
    let mut confirmed = Vec::new();
    for producer in producers {
        let (names, slowest) = tokio::time::timeout(Duration::from_secs(60), producer).await.unwrap().unwrap();
        assert!(slowest < ANSWER + BUSY, "an answer took {slowest:?}");
        confirmed.extend(names);
    }
    assert_eq!(errors.load(Ordering::SeqCst), 1, "who asked meanwhile was told");
    assert!(saf.drained(Duration::from_secs(120)).await, "all is delivered");
    saf.stop().await;
    let log = host.log.lock().unwrap().clone();
    let mut times: HashMap<&str, u32> = HashMap::new();
    for (mti, name) in &log {
        let times = times.entry(name).or_default();
        *times += 1;
        // One that was cut off when it was about to be sent is marked too: nobody knows that it was not.
        assert!(*times == 1 || mti == "0221", "{name} comes again unmarked");
    }
    let lost: Vec<_> = confirmed.iter().filter(|name| !times.contains_key(name.as_str())).collect();
    assert!(lost.is_empty(), "accepted and lost: {lost:?}");
    store.close().await;
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_and_a_stall_lose_nothing_and_end_by_themselves() {
    let Some(server) = Server::start() else { return };
    let proxy = Proxy::start(server.socket()).await;
    under_load(proxy.config(), async || {
        for net in [Net::Cut, Net::Stalled, Net::Cut] {
            proxy.set(net);
            tokio::time::sleep(Duration::from_millis(700) + ANSWER).await;
            proxy.set(Net::Up);
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_started_again_loses_nothing() {
    let Some(server) = Server::start() else { return };
    let server = Arc::new(server);
    under_load(server.config(), async || {
        for round in 0..4 {
            let server = Arc::clone(&server);
            let again = move || {
                if round % 2 == 0 {
                    server.stop();
                } else {
                    server.kill();
                }
                std::thread::sleep(Duration::from_millis(300));
                server.run();
            };
            tokio::task::spawn_blocking(again).await.unwrap();
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    })
    .await;
}

/// It stalls between two steps of taking a message, when the database holds the queue for the node that is away.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_cut_off_in_the_midst_of_a_change_holds_nobody_up() {
    let Some(server) = Server::start() else { return };
    let begun = AtomicU8::new(0);
    // Armed by a message in the queue; then behind what follows the beginning of the transaction.
    let armed = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&armed);
    let trap = move |bytes: &[u8]| {
        if !set.load(Ordering::SeqCst) {
            return false;
        }
        let begins = bytes.windows(5).any(|word| word == b"BEGIN") || bytes.windows(5).any(|word| word == b"START");
        begun.fetch_add(u8::from(begins || begun.load(Ordering::SeqCst) > 0), Ordering::SeqCst) == 1
    };
    let proxy = Proxy::with_trap(server.socket(), trap).await;
    let (away, here) = (connect(&proxy.config()).await, connect(&server.config()).await);
    let now = Moment::now();
    let body = Sealed::from_stored(vec![7; 40]);
    here.append(NewEntry { queue: "q", id: "a", body, accepted: now, due: now, expires: None }).await.unwrap();
    let claim = |owner, now: Moment| Claim { queue: "q", owner, now, until: now.after(Duration::from_secs(1)) };
    // What it asks with is prepared, and the queue is there.
    let Taken::Entry(entry) = away.take(claim("n1", now)).await.unwrap() else { panic!("it waits") };
    let how = Settlement::Retry { due: now, sent: true };
    assert!(away.settle(Settled { queue: "q", seq: entry.seq, owner: "n1", how, now }).await.unwrap());
    armed.store(true, Ordering::SeqCst);
    let cut_off = tokio::spawn(async move {
        let asked = Instant::now();
        (away.take(claim("n1", now)).await.map(|_| ()), asked.elapsed())
    });
    proxy.is(Net::Stalled).await;
    // The database has what was passed on.
    tokio::time::sleep(Duration::from_millis(300)).await;
    // The other node gets it when the database has given the first one up.
    let asked = Instant::now();
    loop {
        match here.take(claim("n2", now)).await {
            Ok(Taken::Entry(entry)) => break assert_eq!((entry.id.as_str(), entry.sent), ("a", 2)),
            Ok(_) | Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
        assert!(asked.elapsed() < ANSWER + BUSY, "the queue is held for a node that is away");
    }
    let (told, after) = cut_off.await.unwrap();
    assert!(matches!(told, Err(StoreError::TimedOut | StoreError::Unavailable(_))), "{told:?}");
    assert!(after < ANSWER + BUSY, "{after:?}");
}
