//! How much work a trainer does before it listens again. Pure: the clock is the caller's.
//!
//! Results do not depend on how work is cut, so the sizes may follow the machine's speed.

/// A trainer listens again after about so many milliseconds.
pub const SLICE_MS: f64 = 20.0;

/// A slice is made of pieces of about so many milliseconds: one that comes out too long lengthens it only a little.
const PIECE_MS: f64 = 4.0;

/// Less is not worth a look at the clock.
const LEAST: u32 = 256;
/// More than a piece can need on any machine, and far from overflow.
const MOST: u32 = 1 << 24;

/// The size of a piece of work, in the units of the fit. Starts anew with every fit, whose units cost what they cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    work: u32,
}

impl Default for Pace {
    fn default() -> Self {
        // Even the costliest unit (a rating with some hundred factors) stays below a slice.
        Self { work: 2_048 }
    }
}

impl Pace {
    /// Units of the next piece.
    #[must_use]
    pub fn work(self) -> u32 {
        self.work
    }

    /// A whole piece took so long. At most doubles, because a clock that the browser has made coarse often says 0.
    pub fn took(&mut self, milliseconds: f64) {
        let factor = (PIECE_MS / milliseconds.max(0.01)).clamp(0.1, 2.0);
        let work = f64::from(self.work) * factor;
        self.work = (work as u32).clamp(LEAST, MOST);
    }

    /// Whether a slice that began so long ago has room for another piece.
    #[must_use]
    pub fn goes_on(milliseconds: f64) -> bool {
        milliseconds + PIECE_MS <= SLICE_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs slices on a machine that does `speed` units a millisecond; the lengths of the slices.
    fn slices(speed: f64, count: usize) -> Vec<f64> {
        let mut pace = Pace::default();
        let slice = |_| {
            let mut length = 0.0;
            while Pace::goes_on(length) {
                let milliseconds = f64::from(pace.work()) / speed;
                pace.took(milliseconds);
                length += milliseconds;
            }
            length
        };
        (0..count).map(slice).collect()
    }

    #[test]
    fn slices_last_about_as_long_as_they_should_at_any_speed() {
        for speed in [100.0, 3_000.0, 25_000.0, 1_000_000.0] {
            let lengths = slices(speed, 20);
            assert!(lengths.iter().all(|&length| length < 2.0 * SLICE_MS), "{speed}: {lengths:?}");
            assert!(lengths[10..].iter().all(|&length| length > 0.75 * SLICE_MS), "{speed}: {lengths:?}");
        }
    }

    #[test]
    fn a_clock_that_says_nothing_breaks_nothing() {
        let mut pace = Pace::default();
        (0..100).for_each(|_| pace.took(0.0));
        assert_eq!(pace.work(), MOST);
        (0..100).for_each(|_| pace.took(1e9));
        assert_eq!(pace.work(), LEAST);
    }
}
