//! The state machine alone: what it says to do, by table.

mod laws;

use std::time::Duration;

use super::*;
use crate::connector::backoff::Backoff;

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

fn plan() -> Plan {
    Plan {
        role: Role::Dials,
        sign_on: Some(30 * SECOND),
        peer_sign_on: None,
        keys: None,
        sign_off: Some(5 * SECOND),
        drain: 10 * SECOND,
        close: 3 * SECOND,
        echo: Some(Echo { every: 60 * SECOND, timeout: 10 * SECOND, on_idle: true }),
        idle: None,
        read: None,
        backoff: Backoff::new(SECOND, 8 * SECOND).jitter(false).steady(20 * SECOND),
    }
}

/// A machine with a clock of its own.
struct Test {
    machine: Machine,
    start: Instant,
    now: Instant,
    heard: Instant,
    spoke: Instant,
}

impl Test {
    fn new(plan: Plan) -> Self {
        let now = Instant::now();
        Test { machine: Machine::new(plan), start: now, now, heard: now, spoke: now }
    }

    fn feed(&mut self, input: Input) -> String {
        let actions = self.machine.handle(self.now, input);
        actions.iter().map(|action| self.show(*action)).collect::<Vec<_>>().join(" ")
    }

    fn tick(&mut self) -> String {
        let (heard, spoke) = (self.heard, self.spoke);
        self.feed(Input::Tick { heard, spoke })
    }

    /// Goes to its deadline.
    fn next(&mut self) -> String {
        self.now = self.machine.deadline().expect("a deadline").max(self.now);
        self.tick()
    }

    /// Seconds since the start.
    fn at(&self, moment: Instant) -> f64 {
        (moment - self.start).as_secs_f64()
    }

    fn show(&self, action: Action) -> String {
        match action {
            Action::SignOn { until } => format!("SignOn({})", self.at(until)),
            Action::ExchangeKeys { until } => format!("ExchangeKeys({})", self.at(until)),
            Action::Echo { until } => format!("Echo({})", self.at(until)),
            Action::Drain { until } => format!("Drain({})", self.at(until)),
            Action::SignOff { until } => format!("SignOff({})", self.at(until)),
            Action::Wait { until } => format!("Wait({})", self.at(until)),
            other => format!("{other:?}"),
        }
    }
}

#[test]
fn from_start_to_stop() {
    let mut test = Test::new(Plan { keys: Some(7 * SECOND), ..plan() });
    assert_eq!(test.feed(Input::Start), "Connect");
    assert_eq!(test.feed(Input::Connected), "Open SignOn(30)");
    assert_eq!(test.machine.state(), State::SigningOn);
    test.now += SECOND;
    assert_eq!(test.feed(Input::Done), "ExchangeKeys(8)");
    assert_eq!(test.machine.state(), State::SigningOn);
    assert_eq!(test.feed(Input::Done), "Publish");
    assert_eq!(test.machine.state(), State::Ready);
    assert_eq!(test.feed(Input::Stop), "Withdraw Drain(11)");
    assert_eq!(test.machine.state(), State::Draining);
    assert_eq!(test.feed(Input::Stop), "");
    assert_eq!(test.feed(Input::Done), "SignOff(6)");
    assert_eq!(test.feed(Input::Done), "Close");
    assert_eq!(test.feed(Input::Lost), "Drop(Stopped) Stopped");
    assert_eq!((test.machine.state(), test.machine.deadline()), (State::Stopped, None));
    assert_eq!(test.feed(Input::Start), "Connect");
}

#[test]
fn each_step_of_stopping_has_an_end() {
    let mut test = Test::new(plan());
    for input in [Input::Start, Input::Connected, Input::Done] {
        test.feed(input);
    }
    assert_eq!(test.feed(Input::Stop), "Withdraw Drain(10)");
    assert_eq!(test.next(), "SignOff(15)");
    assert_eq!(test.next(), "Close");
    assert_eq!(test.next(), "Drop(Stopped) Stopped");
    assert_eq!(test.at(test.now), 18.0);
}

#[test]
fn draining_first_and_stopping_later() {
    let mut test = Test::new(plan());
    for input in [Input::Start, Input::Connected, Input::Done] {
        test.feed(input);
    }
    assert_eq!(test.feed(Input::Drain), "Withdraw Drain(10)");
    assert_eq!(test.feed(Input::Done), "");
    assert_eq!((test.machine.state(), test.machine.deadline()), (State::Draining, None));
    assert_eq!(test.feed(Input::Stop), "SignOff(5)");
    assert_eq!(test.feed(Input::Failed), "Close");
}

#[test]
fn attempts_that_fail_wait_longer_and_longer() {
    let mut test = Test::new(plan());
    assert_eq!(test.feed(Input::Start), "Connect");
    for wait in [1.0, 2.0, 4.0, 8.0, 8.0] {
        let from = test.at(test.now);
        assert_eq!(test.feed(Input::NotConnected), format!("Wait({})", from + wait));
        assert_eq!(test.next(), "Connect");
    }
    // A refused sign-on counts as well.
    assert_eq!(test.feed(Input::Connected), format!("Open SignOn({})", test.at(test.now) + 30.0));
    assert!(test.feed(Input::Failed).starts_with("Drop(Told) Wait("));
    test.next();
    test.feed(Input::Connected);
    assert!(test.next().starts_with("Drop(SignOnTimeout) Wait("));
    test.next();
    // A link that was ready for a moment changes nothing; one that was for longer does.
    for (ready, wait) in [(19, 8.0), (20, 1.0), (1, 2.0)] {
        test.feed(Input::Connected);
        assert_eq!(test.feed(Input::Done), "Publish");
        test.now += ready * SECOND;
        let from = test.at(test.now);
        assert_eq!(test.feed(Input::Lost), format!("Withdraw Drop(Told) Wait({})", from + wait));
        test.next();
    }
}

#[test]
fn echo_when_idle() {
    let mut test = Test::new(Plan { sign_on: None, ..plan() });
    test.feed(Input::Start);
    assert_eq!(test.feed(Input::Connected), "Open Publish");
    // Something came in after 40 seconds.
    test.heard = test.start + 40 * SECOND;
    assert_eq!(test.next(), "");
    assert_eq!(test.next(), "Echo(110)");
    assert_eq!(test.at(test.now), 100.0);
    test.now += SECOND;
    test.heard = test.now;
    assert_eq!(test.feed(Input::EchoAnswered), "");
    assert_eq!(test.next(), "Echo(171)");
    // No answer: noticed after interval and timeout.
    assert_eq!(test.next(), "Withdraw Drop(EchoTimeout) Wait(172)");
    // Or a no.
    test.next();
    test.feed(Input::Connected);
    test.next();
    assert!(test.feed(Input::EchoFailed).starts_with("Withdraw Drop(Told) Wait("));
}

#[test]
fn echo_by_interval_with_one_in_flight() {
    let echo = Echo { every: SECOND, timeout: 5 * SECOND, on_idle: false };
    let mut test = Test::new(Plan { sign_on: None, echo: Some(echo), ..plan() });
    test.feed(Input::Start);
    test.feed(Input::Connected);
    test.heard = test.start + 1000 * SECOND;
    assert_eq!(test.next(), "Echo(6)");
    for _ in 0..4 {
        assert_eq!(test.next(), "");
    }
    test.now += 500 * MS;
    assert_eq!(test.feed(Input::EchoAnswered), "");
    assert_eq!(test.next(), "Echo(11)");
    assert_eq!(test.at(test.now), 6.0);
}

#[test]
fn silence_is_told_again_and_again_or_ends_the_link() {
    let read = Read { after: 10 * SECOND, drop: false };
    let quiet = Plan { sign_on: None, echo: None, ..plan() };
    let mut test = Test::new(Plan { read: Some(read), idle: Some(4 * SECOND), ..quiet });
    test.feed(Input::Start);
    test.feed(Input::Connected);
    test.spoke = test.start + 3 * SECOND;
    let mut told = Vec::new();
    while test.now < test.start + 25 * SECOND {
        let action = test.next();
        if !action.is_empty() {
            told.push((test.at(test.now), action));
        }
    }
    let expected = [
        (7.0, "TellIdle"),
        (10.0, "TellReadTimeout"),
        (11.0, "TellIdle"),
        (15.0, "TellIdle"),
        (19.0, "TellIdle"),
        (20.0, "TellReadTimeout"),
        (23.0, "TellIdle"),
        (27.0, "TellIdle"),
    ];
    assert_eq!(told, expected.map(|(at, what)| (at, what.to_owned())));
    let mut test = Test::new(Plan { read: Some(Read { drop: true, ..read }), ..quiet });
    test.feed(Input::Start);
    test.feed(Input::Connected);
    assert_eq!(test.next(), "TellReadTimeout Withdraw Drop(ReadTimeout(10s)) Wait(11)");
}

#[test]
fn the_peer_signs_on_and_off() {
    let mut test = Test::new(Plan { peer_sign_on: Some(15 * SECOND), ..plan() });
    test.feed(Input::Start);
    assert_eq!(test.feed(Input::Connected), "Open SignOn(30)");
    assert_eq!(test.feed(Input::Done), "");
    assert_eq!(test.feed(Input::PeerSignedOn), "Publish");
    assert_eq!(test.feed(Input::PeerSignedOff), "Withdraw");
    assert_eq!(test.machine.state(), State::SigningOn);
    assert_eq!(test.feed(Input::PeerSignedOn), "Publish");
    assert_eq!(test.feed(Input::PeerSignedOff), "Withdraw");
    assert_eq!(test.next(), "Drop(PeerSignOnTimeout) Wait(16)");
    // The peer may be faster than we are; and each link begins anew.
    test.next();
    test.feed(Input::Connected);
    assert_eq!(test.feed(Input::PeerSignedOn), "");
    assert_eq!(test.feed(Input::Done), "Publish");
    test.feed(Input::Lost);
    test.next();
    test.feed(Input::Connected);
    assert_eq!(test.feed(Input::Done), "");
}

#[test]
fn a_second_link() {
    let accepts = |replace| Plan { role: Role::Accepts { replace }, ..plan() };
    for replace in [true, false] {
        let mut test = Test::new(accepts(replace));
        assert_eq!(test.feed(Input::Start), "Connect");
        assert_eq!(test.feed(Input::Connected), "Open SignOn(30)");
        // What has not proven itself is replaced in any case.
        assert_eq!(test.feed(Input::Second), "Drop(Replaced) Open SignOn(30)");
        assert_eq!(test.feed(Input::Done), "Publish");
        if replace {
            assert_eq!(test.feed(Input::Second), "Withdraw Drop(Replaced) Open SignOn(30)");
            continue;
        }
        assert_eq!(test.feed(Input::Second), "Refuse Echo(10)");
        assert_eq!(test.feed(Input::Second), "Refuse");
        assert_eq!(test.next(), "Withdraw Drop(EchoTimeout) Connect");
        assert_eq!(test.feed(Input::Connected), "Open SignOn(40)");
        // No waiting where the peer is the one who connects.
        assert_eq!(test.feed(Input::Failed), "Drop(Told) Connect");
        assert_eq!(test.feed(Input::Connected), "Open SignOn(40)");
        test.feed(Input::Done);
        test.feed(Input::Stop);
        assert_eq!(test.feed(Input::Second), "Refuse");
    }
}
