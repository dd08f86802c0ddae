//! The journal in PostgreSQL.

use deadpool_postgres::Transaction;

use super::client::{Failed, On};
use super::queue::signed;
use crate::store::{Appended, Moment, NewRecord, Record, Sealed, TransactionId, Unfinished};

pub(super) async fn record(on: &mut On, record: &NewRecord<'_>) -> Result<Appended, Failed> {
    let transaction = on.transaction().await?;
    let (number, finished) = begun(&transaction, record.transaction, record.at).await?;
    let seq = number.unsigned_abs();
    if finished {
        return Ok(Appended::Known(seq));
    }
    let insert = transaction
        .prepare_cached(
            "INSERT INTO record (txn, sequence, kind, body, at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (txn, sequence) DO NOTHING",
        )
        .await?;
    let (sequence, body) = (i64::from(record.sequence), record.body.as_bytes().as_ref());
    let added = transaction.execute(&insert, &[&number, &sequence, &record.kind, &body, &record.at.stored()]).await?;
    transaction.commit().await?;
    Ok(if added > 0 { Appended::New(seq) } else { Appended::Known(seq) })
}

/// The number of a transaction, held up to the end of ours, and whether it is finished; it begins if it has not.
async fn begun(
    transaction: &Transaction<'_>,
    TransactionId { journal, id }: TransactionId<'_>,
    at: Moment,
) -> Result<(i64, bool), Failed> {
    // An update that changes nothing holds the row and gives it in any case.
    let begin = transaction
        .prepare_cached(
            "INSERT INTO txn (journal, id, began) VALUES ($1, $2, $3)
             ON CONFLICT (journal, id) DO UPDATE SET began = txn.began RETURNING number, finished IS NOT NULL",
        )
        .await?;
    let row = transaction.query_one(&begin, &[&journal, &id, &at.stored()]).await?;
    Ok((row.get(0), row.get(1)))
}

pub(super) async fn finish(on: &mut On, id: TransactionId<'_>, now: Moment) -> Result<bool, Failed> {
    let transaction = on.transaction().await?;
    let ended = end(&transaction, id, now).await?;
    if ended {
        transaction.commit().await?;
    }
    Ok(ended)
}

/// Finishes it within a transaction of PostgreSQL.
pub(super) async fn end(transaction: &Transaction<'_>, id: TransactionId<'_>, now: Moment) -> Result<bool, Failed> {
    let (number, finished) = begun(transaction, id, now).await?;
    if finished {
        return Ok(false);
    }
    let end = transaction.prepare_cached("UPDATE txn SET finished = $2 WHERE number = $1").await?;
    transaction.execute(&end, &[&number, &now.stored()]).await?;
    let forget = transaction.prepare_cached("DELETE FROM record WHERE txn = $1").await?;
    transaction.execute(&forget, &[&number]).await?;
    Ok(true)
}

pub(super) async fn unfinished(on: &mut On, journal: &str, after: u64, most: u32) -> Result<Vec<Unfinished>, Failed> {
    let list = on
        .prepare_cached(
            "SELECT number, id, began FROM txn WHERE journal = $1 AND finished IS NULL AND number > $2
             ORDER BY number LIMIT $3",
        )
        .await?;
    let steps =
        on.prepare_cached("SELECT sequence, kind, body, at FROM record WHERE txn = $1 ORDER BY sequence").await?;
    let mut found = Vec::new();
    for row in on.query(&list, &[&journal, &signed(after), &i64::from(most)]).await? {
        let number: i64 = row.get(0);
        let mut records = Vec::new();
        for step in on.query(&steps, &[&number]).await? {
            let sequence =
                u32::try_from(step.get::<_, i64>(0)).map_err(|_| Failed::Damaged("a step without a number"))?;
            let body = Sealed::from_stored(step.get::<_, Vec<u8>>(2));
            records.push(Record { sequence, kind: step.get(1), body, at: Moment::of_stored(step.get(3)) });
        }
        let (id, began) = (row.get(1), Moment::of_stored(row.get(2)));
        found.push(Unfinished { number: number.unsigned_abs(), id, began, records });
    }
    Ok(found)
}

pub(super) async fn purge(on: &mut On, before: Moment) -> Result<u64, Failed> {
    let delete = on.prepare_cached("DELETE FROM txn WHERE finished < $1").await?;
    Ok(on.execute(&delete, &[&before.stored()]).await?)
}
