//! What always holds, whatever happens: a machine fed with random events, beside what its shell would hold.

use proptest::prelude::*;

use super::*;

fn inputs() -> impl Strategy<Value = Option<Input>> {
    use Input::*;
    prop_oneof![
        4 => Just(None),
        16 => prop::sample::select(vec![
            Start, Drain, Connected, Connected, Connected, NotConnected, Done, Done, Done, Failed, EchoAnswered, EchoFailed,
            Lost, Second, PeerSignedOn, PeerSignedOff,
        ]).prop_map(Some),
        1 => prop::sample::select(vec![Stop, Abort]).prop_map(Some),
    ]
}

fn plans() -> impl Strategy<Value = Plan> {
    let some = |seconds: u32| prop::option::of((1..seconds).prop_map(|seconds| seconds * SECOND));
    let role =
        prop_oneof![Just(Role::Dials), Just(Role::Accepts { replace: true }), Just(Role::Accepts { replace: false })];
    let echo = (1u32..9, 1u32..9, any::<bool>()).prop_map(|(every, timeout, on_idle)| Echo {
        every: every * SECOND,
        timeout: timeout * SECOND,
        on_idle,
    });
    let read = (1u32..20, any::<bool>()).prop_map(|(after, drop)| Read { after: after * SECOND, drop });
    (role, some(9), some(9), some(9), some(9), prop::option::of(echo), some(20), prop::option::of(read)).prop_map(
        |(role, sign_on, peer_sign_on, keys, sign_off, echo, idle, read)| Plan {
            role,
            sign_on,
            peer_sign_on,
            keys,
            sign_off,
            echo,
            idle,
            read,
            ..plan()
        },
    )
}

/// What the shell would have now.
#[derive(Default)]
struct Held {
    link: bool,
    published: bool,
    echo: bool,
    /// Whether there is an attempt to connect.
    connecting: bool,
    keys: bool,
}

impl Held {
    fn apply(&mut self, action: Action, plan: &Plan) {
        match action {
            Action::Connect => {
                assert!(!self.link && !self.connecting);
                self.connecting = true;
            }
            Action::StopConnecting => assert!(std::mem::take(&mut self.connecting)),
            Action::Open => {
                assert!(!self.link);
                (self.link, self.connecting, self.keys) = (true, false, false);
            }
            Action::SignOn { .. } => assert!(self.link && plan.sign_on.is_some()),
            Action::ExchangeKeys { .. } => {
                assert!(self.link && !self.published);
                self.keys = true;
            }
            Action::Publish => {
                assert!(self.link && !self.published);
                self.published = true;
            }
            Action::Withdraw => {
                assert!(self.published);
                (self.published, self.echo) = (false, false);
            }
            Action::Echo { .. } => {
                assert!(self.published && !self.echo, "one echo in flight");
                self.echo = true;
            }
            Action::Drain { .. } | Action::SignOff { .. } | Action::Close => assert!(self.link && !self.published),
            Action::Drop(_) => {
                assert!(self.link && !self.published);
                self.link = false;
            }
            Action::TellIdle | Action::TellReadTimeout => assert!(self.published),
            Action::Stopped => assert!(!self.link && !self.published && !self.connecting),
            Action::Refuse => {}
            Action::Wait { .. } => {
                assert!(!self.link);
                self.connecting = false;
            }
        }
    }
}

proptest! {
    #[test]
    fn whatever_happens(plan in plans(), events in prop::collection::vec((inputs(), 0u64..5000), 1..200)) {
        let mut test = Test::new(plan);
        let mut held = Held::default();
        for (input, milliseconds) in events {
            test.now += Duration::from_millis(milliseconds);
            if milliseconds % 3 == 0 {
                test.heard = test.now;
            }
            let state = test.machine.state();
            let input = match input {
                Some(Input::Connected | Input::NotConnected) if state != State::Connecting => continue,
                // A link can only end, and an echo only be answered, where there is one.
                Some(Input::Lost) if !held.link => continue,
                Some(Input::EchoAnswered | Input::EchoFailed) if !held.echo => continue,
                Some(Input::Second) if state == State::Connecting || state == State::Backoff => continue,
                Some(input) => input,
                None => Input::Tick { heard: test.heard, spoke: test.spoke },
            };
            if input == Input::EchoAnswered {
                held.echo = false;
            }
            for action in test.machine.handle(test.now, input) {
                held.apply(action, &plan);
            }
            prop_assert_eq!(held.published, test.machine.state() == State::Ready);
            // Whatever waits for the peer has an end.
            let ends = test.machine.deadline().is_some();
            match test.machine.state() {
                State::SigningOn | State::Backoff => prop_assert!(ends),
                State::Stopped | State::Connecting => prop_assert!(!ends),
                _ => {}
            }
        }
        // It can be stopped from wherever it is, in bounded time, with nothing but time passing.
        for action in test.machine.handle(test.now, Input::Stop) {
            held.apply(action, &plan);
        }
        let asked = test.now;
        for _ in 0..4 {
            if test.machine.state() == State::Stopped {
                break;
            }
            test.now = test.machine.deadline().expect("an end");
            let (heard, spoke) = (test.heard, test.spoke);
            for action in test.machine.handle(test.now, Input::Tick { heard, spoke }) {
                held.apply(action, &plan);
            }
        }
        prop_assert_eq!(test.machine.state(), State::Stopped);
        let most = plan.drain + plan.sign_off.unwrap_or_default() + plan.close;
        prop_assert!(test.now - asked <= most);
        prop_assert!(!held.link && !held.connecting && !held.published);
    }
}
