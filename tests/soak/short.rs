//! The soak, in short.

use std::time::Duration;

use isopace_tests::soak::Soak;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_seconds() {
    let soak = Soak {
        time: Duration::from_secs(20),
        rate: 600,
        callers: 16,
        fault_every: Duration::from_millis(400),
        clients: 100,
        seed: 1,
    };
    let report = soak.run().await.unwrap_or_else(|broken| panic!("{broken}"));
    println!("{report}");
    // It has been a soak.
    assert!(report.count("response") > 1000, "{report}");
    assert!(report.faults.len() >= 6 && report.connected > 12, "{report}");
    assert_eq!(report.clients, 100, "{report}");
}
