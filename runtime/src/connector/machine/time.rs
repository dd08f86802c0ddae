//! What is due when time has passed.

use tokio::time::Instant;

use super::{Action, Actions, Ending, Machine, Phase, Ready, Step, Why};

impl Machine {
    pub(super) fn tick(&mut self, now: Instant, heard: Instant, spoke: Instant, out: &mut Actions) {
        match self.phase {
            Phase::SigningOn { step, until } if now >= until => {
                let why = match step {
                    Step::SignOn => Why::SignOnTimeout,
                    Step::PeerSignOn => Why::PeerSignOnTimeout,
                    Step::Keys => Why::KeysTimeout,
                };
                self.lose(now, why, out);
            }
            Phase::Backoff { until } if now >= until => self.connect(out),
            Phase::Draining { ending, stopping } => match ending {
                Ending::Emptying { until } if now >= until && stopping => self.sign_off(now, out),
                Ending::Emptying { until } if now >= until => {
                    self.phase = Phase::Draining { ending: Ending::Empty, stopping };
                }
                Ending::SigningOff { until } if now >= until => self.close(now, out),
                Ending::Closing { until } if now >= until => self.stop(self.phase, out),
                _ => {}
            },
            Phase::Ready(ready) => self.tick_ready(now, heard, spoke, ready, out),
            _ => {}
        }
    }

    fn tick_ready(&mut self, now: Instant, heard: Instant, spoke: Instant, mut ready: Ready, out: &mut Actions) {
        if ready.echo_until.is_some_and(|until| now >= until) {
            return self.lose(now, Why::EchoTimeout, out);
        }
        if let (Some(at), Some(read)) = (ready.read_at, self.plan.read)
            && now >= at
        {
            let due = heard.max(ready.since) + read.after;
            if now >= due {
                out.push(Action::TellReadTimeout);
                if read.drop {
                    return self.lose(now, Why::ReadTimeout(read.after), out);
                }
            }
            ready.read_at = Some(if now >= due { now + read.after } else { due });
        }
        if let (Some(at), Some(after)) = (ready.idle_at, self.plan.idle)
            && now >= at
        {
            let due = heard.max(spoke).max(ready.since) + after;
            if now >= due {
                out.push(Action::TellIdle);
            }
            ready.idle_at = Some(if now >= due { now + after } else { due });
        }
        if let (Some(at), Some(echo)) = (ready.echo_at, self.plan.echo)
            && now >= at
        {
            let due = if echo.on_idle { heard.max(ready.since) + echo.every } else { at };
            if now >= due && ready.echo_until.is_none() {
                let until = now + echo.timeout;
                ready.echo_until = Some(until);
                out.push(Action::Echo { until });
            }
            // One at a time: when one is in flight then, the next is due an interval later.
            ready.echo_at = Some(if now >= due { now + echo.every } else { due });
        }
        self.phase = Phase::Ready(ready);
    }
}
