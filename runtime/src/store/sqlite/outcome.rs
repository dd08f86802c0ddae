//! Outcomes by key in SQLite.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Failed, signed};
use crate::store::{Moment, Reservation, Reserved, Sealed};

pub(super) fn reserve(on: &Connection, wish: Reservation<'_>) -> Result<Reserved, Failed> {
    let Reservation { scope, key, owner, now, until, keep_until } = wish;
    let forgotten = keep_until.max(until);
    // On the right of SET stands what was there before.
    let mut insert = on.prepare_cached(
        "INSERT INTO outcome (scope, key, owner, until, lease) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (scope, key) DO UPDATE
             SET owner = ?3, abandoned = until > ?6, until = ?4, lease = ?5, body = NULL
             WHERE until <= ?6 OR (body IS NULL AND lease <= ?6)
         RETURNING abandoned",
    )?;
    let values = params![scope, key, owner, forgotten.stored(), until.stored(), now.stored()];
    if let Some(abandoned) = insert.query_row(values, |row| row.get(0)).optional()? {
        return Ok(if abandoned { Reserved::Abandoned } else { Reserved::Fresh });
    }
    let mut known = on.prepare_cached("SELECT lease, body FROM outcome WHERE scope = ?1 AND key = ?2")?;
    let (lease, body): (i64, Option<Vec<u8>>) = known.query_row([scope, key], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let Some(body) = body else { return Ok(Reserved::InFlight(Moment::of_stored(lease))) };
    let mut passed = on.prepare_cached("UPDATE outcome SET owner = ?3 WHERE scope = ?1 AND key = ?2")?;
    passed.execute([scope, key, owner])?;
    Ok(Reserved::Done(Sealed::from_stored(body)))
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

pub(super) fn amend(
    on: &Connection,
    [scope, key, owner]: [&str; 3],
    outcome: &Sealed,
    keep_until: Moment,
) -> Result<bool, Failed> {
    let mut update = on.prepare_cached(
        "UPDATE outcome SET body = ?4, until = ?5 WHERE scope = ?1 AND key = ?2 AND owner = ?3 AND body IS NOT NULL",
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

pub(super) fn trim(on: &Connection, scope: &str, most: u64, now: Moment) -> Result<u64, Failed> {
    on.prepare_cached("DELETE FROM outcome WHERE scope = ?1 AND until <= ?2")?.execute(params![scope, now.stored()])?;
    let mut delete = on.prepare_cached(
        "DELETE FROM outcome WHERE scope = ?1 AND body IS NOT NULL AND (until, key) <=
             (SELECT until, key FROM outcome WHERE scope = ?1 ORDER BY until DESC, key DESC LIMIT 1 OFFSET ?2)",
    )?;
    Ok(delete.execute(params![scope, signed(most)])? as u64)
}
