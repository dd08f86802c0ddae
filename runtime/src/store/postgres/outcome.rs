//! Outcomes by key in PostgreSQL.

use super::client::{Failed, On};
use crate::store::{Completion, Moment, Reservation, Reserved, Sealed};

pub(super) async fn reserve(on: &mut On, wish: Reservation<'_>) -> Result<Reserved, Failed> {
    let Reservation { scope, key, owner, now, until } = wish;
    let insert = on
        .prepare_cached(
            "INSERT INTO outcome (scope, key, owner, until) VALUES ($1, $2, $3, $4)
             ON CONFLICT (scope, key) DO UPDATE SET owner = $3, until = $4, body = NULL WHERE outcome.until <= $5",
        )
        .await?;
    let known = on.prepare_cached("SELECT until, body FROM outcome WHERE scope = $1 AND key = $2").await?;
    loop {
        if on.execute(&insert, &[&scope, &key, &owner, &until.stored(), &now.stored()]).await? > 0 {
            return Ok(Reserved::Fresh);
        }
        if let Some(row) = on.query_opt(&known, &[&scope, &key]).await? {
            return Ok(match row.get::<_, Option<Vec<u8>>>(1) {
                Some(body) => Reserved::Done(Sealed::from_stored(body)),
                None => Reserved::InFlight(Moment::of_stored(row.get(0))),
            });
        }
        // Given back or purged between the two.
    }
}

pub(super) async fn complete(on: &mut On, completion: &Completion<'_>) -> Result<bool, Failed> {
    let Completion { scope, key, owner, outcome, keep_until } = completion;
    let update = on
        .prepare_cached(
            "UPDATE outcome SET body = $4, until = $5 WHERE scope = $1 AND key = $2 AND owner = $3 AND body IS NULL",
        )
        .await?;
    let body = outcome.as_bytes().as_ref();
    Ok(on.execute(&update, &[scope, key, owner, &body, &keep_until.stored()]).await? > 0)
}

pub(super) async fn release(on: &mut On, scope: &str, key: &str, owner: &str) -> Result<bool, Failed> {
    let delete =
        on.prepare_cached("DELETE FROM outcome WHERE scope = $1 AND key = $2 AND owner = $3 AND body IS NULL").await?;
    Ok(on.execute(&delete, &[&scope, &key, &owner]).await? > 0)
}

pub(super) async fn purge(on: &mut On, now: Moment) -> Result<u64, Failed> {
    let delete = on.prepare_cached("DELETE FROM outcome WHERE until <= $1").await?;
    Ok(on.execute(&delete, &[&now.stored()]).await?)
}
