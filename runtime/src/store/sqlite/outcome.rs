//! Outcomes by key in SQLite.

use rusqlite::{Connection, params};

use super::Failed;
use crate::store::{Moment, Reservation, Reserved, Sealed};

pub(super) fn reserve(on: &Connection, wish: Reservation<'_>) -> Result<Reserved, Failed> {
    let Reservation { scope, key, owner, now, until } = wish;
    let mut insert = on.prepare_cached(
        "INSERT INTO outcome (scope, key, owner, until) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (scope, key) DO UPDATE SET owner = ?3, until = ?4, body = NULL WHERE until <= ?5",
    )?;
    if insert.execute(params![scope, key, owner, until.stored(), now.stored()])? > 0 {
        return Ok(Reserved::Fresh);
    }
    let mut known = on.prepare_cached("SELECT until, body FROM outcome WHERE scope = ?1 AND key = ?2")?;
    let (until, body): (i64, Option<Vec<u8>>) = known.query_row([scope, key], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(match body {
        Some(body) => Reserved::Done(Sealed::from_stored(body)),
        None => Reserved::InFlight(Moment::of_stored(until)),
    })
}

pub(super) fn complete(
    on: &Connection,
    [scope, key, owner]: [&str; 3],
    outcome: &Sealed,
    keep_until: Moment,
) -> Result<bool, Failed> {
    let mut update = on.prepare_cached(
        "UPDATE outcome SET body = ?4, until = ?5 WHERE scope = ?1 AND key = ?2 AND owner = ?3 AND body IS NULL",
    )?;
    let body = outcome.as_bytes().as_ref();
    Ok(update.execute(params![scope, key, owner, body, keep_until.stored()])? > 0)
}

pub(super) fn release(on: &Connection, [scope, key, owner]: [&str; 3]) -> Result<bool, Failed> {
    let mut delete =
        on.prepare_cached("DELETE FROM outcome WHERE scope = ?1 AND key = ?2 AND owner = ?3 AND body IS NULL")?;
    Ok(delete.execute([scope, key, owner])? > 0)
}

pub(super) fn purge(on: &Connection, now: Moment) -> Result<u64, Failed> {
    Ok(on.prepare_cached("DELETE FROM outcome WHERE until <= ?1")?.execute([now.stored()])? as u64)
}
