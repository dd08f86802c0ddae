//! Clients under TLS, and under TLS with certificates of their own.

use crate::gateway_common;

use std::path::{Path, PathBuf};

use gateway_common::*;
use isopace::gateway::Gateway;
use isopace::iso87a::DIALECT;
use isopace::link::{Connect, Listen, Tls};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

/// A folder with `authority.pem`, and certificates and keys of `switch` and `pos` that it vouches for.
fn certificates(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("gateway-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate().unwrap();
    std::fs::write(folder.join("authority.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
    let issuer = Issuer::new(params, key);
    for name in ["switch", "pos"] {
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        std::fs::write(folder.join(format!("{name}.pem")), params.signed_by(&key, &issuer).unwrap().pem()).unwrap();
        std::fs::write(folder.join(format!("{name}.key")), key.serialize_pem()).unwrap();
    }
    folder
}

async fn answered(gateway: &Gateway, connect: Connect) -> Option<String> {
    let mut link = connect.open().await.ok()?;
    link.send(purchase(7).as_bytes()).await.ok()?;
    let frame = tokio::time::timeout(EVER, link.receive()).await.unwrap().ok()??;
    Some(brief(&isopace::Message::parse(gateway.dialect(), frame.body).unwrap()))
}

fn client(folder: &Path) -> isopace::link::ClientTls {
    Tls::client(folder.join("authority.pem")).unwrap()
}

#[tokio::test]
async fn with_and_without_certificates_of_clients() {
    let (folder, stranger) = (certificates("ours"), certificates("theirs"));
    for mutual in [false, true] {
        let mut server = Tls::server(folder.join("switch.pem"), folder.join("switch.key")).unwrap();
        if mutual {
            server = server.clients(folder.join("authority.pem")).unwrap();
        }
        let listener = Listen::new(FRAMING).tls(server).bind("127.0.0.1:0").await.unwrap();
        let gateway =
            Gateway::builder("pos", &DIALECT).listen(listener).route("host", approving()).start().await.unwrap();
        let address = gateway.local_address().unwrap().to_string();
        let connect = |tls| Connect::to(&address, FRAMING).tls(tls);
        let known = client(&folder).identity(folder.join("pos.pem"), folder.join("pos.key")).unwrap();
        let unknown = client(&folder).identity(stranger.join("pos.pem"), stranger.join("pos.key")).unwrap();
        let yes = Some("0210 7 00".to_owned());
        assert_eq!(answered(&gateway, connect(known)).await, yes);
        assert_eq!(answered(&gateway, connect(client(&folder))).await, yes.clone().filter(|_| !mutual));
        assert_eq!(answered(&gateway, connect(unknown)).await, yes.filter(|_| !mutual));
        // Without TLS nothing gets through.
        assert_eq!(answered(&gateway, Connect::to(&address, FRAMING)).await, None);
        gateway.stop().await;
        assert_eq!(gateway.stats().responses, if mutual { 1 } else { 3 });
    }
    for folder in [folder, stranger] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}
