//! What tests of flows share: stages that do as a script says, and a world outside of the process in which they hold
//! things.
#![allow(dead_code, unreachable_pub, reason = "each test uses its own part")]

use std::collections::BTreeMap;
use std::future::{Future, pending};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use isopace::flow::{
    Budget, Builder, Ended, Failure, Flow, Idempotent, Interrupted, Next, Outcome, Recovery, Stage, TransactionId,
};
use tokio::sync::Notify;
use tokio::task::yield_now;

pub const SECOND: Duration = Duration::from_secs(1);

/// What a stage does when it prepares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    Continue,
    Skip,
    Done,
    Route(Vec<String>),
    Abort,
    Fail,
    Panic,
    Hang,
}

/// What a stage does when it commits or aborts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Works,
    Fails,
    Panics,
    Hangs,
}

/// A stage that does as it is told and writes down that it was called.
#[derive(Debug, Clone)]
pub struct Scripted {
    pub name: String,
    pub act: Act,
    pub commit: End,
    pub abort: End,
}

/// What was called, in order: `prepare g0s1`.
pub type Log = Arc<Mutex<Vec<String>>>;

#[derive(Debug, Default)]
pub struct Calls {
    pub log: Log,
}

pub fn scripted(name: &str, act: Act) -> Scripted {
    Scripted { name: name.to_owned(), act, commit: End::Works, abort: End::Works }
}

impl Scripted {
    fn write(&self, calls: &Calls, what: &str) {
        calls.log.lock().unwrap().push(format!("{what} {}", self.name));
    }
}

async fn end(end: End) -> Result<(), Failure> {
    match end {
        End::Works => Ok(()),
        End::Fails => Err(Failure::new("told to fail")),
        End::Panics => panic!("told to panic"),
        End::Hangs => pending().await,
    }
}

impl Stage<Calls> for Scripted {
    fn name(&self) -> &str {
        &self.name
    }

    async fn prepare(&self, calls: &mut Calls, _: &Budget) -> Result<Next, Failure> {
        self.write(calls, "prepare");
        yield_now().await;
        match &self.act {
            Act::Continue => Ok(Next::Continue),
            Act::Skip => Ok(Next::Skip),
            Act::Done => Ok(Next::Done),
            Act::Route(groups) => Ok(Next::route(groups.iter().cloned())),
            Act::Abort => Ok(Next::abort("told to abort")),
            Act::Fail => Err(Failure::new("told to fail")),
            Act::Panic => panic!("told to panic"),
            Act::Hang => pending().await,
        }
    }

    async fn commit(&self, calls: &mut Calls, _: &Budget) -> Result<(), Failure> {
        self.write(calls, "commit");
        end(self.commit).await
    }

    async fn abort(&self, calls: &mut Calls, _: &Budget) -> Result<(), Failure> {
        self.write(calls, "abort");
        end(self.abort).await
    }
}

/// A flow of groups `g0`, `g1` and so on.
pub fn flow(groups: &[Vec<Scripted>]) -> Builder<Calls> {
    let mut builder = Flow::builder("scripted");
    for (number, stages) in groups.iter().enumerate() {
        builder = builder.group(format!("g{number}"));
        for stage in stages {
            builder = builder.stage(stage.clone());
        }
    }
    builder
}

/// Runs one transaction; what was called and how it ended.
pub async fn calls(flow: &Flow<Calls>) -> (Vec<String>, Outcome) {
    let Ended { context, outcome, .. } = flow.run("t", Calls::default(), Budget::within(SECOND)).await.unwrap();
    let log = context.log.lock().unwrap().clone();
    (log, outcome)
}

/// Runs on a runtime of its own, whose clock runs ahead when nobody has anything to do.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap().block_on(test)
}

/// Panics that are told to happen are not printed, of which there are thousands.
pub fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let print = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if panic.payload_as_str() != Some("told to panic") {
                print(panic);
            }
        }));
    });
}

/// Where something happens at the n-th await of a transaction, its journal included.
#[derive(Debug, Default)]
pub struct Points {
    passed: AtomicUsize,
    /// 0 is never.
    at: AtomicUsize,
    stops: bool,
    pub reached: Notify,
}

impl Points {
    /// At the n-th point everything stands still: the process has crashed.
    pub fn crash(at: usize) -> Arc<Self> {
        Arc::new(Points { at: at.into(), stops: true, ..Points::default() })
    }

    /// At the n-th point it is told.
    pub fn tell(at: usize) -> Arc<Self> {
        Arc::new(Points { at: at.into(), ..Points::default() })
    }

    pub async fn pass(&self) {
        let number = self.passed.fetch_add(1, Ordering::SeqCst) + 1;
        if number == self.at.load(Ordering::SeqCst) {
            self.reached.notify_one();
            if self.stops {
                pending::<()>().await;
            }
        }
        yield_now().await;
    }

    pub fn passed(&self) -> usize {
        self.passed.load(Ordering::SeqCst)
    }
}

/// What is outside of the process and survives it: things that were reserved there, by transaction and stage.
#[derive(Debug, Default)]
pub struct World {
    held: Mutex<BTreeMap<(String, String), Held>>,
    broken: Mutex<Vec<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    Reserved,
    Committed,
    Aborted,
}

impl World {
    fn change(&self, what: &(String, String), to: Held) {
        let mut held = self.held.lock().unwrap();
        let was = held.get(what).copied();
        let law = match (was, to) {
            (None, Held::Reserved | Held::Aborted) | (Some(Held::Reserved), _) => true,
            // The same again, after a crash.
            (Some(was), to) => was == to,
            (None, Held::Committed) => false,
        };
        if !law {
            self.broken.lock().unwrap().push(format!("{what:?} from {was:?} to {to:?}"));
        }
        // To abort what is not held leaves nothing.
        if was.is_some() || to == Held::Reserved {
            held.insert(what.clone(), to);
        }
    }

    /// All that is or was held for a transaction is in the same state, or there is nothing; tells which.
    pub fn end_of(&self, transaction: &str) -> Option<Held> {
        assert_eq!(*self.broken.lock().unwrap(), Vec::<String>::new());
        let held = self.held.lock().unwrap();
        let states: Vec<_> = held.iter().filter(|((of, _), _)| of == transaction).map(|(_, held)| *held).collect();
        assert!(states.iter().all(|state| *state == states[0] && *state != Held::Reserved), "{held:?}");
        states.first().copied()
    }

    pub fn count(&self, which: Held) -> usize {
        self.held.lock().unwrap().values().filter(|held| **held == which).count()
    }
}

/// Something done in the world, by a transaction.
pub struct Job {
    pub id: String,
    pub world: Arc<World>,
    pub points: Arc<Points>,
    /// The answer of the request, where it is one of many that are the same.
    pub answer: Option<String>,
}

/// Reserves something in the world, and then does as it is told.
pub struct Reserve {
    pub name: &'static str,
    pub world: Arc<World>,
    pub points: Arc<Points>,
    pub act: Act,
}

impl Reserve {
    fn what(&self, job: &Job) -> (String, String) {
        (job.id.clone(), self.name.to_owned())
    }
}

impl Stage<Job> for Reserve {
    fn name(&self) -> &str {
        self.name
    }

    async fn prepare(&self, job: &mut Job, _: &Budget) -> Result<Next, Failure> {
        job.points.pass().await;
        if self.act == Act::Fail {
            return Err(Failure::new("told to fail"));
        }
        self.world.change(&self.what(job), Held::Reserved);
        job.points.pass().await;
        match &self.act {
            Act::Route(groups) => Ok(Next::route(groups.iter().cloned())),
            Act::Abort => Ok(Next::abort("told to abort")),
            Act::Panic => panic!("told to panic"),
            _ => Ok(Next::Continue),
        }
    }

    async fn commit(&self, job: &mut Job, _: &Budget) -> Result<(), Failure> {
        job.points.pass().await;
        self.world.change(&self.what(job), Held::Committed);
        job.points.pass().await;
        Ok(())
    }

    async fn abort(&self, job: &mut Job, _: &Budget) -> Result<(), Failure> {
        job.points.pass().await;
        self.world.change(&self.what(job), Held::Aborted);
        job.points.pass().await;
        Ok(())
    }

    fn intent(&self, job: &Job) -> Option<Vec<u8>> {
        Some(job.id.clone().into_bytes())
    }

    fn recovery(&self, job: &Job) -> Recovery {
        Recovery::Data(job.id.clone().into_bytes())
    }

    async fn recover(&self, data: &[u8]) -> Result<Job, Failure> {
        let (world, points) = (Arc::clone(&self.world), Arc::clone(&self.points));
        points.pass().await;
        Ok(Job { id: String::from_utf8(data.to_vec())?, world, points, answer: None })
    }
}

impl Idempotent for Job {
    fn key(&self) -> Option<String> {
        self.answer.as_ref().map(|_| "the same".to_owned())
    }

    fn answer(&mut self, outcome: &Outcome) -> Option<Vec<u8>> {
        let answer = match outcome.cause() {
            Some(cause) if cause.name() != "declined" => return None,
            _ => format!("{} by {}", outcome.name(), self.id),
        };
        self.answer = Some(answer.clone());
        Some(answer.into_bytes())
    }

    fn replay(&mut self, answer: &[u8]) -> Result<(), Failure> {
        self.answer = Some(String::from_utf8(answer.to_vec())?);
        Ok(())
    }
}

/// Three stages in two groups, the last of which does as it is told.
pub fn jobs(world: &Arc<World>, points: &Arc<Points>, last: Act) -> Builder<Job> {
    let reserve = |name, act| Reserve { name, world: Arc::clone(world), points: Arc::clone(points), act };
    Flow::builder("jobs")
        .group("first")
        .stage(reserve("funds", Act::Continue))
        .stage(reserve("route", Act::Route(vec!["second".to_owned()])))
        .group("second")
        .stage(reserve("last", last))
}

/// One transaction of such a flow.
pub async fn job(
    flow: &Flow<Job>,
    id: &str,
    world: &Arc<World>,
    points: &Arc<Points>,
    budget: Budget,
) -> Result<Ended<Job>, Interrupted> {
    let (world, points) = (Arc::clone(world), Arc::clone(points));
    flow.run(TransactionId::new(id), Job { id: id.to_owned(), world, points, answer: None }, budget).await
}
