//! Many transactions at the same time on several threads, some of which are given up by their callers: money moves and
//! is neither made nor lost, and nothing is left behind.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use isopace::flow::{Budget, Failure, Flow, MemoryJournal, Next, Outcome, Stage};
use tokio::time::timeout;

const ACCOUNTS: usize = 8;
const EACH: u64 = 1000;

/// Accounts, and what is held on them by transaction.
#[derive(Default)]
struct Bank {
    available: Vec<u64>,
    held: BTreeMap<usize, u64>,
}

struct Transfer {
    number: usize,
    from: usize,
    to: usize,
    amount: u64,
}

/// Holds the amount when it prepares, moves it when it commits.
struct Hold(Arc<Mutex<Bank>>);

impl Stage<Transfer> for Hold {
    fn name(&self) -> &str {
        "hold"
    }

    async fn prepare(&self, transfer: &mut Transfer, _: &Budget) -> Result<Next, Failure> {
        tokio::task::yield_now().await;
        let mut bank = self.0.lock().unwrap();
        let rest = bank.available[transfer.from].checked_sub(transfer.amount);
        bank.available[transfer.from] = rest.ok_or_else(|| Failure::new("insufficient funds"))?;
        bank.held.insert(transfer.number, transfer.amount);
        Ok(Next::Continue)
    }

    async fn commit(&self, transfer: &mut Transfer, _: &Budget) -> Result<(), Failure> {
        tokio::task::yield_now().await;
        let mut bank = self.0.lock().unwrap();
        let held = bank.held.remove(&transfer.number).ok_or_else(|| Failure::new("nothing held"))?;
        bank.available[transfer.to] += held;
        Ok(())
    }

    async fn abort(&self, transfer: &mut Transfer, _: &Budget) -> Result<(), Failure> {
        tokio::task::yield_now().await;
        let mut bank = self.0.lock().unwrap();
        let held = bank.held.remove(&transfer.number).unwrap_or_default();
        bank.available[transfer.from] += held;
        Ok(())
    }
}

/// Takes a while, and refuses some.
struct Check;

impl Stage<Transfer> for Check {
    fn name(&self) -> &str {
        "check"
    }

    async fn prepare(&self, transfer: &mut Transfer, _: &Budget) -> Result<Next, Failure> {
        tokio::time::sleep(Duration::from_micros(transfer.number as u64 % 300)).await;
        match transfer.number % 7 {
            0 => Err(Failure::new("no")),
            1 => Ok(Next::abort("not today")),
            _ => Ok(Next::Skip),
        }
    }
}

#[test]
fn money_is_neither_made_nor_lost() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(async {
        let bank = Arc::new(Mutex::new(Bank { available: vec![EACH; ACCOUNTS], held: BTreeMap::new() }));
        let journal = Arc::new(MemoryJournal::new(5000));
        let flow = Flow::builder("transfer")
            .stage(Hold(Arc::clone(&bank)))
            .stage(Check)
            .max_in_flight(64)
            .journal(journal.clone())
            .build()
            .unwrap();
        let callers: Vec<_> = (0..2000_usize)
            .map(|number| {
                let flow = flow.clone();
                tokio::spawn(async move {
                    let (from, to) = (number % ACCOUNTS, (number * 5 + 3) % ACCOUNTS);
                    let transfer = Transfer { number, from, to, amount: (number % 97) as u64 };
                    let transaction = flow.run(number.to_string(), transfer, Budget::within(Duration::from_secs(60)));
                    match number % 5 {
                        // This one does not wait for its end.
                        0 => timeout(Duration::from_micros(number as u64), transaction).await.ok(),
                        _ => Some(transaction.await),
                    }
                })
            })
            .collect();
        let mut outcomes = BTreeMap::<_, usize>::new();
        for caller in callers {
            if let Some(ended) = timeout(Duration::from_secs(60), caller).await.unwrap().unwrap() {
                let outcome = ended.unwrap().outcome;
                assert!(matches!(outcome, Outcome::Committed | Outcome::Aborted { .. }), "{outcome:?}");
                *outcomes.entry(outcome.name()).or_default() += 1;
            }
        }
        timeout(Duration::from_secs(60), flow.stop(Duration::from_secs(30))).await.unwrap();
        assert!(outcomes["committed"] > 100 && outcomes["aborted"] > 100, "{outcomes:?}");
        let bank = bank.lock().unwrap();
        assert_eq!((bank.available.iter().sum::<u64>(), bank.held.len()), (EACH * ACCOUNTS as u64, 0));
        let ends: Vec<_> = journal.transactions().iter().map(|one| one.entries.last().unwrap().name()).collect();
        assert!(ends.iter().all(|end| matches!(*end, "committed" | "aborted")));
        assert_eq!(flow.in_flight(), 0);
    });
}
