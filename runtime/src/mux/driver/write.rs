//! Writing: whatever has been put into the buffer, with as few writes as possible.

use super::{LinkWriter, Options, Shared};
use crate::link::Error;

/// Writes until the link is to be closed, and closes our side of it then.
pub(super) async fn write(shared: &Shared, writer: &mut LinkWriter, options: Options) -> Result<(), Error> {
    loop {
        match shared.hand_to(writer) {
            Some(true) => {
                writer.flush().await?;
                shared.wrote(writer.written());
            }
            Some(false) => return writer.close().await,
            None => {
                shared.wake.notified().await;
                // Whoever is ready to run may have something to send as well: it goes out with this. Answers of a
                // service on this task are all in the buffer by now.
                if options.coalesce && (shared.is_serving() || shared.lock().state.stats.in_flight > 0) {
                    tokio::task::yield_now().await;
                }
            }
        }
    }
}
