//! What must hold, whenever it was killed.

use std::collections::{HashMap, HashSet};

use crate::peer::Seen;

/// What the child has confirmed.
#[derive(Debug, Default)]
pub(crate) struct Judge {
    accepted: Vec<String>,
    approved: HashSet<String>,
}

impl Judge {
    pub(crate) fn said(&mut self, lines: &[String]) {
        for line in lines {
            match line.split_once(' ') {
                // A kill can cut the last line.
                Some(("accepted", name)) if name.len() == 12 => self.accepted.push(name.to_owned()),
                Some(("approved", name)) if name.len() == 12 => _ = self.approved.insert(name.to_owned()),
                _ => {}
            }
        }
    }

    pub(crate) fn confirmed(&self) -> usize {
        self.accepted.len()
    }

    pub(crate) fn summary(&self, log: &[Seen]) -> String {
        let count = |mti: &str| log.iter().filter(|seen| seen.mti == mti).count();
        format!(
            "{} advices and {} approvals confirmed; seen: {} 0220, {} 0221, {} 0200, {} 0420, {} 0421",
            self.accepted.len(),
            self.approved.len(),
            count("0220"),
            count("0221"),
            count("0200"),
            count("0420"),
            count("0421")
        )
    }

    /// All that does not hold.
    pub(crate) fn judge(&self, log: &[Seen]) -> Vec<String> {
        let mut wrong = Vec::new();
        let queue: Vec<&Seen> = log.iter().filter(|seen| seen.mti != "0200").collect();
        let delivered: HashSet<&str> = queue.iter().map(|seen| seen.name.as_str()).collect();
        for name in self.accepted.iter().filter(|name| !delivered.contains(name.as_str())) {
            wrong.push(format!("{name} was accepted and never delivered"));
        }
        order(&queue, &mut wrong);
        let mut asked = HashSet::new();
        for seen in log.iter().filter(|seen| seen.mti == "0200" && !asked.insert(seen.name.as_str())) {
            wrong.push(format!("{} was asked for twice", seen.name));
        }
        self.reversals(log, &queue, &mut wrong);
        wrong
    }

    fn reversals(&self, log: &[Seen], queue: &[&Seen], wrong: &mut Vec<String>) {
        // By what they reverse: the numbers of their own.
        let mut chains: HashMap<&str, HashSet<u32>> = HashMap::new();
        for seen in queue.iter().filter(|seen| seen.mti.starts_with("04")) {
            chains.entry(&seen.name).or_default().insert(seen.stan);
        }
        for (name, chain) in chains.iter().filter(|(_, chain)| chain.len() > 1) {
            wrong.push(format!("{name} has {} reversals", chain.len()));
        }
        for name in self.approved.iter().filter(|name| chains.contains_key(name.as_str())) {
            wrong.push(format!("{name} was approved and settled, and reversed"));
        }
        for seen in log.iter().filter(|seen| seen.mti == "0200" && !seen.answered) {
            if !chains.contains_key(seen.name.as_str()) && !self.approved.contains(&seen.name) {
                wrong.push(format!("{} had no answer in time and is not reversed", seen.name));
            }
        }
    }
}

/// Of one queue: what has been followed by another does not come again, what comes again is marked, what one producer
/// has accepted comes in its order.
fn order(queue: &[&Seen], wrong: &mut Vec<String>) {
    let mut begun: HashSet<(&str, bool)> = HashSet::new();
    let mut last: Option<(&str, bool)> = None;
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    for seen in queue {
        let this = (seen.name.as_str(), seen.mti.starts_with("04"));
        let again = !begun.insert(this);
        if again && last != Some(this) {
            wrong.push(format!("{} {} came again behind others", seen.mti, seen.name));
        }
        if again && !seen.mti.ends_with('1') {
            wrong.push(format!("{} {} came again unmarked", seen.mti, seen.name));
        }
        last = Some(this);
        if !again && !this.1 {
            let (producer, number) = seen.name.split_at(6);
            let number = number.parse().unwrap_or_default();
            if numbers.insert(producer, number).is_some_and(|before| before >= number) {
                wrong.push(format!("{} is out of order", seen.name));
            }
        }
    }
}
