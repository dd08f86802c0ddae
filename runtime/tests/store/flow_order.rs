//! What is called, in which order, and how it ends: case by case, and random flows beside a plain reference.

use crate::flow_common;

use std::sync::Arc;

use flow_common::*;
use isopace::flow::{BuildError, Cause, Flow, MemoryJournal, Next, Outcome, Phase, Step};
use proptest::prelude::*;

/// How it has to end.
#[derive(Debug, PartialEq, Eq)]
struct Expected {
    log: Vec<String>,
    outcome: &'static str,
    cause: Option<&'static str>,
    failed: usize,
}

/// The semantics, said once more and naively.
fn reference(groups: &[Vec<Scripted>], most: usize) -> Expected {
    let (mut log, mut joined, mut list) = (Vec::new(), Vec::new(), vec!["g0".to_owned()]);
    let (mut cause, mut count) = (None, 0);
    'all: while !list.is_empty() {
        let group = list.remove(0)[1..].parse::<usize>().unwrap();
        for stage in &groups[group] {
            if count == most {
                cause = Some("too-many-stages");
                break 'all;
            }
            count += 1;
            log.push(format!("prepare {}", stage.name));
            let joins = matches!(stage.act, Act::Continue | Act::Route(_) | Act::Abort | Act::Panic | Act::Hang);
            if joins {
                joined.push(stage);
            }
            cause = match &stage.act {
                Act::Continue | Act::Skip => None,
                Act::Done => break 'all,
                Act::Route(to) if to.iter().any(|group| group == "nowhere") => Some("no-group"),
                Act::Route(to) => {
                    list.extend(to.iter().cloned());
                    None
                }
                Act::Abort => Some("declined"),
                Act::Fail => Some("failed"),
                Act::Panic => Some("panicked"),
                Act::Hang => Some("deadline"),
            };
            if cause.is_some() {
                break 'all;
            }
        }
    }
    if cause.is_some() {
        joined.reverse();
    }
    let what = if cause.is_some() { "abort" } else { "commit" };
    log.extend(joined.iter().map(|stage| format!("{what} {}", stage.name)));
    let end = |stage: &&&Scripted| if cause.is_some() { stage.abort } else { stage.commit };
    let failed = joined.iter().filter(|stage| end(stage) != End::Works).count();
    let outcome = match (cause.is_some(), failed) {
        (false, 0) => "committed",
        (false, _) => "commit-failed",
        (true, 0) => "aborted",
        (true, _) => "abort-failed",
    };
    Expected { log, outcome, cause, failed }
}

fn found((log, outcome): (Vec<String>, Outcome)) -> Expected {
    let cause = outcome.cause().map(Cause::name);
    Expected { log, outcome: outcome.name(), cause, failed: outcome.failures().len() }
}

fn act() -> impl Strategy<Value = Act> {
    let groups = prop::collection::vec((0..4_usize).prop_map(|group| format!("g{group}")), 0..3);
    prop_oneof![
        12 => Just(Act::Continue),
        3 => Just(Act::Skip),
        1 => Just(Act::Done),
        4 => groups.prop_map(Act::Route),
        1 => Just(Act::Route(vec!["g0".to_owned(), "nowhere".to_owned()])),
        1 => Just(Act::Abort),
        1 => Just(Act::Fail),
        1 => Just(Act::Panic),
        1 => Just(Act::Hang),
    ]
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![8 => Just(End::Works), 1 => Just(End::Fails), 1 => Just(End::Panics), 1 => Just(End::Hangs)]
}

fn groups() -> impl Strategy<Value = Vec<Vec<Scripted>>> {
    let stage = (act(), end(), end());
    prop::collection::vec(prop::collection::vec(stage, 0..4), 4).prop_map(|groups| {
        let stage = |group: usize, number: usize, (act, commit, abort)| {
            let name = format!("g{group}s{number}");
            Scripted { name, act, commit, abort }
        };
        let group = |(group, stages): (usize, Vec<_>)| {
            stages.into_iter().enumerate().map(|(number, acts)| stage(group, number, acts)).collect()
        };
        groups.into_iter().enumerate().map(group).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    /// The joined set, the order, nothing twice, nothing both committed and aborted: all of it is the log.
    #[test]
    fn random_flows_do_as_the_reference_says(groups in groups(), most in 1..20_usize) {
        quiet();
        let journal = Arc::new(MemoryJournal::new(4));
        let flow = flow(&groups).max_stages(most).journal(journal.clone()).build();
        let result = match &flow {
            Ok(flow) => Some((run(calls(flow)), journal.transactions().pop().unwrap().entries)),
            Err(_) => None,
        };
        let Some((found_calls, entries)) = result else {
            prop_assert!(groups.iter().all(Vec::is_empty), "{flow:?}");
            return Ok(());
        };
        let expected = reference(&groups, most);
        prop_assert_eq!(found(found_calls), Expected { ..reference(&groups, most) });
        // The journal says what happened, and nothing better than that.
        prop_assert_eq!(entries.last().unwrap().name(), match expected.outcome {
            "committed" => "committed",
            "aborted" => "aborted",
            _ => "incomplete",
        });
    }
}

#[test]
fn each_result_case_by_case() {
    let route = |to: &[&str]| Act::Route(to.iter().map(|name| (*name).to_owned()).collect());
    for (acts, log, outcome) in [
        (&[("a", Act::Continue), ("b", Act::Continue)][..], "prepare a, prepare b, commit a, commit b", "committed"),
        (&[("a", Act::Skip), ("b", Act::Continue)], "prepare a, prepare b, commit b", "committed"),
        (
            &[("a", Act::Continue), ("b", Act::Done), ("c", Act::Continue)],
            "prepare a, prepare b, commit a",
            "committed",
        ),
        // A stage that gave an error does not join; one that aborts after it reserved does.
        (&[("a", Act::Continue), ("b", Act::Fail), ("c", Act::Continue)], "prepare a, prepare b, abort a", "aborted"),
        (&[("a", Act::Continue), ("b", Act::Abort)], "prepare a, prepare b, abort b, abort a", "aborted"),
        // What was cut off may hold something.
        (&[("a", Act::Continue), ("b", Act::Hang)], "prepare a, prepare b, abort b, abort a", "aborted"),
        (
            &[("a", route(&["g1"])), ("b", Act::Continue)],
            "prepare a, prepare b, prepare x, commit a, commit b, commit x",
            "committed",
        ),
        (&[("a", route(&["g1", "nowhere"])), ("b", Act::Continue)], "prepare a, abort a", "aborted"),
    ] {
        let first = acts.iter().map(|(name, act)| scripted(name, act.clone())).collect();
        let flow = flow(&[first, vec![scripted("x", Act::Continue)]]).build().unwrap();
        let (found, end) = run(calls(&flow));
        assert_eq!((found.join(", ").as_str(), end.name()), (log, outcome), "{acts:?}");
    }
}

#[test]
fn routes_that_go_round_end_after_1024_stages() {
    let flow = flow(&[vec![scripted("a", Act::Route(vec!["g0".to_owned()]))]]).build().unwrap();
    let (log, outcome) = run(calls(&flow));
    assert_eq!(outcome.cause().unwrap().to_string(), "more than 1024 stages");
    assert_eq!(log.iter().filter(|call| *call == "prepare a").count(), 1024);
    assert_eq!(log.iter().filter(|call| *call == "abort a").count(), 1024);
    assert_eq!(log.len(), 2048);
}

#[test]
fn causes_are_told_with_their_stage() {
    for (act, text) in [
        (Act::Abort, "b: told to abort"),
        (Act::Fail, "b: told to fail"),
        (Act::Panic, "b: panicked"),
        (Act::Hang, "the time is over in b"),
        (Act::Route(vec!["nowhere".to_owned()]), "b: routed to the group \"nowhere\", which the flow does not have"),
    ] {
        let flow = flow(&[vec![scripted("a", Act::Continue), scripted("b", act)]]).build().unwrap();
        let (_, outcome) = run(calls(&flow));
        assert_eq!(outcome.cause().unwrap().to_string(), text);
    }
}

#[test]
fn the_profile_has_each_call_and_the_whole() {
    let flow = flow(&[vec![scripted("a", Act::Continue), scripted("b", Act::Hang)]]).build().unwrap();
    let budget = isopace::flow::Budget::within(SECOND);
    let ended = run(async { flow.run("t", Calls::default(), budget).await.unwrap() });
    let timings: Vec<_> = ended.profile.timings.iter().map(|timing| (&*timing.stage, timing.phase)).collect();
    use Phase::{Abort, Prepare};
    assert_eq!(timings, [("a", Prepare), ("b", Prepare), ("b", Abort), ("a", Abort)]);
    let text = ended.profile.to_string();
    assert!(text.starts_with("a/prepare=") && text.contains(" b/abort=") && text.contains(" total="), "{text}");
    assert!(ended.profile.total >= ended.profile.timings.iter().map(|timing| timing.took).sum());
}

#[test]
fn a_flow_that_cannot_be_is_not_built() {
    let step = || Step::new("a", |_: &mut Calls| Ok(Next::Continue));
    let fails = |builder: isopace::flow::Builder<Calls>| builder.build().unwrap_err();
    assert_eq!(fails(Flow::builder("f")), BuildError::NoStages);
    assert_eq!(fails(Flow::builder("f").group("g")), BuildError::NoStages);
    assert_eq!(fails(Flow::builder("").stage(step())), BuildError::Name { name: "".into() });
    let long = "n".repeat(256);
    assert_eq!(fails(Flow::builder("f").group(&long).stage(step())), BuildError::Name { name: long.into() });
    let same = Flow::builder("f").stage(step()).stage(step());
    assert_eq!(fails(same), BuildError::SameStage { group: "main".into(), name: "a".into() });
    let same = Flow::builder("f").group("g").stage(step()).group("g").stage(step());
    assert_eq!(fails(same), BuildError::SameGroup { name: "g".into() });
    let entry = Flow::builder("f").stage(step()).entry("h");
    assert_eq!(fails(entry), BuildError::NoEntry { name: "h".into() });
}

#[test]
fn it_begins_where_it_is_told_to() {
    let flow = flow(&[vec![scripted("a", Act::Continue)], vec![scripted("b", Act::Continue)]]).entry("g1").build();
    assert_eq!(run(calls(&flow.unwrap())).0, ["prepare b", "commit b"]);
}
