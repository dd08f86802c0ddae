//! What is asked for on the command line.

use std::time::Duration;

use crate::Kind;
use crate::load::Load;

/// One end of a link.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    Serve,
    Ask,
}

/// What is asked for.
#[derive(Debug)]
pub(crate) struct Flags {
    kinds: Vec<Kind>,
    pub(crate) rounds: usize,
    time: Duration,
    in_flight: Vec<usize>,
    connections: Vec<usize>,
    rates: Vec<usize>,
    threads: usize,
    pub(crate) batch: usize,
    pub(crate) apart: Option<(End, String)>,
}

impl Flags {
    pub(crate) fn parse(words: &[String]) -> Result<Flags, String> {
        let mut flags = Flags {
            kinds: Vec::new(),
            rounds: 5,
            time: Duration::from_millis(700),
            in_flight: vec![1, 2, 16, 64, 128, 256, 1000],
            connections: vec![1, 8],
            rates: vec![0],
            threads: 0,
            batch: 32,
            apart: None,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} takes a value"));
            match word.as_str() {
                "--rounds" => flags.rounds = number(value()?)?.max(1),
                "--milliseconds" => flags.time = Duration::from_millis(number(value()?)? as u64),
                "--in-flight" => flags.in_flight = numbers(value()?)?,
                "--connections" => flags.connections = numbers(value()?)?,
                "--rate" => flags.rates = numbers(value()?)?,
                "--batch" => flags.batch = number(value()?)?,
                "--threads" => flags.threads = number(value()?)?,
                "serve" => flags.apart = Some((End::Serve, value()?.clone())),
                "ask" => flags.apart = Some((End::Ask, value()?.clone())),
                word => match Kind::ALL.into_iter().find(|kind| kind.word() == word) {
                    Some(kind) => flags.kinds.push(kind),
                    None => return Err(format!("{word} is not known")),
                },
            }
        }
        Ok(flags)
    }

    pub(crate) fn kinds(&self) -> Vec<Kind> {
        if self.kinds.is_empty() { Kind::ALL.to_vec() } else { self.kinds.clone() }
    }

    pub(crate) fn loads(&self) -> Vec<Load> {
        let each = |rate: usize| self.connections.iter().map(move |connections| (rate, *connections));
        let load = |(rate, connections): (usize, usize)| {
            self.in_flight.iter().map(move |&in_flight| Load {
                connections,
                in_flight: in_flight.max(connections),
                rate,
                time: self.time,
                threads: self.threads,
                batch: self.batch,
            })
        };
        let mut loads: Vec<Load> = self.rates.iter().copied().flat_map(each).flat_map(load).collect();
        loads.dedup_by_key(|load| (load.rate, load.connections, load.in_flight));
        loads
    }
}

fn number(word: &str) -> Result<usize, String> {
    word.parse().map_err(|_| format!("{word} is no number"))
}

fn numbers(word: &str) -> Result<Vec<usize>, String> {
    word.split(',').map(number).collect()
}
