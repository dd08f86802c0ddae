//! Pools of descriptors whose members are dialled by their peers.

use crate::host_common::{Folder, MS, SECOND, ended, eventually, free_port, purchase};
use isopace::connector::{Backoff, Connector};
use isopace::frame::{Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::Connect;
use isopace::mux::Inbound;
use isopace::teq::{DescriptorError, Registry, Teq, check};

/// A host that dials this port, and answers all with this code.
fn host(port: u16, code: &'static str) -> Connector {
    let serve = move |inbound: Inbound| async move {
        let mut reply = inbound.message.reply().unwrap();
        reply.set(39, code);
        _ = inbound.replier.reply(&reply).await;
    };
    let connect = Connect::to(format!("127.0.0.1:{port}"), Framing::new(Header::Binary2));
    let backoff = Backoff::new(10 * MS, 50 * MS);
    Connector::builder(&DIALECT).name("host").dial(connect).backoff(backoff).serve(serve).start().unwrap()
}

fn pool(more: &str) -> String {
    format!(
        "name = \"both\"\ntype = \"pool\"\nenabled = true\n[config]\nstrategy = \"primary\"\nwait_until_ready = true\n{more}\n"
    )
}

fn listening(name: &str, port: u16) -> String {
    format!("name = \"{name}\"\ntype = \"connector\"\nenabled = true\n[config]\nlisten = \"127.0.0.1:{port}\"\n")
}

#[tokio::test]
async fn members_that_are_dialled() {
    let (folder, one, two) = (Folder::new("dialled"), free_port(), free_port());
    let inline = format!("{{ name = \"two\", config = {{ listen = \"127.0.0.1:{two}\" }} }}");
    let members = |more: &str| pool(&format!("members = [\"one\", {inline}]\n{more}"));
    folder.write("both.toml", &members(""));
    folder.write("one.toml", &listening("one", one));
    let teq = Teq::builder().deploy_dir(&folder.0).scan_interval(600 * SECOND).build();
    teq.start().await.unwrap();
    assert_eq!(teq.components()[1].status.detail, "0 of 2 members ready");
    let both = teq.to("both").unwrap();
    let second = host(two, "51");
    assert_eq!(ended(both.request(purchase(1)).await), "51 000001");
    let first = host(one, "00");
    let ready = |teq: &Teq| teq.components()[1].status.detail == "2 of 2 members ready";
    eventually("both are ready", || ready(&teq)).await;
    assert_eq!(ended(both.request(purchase(2)).await), "00 000002");

    // Another pool at the same ports: its start may wait for its members too.
    folder.write("both.toml", &members("min_ready = 2"));
    let scan = teq.scan().await.unwrap();
    assert_eq!((scan.replaced.as_slice(), scan.problems.len()), (&["both".to_owned()][..], 0), "{scan:?}");
    eventually("both are ready", || ready(&teq)).await;
    // A port that is taken: nothing is left behind, and the one before runs again.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    folder.write("one.toml", &listening("one", taken.local_addr().unwrap().port()));
    let told = teq.scan().await.unwrap().problems.join("\n");
    assert!(told.contains("cannot listen at") && told.ends_with("; the one before runs again"), "{told}");
    eventually("both are ready", || ready(&teq)).await;
    first.stop().await;
    eventually("one is ready", || !ready(&teq)).await;
    assert_eq!(ended(both.request(purchase(3)).await), "51 000003");

    teq.stop().await.unwrap();
    for port in [one, two] {
        assert!(std::net::TcpListener::bind(("127.0.0.1", port)).is_ok(), "the port is free");
    }
    // As it was, and with both hosts there.
    folder.write("one.toml", &listening("one", one));
    let first = host(one, "00");
    teq.start().await.unwrap();
    eventually("it is dialled again", || teq.to("both").is_some_and(|both| both.is_ready())).await;
    teq.stop().await.unwrap();
    first.stop().await;
    second.stop().await;
}

#[test]
fn a_port_is_listened_at_once() {
    let folder = Folder::new("dialled-twice");
    folder.write("both.toml", &pool("members = [\"one\"]"));
    folder.write("one.toml", &listening("one", 9000));
    folder.write("other.toml", &listening("other", 9000));
    let checked = check(&folder.0, &Registry::standard());
    let lines: Vec<String> = checked.problems.iter().flat_map(DescriptorError::lines).collect();
    assert_eq!(
        folder.without(&lines.join("\n")),
        "other.toml:5: `listen`: another component listens at 127.0.0.1:9000"
    );
}
