//! Waiting with a time limit. Nothing here knows what is waited for.

use std::time::{Duration, Instant};

/// How often a condition is looked at.
const TICK: Duration = Duration::from_millis(40);

/// Looks at `condition` until it yields something. `what` completes the sentence "... did not happen within".
///
/// # Errors
/// The condition's own, or that the time is over.
pub(crate) fn until<T>(
    limit: Duration,
    what: &str,
    mut condition: impl FnMut() -> Result<Option<T>, String>,
) -> Result<T, String> {
    let start = Instant::now();
    loop {
        if let Some(found) = condition()? {
            return Ok(found);
        }
        if start.elapsed() > limit {
            return Err(format!("{what} did not happen within {} s", limit.as_secs()));
        }
        std::thread::sleep(TICK);
    }
}
