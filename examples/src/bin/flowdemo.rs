//! Purchases as transactions in two phases: funds are held, a network is chosen, points are asked for, and then all of
//! it is made final, or none of it. A request that comes again gets the answer it got before.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use isopace::flow::{
    Budget, Failure, Flow, Func, Idempotent, MemoryAnswers, MemoryJournal, Next, Outcome, Recovery, Retry, Stage, Step,
};
use isopace::iso87a::{FinancialRequest, FinancialRequestMandatory, Message, PosConditionCode, ResponseCode};
use isopace::types::{Amount, Currency, MonthDay, MonthDayTime, Pan, ProcessingCode, Stan, Time};
use isopace::{Bytes, Violations};

/// Whose purchases earn points.
const GROCERIES: &str = "5411";

/// A request on its way to its answer.
struct Purchase {
    id: String,
    request: Message,
    card: Pan<'static>,
    amount: u64,
    approval: Option<String>,
    reply: Option<Bytes>,
}

/// A no, and how it is told to the terminal.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
struct Refusal {
    code: ResponseCode,
    reason: String,
}

fn refused(code: ResponseCode, reason: impl Into<String>) -> Failure {
    Refusal { code, reason: reason.into() }.into()
}

impl Purchase {
    fn read(wire: Bytes) -> Result<Self, Box<dyn Error>> {
        let message = Message::parse(wire)?;
        let request = FinancialRequest::try_from(&message)?;
        let id = format!("{}:{}", &*request.terminal_id, request.stan.get());
        let (card, amount) = (request.pan.clone().into_owned(), request.amount.minor_units());
        drop(request);
        Ok(Purchase { id, request: message, card, amount, approval: None, reply: None })
    }

    fn write_reply(&mut self, code: &str, approval: &str) -> Result<(), Failure> {
        let mut reply = self.request.reply()?;
        reply.response_code(code);
        if !approval.is_empty() {
            reply.approval_code(approval);
        }
        self.reply = Some(reply.finish()?);
        Ok(())
    }
}

impl Idempotent for Purchase {
    fn key(&self) -> Option<String> {
        let sent = self.request.transmission_date_time().ok()??;
        Some(format!("{} {sent}", self.id))
    }

    /// Writes the reply. What is kept of it is no more than the decision: the rest is in the request that comes again.
    fn answer(&mut self, outcome: &Outcome) -> Option<Vec<u8>> {
        let failure = outcome.cause().and_then(|cause| cause.failure());
        let refusal = failure.and_then(|failure| failure.error().downcast_ref::<Refusal>());
        let code = match refusal {
            _ if outcome.is_committed() => ResponseCode::APPROVED,
            Some(refusal) => refusal.code,
            None => ResponseCode::SYSTEM_MALFUNCTION,
        };
        let approval = self.approval.take().filter(|_| outcome.is_committed()).unwrap_or_default();
        self.write_reply(code.as_str(), &approval).ok()?;
        // Who was told that something is out of order may come again.
        (code != ResponseCode::SYSTEM_MALFUNCTION).then(|| format!("{}{approval}", code.as_str()).into_bytes())
    }

    fn replay(&mut self, answer: &[u8]) -> Result<(), Failure> {
        let answer = std::str::from_utf8(answer)?;
        let (code, approval) = answer.split_at_checked(2).ok_or_else(|| Failure::new("no answer"))?;
        self.write_reply(code, approval)
    }
}

/// Accounts by card, and what is held on them by transaction.
#[derive(Default)]
struct Ledger {
    accounts: BTreeMap<String, Account>,
    holds: BTreeMap<String, (String, u64)>,
}

struct Account {
    available: u64,
    blocked: bool,
}

type Shared = Arc<Mutex<Ledger>>;

fn ledger<R>(ledger: &Shared, work: impl FnOnce(&mut Ledger) -> R) -> R {
    work(&mut ledger.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Holds the amount on the account of the card.
struct Funds(Shared);

impl Stage<Purchase> for Funds {
    fn name(&self) -> &str {
        "funds"
    }

    async fn prepare(&self, purchase: &mut Purchase, _: &Budget) -> Result<Next, Failure> {
        let Purchase { id, card, amount: need, .. } = purchase;
        ledger(&self.0, |ledger| {
            let no_account = || refused(ResponseCode::INVALID_CARD_NUMBER, "no such account");
            let account = ledger.accounts.get_mut(card.expose()).ok_or_else(no_account)?;
            let have = account.available;
            if have < *need {
                let text = format!("insufficient funds: pan={} need={need} have={have}", short(card));
                return Err(refused(ResponseCode::NOT_SUFFICIENT_FUNDS, text));
            }
            account.available -= *need;
            ledger.holds.insert(id.clone(), (card.expose().to_owned(), *need));
            Ok(Next::Continue)
        })
    }

    async fn commit(&self, purchase: &mut Purchase, _: &Budget) -> Result<(), Failure> {
        ledger(&self.0, |ledger| ledger.holds.remove(&purchase.id));
        Ok(())
    }

    async fn abort(&self, purchase: &mut Purchase, _: &Budget) -> Result<(), Failure> {
        ledger(&self.0, |ledger| {
            // Nothing is held when it was cut off before; and nothing twice.
            if let Some((card, amount)) = ledger.holds.remove(&purchase.id)
                && let Some(account) = ledger.accounts.get_mut(&card)
            {
                account.available += amount;
            }
        });
        Ok(())
    }

    fn recovery(&self, _: &Purchase) -> Recovery {
        // Holds live in the memory of this program, and go with it.
        Recovery::NotNeeded
    }
}

fn flow(accounts: &Shared, journal: &Arc<MemoryJournal>) -> Result<Flow<Purchase>, Box<dyn Error>> {
    let cards = Arc::clone(accounts);
    let card = Step::new("card", move |purchase: &mut Purchase| {
        let blocked = ledger(&cards, |ledger| ledger.accounts.get(purchase.card.expose()).is_some_and(|at| at.blocked));
        if blocked { Err(refused(ResponseCode::DO_NOT_HONOR, "card blocked")) } else { Ok(Next::Continue) }
    });
    let approvals = AtomicU32::new(0);
    let approve = Step::new("approve", move |purchase: &mut Purchase| {
        let number = approvals.fetch_add(1, Ordering::Relaxed) % 999_999 + 1;
        purchase.approval = Some(format!("{number:06}"));
        let mut groups = vec![if purchase.card.expose().starts_with('5') { "mastercard" } else { "visa" }];
        if purchase.request.merchant_type()?.is_some_and(|kind| kind == *GROCERIES) {
            groups.push("loyalty");
        }
        Ok(Next::route(groups))
    });
    let network = |name| Step::new(name, |_: &mut Purchase| Ok(Next::Continue));
    // Asked three times, within what is left of the time.
    let points = Retry::new(Func::new("points", |_: &mut Purchase, _: &Budget| {
        let failure = refused(ResponseCode::SYSTEM_MALFUNCTION, "downstream loyalty service unreachable");
        Box::pin(std::future::ready(Err(failure)))
    }));
    let flow = Flow::builder("purchase")
        .group("authorize")
        .stage(card)
        .stage(Funds(Arc::clone(accounts)))
        .stage(approve)
        .group("visa")
        .stage(network("visa"))
        .group("mastercard")
        .stage(network("mastercard"))
        .group("loyalty")
        .stage(points)
        .journal(Arc::clone(journal) as _)
        .idempotency(Arc::new(MemoryAnswers::new(10_000, Duration::from_secs(3600))));
    Ok(flow.build()?)
}

/// A card by its last four digits.
fn short(card: &Pan) -> String {
    format!("****{}", card.last_four().unwrap_or_default())
}

fn request(card: &str, amount: u64, stan: u32, merchant_type: &'static str) -> Result<Bytes, Box<dyn Error>> {
    let mut request = FinancialRequest::new(FinancialRequestMandatory {
        pan: Pan::new(card)?,
        processing_code: ProcessingCode::new("000000")?,
        amount: Amount::minor(amount),
        transmission_date_time: MonthDayTime::new(MonthDay::new(11, 20)?, Time::new(7, 21, 55)?),
        stan: Stan::new(stan)?,
        local_time: Time::new(7, 21, 55)?,
        local_date: MonthDay::new(11, 20)?,
        pos_entry_mode: "051".into(),
        pos_condition_code: PosConditionCode::NORMAL_PRESENTMENT,
        terminal_id: "TERM0001".into(),
        card_acceptor_id: "MERCHANT0000001".into(),
        currency: Currency::USD,
    });
    request.merchant_type = Some(merchant_type.into());
    Ok(request.pack()?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    const VISA: &str = "4012345678909";
    const BLOCKED: &str = "4111111111111111";
    const MASTERCARD: &str = "5399410000000000";

    let accounts = [(VISA, false), (MASTERCARD, false), (BLOCKED, true)];
    let account = |(card, blocked): (&str, bool)| (card.to_owned(), Account { available: 10_000, blocked });
    let accounts = Ledger { accounts: accounts.map(account).into(), holds: BTreeMap::new() };
    let (accounts, journal) = (Arc::new(Mutex::new(accounts)), Arc::new(MemoryJournal::new(1000)));
    let flow = flow(&accounts, &journal)?;

    println!("== Isopace flowdemo: transactions in two phases ==");
    for (what, card, amount, stan, merchant_type) in [
        ("approve", VISA, 4000, 1, "5999"),
        ("no funds", VISA, 99_900, 2, "5999"),
        ("rollback", VISA, 1000, 3, GROCERIES),
        ("mastercard", MASTERCARD, 3000, 4, "5999"),
        ("blocked", BLOCKED, 1000, 5, "5999"),
        ("retransmit", VISA, 4000, 1, "5999"),
    ] {
        let purchase = Purchase::read(request(card, amount, stan, merchant_type)?)?;
        let ended = flow.run(purchase.id.clone(), purchase, Budget::within(Duration::from_secs(10))).await?;
        let status = match &ended.outcome {
            Outcome::Committed => "COMMIT".to_owned(),
            Outcome::Replayed => "COMMIT (replay)".to_owned(),
            other => {
                let reason = other.cause().and_then(|cause| cause.failure()).map(ToString::to_string);
                format!("ABORT ({})", reason.unwrap_or_else(|| other.name().to_owned()))
            }
        };
        let reply = Message::parse(ended.context.reply.ok_or("no reply")?)?;
        println!("{what:<20} -> {} {status}", line(&reply)?);
        if !matches!(ended.outcome, Outcome::Replayed) {
            println!("    profile: {}", ended.profile);
        }
    }

    println!("== Ledger balances (minor units) ==");
    ledger(&accounts, |ledger| {
        for (card, account) in &ledger.accounts {
            let card = Pan::new(card).map_or_else(|_| "?".to_owned(), |card| short(&card));
            println!("  {card} available={}", account.available);
        }
    });

    println!("== Journal ==");
    for transaction in journal.transactions() {
        for entry in &transaction.entries {
            let stage = entry.step().map(|step| format!(" stage={}", step.stage)).unwrap_or_default();
            println!("  transaction id={} event={}{stage}", transaction.transaction, entry.name());
        }
    }
    flow.stop(Duration::from_secs(1)).await;
    Ok(())
}

fn line(reply: &Message) -> Result<String, Violations> {
    let code = reply.response_code()?;
    let code = code.as_ref().map_or("", |code| code.as_str());
    let approval = format!("{:?}", reply.approval_code()?.unwrap_or_default().as_str());
    Ok(format!("{} rc={code} auth={approval:<6}", reply.mti()))
}
