//! Queues in PostgreSQL.

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::client::{Failed, On};
use super::tokio_postgres;
use crate::store::{
    Appended, Claim, Entry, EntryState, Moment, NewEntry, QueueStatus, Sealed, Settled, Settlement, Taken,
};

const PENDING: i16 = EntryState::Pending.stored();
const DONE: i16 = EntryState::Done.stored();
const DEAD: i16 = EntryState::Dead.stored();

const COLUMNS: &str = "seq, id, body, state, accepted, due, expires, sent, tries, reason";

/// Changes rows; gives how many.
async fn execute(on: &On, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<u64, Failed> {
    let statement = on.prepare_cached(sql).await?;
    Ok(on.execute(&statement, values).await?)
}

pub(super) async fn append(on: &mut On, entry: &NewEntry<'_>) -> Result<Appended, Failed> {
    let insert = on
        .prepare_cached(
            "INSERT INTO entry (queue, id, body, accepted, due, expires, changed) VALUES ($1, $2, $3, $4, $5, $6, $4)
             ON CONFLICT (queue, id) DO NOTHING RETURNING seq",
        )
        .await?;
    let known = "SELECT seq FROM entry WHERE queue = $1 AND id = $2";
    let (body, expires) = (entry.body.as_bytes().as_ref(), entry.expires.map(Moment::stored));
    loop {
        let (accepted, due) = (entry.accepted.stored(), entry.due.stored());
        let row = on.query_opt(&insert, &[&entry.queue, &entry.id, &body, &accepted, &due, &expires]).await?;
        if let Some(row) = row {
            return Ok(Appended::New(row.get::<_, i64>(0).unsigned_abs()));
        }
        let known = on.prepare_cached(known).await?;
        if let Some(row) = on.query_opt(&known, &[&entry.queue, &entry.id]).await? {
            return Ok(Appended::Known(row.get::<_, i64>(0).unsigned_abs()));
        }
        // Discarded or purged between the two.
    }
}

pub(super) async fn take(on: &mut On, claim: Claim<'_>) -> Result<Taken, Failed> {
    let make = "INSERT INTO queue (name) VALUES ($1) ON CONFLICT (name) DO NOTHING";
    let lock =
        on.prepare_cached("SELECT paused, lease_owner, lease_until FROM queue WHERE name = $1 FOR UPDATE").await?;
    let first = format!("SELECT {COLUMNS} FROM entry WHERE queue = $1 AND state = $2 ORDER BY seq LIMIT 1");
    let first = on.prepare_cached(&first).await?;
    let count = on.prepare_cached("UPDATE entry SET sent = $2, tries = $3 WHERE seq = $1").await?;
    let lease = on
        .prepare_cached("UPDATE queue SET lease_owner = $2, lease_until = $3, lease_seq = $4 WHERE name = $1")
        .await?;
    let make = on.prepare_cached(make).await?;
    let transaction = on.transaction().await?;
    let row = match transaction.query_opt(&lock, &[&claim.queue]).await? {
        Some(row) => row,
        None => {
            transaction.execute(&make, &[&claim.queue]).await?;
            transaction.query_one(&lock, &[&claim.queue]).await?
        }
    };
    let until = Moment::of_stored(row.get(2));
    if row.get(0) {
        return Ok(Taken::Paused);
    }
    if row.get::<_, Option<&str>>(1).is_some_and(|owner| owner != claim.owner) && until > claim.now {
        return Ok(Taken::Busy(until));
    }
    let Some(row) = transaction.query_opt(&first, &[&claim.queue, &PENDING]).await? else {
        // The queue itself is kept, so that it need not be made each time.
        transaction.commit().await?;
        return Ok(Taken::Empty);
    };
    let mut entry = read(&row)?;
    if entry.due > claim.now {
        return Ok(Taken::Later(entry.due));
    }
    (entry.sent, entry.tries) = (entry.sent.saturating_add(1), entry.tries.saturating_add(1));
    let seq = signed(entry.seq);
    transaction.execute(&count, &[&seq, &(entry.sent as i32), &(entry.tries as i32)]).await?;
    transaction.execute(&lease, &[&claim.queue, &claim.owner, &claim.until.stored(), &seq]).await?;
    transaction.commit().await?;
    Ok(Taken::Entry(entry))
}

pub(super) async fn settle(on: &mut On, settled: Settled<'_>) -> Result<bool, Failed> {
    let Settled { queue, seq, owner, how, now } = settled;
    let free = on
        .prepare_cached(
            "UPDATE queue SET lease_owner = NULL, lease_until = 0, lease_seq = NULL
             WHERE name = $1 AND lease_owner = $2 AND lease_seq = $3",
        )
        .await?;
    let end = on
        .prepare_cached(match how {
            Settlement::Done => "UPDATE entry SET state = 1, body = '', changed = $2 WHERE seq = $1 AND state = 0",
            Settlement::Retry { .. } => {
                "UPDATE entry SET due = $3, sent = sent - $4, tries = greatest(tries - $4, 0), changed = $2
                 WHERE seq = $1 AND state = 0"
            }
            Settlement::Dead { .. } => {
                "UPDATE entry SET state = 2, reason = $3, sent = sent - $4, changed = $2 WHERE seq = $1 AND state = 0"
            }
        })
        .await?;
    let (seq, now) = (signed(seq), now.stored());
    let transaction = on.transaction().await?;
    if transaction.execute(&free, &[&queue, &owner, &seq]).await? == 0 {
        return Ok(false);
    }
    let changed = match how {
        Settlement::Done => transaction.execute(&end, &[&seq, &now]).await?,
        Settlement::Retry { due, sent } => {
            transaction.execute(&end, &[&seq, &now, &due.stored(), &i32::from(!sent)]).await?
        }
        Settlement::Dead { reason, sent } => {
            transaction.execute(&end, &[&seq, &now, &reason, &i32::from(!sent)]).await?
        }
    };
    transaction.commit().await?;
    Ok(changed > 0)
}

pub(super) async fn entries(
    on: &mut On,
    queue: &str,
    state: EntryState,
    after: u64,
    most: u32,
) -> Result<Vec<Entry>, Failed> {
    let list =
        format!("SELECT {COLUMNS} FROM entry WHERE queue = $1 AND state = $2 AND seq > $3 ORDER BY seq LIMIT $4");
    let list = on.prepare_cached(&list).await?;
    let rows = on.query(&list, &[&queue, &state.stored(), &signed(after), &i64::from(most)]).await?;
    rows.iter().map(read).collect()
}

pub(super) async fn discard(on: &mut On, queue: &str, seq: u64) -> Result<bool, Failed> {
    let sql = "DELETE FROM entry WHERE queue = $1 AND seq = $2 AND state <> $3";
    Ok(execute(on, sql, &[&queue, &signed(seq), &DONE]).await? > 0)
}

pub(super) async fn replay(on: &mut On, queue: &str, seq: u64, due: Moment) -> Result<bool, Failed> {
    let sql = "UPDATE entry SET state = 0, reason = NULL, tries = 0, due = $3, expires = NULL, changed = $3
               WHERE queue = $1 AND seq = $2 AND state = $4";
    Ok(execute(on, sql, &[&queue, &signed(seq), &due.stored(), &DEAD]).await? > 0)
}

pub(super) async fn pause(on: &mut On, queue: &str, paused: bool) -> Result<(), Failed> {
    let sql = "INSERT INTO queue (name, paused) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET paused = $2";
    execute(on, sql, &[&queue, &paused]).await?;
    Ok(())
}

pub(super) async fn status(on: &mut On, queue: &str) -> Result<QueueStatus, Failed> {
    let status = on
        .prepare_cached(
            "SELECT (SELECT count(*) FROM entry WHERE queue = $1 AND state = 0),
                    (SELECT count(*) FROM entry WHERE queue = $1 AND state = 2),
                    (SELECT accepted FROM entry WHERE queue = $1 AND state = 0 ORDER BY seq LIMIT 1),
                    coalesce((SELECT paused FROM queue WHERE name = $1), false)",
        )
        .await?;
    let row = on.query_one(&status, &[&queue]).await?;
    Ok(QueueStatus {
        pending: row.get::<_, i64>(0).unsigned_abs(),
        dead: row.get::<_, i64>(1).unsigned_abs(),
        oldest: row.get::<_, Option<i64>>(2).map(Moment::of_stored),
        paused: row.get(3),
    })
}

pub(super) async fn purge(on: &mut On, before: Moment) -> Result<u64, Failed> {
    execute(on, "DELETE FROM entry WHERE state = 1 AND changed < $1", &[&before.stored()]).await
}

fn read(row: &Row) -> Result<Entry, Failed> {
    let Some(state) = EntryState::of_stored(row.get::<_, i16>(3).into()) else {
        return Err(Failed::Damaged("a message in a state that is none"));
    };
    Ok(Entry {
        seq: row.get::<_, i64>(0).unsigned_abs(),
        id: row.get(1),
        body: Sealed::from_stored(row.get::<_, Vec<u8>>(2)),
        state,
        accepted: Moment::of_stored(row.get(4)),
        due: Moment::of_stored(row.get(5)),
        expires: row.get::<_, Option<i64>>(6).map(Moment::of_stored),
        sent: row.get::<_, i32>(7).unsigned_abs(),
        tries: row.get::<_, i32>(8).unsigned_abs(),
        reason: row.get(9),
    })
}

/// A number as PostgreSQL holds it.
pub(super) const fn signed(number: u64) -> i64 {
    if number > i64::MAX as u64 { i64::MAX } else { number as i64 }
}
