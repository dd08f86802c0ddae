//! The cases of the table under criterion, for a longer look at one of them: `cargo bench -p isopace-tests --bench codec --
//! one/read`. The table itself is printed by `compare`, which takes its samples in turn.

use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use isopace_tests::cases::{Traffic, cases};

fn main() -> Result<(), String> {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    for traffic in Traffic::ALL {
        for mut case in cases(traffic)? {
            let mut group = criterion.benchmark_group(format!("{}/{}", traffic.word(), case.row.word()));
            group.throughput(Throughput::Elements(1));
            // A time is that of one message, though a pass makes many.
            group.bench_function(case.column.title(), |bencher| {
                bencher.iter_custom(|messages| {
                    let passes = messages.div_ceil(case.messages as u64).max(1);
                    let start = Instant::now();
                    (0..passes).for_each(|_| (case.pass)());
                    start.elapsed().mul_f64(messages as f64 / (passes * case.messages as u64) as f64)
                });
            });
            group.finish();
        }
    }
    criterion.final_summary();
    Ok(())
}
