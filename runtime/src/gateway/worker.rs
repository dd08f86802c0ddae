//! Handles the requests of one client, as many at a time as it may have in flight, on the task of its link: no task for
//! each.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use futures_util::task::AtomicWaker;
use tokio::sync::mpsc;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};

use super::desk::{Desk, Job};
use super::serve::serve;
use crate::mux::Wire;

/// How often deadlines are looked at. Forwarders keep them by themselves; this is for code that does not.
const TICK: Duration = Duration::from_millis(100);
/// How long after its deadline a request is given up, so that what a forwarder says of it comes first.
const LATER: Duration = Duration::from_millis(200);

/// Says to a request that it is given up.
#[derive(Debug, Default)]
pub(super) struct Control {
    state: AtomicU8,
    waker: AtomicWaker,
}

/// Why a request is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    Late = 1,
    Stopping = 2,
}

impl Control {
    fn cut(&self, why: Cut) {
        self.state.store(why as u8, Ordering::Release);
        self.waker.wake();
    }

    /// Runs a future until it ends, or the request is given up.
    pub(super) async fn run<F: Future>(&self, mut future: Pin<&mut F>) -> Result<F::Output, Cut> {
        poll_fn(|context| {
            self.waker.register(context.waker());
            match self.state.load(Ordering::Acquire) {
                0 => future.as_mut().poll(context).map(Ok),
                1 => Poll::Ready(Err(Cut::Late)),
                _ => Poll::Ready(Err(Cut::Stopping)),
            }
        })
        .await
    }
}

/// A request under way.
struct Serving {
    deadline: Instant,
    control: Arc<Control>,
    future: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Future for Serving {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.future.as_mut().poll(context)
    }
}

/// The requests of one client.
pub(super) struct Worker {
    desk: Arc<Desk>,
    jobs: mpsc::UnboundedReceiver<Job>,
    serving: FuturesUnordered<Serving>,
    tick: Interval,
    /// No more jobs will come.
    closed: bool,
    cut: bool,
}

impl Worker {
    pub(super) fn new(desk: Arc<Desk>, jobs: mpsc::UnboundedReceiver<Job>) -> Self {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Worker { desk, jobs, serving: FuturesUnordered::new(), tick, closed: false, cut: false }
    }

    fn start(&mut self, job: Job) {
        let control = Arc::new(Control::default());
        let deadline = Instant::now() + self.desk.inner.limits.timeout;
        let desk = Arc::clone(&self.desk);
        let future: Pin<Box<dyn Future<Output = ()> + Send>> = match job {
            Job::Request { inbound, places } => {
                if self.cut {
                    control.cut(Cut::Stopping);
                }
                Box::pin(serve(desk, inbound, places, Arc::clone(&control), deadline))
            }
            Job::Reply { replier, reply, _place } => Box::pin(async move {
                if let Err(error) = replier.reply(Wire(&reply)).await {
                    tracing::debug!(client = desk.client.id, %error, "a decline has not reached its client");
                }
                drop(_place);
            }),
        };
        self.serving.push(Serving { deadline, control, future });
    }

    /// Gives up those whose time is over.
    fn expire(&mut self) {
        let now = Instant::now();
        for serving in Pin::new(&mut self.serving).iter_pin_mut() {
            if serving.deadline + LATER <= now {
                serving.control.cut(Cut::Late);
            }
        }
    }

    /// Gives up all of them.
    fn give_up(&mut self) {
        self.cut = true;
        for serving in Pin::new(&mut self.serving).iter_pin_mut() {
            serving.control.cut(Cut::Stopping);
        }
    }
}

impl Future for Worker {
    type Output = ();

    /// Ends when no more requests will come and all have ended.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let (ended, cut) = this.desk.look(context.waker());
        if ended && !this.closed {
            this.jobs.close();
        }
        while !this.closed {
            match this.jobs.poll_recv(context) {
                Poll::Ready(Some(job)) => this.start(job),
                Poll::Ready(None) => this.closed = true,
                Poll::Pending => break,
            }
        }
        if cut && !this.cut {
            this.give_up();
        }
        while let Poll::Ready(Some(())) = this.serving.poll_next_unpin(context) {}
        if this.closed && this.serving.is_empty() {
            return Poll::Ready(());
        }
        if !this.serving.is_empty() || !this.desk.ledger.is_empty() {
            while this.tick.poll_tick(context).is_ready() {
                this.expire();
                this.desk.ledger.written(this.desk.written());
            }
        }
        Poll::Pending
    }
}
