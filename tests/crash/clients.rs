//! Clients of a switch that is killed: each asks until it is told how its request has ended, and remembers what it was
//! told.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use isopace::connector::{Backoff, Connector};
use isopace::iso87a::DIALECT;
use isopace::link::Connect;
use isopace::mux::Outcome;
use isopace::{Edit, Message};

use crate::peer::{FRAMING, Seen};

const PAN: &str = "4111111111111111";

/// When what a killed switch had under way counts as left: the timeout of the gateway, half a minute, and some.
const LEASE: Duration = Duration::from_secs(32);

/// A client gives up asking for a while when it was told nothing so often.
const PATIENCE: u32 = 40;

/// What clients were told of each request, in order.
pub(crate) struct Clients {
    told: Mutex<HashMap<u32, Vec<String>>>,
    numbers: AtomicU32,
    stop: AtomicBool,
}

impl Clients {
    /// So many clients of the switch at this port.
    pub(crate) fn start(port: u16, clients: u32) -> Arc<Self> {
        let told = Mutex::new(HashMap::new());
        let all = Arc::new(Clients { told, numbers: AtomicU32::new(0), stop: AtomicBool::new(false) });
        for _ in 0..clients {
            let all = Arc::clone(&all);
            tokio::spawn(async move {
                let link = connect(port);
                while !all.stop.load(Ordering::SeqCst) {
                    let number = all.numbers.fetch_add(1, Ordering::SeqCst);
                    all.ask(&link, number, false).await;
                }
                link.stop().await;
            });
        }
        all
    }

    /// Asks until it is told how it has ended.
    async fn ask(&self, link: &Connector, number: u32, again: bool) -> bool {
        for attempt in 0..PATIENCE {
            let mti = if attempt == 0 && !again { "0200" } else { "0201" };
            let request = request(mti, number);
            let outcome = link.request(&request).timeout(Duration::from_millis(400)).await;
            if let Outcome::Response(response) = outcome {
                let code = response.message.raw(39).and_then(|raw| raw.text().ok().map(Cow::into_owned));
                let code = code.unwrap_or_default();
                // What is as it was when all is well does not change any more.
                let known = matches!(code.as_str(), "00" | "68") || (again && code == "91");
                self.lock().entry(number).or_default().push(code);
                if known {
                    return true;
                }
            }
            if !again && self.stop.load(Ordering::SeqCst) {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        false
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u32, Vec<String>>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// No more requests; then all are asked for once more, so that each is told how it has ended.
    pub(crate) async fn settle(self: &Arc<Self>, port: u16) {
        self.stop.store(true, Ordering::SeqCst);
        tokio::time::sleep(LEASE).await;
        let next = Arc::new(AtomicU32::new(0));
        let numbers = self.numbers.load(Ordering::SeqCst);
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let (all, next) = (Arc::clone(self), Arc::clone(&next));
                tokio::spawn(async move {
                    let link = connect(port);
                    loop {
                        let number = next.fetch_add(1, Ordering::SeqCst);
                        if number >= numbers {
                            break;
                        }
                        all.ask(&link, number, true).await;
                    }
                    link.stop().await;
                })
            })
            .collect();
        for task in tasks {
            _ = task.await;
        }
    }

    pub(crate) fn summary(&self) -> String {
        let told = self.lock();
        let ended = |code: &str| told.values().filter(|told| told.last().is_some_and(|last| last == code)).count();
        format!(
            "{} requests: {} approved, {} declined as too late, {} as not to be had",
            self.numbers.load(Ordering::SeqCst),
            ended("00"),
            ended("68"),
            ended("91")
        )
    }

    /// All that does not hold.
    pub(crate) fn judge(&self, log: &[Seen]) -> Vec<String> {
        let mut seen: HashMap<&str, Vec<&Seen>> = HashMap::new();
        for message in log {
            seen.entry(&message.name).or_default().push(message);
        }
        let (told, mut wrong) = (self.lock(), Vec::new());
        for number in 0..self.numbers.load(Ordering::SeqCst) {
            let name = name(number);
            let none = Vec::new();
            let codes = told.get(&number).unwrap_or(&none);
            let seen = seen.get(name.as_str()).unwrap_or(const { &Vec::new() });
            let requests = seen.iter().filter(|seen| seen.mti.starts_with("02")).count();
            let mut chains: Vec<u32> =
                seen.iter().filter(|seen| seen.mti.starts_with("04")).map(|seen| seen.stan).collect();
            chains.sort_unstable();
            chains.dedup();
            if requests > 1 {
                wrong.push(format!("{name} was carried on {requests} times, told {codes:?}"));
            }
            if chains.len() > 1 {
                wrong.push(format!("{name} has {} reversals", chains.len()));
            }
            let approved = codes.iter().any(|code| code == "00");
            match codes.last().map(String::as_str) {
                None => wrong.push(format!("{name} was never told how it has ended")),
                Some("00") if requests == 0 => wrong.push(format!("{name} was approved by nobody")),
                Some("00") if !chains.is_empty() => {
                    wrong.push(format!("{name} was approved and is reversed {codes:?}"));
                }
                Some("00") if codes.iter().any(|code| code == "68") => {
                    wrong.push(format!("{name} was declined and then approved {codes:?}"));
                }
                Some("00") => {}
                Some(_) if approved => wrong.push(format!("{name} was approved and then declined {codes:?}")),
                Some("68" | "91") if requests > 0 && chains.is_empty() => {
                    wrong.push(format!("{name} was carried on, declined and not reversed {codes:?}"));
                }
                Some("68" | "91") => {}
                Some(_) => wrong.push(format!("{name} ends with {codes:?}")),
            }
        }
        wrong
    }
}

fn connect(port: u16) -> Connector {
    let dial = Connector::builder(&DIALECT).dial(Connect::to(format!("127.0.0.1:{port}"), FRAMING));
    dial.backoff(Backoff::constant(Duration::from_millis(5))).start().expect("a connector can be started")
}

fn name(number: u32) -> String {
    format!("G{number:011}")
}

fn request(mti: &str, number: u32) -> Message {
    let mut edit = Edit::build(&DIALECT);
    edit.mti(mti).set_leaf("2", PAN).set_leaf("3", "000000").set_leaf("4", "000000002500");
    edit.set_leaf("7", &format!("1120{:06}", number / 900_000 % 24 * 10_000)).set(11, &(number % 900_000 + 1));
    edit.set(37, name(number).as_str()).set(41, "TERM0001");
    edit.set_leaf("35", &format!("{PAN}=2812201123456789"));
    let wire = edit.finish().expect("a request can be written");
    Message::parse(&DIALECT, wire).expect("it can be read")
}
