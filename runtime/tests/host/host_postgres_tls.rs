//! The store in PostgreSQL under TLS: whom it trusts, and that it sends nothing before.

use crate::host_common;
use crate::postgres_common;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use host_common::{Folder, connector};
use isopace::host::Health;
use isopace::link::{ClientTls, Tls};
use isopace::store::postgres::tokio_postgres::NoTls;
use isopace::store::postgres::{Settings, tokio_postgres};
use isopace::store::{Postgres, Store, StoreError};
use isopace::teq::{DescriptorError, Registry, Teq, check};
use postgres_common::Server;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

/// An authority: its certificate, and certificate and key of a server that it vouches for.
struct Authority {
    pem: String,
    server: (String, String),
}

impl Authority {
    fn for_server(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "authority");
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "database");
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap().pem();
        Authority { pem, server: (certificate, key.serialize_pem()) }
    }

    fn server(&self) -> Option<Server> {
        Server::listening(Some((&self.server.0, &self.server.1)))
    }

    fn client(&self) -> ClientTls {
        let folder = Folder::new("authority");
        folder.write("ca.pem", &self.pem);
        Tls::client(folder.0.join("ca.pem")).unwrap()
    }
}

fn settings(server: &Server) -> Settings {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let schema = format!("t{}", COUNT.fetch_add(1, Ordering::SeqCst));
    Settings::new(&server.over_tcp()).unwrap().schema(&schema).connections(2).timeout(Duration::from_secs(20))
}

async fn open(settings: Settings, tls: ClientTls) -> Result<Postgres, StoreError> {
    settings.tls(tls).unwrap().open().await
}

#[tokio::test]
async fn a_server_is_believed_by_its_certificate_and_its_name() {
    let (named, other) = (Authority::for_server("127.0.0.1"), Authority::for_server("127.0.0.1"));
    let Some(server) = named.server() else { return };
    let store = open(settings(&server), named.client()).await.unwrap();
    let plain = tokio_postgres::connect(&server.over_tcp(), NoTls).await.unwrap();
    tokio::spawn(plain.1);
    let ssl = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
               WHERE application_name = 'isopace' AND ssl";
    assert!(plain.0.query_one(ssl, &[]).await.unwrap().get::<_, i64>(0) >= 1, "its connections are under TLS");
    store.queue_status("q").await.unwrap();
    store.close().await;

    let refused = open(settings(&server), other.client()).await.unwrap_err();
    assert!(refused.to_string().contains("certificate"), "{refused}");
    let refused = open(settings(&server), named.client().server_name("db.example").unwrap()).await.unwrap_err();
    assert!(refused.to_string().contains("certificate"), "{refused}");
}

#[tokio::test]
async fn another_name_is_told() {
    let authority = Authority::for_server("db.example");
    let Some(server) = authority.server() else { return };
    let refused = open(settings(&server), authority.client()).await.unwrap_err();
    assert!(refused.to_string().contains("certificate"), "{refused}");
    open(settings(&server), authority.client().server_name("db.example").unwrap()).await.unwrap().close().await;
}

#[tokio::test]
async fn nothing_is_sent_to_a_server_without_tls() {
    let Some(server) = Server::listening(None) else { return };
    let authority = Authority::for_server("127.0.0.1");
    let refused = open(settings(&server), authority.client()).await.unwrap_err();
    assert!(refused.to_string().contains("TLS"), "{refused}");
    settings(&server).open().await.unwrap().close().await;
}

#[tokio::test]
async fn what_contradicts_itself_is_told() {
    let config = |mode: &str| format!("host=127.0.0.1 port=1 user=isopace password=secret4111 sslmode={mode}");
    let authority = Authority::for_server("127.0.0.1");
    let refused = Settings::new(&config("disable")).unwrap().tls(authority.client()).unwrap_err();
    assert!(matches!(&refused, StoreError::Open(why) if why.contains("sslmode=disable")), "{refused}");
    let refused = Postgres::connect(&config("require")).await.unwrap_err();
    assert!(matches!(&refused, StoreError::Open(why) if why.contains("sslmode=require")), "{refused}");
    let secure = Settings::new(&config("require")).unwrap().tls(authority.client()).unwrap();
    assert!(!format!("{refused}{secure:?}").contains("secret4111"), "{secure:?}");
}

fn queue(postgres: &str, more: &str) -> String {
    format!(
        "name = \"reversals\"\ntype = \"store-and-forward\"\nenabled = true\n[config]\nupstream = \"issuer\"\n\
         postgres = \"{postgres}\"\nnode = \"a\"\nkey_id = \"2026-11\"\nkey_file = \"keys/store.hex\"\n{more}\n"
    )
}

fn deployed(queue: &str, authority: &Authority) -> Folder {
    let folder = Folder::new("postgres-tls");
    folder.write("issuer.toml", &connector("issuer", "127.0.0.1:1", ""));
    folder.write("keys/store.hex", &"5a".repeat(32));
    folder.write("tls/ca.pem", &authority.pem);
    folder.write("reversals.toml", queue);
    folder
}

#[tokio::test]
async fn a_descriptor_says_whom_to_trust() {
    let authority = Authority::for_server("db.example");
    let Some(server) = authority.server() else { return };
    for (tls, up) in
        [("{ ca = \"tls/ca.pem\", server_name = \"db.example\" }", true), ("{ ca = \"tls/ca.pem\" }", false)]
    {
        let folder = deployed(&queue(&server.over_tcp(), &format!("tls = {tls}")), &authority);
        let teq = Teq::builder().deploy_dir(&folder.0).scan_interval(Duration::from_secs(600)).build();
        _ = teq.start().await;
        let health = teq.get("reversals").map(|queue| queue.status().health);
        assert_eq!(health == Some(Health::Up), up, "{tls}: {health:?}");
        teq.stop().await.unwrap();
    }
}

#[test]
fn what_is_wrong_with_the_connection_of_a_descriptor() {
    let authority = Authority::for_server("db.example");
    for (postgres, more, expected) in [
        ("host=db.example sslmode=require", "store_timeout_ms = 500\ntls = { ca = \"tls/ca.pem\" }", ""),
        ("host=db.example sslmode=require", "", "reversals.toml:6: `postgres`: `sslmode=require`: say as `tls`"),
        ("host=db.example sslmode=require", "tls = false", "reversals.toml:6: `postgres`: `sslmode=require`"),
        ("host=db.example sslmode=disable", "tls = { ca = \"tls/ca.pem\" }", "reversals.toml:6: `postgres`: "),
        ("host=db.example", "tls = { ca = \"tls/none.pem\" }", "reversals.toml:10: `tls`: "),
    ] {
        let folder = deployed(&queue(postgres, more), &authority);
        let checked = check(&folder.0, &Registry::standard());
        let lines: Vec<String> = checked.problems.iter().flat_map(DescriptorError::lines).collect();
        let told = folder.without(&lines.join("\n"));
        assert!(told.starts_with(expected) && (!expected.is_empty() || told.is_empty()), "{postgres} {more}: {told}");
    }
    let file = queue("x", "tls = true").replace("postgres = \"x\"", "store = \"q.db\"");
    let checked = check(&deployed(&file, &authority).0, &Registry::standard());
    let lines: Vec<String> = checked.problems.iter().flat_map(DescriptorError::lines).collect();
    assert!(lines.join("\n").contains("`tls`: this is for a connection to PostgreSQL"), "{lines:?}");
}
