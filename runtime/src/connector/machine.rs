//! What a connector does next, without doing it: a state machine that is told what has happened and what time it is, and
//! says what to do. It holds no link, opens nothing and never waits; the shell does that.

mod time;
mod words;

use tokio::time::Instant;

use super::backoff::Waits;
pub use words::State;
pub(super) use words::{Action, Actions, Echo, Input, Plan, Read, Role, Why};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    SignOn,
    PeerSignOn,
    Keys,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// Waiting for what is in flight.
    Emptying {
        until: Instant,
    },
    /// Nothing is in flight; to be stopped later.
    Empty,
    SigningOff {
        until: Instant,
    },
    Closing {
        until: Instant,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Stopped,
    Connecting,
    SigningOn { step: Step, until: Instant },
    Ready(Ready),
    Draining { ending: Ending, stopping: bool },
    Backoff { until: Instant },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ready {
    since: Instant,
    echo_at: Option<Instant>,
    /// One is in flight, up to then.
    echo_until: Option<Instant>,
    idle_at: Option<Instant>,
    read_at: Option<Instant>,
}

/// The state machine of a connector.
#[derive(Debug)]
pub(super) struct Machine {
    plan: Plan,
    phase: Phase,
    waits: Waits,
    /// Of this link.
    peer_signed_on: bool,
}

impl Machine {
    pub(super) fn new(plan: Plan) -> Self {
        Machine { plan, phase: Phase::Stopped, waits: Waits::new(plan.backoff), peer_signed_on: false }
    }

    pub(super) const fn state(&self) -> State {
        match self.phase {
            Phase::Stopped => State::Stopped,
            Phase::Connecting => State::Connecting,
            Phase::SigningOn { .. } => State::SigningOn,
            Phase::Ready(_) => State::Ready,
            Phase::Draining { .. } => State::Draining,
            Phase::Backoff { .. } => State::Backoff,
        }
    }

    /// When it wants to be told the time at the latest.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::Stopped | Phase::Connecting | Phase::Draining { ending: Ending::Empty, .. } => None,
            Phase::SigningOn { until, .. } | Phase::Backoff { until } => Some(until),
            Phase::Draining { ending, .. } => match ending {
                Ending::Emptying { until } | Ending::SigningOff { until } | Ending::Closing { until } => Some(until),
                Ending::Empty => None,
            },
            Phase::Ready(Ready { echo_at, echo_until, idle_at, read_at, .. }) => {
                [echo_at, echo_until, idle_at, read_at].into_iter().flatten().min()
            }
        }
    }

    /// Takes in what has happened and says what to do, in this order.
    #[must_use]
    pub(super) fn handle(&mut self, now: Instant, input: Input) -> Actions {
        let mut actions = Actions::new();
        let out = &mut actions;
        match (input, self.phase) {
            (Input::Start, Phase::Stopped) => {
                self.waits.reset();
                self.connect(out);
            }
            (Input::Start, _) => {}
            (_, Phase::Stopped) => {}

            (Input::Abort, phase) => self.stop(phase, out),
            (Input::Stop, Phase::Ready(_)) => self.drain(now, true, out),
            (Input::Drain, Phase::Ready(_)) => self.drain(now, false, out),
            (Input::Stop, Phase::Draining { ending: Ending::Empty, .. }) => self.sign_off(now, out),
            (Input::Stop, Phase::Draining { ending, .. }) => self.phase = Phase::Draining { ending, stopping: true },
            (Input::Drain, Phase::Draining { .. }) => {}
            // There is nothing to wait for and nothing to sign off from.
            (Input::Stop | Input::Drain, phase) => self.stop(phase, out),

            (Input::Connected, Phase::Connecting) => {
                self.peer_signed_on = false;
                out.push(Action::Open);
                self.step(now, None, out);
            }
            (Input::NotConnected, Phase::Connecting) => self.back_off(now, out),
            (Input::Connected | Input::NotConnected, _) => {}

            (Input::PeerSignedOn, phase) => {
                self.peer_signed_on = true;
                if let Phase::SigningOn { step: Step::PeerSignOn, .. } = phase {
                    self.step(now, Some(Step::PeerSignOn), out);
                }
            }
            (Input::PeerSignedOff, phase) => {
                self.peer_signed_on = false;
                if let (Phase::Ready(_), Some(after)) = (phase, self.plan.peer_sign_on) {
                    out.push(Action::Withdraw);
                    self.phase = Phase::SigningOn { step: Step::PeerSignOn, until: now + after };
                }
            }

            (Input::Done, Phase::SigningOn { step, .. }) if step != Step::PeerSignOn => self.step(now, Some(step), out),
            (Input::Failed, Phase::SigningOn { .. }) => self.lose(now, Why::Told, out),
            (Input::Done | Input::Failed, Phase::Draining { ending, stopping }) => match ending {
                Ending::Emptying { .. } if stopping => self.sign_off(now, out),
                Ending::Emptying { .. } => self.phase = Phase::Draining { ending: Ending::Empty, stopping },
                Ending::Empty => {}
                Ending::SigningOff { .. } => self.close(now, out),
                Ending::Closing { .. } => self.stop(self.phase, out),
            },
            (Input::Done | Input::Failed, _) => {}

            (Input::EchoAnswered, Phase::Ready(mut ready)) => {
                ready.echo_until = None;
                if let Some(echo) = self.plan.echo.filter(|echo| echo.on_idle) {
                    ready.echo_at = Some(now + echo.every);
                }
                self.phase = Phase::Ready(ready);
            }
            (Input::EchoFailed, Phase::Ready(_)) => self.lose(now, Why::Told, out),
            (Input::EchoAnswered | Input::EchoFailed, _) => {}

            (Input::Lost, Phase::SigningOn { .. } | Phase::Ready(_)) => self.lose(now, Why::Told, out),
            (Input::Lost, phase @ Phase::Draining { .. }) => self.stop(phase, out),
            (Input::Lost, _) => {}

            (Input::Second, phase) => self.second(now, phase, out),
            (Input::Tick { heard, spoke }, _) => self.tick(now, heard, spoke, out),
        }
        actions
    }

    fn connect(&mut self, out: &mut Actions) {
        self.phase = Phase::Connecting;
        out.push(Action::Connect);
    }

    /// The first step, or the one after this.
    fn step(&mut self, now: Instant, done: Option<Step>, out: &mut Actions) {
        let plan = self.plan;
        if let (None, Some(after)) = (done, plan.sign_on) {
            let until = now + after;
            self.phase = Phase::SigningOn { step: Step::SignOn, until };
            out.push(Action::SignOn { until });
            return;
        }
        if matches!(done, None | Some(Step::SignOn))
            && !self.peer_signed_on
            && let Some(after) = plan.peer_sign_on
        {
            self.phase = Phase::SigningOn { step: Step::PeerSignOn, until: now + after };
            return;
        }
        if let (None | Some(Step::SignOn | Step::PeerSignOn), Some(after)) = (done, plan.keys) {
            let until = now + after;
            self.phase = Phase::SigningOn { step: Step::Keys, until };
            out.push(Action::ExchangeKeys { until });
            return;
        }
        self.phase = Phase::Ready(Ready {
            since: now,
            echo_at: plan.echo.map(|echo| now + echo.every),
            echo_until: None,
            idle_at: plan.idle.map(|after| now + after),
            read_at: plan.read.map(|read| now + read.after),
        });
        out.push(Action::Publish);
    }

    /// The link is of no more use.
    fn lose(&mut self, now: Instant, why: Why, out: &mut Actions) {
        if let Phase::Ready(Ready { since, .. }) = self.phase {
            out.push(Action::Withdraw);
            self.waits.lost_after(now - since);
        }
        out.push(Action::Drop(why));
        match self.plan.role {
            Role::Dials => self.back_off(now, out),
            // When the peer comes back is its own business.
            Role::Accepts { .. } => self.connect(out),
        }
    }

    fn back_off(&mut self, now: Instant, out: &mut Actions) {
        let until = now + self.waits.next();
        self.phase = Phase::Backoff { until };
        out.push(Action::Wait { until });
    }

    fn drain(&mut self, now: Instant, stopping: bool, out: &mut Actions) {
        let until = now + self.plan.drain;
        self.phase = Phase::Draining { ending: Ending::Emptying { until }, stopping };
        out.extend([Action::Withdraw, Action::Drain { until }]);
    }

    fn sign_off(&mut self, now: Instant, out: &mut Actions) {
        match self.plan.sign_off {
            Some(after) => {
                let until = now + after;
                self.phase = Phase::Draining { ending: Ending::SigningOff { until }, stopping: true };
                out.push(Action::SignOff { until });
            }
            None => self.close(now, out),
        }
    }

    fn close(&mut self, now: Instant, out: &mut Actions) {
        let until = now + self.plan.close;
        self.phase = Phase::Draining { ending: Ending::Closing { until }, stopping: true };
        out.push(Action::Close);
    }

    fn stop(&mut self, phase: Phase, out: &mut Actions) {
        match phase {
            Phase::Ready(_) => out.extend([Action::Withdraw, Action::Drop(Why::Stopped)]),
            Phase::SigningOn { .. } | Phase::Draining { .. } => out.push(Action::Drop(Why::Stopped)),
            Phase::Connecting => out.push(Action::StopConnecting),
            Phase::Backoff { .. } | Phase::Stopped => {}
        }
        self.phase = Phase::Stopped;
        out.push(Action::Stopped);
    }

    /// One more link has come. What has not proven itself yet is always replaced.
    fn second(&mut self, now: Instant, phase: Phase, out: &mut Actions) {
        let Role::Accepts { replace } = self.plan.role else { return out.push(Action::Refuse) };
        match phase {
            Phase::SigningOn { .. } => {}
            Phase::Ready(_) if replace => out.push(Action::Withdraw),
            Phase::Ready(mut ready) => {
                out.push(Action::Refuse);
                // The one there is may be dead without anybody knowing. The peer will come again.
                if ready.echo_until.is_none()
                    && let Some(echo) = self.plan.echo
                {
                    let until = now + echo.timeout;
                    ready.echo_until = Some(until);
                    out.push(Action::Echo { until });
                }
                self.phase = Phase::Ready(ready);
                return;
            }
            _ => return out.push(Action::Refuse),
        }
        self.peer_signed_on = false;
        out.extend([Action::Drop(Why::Replaced), Action::Open]);
        self.step(now, None, out);
    }
}

#[cfg(test)]
mod tests;
