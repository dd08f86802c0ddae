//! A load in a closed loop or by a schedule, and what was measured under it.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use crate::schedule::Schedule;

/// Before anything is counted.
const WARM_UP: Duration = Duration::from_millis(200);

/// How many requests are under way at a time, over how many connections, for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) connections: usize,
    /// Over all connections.
    pub(crate) in_flight: usize,
    /// Requests due in a second, whatever becomes of those before; 0 for each as soon as the one before has ended.
    pub(crate) rate: usize,
    pub(crate) time: Duration,
    /// Of the one runtime for both ends; 0 for a runtime of one thread at each.
    pub(crate) threads: usize,
    /// Messages that a mux reads before others run.
    pub(crate) batch: usize,
}

/// What was measured.
#[derive(Debug, Clone)]
pub(crate) struct Figures {
    pub(crate) per_second: f64,
    /// In nanoseconds.
    pub(crate) p50: u64,
    pub(crate) p99: u64,
    pub(crate) p999: u64,
    pub(crate) failed: u64,
    /// Of both ends, in nanoseconds for each request; nothing where the system does not tell.
    pub(crate) processor: Option<f64>,
}

/// What one caller, or all of them, have seen.
#[derive(Debug)]
pub(crate) struct Seen {
    times: Histogram<u64>,
    failed: u64,
    /// Requests, those before and after the time that counts too.
    all: u64,
}

impl Seen {
    pub(crate) fn new() -> Self {
        let times = Histogram::new_with_max(60_000_000_000, 3).expect("bounds of a histogram");
        Seen { times, failed: 0, all: 0 }
    }

    /// Requests that have been answered.
    pub(crate) fn record(&mut self, took: Duration, count: u64, counts: bool) {
        self.all += count;
        if counts {
            self.times.saturating_record_n(took.as_nanos() as u64, count);
        }
    }

    pub(crate) fn figures(&self, time: Duration, before: Option<Duration>) -> Figures {
        let spent = processor().zip(before).map(|(now, before)| now.saturating_sub(before));
        Figures {
            processor: spent.map(|spent| spent.as_nanos() as f64 / self.all.max(1) as f64),
            per_second: self.times.len() as f64 / time.as_secs_f64(),
            p50: self.times.value_at_quantile(0.5),
            p99: self.times.value_at_quantile(0.99),
            p999: self.times.value_at_quantile(0.999),
            failed: self.failed,
        }
    }
}

/// When counting starts and ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    from: Instant,
    to: Instant,
}

impl Span {
    pub(crate) fn of(load: Load) -> Self {
        let from = Instant::now() + WARM_UP;
        Span { from, to: from + load.time }
    }

    pub(crate) fn counts(&self, end: Instant) -> bool {
        end >= self.from && end <= self.to
    }

    pub(crate) fn is_over(&self, now: Instant) -> bool {
        now > self.to
    }
}

/// Runs server and client, on runtimes of their own or on one.
pub(crate) fn ends<S, C>(
    load: Load,
    serve: impl FnOnce(std::net::TcpListener) -> S + Send + 'static,
    ask: impl FnOnce(SocketAddr) -> C,
) -> io::Result<Figures>
where
    S: Future<Output = ()> + Send + 'static,
    C: Future<Output = io::Result<Figures>> + Send + 'static,
{
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    if load.threads > 0 {
        let runtime = Builder::new_multi_thread().worker_threads(load.threads).enable_all().build()?;
        let figures = runtime.block_on(async {
            let server = tokio::spawn(serve(listener));
            let figures = tokio::spawn(ask(address)).await;
            server.abort();
            figures
        });
        return figures?;
    }
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (ready, started) = mpsc::channel();
    let server = thread::spawn(move || {
        let runtime = one_thread().expect("a runtime");
        ready.send(()).expect("somebody waits");
        runtime.block_on(async {
            tokio::select! {
                () = serve(listener) => {}
                _ = stopped => {}
            }
        });
    });
    started.recv().map_err(io::Error::other)?;
    let figures = one_thread()?.block_on(async { tokio::spawn(ask(address)).await })?;
    drop(stop);
    server.join().map_err(|_| io::Error::other("the server panicked"))?;
    figures
}

pub(crate) fn one_thread() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// As many callers as there are to be requests in flight, each asking anew when it has been answered.
pub(crate) async fn callers<C: Caller>(load: Load, mut caller: impl FnMut(u32) -> Option<C>) -> io::Result<Figures> {
    let (span, before) = (Span::of(load), processor());
    let all = Arc::new(Mutex::new(Seen::new()));
    let schedule = Schedule::start(load.rate, span.to)?;
    let mut callers = JoinSet::new();
    for number in 0..load.in_flight {
        let Some(mut caller) = caller(number as u32) else { break };
        let (all, schedule) = (Arc::clone(&all), schedule.clone());
        callers.spawn(async move {
            let mut seen = Seen::new();
            let mut started = Instant::now();
            loop {
                if let Some(schedule) = &schedule {
                    let Some(due) = schedule.next().await else { break };
                    started = due;
                }
                let answered = caller.call().await;
                let now = Instant::now();
                if answered {
                    seen.record(now - started, 1, span.counts(now));
                } else {
                    seen.failed += 1;
                }
                if span.is_over(now) {
                    break;
                }
                started = now;
            }
            let mut all = all.lock().expect("no caller panicked");
            all.failed += seen.failed;
            all.all += seen.all;
            all.times.add(&seen.times).expect("histograms of the same bounds");
        });
    }
    while callers.join_next().await.is_some() {}
    let all = all.lock().expect("no caller panicked");
    Ok(all.figures(load.time, before))
}

/// Asks one thing after the other.
pub(crate) trait Caller: Send + 'static {
    /// Asks and waits; whether it was answered as it should be.
    fn call(&mut self) -> impl Future<Output = bool> + Send;
}

/// Processor time of this process so far.
pub(crate) fn processor() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the name, which may hold anything: user and system time in hundredths of a second.
    let mut words = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || words.next()?.parse::<u64>().ok();
    Some(Duration::from_millis(10 * (ticks()? + ticks()?)))
}
