//! Changes that are noticed, and those that are not made too soon: routes of a gateway that runs, files that descriptors name,
//! files that are being written.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::host_common::{
    Folder, Issuer, Journal, MS, SECOND, Worker, connector, ended, eventually, free_port, names, purchase,
};
use isopace::connector::Connector;
use isopace::frame::{Framing, Header};
use isopace::host::{Component, Health};
use isopace::iso87a::DIALECT;
use isopace::link::Connect;
use isopace::teq::{Registry, Scan, Teq};
use isopace::wire::Length;
use tokio::time::timeout;

async fn started(folder: &Folder, interval: Duration, journal: &Journal) -> Teq {
    let mut registry = Registry::standard();
    let journal = journal.clone();
    registry.register("worker", move |descriptor, _| {
        Ok(Arc::new(Worker::new(descriptor.name(), &journal)) as Arc<dyn Component>)
    });
    let teq = Teq::builder().deploy_dir(&folder.0).scan_interval(interval).registry(registry).build();
    teq.start().await.unwrap();
    teq
}

async fn scan(teq: &Teq) -> Scan {
    timeout(60 * SECOND, teq.scan()).await.unwrap().unwrap()
}

fn gateway(port: u16, more: &str) -> String {
    format!("name = \"pos\"\ntype = \"gateway\"\nenabled = true\n[config]\naddr = \"127.0.0.1:{port}\"\n{more}\n")
}

/// What is in flight ends where it is, and the next request goes elsewhere, over the same link.
#[tokio::test]
async fn other_routes_leave_clients_connected() {
    let (folder, port) = (Folder::new("routes"), free_port());
    let (one, other) = (Issuer::start(Duration::ZERO).await, Issuer::start(Duration::ZERO).await);
    let rows = |first: &str, rest: &str, more: &str| {
        gateway(port, &format!("route_to = \"{rest}\"\nroutes = [{{ to = \"{first}\", mti = \"0100\" }}]\n{more}"))
    };
    folder.write("pos.toml", &rows("other", "one", ""));
    folder.write("one.toml", &connector("one", &one.address, ""));
    folder.write("other.toml", &connector("other", &other.address, ""));
    let teq = started(&folder, 600 * SECOND, &Journal::default()).await;
    assert!(teq.host().ready_within(30 * SECOND).await.ready, "{:?}", teq.components());
    let pos = teq.get("pos").unwrap();

    let connect = Connect::to(format!("127.0.0.1:{port}"), Framing::new(Header::Binary2));
    let client = Connector::builder(&DIALECT).name("client").dial(connect).wait_until_ready(true).start().unwrap();
    assert_eq!(ended(client.request(purchase(1)).await), "00 000001");
    one.answers.send_replace(false);
    let slow = {
        let client = client.clone();
        tokio::spawn(async move { ended(client.request(purchase(2)).await) })
    };
    eventually("it is on its way", || one.seen.lock().unwrap().len() == 2).await;

    folder.write("pos.toml", &rows("one", "other", "# the other way round"));
    let rerouted = scan(&teq).await;
    assert_eq!((rerouted.rerouted.as_slice(), rerouted.replaced.len()), (&["pos".to_owned()][..], 0), "{rerouted:?}");
    assert_eq!(ended(client.request(purchase(3)).await), "00 000003");
    assert_eq!(*other.seen.lock().unwrap(), [3]);
    one.answers.send_replace(true);
    assert_eq!(slow.await.unwrap(), "00 000002");
    assert_eq!(scan(&teq).await, Scan::default());

    // Wrong ones change nothing.
    folder.write("pos.toml", &rows("one", "nowhere", ""));
    let told = folder.without(&scan(&teq).await.problems.join("\n"));
    assert_eq!(told, "pos.toml:6: `route_to`: there is no component called `nowhere`");
    folder.write("pos.toml", &rows("one", "other", "").replace("0100", "bad!"));
    assert_eq!(scan(&teq).await.problems.len(), 1);
    assert_eq!(ended(client.request(purchase(4)).await), "00 000004");
    assert_eq!(*other.seen.lock().unwrap(), [3, 4]);
    // And back, which is another change of the routes of the same gateway.
    folder.write("pos.toml", &rows("other", "one", ""));
    assert_eq!(scan(&teq).await.rerouted, ["pos"]);
    assert_eq!(ended(client.request(purchase(5)).await), "00 000005");
    assert_eq!(*one.seen.lock().unwrap(), [1, 2, 5]);
    assert!(Arc::ptr_eq(&pos, &teq.get("pos").unwrap()));
    assert_eq!(client.stats().connected, 1, "it has stayed connected");

    // To one that is new, in its own manner; what has led elsewhere is gone at the same time.
    let third = Issuer::start(Duration::ZERO).await;
    folder.write("third.toml", &connector("third", &third.address, "wait_until_ready = true"));
    folder.write("pos.toml", &rows("third", "third", "upstream = { third = { own_stan = true } }"));
    folder.remove("one.toml");
    folder.remove("other.toml");
    let end = Arc::new(AtomicBool::new(false));
    let asking = {
        let (client, end) = (client.clone(), Arc::clone(&end));
        tokio::spawn(async move {
            for stan in (100..).take_while(|_| !end.load(Ordering::SeqCst)) {
                assert_eq!(ended(client.request(purchase(stan)).await), format!("00 {stan:06}"));
            }
        })
    };
    let changed = scan(&teq).await;
    end.store(true, Ordering::SeqCst);
    asking.await.unwrap();
    let told = (changed.deployed, changed.rerouted, changed.undeployed, changed.replaced.len(), changed.problems.len());
    let (third_too, pos_too) = (vec!["third".to_owned()], vec!["pos".to_owned()]);
    assert_eq!(told, (third_too, pos_too, vec!["other".to_owned(), "one".to_owned()], 0, 0));
    assert_eq!(ended(client.request(purchase(6)).await), "00 000006");
    // By a number of its own.
    assert!(!third.seen.lock().unwrap().is_empty());
    let status = pos.status();
    assert!(status.detail.ends_with("1 of 1 routes ready") && status.health == Health::Up, "{status:?}");
    assert!(Arc::ptr_eq(&pos, &teq.get("pos").unwrap()));
    assert_eq!(client.stats().connected, 1, "it has stayed connected");

    // Anything else takes another gateway: other settings, or the same route in another manner.
    folder.write("pos.toml", &rows("third", "third", "upstream = { third = { own_stan = false } }"));
    assert_eq!(scan(&teq).await.replaced, ["pos"]);
    assert!(!Arc::ptr_eq(&pos, &teq.get("pos").unwrap()));
    folder.write("pos.toml", &rows("third", "third", "timeout_ms = 5000"));
    assert_eq!(scan(&teq).await.replaced, ["pos"]);
    client.stop().await;
    teq.stop().await.unwrap();
}

#[tokio::test]
async fn a_spec_and_those_it_extends_are_looked_at_too() {
    let (folder, issuer) = (Folder::new("specs"), Issuer::start(Duration::ZERO).await);
    let spec = |name: &str, extends: &str, format: &str| {
        format!(
            "[spec]\nname = \"{name}\"\ntitle = \"One\"\nextends = \"{extends}\"\n[field.48]\nformat = \"{format}\"\n"
        )
    };
    let partner = "[spec]\nname = \"partner\"\ntitle = \"One\"\nextends = \"base\"\n";
    folder.write("specs/base.toml", &spec("base", "iso87-a", "ans...100"));
    folder.write("specs/partner.toml", partner);
    folder.write("isw.toml", &connector("isw", &issuer.address, "dialect = \"specs/partner.toml\""));
    folder.write("up.toml", &connector("up", &issuer.address, ""));
    let teq = started(&folder, 600 * SECOND, &Journal::default()).await;
    assert!(teq.host().ready_within(30 * SECOND).await.ready, "{:?}", teq.components());
    let most = || match teq.to("isw").unwrap().dialect().unwrap().field(48).unwrap().rule.length {
        Length::Variable { max, .. } => max,
        other => panic!("{other:?}"),
    };
    assert_eq!((scan(&teq).await, most()), (Scan::default(), 100));
    folder.write("specs/base.toml", &spec("base", "iso87-a", "ans...200"));
    assert_eq!((scan(&teq).await.replaced, most()), (vec!["isw".to_owned()], 200));
    folder.write("specs/partner.toml", &spec("partner", "base", "ans...300"));
    assert_eq!((scan(&teq).await.replaced, most()), (vec!["isw".to_owned()], 300));
    // One that is wrong, or gone, changes nothing.
    folder.write("specs/base.toml", "[spec]\nname = base\n");
    let told = scan(&teq).await;
    assert!(told.problems.join("\n").contains("base.toml:2") && told.replaced.is_empty(), "{told:?}");
    folder.remove("specs/base.toml");
    let told = scan(&teq).await;
    assert!(!told.problems.is_empty() && told.replaced.is_empty() && most() == 300, "{told:?}");
    folder.write("specs/base.toml", &spec("base", "iso87-a", "ans...200"));
    assert_eq!((scan(&teq).await, most()), (Scan::default(), 300));
    // What does not say anything else is no change.
    folder.write("specs/partner.toml", &spec("partner", "base", "ans...300"));
    assert_eq!(scan(&teq).await, Scan::default());
    teq.stop().await.unwrap();
    issuer.connector.stop().await;
}

/// Whoever writes it truncates it first and takes his time: what it says in between is that the component is not enabled.
#[tokio::test]
async fn a_file_that_is_being_written_changes_nothing_yet() {
    let (folder, journal) = (Folder::new("half"), Journal::default());
    let text = "name = \"a\"\ntype = \"worker\"\nenabled = true\n";
    folder.write("a.toml", text);
    // Looked at each 2 seconds, and what has changed has to stand still for 1.
    let teq = started(&folder, 2 * SECOND, &journal).await;
    assert_eq!(journal.take(), "+a");
    let path = folder.0.join("a.toml");
    let writes = std::thread::spawn(move || {
        let mut half = "name = \"a\"\ntype = \"worker\"\n#".to_owned();
        for _ in 0..250 {
            half.push('.');
            fs::write(&path, &half).unwrap();
            std::thread::sleep(20 * MS);
        }
        fs::write(&path, half + "\nenabled = true\n").unwrap();
    });
    while !writes.is_finished() {
        assert_eq!((names(teq.host()).as_str(), journal.take().as_str()), ("deployer a", ""));
        tokio::time::sleep(5 * MS).await;
    }
    let mut seen = String::new();
    eventually("the whole one takes its place", || {
        assert_eq!(names(teq.host()), "deployer a");
        seen.push_str(&journal.take());
        seen == "-a+a" || seen == "-a +a"
    })
    .await;
    // Gone for good, and not only for a moment.
    folder.remove("a.toml");
    eventually("it is gone", || names(teq.host()) == "deployer").await;
    teq.stop().await.unwrap();
}
