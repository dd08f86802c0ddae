//! Waiting for whatever happens next.

use std::future::{Future, pending};

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::{Finished, Slot, Source, Supervisor};
use crate::connector::error::Failure;
use crate::connector::events::{Event, Trouble};
use crate::connector::inner::Wish;
use crate::connector::machine::{Input, State};
use crate::link::{Accepted, Link};
use crate::mux::{Lost, Service};

/// Links of the peer that are opened at a time.
const ARRIVALS: usize = 16;

/// What is under way, if anything is; it is over then.
async fn slot<T>(slot: &mut Slot<T>) -> T {
    match slot {
        None => pending().await,
        Some(under_way) => {
            let result = under_way.await;
            *slot = None;
            result
        }
    }
}

async fn or_never<T>(future: Option<impl Future<Output = T>>) -> T {
    match future {
        Some(future) => future.await,
        None => pending().await,
    }
}

impl<S: Service> Supervisor<S> {
    pub(super) async fn next(&mut self, offered: &mut mpsc::Receiver<Link>) -> Input {
        if let Some(input) = self.pending.take() {
            return input;
        }
        loop {
            let state = self.machine.state();
            let deadline = self.machine.deadline();
            let Self { setup, wish, told, connecting, arrivals, live, task, echo, .. } = self;
            // While stopping the peer's calls are left to wait: for the next start, or for nobody.
            let listens = matches!(state, State::Connecting | State::SigningOn | State::Ready);
            let listener = match &setup.source {
                Source::Accepts(Some(listener)) if listens && arrivals.len() < ARRIVALS => Some(listener.accept()),
                _ => None,
            };
            tokio::select! {
                biased;
                changed = wish.changed() => {
                    let wish = *wish.borrow_and_update();
                    match (changed, wish) {
                        (Err(_), _) | (_, Wish::Abort) => return Input::Abort,
                        (_, Wish::Stop) => return Input::Stop,
                        (_, Wish::Drain) => return Input::Drain,
                        (_, Wish::Run) => {}
                    }
                }
                () = or_never(deadline.map(sleep_until)) => {
                    let mux = live.as_ref().map(|live| &live.session.mux);
                    let now = Instant::now();
                    let (heard, spoke) = mux.map_or((now, now), |mux| (mux.heard(), mux.spoke()));
                    return Input::Tick { heard, spoke };
                }
                lost = or_never(live.as_mut().map(|live| &mut live.driver)) => {
                    let lost = lost.unwrap_or(Lost::Dropped);
                    self.cause = Some(Failure::Lost(lost));
                    return Input::Lost;
                }
                finished = slot(task) => return self.finished(finished),
                answered = slot(echo) => match answered {
                    Ok(()) => return Input::EchoAnswered,
                    Err(error) => {
                        self.cause = Some(Failure::Echo(error));
                        return Input::EchoFailed;
                    }
                },
                connected = slot(connecting) => match connected {
                    Ok((at, link)) => {
                        self.used = at;
                        self.incoming = Some(link);
                        return Input::Connected;
                    }
                    Err(error) => {
                        self.inner.counters.connect_failures.add();
                        self.fail(Failure::Connect(error));
                        return Input::NotConnected;
                    }
                },
                Some(input) = told.1.recv() => return input,
                Some(opened) = arrivals.join_next() => match opened {
                    Ok(Ok(link)) => return self.arrived(link),
                    Ok(Err(error)) => self.teller.tell(Event::Trouble(Trouble::Accept(error))),
                    Err(_) => {}
                },
                Some(link) = offered.recv(), if listens => return self.arrived(link),
                accepted = or_never(listener) => {
                    // A handshake may take its time.
                    arrivals.spawn(Accepted::open(accepted));
                }
            }
        }
    }

    fn finished(&mut self, finished: Finished) -> Input {
        let failure = match finished {
            Finished::SignOn(Ok(())) => {
                self.inner.counters.sign_ons.add();
                self.teller.tell(Event::SignedOn);
                return Input::Done;
            }
            Finished::Keys(Ok(())) | Finished::Other => return Input::Done,
            Finished::SignOn(Err(error)) => Failure::SignOn(error),
            Finished::Keys(Err(failure)) => failure,
        };
        self.cause = Some(failure);
        Input::Failed
    }

    /// The peer has connected.
    fn arrived(&mut self, link: Link) -> Input {
        self.incoming = Some(link);
        if self.machine.state() == State::Connecting { Input::Connected } else { Input::Second }
    }
}
