//! The runtime on one thread, under virtual time, over a network that a seed makes slow, torn, silent and hostile. A
//! checker that knows every byte holds what happens against the laws. README.md beside this file says more.
#![forbid(unsafe_code)]

mod callers;
mod connector_plan;
mod connector_world;
mod faults;
mod host;
mod memory;
mod mux_world;
mod net;
mod pool_world;
mod run;
mod sites;
mod together;
mod truth;
mod wire;

use isopace_tests::seeded::Seeded;

use faults::Fault;
use run::{Ran, run, soak};
use truth::{Memory, Truth};

fn a_link(seed: u64, fault: Option<Fault>) -> Ran {
    let mut random = Seeded::new(seed);
    let plan = mux_world::Plan::random(&mut random);
    let memory = plan.memory();
    run(|| Truth::new(memory, true), |truth| async move { mux_world::run(&truth, &plan, &mut random, fault).await })
}

/// Frames are followed on a single link only.
const FORGETS: Memory = Memory { unanswered: 0, answered: 0, age: 0 };

fn a_connector(seed: u64, fault: Option<Fault>) -> Ran {
    let mut random = Seeded::new(seed);
    run(|| Truth::new(FORGETS, false), |truth| async move { connector_world::run(&truth, &mut random, fault).await })
}

fn a_pool(seed: u64, fault: Option<Fault>) -> Ran {
    let mut random = Seeded::new(seed);
    run(|| Truth::new(FORGETS, false), |truth| async move { pool_world::run(&truth, &mut random, fault).await })
}

#[test]
fn links() {
    soak("links", 2000, |seed| a_link(seed, None));
}

#[test]
fn connectors() {
    soak("connectors", 600, |seed| a_connector(seed, None));
}

#[test]
fn pools() {
    soak("pools", 400, |seed| a_pool(seed, None));
}

#[test]
fn the_same_seed_gives_the_same_events() {
    for seed in 1000..1040 {
        assert_eq!(a_link(seed, None).digest, a_link(seed, None).digest, "links, seed {seed}");
        assert_eq!(a_connector(seed, None).digest, a_connector(seed, None).digest, "connectors, seed {seed}");
        assert_eq!(a_pool(seed, None).digest, a_pool(seed, None).digest, "pools, seed {seed}");
    }
}

fn finds(faults: &[(Fault, &[&str])], world: impl Fn(u64, Option<Fault>) -> Ran) {
    for &(fault, laws) in faults {
        let broken = |seed: &u64| {
            let ran = world(*seed, Some(fault));
            ran.violations.iter().any(|violation| laws.contains(&violation.law))
        };
        let found = (0..500).find(broken);
        assert!(found.is_some(), "{fault:?} was not found");
        println!("{fault:?}: found with seed {}", found.unwrap_or_default());
    }
}

#[test]
fn every_fault_of_a_link_is_found() {
    finds(faults::OF_A_LINK, a_link);
}

#[test]
fn every_fault_of_a_connector_is_found() {
    finds(faults::OF_A_CONNECTOR, a_connector);
}

#[test]
fn every_fault_of_a_pool_is_found() {
    finds(faults::OF_A_POOL, a_pool);
}
