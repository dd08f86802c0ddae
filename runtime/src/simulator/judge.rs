//! Decides what becomes of each message: rules in order, recorded answers, and what the dialect says. No input or output, no clock:
//! the same messages in the same order give the same decisions.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use super::action::{Action, Corruption, End, Hold};
use super::answer::{self, Verdict};
use super::random::Random;
use super::scenario::{Rule, Scenario};
use super::template::Template;
use super::value::{Set, Source};
use crate::msg::Message;
use crate::types::Stan;

/// What is done, in this order, so many milliseconds after the message came.
#[derive(Debug, Default)]
pub(super) struct Decision {
    /// The rule that decided, by its place.
    pub(super) rule: Option<usize>,
    pub(super) steps: Vec<(u64, Step)>,
    pub(super) hold: Option<Hold>,
    pub(super) told: Told,
}

/// What a decision counts as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) answered: bool,
    pub(super) declined: bool,
    /// On purpose.
    pub(super) dropped: bool,
    /// It is of a kind that is not answered.
    pub(super) unanswerable: bool,
    pub(super) delayed: bool,
    pub(super) late: bool,
    pub(super) duplicated: bool,
    pub(super) corrupted: bool,
    pub(super) replayed: bool,
}

/// One thing to do on a connection.
#[derive(Clone)]
pub(super) enum Step {
    /// Send this message in a frame.
    Send(Bytes),
    /// Send these bytes in a frame, which are no message any more and must not be shown as one: values would stand elsewhere.
    Spoilt(Bytes),
    /// Send half of the frame of this message, and end.
    Half(Bytes),
    Close,
    Reset,
}

impl std::fmt::Debug for Step {
    /// No content.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Step::Send(body) => write!(f, "Send({} bytes)", body.len()),
            Step::Spoilt(body) => write!(f, "Spoilt({} bytes)", body.len()),
            Step::Half(body) => write!(f, "Half({} bytes)", body.len()),
            Step::Close => f.write_str("Close"),
            Step::Reset => f.write_str("Reset"),
        }
    }
}

/// A scenario under way.
pub(super) struct Judge {
    scenario: Scenario,
    limit: Option<u64>,
    random: Random,
    source: Source,
    /// By rule.
    uses: Vec<Use>,
    templates: Vec<Template>,
    approvals: Stan,
    stans: Stan,
    /// How many of the recorded answers to a key have been given.
    replayed: HashMap<Vec<u8>, usize>,
}

/// Before the first number.
pub(super) const NONE: Stan = match Stan::new(0) {
    Ok(none) => none,
    Err(_) => panic!("zero has no more than six digits"),
};

/// How often a rule was used.
#[derive(Debug)]
struct Use {
    /// Messages that it is for.
    matched: u64,
    used: u64,
    /// Its values, which go on with each use.
    set: Vec<Set>,
}

impl Judge {
    pub(super) fn new(scenario: Scenario, limit: Option<u64>, seed: Option<u64>) -> Self {
        let parts = Arc::clone(&scenario.0);
        let seed = seed.unwrap_or(parts.seed);
        let uses = parts.rules.iter().map(|rule| Use { matched: 0, used: 0, set: rule.action.set.clone() });
        Judge {
            limit: limit.or(parts.limit),
            random: Random::new(seed),
            source: Source::new(!seed),
            uses: uses.collect(),
            templates: parts.unsolicited.iter().map(|message| message.template.clone()).collect(),
            approvals: NONE,
            stans: NONE,
            replayed: HashMap::new(),
            scenario,
        }
    }

    /// How often each rule was used, in order.
    pub(super) fn uses(&self) -> Vec<(Arc<str>, u64)> {
        let rules = &self.scenario.0.rules;
        rules.iter().zip(&self.uses).map(|(rule, uses)| (Arc::clone(&rule.name), uses.used)).collect()
    }

    /// What becomes of a message.
    pub(super) fn decide(&mut self, message: &Message) -> Decision {
        self.source.moment.renew();
        let parts = Arc::clone(&self.scenario.0);
        let chosen = parts.rules.iter().enumerate().find(|(at, rule)| self.applies(*at, rule, message));
        if let Some((at, rule)) = chosen {
            let decision = self.act(Some(at), &rule.action, message);
            return Decision { rule: Some(at), ..decision };
        }
        if let Some(replay) = &parts.replay
            && let Some((key, answers)) = replay.recording.answers(message)
        {
            let given = self.replayed.entry(key).or_default();
            if let Some(answer) = answers.get(*given) {
                *given += 1;
                let after = if replay.timed { answer.after } else { 0 };
                let told = Told { answered: true, replayed: true, ..Told::default() };
                return Decision { steps: vec![(after, Step::Send(answer.body.clone()))], told, ..Decision::default() };
            }
        }
        let action = Action { drop: !parts.answers, ..Action::default() };
        self.act(None, &action, message)
    }

    fn applies(&mut self, at: usize, rule: &Rule, message: &Message) -> bool {
        let uses = &mut self.uses[at];
        if rule.times.is_some_and(|times| uses.used >= times) || !rule.conditions.hold(message) {
            return false;
        }
        uses.matched += 1;
        let chosen = uses.matched.is_multiple_of(rule.every)
            && (rule.probability >= 1_000_000 || self.random.happens(rule.probability));
        uses.used += u64::from(chosen);
        chosen
    }

    fn act(&mut self, rule: Option<usize>, action: &Action, message: &Message) -> Decision {
        let mut decision = Decision::default();
        let (from, to) = action.delay;
        let delay = if from < to { self.random.within(from, to) } else { from };
        let end = |reset| if reset { Step::Reset } else { Step::Close };
        if let Some(End { reset, before: true }) = action.end {
            decision.told = Told { dropped: true, ..Told::default() };
            decision.steps.push((delay, end(reset)));
            return decision;
        }
        if action.drop {
            decision.told = Told { dropped: true, ..Told::default() };
        } else if let Some((body, declined)) = self.answer(rule, action, message) {
            let corrupted = action.corrupt.is_some();
            let step = match action.corrupt {
                None => Step::Send(body),
                Some(Corruption::Truncate) => Step::Half(body),
                Some(Corruption::Stan) => Step::Send(self.corrupt(Corruption::Stan, message, body)),
                Some(corruption) => Step::Spoilt(self.corrupt(corruption, message, body)),
            };
            if let Some(again) = action.duplicate {
                decision.steps.push((delay + again, step.clone()));
            }
            decision.steps.insert(0, (delay, step));
            decision.hold = action.hold;
            decision.told = Told {
                answered: true,
                declined,
                delayed: delay > 0 && !action.late,
                late: action.late,
                duplicated: action.duplicate.is_some(),
                corrupted,
                ..Told::default()
            };
        } else {
            decision.told = Told { unanswerable: true, ..Told::default() };
        }
        if let Some(End { reset, before: false }) = action.end {
            let last = decision.steps.last().map_or(delay, |(last, _)| *last);
            decision.steps.push((last, end(reset)));
        }
        decision
    }

    /// The answer, and whether it declines; nothing where the message is not answered.
    fn answer(&mut self, rule: Option<usize>, action: &Action, message: &Message) -> Option<(Bytes, bool)> {
        let dialect = message.dialect();
        let mut edit = answer::reply(message, action)?;
        let verdict = match &action.code {
            Some(code) if answer::is_approval(message.mti(), code) => Verdict::Approved,
            Some(_) => Verdict::Declined,
            None => answer::verdict(message, self.limit),
        };
        let code = action.code.as_deref().or_else(|| answer::code(dialect, message.mti(), verdict));
        if let Some(code) = code
            && !action.remove.contains(&39)
        {
            edit.set(39, code);
        }
        if verdict == Verdict::Approved
            && !action.remove.contains(&38)
            && answer::has_approval_code(dialect, action.mti.or_else(|| message.mti().response())?)
        {
            self.approvals = self.approvals.next();
            edit.set(38, std::str::from_utf8(&self.approvals.digits()).unwrap_or("000000"));
        }
        if let Some(rule) = rule {
            self.uses[rule].set.iter_mut().for_each(|set| set.apply(&mut edit, &mut self.source));
        }
        match edit.finish() {
            Ok(body) => Some((body, verdict != Verdict::Approved)),
            Err(error) => {
                tracing::warn!(%error, mti = %message.mti(), "a message cannot be answered");
                None
            }
        }
    }

    fn corrupt(&mut self, corruption: Corruption, request: &Message, body: Bytes) -> Bytes {
        let mut bytes = body.to_vec();
        match corruption {
            Corruption::Flip => {
                let at = self.random.up_to(bytes.len().saturating_sub(1) as u64) as usize;
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 0x80;
                }
            }
            Corruption::Garbage => bytes.iter_mut().for_each(|byte| *byte = self.random.up_to(255) as u8 | 0x80),
            // The frame is what is cut, by who writes it.
            Corruption::Truncate => {}
            Corruption::Stan => {
                let Ok(answer) = Message::parse(request.dialect(), body.clone()) else { return body };
                let stan = request.get::<Stan>(11).ok().flatten().unwrap_or(NONE);
                // Half way round, so that it is nobody's who counts up.
                let other = Stan::new((stan.get() + 499_999) % 999_999 + 1).unwrap_or(stan);
                return answer.edit().set(11, &other).finish().unwrap_or(body);
            }
        }
        bytes.into()
    }

    /// The next message of those that are sent unasked. Nothing when it cannot be written.
    pub(super) fn unsolicited(&mut self, at: usize) -> Option<Bytes> {
        self.source.moment.renew();
        self.stans = self.stans.next();
        let mut out = Vec::with_capacity(256);
        match self.templates.get_mut(at)?.write(&mut self.source, self.stans, &mut out) {
            Ok(()) => Some(out.into()),
            Err(error) => {
                let name = self.scenario.0.unsolicited.get(at).map(|message| &*message.name);
                tracing::warn!(%error, name, "a message cannot be sent unasked");
                None
            }
        }
    }

    pub(super) const fn scenario(&self) -> &Scenario {
        &self.scenario
    }
}
