//! Whether a trainer that says nothing is dead. Pure: the clock is the caller's, in milliseconds.
//!
//! A worker that ran out of memory or closed itself raises no event; only its silence tells. But silence also comes from a
//! browser that stops a hidden tab, and then the judge's own timer is late as well: what it was late by does not count.

/// How often a trainer says that it lives, and the judge looks, in milliseconds.
pub const BEAT_MS: f64 = 1_000.0;

/// Silence of a trainer that listens between slices, in milliseconds. Its heart beats in every one of these seconds.
pub const LISTENING: f64 = 5_000.0;

/// Silence of a trainer that starts, reads its split or prepares a fit: work that is not cut, on a slow machine with much
/// data, in milliseconds.
pub const ABSORBED: f64 = 60_000.0;

/// One trainer's signs of life.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pulse {
    /// When it was last heard.
    heard: f64,
    /// The silence that is borne.
    patience: f64,
}

impl Pulse {
    /// Something was heard, and so much silence may follow.
    #[must_use]
    pub fn new(now: f64, patience: f64) -> Self {
        Self { heard: now, patience }
    }

    /// Something was heard.
    pub fn beat(&mut self, now: f64) {
        self.heard = now;
    }

    /// So much time has passed in which nobody could be heard.
    pub fn forgive(&mut self, milliseconds: f64) {
        self.heard += milliseconds;
    }

    /// Whether the silence is longer than a living trainer's.
    #[must_use]
    pub fn is_dead(self, now: f64) -> bool {
        now - self.heard > self.patience
    }
}

/// The judge's own timer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Watch {
    looked: f64,
}

impl Watch {
    /// Looks for the first time.
    #[must_use]
    pub fn new(now: f64) -> Self {
        Self { looked: now }
    }

    /// Looks again, and tells how much later this is than it should be: the machine slept, the tab was stopped, or this
    /// worker was busy itself.
    pub fn look(&mut self, now: f64) -> f64 {
        let late = (now - self.looked - BEAT_MS).max(0.0);
        self.looked = now;
        late
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks at a trainer that was last heard at 0, at these times; when it was found dead.
    fn found_dead(times: &[f64]) -> Option<f64> {
        let (mut watch, mut pulse) = (Watch::new(0.0), Pulse::new(0.0, LISTENING));
        times.iter().copied().find(|&now| {
            pulse.forgive(watch.look(now));
            pulse.is_dead(now)
        })
    }

    #[test]
    fn silence_is_death() {
        let times: Vec<f64> = (1..20).map(|second| f64::from(second) * 1_000.0).collect();
        assert_eq!(found_dead(&times), Some(6_000.0));
    }

    #[test]
    fn a_stopped_tab_is_not_death() {
        // The tab is stopped for an hour after three seconds; the trainer's beat lies in the queue behind the timer's.
        assert_eq!(found_dead(&[1e3, 2e3, 3e3, 3.6e6]), None);
        // Throttled to one look a minute, nobody is judged at all.
        assert_eq!(found_dead(&[6e4, 12e4, 18e4]), None);
        // Awake again, silence counts again.
        let times = [1e3, 2e3, 3e3, 3.6e6, 3.601e6, 3.602e6, 3.603e6];
        assert_eq!(found_dead(&times), Some(3.602e6));
    }

    #[test]
    fn a_beat_starts_the_silence_anew() {
        let mut pulse = Pulse::new(0.0, LISTENING);
        pulse.beat(4_000.0);
        assert!(!pulse.is_dead(9_000.0));
        assert!(pulse.is_dead(9_001.0));
    }
}
