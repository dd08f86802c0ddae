//! A gateway that has what its clients have not got reversed: what it tells of goes into queues of store-and-forward.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};

use crate::connector::Stans;
use crate::gateway::{
    Ahead, Cause, Client, Declined, Events, Gateway, Late, Logged, Note, Refusal, Stage, Undelivered,
};
use crate::host::{BoxFuture, Component, StartError, Status, Upstream};
use crate::msg::{Error, Message};
use crate::mux::{Outcome, Unmatched};
use crate::reversal::{Chain, ReversalError, Reverser, Rules};
use crate::saf::AcceptError;
use crate::store::Moment;

/// Most that waits to be put into a queue: as many as a gateway has in flight.
const MOST: usize = 16_384;

/// How long to wait before the next attempt to put one into its queue.
const AGAIN: Duration = Duration::from_millis(500);

/// How long stopping waits for what is not in its queue yet.
const LAST: Duration = Duration::from_secs(10);

/// When this process began to write down what it sends: what was written before is of an earlier one.
static BEGAN: LazyLock<Moment> = LazyLock::new(Moment::now);

/// A request that may have been acted on behind its client's back.
struct Owed {
    route: String,
    /// As it was sent; or its late answer.
    how: How,
    /// That it was written down before it was sent.
    note: Option<Note>,
}

enum How {
    /// Nobody knows how it ended.
    Open(Message, Outcome),
    /// Its answer has not reached the client: the request, and the answer.
    Undelivered(Message, Message),
    Late(Unmatched),
    /// Nothing but what was written down is to be settled.
    Settled,
}

/// What is to be reversed and stands in no queue yet.
pub(super) struct Reversals {
    /// The queue of each route.
    queues: BTreeMap<String, Upstream>,
    /// Those of a route whose STANs are the gateway's own: reversals have the same ones.
    rules: BTreeMap<String, Rules>,
    other_rules: Rules,
    owed: Mutex<VecDeque<Owed>>,
    more: Notify,
}

impl Reversals {
    /// With the queue of each route, the gateway's own STANs of those that have them, and the elements that tell
    /// transactions apart where they are not the usual ones.
    pub(super) fn new(
        queues: BTreeMap<String, Upstream>,
        stans: &BTreeMap<String, Stans>,
        key: Option<&[u8]>,
    ) -> Arc<Self> {
        LazyLock::force(&BEGAN);
        let other_rules = key.map_or_else(Rules::new, |key| Rules::new().identity(key));
        let rules = stans.iter().map(|(route, stans)| {
            let stans = stans.clone();
            (route.clone(), other_rules.clone().stan(move || stans.next()))
        });
        let rules = rules.collect();
        Arc::new(Reversals { queues, rules, other_rules, owed: Mutex::default(), more: Notify::new() })
    }

    /// What reverses requests of a route. It writes down what is sent where the node has a name that stays.
    fn reverser(&self, route: &str) -> Result<Reverser, &'static str> {
        // `teq check` has found a queue for each route.
        let queue = self.queues.get(route).ok_or("its route has no queue")?;
        let queue = queue.queue().ok_or("its store-and-forward does not run")?;
        let rules = self.rules.get(route).unwrap_or(&self.other_rules).clone();
        let rules = match queue.node() {
            Some(node) => rules.write_ahead(node),
            None => rules,
        };
        Ok(Reverser::since(queue, rules, *BEGAN))
    }

    /// Reverses what an earlier process has sent and not settled.
    async fn recover(&self) -> Result<(), StartError> {
        for route in self.queues.keys() {
            let reverser = self.reverser(route).map_err(StartError::new)?;
            let begun = reverser.recover().await.map_err(StartError::new)?;
            if begun > 0 {
                tracing::warn!(route, begun, "requests that an earlier run has left without an end are reversed");
            }
        }
        Ok(())
    }

    fn owe(&self, route: Option<String>, how: How, note: Option<Note>) {
        let Some(route) = route else { return };
        let mut owed = self.owed.lock().unwrap_or_else(PoisonError::into_inner);
        if owed.len() < MOST {
            owed.push_back(Owed { route, how, note });
            drop(owed);
            self.more.notify_one();
        } else {
            drop(owed);
            lost(&route, &"too many wait to be put into the queue");
        }
    }

    fn next(&self) -> Option<Owed> {
        self.owed.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// Puts what is owed into its queue, until it is told to stop and nothing is owed any more.
    async fn work(&self, mut stop: watch::Receiver<bool>) {
        loop {
            while let Some(owed) = self.next() {
                self.settle(&owed).await;
            }
            if *stop.borrow() {
                return;
            }
            tokio::select! {
                () = self.more.notified() => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
        }
    }

    /// Again and again, while it is the queue or its store that fails.
    async fn settle(&self, owed: &Owed) {
        let mut told = false;
        loop {
            let error = match self.reverser(&owed.route) {
                Err(error) => error.to_owned(),
                Ok(reverser) => match begin(&reverser, owed).await {
                    Ok(()) => return,
                    Err(error @ (ReversalError::Store(_) | ReversalError::Accept(AcceptError::Store(_)))) => {
                        error.to_string()
                    }
                    Err(error) => return lost(&owed.route, &error),
                },
            };
            if !told {
                tracing::error!(
                    route = owed.route,
                    error,
                    "a reversal could not be put into its queue; it is tried again"
                );
                told = true;
            }
            sleep(AGAIN).await;
        }
    }

    fn left(&self) -> usize {
        self.owed.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// Begins the reversal, and then settles what was written down.
async fn begin(reverser: &Reverser, owed: &Owed) -> Result<(), ReversalError> {
    _ = match &owed.how {
        How::Open(request, outcome) => reverser.settled(request, outcome).await?,
        How::Undelivered(request, answer) => reverser.undelivered(request, answer).await?,
        How::Late(unmatched) => reverser.late(unmatched).await?,
        How::Settled => Chain::NotNeeded,
    };
    match &owed.note {
        Some(note) => reverser.finish_note(note.transaction()).await,
        None => Ok(()),
    }
}

impl Ahead for Reversals {
    fn note<'a>(&'a self, route: &'a str, request: &'a Message) -> BoxFuture<'a, Result<Option<Note>, String>> {
        Box::pin(async move {
            let noted = self.reverser(route).map_err(str::to_owned)?.note(request).await;
            match noted {
                Ok(noted) => Ok(noted.map(|(journal, id)| Note { journal, id })),
                Err(error @ (ReversalError::Store(_) | ReversalError::Accept(_))) => Err(error.to_string()),
                // It could not be reversed either.
                Err(error) => {
                    metrics::counter!("isopace_reversals_unwritten_total", "route" => route.to_owned()).increment(1);
                    tracing::warn!(route, mti = %request.mti(), %error, "a request is sent that could not be reversed");
                    Ok(None)
                }
            }
        })
    }

    fn settle<'a>(&'a self, route: &'a str, note: &'a Note) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let reverser = self.reverser(route).map_err(str::to_owned)?;
            reverser.finish_note(note.transaction()).await.map_err(|error| error.to_string())
        })
    }
}

/// A request that nobody reverses: somebody has to look after it.
fn lost(route: &str, error: &dyn std::fmt::Display) {
    metrics::counter!("isopace_reversals_lost_total", "route" => route.to_owned()).increment(1);
    tracing::error!(route, %error, "a request that may have been approved is not reversed");
}

/// Tells the log, and notes what is to be reversed.
pub(super) struct Listener(pub(super) Arc<Reversals>);

impl Events for Listener {
    fn refused(&self, peer: std::net::SocketAddr, refusal: Refusal) {
        Logged.refused(peer, refusal);
    }

    fn undecodable(&self, client: &Client, bytes: usize, error: &Error) {
        Logged.undecodable(client, bytes, error);
    }

    fn unmatched(&self, client: &Client, unmatched: &Unmatched) {
        Logged.unmatched(client, unmatched);
    }

    fn declined(&self, declined: Declined) {
        if declined.may_have_been_acted_on()
            && let Some(request) = &declined.forwarded
        {
            let how = match (&declined.answer, &declined.cause) {
                (Some(answer), _) => How::Undelivered(request.clone(), answer.clone()),
                (None, Cause::Unknown(lost)) => How::Open(request.clone(), Outcome::Unknown(lost.clone())),
                (None, _) => How::Open(request.clone(), Outcome::TimedOut),
            };
            self.0.owe(declined.route.clone(), how, declined.note.clone());
        } else if declined.note.is_some() {
            self.0.owe(declined.route.clone(), How::Settled, declined.note.clone());
        }
        Logged.declined(declined);
    }

    fn repeated(&self, client: &Client, request: &Message) {
        Logged.repeated(client, request);
    }

    fn reply_undelivered(&self, undelivered: Undelivered) {
        if let Some(request) = &undelivered.forwarded {
            let how = How::Undelivered(request.clone(), undelivered.response.clone());
            self.0.owe(undelivered.route.clone(), how, None);
        }
        Logged.reply_undelivered(undelivered);
    }

    fn late(&self, late: Late) {
        self.0.owe(Some(late.route.clone()), How::Late(late.unmatched.clone()), None);
        Logged.late(late);
    }

    fn panicked(&self, client: &Client, stage: Stage) {
        Logged.panicked(client, stage);
    }
}

/// The task that puts reversals into their queues. It ends with this.
struct Working {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Drop for Working {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A gateway, and what it owes.
pub(super) struct Reversing {
    gateway: Gateway,
    reversals: Arc<Reversals>,
    working: Mutex<Option<Working>>,
}

impl Reversing {
    pub(super) const fn new(gateway: Gateway, reversals: Arc<Reversals>) -> Self {
        Reversing { gateway, reversals, working: Mutex::new(None) }
    }

    fn working(&self) -> std::sync::MutexGuard<'_, Option<Working>> {
        self.working.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Component for Reversing {
    fn name(&self) -> &str {
        self.gateway.name()
    }

    fn kind(&self) -> &'static str {
        Component::kind(&self.gateway)
    }

    fn start(&self) -> BoxFuture<'_, Result<(), StartError>> {
        Box::pin(async {
            // Before the first request.
            self.reversals.recover().await?;
            Component::start(&self.gateway).await?;
            let (stop, stopped) = watch::channel(false);
            let reversals = Arc::clone(&self.reversals);
            let task = tokio::spawn(async move { reversals.work(stopped).await });
            *self.working() = Some(Working { stop, task });
            Ok(())
        })
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            Component::stop(&self.gateway).await;
            let Some(mut working) = self.working().take() else { return };
            working.stop.send_replace(true);
            if timeout_at(Instant::now() + LAST, &mut working.task).await.is_err() {
                // The one in hand is among those that are left.
                let left = self.reversals.left() + 1;
                tracing::error!(gateway = self.name(), left, "stopped with reversals that are in no queue");
            }
        })
    }

    fn status(&self) -> Status {
        Component::status(&self.gateway).figure("reversals_waiting", self.reversals.left() as u64)
    }

    fn heals_itself(&self) -> bool {
        Component::heals_itself(&self.gateway)
    }

    fn hands_over(&self) -> bool {
        Component::hands_over(&self.gateway)
    }
}
