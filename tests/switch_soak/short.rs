//! The soak of a switch, in short.

use std::time::Duration;

use isopace_tests::switch_soak::SwitchSoak;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifteen_seconds() {
    let soak = SwitchSoak { time: Duration::from_secs(15), rate: 100, tills: 8, idle: 200, hostile: 4, seed: 1 };
    let report = soak.run().await.unwrap_or_else(|broken| panic!("{broken}"));
    println!("{report}");
    // It has been a soak.
    assert!(report.count("00") > 100, "{report}");
    assert!(report.changes.len() >= 5 && !report.faults.is_empty(), "{report}");
    assert!(report.idle >= 200 && report.hostile > 20, "{report}");
}
