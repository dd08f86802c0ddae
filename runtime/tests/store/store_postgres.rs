//! The store in PostgreSQL: what every store does, and what a server adds to it.

use crate::postgres_common;
use crate::store_common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use isopace::store::postgres::tokio_postgres::{Client, NoTls};
use isopace::store::{EntryState, Postgres, Settlement, Store, StoreError, Taken, postgres};
use postgres_common::Server;
use store_common::{Arced, NOW, at, entry, put, settle, take, taken};

/// The settings of a store of its own.
fn settings(server: &Server) -> postgres::Settings {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let schema = format!("s{}", COUNT.fetch_add(1, Ordering::SeqCst));
    postgres::Settings::new(&server.config()).unwrap().schema(&schema).connections(4)
}

async fn open() -> Option<(Arc<Arced>, Arc<Server>)> {
    let server = Server::shared()?;
    let store: Arc<Arced> = Arc::new(settings(&server).connect(NoTls).await.unwrap());
    Some((store, server))
}

store_common::every_store!(open);

async fn raw(server: &Server) -> Client {
    let (client, connection) = postgres::tokio_postgres::connect(&server.config(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_start_together_and_share_what_there_is() {
    let Some(server) = Server::shared() else { return };
    let settings = settings(&server);
    let nodes: Vec<_> = (0..6)
        .map(|_| {
            let settings = settings.clone();
            tokio::spawn(async move { settings.connect(NoTls).await.unwrap() })
        })
        .collect();
    let mut stores: Vec<Arc<Arced>> = Vec::new();
    for node in nodes {
        stores.push(Arc::new(node.await.unwrap()));
    }
    put(&stores[0], "q", "a").await;
    assert!(!put(&stores[1], "q", "a").await.is_new());
    let entry = taken(&stores[2], "q", "n2", NOW).await;
    assert!(matches!(take(&stores[3], "q", "n3", at(1)).await, Taken::Busy(_)));
    assert!(settle(&stores[4], "q", entry.seq, "n2", Settlement::Done).await);
}

#[tokio::test]
async fn a_later_schema_is_refused_and_left_alone() {
    let Some(server) = Server::shared() else { return };
    let settings = settings(&server).schema("later");
    settings.clone().connect(NoTls).await.unwrap().close().await;
    let raw = raw(&server).await;
    raw.batch_execute("UPDATE later.version SET number = 7").await.unwrap();
    let refused = settings.connect(NoTls).await.unwrap_err();
    assert!(matches!(refused, StoreError::Newer { found: 7, known: 2 }), "{refused}");
    let row = raw.query_one("SELECT number FROM later.version", &[]).await.unwrap();
    assert_eq!(row.get::<_, i32>(0), 7);
}

#[tokio::test]
async fn commits_wait_for_the_disk_whatever_the_default_is() {
    let Some(server) = Server::shared() else { return };
    let config = format!("{} options='-c synchronous_commit=off'", server.config());
    let store = postgres::Settings::new(&config).unwrap().schema("durable").connect(NoTls).await.unwrap();
    store.append(entry("q", "a")).await.unwrap();
    let raw = raw(&server).await;
    // A function of the server that tells the setting of the session that calls it.
    raw.batch_execute(
        "CREATE TABLE durable.seen (value text);
         CREATE FUNCTION durable.see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             INSERT INTO durable.seen VALUES (current_setting('synchronous_commit')); RETURN new; END $$;
         CREATE TRIGGER see BEFORE INSERT ON durable.entry FOR EACH ROW EXECUTE FUNCTION durable.see()",
    )
    .await
    .unwrap();
    store.append(entry("q", "b")).await.unwrap();
    let row = raw.query_one("SELECT value FROM durable.seen", &[]).await.unwrap();
    assert_eq!(row.get::<_, &str>(0), "on");
    store.close().await;
}

#[tokio::test]
async fn errors_hold_no_values() {
    let Some(server) = Server::shared() else { return };
    let store = settings(&server).connect(NoTls).await.unwrap();
    // No text of PostgreSQL holds a zero; it quotes what it does not take.
    let error = store.append(entry("q", "4111111111111111\0")).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("4111"), "{error}");
    let refused =
        Postgres::connect("host=/nonexistent user=isopace password=secret4111 connect_timeout=5").await.unwrap_err();
    assert!(!format!("{refused} {refused:?}").contains("4111"), "{refused}");
    let bad = postgres::Settings::new("host=/x passwort=secret4111").unwrap_err();
    assert!(!format!("{bad} {bad:?}").contains("4111"), "{bad}");
    for schema in ["", "a\"b", "Upper", "1st", &"x".repeat(64)] {
        let refused = postgres::Settings::new(&server.config()).unwrap().schema(schema).connect(NoTls).await;
        assert!(matches!(refused, Err(StoreError::Open(_))), "{schema}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_stopped_or_killed_loses_nothing_it_has_confirmed() {
    let Some(server) = Server::start() else { return };
    let server = Arc::new(server);
    let settings = settings(&server).timeout(Duration::from_secs(10));
    let store: Arc<Arced> = Arc::new(settings.connect(NoTls).await.unwrap());
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let producers: Vec<_> = (0..4)
        .map(|producer| {
            let (store, stop) = (Arc::clone(&store), Arc::clone(&stop));
            tokio::spawn(async move {
                let mut confirmed = Vec::new();
                for number in 0.. {
                    if stop.load(Ordering::SeqCst) {
                        break;
                    }
                    let id = format!("{producer}-{number}");
                    // Until it is confirmed, with the same id.
                    while store.append(entry("q", &id)).await.is_err() {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    confirmed.push(id);
                }
                confirmed
            })
        })
        .collect();
    for round in 0..4 {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let server = Arc::clone(&server);
        let again = move || {
            if round % 2 == 0 {
                server.stop();
            } else {
                server.kill();
            }
            server.run();
        };
        tokio::task::spawn_blocking(again).await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    stop.store(true, Ordering::SeqCst);
    let mut confirmed = std::collections::HashSet::new();
    for producer in producers {
        let ids = tokio::time::timeout(Duration::from_secs(60), producer).await.unwrap().unwrap();
        assert!(!ids.is_empty());
        confirmed.extend(ids);
    }
    let (mut stored, mut after) = (Vec::new(), 0);
    loop {
        let page = store.entries("q", EntryState::Pending, after, 500).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.seq;
        stored.extend(page.into_iter().map(|entry| entry.id));
    }
    assert_eq!(stored.len(), confirmed.len(), "each once");
    assert!(stored.iter().all(|id| confirmed.contains(id)));
    // Of each producer in its order.
    for producer in 0..4 {
        let numbers = stored.iter().filter_map(|id| id.strip_prefix(&format!("{producer}-")));
        assert!(numbers.map(|number| number.parse::<u32>().unwrap()).is_sorted());
    }
    store.close().await;
}
