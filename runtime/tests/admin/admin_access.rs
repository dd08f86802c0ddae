//! Who may ask: the token, the loopback rule, names of other origins, TLS.

use crate::admin_common;

use std::sync::Arc;

use admin_common::*;
use isopace::admin::{Admin, BuildError};
use isopace::host::{Component, Health};
use isopace::link::Tls;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Paths that tell something, each with the way in which it is asked for.
const GUARDED: [(&str, &str); 10] = [
    ("GET", "/metrics"),
    ("GET", "/info"),
    ("GET", "/components"),
    ("GET", "/traces"),
    ("GET", "/specs"),
    ("POST", "/inspect"),
    ("POST", "/doctor"),
    ("GET", "/saf"),
    ("GET", "/saf/messages"),
    ("POST", "/saf"),
];

async fn ask(address: std::net::SocketAddr, method: &str, path: &str, lines: &str) -> Answer {
    match method {
        "GET" => get_with(address, path, lines).await,
        _ => {
            let lines = format!("Content-Type: application/json\r\n{lines}");
            post_with(address, path, &lines, r#"{"hex":""}"#).await
        }
    }
}

#[tokio::test]
async fn nothing_is_told_without_the_token() {
    let switch = Switch::new();
    switch.set("host-b", "connector", Health::Down, "no link to 10.1.0.12:7000", 0);
    let (admin, address) = started(Admin::builder(switch).token(TOKEN)).await;
    let wrong = [
        String::new(),
        "Authorization: Bearer\r\n".to_owned(),
        "Authorization: Bearer \r\n".to_owned(),
        format!("Authorization: {TOKEN}\r\n"),
        format!("Authorization: Basic {TOKEN}\r\n"),
        format!("Authorization: Bearer {}\r\n", &TOKEN[1..]),
        format!("Authorization: Bearer {TOKEN}x\r\n"),
        format!("Authorization: Bearer {}\r\n", TOKEN.to_uppercase()),
        format!("Authorization: Bearer {TOKEN}\r\nAuthorization: Bearer x\r\n"),
        format!("X-Token: {TOKEN}\r\nCookie: token={TOKEN}\r\n"),
    ];
    let right = format!("Authorization: Bearer {TOKEN}\r\n");
    for (method, path) in GUARDED {
        for lines in &wrong {
            let answer = ask(address, method, path, lines).await;
            assert_eq!((answer.status, &answer.json()["error"]["kind"]), (401, &json!("token")), "{path} {lines}");
            assert_eq!(answer.header("WWW-Authenticate"), Some("Bearer realm=\"isopace\""));
        }
        // Nor in the address, where it would end in logs.
        assert_eq!(ask(address, method, &format!("{path}?token={TOKEN}"), "").await.status, 401);
        assert_ne!(ask(address, method, path, &right).await.status, 401, "{path}");
    }
    let refused = admin.status().figures.iter().find(|(name, _)| *name == "refused_total").unwrap().1;
    assert_eq!(refused, (GUARDED.len() * (wrong.len() + 1)) as u64);

    // What needs none tells no more than it must.
    assert_eq!(get(address, "/healthz").await.body, "ok\n");
    assert!(get(address, "/").await.body.starts_with("<!doctype html>"));
    let told = |answer: Answer| (answer.status, answer.json()["checks"]["host-b"]["error"].clone());
    assert_eq!(told(get(address, "/readyz").await), (503, json!("down")));
    assert_eq!(told(get_with(address, "/readyz", &right).await), (503, json!("down: no link to 10.1.0.12:7000")));
    assert!(!format!("{admin:?} {:?}", Admin::builder(Switch::new()).token(TOKEN)).contains(TOKEN));
    admin.stop().await;
}

#[test]
fn an_open_address_without_a_token_is_refused() {
    let built = |address: &str, token: Option<&str>| {
        let builder = Admin::builder(Switch::new()).listen(address);
        match token {
            Some(token) => builder.token(token).build(),
            None => builder.build(),
        }
        .map(|_| ())
    };
    for open in ["0.0.0.0:8584", "[::]:8584", "10.0.0.1:8584", "switch.example:8584", "[::ffff:10.0.0.1]:8584"] {
        assert_eq!(built(open, None), Err(BuildError::Open { address: open.to_owned() }));
        assert_eq!(built(open, Some(TOKEN)), Ok(()), "{open}");
    }
    for loopback in [Admin::ADDRESS, "127.0.0.1:0", "127.1.2.3:8584", "[::1]:8584", "localhost:8584"] {
        assert_eq!(built(loopback, None), Ok(()), "{loopback}");
    }
    for none in ["", "8584", ":8584", "127.0.0.1", "127.0.0.1:99999", "http://127.0.0.1:8584", "a b:1"] {
        assert!(matches!(built(none, Some(TOKEN)), Err(BuildError::Address { .. })), "{none}");
    }
    for bad in ["", "short", "0123456789abcde", "0123456789 abcdef", "0123456789abcdef\n", "0123456789abcdé"] {
        let refused = built("0.0.0.0:8584", Some(bad));
        assert_eq!(refused, Err(BuildError::Token), "{bad:?}");
        assert!(bad.is_empty() || !refused.unwrap_err().to_string().contains(bad));
    }
    let told = built("0.0.0.0:8584", None).unwrap_err().to_string();
    assert!(told.contains("0.0.0.0:8584") && told.contains("token") && told.contains("127.0.0.1"), "{told}");
}

#[tokio::test]
async fn a_page_of_another_origin_cannot_read_by_a_name_that_it_points_here() {
    let (admin, address) = started(Admin::builder(Switch::new())).await;
    let by = async |host: &str, path: &str| {
        raw(address, format!("GET {path} HTTP/1.1\r\n{host}Connection: close\r\n\r\n").as_bytes()).await.status
    };
    for path in ["/", "/info", "/metrics", "/traces"] {
        for host in
            ["Host: attacker.example\r\n", "Host: attacker.example:8584\r\n", "Host: localhost.attacker.example\r\n"]
        {
            assert_eq!(by(host, path).await, 421, "{host} {path}");
        }
        for host in ["Host: localhost\r\n", "Host: 127.0.0.1:1\r\n", "Host: [::1]:8584\r\n"] {
            assert_eq!(by(host, path).await, 200, "{host} {path}");
        }
    }
    // Probes come by any name.
    assert_eq!(by("Host: pod-7.example\r\n", "/healthz").await, 200);
    assert_eq!(by("Host: pod-7.example\r\n", "/readyz").await, 200);
    // A form of another origin is none that says JSON.
    let answer = post_with(address, "/doctor", "Content-Type: text/plain\r\n", r#"{"hex":"3030"}"#).await;
    assert_eq!((answer.status, &answer.json()["error"]["kind"]), (415, &json!("content-type")));
    admin.stop().await;
}

#[tokio::test]
async fn under_tls() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("admin-tls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["switch.example".to_owned()]).unwrap();
    let (certificate, key) = (folder.join("switch.pem"), folder.join("switch.key"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let tls = Tls::server(&certificate, &key).unwrap();
    let (admin, address) = started(Admin::builder(Switch::new()).token(TOKEN).tls(tls)).await;

    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&certificate).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots);
    let connector = TlsConnector::from(Arc::new(config.with_no_client_auth()));
    let stream = TcpStream::connect(address).await.unwrap();
    let mut stream = connector.connect(ServerName::try_from("switch.example").unwrap(), stream).await.unwrap();
    let request = format!(
        "GET /info HTTP/1.1\r\nHost: switch.example\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut told = String::new();
    _ = tokio::time::timeout(END, stream.read_to_string(&mut told)).await.unwrap();
    assert!(told.starts_with("HTTP/1.1 200") && told.contains("\"service\":\"isopace\""), "{told}");

    // In clear nothing is said, and a handshake that never comes holds nothing up.
    let mut clear = TcpStream::connect(address).await.unwrap();
    clear.write_all(request.as_bytes()).await.unwrap();
    let mut told = Vec::new();
    _ = tokio::time::timeout(END, clear.read_to_end(&mut told)).await.unwrap();
    assert!(!told.starts_with(b"HTTP"));
    let _silent = TcpStream::connect(address).await.unwrap();
    tokio::time::timeout(END, admin.stop()).await.unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
}
