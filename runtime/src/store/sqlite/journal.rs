//! The journal in SQLite.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Failed, signed};
use crate::store::{Appended, Moment, Record, Sealed, Unfinished};

pub(super) fn record(
    on: &Connection,
    [journal, id]: [&str; 2],
    (sequence, kind): (u32, &str),
    body: &Sealed,
    at: Moment,
) -> Result<Appended, Failed> {
    let (number, finished) = begun(on, [journal, id], at)?;
    if finished {
        return Ok(Appended::Known(number.unsigned_abs()));
    }
    let mut insert = on.prepare_cached(
        "INSERT INTO record (txn, sequence, kind, body, at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (txn, sequence) DO NOTHING",
    )?;
    let added = insert.execute(params![number, sequence, kind, body.as_bytes().as_ref(), at.stored()])?;
    let number = number.unsigned_abs();
    Ok(if added > 0 { Appended::New(number) } else { Appended::Known(number) })
}

/// The number of a transaction, and whether it is finished; it begins if it has not.
fn begun(on: &Connection, [journal, id]: [&str; 2], at: Moment) -> Result<(i64, bool), Failed> {
    let mut find = on.prepare_cached("SELECT number, finished IS NOT NULL FROM txn WHERE journal = ?1 AND id = ?2")?;
    let found = find.query_row([journal, id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    if let Some(found) = found {
        return Ok(found);
    }
    let mut begin = on.prepare_cached("INSERT INTO txn (journal, id, began) VALUES (?1, ?2, ?3)")?;
    begin.execute(params![journal, id, at.stored()])?;
    Ok((on.last_insert_rowid(), false))
}

pub(super) fn finish(on: &Connection, [journal, id]: [&str; 2], now: Moment) -> Result<bool, Failed> {
    let (number, finished) = begun(on, [journal, id], now)?;
    if finished {
        return Ok(false);
    }
    on.prepare_cached("UPDATE txn SET finished = ?2 WHERE number = ?1")?.execute(params![number, now.stored()])?;
    on.prepare_cached("DELETE FROM record WHERE txn = ?1")?.execute([number])?;
    Ok(true)
}

pub(super) fn unfinished(on: &Connection, journal: &str, after: u64, most: u32) -> Result<Vec<Unfinished>, Failed> {
    let mut list = on.prepare_cached(
        "SELECT number, id, began FROM txn WHERE journal = ?1 AND finished IS NULL AND number > ?2
         ORDER BY number LIMIT ?3",
    )?;
    let read = |row: &rusqlite::Row<'_>| {
        let number = row.get::<_, i64>(0)?.unsigned_abs();
        Ok(Unfinished { number, id: row.get(1)?, began: Moment::of_stored(row.get(2)?), records: Vec::new() })
    };
    let mut found = list.query_map(params![journal, signed(after), most], read)?.collect::<Result<Vec<_>, _>>()?;
    let mut steps =
        on.prepare_cached("SELECT sequence, kind, body, at FROM record WHERE txn = ?1 ORDER BY sequence")?;
    for transaction in &mut found {
        let read = |row: &rusqlite::Row<'_>| {
            let body = Sealed::from_stored(row.get::<_, Vec<u8>>(2)?);
            Ok(Record { sequence: row.get(0)?, kind: row.get(1)?, body, at: Moment::of_stored(row.get(3)?) })
        };
        transaction.records = steps.query_map([signed(transaction.number)], read)?.collect::<Result<_, _>>()?;
    }
    Ok(found)
}

pub(super) fn purge(on: &Connection, before: Moment) -> Result<u64, Failed> {
    let mut delete = on.prepare_cached("DELETE FROM txn WHERE finished < ?1")?;
    Ok(delete.execute([before.stored()])? as u64)
}
