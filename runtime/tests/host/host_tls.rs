//! TLS of descriptors: certificates are read when they are checked, and both ends prove themselves when they run.

use crate::host_common;

use host_common::{Folder, SECOND, ended, free_port, purchase};
use isopace::connector::Connector;
use isopace::frame::{Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::{Connect, Tls};
use isopace::teq::{DescriptorError, Registry, Teq, check};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

/// An authority, a switch and a terminal, as files of this folder.
fn certificates(folder: &Folder) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    folder.write("tls/ca.pem", &params.self_signed(&key).unwrap().pem());
    let issuer = Issuer::new(params, key);
    for name in ["switch", "terminal"] {
        let params = CertificateParams::new(vec![format!("{name}.example")]).unwrap();
        let key = KeyPair::generate().unwrap();
        folder.write(&format!("tls/{name}.pem"), &params.signed_by(&key, &issuer).unwrap().pem());
        folder.write(&format!("tls/{name}.key"), &key.serialize_pem());
    }
}

fn descriptor(name: &str, config: &str) -> String {
    format!("name = \"{name}\"\ntype = \"connector\"\nenabled = true\n[config]\n{config}\n")
}

#[tokio::test]
async fn both_ends_prove_themselves() {
    let (folder, port) = (Folder::new("tls"), free_port());
    certificates(&folder);
    let listens = format!(
        "listen = \"127.0.0.1:{port}\"\ntls = {{ ca = \"tls/ca.pem\", cert = \"tls/switch.pem\", key = \"tls/switch.key\" }}"
    );
    let dials = |more: &str| {
        format!(
            "addr = \"127.0.0.1:{port}\"\nmin_backoff_ms = 20\nmax_backoff_ms = 50\n\
             network = {{ preset = \"iso87\" }}\n\
             tls = {{ ca = \"tls/ca.pem\", server_name = \"switch.example\"{more} }}"
        )
    };
    folder.write("in.toml", &descriptor("in", &listens));
    let proven = ", cert = \"tls/terminal.pem\", key = \"tls/terminal.key\"";
    folder.write("out.toml", &descriptor("out", &dials(proven)));
    let teq = Teq::builder().deploy_dir(&folder.0).scan_interval(600 * SECOND).ready_within(SECOND).build();
    teq.start().await.unwrap();
    assert!(teq.host().ready_within(30 * SECOND).await.ready, "{:?}", teq.components());
    let out = teq.to("out").unwrap();
    // Nobody serves at the other end.
    let soon = tokio::time::Instant::now() + SECOND / 5;
    assert_eq!(ended(out.request_until(purchase(1), soon).await), "timed-out");
    // Without a certificate of its own it is not let in, and the one before comes back.
    folder.write("out.toml", &descriptor("out", &dials("")));
    let told = teq.scan().await.unwrap().problems.join("\n");
    assert!(told.contains("was not ready within") && told.ends_with("the one before runs again"), "{told}");
    assert!(teq.host().ready_within(30 * SECOND).await.ready, "{:?}", teq.components());
    teq.stop().await.unwrap();
}

/// A certificate that is renewed where it lies: noticed, and taken when it goes with its key.
#[tokio::test]
async fn a_certificate_is_renewed() {
    let (folder, port) = (Folder::new("tls-renewed"), free_port());
    certificates(&folder);
    let issuer = host_common::Issuer::start(std::time::Duration::ZERO).await;
    folder.write("isw.toml", &host_common::connector("isw", &issuer.address, ""));
    let tls = "tls = { cert = \"tls/switch.pem\", key = \"tls/switch.key\" }";
    let pos = format!("addr = \"127.0.0.1:{port}\"\nroute_to = \"isw\"\n{tls}");
    folder.write("pos.toml", &descriptor("pos", &pos).replace("\"connector\"", "\"gateway\""));
    let teq = Teq::builder().deploy_dir(&folder.0).scan_interval(600 * SECOND).ready_within(10 * SECOND).build();
    teq.start().await.unwrap();
    assert!(teq.host().ready_within(30 * SECOND).await.ready, "{:?}", teq.components());
    // Whoever trusts the authority that stands in the folder now gets an answer.
    let trusted = async |stan| {
        let tls = Tls::client(folder.0.join("tls/ca.pem")).unwrap().server_name("switch.example").unwrap();
        let connect = Connect::to(format!("127.0.0.1:{port}"), Framing::new(Header::Binary2)).tls(tls);
        let client = Connector::builder(&DIALECT).dial(connect).start().unwrap();
        let asked = client.request(purchase(stan)).timeout(5 * SECOND).wait_until_ready(true).await;
        client.stop().await;
        ended(asked)
    };
    assert_eq!(trusted(1).await, "00 000001");
    let read = |name: &str| std::fs::read_to_string(folder.0.join("tls").join(name)).unwrap();
    let (authority, key) = (read("ca.pem"), read("switch.key"));
    certificates(&folder);
    let (next, next_key) = (read("ca.pem"), read("switch.key"));
    // So far there is only the certificate: it is refused, and the one before is shown.
    folder.write("tls/ca.pem", &authority);
    folder.write("tls/switch.key", &key);
    let told = teq.scan().await.unwrap();
    assert!(told.problems.join("\n").contains("pos.toml:") && told.replaced.is_empty(), "{told:?}");
    assert_eq!(trusted(2).await, "00 000002");
    folder.write("tls/switch.key", &next_key);
    assert_eq!(teq.scan().await.unwrap().replaced, ["pos"]);
    assert!(trusted(3).await.starts_with("not sent"), "the one before is shown");
    folder.write("tls/ca.pem", &next);
    assert_eq!(trusted(4).await, "00 000004");
    teq.stop().await.unwrap();
    issuer.connector.stop().await;
}

#[test]
fn files_that_are_wrong_are_told_without_what_is_in_them() {
    let folder = Folder::new("tls-wrong");
    certificates(&folder);
    folder.write("tls/empty.pem", "");
    let tls = |files: &str| format!("addr = \"127.0.0.1:1\"\ntls = {{ {files} }}");
    for (config, expected) in [
        (tls("ca = \"tls/none.pem\""), "a.toml:6: `tls`: tls/none.pem: "),
        (tls("ca = \"tls/empty.pem\""), "a.toml:6: `tls`: tls/empty.pem: no certificate in it"),
        (tls("ca = \"tls/ca.pem\", cert = \"tls/terminal.pem\""), "a.toml:6: `tls`: `cert` and `key` are given both"),
        (tls("ca = \"tls/ca.pem\", cert = \"tls/terminal.pem\", key = \"tls/switch.key\""), "a.toml:6: `tls`: "),
        (tls("ca = \"tls/ca.pem\", server_name = \"not a name\""), "a.toml:6: `tls`: `not a name` is no name of a server"),
        (tls("authority = \"tls/ca.pem\""), "a.toml:6: unknown key `authority`; there are ca, cert, key, server_name"),
        ("listen = \"127.0.0.1:0\"\ntls = { cert = \"tls/switch.pem\", key = \"tls/switch.key\", server_name = \"x\" }".to_owned(), "a.toml:6: `server_name`: this is for a side that dials"),
    ] {
        folder.write("a.toml", &descriptor("a", &config));
        let checked = check(&folder.0, &Registry::standard());
        let lines: Vec<String> = checked.problems.iter().flat_map(DescriptorError::lines).collect();
        let told = folder.without(&lines.join("\n"));
        assert!(told.starts_with(expected) && !told.contains("BEGIN"), "{config}\nsays\n{told}\nand not\n{expected}");
    }
}
