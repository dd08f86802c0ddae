//! Times that the clock can be put forward by.

use std::time::Duration;

/// The longest time that anything is waited for: thirty years. Beyond it the clock might overflow.
const LONGEST: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// A time that may be added to any moment.
pub(crate) const fn bounded(time: Duration) -> Duration {
    if time.as_secs() < LONGEST.as_secs() { time } else { LONGEST }
}
