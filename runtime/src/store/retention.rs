//! Forgetting what is done, at regular times.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::{Moment, Store};

/// Forgets what is done when it has been done for so long, until it is dropped.
///
/// What is forgotten is no longer known when it comes again: keep it longer than any repeat or late answer can take.
#[derive(Debug)]
#[must_use = "nothing is forgotten any more when this is dropped"]
pub struct Retention(JoinHandle<()>);

impl Retention {
    /// Begins now, and looks as often as that.
    pub fn start(store: Arc<dyn Store>, keep: Duration, every: Duration) -> Self {
        Retention(tokio::spawn(async move {
            loop {
                let now = Moment::now();
                match store.purge(now.before(keep), now).await {
                    Ok(purged) => tracing::debug!(?purged, "what was done has been forgotten"),
                    Err(error) => tracing::warn!(%error, "what was done could not be forgotten"),
                }
                tokio::time::sleep(every.max(Duration::from_secs(1))).await;
            }
        }))
    }
}

impl Drop for Retention {
    fn drop(&mut self) {
        self.0.abort();
    }
}
