//! The deployer: what runs is as the directory says, and what is wrong changes nothing.

use crate::host_common;

use std::sync::Arc;
use std::time::Duration;

use host_common::{Folder, Issuer, Journal, MS, Manner, SECOND, Worker, connector, ended, eventually, names, purchase};
use isopace::host::{Component, Host};
use isopace::teq::{Deployer, Registry, Scan, Teq};
use serde::Deserialize;

/// A type of descriptor of the test: a worker that behaves as its descriptor says.
fn registry(journal: &Journal) -> Registry {
    #[derive(Deserialize, Default)]
    #[serde(deny_unknown_fields)]
    struct Config {
        #[serde(default)]
        fails: bool,
        #[serde(default)]
        to: Option<String>,
    }
    let mut registry = Registry::standard();
    let journal = journal.clone();
    registry.register("worker", move |descriptor, context| {
        let config: Config = descriptor.config()?;
        if let Some(to) = &config.to {
            context.target(descriptor, "to", to)?;
        }
        let manner = if config.fails { Manner::Fails } else { Manner::Well };
        Ok(Arc::new(Worker::new(descriptor.name(), &journal).starting(manner)) as Arc<dyn Component>)
    });
    registry
}

fn worker(name: &str, more: &str) -> String {
    format!("name = \"{name}\"\ntype = \"worker\"\nenabled = true\n[config]\n{more}\n")
}

async fn teq(folder: &Folder, journal: &Journal) -> Teq {
    let teq = Teq::builder()
        .deploy_dir(&folder.0)
        .scan_interval(600 * SECOND)
        .ready_within(SECOND)
        .registry(registry(journal))
        .build();
    teq.start().await.unwrap();
    teq
}

async fn scan(teq: &Teq) -> Scan {
    tokio::time::timeout(30 * SECOND, teq.scan()).await.unwrap().unwrap()
}

fn problems(folder: &Folder, scan: &Scan) -> String {
    folder.without(&scan.problems.join("\n"))
}

#[tokio::test]
async fn add_change_disable_remove() {
    let (folder, journal) = (Folder::new("change"), Journal::default());
    folder.write("a.toml", &worker("a", ""));
    let teq = teq(&folder, &journal).await;
    assert_eq!(names(teq.host()), "deployer a");
    folder.write("b.toml", &worker("b", ""));
    assert_eq!(scan(&teq).await.deployed, ["b"]);
    // Unchanged to the byte, even where the file is written anew.
    folder.write("b.toml", &worker("b", ""));
    assert_eq!(scan(&teq).await, Scan::default());
    assert_eq!(journal.take(), "+a +b");
    folder.write("a.toml", &worker("a", "# changed"));
    assert_eq!(scan(&teq).await.replaced, ["a"]);
    assert_eq!((journal.take().as_str(), names(teq.host()).as_str()), ("-a +a", "deployer b a"));
    folder.write("a.toml", &worker("a", "").replace("true", "false"));
    assert_eq!(scan(&teq).await.undeployed, ["a"]);
    folder.write("b.toml", &worker("b", "").replace("enabled = true", ""));
    assert_eq!(scan(&teq).await.undeployed, ["b"]);
    folder.write("b.toml", &worker("b", ""));
    scan(&teq).await;
    folder.remove("b.toml");
    assert_eq!(scan(&teq).await.undeployed, ["b"]);
    assert_eq!((journal.take().as_str(), names(teq.host()).as_str()), ("-a -b +b -b", "deployer"));
    // Another name in the same file.
    folder.write("c.toml", &worker("c", ""));
    scan(&teq).await;
    folder.write("c.toml", &worker("d", ""));
    let renamed = scan(&teq).await;
    assert_eq!((renamed.undeployed, renamed.deployed), (vec!["c".to_owned()], vec!["d".to_owned()]));
    teq.stop().await.unwrap();
}

#[tokio::test]
async fn what_is_not_required_is_not_waited_for() {
    let (folder, journal) = (Folder::new("required"), Journal::default());
    let nobody = connector("isw", "127.0.0.1:1", "");
    folder.write("isw.toml", &format!("required = false\n{nobody}"));
    let teq = teq(&folder, &journal).await;
    assert!(teq.readiness().ready);
    folder.write("isw.toml", &nobody);
    assert_eq!(scan(&teq).await.replaced, ["isw"]);
    assert_eq!(teq.readiness().waiting_for, ["isw".into()]);
    teq.stop().await.unwrap();
}

#[tokio::test]
async fn it_looks_by_itself_and_runs_again_after_a_stop() {
    let (folder, journal) = (Folder::new("interval"), Journal::default());
    let host = Host::new();
    let deployer = Deployer::new(&host, registry(&journal), &folder.0).interval(10 * MS);
    host.register(deployer).unwrap();
    host.start().await.unwrap();
    for round in 0..3 {
        folder.write("a.toml", &worker("a", &format!("# {round}")));
        eventually("a runs", || names(&host).contains('a')).await;
        host.stop().await.unwrap();
        host.start().await.unwrap();
    }
    folder.remove("a.toml");
    eventually("a is gone", || names(&host) == "deployer").await;
    host.stop().await.unwrap();
}

#[tokio::test]
async fn a_broken_file_changes_nothing_and_says_why() {
    let (folder, journal) = (Folder::new("broken"), Journal::default());
    folder.write("a.toml", &worker("a", ""));
    folder.write("b.toml", &worker("b", ""));
    let teq = teq(&folder, &journal).await;
    journal.take();
    for (text, told) in [
        ("name = \"a\"\ntype =", "a.toml:2: "),
        ("", "a.toml:1: `name` is missing"),
        (&worker("a", "colour = 1"), "a.toml:5: unknown key `colour`; there are fails, to"),
        (
            &worker("a", "").replace("worker", "wroker"),
            "a.toml:2: `type`: there is no type `wroker`; did you mean `worker`?",
        ),
        (&worker("b", ""), "b.toml:1: `name`: `b`: a.toml has this name too"),
    ] {
        folder.write("a.toml", text);
        let scan = scan(&teq).await;
        if text.contains("\"b\"") {
            // Now it is the other file that is one too many, and `a` has no descriptor.
            assert_eq!(scan.undeployed, ["a"]);
        } else {
            assert_eq!((journal.take().as_str(), names(teq.host()).as_str()), ("", "deployer a b"), "{text}");
        }
        assert!(problems(&folder, &scan).starts_with(told), "{scan:?} and not {told}");
    }
    folder.write("a.toml", &worker("a", "# right again"));
    let scan = scan(&teq).await;
    assert_eq!((scan.problems.len(), scan.deployed.len()), (0, 1), "{scan:?}");
    teq.stop().await.unwrap();
}

#[tokio::test]
async fn a_directory_that_is_gone_changes_nothing() {
    let (folder, journal) = (Folder::new("gone"), Journal::default());
    folder.write("a.toml", &worker("a", ""));
    let teq = teq(&folder, &journal).await;
    let away = folder.0.with_extension("away");
    std::fs::rename(&folder.0, &away).unwrap();
    assert_eq!(scan(&teq).await.problems.len(), 1);
    assert_eq!(names(teq.host()), "deployer a");
    std::fs::rename(&away, &folder.0).unwrap();
    assert_eq!(scan(&teq).await, Scan::default());
    teq.stop().await.unwrap();
}

/// D22: the old one comes back when the new one cannot be started.
#[tokio::test]
async fn a_start_that_fails_brings_the_old_one_back_and_is_not_tried_at_each_scan() {
    let (folder, journal) = (Folder::new("back"), Journal::default());
    folder.write("a.toml", &worker("a", ""));
    let teq = teq(&folder, &journal).await;
    let old = teq.get("a").unwrap();
    folder.write("a.toml", &worker("a", "fails = true"));
    let failed = scan(&teq).await;
    assert_eq!(problems(&folder, &failed), "a.toml: `a`: no such device; the one before runs again");
    assert!(Arc::ptr_eq(&teq.get("a").unwrap(), &old) && teq.readiness().ready);
    assert_eq!(journal.take(), "+a -a +a +a");
    // Something else changes: what has been refused is told, and not tried.
    folder.write("b.toml", &worker("b", ""));
    let deployer = teq.deployer().unwrap();
    assert_eq!(deployer.last_scan().unwrap().problems, failed.problems);
    folder.write("a.toml", &worker("a", "# right again"));
    assert_eq!(scan(&teq).await.replaced, ["a"]);
    // D22: nothing stays under the name of what is undeployed.
    folder.remove("a.toml");
    scan(&teq).await;
    assert!(teq.get("a").is_none() && teq.to("a").is_none());
    // One that cannot be deployed at all is tried again.
    folder.write("c.toml", &worker("c", "fails = true"));
    journal.take();
    assert_eq!(problems(&folder, &scan(&teq).await), "c.toml: `c`: no such device");
    scan(&teq).await;
    assert_eq!(journal.take(), "+c +c");
    teq.stop().await.unwrap();
}

#[tokio::test]
async fn names_are_resolved_across_files_and_in_the_right_order() {
    let (folder, journal) = (Folder::new("names"), Journal::default());
    let issuer = Issuer::start(Duration::ZERO).await;
    folder.write("a.toml", &worker("a", "to = \"isw\""));
    let teq = teq(&folder, &journal).await;
    assert_eq!(names(teq.host()), "deployer");
    let missing = scan(&teq).await;
    assert_eq!(problems(&folder, &missing), "a.toml:5: `to`: there is no component called `isw`");
    // It is resolved when it appears; started before and stopped after what sends to it.
    folder.write("z.toml", &connector("isw", &issuer.address, ""));
    let resolved = scan(&teq).await;
    assert_eq!((resolved.deployed.join(" ").as_str(), resolved.problems.len()), ("isw a", 0));
    // Another dialect behind the name: what sends to it is built anew.
    folder.write("z.toml", &connector("isw", &issuer.address, "dialect = \"postilion\""));
    journal.take();
    let other = scan(&teq).await;
    assert_eq!(other.replaced, ["isw", "a"], "{other:?}");
    assert_eq!(journal.take(), "-a +a");
    // Gone: the one that sends to it stays, and that is told.
    folder.remove("z.toml");
    let gone = scan(&teq).await;
    assert_eq!(gone.undeployed, ["isw"]);
    assert_eq!(problems(&folder, &gone), "a.toml:5: `to`: there is no component called `isw`");
    assert_eq!(names(teq.host()), "deployer a");
    folder.write("b.toml", &worker("b", "to = \"a\""));
    let told = problems(&folder, &scan(&teq).await);
    assert!(told.contains("b.toml:5: `to`: `a` is a worker and takes no requests"), "{told}");
    teq.stop().await.unwrap();
    issuer.connector.stop().await;
}

/// A port in use is no reason to lose what runs.
#[tokio::test]
async fn a_port_that_is_taken() {
    let (folder, journal) = (Folder::new("port"), Journal::default());
    let (taken, port) = (std::net::TcpListener::bind("127.0.0.1:0").unwrap(), host_common::free_port());
    let listening = |port| {
        format!("name = \"in\"\ntype = \"connector\"\nenabled = true\n[config]\nlisten = \"127.0.0.1:{port}\"\n")
    };
    folder.write("in.toml", &listening(port));
    let teq = teq(&folder, &journal).await;
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
    folder.write("in.toml", &listening(taken.local_addr().unwrap().port()));
    let told = scan(&teq).await.problems.join("\n");
    assert!(told.contains("cannot listen at") && told.ends_with("; the one before runs again"), "{told}");
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
    // The same port, by another component of the same name.
    folder.write("in.toml", &format!("{}max_in_flight = 5\n", listening(port)));
    assert_eq!(scan(&teq).await.replaced, ["in"]);
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
    teq.stop().await.unwrap();
    assert!(std::net::TcpListener::bind(("127.0.0.1", port)).is_ok());
}

#[tokio::test]
async fn a_new_address_that_leads_nowhere_is_taken_back() {
    let (folder, journal) = (Folder::new("nowhere"), Journal::default());
    let issuer = Issuer::start(Duration::ZERO).await;
    folder.write("isw.toml", &connector("isw", &issuer.address, ""));
    let teq = teq(&folder, &journal).await;
    let isw = teq.to("isw").unwrap();
    eventually("it is ready", || isw.is_ready()).await;
    let nowhere = format!("127.0.0.1:{}", host_common::free_port());
    folder.write("isw.toml", &connector("isw", &nowhere, ""));
    let told = scan(&teq).await.problems.join("\n");
    assert!(told.contains("it was not ready within 1s") && told.ends_with("; the one before runs again"), "{told}");
    eventually("it is ready", || isw.is_ready()).await;
    assert_eq!(ended(isw.request(purchase(7)).await), "00 000007");
    teq.stop().await.unwrap();
    issuer.connector.stop().await;
}
