//! The machine under faults, from a seed: two nodes share a queue over a store that fails, a network that loses, and a
//! peer; nodes end and begin again at any moment. Nothing is lost, order holds, repeats are marked.

mod store;

use std::time::Duration;

use crate::connector::Backoff;
use crate::store::{EntryState, Moment, Taken};

use super::machine::{Event, Machine, Step};
use super::policy::{Policy, Verdict};
use store::Memory;

/// Chance from a seed, by splitmix64.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % most
    }

    fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

const TIMEOUT: Duration = Duration::from_secs(10);
const LEASE: Duration = Duration::from_secs(50);

struct Node {
    owner: String,
    machine: Machine,
    /// What it does, when that ends, and what comes of it.
    ends: Moment,
    event: Option<Event>,
    /// Whether a new message ends its wait.
    for_new: bool,
    stopping: bool,
}

/// What the peer has seen and said.
#[derive(Default)]
struct Peer {
    /// Number, and whether it was marked as a repeat.
    seen: Vec<(u64, bool)>,
    /// Messages of which an answer has come back, or that were given up.
    ended: Vec<u64>,
}

struct World {
    chance: Chance,
    now: Moment,
    store: Memory,
    nodes: Vec<Node>,
    peer: Peer,
    faults: bool,
    /// Whether a message can be counted as sent that was not: the store lied, or a node ended.
    doubt: bool,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut world = World {
            chance: Chance(seed),
            now: Moment::from_millis(1_700_000_000_000),
            store: Memory::default(),
            nodes: Vec::new(),
            peer: Peer::default(),
            faults: true,
            doubt: false,
        };
        for name in ["n1", "n2"] {
            let node = world.node(name);
            world.nodes.push(node);
        }
        world
    }

    fn node(&mut self, owner: &str) -> Node {
        let backoff =
            Backoff::new(Duration::from_millis(500), Duration::from_secs(30)).seed(self.chance.below(u64::MAX));
        let policy = Policy::new().timeout(TIMEOUT).backoff(backoff).tries(50);
        let machine = Machine::new(&policy);
        let ends = self.now;
        Node { owner: owner.to_owned(), machine, ends, event: Some(Event::Woken), for_new: false, stopping: false }
    }

    fn fault(&mut self, percent: u64) -> bool {
        self.faults && self.chance.percent(percent)
    }

    /// The node whose doing ends first goes on.
    fn step(&mut self) {
        let at = (0..self.nodes.len()).min_by_key(|at| self.nodes[*at].ends).unwrap_or(0);
        self.now = self.now.max(self.nodes[at].ends);
        if self.fault(3) {
            // It ends where it stands, and begins anew: under its own name, or another one.
            let name = if self.chance.percent(70) {
                self.nodes[at].owner.clone()
            } else {
                format!("x{}", self.chance.below(u64::MAX))
            };
            self.nodes[at] = self.node(&name);
            self.doubt = true;
            return;
        }
        if self.fault(3) && !self.nodes[at].stopping {
            self.nodes[at].machine.stop();
            self.nodes[at].stopping = true;
        }
        let event = self.nodes[at].event.take().unwrap_or(Event::Woken);
        let now = self.now;
        let step = self.nodes[at].machine.step(now, event);
        self.carry_out(at, step);
    }

    fn carry_out(&mut self, at: usize, step: Step) {
        let took = Duration::from_millis(1 + self.chance.below(20));
        let owner = self.nodes[at].owner.clone();
        let mut for_new = false;
        let (ends, event) = match step {
            Step::Take if self.fault(5) => (self.now.after(took), Event::Taken(None)),
            Step::Take => {
                let taken = self.store.take(&owner, self.now, self.now.after(LEASE));
                let lied = self.fault(5);
                self.doubt |= lied && matches!(taken, Taken::Entry(_));
                (self.now.after(took), Event::Taken((!lied).then_some(taken)))
            }
            Step::Send(entry) => {
                let (took, verdict) = self.send(entry.seq, entry.sent > 1);
                (self.now.after(took), Event::Sent(verdict))
            }
            Step::Settle(..) if self.fault(5) => {
                self.doubt = true;
                (self.now.after(took), Event::Settled(None))
            }
            Step::Settle(seq, ending) => {
                let settled = self.store.settle(&owner, seq, &ending);
                let lied = self.fault(5);
                (self.now.after(took), Event::Settled((!lied).then_some(settled)))
            }
            Step::Wait { until, for_new: new } => {
                for_new = new;
                (until.max(self.now.after(Duration::from_millis(1))), Event::Woken)
            }
            Step::Stop => {
                let anew = self.node(&owner);
                self.nodes[at] = anew;
                (self.now.after(took), Event::Woken)
            }
        };
        let node = &mut self.nodes[at];
        (node.ends, node.event, node.for_new) = (ends, Some(event), for_new);
    }

    fn send(&mut self, seq: u64, repeat: bool) -> (Duration, Verdict) {
        let took = Duration::from_millis(self.chance.below(9_000));
        if self.fault(10) {
            return (took, Verdict::Unsent);
        }
        if self.fault(10) {
            // It looks sent, and is not.
            self.doubt = true;
            return (TIMEOUT, Verdict::Retry);
        }
        for earlier in 0..seq {
            assert!(self.peer.ended.contains(&earlier), "{seq} was sent before {earlier} had ended");
        }
        let first = !self.peer.seen.iter().any(|(seen, _)| *seen == seq);
        assert!(first || repeat, "{seq} was sent again unmarked");
        assert!(!first || !repeat || self.doubt, "{seq} was marked as a repeat for nothing");
        self.peer.seen.push((seq, repeat));
        if self.fault(10) {
            return (TIMEOUT, Verdict::Retry);
        }
        // The peer has said it, whatever becomes of that here.
        self.peer.ended.push(seq);
        if self.fault(3) {
            return (took, Verdict::Dead { reason: "refused".to_owned(), sent: true });
        }
        (took, Verdict::Delivered)
    }

    fn accept(&mut self) {
        let seq = self.store.append(self.now);
        assert_eq!(seq + 1, self.store.entries.len() as u64);
        for node in &mut self.nodes {
            if node.for_new {
                node.ends = self.now;
            }
        }
    }
}

fn run(seed: u64) {
    let mut world = World::new(seed);
    let messages = 5 + world.chance.below(20);
    let mut accepted = 0;
    for _ in 0..600 {
        if accepted < messages && world.chance.percent(10) {
            world.accept();
            accepted += 1;
        }
        world.step();
    }
    while accepted < messages {
        world.accept();
        accepted += 1;
    }
    world.faults = false;
    for _ in 0..4_000 {
        if !world.store.waits() {
            break;
        }
        world.step();
    }
    for entry in &world.store.entries {
        assert_ne!(entry.state, EntryState::Pending, "{} waits yet", entry.seq);
        let seen = world.peer.seen.iter().filter(|(seq, _)| *seq == entry.seq).count();
        assert!(seen >= 1 || entry.state == EntryState::Dead, "{} was lost", entry.seq);
    }
}

#[test]
fn nothing_is_lost_order_holds_and_repeats_are_marked() {
    for seed in 0..3_000 {
        if let Err(panic) = std::panic::catch_unwind(|| run(seed)) {
            eprintln!("seed {seed}");
            std::panic::resume_unwind(panic);
        }
    }
}

#[test]
fn without_faults_everything_is_sent_once() {
    for seed in 0..100 {
        let mut world = World::new(seed);
        world.faults = false;
        for _ in 0..20 {
            world.accept();
        }
        for _ in 0..2_000 {
            world.step();
        }
        let once: Vec<_> = (0..20).map(|seq| (seq, false)).collect();
        assert_eq!(world.peer.seen, once, "seed {seed}");
    }
}
