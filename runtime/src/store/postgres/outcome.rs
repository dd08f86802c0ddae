//! Outcomes by key in PostgreSQL.

use tokio_postgres::types::ToSql;

use super::client::{Failed, On};
use super::journal;
use super::queue::signed;
use super::tokio_postgres;
use crate::store::{Completion, Moment, Reservation, Reserved, Sealed};

pub(super) async fn reserve(on: &mut On, wish: Reservation<'_>) -> Result<Reserved, Failed> {
    let Reservation { scope, key, owner, now, until, keep_until } = wish;
    let forgotten = keep_until.max(until);
    let insert = on
        .prepare_cached(
            "INSERT INTO outcome (scope, key, owner, until, lease) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (scope, key) DO UPDATE
                 SET owner = $3, abandoned = outcome.until > $6, until = $4, lease = $5, body = NULL
                 WHERE outcome.until <= $6 OR (outcome.body IS NULL AND outcome.lease <= $6)
             RETURNING abandoned",
        )
        .await?;
    // Only who asks again for what is done pays for a second and a third statement.
    let passed = on
        .prepare_cached(
            "UPDATE outcome SET owner = $3 WHERE scope = $1 AND key = $2 AND body IS NOT NULL RETURNING body",
        )
        .await?;
    let known = on.prepare_cached("SELECT lease FROM outcome WHERE scope = $1 AND key = $2 AND body IS NULL").await?;
    loop {
        let values: [&(dyn ToSql + Sync); 6] =
            [&scope, &key, &owner, &forgotten.stored(), &until.stored(), &now.stored()];
        if let Some(row) = on.query_opt(&insert, &values).await? {
            return Ok(if row.get(0) { Reserved::Abandoned } else { Reserved::Fresh });
        }
        if let Some(row) = on.query_opt(&passed, &[&scope, &key, &owner]).await? {
            return Ok(Reserved::Done(Sealed::from_stored(row.get::<_, Vec<u8>>(0))));
        }
        if let Some(row) = on.query_opt(&known, &[&scope, &key]).await? {
            return Ok(Reserved::InFlight(Moment::of_stored(row.get(0))));
        }
        // Given back, completed or purged between two of them.
    }
}

pub(super) async fn complete(on: &mut On, completion: &Completion<'_>) -> Result<bool, Failed> {
    let Completion { scope, key, owner, outcome, keep_until, finishes } = completion;
    let update = on
        .prepare_cached(
            "UPDATE outcome SET body = $4, until = $5 WHERE scope = $1 AND key = $2 AND owner = $3 AND body IS NULL",
        )
        .await?;
    let body = outcome.as_bytes().as_ref();
    let values: [&(dyn ToSql + Sync); 5] = [scope, key, owner, &body, &keep_until.stored()];
    let Some(id) = finishes else { return Ok(on.execute(&update, &values).await? > 0) };
    let transaction = on.transaction().await?;
    let done = transaction.execute(&update, &values).await? > 0;
    if done {
        journal::end(&transaction, *id, Moment::now()).await?;
        transaction.commit().await?;
    }
    Ok(done)
}

pub(super) async fn amend(on: &mut On, completion: &Completion<'_>) -> Result<bool, Failed> {
    let Completion { scope, key, owner, outcome, keep_until, .. } = completion;
    let update = on
        .prepare_cached(
            "UPDATE outcome SET body = $4, until = $5
             WHERE scope = $1 AND key = $2 AND owner = $3 AND body IS NOT NULL",
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

pub(super) async fn trim(on: &mut On, scope: &str, most: u64, now: Moment) -> Result<u64, Failed> {
    let expired = on.prepare_cached("DELETE FROM outcome WHERE scope = $1 AND until <= $2").await?;
    on.execute(&expired, &[&scope, &now.stored()]).await?;
    let delete = on
        .prepare_cached(
            "DELETE FROM outcome WHERE scope = $1 AND body IS NOT NULL AND (until, key) <=
                 (SELECT until, key FROM outcome WHERE scope = $1 ORDER BY until DESC, key DESC LIMIT 1 OFFSET $2)",
        )
        .await?;
    Ok(on.execute(&delete, &[&scope, &signed(most)]).await?)
}
