//! Changes under way while requests go on: none is lost, and none is sent twice.

use crate::host_common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use host_common::{Folder, Issuer, MS, SECOND, connector, ended, eventually, purchase};
use isopace::host::Upstream;
use isopace::teq::Teq;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// Requests one after the other from several callers, until they are told to end; gives how each STAN ended.
struct Traffic {
    end: Arc<AtomicBool>,
    callers: Vec<JoinHandle<Vec<(u32, String)>>>,
}

impl Traffic {
    fn begin(upstream: &Upstream) -> Self {
        let (end, stan) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(1)));
        let call = |_| {
            let (end, stan, upstream) = (Arc::clone(&end), Arc::clone(&stan), upstream.clone());
            tokio::spawn(async move {
                let mut results = Vec::new();
                while !end.load(Ordering::SeqCst) {
                    let stan = stan.fetch_add(1, Ordering::SeqCst);
                    results.push((stan, ended(upstream.request(purchase(stan)).await)));
                }
                results
            })
        };
        Traffic { callers: (0..8).map(call).collect(), end }
    }

    async fn end(self) -> BTreeMap<u32, String> {
        self.end.store(true, Ordering::SeqCst);
        let mut all = BTreeMap::new();
        for caller in self.callers {
            all.extend(timeout(60 * SECOND, caller).await.unwrap().unwrap());
        }
        all
    }
}

/// Every request was answered with its own answer, and the issuer has seen each once.
fn complete(results: &BTreeMap<u32, String>, issuers: &[&Issuer]) {
    for (stan, result) in results {
        assert_eq!(*result, format!("00 {stan:06}"));
    }
    let seen: Vec<u32> = issuers.iter().flat_map(|issuer| issuer.seen.lock().unwrap().clone()).collect();
    let each: BTreeSet<u32> = seen.iter().copied().collect();
    assert_eq!((seen.len(), each.len()), (results.len(), results.len()), "some were sent twice, or not at all");
    assert!(results.len() > 100, "{} requests are no traffic", results.len());
}

fn teq(folder: &Folder) -> Teq {
    Teq::builder().deploy_dir(&folder.0).scan_interval(600 * SECOND).build()
}

#[tokio::test]
async fn fifty_redeploys_under_traffic() {
    let folder = Folder::new("churn");
    let issuer = Issuer::start(2 * MS).await;
    let network = "network = { preset = \"iso87\" }";
    folder.write("isw.toml", &connector("isw", &issuer.address, network));
    let teq = teq(&folder);
    teq.start().await.unwrap();
    let isw = teq.to("isw").unwrap();
    eventually("it is ready", || isw.is_ready()).await;
    let traffic = Traffic::begin(&isw);
    for round in 0..50 {
        folder.write("isw.toml", &connector("isw", &issuer.address, &format!("{network}\n# {round}")));
        let scan = timeout(60 * SECOND, teq.scan()).await.unwrap().unwrap();
        assert_eq!((scan.replaced.len(), scan.problems.as_slice()), (1, &[][..]), "{scan:?}");
        if round % 10 == 0 {
            // A broken one in between.
            folder.write("isw.toml", "name = \"isw\"");
            assert_eq!(teq.scan().await.unwrap().problems.len(), 1);
        }
        sleep(2 * MS).await;
    }
    let results = traffic.end().await;
    teq.stop().await.unwrap();
    complete(&results, &[&issuer]);
    issuer.connector.stop().await;
}

#[tokio::test]
async fn from_one_host_to_another_and_from_a_connector_to_a_pool() {
    let folder = Folder::new("move");
    let (one, other) = (Issuer::start(2 * MS).await, Issuer::start(2 * MS).await);
    folder.write("isw.toml", &connector("isw", &one.address, ""));
    let teq = teq(&folder);
    teq.start().await.unwrap();
    let isw = teq.to("isw").unwrap();
    eventually("it is ready", || isw.is_ready()).await;
    let traffic = Traffic::begin(&isw);
    for round in 0..6 {
        let text = match round % 3 {
            0 => connector("isw", &other.address, ""),
            1 => format!(
                "name = \"isw\"\ntype = \"pool\"\nenabled = true\n[config]\nmembers = [\n\
                 {{ name = \"one\", config = {{ addr = \"{}\" }} }},\n{{ name = \"two\", config = {{ addr = \"{}\" }} }}]\n",
                one.address, other.address
            ),
            _ => connector("isw", &one.address, ""),
        };
        folder.write("isw.toml", &text);
        let scan = timeout(60 * SECOND, teq.scan()).await.unwrap().unwrap();
        assert_eq!((scan.replaced.len(), scan.problems.as_slice()), (1, &[][..]), "{scan:?}");
        sleep(50 * MS).await;
    }
    let results = traffic.end().await;
    teq.stop().await.unwrap();
    complete(&results, &[&one, &other]);
    assert!(!other.seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_member_of_a_pool_that_is_taken_out_and_put_back() {
    let folder = Folder::new("member");
    let (one, other) = (Issuer::start(2 * MS).await, Issuer::start(2 * MS).await);
    folder.write("both.toml", "name = \"both\"\ntype = \"pool\"\nenabled = true\n[config]\nmembers = [\"a\", \"b\"]\n");
    folder.write("a.toml", &connector("a", &one.address, ""));
    folder.write("b.toml", &connector("b", &other.address, ""));
    let teq = teq(&folder);
    teq.start().await.unwrap();
    assert_eq!(teq.names().join_all(), "deployer both");
    let both = teq.to("both").unwrap();
    eventually("both are ready", || teq.components()[1].status.detail == "2 of 2 members ready").await;
    let traffic = Traffic::begin(&both);
    for (enabled, detail) in [("false", "1 of 1 members ready"), ("true", "2 of 2 members ready")] {
        folder.write("b.toml", &connector("b", &other.address, "").replace("true", enabled));
        assert_eq!(teq.scan().await.unwrap().replaced, ["both"]);
        eventually("members are ready", || teq.components()[1].status.detail == detail).await;
    }
    let results = traffic.end().await;
    teq.stop().await.unwrap();
    complete(&results, &[&one, &other]);
}

#[tokio::test]
async fn stopping_waits_for_what_is_in_flight() {
    let folder = Folder::new("drain");
    let issuer = Issuer::start(300 * MS).await;
    folder.write("isw.toml", &connector("isw", &issuer.address, ""));
    let teq = teq(&folder);
    teq.start().await.unwrap();
    let isw = teq.to("isw").unwrap();
    eventually("it is ready", || isw.is_ready()).await;
    let ask = |stan| {
        let isw = isw.clone();
        tokio::spawn(async move { ended(isw.request(purchase(stan)).await) })
    };
    let asked: Vec<_> = (1..=20).map(ask).collect();
    eventually("they are on their way", || issuer.seen.lock().unwrap().len() == 20).await;
    teq.stop().await.unwrap();
    for (stan, asked) in (1..).zip(asked) {
        assert_eq!(asked.await.unwrap(), format!("00 {stan:06}"));
    }
    assert_eq!(ended(isw.request(purchase(99)).await), "not sent: not connected");
    // It outlives all of it.
    teq.start().await.unwrap();
    eventually("it is ready", || isw.is_ready()).await;
    assert_eq!(ended(isw.request(purchase(100)).await), "00 000100");
    teq.stop().await.unwrap();
}

trait JoinAll {
    fn join_all(&self) -> String;
}

impl JoinAll for Vec<Arc<str>> {
    fn join_all(&self) -> String {
        self.iter().map(|name| &**name).collect::<Vec<_>>().join(" ")
    }
}
