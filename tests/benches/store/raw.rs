//! The same number of records of the same size, put in by nothing but the engine: as many to a commit as there are
//! producers.

use std::path::Path;
use std::time::{Duration, Instant};

use isopace::store::postgres::tokio_postgres::{NoTls, connect};

use crate::Failed;

/// Bytes of a record: an advice, sealed.
const BYTES: usize = 616;

pub(crate) fn sqlite(path: &Path, batch: usize, time: Duration) -> Result<f64, Failed> {
    let on = rusqlite::Connection::open(path)?;
    on.pragma_update(None, "journal_mode", "wal")?;
    on.pragma_update(None, "synchronous", "full")?;
    on.execute_batch("CREATE TABLE record (seq INTEGER PRIMARY KEY, body BLOB NOT NULL)")?;
    let body = vec![0xA5u8; BYTES];
    let (start, mut count) = (Instant::now(), 0usize);
    while start.elapsed() < time {
        on.execute_batch("BEGIN IMMEDIATE")?;
        for _ in 0..batch {
            on.prepare_cached("INSERT INTO record (body) VALUES (?1)")?.execute([&body])?;
        }
        on.execute_batch("COMMIT")?;
        count += batch;
    }
    Ok(count as f64 / start.elapsed().as_secs_f64())
}

/// Over as many connections as the store has, at most: PostgreSQL groups their commits.
pub(crate) async fn postgres(config: &str, producers: usize, time: Duration) -> Result<f64, Failed> {
    let (first, connection) = connect(config, NoTls).await?;
    tokio::spawn(connection);
    first
        .batch_execute(
            "DROP TABLE IF EXISTS raw_record;
             CREATE TABLE raw_record (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea NOT NULL)",
        )
        .await?;
    let start = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..producers.min(16) {
        let (client, connection) = connect(config, NoTls).await?;
        tokio::spawn(connection);
        tasks.push(tokio::spawn(async move {
            let insert = client.prepare("INSERT INTO raw_record (body) VALUES ($1)").await?;
            let (body, mut count) = (vec![0xA5u8; BYTES], 0usize);
            while start.elapsed() < time {
                client.execute(&insert, &[&body]).await?;
                count += 1;
            }
            Ok::<usize, isopace::store::postgres::tokio_postgres::Error>(count)
        }));
    }
    let mut count = 0;
    for task in tasks {
        count += task.await??;
    }
    let rate = count as f64 / start.elapsed().as_secs_f64();
    first.batch_execute("DROP TABLE raw_record").await?;
    Ok(rate)
}
