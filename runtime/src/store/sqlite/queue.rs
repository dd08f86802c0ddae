//! Queues in SQLite.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Failed, signed};
use crate::store::{Appended, Claim, Entry, EntryState, Moment, QueueStatus, Sealed, Settlement, Taken};

const PENDING: i16 = EntryState::Pending.stored();
const DONE: i16 = EntryState::Done.stored();
const DEAD: i16 = EntryState::Dead.stored();

pub(super) fn append(
    on: &Connection,
    queue: &str,
    id: &str,
    body: &Sealed,
    (accepted, due, expires): (Moment, Moment, Option<Moment>),
) -> Result<Appended, Failed> {
    let mut insert = on.prepare_cached(
        "INSERT INTO entry (queue, id, body, accepted, due, expires, changed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?4)
         ON CONFLICT (queue, id) DO NOTHING",
    )?;
    let expires = expires.map(Moment::stored);
    if insert.execute(params![queue, id, body.as_bytes().as_ref(), accepted.stored(), due.stored(), expires])? > 0 {
        return Ok(Appended::New(on.last_insert_rowid().unsigned_abs()));
    }
    let mut known = on.prepare_cached("SELECT seq FROM entry WHERE queue = ?1 AND id = ?2")?;
    let seq: i64 = known.query_row([queue, id], |row| row.get(0))?;
    Ok(Appended::Known(seq.unsigned_abs()))
}

pub(super) fn take(on: &Connection, claim: Claim<'_>) -> Result<Taken, Failed> {
    let mut queue = on.prepare_cached("SELECT paused, lease_owner, lease_until FROM queue WHERE name = ?1")?;
    let held = queue.query_row([claim.queue], |row| {
        Ok((row.get::<_, bool>(0)?, row.get::<_, Option<String>>(1)?, Moment::of_stored(row.get(2)?)))
    });
    match held.optional()? {
        Some((true, _, _)) => return Ok(Taken::Paused),
        Some((_, Some(owner), until)) if owner != claim.owner && until > claim.now => return Ok(Taken::Busy(until)),
        _ => {}
    }
    let mut first = on.prepare_cached(&select("queue = ?1 AND state = ?2 ORDER BY seq LIMIT 1"))?;
    let Some(entry) = first.query_row(params![claim.queue, PENDING], read).optional()? else {
        return Ok(Taken::Empty);
    };
    let mut entry = entry?;
    if entry.due > claim.now {
        return Ok(Taken::Later(entry.due));
    }
    (entry.sent, entry.tries) = (entry.sent.saturating_add(1), entry.tries.saturating_add(1));
    let mut count = on.prepare_cached("UPDATE entry SET sent = ?2, tries = ?3 WHERE seq = ?1")?;
    count.execute(params![signed(entry.seq), entry.sent, entry.tries])?;
    let mut lease = on.prepare_cached(
        "INSERT INTO queue (name, lease_owner, lease_until, lease_seq) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (name) DO UPDATE SET lease_owner = ?2, lease_until = ?3, lease_seq = ?4",
    )?;
    lease.execute(params![claim.queue, claim.owner, claim.until.stored(), signed(entry.seq)])?;
    Ok(Taken::Entry(entry))
}

/// A settlement that owns what it says.
pub(super) enum Ended {
    Done,
    Retry { due: Moment, sent: bool },
    Dead { reason: String, sent: bool },
}

impl Ended {
    pub(super) fn of(how: Settlement<'_>) -> Self {
        match how {
            Settlement::Done => Ended::Done,
            Settlement::Retry { due, sent } => Ended::Retry { due, sent },
            Settlement::Dead { reason, sent } => Ended::Dead { reason: reason.to_owned(), sent },
        }
    }
}

pub(super) fn settle(
    on: &Connection,
    queue: &str,
    seq: u64,
    owner: &str,
    how: &Ended,
    now: Moment,
) -> Result<bool, Failed> {
    let mut free = on.prepare_cached(
        "UPDATE queue SET lease_owner = NULL, lease_until = 0, lease_seq = NULL
         WHERE name = ?1 AND lease_owner = ?2 AND lease_seq = ?3",
    )?;
    if free.execute(params![queue, owner, signed(seq)])? == 0 {
        return Ok(false);
    }
    let (seq, now) = (signed(seq), now.stored());
    let changed = match how {
        Ended::Done => on
            .prepare_cached("UPDATE entry SET state = ?2, body = x'', changed = ?3 WHERE seq = ?1 AND state = ?4")?
            .execute(params![seq, DONE, now, PENDING])?,
        Ended::Retry { due, sent } => on
            .prepare_cached(
                "UPDATE entry SET due = ?2, sent = sent - ?3, tries = max(tries - ?3, 0), changed = ?4
                 WHERE seq = ?1 AND state = ?5",
            )?
            .execute(params![seq, due.stored(), i64::from(!sent), now, PENDING])?,
        Ended::Dead { reason, sent } => on
            .prepare_cached("UPDATE entry SET state = ?2, reason = ?3, sent = sent - ?6, changed = ?4 WHERE seq = ?1 AND state = ?5")?
            .execute(params![seq, DEAD, reason, now, PENDING, i64::from(!sent)])?,
    };
    Ok(changed > 0)
}

pub(super) fn entries(
    on: &Connection,
    queue: &str,
    state: EntryState,
    after: u64,
    most: u32,
) -> Result<Vec<Entry>, Failed> {
    let mut list = on.prepare_cached(&select("queue = ?1 AND state = ?2 AND seq > ?3 ORDER BY seq LIMIT ?4"))?;
    list.query_map(params![queue, state.stored(), signed(after), most], read)?.map(|entry| entry?).collect()
}

pub(super) fn discard(on: &Connection, queue: &str, seq: u64) -> Result<bool, Failed> {
    let mut delete = on.prepare_cached("DELETE FROM entry WHERE queue = ?1 AND seq = ?2 AND state <> ?3")?;
    Ok(delete.execute(params![queue, signed(seq), DONE])? > 0)
}

pub(super) fn replay(on: &Connection, queue: &str, seq: u64, due: Moment) -> Result<bool, Failed> {
    let mut update = on.prepare_cached(
        "UPDATE entry SET state = ?3, reason = NULL, tries = 0, due = ?4, expires = NULL, changed = ?4
         WHERE queue = ?1 AND seq = ?2 AND state = ?5",
    )?;
    Ok(update.execute(params![queue, signed(seq), PENDING, due.stored(), DEAD])? > 0)
}

pub(super) fn pause(on: &Connection, queue: &str, paused: bool) -> Result<(), Failed> {
    let mut set = on.prepare_cached(
        "INSERT INTO queue (name, paused) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET paused = ?2",
    )?;
    set.execute(params![queue, paused])?;
    Ok(())
}

pub(super) fn status(on: &Connection, queue: &str) -> Result<QueueStatus, Failed> {
    let count = |state: i16| -> rusqlite::Result<u64> {
        let mut count = on.prepare_cached("SELECT count(*) FROM entry WHERE queue = ?1 AND state = ?2")?;
        count.query_row(params![queue, state], |row| Ok(row.get::<_, i64>(0)?.unsigned_abs()))
    };
    let mut oldest =
        on.prepare_cached("SELECT accepted FROM entry WHERE queue = ?1 AND state = ?2 ORDER BY seq LIMIT 1")?;
    let oldest = oldest.query_row(params![queue, PENDING], |row| row.get::<_, i64>(0)).optional()?;
    let mut paused = on.prepare_cached("SELECT paused FROM queue WHERE name = ?1")?;
    let paused = paused.query_row([queue], |row| row.get(0)).optional()?.unwrap_or(false);
    Ok(QueueStatus { pending: count(PENDING)?, dead: count(DEAD)?, oldest: oldest.map(Moment::of_stored), paused })
}

pub(super) fn purge(on: &Connection, before: Moment) -> Result<u64, Failed> {
    let mut delete = on.prepare_cached("DELETE FROM entry WHERE state = 1 AND changed < ?1")?;
    Ok(delete.execute([before.stored()])? as u64)
}

fn select(which: &str) -> String {
    format!("SELECT seq, id, body, state, accepted, due, expires, sent, tries, reason FROM entry WHERE {which}")
}

fn read(row: &Row<'_>) -> rusqlite::Result<Result<Entry, Failed>> {
    let Some(state) = EntryState::of_stored(row.get(3)?) else {
        return Ok(Err(Failed::Damaged("a message in a state that is none")));
    };
    Ok(Ok(Entry {
        seq: row.get::<_, i64>(0)?.unsigned_abs(),
        id: row.get(1)?,
        body: Sealed::from_stored(row.get::<_, Vec<u8>>(2)?),
        state,
        accepted: Moment::of_stored(row.get(4)?),
        due: Moment::of_stored(row.get(5)?),
        expires: row.get::<_, Option<i64>>(6)?.map(Moment::of_stored),
        sent: row.get(7)?,
        tries: row.get(8)?,
        reason: row.get(9)?,
    }))
}
