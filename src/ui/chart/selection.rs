//! Which trials the brushes and the filter of the table keep: charts fade the others, the table leaves them out.

use std::sync::Arc;

use super::axis::{Axis, Brush, keeps};
use crate::ui::run::Run;
use crate::ui::signal::effect;
use crate::ui::store::Store;

/// Trials of which a layer holds a bit each.
pub const CHUNK: u32 = 64;

/// The trials that are kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// A bit for each trial, by number; none while every trial is kept.
    bits: Option<Arc<Vec<u64>>>,
}

impl Selection {
    /// What brushes and filter keep, which has found the numbers of the trials that it keeps, ascending.
    #[must_use]
    pub fn of(run: &Run, axes: &[Axis], brushes: &[Brush], met: Option<&[u32]>) -> Self {
        if brushes.is_empty() && met.is_none() {
            return Self::default();
        }
        let mut bits = Vec::new();
        let mut met = met.map(|met| met.iter().copied().peekable());
        for trial in run.trials.values() {
            let chunk = (trial.number / CHUNK) as usize;
            if bits.len() <= chunk {
                bits.resize(chunk + 1, 0);
            }
            let is_met = met.as_mut().is_none_or(|met| {
                while met.next_if(|number| *number < trial.number).is_some() {}
                met.peek() == Some(&trial.number)
            });
            if is_met && keeps(brushes, axes, trial) {
                bits[chunk] |= 1 << (trial.number % CHUNK);
            }
        }
        Self { bits: Some(Arc::new(bits)) }
    }

    /// Whether nothing is left out on purpose.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.bits.is_none()
    }

    /// Whether a trial is kept.
    #[must_use]
    pub fn holds(&self, number: u32) -> bool {
        self.of_chunk(number / CHUNK) >> (number % CHUNK) & 1 == 1
    }

    /// The bits of as many trials as a chunk has, the first of them lowest.
    #[must_use]
    pub fn of_chunk(&self, chunk: u32) -> u64 {
        match &self.bits {
            Some(bits) => bits.get(chunk as usize).copied().unwrap_or(0),
            None => u64::MAX,
        }
    }

    /// How many trials are kept, where not every one is.
    #[must_use]
    pub fn count(&self) -> Option<u32> {
        self.bits.as_ref().map(|bits| bits.iter().map(|chunk| chunk.count_ones()).sum())
    }
}

/// Has the store's selection follow its brushes and its filter, for as long as the part of the page stands that offers them.
pub fn keep_up(store: Store) {
    effect(move || {
        let of = |run: &Run| {
            let met = |axes: &Vec<Axis>, brushes: &Vec<Brush>| {
                store.met.with(|met| Selection::of(run, axes, brushes, met.as_deref()))
            };
            store.axes.with(|axes| store.brushes.with(|brushes| met(axes, brushes)))
        };
        let kept = store.run(of).unwrap_or_default();
        if store.kept.with_untracked(|known| *known != kept) {
            store.kept.set(kept);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::recorded;

    #[test]
    fn brushes_and_filter_keep_what_both_keep() {
        let run = recorded::shown(200);
        let axes = Axis::all(&run);
        let kept = |brushes: &[Brush], met| Selection::of(&run, &axes, brushes, met);
        let all = kept(&[], None);
        assert!(all.is_all() && all.holds(3) && all.holds(9_999) && all.count().is_none());
        let met: Vec<u32> = (0..200).filter(|number| number % 3 == 0).collect();
        let filtered = kept(&[], Some(&met));
        assert_eq!((filtered.count(), filtered.holds(66), filtered.holds(67)), (Some(67), true, false));
        // Values wobble by number x 7 mod 11.
        let low = Brush { axis: 3, low: 0.0, high: 0.845 };
        let both = kept(&[low], Some(&met));
        let expected: Vec<u32> = met.iter().copied().filter(|number| number * 7 % 11 == 0).collect();
        assert_eq!((0..200).filter(|number| both.holds(*number)).collect::<Vec<_>>(), expected);
        assert_eq!(both.count(), Some(expected.len() as u32));
        assert_eq!(kept(&[], Some(&[])).count(), Some(0));
    }
}
