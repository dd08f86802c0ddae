//! A place where tasks leave values for each other.
//!
//! A [`Space`] keeps values under keys: [`out`](Space::out) puts one, [`take`](Space::take) waits for one and takes it,
//! [`read`](Space::read) waits for one and leaves it there. Values of a key come out in the order in which they were
//! put. It is bounded, per key and in all: whoever finds no room waits, or is refused. What tuple spaces call the same
//! things:
//!
//! | elsewhere | here |
//! |---|---|
//! | `Out`, `out` | [`Space::out`], which waits for room; [`Space::try_out`] |
//! | `out` with a time to live | [`Space::out_for`], [`Space::try_out_for`] |
//! | `In`, `in` | [`Space::take`] |
//! | `Rd`, `rd` | [`Space::read`] |
//! | `Inp`, `inp` | [`Space::try_take`] |
//! | `Rdp`, `rdp` | [`Space::try_read`] |
//! | `Len`, `Close` | [`Space::len_of`], [`Space::close`] |
//! | templates, values of any type | one type of value for a space, such as an `enum` |
//!
//! ```
//! use isopace::space::Space;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), isopace::space::Closed> {
//! let space = Space::new(100);
//! let worker = tokio::spawn({
//!     let space = space.clone();
//!     async move {
//!         let amount: u64 = space.take("requests").await?;
//!         space.out("answers", amount + 100).await.map_err(|_| isopace::space::Closed)
//!     }
//! });
//! space.out("requests", 2500).await.map_err(|_| isopace::space::Closed)?;
//! assert_eq!(space.take("answers").await?, 2600);
//! # worker.await.unwrap()?;
//! # Ok(())
//! # }
//! ```
//!
//! Those who wait are served in the order in which they came, and may be dropped at any time: a value is then taken or
//! not, put or not, and never lost between the two. Whoever waits has a claim on a value that is put, also against
//! probes; so a wait that is kept without being polled keeps its value from the others.

mod error;
mod table;
mod waits;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

pub use error::{Closed, OutError, TryOutError};

use table::{Put, Table};
use waits::{Out, Read, Shared, Take};

/// A place where tasks leave values for each other, under keys. A handle: cheap to clone, for use from any task.
pub struct Space<T> {
    shared: Arc<Shared<T>>,
}

impl<T> Clone for Space<T> {
    fn clone(&self) -> Self {
        Space { shared: Arc::clone(&self.shared) }
    }
}

impl<T: Send> Space<T> {
    /// With room for so many values, whatever their keys; at least one.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Space::with_most_per_key(most, most)
    }

    /// With room for so many values in all, and for so many under each key; at least one of each.
    #[must_use]
    pub fn with_most_per_key(most: usize, most_per_key: usize) -> Self {
        Space { shared: Arc::new(Shared::new(Table::new(most_per_key, most))) }
    }

    /// Puts a value, when there is room.
    ///
    /// # Errors
    /// The space is closed; the value comes back.
    pub async fn out(&self, key: &str, value: T) -> Result<(), OutError<T>> {
        self.wait_out(key, value, None).await
    }

    /// As [`Space::out`]; from when it is put, the value is there for so long.
    ///
    /// # Errors
    /// As [`Space::out`].
    pub async fn out_for(&self, key: &str, value: T, keep: Duration) -> Result<(), OutError<T>> {
        self.wait_out(key, value, Some(keep)).await
    }

    async fn wait_out(&self, key: &str, value: T, keep: Option<Duration>) -> Result<(), OutError<T>> {
        let put = self.shared.with(|table, now, effects| match table.put(key, value, keep, now, effects) {
            Put::Full(value) => Ok(table.enter_out(key, value, keep)),
            Put::Done => Err(Ok(())),
            Put::Closed(value) => Err(Err(OutError(value))),
        });
        let place = match put {
            Ok(place) => place,
            Err(ended) => return ended,
        };
        let mut out = Out::new(&self.shared, place);
        loop {
            let sooner = self.shared.sooner.notified();
            tokio::pin!(sooner);
            // Listening before looking: what changes between the two is heard.
            sooner.as_mut().enable();
            let next = self.shared.lock().next_expiry();
            tokio::select! {
                biased;
                ended = &mut out => return ended,
                // Room arises when a value is past its time, though nobody else may come by.
                () = sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => {}
                () = sooner => {}
            }
        }
    }

    /// Puts a value, if there is room.
    ///
    /// # Errors
    /// There is none, or the space is closed; the value comes back.
    pub fn try_out(&self, key: &str, value: T) -> Result<(), TryOutError<T>> {
        self.try_put(key, value, None)
    }

    /// As [`Space::try_out`]; the value is there for so long.
    ///
    /// # Errors
    /// As [`Space::try_out`].
    pub fn try_out_for(&self, key: &str, value: T, keep: Duration) -> Result<(), TryOutError<T>> {
        self.try_put(key, value, Some(keep))
    }

    fn try_put(&self, key: &str, value: T, keep: Option<Duration>) -> Result<(), TryOutError<T>> {
        match self.shared.with(|table, now, effects| table.put(key, value, keep, now, effects)) {
            Put::Done => Ok(()),
            Put::Full(value) => Err(TryOutError::Full(value)),
            Put::Closed(value) => Err(TryOutError::Closed(value)),
        }
    }

    /// Takes the first value, when there is one. After [`Space::close`], those that are still there.
    ///
    /// # Errors
    /// The space is closed, and there is none.
    pub async fn take(&self, key: &str) -> Result<T, Closed> {
        Take::new(&self.shared, key).await
    }

    /// Takes the first value, if there is one that nobody waits for.
    #[must_use]
    pub fn try_take(&self, key: &str) -> Option<T> {
        self.shared.with(|table, now, effects| table.try_take(key, now, effects))
    }

    /// A copy of the first value, when there is one; the value stays. Whoever waits gets a copy of the next one that is
    /// put, even when somebody takes it at once.
    ///
    /// # Errors
    /// The space is closed, and there is none.
    pub async fn read(&self, key: &str) -> Result<T, Closed>
    where
        T: Clone,
    {
        match Read::new(&self.shared, key) {
            Ok(value) => Ok(value),
            Err(wait) => wait.await,
        }
    }

    /// A copy of the first value, if there is one; the value stays.
    #[must_use]
    pub fn try_read(&self, key: &str) -> Option<T>
    where
        T: Clone,
    {
        self.shared.with(|table, now, effects| table.try_read(key, now, effects, T::clone))
    }

    /// Values under a key.
    #[must_use]
    pub fn len_of(&self, key: &str) -> usize {
        self.shared.with(|table, now, effects| {
            table.expire(now, effects);
            table.len(key)
        })
    }

    /// Values in all.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shared.with(|table, now, effects| {
            table.expire(now, effects);
            table.count()
        })
    }

    /// Whether there is no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The keys that there are values under, in no order.
    #[must_use]
    pub fn keys(&self) -> Vec<Arc<str>> {
        self.shared.with(|table, now, effects| {
            table.expire(now, effects);
            table.keys()
        })
    }

    /// From here on nothing is put. Those who wait end with [`Closed`], and those who wait to put get their value back;
    /// what is there can still be taken.
    pub fn close(&self) {
        self.shared.with(|table, _, effects| table.close(effects));
    }

    /// Whether it is closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.lock().is_closed()
    }
}

impl<T> fmt::Debug for Space<T> {
    /// Figures alone, no values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = self.shared.lock();
        f.debug_struct("Space")
            .field("values", &table.count())
            .field("keys", &table.used())
            .field("closed", &table.is_closed())
            .finish()
    }
}
