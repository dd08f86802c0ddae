//! Samples of all cases in turn, A B C A B C, so that what slows the machine down slows all of them alike.

use std::time::{Duration, Instant};

use isopace_tests::cases::{Case, Column, Row};

/// About how long one sample takes.
const SAMPLE: Duration = Duration::from_micros(150);

/// Nanoseconds of one operation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Time {
    pub(crate) row: Row,
    pub(crate) column: Column,
    pub(crate) median: f64,
    pub(crate) fastest: f64,
}

/// Takes so many samples of each case.
pub(crate) fn interleaved(mut cases: Vec<Case>, rounds: usize) -> Vec<Time> {
    let passes: Vec<usize> = cases.iter_mut().map(calibrate).collect();
    let mut samples = vec![Vec::with_capacity(rounds); cases.len()];
    for _ in 0..rounds {
        for ((case, &passes), samples) in cases.iter_mut().zip(&passes).zip(&mut samples) {
            // Once more beforehand: caches and predictors come from the case before.
            (case.pass)();
            let spent = sample(case, passes);
            samples.push(spent.as_nanos() as f64 / (passes * case.messages) as f64);
        }
    }
    let time = |(case, samples): (&Case, &mut Vec<f64>)| {
        samples.sort_by(f64::total_cmp);
        Time { row: case.row, column: case.column, median: samples[samples.len() / 2], fastest: samples[0] }
    };
    cases.iter().zip(&mut samples).map(time).collect()
}

fn sample(case: &mut Case, passes: usize) -> Duration {
    let start = Instant::now();
    (0..passes).for_each(|_| (case.pass)());
    start.elapsed()
}

/// How many passes make a sample.
fn calibrate(case: &mut Case) -> usize {
    let mut passes = 1;
    while sample(case, passes) < SAMPLE {
        passes *= 2;
    }
    passes
}

/// Runs this program again on one processor, where `taskset` is there to do it. Nothing when it already is, or cannot be.
pub(crate) fn pinned(words: &[&str]) -> Option<Result<(), String>> {
    const MARK: &str = "ISOPACE_COMPARE_PINNED";
    if std::env::var_os(MARK).is_some() {
        return None;
    }
    let last = std::thread::available_parallelism().map_or(0, |count| count.get() - 1);
    let program = std::env::current_exe().ok()?;
    let mut pinned = std::process::Command::new("taskset");
    pinned.arg("-c").arg(last.to_string()).arg(program).args(words).env(MARK, "1");
    let status = pinned.status().ok()?;
    Some(if status.success() { Ok(()) } else { Err("the pinned run failed".to_owned()) })
}
